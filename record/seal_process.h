/* One process: from its raw recording to a stream of a trace. */
#ifndef ACRE_RECORD_SEAL_PROCESS_H
#define ACRE_RECORD_SEAL_PROCESS_H

#include "record/strays.h"
#include "trace/purposes.h"
#include "trace/writer.h"

/* A process of the same recording that was forked from this one. */
struct acre_sealed_child {
    uint64_t fork_ticks;
    struct acre_strays *strays; /* to be filled in: what they were, where it forked */
};

/* How far a recording is: `tell`, if it is not NULL, is called for each mebibyte. */
struct acre_seal_progress {
    void (*tell)(void *to, uint64_t bytes, uint64_t all_bytes);
    void *to;
    uint64_t bytes, all_bytes; /* of raw blocks */
};

struct acre_seal_process {
    const struct acre_raw_file *raw;
    const struct acre_strays
        *inherited; /* what its parent has said of its own strays; NULL: none */
    const struct acre_sealed_child *children;
    size_t child_count;
    struct acre_trace_purposes *purposes; /* what the processes so far had names for; borrowed */
    struct acre_seal_progress *progress;  /* borrowed, as all above */
    double ns_a_tick;
    struct acre_trace_ending ending; /* what is known of it; dropped and overhead are filled in */

    /* Answers. */
    uint64_t events; /* calls */
    uint64_t dropped;
    uint64_t unknown;  /* frees of what nobody allocated */
    uint64_t replaced; /* births where something lived */
};

enum acre_sealed { ACRE_SEALED, ACRE_SEAL_NO_MEMORY, ACRE_SEAL_NOT_WRITTEN };

/* Writes all events of the process. The writer is open, and is closed by whoever opened it, with
 * `ending`. Memory is that of what is live, of the tree of stacks and of a block a thread. */
enum acre_sealed acre_seal_process(struct acre_seal_process *seal, struct acre_alloc *memory,
                                   struct acre_trace_writer *writer);

/* CLOCK_MONOTONIC at these ticks of the recording. */
uint64_t acre_seal_ns(const struct acre_raw_file *raw, double ns_a_tick, uint64_t ticks);

#endif
