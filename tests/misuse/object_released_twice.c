/* An object is let go twice, by two variables that had one reference. */
#include "node.h"

static void misuse(void)
{
    struct node_world world;
    struct acre_object *object;
    struct acre_object *again;

    open_nodes(&world);
    again = object = new_node(&world);
    acre_unref(world.engine, &object);
    acre_unref(world.engine, &again);
    acre_engine_destroy(world.engine);
}
