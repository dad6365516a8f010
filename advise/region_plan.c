#include "advise/region_plan.h"

/* The plan's number of a marker, which is added where it is not there yet. */
static uint32_t add_marker(struct acre_markers *markers, const struct acre_marker *marker)
{
    for (uint32_t i = 0; i < markers->count; i++)
        if (markers->markers[i].kind == marker->kind && markers->markers[i].place == marker->place)
            return i;
    markers->markers[markers->count] = *marker;
    return markers->count++;
}

static void end_epoch(struct acre_planned_region *region)
{
    region->counts.epochs_used += region->births > 0;
    region->counts.squares += (double)region->births * (double)region->births;
    if (region->births > region->counts.most_births)
        region->counts.most_births = region->births;
    region->births = 0;
}

/* Whether it is a reset. */
static bool fire(struct acre_planned_region *region, const struct acre_trace_event *event,
                 uint32_t thread)
{
    uint32_t clock = (uint32_t)event->number;
    struct acre_region_counts *counts = &region->counts;

    region->reach = acre_gaps_fire(&region->gaps, clock - region->last);
    region->last = clock;
    if (region->thread == 0)
        region->thread = thread;
    counts->elsewhere += thread != region->thread;
    if (counts->firings++ % region->region.stride != 0)
        return false;
    end_epoch(region);
    if (counts->resets++ == 0)
        counts->first_event = event->number;
    counts->last_event = event->number;
    return true;
}

static bool is_birth(const struct acre_trace_event *event)
{
    return event->kind == ACRE_TRACE_ALLOCATE ||
           (event->kind == ACRE_TRACE_MOVE && event->is_unknown);
}

static void fire_marker(struct acre_region_plan *plan, const struct acre_trace_event *event,
                        uint32_t marker, uint32_t thread, struct acre_plan_step *step)
{
    for (uint32_t i = 0; i < plan->plan.group_count; i++)
        if (plan->regions[i].region.boundary.marker == marker &&
            fire(&plan->regions[i], event, thread))
            step->resets |= 1u << i;
}

static void bear(struct acre_region_plan *plan, const struct acre_trace_event *event,
                 uint32_t place, struct acre_plan_step *step)
{
    uint32_t site =
        place != 0 && place <= plan->sites->place_count ? plan->sites->of_place[place - 1] : 0;
    uint32_t group = site != 0 ? plan->region_of_site[site - 1] : 0;
    struct acre_planned_region *region;

    if (group == 0)
        return;
    region = &plan->regions[group - 1];
    if (region->counts.firings == 0 || (uint32_t)event->number - region->last > region->reach)
        return;
    region->births++;
    region->counts.births++;
    region->counts.bytes += event->layout.size;
    step->group = group;
}

static bool follow(void *state, const struct acre_trace_event *event, struct acre_plan_step *step)
{
    struct acre_region_plan *plan = state;
    struct acre_step_at at;
    const uint16_t *fired;
    uint32_t count, birth;

    if (!acre_walker_step(&plan->walker, event, &at))
        return false;
    if (at.step == 0)
        return true;
    fired = acre_markers_fired(plan->markers, plan->walker.steps, at.step, &count);
    if (fired == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++)
        fire_marker(plan, event, fired[i], at.thread, step);
    if (!is_birth(event))
        return true;
    birth = acre_markers_birth(plan->markers, at.place);
    if (birth != 0)
        fire_marker(plan, event, birth - 1, at.thread, step);
    bear(plan, event, at.place, step);
    return true;
}

bool acre_region_plan_init(struct acre_region_plan *plan, const struct acre_findings *findings,
                           const struct acre_choice *choice, struct acre_steps *steps,
                           struct acre_recording *recording, struct acre_markers *markers)
{
    memset(plan, 0, sizeof *plan);
    plan->markers = markers;
    plan->sites = findings->sites;
    plan->region_of_site = choice->region_of_site;
    acre_walker_init(&plan->walker, steps, &recording->of);
    plan->plan =
        (struct acre_plan){.group_count = choice->region_count, .follow = follow, .state = plan};
    for (uint32_t i = 0; i < choice->region_count; i++) {
        struct acre_chosen_region *region = &plan->regions[i].region;

        *region = choice->regions[i];
        plan->plan.rotation[i] = region->boundary.rotation;
        region->boundary.marker =
            add_marker(markers, &findings->markers->markers[region->boundary.marker]);
    }
    return acre_markers_index(markers, steps);
}

void acre_region_plan_end(struct acre_region_plan *plan)
{
    for (uint32_t i = 0; i < plan->plan.group_count; i++)
        end_epoch(&plan->regions[i]);
}

void acre_region_plan_fini(struct acre_region_plan *plan)
{
    acre_walker_fini(&plan->walker);
    acre_markers_fini(plan->markers);
}
