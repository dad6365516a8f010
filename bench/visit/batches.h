/*
 * Two loops held against each other inside one process, in batches in turn, about two milliseconds
 * for both: what happens to the machine meanwhile happens to both.
 */
#ifndef ACRE_BENCH_BATCHES_H
#define ACRE_BENCH_BATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/run.h"

enum { ACRE_MOST_BATCH_PAIRS = 501 };

struct acre_side {
    bool (*steps)(void *loop, uint64_t count); /* false ends the measurement */
    void *loop;
    double ns[ACRE_MOST_BATCH_PAIRS];
    double faults, system_ns; /* of all batches */
};

/* Zeroed, but for what is said to be the caller's to set. */
struct acre_batches {
    struct acre_side measured, against; /* steps and loop: the caller's */
    bool against_begins;                /* the caller's */
    bool is_long; /* the caller's: an iteration takes so long that those before have warmed up what
                     there is, and that one pair is enough for a round */
    uint64_t steps; /* of a batch */
    size_t pairs;
    double ratio[ACRE_MOST_BATCH_PAIRS];
};

/* Runs both until the pages are there and the heap has settled, and chooses the steps of a batch.
 */
bool acre_batches_warm_up(struct acre_batches *batches);

bool acre_batches_run(struct acre_batches *batches, double seconds);

/* Adds one value to each series of the cell's steady state, `against` being its limit. False for
 * want of memory. */
bool acre_batches_keep(struct acre_batches *batches, struct acre_cell *cell);

#endif
