/* E-03 for regions: the k-th allocation fails, once or from then on, for every k: statuses, and in
 * the end nothing lives. Nothing on the way to the end asks for memory. */
#include "support/mtest.h"

#include "core/collect.h"
#include "core/copy.h"
#include "core/fixture.h"
#include "core/watched.h"

/* What a program did that was refused: it goes on as far as it can. */
static uint64_t refusals;

static bool done(enum acre_status status)
{
    cr_assert(status == ACRE_OK || status == ACRE_NO_MEMORY, "%s", acre_error(world.engine));
    refusals += status != ACRE_OK;
    return status == ACRE_OK;
}

static struct node *try_node(uint32_t region, uint32_t type)
{
    struct acre_object *object;

    acre_region_enter(world.engine, region);
    if (!done(acre_object_new(world.engine, type, &object)))
        cr_assert_null(object);
    return (struct node *)object;
}

static void try_link(struct node *from, struct node **slot, struct node *to)
{
    struct node *before;

    if (from == NULL)
        return;
    before = *slot;
    if (!done(world_link(&world, from, slot, to)))
        cr_assert_eq(*slot, before);
}

static void try_watch(struct node *node)
{
    struct acre_notice notice = {note, probed, '.'};
    struct acre_weak weak;

    if (node != NULL && done(acre_weak_of(world.engine, &node->object, &weak)))
        done(acre_watch_begin(world.engine, weak, notice, NULL));
}

/* Regions with a child, births with destructors, references over borders, rings for the collector,
 * names, copies. What could be made hangs on `nodes` and `names`. */
enum { NODES = 12 };

static struct node *nodes[NODES];
static struct acre_variable *names[4];

static void build(struct acre_alloc *arena, struct acre_alloc *lasting_alloc)
{
    struct acre_engine *e = world.engine;
    uint32_t first = world.regions[0];
    uint32_t second = world.regions[1];
    uint32_t child = first;
    uint32_t lasting = ACRE_REGION_PINNED;
    struct acre_object *object;

    done(acre_region_new_in(e, first, arena, ACRE_REGION_BULK, "child", &child));
    done(acre_region_new(e, lasting_alloc, ACRE_REGION_LASTING, "lasting", &lasting));
    for (int i = 0; i < NODES; i++) {
        const uint32_t places[] = {first, child, second, ACRE_REGION_PINNED, lasting, first};

        nodes[i] = try_node(places[i % 6], i % 2 == 0 ? world.node_type : world.plain_type);
        try_watch(nodes[i]);
    }
    for (int i = 0; i < NODES; i++)
        if (nodes[i] != NULL && nodes[(i + 1) % NODES] != NULL) {
            try_link(nodes[i], &nodes[i]->next, nodes[(i + 1) % NODES]);
            try_link(nodes[i], &nodes[i]->other, nodes[(i + 5) % NODES]);
        }
    for (int i = 0; i < 4; i++) {
        acre_region_enter(e, i % 2 == 0 ? first : child);
        done(acre_assign(e, &names[i], acre_variable_of(e, i)));
    }
    if (names[0] != NULL)
        done(acre_assign(e, &names[1], acre_variable_copy_to(e, names[0], second)));
    if (names[2] != NULL) {
        if (done(acre_copy_to(e, &names[2]->object, lasting, &object)))
            acre_unref(e, &object);
        else
            cr_assert_null(object);
    }
}

static void take_down(void)
{
    struct acre_engine *e = world.engine;
    uint64_t calls = world.plan.calls;

    /* rings over borders are opened by detaching, those outside are the collector's */
    for (int i = 0; i < NODES; i++)
        acre_unref(e, &nodes[i]);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(acre_region_reset_detaching(e, world.regions[i]), ACRE_OK, "%s",
                     acre_error(e));
    cr_assert_eq(acre_collect(e, NULL), ACRE_OK);
    for (int i = 0; i < 4; i++)
        cr_assert_null(names[i]);
    cr_assert_eq(world.plan.calls, calls);
}

MTest(region_faults, sweep)
{
    const struct acre_engine_options options = {.collector = ACRE_COLLECTOR_MANUAL};

    for (int forever = 0; forever < 2; forever++)
        for (uint64_t k = 1, again = true; again; k++) {
            struct acre_alloc *pages = acre_pages_new();
            struct acre_alloc *arena = acre_arena_new(pages, NULL);
            struct acre_alloc *lasting = acre_pool_new(pages, NULL);
            struct acre_alloc *faults[2];

            cr_assert(world_open_with(&world, WORLD_BULK, &options));
            quiet();
            memset(names, 0, sizeof names);
            faults[0] = acre_fault_new(arena, &world.plan);
            faults[1] = acre_fault_new(lasting, &world.plan);
            refusals = 0;
            world.plan.fail_at = world.plan.calls + k;
            world.plan.forever = forever;
            build(faults[0], faults[1]);
            again = refusals != 0;
            take_down();
            cr_assert_eq(acre_live_objects(world.engine), 0, "k = %llu", (unsigned long long)k);
            world.plan.fail_at = 0;
            close_empty();
            for (int i = 0; i < 2; i++)
                acre_destroy(faults[i]);
            acre_destroy(lasting);
            acre_destroy(arena);
            acre_destroy(pages);
        }
}
