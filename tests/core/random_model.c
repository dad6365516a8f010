/*
 * random_model [SEED [OPERATIONS]]: random programs on objects, references, weak references,
 * watches and resets, held against a model that is too simple to be wrong: plain tables, and a
 * search from scratch wherever the engine keeps a count.
 *
 * Every configuration runs OPERATIONS (100,000; 1,000 under a checker) steps. A failure prints the
 * seed that repeats it.
 */
#include <string.h>

#include "alloc/backends.h"
#include "alloc/track.h"
#include "bench/random.h"
#include "core/check.h"
#include "core/collect.h"
#include "core/region.h"
#include "core/watch.h"

enum { SLOTS = 3, MOST_OBJECTS = 400, MOST_HANDLES = 60, WEAKS = 300, REGIONS = 3 };

struct thing {
    struct acre_object object;
    struct thing *slots[SLOTS];
    uint64_t serial;
};

static const struct acre_slot thing_slots[SLOTS] = {
    {"first", offsetof(struct thing, slots)},
    {"second", offsetof(struct thing, slots) + sizeof(struct thing *)},
    {"third", offsetof(struct thing, slots) + 2 * sizeof(struct thing *)},
};

static const struct acre_type thing_type = {
    .name = "Thing",
    .size_bytes = sizeof(struct thing),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = thing_slots,
    .slot_count = SLOTS,
};

/* The model: one row an object, found by its serial number. */
struct row {
    struct thing *thing;
    uint64_t serial; /* 0: the row is free */
    int region;
    int slots[SLOTS]; /* rows, -1: none */
};

struct handle {
    struct thing *thing; /* what the C variable holds */
    int row;
};

struct weak_row {
    struct acre_weak weak;
    uint64_t serial;
    int row;
    struct acre_watch watch;
    bool is_watched;
    uint32_t calls;
};

enum region_kind { NO_REGION, COUNTED, BULK };

static struct acre_engine *engine;
static uint32_t type_number;
static uint32_t region_numbers[REGIONS];
static enum region_kind kinds[REGIONS];
static struct row rows[MOST_OBJECTS];
static struct handle handles[MOST_HANDLES];
static int handle_count;
static bool has_collector;
static struct weak_row weaks[WEAKS];
static uint64_t serials;
static uint64_t objects; /* in all configurations so far */
static struct acre_random random_state;
static uint64_t seed;
static uint64_t step;

#define agree(condition)                                                                           \
    check(condition, "step %llu; repeat with: random_model %llu %llu", (unsigned long long)step,   \
          (unsigned long long)seed, (unsigned long long)step + 1)

static int below(int bound)
{
    return (int)acre_random_below(&random_state, (uint64_t)bound);
}

/* References to a row: from C variables, and from the slots of live things. */
static uint32_t references_to(int row, bool from_outside_only)
{
    uint32_t count = 0;

    for (int i = 0; i < handle_count; i++)
        count += handles[i].row == row;
    for (int i = 0; i < MOST_OBJECTS; i++)
        for (int s = 0; rows[i].serial != 0 && s < SLOTS; s++)
            count += rows[i].slots[s] == row &&
                     !(from_outside_only && rows[i].region == rows[row].region);
    return count;
}

/* Counted objects that nothing refers to die, and then what only they referred to. */
static void bury_the_dead(void)
{
    bool again = true;

    while (again) {
        again = false;
        for (int i = 0; i < MOST_OBJECTS; i++)
            if (rows[i].serial != 0 && kinds[rows[i].region] != BULK &&
                references_to(i, false) == 0) {
                rows[i].serial = 0;
                again = true;
            }
    }
}

static int any_handle(void)
{
    return handle_count > 0 ? below(handle_count) : -1;
}

static void take_handle(int row, struct thing *thing)
{
    handles[handle_count++] = (struct handle){thing, row};
}

/* Steps ---------------------------------------------------------------------------------------- */

static void create(void)
{
    struct acre_object *object;
    int row = 0;
    int region = below(REGIONS);

    while (row < MOST_OBJECTS && rows[row].serial != 0)
        row++;
    if (row == MOST_OBJECTS || handle_count == MOST_HANDLES)
        return;
    if (kinds[region] == NO_REGION)
        region = 0;
    acre_region_enter(engine, region_numbers[region]);
    agree(acre_object_new_sized(engine, type_number, sizeof(struct thing), &object) == ACRE_OK);
    rows[row] = (struct row){(struct thing *)object, ++serials, region, {-1, -1, -1}};
    rows[row].thing->serial = serials;
    take_handle(row, rows[row].thing);
}

static void add_reference(void)
{
    int from = any_handle();

    if (from < 0 || handle_count == MOST_HANDLES)
        return;
    acre_ref(engine, &handles[from].thing->object);
    take_handle(handles[from].row, handles[from].thing);
}

static void drop_reference(void)
{
    int which = any_handle();
    struct thing *thing;

    if (which < 0)
        return;
    thing = handles[which].thing;
    handles[which] = handles[--handle_count];
    acre_unref(engine, &thing);
    agree(thing == NULL);
    bury_the_dead();
}

static void set_slot(void)
{
    int holder = any_handle();
    int target = below(4) == 0 ? -1 : any_handle();
    int slot = below(SLOTS);
    struct row *row;

    if (holder < 0)
        return;
    row = &rows[handles[holder].row];
    agree(acre_slot_set(engine, &row->thing->object, &row->thing->slots[slot],
                        target < 0 ? NULL : &handles[target].thing->object) == ACRE_OK);
    row->slots[slot] = target < 0 ? -1 : handles[target].row;
    bury_the_dead();
}

static bool model_says_alive(const struct weak_row *weak)
{
    return weak->serial != 0 && rows[weak->row].serial == weak->serial;
}

static void take_weak(void)
{
    int which = any_handle();
    struct weak_row *weak = &weaks[below(WEAKS)];

    if (which < 0)
        return;
    agree(acre_watch_cancel(engine, weak->watch) == (weak->is_watched && model_says_alive(weak)));
    *weak = (struct weak_row){.row = handles[which].row};
    agree(acre_weak_of(engine, &handles[which].thing->object, &weak->weak) == ACRE_OK);
    weak->serial = rows[weak->row].serial;
}

static enum acre_status write_call(struct acre_engine *caller, void *context, uint64_t number)
{
    struct weak_row *weak = &weaks[number];

    agree(caller == engine && context == weaks);
    agree(!acre_weak_is_alive(engine, weak->weak) && !acre_watch_is_pending(engine, weak->watch));
    weak->calls++;
    return ACRE_OK;
}

/* The answer tells whether the object is alive. */
static void take_watch(void)
{
    int which = below(WEAKS);
    struct weak_row *weak = &weaks[which];
    struct acre_notice notice = {write_call, weaks, (uint64_t)which};

    if (weak->is_watched)
        return;
    weak->is_watched = model_says_alive(weak);
    agree(acre_watch_begin(engine, weak->weak, notice, &weak->watch) ==
          (weak->is_watched ? ACRE_OK : ACRE_BAD_ARGUMENT));
}

static void drop_watch(void)
{
    struct weak_row *weak = &weaks[below(WEAKS)];
    bool is_pending = weak->is_watched && model_says_alive(weak);

    agree(acre_watch_cancel(engine, weak->watch) == is_pending);
    if (is_pending)
        weak->is_watched = false;
}

static void upgrade(void)
{
    struct weak_row *weak = &weaks[below(WEAKS)];
    struct acre_object *object;

    if (handle_count == MOST_HANDLES)
        return;
    object = acre_weak_get(engine, weak->weak);
    agree((object != NULL) == model_says_alive(weak));
    if (object == NULL)
        return;
    agree(((struct thing *)object)->serial == weak->serial);
    take_handle(weak->row, (struct thing *)object);
}

/* Allowed when nobody outside refers into a bulk region, or when nothing lives in a counted one. */
static void reset(int region)
{
    bool is_allowed = true;
    enum acre_status status;

    if (kinds[region] == NO_REGION)
        return;
    for (int i = 0; i < MOST_OBJECTS; i++)
        if (rows[i].serial != 0 && rows[i].region == region)
            is_allowed &= kinds[region] == BULK && references_to(i, true) == 0;
    status = acre_region_reset(engine, region_numbers[region]);
    agree(status == (is_allowed ? ACRE_OK : ACRE_HELD));
    if (!is_allowed)
        return;
    for (int i = 0; i < MOST_OBJECTS; i++)
        if (rows[i].region == region)
            rows[i].serial = 0;
    bury_the_dead();
}

/* What C variables or bulk regions do not reach, from scratch: rows are marked until none is new.
 */
static void bury_the_unreached(void)
{
    bool is_reached[MOST_OBJECTS] = {false};
    bool again = true;

    for (int i = 0; i < MOST_OBJECTS; i++)
        is_reached[i] = rows[i].serial != 0 && kinds[rows[i].region] == BULK;
    for (int i = 0; i < handle_count; i++)
        is_reached[handles[i].row] = true;
    while (again) {
        again = false;
        for (int i = 0; i < MOST_OBJECTS; i++)
            for (int s = 0; is_reached[i] && s < SLOTS; s++)
                if (rows[i].slots[s] >= 0 && !is_reached[rows[i].slots[s]])
                    again = is_reached[rows[i].slots[s]] = true;
    }
    for (int i = 0; i < MOST_OBJECTS; i++)
        if (!is_reached[i])
            rows[i].serial = 0;
}

static void collect(void)
{
    struct acre_explanation explanation;

    if (below(2) == 0)
        agree(acre_collect(engine, NULL) == ACRE_OK);
    else
        agree(acre_collect_explained(engine, &explanation) == ACRE_OK);
    bury_the_unreached();
}

/* Everything that can be asked. */
static void compare(void)
{
    uint64_t live = 0;

    for (int i = 0; i < MOST_OBJECTS; i++) {
        if (rows[i].serial == 0)
            continue;
        live++;
        agree(rows[i].thing->serial == rows[i].serial);
        /* In a bulk region the dead still hold, so the engine's count is the model's as well. */
        agree(acre_strong_count(&rows[i].thing->object) == references_to(i, false));
    }
    agree(acre_live_objects(engine) == live);
    for (int i = 0; i < WEAKS; i++) {
        bool is_alive = model_says_alive(&weaks[i]);

        agree(acre_weak_is_alive(engine, weaks[i].weak) == is_alive);
        agree(acre_watch_is_pending(engine, weaks[i].watch) == (weaks[i].is_watched && is_alive));
        agree(weaks[i].calls == (weaks[i].is_watched && !is_alive));
    }
}

/* Rings keep themselves alive: what the model still has is opened by hand. */
static void open_rings(void)
{
    for (int i = 0; i < MOST_OBJECTS; i++) {
        struct thing *thing = rows[i].thing;
        uint64_t serial = rows[i].serial;

        if (serial == 0)
            continue;
        acre_ref(engine, &thing->object);
        take_handle(i, thing);
        for (int s = 0; s < SLOTS; s++) {
            agree(acre_slot_set(engine, &thing->object, &thing->slots[s], NULL) == ACRE_OK);
            rows[i].slots[s] = -1;
        }
        bury_the_dead();
        handle_count--;
        acre_unref(engine, &thing);
        bury_the_dead();
    }
}

/* So that rings do not fill the tables, and resets are not refused for ever. */
static void end_generation(void)
{
    while (handle_count > 0)
        drop_reference();
    if (below(2) == 0)
        open_rings();
    for (int r = 1; r < REGIONS; r++)
        reset(r);
}

static void one_step(void)
{
    int choice = below(100);

    if (choice < 25)
        create();
    else if (choice < 32)
        add_reference();
    else if (choice < 55)
        drop_reference();
    else if (choice < 78)
        set_slot();
    else if (choice < 83)
        take_weak();
    else if (choice < 87)
        take_watch();
    else if (choice < 88)
        drop_watch();
    else if (choice < 92)
        upgrade();
    else if (choice < 98)
        reset(1 + below(REGIONS - 1));
    else if (choice == 98)
        end_generation();
    else if (has_collector && below(4) > 0)
        collect();
    else
        compare();
}

/* Configurations ------------------------------------------------------------------------------- */

enum memory { MALLOC, JEMALLOC, MIMALLOC, POOL, ARENA };

struct configuration {
    const char *name;
    enum memory pinned;
    enum memory iterations;
    enum region_kind first, second;
};

static const struct configuration configurations[] = {
    {"malloc", MALLOC, ARENA, NO_REGION, NO_REGION},
    {"jemalloc", JEMALLOC, ARENA, NO_REGION, NO_REGION},
    {"mimalloc", MIMALLOC, ARENA, NO_REGION, NO_REGION},
    {"pool", POOL, ARENA, NO_REGION, NO_REGION},
    {"malloc, arenas counted", MALLOC, ARENA, COUNTED, COUNTED},
    {"pool, arenas in bulk", POOL, ARENA, BULK, BULK},
    {"malloc, an arena counted and one in bulk", MALLOC, ARENA, COUNTED, BULK},
    {"jemalloc, pools in bulk and counted", JEMALLOC, POOL, BULK, COUNTED},
};

enum { CONFIGURATIONS = sizeof configurations / sizeof configurations[0] };

static struct acre_alloc *memory_of(enum memory memory, struct acre_alloc *pages)
{
    char why[256] = "out of memory";
    struct acre_alloc *alloc;

    switch (memory) {
    case MALLOC:
        alloc = acre_malloc_new();
        break;
    case JEMALLOC:
        alloc = acre_jemalloc_new(why, sizeof why);
        break;
    case MIMALLOC:
        alloc = acre_mimalloc_new(why, sizeof why);
        break;
    case POOL:
        alloc = acre_pool_new(pages);
        break;
    default:
        alloc = acre_arena_new(pages, NULL);
        break;
    }
    check(alloc != NULL, "%s", why);
    return alloc;
}

static void run(const struct configuration *configuration, uint64_t steps)
{
    const struct acre_engine_options options = {
        .collector = has_collector ? ACRE_COLLECTOR_MANUAL : ACRE_COLLECTOR_NONE,
    };
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *allocs[REGIONS];

    memset(rows, 0, sizeof rows);
    memset(weaks, 0, sizeof weaks);
    handle_count = 0;
    kinds[0] = COUNTED;
    kinds[1] = configuration->first;
    kinds[2] = configuration->second;
    allocs[0] = memory_of(configuration->pinned, pages);
    check(acre_engine_new(&engine, allocs[0], &options) == ACRE_OK, "no engine");
    check(acre_type_register(engine, &thing_type, &type_number) == ACRE_OK, "no type");
    for (int r = 1; r < REGIONS; r++) {
        allocs[r] = memory_of(configuration->iterations, pages);
        if (kinds[r] != NO_REGION)
            check(acre_region_new(engine, allocs[r],
                                  kinds[r] == BULK ? ACRE_REGION_BULK : ACRE_REGION_COUNTED,
                                  r == 1 ? "first" : "second", &region_numbers[r]) == ACRE_OK,
                  "%s", acre_error(engine));
    }

    acre_random_init(&random_state, seed, 0);
    for (step = 0; step < steps; step++)
        one_step();
    compare();
    while (handle_count > 0)
        drop_reference();
    if (has_collector)
        collect();
    open_rings(); /* with a collector: those that go through a bulk region */
    for (int r = 1; r < REGIONS; r++)
        reset(r);
    compare();
    agree(acre_live_objects(engine) == 0);
    agree(acre_watch_failures(engine) == 0);
    agree(acre_engine_destroy(engine) == 0);
    for (int r = REGIONS - 1; r >= 0; r--) {
        agree(acre_check(allocs[r]) == NULL);
        acre_destroy(allocs[r]);
    }
    acre_destroy(pages);
    printf("%s%s: %llu steps, %llu objects, seed %llu\n", configuration->name,
           has_collector ? ", collected" : "", (unsigned long long)steps,
           (unsigned long long)serials, (unsigned long long)seed);
    objects += serials;
    serials = 0;
}

int main(int argc, char **argv)
{
    uint64_t steps = acre_track_is_listening() ? 1000 : 100000;

    seed = 1;
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        steps = strtoull(argv[2], NULL, 10);
    for (size_t i = 0; i < 2 * CONFIGURATIONS; i++) {
        has_collector = i >= CONFIGURATIONS;
        run(&configurations[i % CONFIGURATIONS], steps);
    }
    printf("figure: %d configurations, %llu steps each, %llu objects, seed %llu\n",
           2 * (int)CONFIGURATIONS, (unsigned long long)steps, (unsigned long long)objects,
           (unsigned long long)seed);
    return 0;
}
