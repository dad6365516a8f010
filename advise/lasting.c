#include "advise/lasting.h"

#include <stdlib.h>
#include <string.h>

#include "alloc/grow.h"

static size_t count_cells(const struct acre_findings *findings)
{
    return (size_t)findings->sites->count * ACRE_PLAN_MOST_GROUPS;
}

bool acre_lasting_init(struct acre_lasting *lasting, struct acre_alloc *memory,
                       const struct acre_findings *findings, const struct acre_recording *recording,
                       struct acre_advice *advice)
{
    struct acre_layout layout =
        acre_layout_of_elements(count_cells(findings), sizeof *lasting->counts);

    *lasting = (struct acre_lasting){
        .memory = memory,
        .findings = findings,
        .recording = recording,
        .advice = advice,
        .counts = acre_allocate(memory, layout),
    };
    for (uint32_t i = 0; i < advice->region_count; i++) {
        const struct acre_region_counts *counts = &advice->regions[i].counts[0];

        lasting->first_events[i] = counts->first_event;
        lasting->middle_events[i] =
            counts->first_event + (counts->last_event - counts->first_event) / 2;
    }
    if (lasting->counts == NULL)
        return false;
    memset(lasting->counts, 0, layout.size);
    return true;
}

void acre_lasting_fini(struct acre_lasting *lasting)
{
    acre_free_elements(lasting->memory, lasting->counts, count_cells(lasting->findings),
                       sizeof *lasting->counts);
    acre_free_elements(lasting->memory, lasting->objects, lasting->object_capacity,
                       sizeof *lasting->objects);
}

static struct acre_lasting_object *object_at(struct acre_lasting *lasting, uint32_t object)
{
    for (; lasting->object_count <= object; lasting->object_count++) {
        if (!acre_grow(lasting->memory, &lasting->objects, lasting->object_count,
                       &lasting->object_capacity, sizeof *lasting->objects))
            return NULL;
        lasting->objects[lasting->object_count] = (struct acre_lasting_object){0};
    }
    return &lasting->objects[object];
}

/* Behind the first resets of all regions nobody is followed who is born. */
static bool bear(struct acre_lasting *lasting, const struct acre_call *call)
{
    const struct acre_sites *sites = lasting->findings->sites;
    uint32_t place = call->at.place;
    struct acre_lasting_object *object;
    uint32_t mask = 0;

    for (uint32_t i = 0; i < lasting->advice->region_count; i++)
        mask |= (uint32_t)(call->clock < lasting->first_events[i]) << i;
    if (mask == 0 || place == 0 || place > sites->place_count)
        return true;
    object = object_at(lasting, call->object);
    if (object == NULL)
        return false;
    *object = (struct acre_lasting_object){.site = sites->of_place[place - 1], .mask = mask};
    return true;
}

static void die(struct acre_lasting *lasting, struct acre_lasting_object *object, uint64_t clock)
{
    for (uint32_t i = 0; object->site != 0 && i < lasting->advice->region_count; i++)
        if ((object->mask >> i & 1) != 0 && clock > lasting->middle_events[i])
            lasting->counts[(size_t)(object->site - 1) * ACRE_PLAN_MOST_GROUPS + i]++;
    *object = (struct acre_lasting_object){0};
}

bool acre_lasting_take(void *to, const struct acre_call *call)
{
    struct acre_lasting *lasting = to;

    if (call->kind == ACRE_CALL_BIRTH)
        return bear(lasting, call);
    if (call->kind == ACRE_CALL_DEATH && call->object < lasting->object_count)
        die(lasting, &lasting->objects[call->object], call->clock);
    return true;
}

/* How many innermost frames two places have in common, as the recording told them. */
static uint32_t common_frames(const struct acre_lasting *lasting, uint32_t a, uint32_t b)
{
    const struct acre_places *places = &lasting->findings->steps->places;
    const struct acre_trace_frames *frames = &lasting->recording->frames;
    uint32_t count = 0;

    while (a != 0 && b != 0) {
        const struct acre_place *at_a = acre_place_at(places, a);
        const struct acre_place *at_b = acre_place_at(places, b);
        const struct acre_trace_frame *of_a = acre_trace_frame_of(frames, at_a->node);
        const struct acre_trace_frame *of_b = acre_trace_frame_of(frames, at_b->node);

        if (of_a->module != of_b->module || of_a->offset != of_b->offset)
            break;
        count++;
        a = at_a->parent;
        b = at_b->parent;
    }
    return count;
}

static uint32_t common_with_region(const struct acre_lasting *lasting,
                                   const struct acre_advised_region *region, uint32_t place)
{
    uint32_t most = 0;

    for (size_t i = 0; i < region->site_count; i++) {
        uint32_t common = common_frames(lasting, region->sites[i].place, place);

        if (common > most)
            most = common;
    }
    return most;
}

/* More frames in common first, then more blocks, then the place that was told first. */
static bool is_before(const struct acre_advised_lasting *a, const struct acre_advised_lasting *b)
{
    if (a->common != b->common)
        return a->common > b->common;
    return a->blocks != b->blocks ? a->blocks > b->blocks : a->place < b->place;
}

static void add(struct acre_advised_region *region, struct acre_advised_lasting added)
{
    struct acre_advised_lasting *lasting = region->lasting;
    size_t at = region->lasting_count;

    if (region->lasting_count < ACRE_ADVICE_MOST_LASTING)
        region->lasting_count++;
    else if (!is_before(&added, &lasting[--at]))
        return;
    for (; at > 0 && is_before(&added, &lasting[at - 1]); at--)
        lasting[at] = lasting[at - 1];
    lasting[at] = added;
}

/* A site of the region itself may be one: what it made before the loop. */
static void find_lasting(const struct acre_lasting *lasting, struct acre_advised_region *region,
                         uint32_t number)
{
    const struct acre_sites *sites = lasting->findings->sites;

    for (uint32_t site = 0; site < sites->count; site++) {
        struct acre_advised_lasting found = {
            .place = sites->places[site],
            .blocks = lasting->counts[(size_t)site * ACRE_PLAN_MOST_GROUPS + number],
        };

        if (found.blocks > 0)
            found.common = common_with_region(lasting, region, found.place);
        if (found.common > 0)
            add(region, found);
    }
}

void acre_lasting_end(struct acre_lasting *lasting)
{
    for (size_t i = 0; i < lasting->object_count; i++)
        die(lasting, &lasting->objects[i], UINT64_MAX);
    for (uint32_t i = 0; i < lasting->advice->region_count; i++)
        find_lasting(lasting, &lasting->advice->regions[i], i);
}
