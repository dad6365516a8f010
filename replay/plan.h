/*
 * A plan: which births of a trace go into regions, and when these are reset. What a program would
 * be if it were built so is played beside what it is (compile.h).
 *
 *    group      the births of some call stacks; each group has regions of its own
 *    rotation   1: one region, which a reset empties
 *               2: two in turn: a reset empties the one that was filled before last, and births go
 *                  there from then on; what is born between two resets may live over the next one
 */
#ifndef ACRE_REPLAY_PLAN_H
#define ACRE_REPLAY_PLAN_H

#include <stddef.h>
#include <stdint.h>

enum { ACRE_PLAN_MOST_GROUPS = 3, ACRE_PLAN_MOST_ROTATION = 2 };

struct acre_plan_reset {
    uint64_t event; /* of the stream, in front of which it happens */
    uint32_t group;
};

struct acre_plan {
    uint32_t group_count;
    uint32_t rotation[ACRE_PLAN_MOST_GROUPS];
    const uint8_t *group_of_stack; /* by the number of its innermost frame; 0: none, else one more
                                      than the group */
    size_t stack_count;            /* those from there on are in none */
    const struct acre_plan_reset *resets; /* by event */
    size_t reset_count;
};

#endif
