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
    plan->plan = (struct acre_plan){.group_count = 1,
                                    .rotation = {request->rotation},
                                    .group_of_stack = plan->groups,
                                    .stack_count = plan->stack_capacity};
    return plan->groups != NULL;
}

/* The threads of a stream, and whether each was within the function at its last event. */
struct last_seen {
    uint32_t thread;
    bool was_within;
};

struct reading {
    struct acre_function_plan *plan;
    struct last_seen *threads;
    size_t count, capacity;
};

static struct last_seen *thread_of(struct reading *reading, uint32_t thread)
{
    for (size_t i = 0; i < reading->count; i++)
        if (reading->threads[i].thread == thread)
            return &reading->threads[i];
    if (!acre_grow(reading->plan->memory, &reading->threads, reading->count, &reading->capacity,
                   sizeof *reading->threads))
        return NULL;
    reading->threads[reading->count] = (struct last_seen){.thread = thread};
    return &reading->threads[reading->count++];
}

static bool add_reset(struct acre_function_plan *plan, uint64_t event)
{
    if (!acre_grow(plan->memory, &plan->resets, plan->plan.reset_count, &plan->reset_capacity,
                   sizeof *plan->resets))
        return false;
    plan->resets[plan->plan.reset_count++] = (struct acre_plan_reset){event, 0};
    return true;
}

static bool note(struct reading *reading, const struct acre_trace_event *event)
{
    const struct acre_function_plan *plan = reading->plan;
    struct last_seen *last;
    bool is_within;

    if (event->kind != ACRE_TRACE_ALLOCATE && event->kind != ACRE_TRACE_FREE &&
        event->kind != ACRE_TRACE_RESIZE && event->kind != ACRE_TRACE_MOVE)
        return true;
    last = thread_of(reading, event->thread);
    if (last == NULL)
        return false;
    is_within = event->stack < plan->stack_capacity && plan->markers[event->stack] != 0;
    if (is_within && !last->was_within && !add_reset(reading->plan, event->number))
        return false;
    last->was_within = is_within;
    return true;
}

bool acre_function_plan_read(struct acre_function_plan *plan, struct acre_trace_reader *reader)
{
    struct reading reading = {.plan = plan};
    struct acre_trace_event event;
    bool done = true;

    while (done && acre_trace_next(reader, &event) == ACRE_TRACE_READING)
        done = note(&reading, &event);
    acre_free_elements(plan->memory, reading.threads, reading.capacity, sizeof *reading.threads);
    plan->plan.resets = plan->resets;
    return done && reader->input.state != ACRE_TRACE_NO_MEMORY;
}

void acre_function_plan_fini(struct acre_function_plan *plan)
{
    acre_free_elements(plan->memory, plan->groups, plan->stack_capacity, 1);
    acre_free_elements(plan->memory, plan->markers, plan->stack_capacity, 1);
    acre_free_elements(plan->memory, plan->resets, plan->reset_capacity, sizeof *plan->resets);
    *plan = (struct acre_function_plan){0};
}
