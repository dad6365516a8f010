/* Objects and strong references: semantics cases. */
#include "support/mtest.h"

#include "core/fixture.h"

/* what a callee does that keeps its argument for a while. */
static uint32_t count_inside(struct node *node)
{
    struct node *kept = node;
    uint32_t inside;

    acre_ref(world.engine, &kept->object);
    inside = count_of(node);
    acre_unref(world.engine, &kept);
    return inside;
}

MTest(object, counts)
{
    struct node *a;
    struct node *nothing = NULL;

    open_in(WORLD_PINNED);
    cr_assert_eq(sizeof(struct acre_object), 16);

    /* */
    a = world_node(&world, 'a');
    cr_assert_eq(count_of(a), 1);
    acre_ref(world.engine, &a->object);
    cr_assert_eq(count_of(a), 2);
    cr_assert_eq(acre_live_objects(world.engine), 1);
    {
        struct node *second = a;

        acre_unref(world.engine, &second);
        cr_assert_null(second);
    }
    cr_assert_eq(count_of(a), 1);
    cr_assert_eq(count_inside(a), 2); /* */
    cr_assert_eq(count_of(a), 1);
    cr_assert_eq(acre_type_of(world.engine, &a->object), &world_node_type);
    acre_unref(world.engine, &a);
    cr_assert_null(a);
    cr_assert_str_eq(world_deaths, "a");
    cr_assert_eq(acre_live_objects(world.engine), 0);

    /* */
    acre_unref(world.engine, &nothing);
    acre_ref(world.engine, NULL);
    cr_assert_eq(acre_strong_count(NULL), 0);

    /* a slot set to its own value, at a count of 1 */
    {
        struct node *holder = world_node(&world, 'h');
        struct node *held = world_node(&world, 'x');
        struct node *borrowed = held;

        cr_assert_eq(world_link(&world, holder, &holder->next, held), ACRE_OK);
        acre_unref(world.engine, &held);
        cr_assert_eq(count_of(borrowed), 1);
        cr_assert_eq(world_link(&world, holder, &holder->next, holder->next), ACRE_OK);
        cr_assert_eq(count_of(borrowed), 1);
        cr_assert_str_eq(world_deaths, "a");
        acre_unref(world.engine, &holder);
        cr_assert_str_eq(world_deaths, "ahx");
    }
    close_empty();
}

/* at its largest the count sticks, and the object is never freed. It is reported as
 * leaked by the engine; its memory is given back by hand here, so that no checker complains. */
MTest(object, immortal)
{
    struct node *a;

    open_in(WORLD_PINNED);
    a = world_node(&world, 'a');
    a->object.strong = INT32_MAX - 1;
    acre_ref(world.engine, &a->object);
    cr_assert_eq(count_of(a), INT32_MAX);
    acre_ref(world.engine, &a->object);
    cr_assert_eq(count_of(a), UINT32_MAX);
    for (uint64_t i = 0; i < world_repetitions(1000000, 10000); i++) {
        struct node *again = a;

        acre_ref(world.engine, &a->object);
        acre_unref(world.engine, &again);
        again = a;
        acre_unref(world.engine, &again);
    }
    cr_assert_eq(count_of(a), UINT32_MAX);
    cr_assert_str_eq(world_deaths, "");

    a->object.strong = 1;
    acre_unref(world.engine, &a);
    close_empty();
}

/* An engine tells what leaked; the pool of its region takes the memory away. */
MTest(object, leaks_are_counted)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *pool = acre_pool_new(pages, NULL);
    struct acre_engine *engine;
    struct acre_object *object;
    uint32_t plain;

    cr_assert_eq(acre_engine_new(&engine, pool, NULL), ACRE_OK);
    cr_assert_eq(acre_type_register(engine, &world_plain_type, &plain), ACRE_OK);
    for (int i = 0; i < 9999; i++) {
        struct node *node;

        cr_assert_eq(acre_object_new(engine, plain, &object), ACRE_OK);
        node = (struct node *)object;
        acre_slot_set(engine, object, &node->next, object);
        acre_unref(engine, &object);
    }
    cr_assert_eq(acre_live_objects(engine), 9999);
    cr_assert_eq(acre_engine_destroy(engine), 9999);
    cr_assert_eq(acre_engine_destroy(NULL), 0);
    acre_destroy(pool);
    acre_destroy(pages);
}

/* A user's type with references outside its slots, a size of its own and memory of its own. */
struct bag {
    struct acre_object object;
    struct node *first; /* a slot */
    double *notes;      /* owned */
    size_t count;
    struct node *rest[];
};

static const struct acre_layout notes_layout = {80, 64, ACRE_PURPOSE_OTHER};

static void bag_dies(struct acre_engine *engine, struct acre_object *object)
{
    (void)engine;
    (void)object;
    world_write_death('B');
}

static void bag_traverse(struct acre_engine *engine, struct acre_object *object, acre_visit *visit,
                         void *context)
{
    struct bag *bag = (struct bag *)object;

    for (size_t i = 0; i < bag->count; i++)
        if (bag->rest[i] != NULL)
            visit(engine, object, &bag->rest[i]->object, &bag->rest[i], context);
}

static size_t bag_size_of(const struct acre_object *object)
{
    return sizeof(struct bag) + ((const struct bag *)object)->count * sizeof(struct node *);
}

static void bag_free_owned(struct acre_engine *engine, struct acre_object *object)
{
    (void)engine;
    world_write_death('!');
    acre_free(world.tops[0], ((struct bag *)object)->notes, notes_layout);
}

static const struct acre_slot bag_slots[] = {{"first", offsetof(struct bag, first)}};

static const struct acre_type bag_type = {
    .name = "Bag",
    .size_bytes = sizeof(struct bag),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = bag_slots,
    .slot_count = 1,
    .forbids_weak = true,
    .destroy = bag_dies,
    .traverse = bag_traverse,
    .size_of = bag_size_of,
    .free_owned = bag_free_owned,
};

MTest(object, user_defined_types)
{
    static const struct acre_type no_room = {.name = "Tiny", .size_bytes = 8};
    struct acre_object *object = NULL;
    struct acre_weak weak;
    struct bag *bag;
    uint32_t type;

    open_in(WORLD_PINNED);
    cr_assert_eq(acre_type_register(world.engine, &bag_type, &type), ACRE_OK);
    cr_assert_eq(acre_object_new_sized(world.engine, type,
                                       sizeof(struct bag) + 3 * sizeof(struct node *), &object),
                 ACRE_OK);
    bag = (struct bag *)object;
    cr_assert_null(bag->first);
    cr_assert_null(bag->rest[2]);
    bag->count = 3;
    bag->notes = acre_allocate(world.tops[0], notes_layout);
    for (int i = 0; i < 3; i++) {
        struct node *node = world_node(&world, (char)('1' + i));

        /* rest[1] stays empty */
        cr_assert_eq(acre_slot_set(world.engine, object,
                                   i == 1 ? (void *)&bag->first : (void *)&bag->rest[i],
                                   &node->object),
                     ACRE_OK);
        acre_unref(world.engine, &node);
    }
    /* W-21 */
    cr_assert_eq(acre_weak_of(world.engine, object, &weak), ACRE_BAD_ARGUMENT);
    cr_assert(strstr(acre_error(world.engine), "Bag") != NULL);
    cr_assert_not(acre_weak_is_alive(world.engine, weak));

    acre_unref(world.engine, &object);
    /* destructor, memory of its own, children: slots before the traversal */
    cr_assert_str_eq(world_deaths, "B!213");

    /* what cannot be made is refused, and says why */
    cr_assert_eq(acre_type_register(world.engine, &no_room, &type), ACRE_BAD_ARGUMENT);
    cr_assert(strstr(acre_error(world.engine), "Tiny") != NULL);
    cr_assert_eq(acre_object_new(world.engine, 4000, &object), ACRE_BAD_ARGUMENT);
    cr_assert(strstr(acre_error(world.engine), "4000") != NULL);
    cr_assert_null(object);
    cr_assert_eq(acre_object_new_sized(world.engine, world.plain_type, 4096, &object),
                 ACRE_BAD_ARGUMENT);
    cr_assert(strstr(acre_error(world.engine), "size_of") != NULL);
    cr_assert_null(object);
    cr_assert_eq(acre_object_new_sized(world.engine, world.node_type, 16, &object),
                 ACRE_BAD_ARGUMENT);
    cr_assert(strstr(acre_error(world.engine), "Node") != NULL);
    cr_assert_null(object);
    close_empty();
}

MTest(object, an_engine_needs_single_frees)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *arena = acre_arena_new(pages, NULL);
    struct acre_engine *engine = (struct acre_engine *)&arena;
    struct acre_engine *second;

    cr_assert_eq(acre_engine_new(&engine, arena, NULL), ACRE_BAD_ARGUMENT);
    cr_assert_null(engine);

    /* two engines know nothing of each other */
    open_in(WORLD_PINNED);
    cr_assert_eq(acre_engine_new(&second, world.tops[0], NULL), ACRE_OK);
    {
        struct node *a = world_node(&world, 'a');

        cr_assert_eq(acre_live_objects(second), 0);
        cr_assert_str_eq(acre_error(second), "");
        acre_unref(world.engine, &a);
    }
    cr_assert_eq(acre_engine_destroy(second), 0);
    close_empty();
    acre_destroy(arena);
    acre_destroy(pages);
}
