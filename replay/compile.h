/*
 * From a trace to a program.
 *
 *    trace ──reader──> who lives, as dense numbers ──> operations ──> file, mapped by players
 *
 * What is played is what the program asked for and got: births with their sizes and alignments,
 * deaths, reallocs. Left out are calls that failed, and those about blocks that nobody saw being
 * born. What a reset drops is freed block by block; what a process had from before its fork is born
 * first; what lives at the end is freed behind it, the newest first. The calls of several threads
 * are played by one, in the order in which they were made.
 */
#ifndef ACRE_REPLAY_COMPILE_H
#define ACRE_REPLAY_COMPILE_H

#include "replay/plan.h"
#include "replay/program.h"
#include "trace/reader.h"

enum acre_compiled {
    ACRE_COMPILED,
    ACRE_COMPILE_NO_TRACE,  /* nothing of it could be read: the reader's sentence */
    ACRE_COMPILE_EMPTY,     /* no call can be played */
    ACRE_COMPILE_TOO_LARGE, /* more blocks live together than a program can have */
    ACRE_COMPILE_NO_MEMORY, /* for what lives, or for the file */
};

/* What was compiled of an event that is a call. */
struct acre_compile_moment {
    const struct acre_trace_event *event;
    const struct acre_plan_step *step;  /* the plan's; zeros without one */
    uint64_t live_bytes, planned_bytes; /* behind it: what lives; and what waits for a reset, too */
    uint64_t operations;                /* that there are */
};

struct acre_compile_request {
    int file;                     /* where the program goes: empty, and it can seek */
    const char *name;             /* what people call it; bytes that cannot be printed become '?' */
    const struct acre_plan *plan; /* NULL: as it was recorded. Stacks are those of the stream */
    void (*progress)(void *to, uint64_t events); /* if not NULL, called now and then */
    void *to;
    struct acre_program *header; /* if not NULL: the program's, where it was compiled */
    void (*watch)(void *watcher, const struct acre_compile_moment *moment); /* or NULL */
    void *watcher;
    uint64_t most_events; /* of the stream, from its begin: a sample; 0: all */
};

/*
 * Reads the reader's stream to its end and writes its program. A trace that is cut or damaged gives
 * what it has: reader->input.state says so. Under a plan births of its groups are in regions; what
 * lives when its region is reset is copied out of it, and counted. `memory` is borrowed.
 */
enum acre_compiled acre_compile(const struct acre_compile_request *request,
                                struct acre_trace_reader *reader, struct acre_alloc *memory);

/* The program of a file, shared; NULL: there is none, or no memory. Ended with acre_program_unmap.
 */
const struct acre_program *acre_program_map(int file);
void acre_program_unmap(const struct acre_program *program);

#endif
