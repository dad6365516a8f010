/*
 * What the tests of the engine stand on: an engine whose every allocation is counted and can be
 * made to fail, two regions where a test wants them, and a type of nodes whose deaths are written
 * down in their order.
 *
 *   engine ──> record ──> fault ──> malloc          region 0, pinned
 *                                   arena, arena    two regions, counted or bulk
 */
#ifndef ACRE_TESTS_CORE_WORLD_H
#define ACRE_TESTS_CORE_WORLD_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "alloc/ledger.h"
#include "alloc/track.h"
#include "core/region.h"
#include "core/variable.h"

/* Where the objects of a test live. */
enum world_place { WORLD_PINNED, WORLD_COUNTED, WORLD_BULK, WORLD_PLACES };

static inline const char *world_place_name(enum world_place place)
{
    static const char *const names[WORLD_PLACES] = {"pinned", "counted", "bulk"};

    return names[place];
}

/* Nodes --------------------------------------------------------------------------------------- */

struct node {
    struct acre_object object;
    struct node *next, *other;
    void (*at_death)(struct acre_engine *engine, struct node *node); /* or NULL */
    char name;
};

/* The names of the nodes that died, in that order, as one string. */
static char world_deaths[256];

static inline void world_write_death(char name)
{
    size_t length = strlen(world_deaths);

    if (length + 1 < sizeof world_deaths) {
        world_deaths[length] = name;
        world_deaths[length + 1] = '\0';
    }
}

static inline void world_node_dies(struct acre_engine *engine, struct acre_object *object)
{
    struct node *node = (struct node *)object;

    world_write_death(node->name);
    if (node->at_death != NULL)
        node->at_death(engine, node);
}

static const struct acre_slot world_node_slots[] = {
    {"next", offsetof(struct node, next)},
    {"other", offsetof(struct node, other)},
};

static const struct acre_type world_node_type = {
    .name = "Node",
    .size_bytes = sizeof(struct node),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = world_node_slots,
    .slot_count = 2,
    .destroy = world_node_dies,
};

/* The same without a destructor, as a bulk region wants it. */
static const struct acre_type world_plain_type = {
    .name = "Plain",
    .size_bytes = sizeof(struct node),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = world_node_slots,
    .slot_count = 2,
};

/* The world ----------------------------------------------------------------------------------- */

enum { WORLD_ALLOCS = 3 };

struct world {
    struct acre_fault_plan plan;
    struct acre_ledger ledger;
    struct acre_alloc *pages;
    struct acre_alloc *bottoms[WORLD_ALLOCS]; /* malloc, arena, arena */
    struct acre_alloc *faults[WORLD_ALLOCS];
    struct acre_alloc *tops[WORLD_ALLOCS];
    struct acre_engine *engine;
    uint32_t regions[2];
    uint32_t node_type, plain_type;
};

/* Ends the engine and all below it; returns the objects that leaked. */
static inline uint64_t world_close(struct world *world)
{
    uint64_t leaked = acre_engine_destroy(world->engine);

    for (size_t i = 0; i < WORLD_ALLOCS; i++) {
        acre_destroy(world->tops[i]);
        acre_destroy(world->faults[i]);
        acre_destroy(world->bottoms[i]);
    }
    acre_destroy(world->pages);
    return leaked;
}

static inline bool world_open_allocs(struct world *world)
{
    world->pages = acre_pages_new();
    if (world->pages == NULL)
        return false;
    for (uint32_t i = 0; i < WORLD_ALLOCS; i++) {
        world->bottoms[i] = i == 0 ? acre_malloc_new() : acre_arena_new(world->pages, NULL);
        if (world->bottoms[i] == NULL)
            return false;
        world->faults[i] = acre_fault_new(world->bottoms[i], &world->plan);
        if (world->faults[i] == NULL)
            return false;
        world->tops[i] = acre_record_new(world->faults[i], &world->ledger.sink, i);
        if (world->tops[i] == NULL)
            return false;
    }
    return true;
}

/* The plan may be set before; new objects then live in the first region of that place. */
static inline enum acre_status world_open_engine(struct world *world, enum world_place place,
                                                 const struct acre_engine_options *options)
{
    enum acre_region_mode mode = place == WORLD_BULK ? ACRE_REGION_BULK : ACRE_REGION_COUNTED;
    enum acre_status status = acre_engine_new(&world->engine, world->tops[0], options);

    if (status == ACRE_OK)
        status = acre_type_register(world->engine, &world_node_type, &world->node_type);
    if (status == ACRE_OK)
        status = acre_type_register(world->engine, &world_plain_type, &world->plain_type);
    if (status == ACRE_OK && place != WORLD_PINNED)
        status = acre_region_new(world->engine, world->tops[1], mode, "first", &world->regions[0]);
    if (status == ACRE_OK && place != WORLD_PINNED)
        status = acre_region_new(world->engine, world->tops[2], mode, "second", &world->regions[1]);
    if (status == ACRE_OK)
        acre_region_enter(world->engine, world->regions[0]);
    return status;
}

/* False when there is no memory; then world_close is still in order. */
static inline bool world_open_with(struct world *world, enum world_place place,
                                   const struct acre_engine_options *options)
{
    *world = (struct world){0};
    acre_ledger_init(&world->ledger);
    world_deaths[0] = '\0';
    return world_open_allocs(world) && world_open_engine(world, place, options) == ACRE_OK;
}

static inline bool world_open(struct world *world, enum world_place place)
{
    return world_open_with(world, place, NULL);
}

/* A node in the current region. A test that wants this to fail makes the object itself. */
static inline struct node *world_new(struct world *world, uint32_t type, char name)
{
    struct acre_object *object;
    struct node *node;

    if (acre_object_new(world->engine, type, &object) != ACRE_OK)
        abort();
    node = (struct node *)object;
    node->name = name;
    return node;
}

static inline struct node *world_node(struct world *world, char name)
{
    return world_new(world, world->node_type, name);
}

static inline struct node *world_plain(struct world *world)
{
    return world_new(world, world->plain_type, 'p');
}

static inline enum acre_status world_link(struct world *world, struct node *from,
                                          struct node **slot, struct node *to)
{
    return acre_slot_set(world->engine, &from->object, slot, to != NULL ? &to->object : NULL);
}

/* Live blocks by purpose, summed over all regions. */
static inline uint64_t world_live(const struct world *world, enum acre_purpose purpose)
{
    return acre_books_of(&world->ledger.books, purpose).live.blocks;
}

/* Live bytes of all purposes of one of the allocators. */
static inline uint64_t world_bytes_of(const struct world *world, uint32_t source)
{
    uint64_t bytes = 0;

    for (size_t p = 0; p < ACRE_PURPOSE_COUNT; p++)
        bytes += world->ledger.books.by_source[source][p].bytes;
    return bytes;
}

/* Checkers are 20 to 50 times slower: long repetitions are cut there. */
static inline uint64_t world_repetitions(uint64_t plain, uint64_t checked)
{
    return acre_track_is_listening() ? checked : plain;
}

#endif
