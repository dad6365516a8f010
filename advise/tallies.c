#include "advise/tallies.h"

#include "alloc/grow.h"

void acre_tallies_init(struct acre_tallies *tallies, struct acre_alloc *memory)
{
    *tallies = (struct acre_tallies){.memory = memory};
}

void acre_tallies_fini(struct acre_tallies *tallies)
{
    acre_free_elements(tallies->memory, tallies->steps, tallies->step_capacity,
                       sizeof *tallies->steps);
    acre_free_elements(tallies->memory, tallies->births, tallies->place_capacity,
                       sizeof *tallies->births);
    acre_tallies_init(tallies, tallies->memory);
}

void acre_firings_add(struct acre_firings *a, const struct acre_firings *b)
{
    if (b->calls == 0)
        return;
    if (a->calls == 0 || b->first < a->first)
        a->first = b->first;
    if (a->calls == 0 || b->last > a->last)
        a->last = b->last;
    a->calls += b->calls;
    a->live += b->live;
}

static bool add_steps(struct acre_tallies *tallies, uint32_t count)
{
    for (; tallies->step_count < count; tallies->step_count++) {
        if (!acre_grow(tallies->memory, &tallies->steps, tallies->step_count,
                       &tallies->step_capacity, sizeof *tallies->steps))
            return false;
        tallies->steps[tallies->step_count] = (struct acre_step_firings){0};
    }
    return true;
}

static bool add_places(struct acre_tallies *tallies, uint32_t count)
{
    for (; tallies->place_count < count; tallies->place_count++) {
        if (!acre_grow(tallies->memory, &tallies->births, tallies->place_count,
                       &tallies->place_capacity, sizeof *tallies->births))
            return false;
        tallies->births[tallies->place_count] = 0;
    }
    return true;
}

static bool tally(struct acre_tallies *tallies, const struct acre_call *call)
{
    const struct acre_firings one = {
        .calls = 1, .first = call->clock, .last = call->clock, .live = tallies->live};
    struct acre_step_firings *step;

    if (!add_steps(tallies, call->at.step) || !add_places(tallies, call->at.place))
        return false;
    step = &tallies->steps[call->at.step - 1];
    acre_firings_add(&step->all, &one);
    if (call->kind != ACRE_CALL_BIRTH)
        return true;
    acre_firings_add(&step->births, &one);
    tallies->births[call->at.place - 1]++;
    tallies->known_births++;
    return true;
}

bool acre_tallies_take(void *to, const struct acre_call *call)
{
    struct acre_tallies *tallies = to;

    tallies->last = call->clock;
    tallies->calls += call->kind != ACRE_CALL_SCOPE;
    if (call->at.step != 0 && !tally(tallies, call))
        return false;
    if (call->kind == ACRE_CALL_BIRTH) {
        tallies->all_births++;
        if (++tallies->live > tallies->most_live)
            tallies->most_live = tallies->live;
    } else if (call->kind == ACRE_CALL_DEATH) {
        tallies->live--;
    }
    return true;
}
