/* An object of the engine in the arena, for misuse of objects. */
#ifndef ACRE_TESTS_MISUSE_NODE_H
#define ACRE_TESTS_MISUSE_NODE_H

#include "core/region.h"
#include "misuse.h"

struct node_world {
    struct acre_engine *engine;
    uint32_t type, region;
};

static void say_and_abort(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "%s\n", sentence);
    abort();
}

static inline void open_nodes(struct node_world *world)
{
    static const struct acre_type type = {.name = "Node", .size_bytes = sizeof(struct acre_object)};
    const struct acre_engine_options options = {
        .on_misuse = strcmp(mode, "engine") == 0 ? say_and_abort : NULL};

    if (acre_engine_new(&world->engine, heap, &options) != ACRE_OK ||
        acre_type_register(world->engine, &type, &world->type) != ACRE_OK ||
        acre_region_new(world->engine, arena, ACRE_REGION_BULK, "iteration", &world->region) !=
            ACRE_OK)
        exit(99);
}

static inline struct acre_object *new_node(struct node_world *world)
{
    struct acre_object *object;

    if (acre_object_new(world->engine, world->type, &object) != ACRE_OK)
        exit(99);
    return object;
}

#endif
