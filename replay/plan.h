/*
 * A plan: which births of a trace go into regions, and when these are reset. What a program would
 * be if it were built so is played beside what it is (compile.h).
 *
 *    group      some of the births; each group has regions of its own
 *    rotation   1: one region, which a reset empties
 *               2: two in turn: a reset empties the one that was filled before last, and births go
 *                  there from then on; what is born between two resets may live over the next one
 *    reap       regions that take single blocks back, too, while they are filled: into one that
 *               is not nobody is born who could have their room
 *
 * It follows the trace event by event, and needs no list of its resets, which may be as many as
 * there are events.
 */
#ifndef ACRE_REPLAY_PLAN_H
#define ACRE_REPLAY_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/codec.h"

enum { ACRE_PLAN_MOST_GROUPS = 3, ACRE_PLAN_MOST_ROTATION = 2 };

/* What an event means to it. */
struct acre_plan_step {
    uint32_t resets; /* bit g: group g is reset in front of the event */
    uint32_t group;  /* where a block goes that is born by it: 0: nowhere, else one more than the
                        group. It counts of births alone */
};

struct acre_plan {
    uint32_t group_count;
    uint32_t rotation[ACRE_PLAN_MOST_GROUPS];
    bool is_reap[ACRE_PLAN_MOST_GROUPS]; /* or else they are arenas */
    /* Told all events of a stream in their order; `step` is zeros before. False for want of memory.
     */
    bool (*follow)(void *state, const struct acre_trace_event *event, struct acre_plan_step *step);
    void *state;
};

#endif
