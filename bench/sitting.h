/*
 * A workload that runs once in this process under one strategy, to be looked at: for a picture
 * (draw.h) or a trace (traced.h). Nothing is timed.
 */
#ifndef ACRE_BENCH_SITTING_H
#define ACRE_BENCH_SITTING_H

#include "bench/bench.h"
#include "report/exit_status.h"

struct acre_sitting {
    const struct acre_workload *workload;
    const struct acre_cell_spec *spec;
    char *error; /* where a sentence goes */
    size_t error_bytes;

    /* Its own. */
    struct acre_stage stage;
    void *state; /* of the workload */
};

/* Each of these: OK, or a sentence in `error`. Whatever they say, acre_sitting_end is called. */
enum acre_exit acre_sitting_begin(struct acre_sitting *sitting, const struct acre_layers *layers);
enum acre_exit acre_sitting_play(struct acre_sitting *sitting, uint64_t iterations);
enum acre_exit acre_sitting_drain(struct acre_sitting *sitting);

void acre_sitting_end(struct acre_sitting *sitting);

/* Writes the sentence, with the strategy in front of it; returns `status`. */
enum acre_exit acre_sitting_fail(const struct acre_sitting *sitting, enum acre_exit status,
                                 const char *why);
enum acre_exit acre_sitting_fail_for_memory(const struct acre_sitting *sitting);

/* Strong leaks by design, and what is looked at then is what leaked. */
bool acre_sitting_is_about_leaks(const struct acre_sitting *sitting);

#endif
