/* Backend: jemalloc through its non-standard API, loaded at run time. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc/backends.h"
#include "alloc/library.h"

struct jemalloc_api {
    void *(*mallocx)(size_t size, int flags);
    void (*sdallocx)(void *block, size_t size, int flags);
    size_t (*xallocx)(void *block, size_t size, size_t extra, int flags);
    size_t (*sallocx)(const void *block, int flags);
    size_t (*nallocx)(size_t size, int flags);
    int (*mallctl)(const char *name, void *old, size_t *old_bytes, void *new, size_t new_bytes);
};

struct jemalloc_backend {
    struct acre_alloc base;
    struct jemalloc_api api;
    void *library;
};

/* MALLOCX_LG_ALIGN(la) is la itself. Every block is 16-byte aligned anyway above 8 bytes, but the
 * flag must be the same at sdallocx, so it always follows from the layout. */
static int flags_of(struct acre_layout layout)
{
    return __builtin_ctz(layout.align);
}

static void *jemalloc_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    return ((struct jemalloc_backend *)self)->api.mallocx(layout.size, flags_of(layout));
}

static void jemalloc_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    ((struct jemalloc_backend *)self)->api.sdallocx(block, layout.size, flags_of(layout));
}

/*
 * xallocx returns the real size afterwards, changed or not. It is the wanted one only if the new
 * size belongs to that very class; anything else would break the sized free later.
 */
static bool jemalloc_resize(struct acre_alloc *self, void *block, struct acre_layout old,
                            size_t size)
{
    const struct jemalloc_api *api = &((struct jemalloc_backend *)self)->api;
    int flags = flags_of(old);

    return api->xallocx(block, size, 0, flags) == api->nallocx(size, flags);
}

static size_t jemalloc_usable_bytes(const struct acre_alloc *self, const void *block,
                                    struct acre_layout layout)
{
    return ((const struct jemalloc_backend *)self)->api.sallocx(block, flags_of(layout));
}

/* Statistics are a snapshot that writing the epoch renews. */
static size_t jemalloc_held_bytes(const struct acre_alloc *self)
{
    const struct jemalloc_api *api = &((const struct jemalloc_backend *)self)->api;
    uint64_t epoch = 1;
    size_t resident_bytes = 0;
    size_t bytes = sizeof epoch;

    api->mallctl("epoch", &epoch, &bytes, &epoch, sizeof epoch);
    bytes = sizeof resident_bytes;
    api->mallctl("stats.resident", &resident_bytes, &bytes, NULL, 0);
    return resident_bytes;
}

static void jemalloc_destroy(struct acre_alloc *self)
{
    free(self);
}

static const struct acre_alloc_ops jemalloc_ops = {
    .name = "jemalloc",
    .capabilities = ACRE_CAN_FREE | ACRE_CAN_RESIZE | ACRE_CAN_USABLE | ACRE_CAN_HELD,
    .allocate = jemalloc_allocate,
    .free = jemalloc_free,
    .destroy = jemalloc_destroy,
    .resize = jemalloc_resize,
    .usable_bytes = jemalloc_usable_bytes,
    .held_bytes = jemalloc_held_bytes,
};

struct acre_alloc *acre_jemalloc_new(char *why, size_t why_bytes)
{
    struct jemalloc_backend *backend = malloc(sizeof *backend);
    struct jemalloc_api *api = &backend->api;

    if (backend == NULL) {
        snprintf(why, why_bytes, "out of memory");
        return NULL;
    }
    *backend = (struct jemalloc_backend){.base = {.ops = &jemalloc_ops}};
    backend->library = acre_library_load("libjemalloc.so.2", "libjemalloc2",
                                         (const struct acre_symbol[]){{"mallocx", &api->mallocx},
                                                                      {"sdallocx", &api->sdallocx},
                                                                      {"xallocx", &api->xallocx},
                                                                      {"sallocx", &api->sallocx},
                                                                      {"nallocx", &api->nallocx},
                                                                      {"mallctl", &api->mallctl}},
                                         6, why, why_bytes);
    if (backend->library == NULL) {
        free(backend);
        return NULL;
    }
    return &backend->base;
}

const void *acre_jemalloc_symbol(const struct acre_alloc *self, const char **version)
{
    const struct jemalloc_backend *backend = (const struct jemalloc_backend *)self;
    size_t bytes = sizeof *version;

    *version = "?";
    backend->api.mallctl("version", (void *)version, &bytes, NULL, 0);
    return dlsym(backend->library, "mallocx");
}
