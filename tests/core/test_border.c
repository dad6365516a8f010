/* References over the border of a region: who holds it, by name, and what it holds. Semantics cases
 * G-03, G-04. */
#include "support/mtest.h"

#include "core/fixture.h"
#include "core/internal.h"

/* G-03 */
static void refuse_by_name(enum world_place place)
{
    struct acre_engine *e;
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_object *object;
    struct node *keeper;
    uint64_t epoch;
    double value;

    open_in(place);
    e = world.engine;
    acre_region_enter(e, ACRE_REGION_PINNED);
    cr_assert_eq(acre_assign(e, &x, acre_variable_of(e, 3.0)), ACRE_OK);
    acre_region_enter(e, world.regions[0]);
    cr_assert_eq(acre_assign(e, &y, acre_square(e, x)), ACRE_OK);
    epoch = world.tops[1]->epoch;

    cr_assert_eq(reset(0), ACRE_HELD);
    cr_assert(error_says("'first'") && error_says("y"), "%s", acre_error(e));
    /* nothing has changed */
    cr_assert_eq(world.tops[1]->epoch, epoch);
    value = y->data->elements[0];
    cr_assert_eq(value, 9.0);
    cr_assert_not_null(y->creator);

    /* a field of an object elsewhere holds as well, and is named with its type */
    acre_region_enter(e, ACRE_REGION_PINNED);
    keeper = world_plain(&world);
    cr_assert_eq(acre_slot_set(e, &keeper->object, &keeper->next, &y->object), ACRE_OK);
    acre_unref(e, &y);
    cr_assert_eq(reset(0), ACRE_HELD);
    cr_assert(error_says("Plain.next"), "%s", acre_error(e));
    cr_assert(!error_says(" y"), "%s", acre_error(e));
    cr_assert_eq(acre_slot_set(e, &keeper->object, &keeper->next, NULL), ACRE_OK);
    acre_unref(e, &keeper);

    /* an unnamed reference is counted */
    acre_region_enter(e, world.regions[0]);
    cr_assert_eq(acre_object_new(e, world.plain_type, &object), ACRE_OK);
    cr_assert_eq(reset(0), ACRE_HELD);
    if (place == WORLD_BULK)
        cr_assert(error_says("1 unnamed"), "%s", acre_error(e));
    else
        cr_assert(error_says("1 live objects") && error_says("nobody known"), "%s", acre_error(e));
    acre_unref(e, &object);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_eq(world.tops[1]->epoch, epoch + 1);

    acre_unref(e, &x);
    close_empty();
}

MTest(border, refuses_while_held)
{
    struct acre_alloc *plain;
    uint32_t region = 77;

    refuse_by_name(WORLD_BULK);
    refuse_by_name(WORLD_COUNTED);

    open_in(WORLD_BULK);
    cr_assert_eq(acre_region_reset(world.engine, ACRE_REGION_PINNED), ACRE_BAD_ARGUMENT);
    cr_assert_eq(acre_region_reset(world.engine, 4000), ACRE_BAD_ARGUMENT);
    cr_assert(error_says("4000"));
    plain = acre_malloc_new();
    cr_assert_eq(acre_region_new(world.engine, plain, ACRE_REGION_BULK, "none", &region),
                 ACRE_BAD_ARGUMENT);
    cr_assert(error_says("none") && error_says("malloc"));
    cr_assert_eq(region, 77);
    acre_destroy(plain);
    close_empty();
}

/* G-04: an edge out of a bulk region is released by its reset, exactly once for each. */
MTest(border, outgoing_edges)
{
    struct acre_engine *e;
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct node *outside;

    open_in(WORLD_BULK);
    e = world.engine;
    acre_region_enter(e, ACRE_REGION_PINNED);
    cr_assert_eq(acre_assign(e, &x, acre_variable_of(e, 3.0)), ACRE_OK);
    acre_region_enter(e, world.regions[0]);
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(acre_assign(e, &y, acre_square(e, x)), ACRE_OK);
        cr_assert_eq(acre_strong_count(&x->object), 2);
        cr_assert_eq(acre_assign(e, &y, acre_add(e, x, acre_add(e, x, x))), ACRE_OK);
        cr_assert_eq(acre_strong_count(&x->object), 5);
        acre_unref(e, &y);
        cr_assert_eq(reset(0), ACRE_OK, "%s", acre_error(e));
        cr_assert_eq(acre_strong_count(&x->object), 1);
        cr_assert_eq(acre_strong_count(&x->data->object), 1);
    }

    /* set, changed, taken back: the log follows */
    acre_region_enter(e, ACRE_REGION_PINNED);
    outside = world_node(&world, 'o');
    acre_region_enter(e, world.regions[0]);
    {
        struct node *inside = world_plain(&world);

        world_link(&world, inside, &inside->next, outside);
        world_link(&world, inside, &inside->other, outside);
        cr_assert_eq(acre_strong_count(&outside->object), 3);
        world_link(&world, inside, &inside->next, inside);
        cr_assert_eq(acre_strong_count(&outside->object), 2);
        acre_unref(e, &inside);
    }
    {
        struct node *borrowed = outside;

        acre_unref(e, &outside);
        cr_assert_eq(acre_strong_count(&borrowed->object), 1);
    }
    cr_assert_str_eq(world_deaths, "");
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_str_eq(world_deaths, "o"); /* its last reference was the region's */

    acre_unref(e, &x);
    close_empty();
}

/* The books of who holds end with the holder: when the region it lived in is reset, and when a C
 * variable's reference was moved to another by hand. */
MTest(border, holders_are_forgotten)
{
    struct acre_engine *e;
    const struct acre_table *books;

    open_in(WORLD_BULK);
    e = world.engine;
    for (int i = 0; i < 3; i++) {
        struct node *inner;
        struct node *holder;

        acre_region_enter(e, world.regions[1]);
        inner = world_plain(&world);
        acre_region_enter(e, world.regions[0]);
        holder = world_plain(&world);
        world_link(&world, holder, &holder->next, inner);
        world_link(&world, holder, &holder->other, inner);
        acre_unref(e, &inner);
        cr_assert_eq(reset(1), ACRE_HELD);
        cr_assert(error_says("2 references from outside: Plain.next, Plain.other, 0 unnamed"), "%s",
                  acre_error(e));
        world_link(&world, holder, &holder->next, NULL);
        inner = holder->other;
        acre_ref(e, &inner->object);
        acre_unref(e, &holder);
        cr_assert_eq(reset(0), ACRE_OK);
        cr_assert_eq(reset(1), ACRE_HELD);
        cr_assert(error_says("1 references from outside: 1 unnamed"), "%s", acre_error(e));
        acre_unref(e, &inner);
        cr_assert_eq(reset(1), ACRE_OK);
        books = &acre_region_at(e, world.regions[1])->holders;
        cr_assert_eq(books->count, 0);
    }
    for (int i = 0; i < 3; i++) {
        struct acre_variable *y = NULL;
        struct acre_variable *moved;

        acre_region_enter(e, world.regions[0]);
        cr_assert_eq(acre_assign(e, &y, acre_variable_of(e, 1)), ACRE_OK);
        moved = y;
        y = NULL;
        cr_assert_eq(reset(0), ACRE_HELD);
        cr_assert(error_says("1 references from outside: y, 0 unnamed"), "%s", acre_error(e));
        acre_unref(e, &moved);
        cr_assert_eq(reset(0), ACRE_OK);
        books = &acre_region_at(e, world.regions[0])->holders;
        cr_assert_eq(books->count, 0);
    }
    close_empty();
}
