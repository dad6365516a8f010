/* The calls of a recording, one by one, as the adviser looks at them: births, deaths, resizes, and
 * where they were made. A realloc leaves its block what it is. */
#ifndef ACRE_ADVISE_CALLS_H
#define ACRE_ADVISE_CALLS_H

#include "advise/steps.h"
#include "trace/reader.h"

enum acre_call_kind {
    ACRE_CALL_BIRTH,
    ACRE_CALL_DEATH, /* also by a reset, or unseen */
    ACRE_CALL_RESIZE,
    ACRE_CALL_SCOPE, /* none: a scope begins, at its place */
    ACRE_CALL_ELSE,  /* about a block that nobody saw being born: it is none of the objects */
};

struct acre_call {
    enum acre_call_kind kind;
    uint32_t object;        /* from 0, used again */
    struct acre_step_at at; /* of what dies unseen zeros */
    uint64_t bytes;         /* of a birth; of a resize: from then on */
    uint64_t old_bytes;     /* of a resize */
    uint64_t clock;         /* number of its event in the stream */
};

/* Strings are borrowed. */
struct acre_recording {
    const char *path;
    uint64_t offset; /* of the process's stream */
    uint64_t events; /* that there will be, for the progress; 0: not known */
    struct acre_places_of of;

    /* What the last reading found; call stacks the first. */
    bool has_stacks;
    struct acre_trace_frames frames;
    struct acre_trace_modules modules;
    enum acre_trace_state state;
    char sentence[512]; /* why, where that is not COMPLETE */
    uint64_t calls;
};

struct acre_calls_reader {
    struct acre_recording *recording;
    struct acre_steps *steps;
    struct acre_alloc *memory;
    bool (*take)(void *to, const struct acre_call *call); /* false for want of memory */
    void *to;
    void (*progress)(void *of, uint64_t events); /* if not NULL, called now and then */
    void *of;
};

enum acre_calls_read { ACRE_CALLS_READ, ACRE_CALLS_NO_TRACE, ACRE_CALLS_NO_MEMORY };

/* Reads them all. NO_TRACE: nothing could be read, recording->sentence says why. What is read of a
 * trace that is cut or damaged is what it has, each time. */
enum acre_calls_read acre_calls_read(const struct acre_calls_reader *request);

/* What readings of it have left; `memory` is theirs. */
void acre_recording_fini(struct acre_recording *recording, struct acre_alloc *memory);

#endif
