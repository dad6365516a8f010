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
#include "profile/threads.h"
#include "replay/plan.h"

struct acre_function_plan {
    struct acre_plan plan; /* follows by what stands below */

    struct acre_alloc *memory; /* the plan's own */
    uint8_t *groups;           /* by call stack: whether it passes the function */
    uint8_t *markers;          /* ... the one that resets */
    size_t stack_capacity;
    struct acre_threads_seen threads; /* blocks 1: the last call was within the one that resets */
};

struct acre_function_plan_request {
    const char *function;
    const char *reset_at; /* NULL: the same */
    uint32_t rotation;    /* 1 or 2 */
    bool is_reap;
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

void acre_function_plan_fini(struct acre_function_plan *plan);

#endif
