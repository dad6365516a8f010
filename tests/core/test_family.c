/* Regions inside of regions, and regions that are never reset: semantics cases G-08, G-12. */
#include "support/mtest.h"

#include "core/fixture.h"
#include "core/internal.h"
#include "core/watched.h"

enum { CHILDREN = 3 };

/* first ── a, b ── c;  b is newer than a, c lives inside of b */
static struct acre_alloc *pages;
static struct acre_alloc *arenas[CHILDREN];
static uint32_t children[CHILDREN];

static void open_family(enum acre_region_mode mode_of_c)
{
    open_quiet(WORLD_BULK);
    pages = acre_pages_new();
    for (int i = 0; i < CHILDREN; i++) {
        arenas[i] = acre_arena_new(pages, NULL);
        cr_assert_eq(acre_region_new_in(world.engine, i == 2 ? children[1] : world.regions[0],
                                        arenas[i], i == 2 ? mode_of_c : ACRE_REGION_BULK,
                                        (const char *[]){"a", "b", "c"}[i], &children[i]),
                     ACRE_OK);
    }
}

static void close_family(void)
{
    close_empty();
    for (int i = 0; i < CHILDREN; i++)
        acre_destroy(arenas[i]);
    acre_destroy(pages);
}

static struct node *node_at(uint32_t region, char name)
{
    struct node *node;

    acre_region_enter(world.engine, region);
    node = world_node(&world, name);
    acre_region_enter(world.engine, world.regions[0]);
    return node;
}

/* Children first, newest first, in every step; as if all lived in one region. */
MTest(family, ends_as_one)
{
    struct acre_engine *e;
    struct node *nodes[5];
    struct node *sibling;
    struct acre_weak weaks[5];

    open_family(ACRE_REGION_BULK);
    e = world.engine;
    sibling = node_at(world.regions[1], 's');
    nodes[0] = node_at(world.regions[0], 'p');
    for (int i = 0; i < CHILDREN; i++)
        nodes[1 + i] = node_at(children[i], "abc"[i]);
    nodes[4] = node_at(ACRE_REGION_PINNED, 'o');
    for (int i = 0; i < 4; i++) {
        weaks[i] = weak_of(nodes[i]);
        watch(nodes[i], (char)('0' + i));
        probed[i] = weaks[i];
        /* everybody holds everybody: inside of the family it counts for nothing */
        world_link(&world, nodes[i], &nodes[i]->next, nodes[(i + 1) % 4]);
        world_link(&world, nodes[i], &nodes[i]->other, i == 2 ? nodes[4] : nodes[(i + 2) % 4]);
    }
    acre_unref(e, &nodes[4]);
    for (int i = 1; i < 4; i++)
        acre_unref(e, &nodes[i]);

    /* alone, each child is held by the others */
    for (int i = 0; i < CHILDREN; i++)
        cr_assert_eq(acre_region_reset(e, children[i]), ACRE_HELD);
    cr_assert_eq(reset(0), ACRE_HELD);
    cr_assert(error_says("'first'") && error_says("1 references from outside: 1 unnamed"), "%s",
              acre_error(e));
    acre_unref(e, &nodes[0]);

    /* held in the midst of the family: nothing changes anywhere */
    nodes[0] = (struct node *)acre_weak_get(e, weaks[3]);
    cr_assert_eq(acre_region_reset_detaching(e, world.regions[0]), ACRE_HELD);
    cr_assert(error_says("'c'"), "%s", acre_error(e));
    cr_assert_str_eq(world_deaths, "");
    for (int i = 0; i < 4; i++)
        cr_assert(acre_weak_is_alive(e, weaks[i]));
    cr_assert_eq(arenas[0]->epoch, 0);
    acre_unref(e, &nodes[0]);

    cr_assert_eq(reset(0), ACRE_OK, "%s", acre_error(e));
    cr_assert_str_eq(world_deaths, "3210cbapo");
    for (int i = 0; i < CHILDREN; i++)
        cr_assert_eq(arenas[i]->epoch, 1);
    cr_assert_eq(acre_live_objects(e), 1); /* G-08 */
    cr_assert_eq(sibling->name, 's');
    acre_unref(e, &sibling);
    close_family();
}

/* A child may be reset alone; the parent stays as it is. */
MTest(family, a_child_alone)
{
    struct node *parent;
    struct node *child;

    open_family(ACRE_REGION_COUNTED);
    parent = node_at(world.regions[0], 'p');
    child = node_at(children[1], 'b');
    world_link(&world, child, &child->next, parent);
    cr_assert_eq(count_of(parent), 2);
    acre_unref(world.engine, &child);
    cr_assert_eq(acre_region_reset(world.engine, children[1]), ACRE_OK);
    cr_assert_eq(arenas[2]->epoch, 1);
    cr_assert_str_eq(world_deaths, "b");
    cr_assert_eq(count_of(parent), 1);
    acre_unref(world.engine, &parent);

    /* a counted child has to be empty, whoever holds what lives in it */
    parent = node_at(world.regions[0], 'p');
    child = node_at(children[2], 'c');
    world_link(&world, parent, &parent->next, child);
    acre_unref(world.engine, &child);
    acre_unref(world.engine, &parent);
    cr_assert_eq(reset(0), ACRE_HELD);
    cr_assert(error_says("'c' has 1 live objects") && error_says("nobody known"), "%s",
              acre_error(world.engine));
    cr_assert_str_eq(world_deaths, "b");
    child = NULL;
    for (struct acre_mourned *m = acre_region_at(world.engine, world.regions[0])->mourned;
         m != NULL; m = m->older)
        cr_assert_eq(
            world_link(&world, (struct node *)m->object, &((struct node *)m->object)->next, NULL),
            ACRE_OK);
    cr_assert_str_eq(world_deaths, "bc");
    cr_assert_eq(reset(0), ACRE_OK, "%s", acre_error(world.engine));
    cr_assert_str_eq(world_deaths, "bcpp");
    close_family();
}

/* Named holders outside of the family let go; those inside keep what they have until the end. */
MTest(family, detaching)
{
    struct acre_engine *e;
    struct acre_variable *y = NULL;
    struct node *keeper;
    struct node *parent;
    struct node *child;

    open_family(ACRE_REGION_BULK);
    e = world.engine;
    keeper = node_at(ACRE_REGION_PINNED, 'k');
    parent = node_at(world.regions[0], 'p');
    child = node_at(children[2], 'c');
    world_link(&world, keeper, &keeper->next, child);
    world_link(&world, keeper, &keeper->other, parent);
    world_link(&world, parent, &parent->next, child);
    world_link(&world, child, &child->next, parent);
    acre_unref(e, &child);
    acre_unref(e, &parent);
    acre_region_enter(e, children[0]);
    cr_assert_eq(acre_assign(e, &y, acre_variable_of(e, 1)), ACRE_OK);
    cr_assert_eq(reset(0), ACRE_HELD);
    cr_assert_eq(acre_region_reset_detaching(e, world.regions[0]), ACRE_OK, "%s", acre_error(e));
    cr_assert(y == NULL && keeper->next == NULL && keeper->other == NULL);
    cr_assert_str_eq(world_deaths, "cp");
    acre_unref(e, &keeper);
    close_family();
}

/* G-12: a region for weights, which are counted singly and outlive every iteration. */
MTest(family, lasting)
{
    struct acre_alloc *pool;
    struct acre_alloc *arena;
    struct acre_engine *e;
    struct acre_variable *weight = NULL;
    struct acre_variable *y = NULL;
    uint32_t weights;
    uint32_t other = 77;

    open_in(WORLD_BULK);
    e = world.engine;
    pool = acre_malloc_new(); /* single frees, no reset */
    pages = acre_pages_new();
    arena = acre_arena_new(pages, NULL);
    cr_assert_eq(acre_region_new(e, arena, ACRE_REGION_LASTING, "none", &other), ACRE_BAD_ARGUMENT);
    cr_assert(error_says("single frees"), "%s", acre_error(e));
    cr_assert_eq(acre_region_new(e, pool, ACRE_REGION_LASTING, "weights", &weights), ACRE_OK);
    cr_assert_eq(acre_region_new_in(e, weights, arena, ACRE_REGION_BULK, "none", &other),
                 ACRE_BAD_ARGUMENT);
    cr_assert_eq(acre_region_new_in(e, world.regions[0], pool, ACRE_REGION_LASTING, "none", &other),
                 ACRE_BAD_ARGUMENT);
    cr_assert_eq(acre_region_new_in(e, 4000, arena, ACRE_REGION_BULK, "none", &other),
                 ACRE_BAD_ARGUMENT);
    cr_assert_eq(other, 77);

    acre_region_enter(e, weights);
    cr_assert_eq(acre_assign(e, &weight, acre_variable_of(e, 3)), ACRE_OK);
    acre_region_enter(e, world.regions[0]);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(acre_assign(e, &y, acre_square(e, weight)), ACRE_OK);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(weight->grad->object.region, weights);
        cr_assert_eq(weight->grad->elements[0], 6);
        acre_cleargrad(e, weight);
        acre_unref(e, &y);
        cr_assert_eq(reset(0), ACRE_OK, "%s", acre_error(e));
        cr_assert_eq(acre_strong_count(&weight->object), 1);
    }
    cr_assert_eq(acre_region_at(e, weights)->holders.count, 0); /* nobody is to be named */
    cr_assert_eq(acre_region_reset(e, weights), ACRE_BAD_ARGUMENT);
    acre_unref(e, &weight);
    close_empty();
    acre_destroy(pool);
    acre_destroy(arena);
    acre_destroy(pages);
}
