/* A pointer to an object that is kept over the reset of its region. */
#include "node.h"

static void misuse(void)
{
    struct node_world world;
    struct acre_object *object;
    struct acre_object *stale;

    open_nodes(&world);
    acre_region_enter(world.engine, world.region);
    stale = object = new_node(&world);
    acre_unref(world.engine, &object);
    if (acre_region_reset(world.engine, world.region) != ACRE_OK)
        exit(99);
    if (strcmp(mode, "engine") == 0)
        acre_ref(world.engine, stale);
    acre_strong_count(stale); /* which has no check of the engine */
    acre_engine_destroy(world.engine);
}
