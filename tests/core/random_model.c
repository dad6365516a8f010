/*
 * random_model [SEED [OPERATIONS [SEEDS]]]: random programs on objects, references, weak
 * references, watches, copies and resets, held against the model of model.h. The steps are in
 * model_steps.h.
 *
 * Every configuration runs OPERATIONS (100,000; 1,000 under a checker) steps, for SEEDS seeds from
 * SEED on (one). A failure prints the seed that repeats it.
 */
#include "alloc/backends.h"
#include "alloc/track.h"
#include "core/model_steps.h"

/* Configurations ------------------------------------------------------------------------------- */

enum memory { MALLOC, JEMALLOC, MIMALLOC, POOL, ARENA };

struct configuration {
    const char *name;
    enum memory pinned;
    enum memory iterations;
    enum region_kind first, second, child;
};

static const struct configuration configurations[] = {
    {"malloc", MALLOC, ARENA, NO_REGION, NO_REGION, NO_REGION},
    {"jemalloc", JEMALLOC, ARENA, NO_REGION, NO_REGION, NO_REGION},
    {"mimalloc", MIMALLOC, ARENA, NO_REGION, NO_REGION, NO_REGION},
    {"pool", POOL, ARENA, NO_REGION, NO_REGION, NO_REGION},
    {"malloc, arenas counted", MALLOC, ARENA, COUNTED, COUNTED, COUNTED},
    {"pool, arenas in bulk", POOL, ARENA, BULK, BULK, BULK},
    {"malloc, an arena counted and one in bulk", MALLOC, ARENA, COUNTED, BULK, NO_REGION},
    {"jemalloc, pools in bulk and counted", JEMALLOC, POOL, BULK, COUNTED, COUNTED},
    {"malloc, bulk inside of counted", MALLOC, ARENA, COUNTED, BULK, BULK},
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
        alloc = acre_pool_new(pages, NULL);
        break;
    default:
        alloc = acre_arena_new(pages, NULL);
        break;
    }
    check(alloc != NULL, "%s", why);
    return alloc;
}

static void open_region(int region, struct acre_alloc *alloc)
{
    static const char *const called[REGIONS] = {"pinned", "first", "second", "child", "lasting"};
    enum acre_region_mode mode = region == LASTING       ? ACRE_REGION_LASTING
                                 : kinds[region] == BULK ? ACRE_REGION_BULK
                                                         : ACRE_REGION_COUNTED;
    uint32_t parent = region == CHILD ? region_numbers[FIRST] : ACRE_REGION_PINNED;

    region_numbers[region] = 0;
    if (kinds[region] != NO_REGION)
        check(acre_region_new_in(engine, parent, alloc, mode, called[region],
                                 &region_numbers[region]) == ACRE_OK,
              "%s", acre_error(engine));
}

static void open_world(const struct configuration *configuration, struct acre_alloc *pages,
                       struct acre_alloc **allocs)
{
    const struct acre_engine_options options = {
        .collector = has_collector ? ACRE_COLLECTOR_MANUAL : ACRE_COLLECTOR_NONE,
    };
    const enum region_kind wanted[REGIONS] = {COUNTED, configuration->first, configuration->second,
                                              configuration->child, COUNTED};

    memset(rows, 0, sizeof rows);
    memset(weaks, 0, sizeof weaks);
    memset(named_rows, -1, sizeof named_rows);
    memcpy(kinds, wanted, sizeof kinds);
    handle_count = row_limit = 0;
    serials = immortals = destructors_owed = destructors_run = 0;
    allocs[0] = memory_of(configuration->pinned, pages);
    check(acre_engine_new(&engine, allocs[0], &options) == ACRE_OK, "no engine");
    for (int i = 0; i < 2; i++)
        check(acre_type_register(engine, &thing_types[i], &type_numbers[i]) == ACRE_OK, "no type");
    for (int r = 1; r < REGIONS; r++) {
        allocs[r] = memory_of(r == LASTING ? POOL : configuration->iterations, pages);
        open_region(r, allocs[r]);
    }
}

static void close_world(struct acre_alloc *pages, struct acre_alloc **allocs)
{
    compare();
    drop_everything();
    if (has_collector)
        collect();
    open_rings(); /* with a collector: those that go through a bulk region */
    for (int r = CHILD; r > 0; r--)
        reset(r, false);
    compare();
    agree(acre_live_objects(engine) == immortals);
    agree(acre_watch_failures(engine) == 0);
    agree(acre_engine_destroy(engine) == 0);
    for (int r = REGIONS - 1; r >= 0; r--) {
        agree(acre_check(allocs[r]) == NULL);
        acre_destroy(allocs[r]);
    }
    acre_destroy(pages);
}

static void run(const struct configuration *configuration, uint64_t step_count)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *allocs[REGIONS];

    acre_random_init(&random_state, seed, 0);
    step = 0;
    open_world(configuration, pages, allocs);
    for (; step < step_count; step++)
        one_step();
    close_world(pages, allocs);
    objects += serials;
}

static uint64_t argument(int argc, char **argv, int place, uint64_t otherwise)
{
    return argc > place ? strtoull(argv[place], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    uint64_t first = argument(argc, argv, 1, 1);
    uint64_t step_count = argument(argc, argv, 2, acre_track_is_listening() ? 1000 : 100000);
    uint64_t seeds = argument(argc, argv, 3, 1);

    for (seed = first; seed < first + seeds; seed++)
        for (size_t i = 0; i < 2 * CONFIGURATIONS; i++) {
            has_collector = i >= CONFIGURATIONS;
            run(&configurations[i % CONFIGURATIONS], step_count);
        }
    printf("figure: %d configurations, %llu steps each, %llu objects (%llu of them copies), %llu "
           "resets (%llu detached holders), seeds %llu to %llu\n",
           2 * (int)CONFIGURATIONS, (unsigned long long)step_count, (unsigned long long)objects,
           (unsigned long long)objects_copied, (unsigned long long)resets_done,
           (unsigned long long)resets_that_detached, (unsigned long long)first,
           (unsigned long long)(first + seeds - 1));
    return 0;
}
