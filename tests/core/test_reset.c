/* What a reset calls, in which order, and what it takes away: semantics cases G-03 to G-06, G-11.
 */
#include "support/mtest.h"

#include "core/fixture.h"
#include "core/internal.h"
#include "core/watched.h"

/* What the destructors of a reset see and do. */
static struct node *readable[3]; /* of the region that is reset */
static struct node *dropped;     /* a last reference, which the destructor of 'd' gives up */
static struct node *made;        /* by the destructor of 'm' */
static enum acre_status status_inside;

static void look_around(struct acre_engine *engine, struct node *node)
{
    struct acre_weak weak;

    for (int i = 0; i < 3; i++)
        cr_assert_eq(readable[i]->name, "dmz"[i]);
    /* W-09, W-10 */
    cr_assert_eq(acre_weak_of(engine, &node->object, &weak), ACRE_OK);
    cr_assert_not(acre_weak_is_alive(engine, weak));
    if (node->name == 'd') {
        acre_unref(engine, &dropped);
    } else if (node->name == 'm') {
        status_inside = acre_region_reset_detaching(engine, world.regions[0]);
        cr_assert(error_says("destructor"), "%s", acre_error(engine));
        cr_assert_eq(acre_region_enter(engine, world.regions[0]), ACRE_REGION_PINNED);
        made = world_node(&world, 'n');
        cr_assert_eq(made->object.region, ACRE_REGION_PINNED);
        /* nobody outside gets hold of the region any more */
        cr_assert_eq(world_link(&world, made, &made->next, readable[2]),
                     acre_has_checks() ? ACRE_BAD_ARGUMENT : ACRE_BUSY);
        cr_assert_null(made->next);
    }
}

/* G-05: watches, destructors newest first, then what was held outside; each once. */
MTest(reset, destructors_in_bulk)
{
    struct acre_engine *e;
    struct node *outside;
    struct node *plain;

    open_quiet(WORLD_BULK);
    e = world.engine;
    acre_region_enter(e, ACRE_REGION_PINNED);
    outside = world_node(&world, 'o');
    dropped = world_node(&world, 'x');
    acre_region_enter(e, world.regions[0]);
    for (int i = 0; i < 3; i++) {
        readable[i] = world_node(&world, "dmz"[i]);
        readable[i]->at_death = look_around;
    }
    plain = world_plain(&world);
    world_link(&world, readable[2], &readable[2]->next, outside);
    world_link(&world, readable[0], &readable[0]->next, readable[2]);
    world_link(&world, plain, &plain->next, readable[0]);
    acre_unref(e, &outside);
    watch(readable[0], '1');
    watch(plain, '2');
    probed[0] = weak_of(readable[1]);
    for (int i = 0; i < 3; i++) {
        struct node *held = readable[i];

        acre_unref(e, &held);
    }

    /* refused: nobody is called */
    cr_assert_eq(reset(0), ACRE_HELD);
    cr_assert_str_eq(world_deaths, "");
    acre_unref(e, &plain);
    cr_assert_eq(reset(0), ACRE_OK, "%s", acre_error(e));
    cr_assert_str_eq(world_deaths, "21zmdxo");
    cr_assert_eq(status_inside, ACRE_BUSY);
    cr_assert_eq(acre_misuses(e), acre_has_checks());

    /* the region begins anew, and owes nothing */
    cr_assert_eq(acre_live_objects(e), 1);
    cr_assert_eq(acre_region_enter(e, world.regions[0]), world.regions[0]);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_str_eq(world_deaths, "21zmdxo");
    acre_unref(e, &made);
    plain = world_node(&world, 'p');
    acre_unref(e, &plain);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_str_eq(world_deaths, "21zmdxonp");
    close_empty();
}

/* A destructor may make regions, which moves the table of regions under the reset. */
static struct acre_alloc *more_pages;
static struct acre_alloc *more[40];

static void make_regions(struct acre_engine *engine, struct node *node)
{
    uint32_t number;

    (void)node;
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        more[i] = acre_arena_new(more_pages, NULL);
        cr_assert_eq(acre_region_new(engine, more[i], ACRE_REGION_BULK, "more", &number), ACRE_OK);
    }
    cr_assert_eq(
        acre_region_new_in(engine, world.regions[0], more[0], ACRE_REGION_BULK, "inner", &number),
        ACRE_BUSY);
}

MTest(reset, regions_made_meanwhile)
{
    struct node *outside;
    struct node *inside;

    for (int from_inside = 0; from_inside < 2; from_inside++) {
        open_in(WORLD_BULK);
        more_pages = acre_pages_new();
        acre_region_enter(world.engine, ACRE_REGION_PINNED);
        outside = world_node(&world, 'o');
        acre_region_enter(world.engine, world.regions[0]);
        inside = world_node(&world, 'i');
        world_link(&world, inside, &inside->next, outside);
        (from_inside ? inside : outside)->at_death = make_regions;
        acre_unref(world.engine, &outside);
        acre_unref(world.engine, &inside);
        cr_assert_eq(reset(0), ACRE_OK);
        cr_assert_str_eq(world_deaths, "io");
        close_empty();
        for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
            acre_destroy(more[i]);
        acre_destroy(more_pages);
    }
}

/* At the end of the stamps: no object gets a weak reference any more, all that are dead stay dead,
 * and regions are reset as ever. */
MTest(reset, the_last_stamp)
{
    for (enum world_place place = WORLD_COUNTED; place < WORLD_PLACES; place++) {
        struct acre_weak weaks[2];
        struct acre_weak none;
        struct node *node;

        open_quiet(place);
        world.engine->next_stamp = LAST_STAMP - STAMP_STEP;
        node = world_plain(&world);
        weaks[0] = weak_of(node);
        cr_assert(acre_weak_is_alive(world.engine, weaks[0]));
        acre_unref(world.engine, &node);
        for (int i = 0; i < 3; i++) {
            cr_assert_eq(reset(0), ACRE_OK);
            cr_assert_not(acre_weak_is_alive(world.engine, weaks[0]));
            node = world_plain(&world);
            cr_assert_eq(acre_weak_of(world.engine, &node->object, &none), ACRE_NO_MEMORY);
            cr_assert(error_says("2^52"), "%s", acre_error(world.engine));
            cr_assert(acre_weak_equal(none, (struct acre_weak){0}));
            cr_assert_not(acre_weak_is_alive(world.engine, none));
            cr_assert_not(acre_weak_is_alive(world.engine, weaks[0]));
            acre_unref(world.engine, &node);
        }
        close_empty();
    }
}

/* A slot that is taken again after a reset, which frees none of them. */
MTest(reset, a_slot_taken_again)
{
    for (enum world_place place = WORLD_COUNTED; place < WORLD_PLACES; place++) {
        struct acre_weak before;
        struct acre_weak after;
        struct node *node;

        open_quiet(place);
        node = world_plain(&world);
        before = weak_of(node);
        acre_unref(world.engine, &node);
        cr_assert_eq(reset(0), ACRE_OK);
        cr_assert_not(acre_weak_is_alive(world.engine, before));
        node = world_plain(&world);
        after = weak_of(node);
        cr_assert_eq(after.slot, before.slot);
        cr_assert(acre_weak_is_alive(world.engine, after));
        cr_assert_not(acre_weak_is_alive(world.engine, before));
        cr_assert_not(acre_weak_equal(before, after));
        acre_unref(world.engine, &node);
        close_empty();
    }
}

/* Detaching --------------------------------------------------------------------------------- */

/* G-03, the other answer: every named holder lets go, then the reset goes its way. */
MTest(reset, detaching)
{
    struct acre_engine *e;
    struct acre_variable *y = NULL;
    struct acre_variable *z = NULL;
    struct acre_variable *unnamed;
    struct acre_weak weak;
    struct node *keeper;
    struct node *sibling;
    struct node *inside;
    uint64_t calls;

    open_quiet(WORLD_BULK);
    e = world.engine;
    cr_assert_eq(acre_assign(e, &y, acre_variable_of(e, 3.0)), ACRE_OK);
    cr_assert_eq(acre_assign(e, &z, acre_square(e, y)), ACRE_OK);
    inside = world_node(&world, 'i');
    weak = weak_of(inside);
    watch(inside, '1');
    acre_region_enter(e, ACRE_REGION_PINNED);
    keeper = world_node(&world, 'k');
    world_link(&world, keeper, &keeper->next, inside);
    world_link(&world, keeper, &keeper->other, inside);
    acre_region_enter(e, world.regions[1]);
    sibling = world_node(&world, 's');
    world_link(&world, sibling, &sibling->other, inside);
    world_link(&world, inside, &inside->next, keeper);
    acre_unref(e, &inside);

    /* one that nobody knows: nothing changes */
    unnamed = z;
    acre_ref(e, &unnamed->object);
    cr_assert_eq(acre_region_reset_detaching(e, world.regions[0]), ACRE_HELD);
    cr_assert(
        error_says("6 references from outside: y, z, Node.next, Node.other, Node.other, 1 un"),
        "%s", acre_error(e));
    cr_assert(y != NULL && z != NULL && keeper->next != NULL && sibling->other != NULL);
    cr_assert(acre_weak_is_alive(e, weak));
    acre_unref(e, &unnamed);

    cr_assert_eq(reset(0), ACRE_HELD);
    world.plan.fail_at = 1;
    world.plan.forever = true;
    calls = world.plan.calls;
    cr_assert_eq(acre_region_reset_detaching(e, world.regions[0]), ACRE_OK, "%s", acre_error(e));
    cr_assert_eq(world.plan.calls, calls);
    world.plan.fail_at = 0;
    cr_assert(y == NULL && z == NULL);
    cr_assert(keeper->next == NULL && keeper->other == NULL && sibling->other == NULL);
    cr_assert_not(acre_weak_is_alive(e, weak));
    cr_assert_str_eq(world_deaths, "1i");
    cr_assert_eq(count_of(keeper), 1); /* what the region held came back */
    cr_assert_eq(acre_region_at(e, world.regions[1])->outgoing.count, 0);

    acre_unref(e, &sibling);
    acre_unref(e, &keeper);
    cr_assert_eq(reset(0), ACRE_OK);
    close_empty();
    cr_assert_str_eq(world_deaths, "1iks");
}

/* The books may be wrong, through no fault of the engine: nothing is written that was not held. */
MTest(reset, detaching_trusts_no_books)
{
    struct acre_engine *e;
    struct acre_variable *y = NULL;
    struct acre_variable *moved;

    open_in(WORLD_BULK);
    e = world.engine;
    cr_assert_eq(acre_assign(e, &y, acre_variable_of(e, 1)), ACRE_OK);
    moved = y;
    y = NULL;
    cr_assert_eq(acre_region_reset_detaching(e, world.regions[0]), ACRE_HELD);
    cr_assert_not_null(moved);

    /* a newer row for the same variable */
    acre_ref(e, &moved->object);
    cr_assert_eq(acre_assign(e, &y, ((struct acre_temp){moved, ACRE_OK})), ACRE_OK);
    cr_assert_eq(acre_region_reset_detaching(e, world.regions[0]), ACRE_HELD);
    cr_assert_eq(y, moved);
    acre_unref(e, &moved);
    cr_assert_eq(acre_region_reset_detaching(e, world.regions[0]), ACRE_OK);
    cr_assert_null(y);
    close_empty();

    /* in a counted region counts decide, and nobody is robbed */
    open_in(WORLD_COUNTED);
    e = world.engine;
    cr_assert_eq(acre_assign(e, &y, acre_variable_of(e, 1)), ACRE_OK);
    cr_assert_eq(acre_region_reset_detaching(e, world.regions[0]), ACRE_HELD);
    cr_assert_not_null(y);
    acre_unref(e, &y);
    cr_assert_eq(acre_region_reset_detaching(e, world.regions[0]), ACRE_OK);
    cr_assert_eq(acre_region_reset_detaching(e, ACRE_REGION_PINNED), ACRE_BAD_ARGUMENT);
    close_empty();
}

/* References outside of slots, in memory that moves: the books have an old address. */
struct shelf {
    struct acre_object object;
    struct acre_object **places; /* two */
};

static void shelf_traverse(struct acre_engine *engine, struct acre_object *object,
                           acre_visit *visit, void *context)
{
    struct shelf *shelf = (struct shelf *)object;

    for (int i = 0; i < 2; i++)
        if (shelf->places != NULL && shelf->places[i] != NULL)
            visit(engine, object, shelf->places[i], &shelf->places[i], context);
}

static const struct acre_type shelf_type = {
    .name = "Shelf",
    .size_bytes = sizeof(struct shelf),
    .purpose = ACRE_PURPOSE_NODE,
    .traverse = shelf_traverse,
};

MTest(reset, slots_that_moved)
{
    struct acre_object *places[3] = {NULL, NULL, NULL};
    struct acre_engine *e;
    struct acre_object *object;
    struct shelf *shelf;
    struct node *inside;
    uint32_t type;

    open_in(WORLD_BULK);
    e = world.engine;
    cr_assert_eq(acre_type_register(e, &shelf_type, &type), ACRE_OK);
    acre_region_enter(e, ACRE_REGION_PINNED);
    cr_assert_eq(acre_object_new(e, type, &object), ACRE_OK);
    shelf = (struct shelf *)object;
    shelf->places = &places[0];
    acre_region_enter(e, world.regions[0]);
    inside = world_plain(&world);
    cr_assert_eq(acre_slot_set(e, object, &places[0], &inside->object), ACRE_OK);
    places[2] = places[0];
    places[0] = NULL;
    shelf->places = &places[1];
    acre_unref(e, &inside);
    cr_assert_eq(acre_region_reset_detaching(e, world.regions[0]), ACRE_HELD);
    cr_assert(error_says("Shelf.?"), "%s", acre_error(e));

    /* at the holder's death its row goes, wherever the slot was */
    acre_unref(e, &object);
    cr_assert_eq(acre_region_at(e, world.regions[0])->holders.count, 0);
    cr_assert_eq(reset(0), ACRE_OK);
    close_empty();
}
