/* Watches where objects end otherwise: without memory, with their region, as garbage, with the
 * engine. Semantics cases W-20, E-03, G-06, G-14, C-09. */
#include "support/mtest.h"

#include "core/collect.h"
#include "core/watched.h"

/* W-20: nothing on this way asks for memory. */
MTest(watch, death_without_memory)
{
    enum { WATCHES = 60 };

    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct node *a;
        uint64_t calls;

        open_quiet(place);
        a = node_in(place, 'a');
        probed[0] = weak_of(a);
        for (int i = 0; i < WATCHES; i++)
            watch(a, '.');
        cancel(watch(a, 'x'));
        world.plan.fail_at = 1;
        world.plan.forever = true;
        calls = world.plan.calls;
        end(place, &a);
        cr_assert_eq(world.plan.calls, calls);
        cr_assert_eq(strspn(world_deaths, "."), WATCHES);
        world.plan.fail_at = 0;
        close_empty();
    }
}

/* E-03: the k-th allocation fails, for every k: a status, no watch, and the others are called. */
MTest(watch, fault_sweep)
{
    enum { NODES = 40 };

    for (uint64_t k = 1, failed = 1; failed != 0; k++) {
        struct node *nodes[NODES];
        size_t begun = 0;

        failed = 0;
        open_quiet(k % 2 == 0 ? WORLD_PINNED : WORLD_BULK);
        for (int i = 0; i < NODES; i++)
            nodes[i] = world_plain(&world);
        world.plan.fail_at = world.plan.calls + (k + 1) / 2;
        for (int i = 0; i < NODES; i++) {
            struct acre_notice notice = {note, probed, '.'};
            struct acre_watch made = {0};
            struct acre_weak weak;
            enum acre_status status = acre_weak_of(world.engine, &nodes[i]->object, &weak);

            if (status == ACRE_OK)
                status = acre_watch_begin(world.engine, weak, notice, &made);
            cr_assert(status == ACRE_OK || status == ACRE_NO_MEMORY);
            cr_assert_eq(acre_watch_is_pending(world.engine, made), status == ACRE_OK);
            begun += status == ACRE_OK;
            failed += status != ACRE_OK;
            if (status != ACRE_OK)
                cr_assert(error_says("watch") || error_says("weak"), "%s",
                          acre_error(world.engine));
        }
        cr_assert_leq(failed, 1);
        cr_assert_eq(acre_live_objects(world.engine), NODES, "a watch is none");
        for (int i = 0; i < NODES; i++)
            acre_unref(world.engine, &nodes[i]);
        if (k % 2 != 0)
            cr_assert_eq(reset(0), ACRE_OK);
        cr_assert_eq(strlen(world_deaths), begun);
        close_empty();
        failed += k % 2; /* both places are walked to their end */
    }
}

static enum acre_status status_inside;
static struct node *kept_outside;

static struct node *built_inside;

/* A call in the reset can neither reset nor enter the region; what it builds is pinned. */
static void build_in_reset(void)
{
    status_inside = reset(0);
    cr_assert(error_says("watch"), "%s", acre_error(world.engine));
    cr_assert_eq(acre_region_enter(world.engine, world.regions[0]), ACRE_REGION_PINNED);
    built_inside = world_plain(&world);
    cr_assert_eq(built_inside->object.region, ACRE_REGION_PINNED);
    world_link(&world, built_inside, &built_inside->next, kept_outside);
    watch(built_inside, 'n');
}

/* G-06, G-14 */
MTest(watch, bulk_reset)
{
    struct acre_engine *e;
    struct node *a;
    struct node *b;
    struct node *outside;

    open_quiet(WORLD_BULK);
    e = world.engine;
    acre_region_enter(e, ACRE_REGION_PINNED);
    outside = world_node(&world, 'o');
    kept_outside = world_node(&world, 'k');
    acre_region_enter(e, world.regions[0]);
    a = world_plain(&world);
    b = world_plain(&world);
    world_link(&world, a, &a->next, outside);
    acre_unref(e, &outside);
    probed[0] = weak_of(a);
    probed[1] = weak_of(b);
    watch(a, '1');
    watch(b, '2');
    watch(a, '3');
    cancel(watch(b, 'x'));
    watch(b, '4');
    in_call['3'] = build_in_reset;

    /* refused: nobody is called */
    acre_unref(e, &a);
    cr_assert_eq(reset(0), ACRE_HELD);
    cr_assert_str_eq(world_deaths, "");
    acre_unref(e, &b);
    cr_assert_str_eq(world_deaths, "");

    /* newest first over all objects, then what the region held outside */
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_str_eq(world_deaths, "4321o");
    cr_assert_eq(status_inside, ACRE_BUSY);
    cr_assert_eq(acre_watch_failures(e), 0);
    cr_assert_eq(count_of(kept_outside), 2);

    /* what was built meanwhile lives on, and the region is the current one again */
    cr_assert_eq(acre_live_objects(e), 2);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_str_eq(world_deaths, "4321o");
    cr_assert_eq(acre_region_enter(e, world.regions[0]), world.regions[0]);
    acre_unref(e, &built_inside);
    cr_assert_str_eq(world_deaths, "4321on");
    cr_assert_eq(count_of(kept_outside), 1);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_str_eq(world_deaths, "4321on");
    acre_unref(e, &kept_outside);
    close_empty();
}

/* A watch from elsewhere outlives a reset of other regions, and the engine ends without calls. */
MTest(watch, siblings_and_the_end)
{
    struct node *a;
    struct node *b;

    open_quiet(WORLD_BULK);
    a = world_plain(&world);
    watch(a, '1');
    acre_region_enter(world.engine, world.regions[1]);
    b = world_plain(&world);
    watch(b, '2');
    acre_unref(world.engine, &a);
    acre_unref(world.engine, &b);
    cr_assert_eq(reset(0), ACRE_OK);
    cr_assert_str_eq(world_deaths, "1");
    cr_assert_eq(world_close(&world), 0);
    cr_assert_str_eq(world_deaths, "1");
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_WEAK), 0);
}

static struct node *other;

static void drop_other(void)
{
    acre_unref(world.engine, &other);
}

/* C-09: all of the garbage is dead before the first call, and whole until the last. */
MTest(watch, garbage)
{
    const struct acre_engine_options options = {.collector = ACRE_COLLECTOR_MANUAL};
    struct acre_collection found;
    struct node *a;
    struct node *b;
    char first;

    cr_assert(world_open_with(&world, WORLD_PINNED, &options));
    quiet();
    a = world_node(&world, 'a');
    b = world_node(&world, 'b');
    other = world_node(&world, 'o');
    world_link(&world, a, &a->next, b);
    world_link(&world, b, &b->next, a);
    watch(a, '1');
    watch(a, '2');
    watch(b, '3');
    watch(b, '4');
    in_call['1'] = drop_other;
    probed[0] = weak_of(a);
    probed[1] = weak_of(b);
    acre_unref(world.engine, &a);
    acre_unref(world.engine, &b);
    cr_assert_str_eq(world_deaths, "");
    cr_assert_eq(acre_collect(world.engine, &found), ACRE_OK);
    cr_assert_eq(found.freed, 2);
    first = world_deaths[0];
    cr_assert_str_eq(world_deaths, first == '2' ? "21o43ab" : "4321oab");
    close_empty();
}
