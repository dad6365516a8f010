/*
 * Backends of our own: arena, pool and reap, each with what is pinned beside its regions.
 *
 *    pinned   regions
 *    ┌──────┐ ┌───────┐ ┌───────┐
 *    │ pool │ │ arena │ │ arena │    or pools all three, or reaps
 *    └──────┴─┴───────┴─┴───────┘
 *    │ pages                    │
 *    └──────────────────────────┘
 */
#include <stdio.h>

#include "acre_config.h"
#include "alloc/backends.h"

enum { CHUNK, LIMIT, HUGE_PAGES, SETTINGS };

static const struct acre_setting settings[SETTINGS] = {
    [CHUNK] = {"chunk", ACRE_SETTING_BYTES, 16 << 10, 1 << 30,
               "bytes taken at once from the layer below; 1M, with hugepages 2M"},
    [LIMIT] = {"limit", ACRE_SETTING_BYTES, 16 << 10, INT64_C(1) << 40,
               "bytes that each region holds at most"},
    [HUGE_PAGES] = {"hugepages", ACRE_SETTING_FLAG, 0, 0, "2 MiB pages, where the kernel has them"},
};

typedef struct acre_alloc *new_region(struct acre_alloc *below,
                                      const struct acre_arena_options *options);

static bool open_stack(struct acre_backend *backend, const struct acre_setting_value *values,
                       new_region *make_pinned, new_region *make_region, char *why,
                       size_t why_bytes)
{
    const struct acre_arena_options options = {
        .chunk_bytes = values[CHUNK].is_set        ? (size_t)values[CHUNK].number
                       : values[HUGE_PAGES].is_set ? ACRE_HUGE_PAGE_BYTES
                                                   : 0,
        .limit_bytes = (size_t)values[LIMIT].number,
    };
    bool complete;

    acre_identify(&backend->identity, NULL, "acre " ACRE_VERSION);
    backend->pages = values[HUGE_PAGES].is_set ? acre_huge_pages_new() : acre_pages_new();
    if (backend->pages != NULL)
        backend->pinned = make_pinned(backend->pages, &options);
    complete = backend->pinned != NULL;
    for (size_t i = 0; complete && i < ACRE_BACKEND_REGIONS; i++) {
        backend->regions[i] = make_region(backend->pages, &options);
        complete = backend->regions[i] != NULL;
    }
    if (!complete)
        snprintf(why, why_bytes, "out of memory");
    return complete;
}

/* What outlives the iterations comes from a pool, since an arena cannot take single frees. */
static bool open_arena(struct acre_backend *backend, const struct acre_setting_value *values,
                       char *why, size_t why_bytes)
{
    return open_stack(backend, values, acre_pool_new, acre_arena_new, why, why_bytes);
}

static bool open_pool(struct acre_backend *backend, const struct acre_setting_value *values,
                      char *why, size_t why_bytes)
{
    return open_stack(backend, values, acre_pool_new, acre_pool_new, why, why_bytes);
}

static bool open_reap(struct acre_backend *backend, const struct acre_setting_value *values,
                      char *why, size_t why_bytes)
{
    return open_stack(backend, values, acre_reap_new, acre_reap_new, why, why_bytes);
}

const struct acre_backend_kind acre_kind_arena = {
    .name = "arena",
    .about = "bump regions for the iterations, a pool for what outlives them",
    .has_reset = true,
    .threads = ACRE_THREADS_IN_TURN,
    .is_for_regions = true,
    .is_usual = true,
    .settings = settings,
    .setting_count = SETTINGS,
    .open = open_arena,
};

const struct acre_backend_kind acre_kind_pool = {
    .name = "pool",
    .about = "free lists by size class over bumped chunks",
    .has_reset = true,
    .threads = ACRE_THREADS_IN_TURN,
    .settings = settings,
    .setting_count = SETTINGS,
    .open = open_pool,
};

const struct acre_backend_kind acre_kind_reap = {
    .name = "reap",
    .about = "bump regions that turn into pools at the first free",
    .has_reset = true,
    .threads = ACRE_THREADS_IN_TURN,
    .settings = settings,
    .setting_count = SETTINGS,
    .open = open_reap,
};
