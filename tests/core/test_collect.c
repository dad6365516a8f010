/* The cycle collector. Semantics cases C-01 to C-16, D-06 (small), Z-05, B-31. */
#include "support/mtest.h"

#include "core/collect.h"
#include "core/fixture.h"

static const struct acre_engine_options manual = {.collector = ACRE_COLLECTOR_MANUAL};

static void open_collecting(enum world_place place)
{
    cr_assert(world_open_with(&world, place, &manual));
}

static struct acre_collection collect(void)
{
    struct acre_collection found;

    cr_assert_eq(acre_collect(world.engine, &found), ACRE_OK, "%s", acre_error(world.engine));
    return found;
}

/* A ring of `count` nodes over their `next`; returns one of them, held by the caller. */
static struct node *ring_of(int count)
{
    struct node *first = world_plain(&world);
    struct node *last = first;

    for (int i = 1; i < count; i++) {
        struct node *node = world_plain(&world);

        cr_assert_eq(world_link(&world, last, &last->next, node), ACRE_OK);
        last = node;
        acre_unref(world.engine, &node);
    }
    cr_assert_eq(world_link(&world, last, &last->next, first), ACRE_OK);
    return first;
}

/* C-01, C-02, C-13: rings of every length are found, each object once. */
MTest(collect, rings)
{
    for (enum world_place place = WORLD_PINNED; place <= WORLD_COUNTED; place++) {
        open_collecting(place);
        for (int length = 1; length <= 5; length++) {
            struct node *ring = ring_of(length);

            acre_unref(world.engine, &ring);
            cr_assert_eq(acre_live_objects(world.engine), (uint64_t)length);
            cr_assert_eq(collect().freed, (uint64_t)length);
            cr_assert_eq(acre_live_objects(world.engine), 0);
        }
        for (int i = 0; i < 100; i++) {
            struct node *loop = ring_of(1);

            acre_unref(world.engine, &loop);
        }
        cr_assert_eq(collect().freed, 100);
        close_empty();
    }
}

/* C-03, C-14: what lives is left alone, and not looked at again. */
MTest(collect, live_rings)
{
    enum { RINGS = 99 };
    struct node *held[RINGS];
    struct acre_collection found;

    open_collecting(WORLD_PINNED);
    for (int i = 0; i < RINGS; i++) {
        held[i] = ring_of(2);
        acre_ref(world.engine, &held[i]->object);
        acre_unref(world.engine, &(struct node *){held[i]});
    }
    found = collect();
    cr_assert_eq(found.freed, 0);
    cr_assert_eq(found.candidates, 2 * RINGS, "the second of each ring, when its builder let go");
    for (int i = 0; i < RINGS; i++) {
        cr_assert_eq(count_of(held[i]), 2);
        cr_assert_eq(count_of(held[i]->next), 1);
    }
    found = collect();
    cr_assert_eq(found.examined, 0);
    for (int i = 0; i < RINGS; i++)
        acre_unref(world.engine, &held[i]);
    cr_assert_eq(collect().freed, 2 * RINGS);
    close_empty();
}

/* C-05, C-06: references between garbage and the living. */
MTest(collect, borders)
{
    struct node *ring;
    struct node *live;

    open_collecting(WORLD_PINNED);
    live = world_plain(&world);
    ring = ring_of(3);
    world_link(&world, ring, &ring->other, live);
    world_link(&world, ring->next, &ring->next->other, live);
    cr_assert_eq(count_of(live), 3);
    acre_unref(world.engine, &ring);
    cr_assert_eq(collect().freed, 3);
    cr_assert_eq(count_of(live), 1);

    ring = ring_of(3);
    world_link(&world, live, &live->other, ring);
    acre_unref(world.engine, &ring);
    cr_assert_eq(collect().freed, 0);
    cr_assert_eq(acre_live_objects(world.engine), 4);
    acre_unref(world.engine, &live);
    cr_assert_eq(collect().freed, 3);
    close_empty();
}

/* Garbage that keeps alive what is no part of a cycle: that dies of it. */
MTest(collect, what_hangs_on_it)
{
    struct node *ring;
    struct node *tail;

    open_collecting(WORLD_PINNED);
    ring = ring_of(2);
    tail = world_node(&world, 't');
    world_link(&world, ring, &ring->other, tail);
    acre_unref(world.engine, &tail);
    acre_unref(world.engine, &ring);
    collect();
    cr_assert_str_eq(world_deaths, "t");
    close_empty();
}

/* C-10: a candidate that dies by its count is gone at once. */
MTest(collect, candidates_die)
{
    struct node *nodes[10];

    open_collecting(WORLD_PINNED);
    for (int i = 0; i < 10; i++) {
        nodes[i] = world_plain(&world);
        acre_ref(world.engine, &nodes[i]->object);
        acre_unref(world.engine, &(struct node *){nodes[i]});
    }
    for (int i = 0; i < 10; i++)
        acre_unref(world.engine, &nodes[(i * 7 + 3) % 10]);
    cr_assert_eq(acre_live_objects(world.engine), 0);
    cr_assert_eq(collect().candidates, 0);
    close_empty();
}

/* C-09: weak references to garbage, from outside and from inside of it. */
MTest(collect, weak_references)
{
    struct acre_weak outside;
    struct node *ring;

    open_collecting(WORLD_PINNED);
    ring = ring_of(3);
    cr_assert_eq(acre_weak_of(world.engine, &ring->object, &outside), ACRE_OK);
    acre_unref(world.engine, &ring);
    cr_assert(acre_weak_is_alive(world.engine, outside));
    /* an upgrade brings it back, and makes it a candidate again */
    ring = (struct node *)acre_weak_get(world.engine, outside);
    cr_assert_eq(collect().freed, 0);
    cr_assert(acre_weak_is_alive(world.engine, outside));
    acre_unref(world.engine, &ring);
    cr_assert_eq(collect().freed, 3);
    cr_assert_not(acre_weak_is_alive(world.engine, outside));
    close_empty();
}

static struct acre_weak watched;
static enum acre_status asked;

/* Z-05: the ring is whole during every destructor, and dead to weak references. */
static void look_around(struct acre_engine *engine, struct node *node)
{
    cr_assert_eq(node->next->next->next, node);
    cr_assert_not_null(acre_type_of(engine, &node->next->object));
    cr_assert_not(acre_weak_is_alive(engine, watched));
    asked = acre_collect(engine, NULL);
}

static struct node *ring_of_mortals(void (*at_death)(struct acre_engine *, struct node *))
{
    struct node *nodes[3];

    for (int i = 0; i < 3; i++) {
        nodes[i] = world_node(&world, (char)('a' + i));
        nodes[i]->at_death = at_death;
    }
    for (int i = 0; i < 3; i++)
        cr_assert_eq(world_link(&world, nodes[i], &nodes[i]->next, nodes[(i + 1) % 3]), ACRE_OK);
    acre_unref(world.engine, &nodes[1]);
    acre_unref(world.engine, &nodes[2]);
    return nodes[0];
}

static struct node *dropped; /* by a destructor */

/* C-11: makes a ring, drops it and something else, asks for a collection. */
static void be_busy(struct acre_engine *engine, struct node *node)
{
    struct node *ring = ring_of(2);

    (void)node;
    acre_unref(engine, &ring);
    acre_unref(engine, &dropped);
    asked = acre_collect(engine, NULL);
}

MTest(collect, destructors)
{
    struct node *ring;

    open_collecting(WORLD_PINNED);
    ring = ring_of_mortals(look_around);
    cr_assert_eq(acre_weak_of(world.engine, &ring->next->object, &watched), ACRE_OK);
    acre_unref(world.engine, &ring);
    cr_assert_eq(collect().freed, 3);
    cr_assert_eq(asked, ACRE_BUSY);
    cr_assert_eq(strlen(world_deaths), 3, "each once");

    world_deaths[0] = '\0';
    dropped = world_node(&world, 'd');
    ring = ring_of_mortals(be_busy);
    acre_unref(world.engine, &ring);
    cr_assert_eq(collect().freed, 3);
    cr_assert_eq(strlen(world_deaths), 4);
    cr_assert_eq(world_deaths[3], 'd', "after the garbage");
    cr_assert_eq(acre_live_objects(world.engine), 6);
    cr_assert_eq(collect().freed, 6);
    close_empty();
}

/* C-08: rings that share, a complete graph with loops. */
MTest(collect, shapes)
{
    enum { SHARED = 3 };
    struct node *nodes[SHARED];
    struct node *a;
    struct node *b;

    open_collecting(WORLD_PINNED);
    /* two rings with a node in common: an eight */
    a = world_plain(&world);
    b = world_plain(&world);
    world_link(&world, a, &a->next, b);
    world_link(&world, b, &b->next, a);
    nodes[0] = world_plain(&world);
    world_link(&world, a, &a->other, nodes[0]);
    world_link(&world, nodes[0], &nodes[0]->next, a);
    acre_unref(world.engine, &a);
    acre_unref(world.engine, &nodes[0]);
    cr_assert_eq(collect().freed, 0, "b still holds");
    acre_unref(world.engine, &b);
    cr_assert_eq(collect().freed, 3);

    /* every node refers to the two others, one to itself as well */
    for (int i = 0; i < SHARED; i++)
        nodes[i] = world_plain(&world);
    for (int i = 0; i < SHARED; i++) {
        world_link(&world, nodes[i], &nodes[i]->next, nodes[(i + 1) % SHARED]);
        world_link(&world, nodes[i], &nodes[i]->other, nodes[i == 0 ? 0 : (i + 2) % SHARED]);
    }
    for (int i = 0; i < SHARED; i++)
        acre_unref(world.engine, &nodes[i]);
    cr_assert_eq(collect().freed, SHARED);
    close_empty();
}

/* C-16: a type that hides what it refers to keeps it alive, weak references included. */
struct hidden {
    struct acre_object object;
    struct acre_object *secret;
};

MTest(collect, hidden_references)
{
    static const struct acre_type type = {
        .name = "Hidden", .size_bytes = sizeof(struct hidden), .purpose = ACRE_PURPOSE_NODE};
    struct acre_object *object;
    struct acre_weak weak;
    struct hidden *hidden;
    struct node *node;
    uint32_t number;

    open_collecting(WORLD_PINNED);
    cr_assert_eq(acre_type_register(world.engine, &type, &number), ACRE_OK);
    cr_assert_eq(acre_object_new(world.engine, number, &object), ACRE_OK);
    hidden = (struct hidden *)object;
    node = world_plain(&world);
    cr_assert_eq(acre_weak_of(world.engine, &node->object, &weak), ACRE_OK);
    hidden->secret = &node->object; /* takes over the reference */
    cr_assert_eq(acre_slot_set(world.engine, &node->object, &node->next, object), ACRE_OK);
    acre_unref(world.engine, &object);
    acre_ref(world.engine, &node->object);
    acre_unref(world.engine, &(struct node *){node});
    cr_assert_eq(collect().freed, 0);
    cr_assert(acre_weak_is_alive(world.engine, weak));
    /* by hand */
    cr_assert_eq(acre_slot_set(world.engine, &node->object, &node->next, NULL), ACRE_OK);
    acre_unref(world.engine, &node);
    close_empty();
}

/* References out of a bulk region hold, until its reset. */
MTest(collect, bulk_regions)
{
    struct node *outer;
    struct node *ring;

    open_collecting(WORLD_BULK);
    acre_region_enter(world.engine, ACRE_REGION_PINNED);
    ring = ring_of(2);
    acre_region_enter(world.engine, world.regions[0]);
    outer = world_plain(&world);
    world_link(&world, outer, &outer->next, ring);
    acre_unref(world.engine, &ring);
    acre_unref(world.engine, &outer);
    cr_assert_eq(collect().freed, 0);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_eq(collect().freed, 2);
    close_empty();
}

/* A cycle over the border of two counted regions: its garbage no longer keeps them from a reset. */
MTest(collect, across_regions)
{
    struct node *a;
    struct node *b;

    open_collecting(WORLD_COUNTED);
    a = world_plain(&world);
    acre_region_enter(world.engine, world.regions[1]);
    b = world_plain(&world);
    world_link(&world, a, &a->next, b);
    world_link(&world, b, &b->next, a);
    acre_unref(world.engine, &a);
    acre_unref(world.engine, &b);
    cr_assert_eq(reset(0), ACRE_HELD);
    cr_assert_eq(collect().freed, 2);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_eq(reset(1), ACRE_OK);
    close_empty();
}

/* An immortal object, by a count that sticks, keeps all it reaches. */
MTest(collect, immortals)
{
    struct node *ring;

    open_collecting(WORLD_PINNED);
    ring = ring_of(2);
    ring->next->object.strong = UINT32_MAX;
    {
        struct node *dropped_ring = ring;

        acre_unref(world.engine, &dropped_ring);
    }
    cr_assert_eq(collect().freed, 0);
    ring->next->object.strong = 1;
    acre_ref(world.engine, &ring->object);
    acre_unref(world.engine, &ring);
    cr_assert_eq(collect().freed, 2);
    close_empty();
}

/* C-15, B-31: the graphs of step 16. Ten loops of three squares, all dropped. */
static void open_step_16(void)
{
    static const struct acre_engine_options options = {
        .back_references = ACRE_BACK_STRONG,
        .collector = ACRE_COLLECTOR_MANUAL,
    };

    cr_assert(world_open_with(&world, WORLD_PINNED, &options));
}

static void run_step_16(void)
{
    struct acre_engine *e = world.engine;
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;

    for (int i = 0; i < 10; i++) {
        cr_assert_eq(acre_assign(e, &x, acre_variable_of(e, i)), ACRE_OK);
        cr_assert_eq(acre_assign(e, &y, acre_square(e, acre_square(e, acre_square(e, x)))),
                     ACRE_OK);
    }
    acre_unref(e, &x);
    acre_unref(e, &y);
}

MTest(collect, step_16)
{
    open_step_16();
    run_step_16();
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_VARIABLE), 40);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_FUNCTION), 30);
    cr_assert_eq(collect().freed, 40 + 30);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_VARIABLE), 0);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_FUNCTION), 0);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_ARRAY), 0);
    close_empty();
}

static struct acre_explanation explain(void)
{
    struct acre_explanation explanation;

    cr_assert_eq(acre_collect_explained(world.engine, &explanation), ACRE_OK);
    return explanation;
}

static void expect_edge(const struct acre_explanation *explanation, size_t index, const char *words)
{
    char text[128];

    cr_assert_lt(index, explanation->edge_count);
    acre_back_edge_say(&explanation->edges[index], text, sizeof text);
    cr_assert_str_eq(text, words);
}

/* What closes the cycles of step 16 is what the seed makes weak in step 17. */
MTest(collect, explains_step_16)
{
    struct acre_explanation explanation;

    open_step_16();
    run_step_16();
    explanation = explain();
    cr_assert_eq(explanation.found.freed, 70);
    cr_assert_eq(explanation.edge_count, 1);
    expect_edge(&explanation, 0, "Function.outputs closes 30 cycles of length 2");
    close_empty();
}

MTest(collect, explains_rings)
{
    struct acre_explanation explanation;
    struct node *kept;
    struct node *ring;

    open_collecting(WORLD_PINNED);
    for (int i = 0; i < 5; i++) {
        ring = ring_of(3 + i % 2);
        acre_unref(world.engine, &ring);
    }
    ring = ring_of(1);
    world_link(&world, ring, &ring->other, ring);
    acre_unref(world.engine, &ring);
    kept = ring_of(2);
    explanation = explain();
    cr_assert_eq(explanation.found.freed, 3 + 4 + 3 + 4 + 3 + 1);
    cr_assert_eq(explanation.edge_count, 2);
    expect_edge(&explanation, 0, "Plain.next closes 6 cycles of length 1 to 4");
    expect_edge(&explanation, 1, "Plain.other closes 1 cycle of length 1");
    acre_unref(world.engine, &kept);
    explanation = explain();
    cr_assert_eq(explanation.found.freed, 2);

    ring = ring_of(5000);
    acre_unref(world.engine, &ring);
    explanation = explain();
    expect_edge(&explanation, 0, "Plain.next closes 1 cycle of length 1000 or more");
    explanation = explain();
    cr_assert_eq(explanation.edge_count, 0);
    close_empty();
}

/* By itself, when enough candidates have gathered: garbage does not grow without end. */
MTest(collect, automatic)
{
    static const struct acre_engine_options options = {.collector = ACRE_COLLECTOR_AUTO};

    cr_assert(world_open_with(&world, WORLD_PINNED, &options));
    for (int i = 0; i < 20000; i++) {
        struct node *ring = ring_of(3);

        acre_unref(world.engine, &ring);
        cr_assert_lt(acre_live_objects(world.engine), 1000);
    }
    collect();
    close_empty();
}

/* Never begun when it could do harm. */
MTest(collect, refusals)
{
    struct acre_collection found;

    open_in(WORLD_PINNED);
    cr_assert_eq(acre_collect(world.engine, &found), ACRE_BAD_ARGUMENT);
    cr_assert(error_says("no collector"));
    close_empty();
}

/* Room is taken when objects are made: a failure there is a status, and a collection needs none. */
MTest(collect, without_memory)
{
    for (uint64_t k = 1;; k++) {
        struct acre_object *objects[40] = {0};
        enum acre_status status = ACRE_OK;
        int count = 0;

        open_collecting(WORLD_PINNED);
        world.plan.fail_at = world.plan.calls + k;
        while (status == ACRE_OK && count < 40)
            status = acre_object_new(world.engine, world.plain_type, &objects[count++]);
        if (status != ACRE_OK) {
            cr_assert_eq(status, ACRE_NO_MEMORY);
            cr_assert_null(objects[--count]);
        }
        /* a ring, and from here on nothing is to be had */
        world.plan = (struct acre_fault_plan){
            .fail_at = 1, .forever = true, .live_bytes = world.plan.live_bytes};
        for (int i = 0; i < count; i++)
            cr_assert_eq(acre_slot_set(world.engine, objects[i], &((struct node *)objects[i])->next,
                                       objects[(i + 1) % count]),
                         ACRE_OK);
        for (int i = 0; i < count; i++)
            acre_unref(world.engine, &objects[i]);
        cr_assert_eq(collect().freed, (uint64_t)count);
        cr_assert_eq(world.plan.calls, 0);
        close_empty();
        if (status == ACRE_OK)
            break;
    }
}
