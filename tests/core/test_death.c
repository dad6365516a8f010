/* Death: its order, its costs, and the rings it does not reach. Semantics cases,
 * C-01, C-02, C-03, D-03. */
#include "support/mtest.h"

#include "core/fixture.h"

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

MTest(death, order_of_death)
{
    struct node *a;
    struct node *b;
    struct node *c;

    /* */
    open_in(WORLD_PINNED);
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
MTest(death, death_allocates_nothing)
{
    struct node *head = NULL;
    uint64_t calls;

    open_in(WORLD_PINNED);
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

MTest(death, cycles)
{
    struct node *a;
    struct node *b;
    struct node *c;

    /* C-01: a self loop leaks 1 */
    open_in(WORLD_PINNED);
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
