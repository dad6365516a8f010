/*
 * Backends: jemalloc through its non-standard API, loaded at run time; and arenas of it that can be
 * emptied at once.
 *
 * Reference: jemalloc(3), "The non-standard API" and "MALLCTL NAMESPACE".
 */
#include <stdio.h>
#include <stdlib.h>

#include "alloc/backends.h"
#include "alloc/library.h"
#include "alloc/track.h"

struct jemalloc_api {
    void *(*mallocx)(size_t size, int flags);
    void (*sdallocx)(void *block, size_t size, int flags);
    void *(*rallocx)(void *block, size_t size, int flags);
    size_t (*sallocx)(const void *block, int flags);
    size_t (*nallocx)(size_t size, int flags);
    int (*mallctl)(const char *name, void *old, size_t *old_bytes, void *new, size_t new_bytes);
    void (*stats_print)(void (*put)(void *context, const char *text), void *context,
                        const char *options);
};

/* `flags`: of every call; 0, or the arena and its cache. */
struct jemalloc_backend {
    struct acre_alloc base;
    struct jemalloc_api api;
    int flags;
    unsigned arena, cache; /* of an arena */
    /* Arenas that others of the same backend count, so that together they count no page twice. */
    unsigned others[ACRE_BACKEND_REGIONS];
    size_t other_count;
};

/* MALLOCX_LG_ALIGN(la) is la itself. Every block is 16-byte aligned anyway above 8 bytes, but the
 * flag must be the same at sdallocx, so it always follows from the layout. */
static int flags_of(const struct jemalloc_backend *backend, struct acre_layout layout)
{
    return backend->flags | __builtin_ctz(layout.align);
}

static void *jemalloc_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    const struct jemalloc_backend *backend = (const struct jemalloc_backend *)self;

    void *block = backend->api.mallocx(layout.size, flags_of(backend, layout));

    acre_track_taken(block, layout.size);
    return block;
}

static void jemalloc_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    const struct jemalloc_backend *backend = (const struct jemalloc_backend *)self;

    acre_track_freed(block, layout.size);
    backend->api.sdallocx(block, layout.size, flags_of(backend, layout));
}

/*
 * Within the block's class, whose other sizes its sized free takes as well. xallocx would do more:
 * move the end of a large block where the pages behind it are free. But whether they are is decided
 * by the clock, as unused pages decay, and then no two runs make the same calls.
 */
static bool jemalloc_resize(struct acre_alloc *self, void *block, struct acre_layout old,
                            size_t size)
{
    const struct jemalloc_backend *backend = (const struct jemalloc_backend *)self;
    int flags = flags_of(backend, old);

    if (backend->api.nallocx(size, flags) != backend->api.sallocx(block, flags))
        return false;
    acre_track_freed(block, old.size);
    acre_track_taken(block, size);
    return true;
}

static void *jemalloc_reallocate(struct acre_alloc *self, void *block, struct acre_layout old,
                                 size_t size)
{
    const struct jemalloc_backend *backend = (const struct jemalloc_backend *)self;
    void *moved;

    acre_track_freed(block, old.size);
    moved = backend->api.rallocx(block, size, flags_of(backend, old));
    acre_track_taken(moved != NULL ? moved : block, moved != NULL ? size : old.size);
    return moved;
}

static size_t jemalloc_usable_bytes(const struct acre_alloc *self, const void *block,
                                    struct acre_layout layout)
{
    const struct jemalloc_backend *backend = (const struct jemalloc_backend *)self;

    return backend->api.sallocx(block, flags_of(backend, layout));
}

/* Statistics are a snapshot that writing the epoch renews. */
static void renew_statistics(const struct jemalloc_api *api)
{
    uint64_t epoch = 1;
    size_t bytes = sizeof epoch;

    api->mallctl("epoch", &epoch, &bytes, &epoch, sizeof epoch);
}

/* As it was last renewed. */
static size_t read_statistic(const struct jemalloc_api *api, const char *name)
{
    size_t value = 0;
    size_t bytes = sizeof value;

    api->mallctl(name, &value, &bytes, NULL, 0);
    return value;
}

static size_t resident_of_arena(const struct jemalloc_api *api, unsigned arena)
{
    char name[64];

    snprintf(name, sizeof name, "stats.arenas.%u.resident", arena);
    return read_statistic(api, name);
}

static size_t jemalloc_held_bytes(const struct acre_alloc *self)
{
    const struct jemalloc_backend *backend = (const struct jemalloc_backend *)self;
    size_t bytes;

    renew_statistics(&backend->api);
    bytes = read_statistic(&backend->api, "stats.resident");
    for (size_t i = 0; i < backend->other_count; i++)
        bytes -= resident_of_arena(&backend->api, backend->others[i]);
    return bytes;
}

static void jemalloc_destroy(struct acre_alloc *self)
{
    free(self);
}

static const struct acre_alloc_ops jemalloc_ops = {
    .name = "jemalloc",
    .capabilities =
        ACRE_CAN_FREE | ACRE_CAN_RESIZE | ACRE_CAN_USABLE | ACRE_CAN_HELD | ACRE_CAN_REALLOCATE,
    .threads = ACRE_THREADS_ANY,
    .allocate = jemalloc_allocate,
    .free = jemalloc_free,
    .destroy = jemalloc_destroy,
    .resize = jemalloc_resize,
    .reallocate = jemalloc_reallocate,
    .usable_bytes = jemalloc_usable_bytes,
    .held_bytes = jemalloc_held_bytes,
};

static struct jemalloc_backend *load(const struct acre_alloc_ops *ops, char *why, size_t why_bytes)
{
    struct jemalloc_backend *backend = malloc(sizeof *backend);
    struct jemalloc_api *api;

    if (backend == NULL) {
        snprintf(why, why_bytes, "out of memory");
        return NULL;
    }
    *backend = (struct jemalloc_backend){.base = {.ops = ops}};
    api = &backend->api;
    if (acre_library_load("libjemalloc.so.2", "libjemalloc2",
                          (const struct acre_symbol[]){{"mallocx", &api->mallocx},
                                                       {"sdallocx", &api->sdallocx},
                                                       {"rallocx", &api->rallocx},
                                                       {"sallocx", &api->sallocx},
                                                       {"nallocx", &api->nallocx},
                                                       {"mallctl", &api->mallctl},
                                                       {"malloc_stats_print", &api->stats_print}},
                          7, why, why_bytes))
        return backend;
    free(backend);
    return NULL;
}

struct acre_alloc *acre_jemalloc_new(char *why, size_t why_bytes)
{
    struct jemalloc_backend *backend = load(&jemalloc_ops, why, why_bytes);

    return backend != NULL ? &backend->base : NULL;
}

/* Arenas ------------------------------------------------------------------------------------ */

/* The control of one arena: arena.<i>.NAME */
static int control_arena(const struct jemalloc_backend *backend, const char *name)
{
    char path[64];

    snprintf(path, sizeof path, "arena.%u.%s", backend->arena, name);
    return backend->api.mallctl(path, NULL, NULL, NULL, 0);
}

/* What is in the cache belongs to the arena's blocks: it has to be empty before. */
static void jemalloc_arena_reset(struct acre_alloc *self)
{
    const struct jemalloc_backend *backend = (const struct jemalloc_backend *)self;
    unsigned cache = backend->cache;

    backend->api.mallctl("tcache.flush", NULL, NULL, &cache, sizeof cache);
    control_arena(backend, "reset");
}

static size_t jemalloc_arena_held_bytes(const struct acre_alloc *self)
{
    const struct jemalloc_backend *backend = (const struct jemalloc_backend *)self;

    renew_statistics(&backend->api);
    return resident_of_arena(&backend->api, backend->arena);
}

/* Its pages go back, and its number may be given out again. */
static void jemalloc_arena_destroy(struct acre_alloc *self)
{
    const struct jemalloc_backend *backend = (const struct jemalloc_backend *)self;
    unsigned cache = backend->cache;

    backend->api.mallctl("tcache.destroy", NULL, NULL, &cache, sizeof cache);
    control_arena(backend, "destroy");
    free(self);
}

/* Its arena has locks, its cache has none: "each explicit cache can be used by only one thread at a
 * time" (jemalloc(3), tcache.create). */
static const struct acre_alloc_ops jemalloc_arena_ops = {
    .name = "jemalloc-arena",
    .capabilities = ACRE_CAN_FREE | ACRE_CAN_RESET | ACRE_CAN_RESIZE | ACRE_CAN_USABLE |
                    ACRE_CAN_HELD | ACRE_CAN_REALLOCATE,
    .threads = ACRE_THREADS_IN_TURN,
    .allocate = jemalloc_allocate,
    .free = jemalloc_free,
    .destroy = jemalloc_arena_destroy,
    .resize = jemalloc_resize,
    .reallocate = jemalloc_reallocate,
    .reset = jemalloc_arena_reset,
    .usable_bytes = jemalloc_usable_bytes,
    .held_bytes = jemalloc_arena_held_bytes,
};

/* The flags of mallocx for an arena and for an explicit cache (jemalloc.h: MALLOCX_ARENA,
 * MALLOCX_TCACHE): their numbers, moved so that 0 stands for none of them. */
static int flags_of_arena(unsigned arena, unsigned cache)
{
    return (int)((arena + 1) << 20 | (cache + 2) << 8);
}

struct acre_alloc *acre_jemalloc_arena_new(char *why, size_t why_bytes)
{
    struct jemalloc_backend *backend = load(&jemalloc_arena_ops, why, why_bytes);
    size_t bytes = sizeof backend->arena;

    if (backend == NULL)
        return NULL;
    if (backend->api.mallctl("arenas.create", &backend->arena, &bytes, NULL, 0) != 0) {
        snprintf(why, why_bytes, "jemalloc makes no arena");
    } else if (backend->api.mallctl("tcache.create", &backend->cache, &bytes, NULL, 0) != 0) {
        snprintf(why, why_bytes, "jemalloc makes no cache");
        control_arena(backend, "destroy");
    } else {
        backend->flags = flags_of_arena(backend->arena, backend->cache);
        return &backend->base;
    }
    free(backend);
    return NULL;
}

/* Where it is ------------------------------------------------------------------------------- */

/* MALLCTL_ARENAS_ALL: all arenas together, those of regions as well. */
#define ALL_ARENAS "stats.arenas.4096."

static uint64_t figure(struct acre_waste *waste, const struct jemalloc_api *api, const char *name)
{
    return acre_waste_figure(waste, name, read_statistic(api, name));
}

/*
 * All of the library, which nobody else in the process uses. What is allocated has blocks in caches
 * and the library's own in it; resident is active + dirty pages + the pages of its base, and that
 * is where the sum comes from.
 */
static void tell_waste(const struct acre_backend *backend, struct acre_waste *waste)
{
    const struct jemalloc_api *api = &((const struct jemalloc_backend *)backend->pinned)->api;
    uint64_t allocated_bytes, active_bytes, resident_bytes, dirty_bytes, internal_bytes;
    uint64_t cached_bytes;

    renew_statistics(api);
    allocated_bytes = figure(waste, api, "stats.allocated");
    active_bytes = figure(waste, api, "stats.active");
    resident_bytes = figure(waste, api, "stats.resident");
    figure(waste, api, "stats.metadata");
    figure(waste, api, "stats.mapped");
    figure(waste, api, "stats.retained");
    internal_bytes = figure(waste, api, ALL_ARENAS "internal");
    cached_bytes = figure(waste, api, ALL_ARENAS "tcache_bytes");
    dirty_bytes = figure(waste, api, ALL_ARENAS "pdirty") * figure(waste, api, "arenas.page");
    figure(waste, api, ALL_ARENAS "pmuzzy");
    acre_waste_set(waste, ACRE_WASTE_SLACK, acre_waste_rest(active_bytes, allocated_bytes),
                   "stats.active - stats.allocated");
    acre_waste_set(waste, ACRE_WASTE_BOOKKEEPING,
                   acre_waste_rest(resident_bytes, active_bytes + dirty_bytes) + internal_bytes,
                   "stats.resident - stats.active - dirty pages + internal");
    acre_waste_set(waste, ACRE_WASTE_KEPT_FREE, dirty_bytes + cached_bytes,
                   "dirty pages + tcache_bytes");
    acre_waste_set(waste, ACRE_WASTE_HELD, resident_bytes, "stats.resident");
}

static void put(void *stream, const char *text)
{
    fputs(text, stream);
}

static void write_report(const struct acre_backend *backend, FILE *stream)
{
    ((const struct jemalloc_backend *)backend->pinned)->api.stats_print(put, stream, "J");
}

/* As backends ------------------------------------------------------------------------------- */

enum { DIRTY_DECAY, MUZZY_DECAY, SETTINGS };

static const struct acre_setting settings[SETTINGS] = {
    [DIRTY_DECAY] = {"dirty_decay_ms", ACRE_SETTING_NUMBER, -1, INT32_MAX,
                     "until unused dirty pages go back; -1: never"},
    [MUZZY_DECAY] = {"muzzy_decay_ms", ACRE_SETTING_NUMBER, -1, INT32_MAX,
                     "the same of pages that the kernel may take; -1: never"},
};

static unsigned arena_count(const struct jemalloc_api *api)
{
    unsigned count = 0;
    size_t bytes = sizeof count;

    api->mallctl("arenas.narenas", &count, &bytes, NULL, 0);
    return count;
}

/* Of the arenas to come, and of those that are there. */
static bool set_decay(const struct jemalloc_backend *backend, const char *name,
                      const struct acre_setting_value *value)
{
    ssize_t decay_ms = (ssize_t)value->number;
    char path[64];

    if (!value->is_set)
        return true;
    snprintf(path, sizeof path, "arenas.%s", name);
    if (backend->api.mallctl(path, NULL, NULL, &decay_ms, sizeof decay_ms) != 0)
        return false;
    for (unsigned arena = 0; arena < arena_count(&backend->api); arena++) {
        snprintf(path, sizeof path, "arena.%u.%s", arena, name);
        backend->api.mallctl(path, NULL, NULL, &decay_ms, sizeof decay_ms); /* if it is there */
    }
    return true;
}

static bool open_jemalloc(struct acre_backend *backend, const struct acre_setting_value *values,
                          char *why, size_t why_bytes)
{
    const struct jemalloc_backend *pinned;
    const char *version = "?";
    size_t bytes = sizeof version;

    backend->pinned = acre_jemalloc_new(why, why_bytes);
    pinned = (const struct jemalloc_backend *)backend->pinned;
    if (pinned == NULL)
        return false;
    if (!set_decay(pinned, "dirty_decay_ms", &values[DIRTY_DECAY]) ||
        !set_decay(pinned, "muzzy_decay_ms", &values[MUZZY_DECAY])) {
        snprintf(why, why_bytes, "jemalloc refuses the settings");
        return false;
    }
    pinned->api.mallctl("version", (void *)&version, &bytes, NULL, 0);
    acre_identify(&backend->identity, acre_function_address(&pinned->api.mallocx), version);
    return true;
}

static bool open_jemalloc_arena(struct acre_backend *backend,
                                const struct acre_setting_value *values, char *why,
                                size_t why_bytes)
{
    struct jemalloc_backend *pinned;

    if (!open_jemalloc(backend, values, why, why_bytes))
        return false;
    pinned = (struct jemalloc_backend *)backend->pinned;
    for (size_t i = 0; i < ACRE_BACKEND_REGIONS; i++) {
        backend->regions[i] = acre_jemalloc_arena_new(why, why_bytes);
        if (backend->regions[i] == NULL)
            return false;
        pinned->others[pinned->other_count++] =
            ((const struct jemalloc_backend *)backend->regions[i])->arena;
    }
    return true;
}

const struct acre_backend_kind acre_kind_jemalloc = {
    .name = "jemalloc",
    .about = "jemalloc, loaded at run time",
    .package = "libjemalloc2",
    .is_usual = true,
    .threads = ACRE_THREADS_ANY,
    .settings = settings,
    .setting_count = SETTINGS,
    .open = open_jemalloc,
    .tell_waste = tell_waste,
    .write_report = write_report,
    .report_suffix = "json",
};

const struct acre_backend_kind acre_kind_jemalloc_arena = {
    .name = "jemalloc-arena",
    .about = "arenas of jemalloc for the iterations, emptied by arena.<i>.reset",
    .package = "libjemalloc2",
    .has_reset = true,
    .is_for_regions = true,
    .threads = ACRE_THREADS_IN_TURN,
    .settings = settings,
    .setting_count = SETTINGS,
    .open = open_jemalloc_arena,
    .tell_waste = tell_waste,
    .write_report = write_report,
    .report_suffix = "json",
};
