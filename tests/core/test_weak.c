/* Weak references: semantics cases W-01..W-03, W-09..W-14, W-16, W-17. Those of callbacks are in
 * test_watch.c, W-18 in test_weak_table.c, W-21 in test_object.c as well. */
#include "support/mtest.h"

#include <stdlib.h>

#include "core/fixture.h"
#include "core/internal.h"

static bool is_alive(struct acre_weak weak)
{
    bool alive = acre_weak_is_alive(world.engine, weak);
    struct acre_object *object = acre_weak_get(world.engine, weak);

    /* the two ways to ask agree, always */
    cr_assert_eq(alive, object != NULL);
    acre_unref(world.engine, &object);
    return alive;
}

static struct acre_weak weak_of(struct node *node)
{
    struct acre_weak weak;

    cr_assert_eq(acre_weak_of(world.engine, &node->object, &weak), ACRE_OK);
    return weak;
}

MTest(weak, life)
{
    struct acre_weak weaks[1000];
    struct acre_object *got;
    struct acre_weak nothing;
    struct node *a;

    open_in(WORLD_PINNED);

    /* W-01 */
    a = world_node(&world, 'a');
    weaks[0] = weak_of(a);
    cr_assert_eq(acre_strong_count(&a->object), 1);
    got = acre_weak_get(world.engine, weaks[0]);
    cr_assert_eq(got, &a->object);
    cr_assert_eq(acre_strong_count(got), 2);
    acre_unref(world.engine, &got);

    /* W-02, and all handles of one object are equal (W-13) */
    for (int i = 1; i < 1000; i++) {
        weaks[i] = weak_of(a);
        cr_assert(acre_weak_equal(weaks[i], weaks[0]));
    }
    cr_assert_eq(acre_strong_count(&a->object), 1);
    acre_unref(world.engine, &a);
    for (int i = 0; i < 1000; i++)
        cr_assert_not(is_alive(weaks[i]));

    /* W-03: a handle pins nothing; what is left is the table of slots */
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_NODE), 0);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_WEAK), ONE_CHUNK);

    /* a weak reference to nothing is dead, and so is one that was never made */
    cr_assert_eq(acre_weak_of(world.engine, NULL, &nothing), ACRE_OK);
    cr_assert_not(is_alive(nothing));
    cr_assert_not(is_alive((struct acre_weak){0}));

    /* W-14: the dead stay what they were, each equal to itself and to no other */
    for (int i = 1; i <= 100; i++) {
        a = world_node(&world, 'd');
        weaks[i] = weak_of(a);
        acre_unref(world.engine, &a);
        for (int j = 0; j <= i; j++)
            cr_assert_eq(acre_weak_equal(weaks[i], weaks[j]), i == j);
    }

    /* An upgraded handle keeps the object beyond its owner. */
    a = world_node(&world, 'b');
    weaks[0] = weak_of(a);
    got = acre_weak_get(world.engine, weaks[0]);
    acre_unref(world.engine, &a);
    cr_assert(is_alive(weaks[0]));
    acre_unref(world.engine, &got);
    cr_assert_not(is_alive(weaks[0]));

    /* No room for a slot: an error, a dead handle, and the object as it was. */
    {
        enum { CROWD = WEAK_CHUNK_SLOTS + 1 };
        struct node *crowd[CROWD];
        struct acre_weak weak;
        int made = 0;

        for (int i = 0; i < CROWD; i++)
            crowd[i] = world_node(&world, 'c');
        world.plan.fail_at = 1;
        world.plan.forever = true;
        while (made < CROWD && acre_weak_of(world.engine, &crowd[made]->object, &weak) == ACRE_OK)
            made++;
        cr_assert_lt(made, CROWD);
        cr_assert_not(is_alive(weak));
        cr_assert(strstr(acre_error(world.engine), "weak") != NULL);
        world.plan.fail_at = 0;
        cr_assert_eq(acre_weak_of(world.engine, &crowd[made]->object, &weak), ACRE_OK);
        cr_assert(is_alive(weak));
        for (int i = 0; i < CROWD; i++)
            acre_unref(world.engine, &crowd[i]);
        cr_assert_not(is_alive(weak));
    }
    close_empty();
}

/* What a destructor sees. */
static struct acre_weak watched[2];
static struct acre_weak taken_inside;
static bool saw_alive[2];

static void look(struct acre_engine *engine, struct node *node)
{
    for (int i = 0; i < 2; i++)
        saw_alive[i] = acre_weak_is_alive(engine, watched[i]);
    cr_assert_eq(acre_weak_of(engine, &node->object, &taken_inside), ACRE_OK);
    /* Z-04: a reference taken and given back meanwhile changes nothing; with checks both are told
     */
    {
        struct node *self = node;
        uint64_t misuses = acre_misuses(engine);

        acre_ref(engine, &self->object);
        acre_unref(engine, &self);
        cr_assert_eq(acre_misuses(engine) - misuses, acre_has_checks() ? 2 : 0);
    }
}

MTest(weak, in_destructors)
{
    struct node *a;
    struct node *b;
    struct node *c;

    open_in(WORLD_PINNED);

    /* W-09, W-10 */
    a = world_node(&world, 'a');
    b = world_node(&world, 'b');
    a->at_death = look;
    watched[0] = weak_of(a);
    watched[1] = weak_of(b);
    acre_unref(world.engine, &a);
    cr_assert_not(saw_alive[0]);
    cr_assert(saw_alive[1]); /* W-15: another object is as alive as ever */
    cr_assert_not(is_alive(taken_inside));
    cr_assert_str_eq(world_deaths, "a");
    acre_unref(world.engine, &b);

    /* W-11: c waits for its turn while b is taken apart */
    a = world_node(&world, 'p');
    b = world_node(&world, 'q');
    c = world_node(&world, 'r');
    world_link(&world, a, &a->next, b);
    world_link(&world, a, &a->other, c);
    b->at_death = look;
    watched[0] = weak_of(c);
    watched[1] = weak_of(a);
    acre_unref(world.engine, &b);
    acre_unref(world.engine, &c);
    acre_unref(world.engine, &a);
    cr_assert_not(saw_alive[0]);
    cr_assert_not(saw_alive[1]);
    cr_assert_str_eq(world_deaths, "abpqr");
    close_empty();
}

/* W-12: an object that keeps a weak reference to itself, and a child that keeps one to its parent.
 * Handles are values: there is nothing to release. */
struct self {
    struct acre_object object;
    struct self *child;
    struct acre_weak weak;
};

static const struct acre_slot self_slots[] = {{"child", offsetof(struct self, child)}};
static const struct acre_type self_type = {
    .name = "Self",
    .size_bytes = sizeof(struct self),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = self_slots,
    .slot_count = 1,
};

MTest(weak, to_oneself)
{
    struct acre_object *object;
    struct acre_weak weak;
    struct self *parent;
    uint32_t type;

    open_in(WORLD_PINNED);
    cr_assert_eq(acre_type_register(world.engine, &self_type, &type), ACRE_OK);
    cr_assert_eq(acre_object_new(world.engine, type, &object), ACRE_OK);
    parent = (struct self *)object;
    cr_assert_eq(acre_weak_of(world.engine, object, &parent->weak), ACRE_OK);
    cr_assert_eq(acre_object_new(world.engine, type, &object), ACRE_OK);
    ((struct self *)object)->weak = parent->weak;
    weak = parent->weak;
    cr_assert_eq(acre_slot_set(world.engine, &parent->object, &parent->child, object), ACRE_OK);
    acre_unref(world.engine, &object);
    cr_assert_eq(acre_strong_count(&parent->object), 1);
    acre_unref(world.engine, &parent);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_NODE), 0);
    cr_assert_not(is_alive(weak));
    close_empty();
}

/* W-16: the address comes back, the old handle does not. */
MTest(weak, address_reuse)
{
    uint64_t repetitions = world_repetitions(1000000, 100000);
    uint64_t same_address = 0;
    const struct node *before = NULL;
    struct acre_weak old = {0};

    open_in(WORLD_PINNED);
    for (uint64_t i = 0; i < repetitions; i++) {
        struct node *node = world_node(&world, 'n');
        struct acre_weak weak;

        same_address += node == before;
        before = node;
        if (acre_weak_of(world.engine, &node->object, &weak) != ACRE_OK ||
            acre_weak_is_alive(world.engine, old) || !acre_weak_is_alive(world.engine, weak))
            cr_assert(false, "repetition %llu", (unsigned long long)i);
        acre_unref(world.engine, &node);
        if (acre_weak_is_alive(world.engine, weak) || acre_weak_is_alive(world.engine, old))
            cr_assert(false, "repetition %llu", (unsigned long long)i);
        old = weak;
    }
    /* Checkers keep freed blocks in quarantine; everywhere else this is the case that matters. */
    if (!acre_track_is_listening())
        cr_assert_gt(same_address, repetitions / 2);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_WEAK), ONE_CHUNK);
    close_empty();
}

/* W-17: a slot has ever new stamps, so that no handle of it reads alive again. */
MTest(weak, slots_are_used_again)
{
    const struct acre_weak_slots *slots;
    struct acre_weak late[3];
    struct acre_weak first;
    struct node *a;

    open_in(WORLD_PINNED);
    slots = &acre_region_at(world.engine, ACRE_REGION_PINNED)->weak;
    a = world_node(&world, 'a');
    first = weak_of(a);
    acre_unref(world.engine, &a);
    /* where a count of 32 bits would come around */
    world.engine->next_stamp += (UINT64_C(1) << 32) * STAMP_STEP - 2 * STAMP_STEP;
    for (int i = 0; i < 3; i++) {
        a = world_node(&world, 'a');
        late[i] = weak_of(a);
        cr_assert_eq(late[i].slot, first.slot);
        cr_assert(is_alive(late[i]));
        cr_assert_not(is_alive(first));
        for (int k = 0; k < i; k++)
            cr_assert_not(is_alive(late[k]));
        acre_unref(world.engine, &a);
        cr_assert_not(is_alive(late[i]));
    }
    cr_assert_eq(slots->used, 1);
    close_empty();
}

/* Slots of several chunks, taken, freed in a mixed order and taken again. Chunks never move. */
MTest(weak, many_slots)
{
    enum { COUNT = 3 * WEAK_CHUNK_SLOTS + 1 };
    static struct acre_weak weaks[COUNT];
    static struct node *nodes[COUNT];
    const struct acre_weak_slots *slots;
    struct acre_weak first;

    open_in(WORLD_PINNED);
    slots = &acre_region_at(world.engine, ACRE_REGION_PINNED)->weak;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < COUNT; i++) {
            nodes[i] = world_plain(&world);
            weaks[i] = weak_of(nodes[i]);
            if (round == 0 && i == 0)
                first = weaks[0];
        }
        cr_assert_eq(slots->used, COUNT);
        cr_assert_eq(slots->chunks.count, 4);
        for (int i = 0; i < COUNT; i++)
            cr_assert_eq((void *)acre_weak_get(world.engine, weaks[i]), (void *)nodes[i]);
        for (int i = 0; i < COUNT; i++) {
            struct node *again = nodes[i];

            acre_unref(world.engine, &again);
        }
        for (int i = 0; i < COUNT; i++) {
            int other = (int)((unsigned)i * 7919 % COUNT);

            acre_unref(world.engine, &nodes[other]);
            cr_assert_not(is_alive(weaks[other]));
        }
        cr_assert_not(is_alive(first));
    }
    close_empty();
}
