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
#include "alloc/registry.h"

enum { CHUNK, GROW, LIMIT, HUGE_PAGES, SMALL_PAGES, SETTINGS };

static const struct acre_setting settings[SETTINGS] = {
    [CHUNK] = {"chunk", ACRE_SETTING_BYTES, 16 << 10, 1 << 30,
               "bytes of the first chunk of a region; 1M, with hugepages 2M"},
    [GROW] = {"grow", ACRE_SETTING_BYTES, 16 << 10, 1 << 30,
              "chunks double up to so many bytes; 32M"},
    [LIMIT] = {"limit", ACRE_SETTING_BYTES, 16 << 10, INT64_C(1) << 40,
               "bytes that each region holds at most"},
    [HUGE_PAGES] = {"hugepages", ACRE_SETTING_FLAG, 0, 0,
                    "2 MiB pages from the first chunk on; else for what has 2 MiB or more"},
    [SMALL_PAGES] = {"smallpages", ACRE_SETTING_FLAG, 0, 0, "never 2 MiB pages"},
};

/* In waste: given is what the ledger calls live, what is on lists, and slack: padding, and in
 * arenas the dead that wait for the reset. */
static void tell_use(struct acre_waste *waste, const struct acre_region_use *use)
{
    uint64_t live_bytes = waste->live.usable_bytes;

    acre_waste_figure(waste, "chunks and tables", use->held_bytes);
    acre_waste_figure(waste, "headers and tables", use->header_bytes);
    acre_waste_figure(waste, "given", use->given_bytes);
    acre_waste_figure(waste, "on free lists", use->listed_bytes);
    acre_waste_figure(waste, "ends of full chunks", use->end_bytes);
    acre_waste_figure(waste, "room", use->room_bytes);
    acre_waste_set(waste, ACRE_WASTE_SLACK,
                   acre_waste_rest(use->given_bytes, use->listed_bytes + live_bytes) +
                       use->end_bytes,
                   "given - on free lists - usable + ends of full chunks");
    acre_waste_set(waste, ACRE_WASTE_BOOKKEEPING, use->header_bytes, "headers and tables");
    acre_waste_set(waste, ACRE_WASTE_KEPT_FREE, use->room_bytes + use->listed_bytes,
                   "room + on free lists");
    acre_waste_set(waste, ACRE_WASTE_HELD, use->held_bytes, "chunks and tables");
}

/* The arena backend's regions are arenas; all else are pools. */
static void add_region(const struct acre_backend *backend, size_t index,
                       struct acre_region_use *use)
{
    if (backend->kind == &acre_kind_arena)
        acre_arena_use(backend->regions[index], use);
    else
        acre_pool_use(backend->regions[index], use);
}

static void tell_waste(const struct acre_backend *backend, struct acre_waste *waste)
{
    struct acre_region_use use = {0};

    acre_pool_use(backend->pinned, &use);
    for (size_t i = 0; i < ACRE_BACKEND_REGIONS; i++)
        add_region(backend, i, &use);
    tell_use(waste, &use);
}

static void write_use(FILE *stream, const char *name, const struct acre_region_use *use)
{
    fprintf(stream,
            "%s: held %zu, headers and tables %zu, given %zu, on free lists %zu, "
            "ends of full chunks %zu, room %zu\n",
            name, use->held_bytes, use->header_bytes, use->given_bytes, use->listed_bytes,
            use->end_bytes, use->room_bytes);
}

static void write_report(const struct acre_backend *backend, FILE *stream)
{
    struct acre_region_use pinned = {0};

    acre_pool_use(backend->pinned, &pinned);
    write_use(stream, "pinned", &pinned);
    for (size_t i = 0; i < ACRE_BACKEND_REGIONS; i++) {
        struct acre_region_use use = {0};

        add_region(backend, i, &use);
        write_use(stream, i == 0 ? "region 0" : "region 1", &use);
    }
}

typedef struct acre_alloc *new_region(struct acre_alloc *below,
                                      const struct acre_arena_options *options);

/* The layer below region number `index`, which keeps what an arena's reset drops for a guard. */
static struct acre_alloc *below_region(struct acre_backend *backend, size_t index,
                                       new_region *make_region)
{
    if (backend->retired_resets == 0 || make_region != acre_arena_new)
        return backend->pages;
    backend->retiring[index] = acre_retire_new(backend->pages, backend->retired_resets);
    return backend->retiring[index];
}

static bool open_stack(struct acre_backend *backend, const struct acre_setting_value *values,
                       new_region *make_pinned, new_region *make_region, char *why,
                       size_t why_bytes)
{
    struct acre_arena_options options = {
        .chunk_bytes = values[CHUNK].is_set        ? (size_t)values[CHUNK].number
                       : values[HUGE_PAGES].is_set ? ACRE_HUGE_PAGE_BYTES
                                                   : 0,
        .largest_chunk_bytes = values[GROW].is_set ? (size_t)values[GROW].number : 0,
        .limit_bytes = (size_t)values[LIMIT].number,
    };
    bool complete;

    if (values[HUGE_PAGES].is_set && values[SMALL_PAGES].is_set) {
        snprintf(why, why_bytes, "settings 'hugepages' and 'smallpages' exclude each other");
        return false;
    }

    acre_identify(&backend->identity, NULL, "acre " ACRE_VERSION);
    backend->pages = values[SMALL_PAGES].is_set ? acre_pages_new() : acre_huge_pages_new();
    if (backend->pages != NULL)
        backend->pinned = make_pinned(backend->pages, &options);
    complete = backend->pinned != NULL;
    for (size_t i = 0; complete && i < ACRE_BACKEND_REGIONS; i++) {
        struct acre_alloc *below = below_region(backend, i, make_region);

        backend->regions[i] = below != NULL ? make_region(below, &options) : NULL;
        complete = backend->regions[i] != NULL;
        if (make_region == acre_arena_new && backend->retired_resets == 0)
            options.beside = backend->regions[0];
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
    .tell_waste = tell_waste,
    .write_report = write_report,
    .report_suffix = "txt",
};

const struct acre_backend_kind acre_kind_pool = {
    .name = "pool",
    .about = "free lists by size class over bumped chunks",
    .has_reset = true,
    .threads = ACRE_THREADS_IN_TURN,
    .settings = settings,
    .setting_count = SETTINGS,
    .open = open_pool,
    .tell_waste = tell_waste,
    .write_report = write_report,
    .report_suffix = "txt",
};

const struct acre_backend_kind acre_kind_reap = {
    .name = "reap",
    .about = "bump regions that turn into pools at the first free",
    .has_reset = true,
    .threads = ACRE_THREADS_IN_TURN,
    .settings = settings,
    .setting_count = SETTINGS,
    .open = open_reap,
    .tell_waste = tell_waste,
    .write_report = write_report,
    .report_suffix = "txt",
};
