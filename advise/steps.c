#include "advise/steps.h"

#include "alloc/grow.h"

void acre_steps_init(struct acre_steps *steps, struct acre_alloc *memory)
{
    acre_places_init(&steps->places, memory);
    acre_numbers_init(&steps->numbers, memory);
}

void acre_steps_fini(struct acre_steps *steps)
{
    acre_places_fini(&steps->places);
    acre_numbers_fini(&steps->numbers);
}

void acre_walker_init(struct acre_walker *walker, struct acre_steps *steps,
                      struct acre_places_of *of)
{
    *walker = (struct acre_walker){.steps = steps, .of = of};
    acre_numbers_init(&walker->threads, steps->places.memory);
}

void acre_walker_fini(struct acre_walker *walker)
{
    struct acre_alloc *memory = walker->threads.memory;

    acre_free_elements(memory, walker->lasts, walker->capacity, sizeof *walker->lasts);
    acre_numbers_fini(&walker->threads);
}

/* 0 for want of memory. */
static uint32_t number_of_thread(struct acre_walker *walker, uint32_t thread)
{
    uint32_t count = walker->threads.count;

    if (walker->last_number != 0 && walker->last_thread == thread)
        return walker->last_number;
    if (!acre_grow(walker->threads.memory, &walker->lasts, count, &walker->capacity,
                   sizeof *walker->lasts))
        return 0;
    walker->last_number = acre_number_of(&walker->threads, (struct acre_key){0, thread});
    walker->last_thread = thread;
    if (walker->last_number > count)
        walker->lasts[count] = 0;
    return walker->last_number;
}

static bool step(struct acre_walker *walker, const struct acre_trace_event *event,
                 struct acre_step_at *at)
{
    uint32_t *last;

    at->thread = number_of_thread(walker, event->thread);
    if (at->thread == 0)
        return false;
    at->place = acre_place_of_node(walker->of, event->stack);
    if (at->place == 0)
        return true;
    last = &walker->lasts[at->thread - 1];
    at->step = acre_number_of(&walker->steps->numbers, (struct acre_key){*last, at->place});
    *last = at->place;
    return at->step != 0;
}

/* Scopes of name 0 are iterations, which nobody has to name. */
static bool name_scope(struct acre_walker *walker, uint32_t number, const char *name, size_t bytes)
{
    if (number < ACRE_TRACE_MOST_SCOPE_NAMES)
        walker->scopes[number] = acre_places_of_scope(&walker->steps->places, name, bytes);
    return number >= ACRE_TRACE_MOST_SCOPE_NAMES || walker->scopes[number] != 0;
}

static bool begin_scope(struct acre_walker *walker, const struct acre_trace_event *event,
                        struct acre_step_at *at)
{
    static const char iteration[] = "iteration";

    if (event->scope_name == 0 && walker->scopes[0] == 0 &&
        !name_scope(walker, 0, iteration, sizeof iteration - 1))
        return false;
    at->thread = number_of_thread(walker, event->thread);
    at->place =
        event->scope_name < ACRE_TRACE_MOST_SCOPE_NAMES ? walker->scopes[event->scope_name] : 0;
    if (at->place != 0)
        at->step = acre_number_of(&walker->steps->numbers, (struct acre_key){0, at->place});
    return at->thread != 0 && (at->place == 0 || at->step != 0);
}

bool acre_walker_step(struct acre_walker *walker, const struct acre_trace_event *event,
                      struct acre_step_at *at)
{
    struct acre_places *places = &walker->steps->places;

    *at = (struct acre_step_at){0};
    switch (event->kind) {
    case ACRE_TRACE_MODULE:
        return ++walker->modules <= walker->of->module_count || /* a later reading */
               acre_places_add_module(places, walker->of, &event->module);
    case ACRE_TRACE_FRAME:
        return ++walker->frames <= walker->of->node_count ||
               acre_places_add_node(places, walker->of, &event->frame);
    case ACRE_TRACE_ALLOCATE:
    case ACRE_TRACE_FREE:
    case ACRE_TRACE_RESIZE:
    case ACRE_TRACE_MOVE:
        return step(walker, event, at);
    case ACRE_TRACE_SCOPE_BEGIN:
        return begin_scope(walker, event, at);
    case ACRE_TRACE_OTHER:
        return event->type != ACRE_TRACE_TYPE_SCOPE ||
               name_scope(walker, event->source, event->text, event->text_bytes);
    default:
        return true;
    }
}
