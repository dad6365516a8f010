/*
 * What a recorded process allocated, by where from: one pass over a stream of a trace.
 *
 *    trace ──reader──> profile: sites, each with figures ──┬──> the sentence, tables (acre info)
 *                               the tree of call stacks    ├──> exports
 *                               memory over time           ├──> differences (acre diff)
 *                               sizes and lifetimes        └──> the page
 *
 * A site is a call stack that allocated. What an object cost is told at the site where it was born,
 * wherever it grew or died. Names of functions come in later (profile/names.h): nothing here opens
 * a file but the trace.
 *
 * Memory: a row a site, a node a frame, some words a live object; it does not grow with events.
 */
#ifndef ACRE_PROFILE_PROFILE_H
#define ACRE_PROFILE_PROFILE_H

#include "profile/told.h"
#include "trace/reader.h"

enum {
    ACRE_PROFILE_POINTS = 2048,     /* of memory over time, at most */
    ACRE_PROFILE_SIZE_CLASSES = 64, /* class c: sizes above 2^(c-1), up to 2^c bytes; 0: 0 and 1 */
    ACRE_PROFILE_LIFE_CLASSES = 48, /* the same of nanoseconds; the last has all longer ones too */
    ACRE_PROFILE_SHORT_BYTES = 64 * 1024, /* short: at most so much of others was allocated while it
                                             lived, and it was freed */
};

/* Figures of a site, or of several together. Bytes are those that were asked for. */
struct acre_profile_figures {
    uint64_t blocks, bytes; /* born; a resize adds what a block grew by, and no block */
    uint64_t resizes;
    uint64_t freed;                     /* blocks; also those of a reset, and what died unseen */
    uint64_t live_blocks, live_bytes;   /* at the end */
    uint64_t most_blocks, most_bytes;   /* that were live at one time, each at its own; of several
                                           sites together not known: the greatest of them */
    uint64_t peak_blocks, peak_bytes;   /* live when most was live in the process */
    uint64_t short_blocks, short_bytes; /* bytes as they were when they died */
    uint64_t life_ns;                   /* sum over blocks, of what was not freed up to the end */
    uint64_t waste_bytes;      /* usable less requested, summed over births; where usable is told */
    uint64_t peak_waste_bytes; /* of what was live at the peak */
    uint64_t other_thread;     /* blocks that a thread freed which had not allocated them */
    uint64_t inherited, inherited_bytes; /* of the blocks: from before the process was forked */
};

struct acre_profile_site {
    uint32_t stack; /* number of the innermost frame; 0: the trace has no stack for it */
    struct acre_profile_figures figures;
};

/* Memory at one time. */
struct acre_profile_point {
    uint64_t time_ns; /* since the first event */
    uint64_t live_bytes, live_blocks, usable_bytes;
    uint64_t allocated_bytes; /* so far */
};

/* What it called and allocated. What was inherited is nobody's. */
struct acre_profile_thread {
    uint32_t thread;
    uint64_t events, blocks, bytes; /* events: calls, and scopes; bytes as those of figures */
};

struct acre_profile {
    enum acre_trace_state state; /* how the reading ended */
    char sentence[512];          /* why, where that is not COMPLETE */
    struct acre_trace_trailer trailer;

    struct acre_trace_frames frames; /* all call stacks */
    struct acre_trace_modules modules;
    struct acre_profile_site *sites; /* in the order of their first births */
    size_t site_count;
    struct acre_profile_figures total; /* most_bytes is peak_bytes: the process's peak, the last
                                          time that it was reached */
    struct acre_trace_purposes purpose_names;
    struct acre_profile_figures
        purposes[ACRE_TRACE_MOST_PURPOSES]; /* the same blocks by what for */
    uint64_t refused, resets;
    uint64_t unknown;  /* frees and resizes of blocks that were not seen to be born */
    uint64_t replaced; /* births at the address of a block that had not been freed */

    uint64_t events;                     /* of the trace */
    uint64_t calls;                      /* of the allocator */
    uint64_t first_ns, last_ns, peak_ns; /* peak_ns since the first event, as points */
    uint64_t peak_event;                 /* its number; 0: nothing was ever live */
    struct acre_profile_point *points;   /* by time; the peak is one of them, and the end */
    size_t point_count;
    uint64_t sizes[ACRE_PROFILE_SIZE_CLASSES];                            /* blocks born */
    uint64_t lives[ACRE_PROFILE_SIZE_CLASSES][ACRE_PROFILE_LIFE_CLASSES]; /* blocks freed */
    struct acre_profile_thread *threads;                                  /* most blocks first */
    size_t thread_count;
    struct acre_told told; /* names, scopes and remarks of the trace */

    struct acre_alloc *memory; /* its own */
    size_t site_capacity, thread_capacity;
};

/*
 * Reads the stream to its end; a trace that is cut or damaged gives what it has, and `state`. What
 * the reader knows of frames and modules becomes the profile's. Progress: if not NULL, called now
 * and then with the events so far. `memory` is borrowed, as that of the reader is. False for want
 * of memory (of which `memory` may be given a limit): nothing is owned then.
 */
bool acre_profile_read(struct acre_profile *profile, struct acre_alloc *memory,
                       struct acre_trace_reader *reader,
                       void (*progress)(void *to, uint64_t events), void *to);

void acre_profile_fini(struct acre_profile *profile);

/* Adds b to a; of `most` the greater stays, and no sum goes over what a number can be. */
void acre_profile_add(struct acre_profile_figures *a, const struct acre_profile_figures *b);

/* The class of a size or a lifetime, without regard to how many there are: 0 to 64. */
static inline unsigned acre_profile_class(uint64_t number)
{
    return number <= 1 ? 0 : 64u - (unsigned)__builtin_clzll(number - 1);
}

/* Whether anything may be said of what was not freed: only of a trace that is complete. */
static inline bool acre_profile_knows_leaks(const struct acre_profile *profile)
{
    return profile->state == ACRE_TRACE_COMPLETE;
}

#endif
