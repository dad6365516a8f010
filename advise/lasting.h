/*
 * What was there before a region's first reset and lives through its loop, made by a line that
 * makes blocks of the region, too: whoever lets that line allocate in the region has to tell the
 * two apart. As the weights of a net, beside what each turn of its training makes.
 *
 *    resets            │     │     │     │     │     │
 *    setting up    ├─┤                ·                     gone: not told
 *    weights          ├───────────────·───────────────┤     told
 *                                   middle
 *
 * Of the first recording. One more reading, in which blocks of before the first reset are followed
 * to their death: one behind the middle of the resets counts.
 */
#ifndef ACRE_ADVISE_LASTING_H
#define ACRE_ADVISE_LASTING_H

#include "advise/advise.h"

struct acre_lasting {
    struct acre_alloc *memory; /* borrowed, as all that is not told otherwise */
    const struct acre_findings *findings;
    const struct acre_recording *recording; /* the first */
    struct acre_advice *advice;
    uint64_t first_events[ACRE_PLAN_MOST_GROUPS], middle_events[ACRE_PLAN_MOST_GROUPS];
    uint64_t *counts; /* by site and region */
    struct acre_lasting_object {
        uint32_t site; /* and one; 0: it is not followed */
        uint32_t mask; /* bit i: it was there before region i */
    } * objects;
    size_t object_count, object_capacity;
};

/* Of an advice whose regions are explained (explain.h). False for want of memory; ended with
 * acre_lasting_fini either way. */
bool acre_lasting_init(struct acre_lasting *lasting, struct acre_alloc *memory,
                       const struct acre_findings *findings, const struct acre_recording *recording,
                       struct acre_advice *advice);
void acre_lasting_fini(struct acre_lasting *lasting);

/* For acre_calls_read: `lasting` is the struct. */
bool acre_lasting_take(void *lasting, const struct acre_call *call);

/* Behind the last call: what lives still has lived up to here. Fills in what lasts beside each
 * region: what has most frames in common with a block of it first. */
void acre_lasting_end(struct acre_lasting *lasting);

#endif
