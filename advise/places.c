#include "advise/places.h"

#include <stdio.h>
#include <xxhash.h>

#include "alloc/grow.h"

void acre_places_init(struct acre_places *places, struct acre_alloc *memory)
{
    *places = (struct acre_places){.memory = memory};
    acre_numbers_init(&places->modules, memory);
    acre_numbers_init(&places->numbers, memory);
}

void acre_places_fini(struct acre_places *places)
{
    acre_numbers_fini(&places->modules);
    acre_numbers_fini(&places->numbers);
    acre_free_elements(places->memory, places->places, places->capacity, sizeof *places->places);
    acre_free_elements(places->memory, places->scopes, places->scope_capacity,
                       sizeof *places->scopes);
    *places = (struct acre_places){.memory = places->memory};
}

void acre_places_of_fini(struct acre_places_of *of, struct acre_alloc *memory)
{
    acre_free_elements(memory, of->modules, of->module_capacity, sizeof *of->modules);
    acre_free_elements(memory, of->nodes, of->node_capacity, sizeof *of->nodes);
    *of = (struct acre_places_of){.recording = of->recording};
}

static uint32_t ancestor_at(const struct acre_places *places, uint32_t place, uint32_t depth)
{
    while (acre_place_depth(places, place) > depth)
        place = acre_place_at(places, place)->parent;
    return place;
}

bool acre_place_passes(const struct acre_places *places, uint32_t place, uint32_t other)
{
    return other != 0 && ancestor_at(places, place, acre_place_depth(places, other)) == other;
}

uint32_t acre_place_common(const struct acre_places *places, uint32_t a, uint32_t b)
{
    a = ancestor_at(places, a, acre_place_depth(places, b));
    b = ancestor_at(places, b, acre_place_depth(places, a));
    while (a != b) {
        a = acre_place_at(places, a)->parent;
        b = acre_place_at(places, b)->parent;
    }
    return a;
}

/* Two modules of the same hash would be taken for one: of 128 bits nobody has seen that. */
static struct acre_key key_of_module(const struct acre_trace_module *module)
{
    XXH128_hash_t hash = module->build_id_bytes > 0
                             ? XXH3_128bits(module->build_id, module->build_id_bytes)
                             : XXH3_128bits(module->path, module->path_bytes);

    return (struct acre_key){hash.high64, hash.low64};
}

bool acre_places_add_module(struct acre_places *places, struct acre_places_of *of,
                            const struct acre_trace_module *module)
{
    uint32_t number;

    if (!acre_grow(places->memory, &of->modules, of->module_count, &of->module_capacity,
                   sizeof *of->modules))
        return false;
    number = acre_number_of(&places->modules, key_of_module(module));
    if (number == 0)
        return false;
    of->modules[of->module_count++] = number;
    return true;
}

/* The nearest place outwards from `place` on that has such a frame; 0: there is none. */
static uint32_t find_back(const struct acre_places *places, uint32_t place, uint32_t module,
                          uint64_t offset)
{
    for (unsigned steps = 0; place != 0 && steps < ACRE_PLACES_MOST_BACK; steps++) {
        const struct acre_key *key = &places->numbers.keys[place - 1];

        if ((uint32_t)key->high == module && key->low == offset)
            return place;
        place = acre_place_at(places, place)->parent;
    }
    return 0;
}

/* 0 for want of memory. A new one is `about`, but for its depth. */
static uint32_t find_or_add(struct acre_places *places, struct acre_key key,
                            struct acre_place about)
{
    uint32_t count = places->numbers.count;
    uint32_t place;

    if (!acre_grow(places->memory, &places->places, count, &places->capacity,
                   sizeof *places->places))
        return 0;
    place = acre_number_of(&places->numbers, key);
    if (place <= count)
        return place;
    about.depth = acre_place_depth(places, about.parent) + 1;
    places->places[count] = about;
    if (about.parent != 0)
        places->places[about.parent - 1].children++;
    return place;
}

uint32_t acre_places_of_scope(struct acre_places *places, const char *name, size_t name_bytes)
{
    struct acre_key key = {ACRE_PLACES_SCOPES, XXH3_64bits(name, name_bytes)};
    uint32_t count = places->numbers.count;
    uint32_t place;

    if (!acre_grow(places->memory, &places->scopes, places->scope_count, &places->scope_capacity,
                   sizeof *places->scopes))
        return 0;
    place = find_or_add(places, key, (struct acre_place){.node = places->scope_count});
    if (place > count)
        snprintf(places->scopes[places->scope_count++], sizeof *places->scopes, "%.*s",
                 (int)name_bytes, name);
    return place;
}

const char *acre_place_scope(const struct acre_places *places, uint32_t place)
{
    return place != 0 && (uint32_t)places->numbers.keys[place - 1].high == ACRE_PLACES_SCOPES
               ? places->scopes[acre_place_at(places, place)->node]
               : NULL;
}

bool acre_places_add_node(struct acre_places *places, struct acre_places_of *of,
                          const struct acre_trace_frame *frame)
{
    uint32_t parent = acre_place_of_node(of, frame->parent);
    uint32_t module =
        frame->module == 0 || frame->module > of->module_count ? 0 : of->modules[frame->module - 1];
    uint32_t place;

    if (!acre_grow(places->memory, &of->nodes, of->node_count, &of->node_capacity,
                   sizeof *of->nodes))
        return false;
    place = find_back(places, parent, module, frame->offset);
    if (place == 0)
        place = find_or_add(
            places, (struct acre_key){(uint64_t)parent << 32 | module, frame->offset},
            (struct acre_place){
                .parent = parent, .recording = of->recording, .node = of->node_count + 1});
    if (place == 0)
        return false;
    of->nodes[of->node_count++] = place;
    return true;
}
