/*
 * A plan of a user's own: what is allocated within a function goes into a region, which is reset
 * when that function, or another, is entered anew.
 *
 *    call stacks ──> those that pass the function: the group
 *    events      ──> one that is within the other, and the one of its thread before is not: a reset
 *
 * An entry is seen by its first call of the allocator, and only where the last one was outside:
 * that a loop calls a function again and again is seen where something is allocated or freed
 * between.
 */
#ifndef ACRE_REPLAY_FUNCTION_PLAN_H
#define ACRE_REPLAY_FUNCTION_PLAN_H

#include "profile/names.h"
#include "replay/plan.h"

struct acre_function_plan {
    struct acre_plan plan; /* points into what follows */

    struct acre_alloc *memory; /* the plan's own */
    uint8_t *groups;           /* by call stack: whether it passes the function */
    uint8_t *markers;          /* ... the one that resets */
    struct acre_plan_reset *resets;
    size_t stack_capacity, reset_capacity;
};

struct acre_function_plan_request {
    const char *function;
    const char *reset_at; /* NULL: the same */
    uint32_t rotation;    /* 1 or 2 */
};

/*
 * Looks for the functions in the call stacks of a profile: by their names, without what stands
 * behind a parenthesis in C++. *missing is the one that no call stack passes, or NULL. False for
 * want of memory. Ended with acre_function_plan_fini either way.
 */
bool acre_function_plan_begin(struct acre_function_plan *plan, struct acre_alloc *memory,
                              const struct acre_profile *profile, struct acre_names *names,
                              const struct acre_function_plan_request *request,
                              const char **missing);

/* Reads the stream of that profile once more, and notes the resets. False for want of memory. */
bool acre_function_plan_read(struct acre_function_plan *plan, struct acre_trace_reader *reader);

void acre_function_plan_fini(struct acre_function_plan *plan);

#endif
