/* Objects, strong references, death: semantics cases R-01..R-14, C-01, C-02, C-03, D-03. */
#include "support/mtest.h"

#include "core/world.h"

static struct world world;

static uint32_t count_of(const struct node *node)
{
    return acre_strong_count(&node->object);
}

static void open_pinned(void)
{
    cr_assert(world_open(&world, WORLD_PINNED));
}

/* Everything is dead, nothing leaked, every byte is back. */
static void close_empty(void)
{
    cr_assert_eq(acre_live_objects(world.engine), 0);
    cr_assert_eq(world_close(&world), 0);
    cr_assert_eq(world.ledger.total.live.blocks, 0);
    cr_assert_eq(world.ledger.total.live.bytes, 0);
}

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

    open_pinned();
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

    open_pinned();
    a = world_node(&world, 'a');
    a->object.strong = UINT32_MAX - 2;
    acre_ref(world.engine, &a->object);
    cr_assert_eq(count_of(a), UINT32_MAX - 1);
    acre_ref(world.engine, &a->object);
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

static void make_chain(struct node **a, struct node **b, struct node **c)
{
    *a = world_node(&world, 'a');
    *b = world_node(&world, 'b');
    *c = world_node(&world, 'c');
    cr_assert_eq(world_link(&world, *a, &(*a)->next, *b), ACRE_OK);
    cr_assert_eq(world_link(&world, *b, &(*b)->next, *c), ACRE_OK);
    cr_assert_eq(count_of(*a), 1);
    cr_assert_eq(count_of(*b), 2);
    cr_assert_eq(count_of(*c), 2);
}

static struct node *sibling; /* of the dying, released from inside its destructor */

static void release_sibling(struct acre_engine *engine, struct node *node)
{
    (void)node;
    acre_unref(engine, &sibling);
}

/* The destructor may create, and drop what it created. */
static void create_and_drop(struct acre_engine *engine, struct node *node)
{
    struct node *fresh = world_node(&world, 'f');

    (void)node;
    acre_unref(engine, &fresh);
}

MTest(object, order_of_death)
{
    struct node *a;
    struct node *b;
    struct node *c;

    /* */
    open_pinned();
    make_chain(&a, &b, &c);
    acre_unref(world.engine, &a);
    cr_assert_str_eq(world_deaths, "a");
    cr_assert_eq(count_of(b), 1);
    acre_unref(world.engine, &b);
    cr_assert_str_eq(world_deaths, "ab");
    acre_unref(world.engine, &c);
    cr_assert_str_eq(world_deaths, "abc");

    /* */
    world_deaths[0] = '\0';
    make_chain(&a, &b, &c);
    acre_unref(world.engine, &c);
    acre_unref(world.engine, &b);
    cr_assert_str_eq(world_deaths, "");
    acre_unref(world.engine, &a);
    cr_assert_str_eq(world_deaths, "abc");

    /* */
    world_deaths[0] = '\0';
    a = world_node(&world, 'p');
    b = world_node(&world, 'q');
    c = world_node(&world, 'c');
    world_link(&world, a, &a->next, c);
    world_link(&world, b, &b->next, c);
    {
        struct node *borrowed = c;

        acre_unref(world.engine, &c);
        acre_unref(world.engine, &a);
        cr_assert_str_eq(world_deaths, "p");
        cr_assert_eq(count_of(borrowed), 1);
    }
    acre_unref(world.engine, &b);
    cr_assert_str_eq(world_deaths, "pqc");

    /* the same child twice in one parent */
    world_deaths[0] = '\0';
    a = world_node(&world, 'p');
    c = world_node(&world, 'c');
    world_link(&world, a, &a->next, c);
    world_link(&world, a, &a->other, c);
    cr_assert_eq(count_of(c), 3);
    acre_unref(world.engine, &a);
    cr_assert_eq(count_of(c), 1);
    acre_unref(world.engine, &c);
    cr_assert_str_eq(world_deaths, "pc");

    /* a sibling released from inside a destructor, before its own parent releases it */
    world_deaths[0] = '\0';
    a = world_node(&world, 'p');
    b = world_node(&world, 'l');
    sibling = world_node(&world, 'r');
    world_link(&world, a, &a->next, b);
    world_link(&world, a, &a->other, sibling);
    b->at_death = release_sibling;
    acre_unref(world.engine, &b);
    acre_unref(world.engine, &a);
    cr_assert_str_eq(world_deaths, "plr");

    /* Depth first, first slot to last: 1(2(3, 4), 5), whatever the destructors do meanwhile. */
    world_deaths[0] = '\0';
    {
        struct node *n[6];

        for (int i = 1; i <= 5; i++)
            n[i] = world_node(&world, (char)('0' + i));
        n[3]->at_death = create_and_drop;
        world_link(&world, n[1], &n[1]->next, n[2]);
        world_link(&world, n[1], &n[1]->other, n[5]);
        world_link(&world, n[2], &n[2]->next, n[3]);
        world_link(&world, n[2], &n[2]->other, n[4]);
        for (int i = 5; i >= 1; i--)
            acre_unref(world.engine, &n[i]);
    }
    /* What a destructor drops dies as if it were the first child of the dying. */
    cr_assert_str_eq(world_deaths, "123f45");
    close_empty();
}

/* D-03: death allocates nothing. A plan that fails everything would be noticed: it counts. */
MTest(object, death_allocates_nothing)
{
    struct node *head = NULL;
    uint64_t calls;

    open_pinned();
    for (int i = 0; i < 1000; i++) {
        struct node *node = world_node(&world, 'n');
        struct acre_weak weak;

        cr_assert_eq(acre_weak_of(world.engine, &node->object, &weak), ACRE_OK);
        cr_assert_eq(world_link(&world, node, &node->next, head), ACRE_OK);
        acre_unref(world.engine, &head);
        head = node;
    }
    world.plan.fail_at = 1;
    world.plan.forever = true;
    calls = world.plan.calls;
    acre_unref(world.engine, &head);
    cr_assert_eq(world.plan.calls, calls);
    cr_assert_eq(acre_live_objects(world.engine), 0);
    close_empty();
}

MTest(object, cycles)
{
    struct node *a;
    struct node *b;
    struct node *c;

    /* C-01: a self loop leaks 1 */
    open_pinned();
    a = world_node(&world, 'a');
    world_link(&world, a, &a->next, a);
    b = a;
    acre_unref(world.engine, &a);
    cr_assert_eq(acre_live_objects(world.engine), 1);
    cr_assert_eq(count_of(b), 1);
    world_link(&world, b, &b->next, NULL);
    cr_assert_eq(acre_live_objects(world.engine), 0);

    /* C-02: rings of 2 and of 3 */
    a = world_node(&world, 'a');
    b = world_node(&world, 'b');
    world_link(&world, a, &a->next, b);
    world_link(&world, b, &b->next, a);
    {
        struct node *left = a;

        acre_unref(world.engine, &a);
        acre_unref(world.engine, &b);
        cr_assert_eq(acre_live_objects(world.engine), 2);
        world_link(&world, left, &left->next, NULL);
    }
    cr_assert_eq(acre_live_objects(world.engine), 0);

    world_deaths[0] = '\0';
    make_chain(&a, &b, &c);
    world_link(&world, c, &c->next, a);
    cr_assert_eq(count_of(a), 2);
    {
        struct acre_weak weak[3];
        struct acre_object *back;

        acre_weak_of(world.engine, &a->object, &weak[0]);
        acre_weak_of(world.engine, &b->object, &weak[1]);
        acre_weak_of(world.engine, &c->object, &weak[2]);
        /* C-03: while a live root reaches the ring, nothing changes */
        acre_unref(world.engine, &b);
        acre_unref(world.engine, &c);
        cr_assert_eq(count_of(a), 2);
        acre_unref(world.engine, &a);
        cr_assert_eq(acre_live_objects(world.engine), 3);
        cr_assert_eq(world_live(&world, ACRE_PURPOSE_NODE), 3);
        for (int i = 0; i < 3; i++)
            cr_assert(acre_weak_is_alive(world.engine, weak[i]));
        cr_assert_str_eq(world_deaths, "");
        /* ... until it is broken, through a handle */
        back = acre_weak_get(world.engine, weak[0]);
        cr_assert_eq(acre_strong_count(back), 2);
        a = (struct node *)back;
        world_link(&world, a, &a->next, NULL);
        acre_unref(world.engine, &a);
        cr_assert_str_eq(world_deaths, "bca");
        for (int i = 0; i < 3; i++)
            cr_assert_not(acre_weak_is_alive(world.engine, weak[i]));
    }
    close_empty();
}

/* An engine tells what leaked; the pool of its region takes the memory away. */
MTest(object, leaks_are_counted)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *pool = acre_pool_new(pages);
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

    open_pinned();
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
    open_pinned();
    cr_assert_eq(acre_engine_new(&second, world.tops[0], NULL), ACRE_OK);
    {
        struct node *a = world_node(&world, 'a');
        struct acre_weak weak;

        acre_weak_of(world.engine, &a->object, &weak);
        cr_assert_eq(acre_live_objects(second), 0);
        cr_assert_not(acre_weak_is_alive(second, weak));
        cr_assert_str_eq(acre_error(second), "");
        acre_unref(world.engine, &a);
    }
    cr_assert_eq(acre_engine_destroy(second), 0);
    close_empty();
    acre_destroy(arena);
    acre_destroy(pages);
}
