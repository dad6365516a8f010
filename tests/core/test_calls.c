/*
 * The short calls, built twice: as calls, and inline (core/inline.h is included from the command
 * line then). Births in every kind of place, and references that are given away (R-15).
 */
#include "support/mtest.h"

#include "alloc/backends.h"
#include "core/collect.h"
#include "core/fixture.h"

struct small {
    struct acre_object object;
    struct small *left, *right;
    uint64_t value;
};

static const struct acre_slot small_slots[] = {
    {"left", offsetof(struct small, left)},
    {"right", offsetof(struct small, right)},
};

static const struct acre_type small_type = {
    .name = "Small",
    .size_bytes = sizeof(struct small),
    .slots = small_slots,
    .slot_count = 2,
};

/* More types than an engine remembers births of, so that some share a place there. */
enum { TYPES = 20, PLACES = 3 };

/* An engine over bare allocators: those of a world tell of each call, and hide what they have. */
static struct acre_alloc *pages, *pinned, *arenas[2];
static struct acre_engine *engine;
static uint32_t types[TYPES], places[PLACES];

static void open_bare(enum acre_collector collector)
{
    const struct acre_engine_options options = {.collector = collector};

    pages = acre_pages_new();
    pinned = acre_pool_new(pages, NULL);
    cr_assert_eq(acre_engine_new(&engine, pinned, &options), ACRE_OK);
    for (int i = 0; i < TYPES; i++)
        cr_assert_eq(acre_type_register(engine, &small_type, &types[i]), ACRE_OK);
    for (int i = 0; i < 2; i++) {
        arenas[i] = acre_arena_new(pages, NULL);
        cr_assert_eq(acre_region_new(engine, arenas[i],
                                     i == 0 ? ACRE_REGION_BULK : ACRE_REGION_COUNTED, "region",
                                     &places[1 + i]),
                     ACRE_OK);
    }
}

static void close_bare(void)
{
    cr_assert_eq(acre_live_objects(engine), 0);
    cr_assert_eq(acre_engine_destroy(engine), 0);
    acre_destroy(arenas[0]);
    acre_destroy(arenas[1]);
    acre_destroy(pinned);
    acre_destroy(pages);
}

static struct small *small_new(uint32_t type)
{
    struct acre_object *object;

    cr_assert_eq(acre_object_new_sized(engine, type, sizeof(struct small), &object), ACRE_OK, "%s",
                 acre_error(engine));
    return (struct small *)object;
}

/* Whatever was born before and wherever, an object has its own type and region, a count of 1 and
 * zeros. Its memory held something else before. */
MTest(calls, births)
{
    open_bare(ACRE_COLLECTOR_NONE);
    for (int round = 0; round < 40; round++) {
        uint32_t region = places[round % PLACES];
        struct small *born[2 * TYPES];

        acre_region_enter(engine, region);
        for (int i = 0; i < 2 * TYPES; i++) {
            uint32_t type = types[(i * 7 + round) % TYPES];
            struct small *small = small_new(type);

            cr_assert_eq(small->object.type, type);
            cr_assert_eq(small->object.region, region);
            cr_assert_eq(small->object.strong, 1);
            cr_assert_eq(small->object.link, 0);
            cr_assert(small->left == NULL && small->right == NULL && small->value == 0);
            born[i] = small;
        }
        cr_assert_eq(acre_live_objects(engine), 2 * TYPES);
        for (int i = 0; i < 2 * TYPES; i++) {
            born[i]->value = UINT64_MAX;
            acre_unref(engine, &born[i]);
            cr_assert_null(born[i]);
        }
        if (region != ACRE_REGION_PINNED)
            cr_assert_eq(acre_region_reset(engine, region), ACRE_OK, "%s", acre_error(engine));
        cr_assert_eq(acre_live_objects(engine), 0);
    }
    close_bare();
}

MTest(calls, births_that_are_refused)
{
    struct acre_object *object;

    open_bare(ACRE_COLLECTOR_NONE);
    acre_region_enter(engine, places[2]);
    for (int i = 0; i < 3; i++) { /* before there was one, and after */
        struct small *small = small_new(types[0]);

        acre_unref(engine, &small);
        cr_assert_eq(acre_object_new_sized(engine, 4096, sizeof(struct small), &object),
                     ACRE_BAD_ARGUMENT);
        cr_assert_null(object);
        cr_assert_eq(acre_object_new_sized(engine, types[0], sizeof(struct small) - 8, &object),
                     ACRE_BAD_ARGUMENT);
        cr_assert_null(object);
    }
    /* The regions move in memory when there are more of them. */
    for (int i = 0; i < 20; i++) {
        struct acre_alloc *more = acre_arena_new(pages, NULL);
        struct small *small;
        uint32_t number;

        cr_assert_eq(acre_region_new(engine, more, ACRE_REGION_COUNTED, "more", &number), ACRE_OK);
        small = small_new(types[0]);
        cr_assert_eq(acre_live_objects(engine), 1);
        acre_unref(engine, &small);
        acre_destroy(more);
    }
    close_bare();
}

/* Given and set, in each region: counts are those of set and unref; what was there is released. */
MTest(calls, give)
{
    open_bare(ACRE_COLLECTOR_NONE);
    for (int place = 0; place < PLACES; place++) {
        struct small *a, *b, *c;

        acre_region_enter(engine, places[place]);
        a = small_new(types[0]);
        b = small_new(types[1]);
        c = small_new(types[2]);
        cr_assert_eq(acre_slot_give(engine, &a->object, &a->left, &b->object), ACRE_OK);
        cr_assert_eq(b->object.strong, 1);
        cr_assert_eq(acre_slot_set(engine, &a->object, &a->right, &b->object), ACRE_OK);
        cr_assert_eq(b->object.strong, 2);
        cr_assert_eq(acre_slot_give(engine, &a->object, &a->left, &c->object), ACRE_OK);
        cr_assert(a->left == c && c->object.strong == 1 && b->object.strong == 1);
        cr_assert_eq(acre_slot_give(engine, &a->object, &a->left, NULL), ACRE_OK);
        cr_assert_null(a->left);
        cr_assert_eq(acre_live_objects(engine), places[place] == places[1] ? 3 : 2);
        acre_unref(engine, &a);
        if (place > 0)
            cr_assert_eq(acre_region_reset(engine, places[place]), ACRE_OK, "%s",
                         acre_error(engine));
        cr_assert_eq(acre_live_objects(engine), 0);
    }
    close_bare();
}

/* Over the border of a bulk region: its reset releases what it was given, and refuses while it is
 * held by what was given away. */
MTest(calls, give_across)
{
    struct small *inside, *outside;

    open_bare(ACRE_COLLECTOR_NONE);
    outside = small_new(types[0]);
    acre_region_enter(engine, places[1]);
    inside = small_new(types[0]);
    cr_assert_eq(acre_slot_give(engine, &inside->object, &inside->left, &outside->object), ACRE_OK);
    acre_unref(engine, &inside);
    cr_assert_eq(acre_live_objects(engine), 2);
    cr_assert_eq(acre_region_reset(engine, places[1]), ACRE_OK);
    cr_assert_eq(acre_live_objects(engine), 0);

    acre_region_enter(engine, ACRE_REGION_PINNED);
    outside = small_new(types[0]);
    acre_region_enter(engine, places[1]);
    inside = small_new(types[0]);
    cr_assert_eq(acre_slot_give(engine, &outside->object, &outside->left, &inside->object),
                 ACRE_OK);
    cr_assert_eq(acre_region_reset(engine, places[1]), ACRE_HELD);
    cr_assert_not_null(strstr(acre_error(engine), "Small.left"));
    acre_unref(engine, &outside);
    cr_assert_eq(acre_region_reset(engine, places[1]), ACRE_OK, "%s", acre_error(engine));
    close_bare();
}

/* A ring that is closed by giving the last reference away is garbage, and was never let go of. */
MTest(calls, give_closes_a_ring)
{
    struct acre_collection found;

    open_bare(ACRE_COLLECTOR_MANUAL);
    for (int place = 0; place < PLACES; place += 2) {
        struct small *a, *b;

        acre_region_enter(engine, places[place]);
        a = small_new(types[0]);
        b = small_new(types[1]);
        cr_assert_eq(acre_slot_set(engine, &a->object, &a->left, &b->object), ACRE_OK);
        cr_assert_eq(acre_slot_give(engine, &b->object, &b->left, &a->object), ACRE_OK);
        b->value = 1;
        acre_unref(engine, &b);
        cr_assert_eq(acre_collect(engine, &found), ACRE_OK);
        cr_assert_eq(found.freed, 2);
        a = small_new(types[0]);
        cr_assert_eq(acre_slot_give(engine, &a->object, &a->left, &a->object), ACRE_OK);
        cr_assert_eq(acre_collect(engine, &found), ACRE_OK);
        cr_assert_eq(found.freed, 1);
    }
    close_bare();
}

/* Handles: alive with one more reference, and dead; in each region. */
MTest(calls, upgrade)
{
    open_bare(ACRE_COLLECTOR_NONE);
    for (int place = 0; place < PLACES; place++) {
        struct acre_weak weak;
        struct acre_object *got;
        struct small *small;

        acre_region_enter(engine, places[place]);
        small = small_new(types[0]);
        cr_assert_null(acre_weak_get(engine, (struct acre_weak){0}));
        cr_assert_eq(acre_weak_of(engine, &small->object, &weak), ACRE_OK);
        got = acre_weak_get(engine, weak);
        cr_assert(got == &small->object && got->strong == 2);
        acre_ref(engine, got);
        acre_unref(engine, &got);
        cr_assert_eq(small->object.strong, 2);
        got = &small->object;
        acre_unref(engine, &got);
        acre_unref(engine, &small);
        if (place > 0)
            cr_assert_eq(acre_region_reset(engine, places[place]), ACRE_OK, "%s",
                         acre_error(engine));
        cr_assert_null(acre_weak_get(engine, weak));
    }
    close_bare();
}
