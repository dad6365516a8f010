/*
 * Memory over time in a bounded number of points, however long the trace is. Steps of equally many
 * events, of each the highest and the lowest point: a line through them misses no peak.
 *
 *        │    ·H                   ·H            each step: two points, in the order in which
 *        │   ·  ·       ·H        ·  ·H          they were
 *        │  ·L   ·    ·   ·      ·
 *        │        ·L·      ·L··L·
 *        └──┬──────┬───────┬──────┬─────         when all are used, each two become one of twice
 *           step   step    step   step           as many events
 */
#ifndef ACRE_PROFILE_TIMELINE_H
#define ACRE_PROFILE_TIMELINE_H

#include "profile/profile.h"

struct acre_profile_timeline {
    struct acre_profile_point *points; /* room for ACRE_PROFILE_POINTS; two a step */
    size_t steps;                      /* that are full */
    uint64_t events_a_step;
    uint64_t events; /* of the step that is not */
};

/* False for want of memory: nothing is owned then. */
bool acre_profile_timeline_init(struct acre_profile_timeline *timeline, struct acre_alloc *memory);

/* Memory after an event, not before the last one in time. */
void acre_profile_timeline_add(struct acre_profile_timeline *timeline,
                               const struct acre_profile_point *point);

/* Brings the points in order, with `end` behind all; returns how many there are. Of several that
 * have the most live, the last is one of them. They stay where they are, and are the caller's, to
 * be given back with acre_profile_timeline_free. */
size_t acre_profile_timeline_finish(struct acre_profile_timeline *timeline,
                                    const struct acre_profile_point *end);

void acre_profile_timeline_free(struct acre_alloc *memory, struct acre_profile_point *points);

#endif
