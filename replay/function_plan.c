#include "replay/function_plan.h"

#include <string.h>

#include "alloc/grow.h"

/* Whether that is the name, or the name and the arguments that C++ tells with it. */
static bool is_named(const char *function, const char *wanted)
{
    size_t length = strlen(wanted);

    return strncmp(function, wanted, length) == 0 &&
           (function[length] == '\0' || function[length] == '(');
}

/* False for want of memory. */
static bool is_within(struct acre_names *names, uint32_t node, const char *function, bool *is)
{
    struct acre_frames found;

    *is = false;
    if (!acre_names_of(names, node, &found))
        return false;
    for (uint32_t i = 0; i < found.count; i++)
        *is |= is_named(found.frames[i].function, function);
    return true;
}

/* By number of a node, which is lower than those of the nodes it calls. NULL for want of memory. */
static uint8_t *mark(struct acre_function_plan *plan, const struct acre_profile *profile,
                     struct acre_names *names, const char *function, const char **missing)
{
    uint8_t *marks = acre_allocate(plan->memory, acre_layout_of_elements(plan->stack_capacity, 1));
    bool is_any = false;

    if (marks == NULL)
        return NULL;
    marks[0] = 0;
    for (uint32_t node = 1; node < plan->stack_capacity; node++) {
        bool is = marks[acre_trace_frame_of(&profile->frames, node)->parent] != 0;

        if (!is && !is_within(names, node, function, &is)) {
            acre_free_elements(plan->memory, marks, plan->stack_capacity, 1);
            return NULL;
        }
        marks[node] = is;
        is_any |= is;
    }
    if (!is_any)
        *missing = function;
    return marks;
}

static bool is_call_with_stack(const struct acre_trace_event *event)
{
    return event->kind == ACRE_TRACE_ALLOCATE || event->kind == ACRE_TRACE_FREE ||
           event->kind == ACRE_TRACE_RESIZE || event->kind == ACRE_TRACE_MOVE;
}

static bool follow(void *state, const struct acre_trace_event *event, struct acre_plan_step *step)
{
    struct acre_function_plan *plan = state;
    struct acre_profile_thread *thread;
    bool is_within;

    if (!is_call_with_stack(event))
        return true;
    thread = acre_threads_seen_find(&plan->threads, event->thread);
    if (thread == NULL)
        return false;
    is_within = event->stack < plan->stack_capacity && plan->markers[event->stack] != 0;
    step->resets = is_within && thread->blocks == 0;
    step->group = event->stack < plan->stack_capacity ? plan->groups[event->stack] : 0;
    thread->blocks = is_within;
    return true;
}

bool acre_function_plan_begin(struct acre_function_plan *plan, struct acre_alloc *memory,
                              const struct acre_profile *profile, struct acre_names *names,
                              const struct acre_function_plan_request *request,
                              const char **missing)
{
    const char *reset_at = request->reset_at != NULL ? request->reset_at : request->function;

    *missing = NULL;
    *plan = (struct acre_function_plan){
        .memory = memory,
        .stack_capacity = (size_t)profile->frames.count + 1,
    };
    plan->markers = mark(plan, profile, names, reset_at, missing);
    if (plan->markers != NULL)
        plan->groups = mark(plan, profile, names, request->function, missing);
    acre_threads_seen_init(&plan->threads, memory, (uintptr_t)plan);
    plan->plan = (struct acre_plan){.group_count = 1,
                                    .rotation = {request->rotation},
                                    .is_reap = {request->is_reap},
                                    .follow = follow,
                                    .state = plan};
    return plan->groups != NULL;
}

void acre_function_plan_fini(struct acre_function_plan *plan)
{
    acre_free_elements(plan->memory, plan->groups, plan->stack_capacity, 1);
    acre_free_elements(plan->memory, plan->markers, plan->stack_capacity, 1);
    acre_threads_seen_fini(&plan->threads);
    *plan = (struct acre_function_plan){0};
}
