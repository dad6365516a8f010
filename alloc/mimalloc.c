/* Backend: mimalloc, loaded at run time. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc/backends.h"
#include "alloc/library.h"

struct mimalloc_api {
    void *(*malloc)(size_t size);
    void *(*malloc_aligned)(size_t size, size_t align);
    void (*free)(void *block);
    size_t (*usable_size)(const void *block);
    void (*process_info)(size_t *elapsed_ms, size_t *user_ms, size_t *system_ms,
                         size_t *current_rss, size_t *peak_rss, size_t *current_commit,
                         size_t *peak_commit, size_t *page_faults);
    int (*version)(void);
};

struct mimalloc_backend {
    struct acre_alloc base;
    struct mimalloc_api api;
    void *library;
    char version[32];
};

/* Blocks of more than 8 bytes begin at multiples of 16, as malloc's do. */
static bool is_aligned_anyway(struct acre_layout layout)
{
    return layout.align <= 8 || (layout.align == 16 && layout.size > 8);
}

static void *mimalloc_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    const struct mimalloc_api *api = &((struct mimalloc_backend *)self)->api;

    return is_aligned_anyway(layout) ? api->malloc(layout.size)
                                     : api->malloc_aligned(layout.size, layout.align);
}

/* Its sized forms of free ignore the size in a release build. */
static void mimalloc_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    (void)layout;
    ((struct mimalloc_backend *)self)->api.free(block);
}

static size_t mimalloc_usable_bytes(const struct acre_alloc *self, const void *block,
                                    struct acre_layout layout)
{
    (void)layout;
    return ((const struct mimalloc_backend *)self)->api.usable_size(block);
}

/* Where a block has room, and the half of it or more is used: its own realloc's rule. */
static bool mimalloc_resize(struct acre_alloc *self, void *block, struct acre_layout old,
                            size_t size)
{
    size_t usable_bytes = mimalloc_usable_bytes(self, block, old);

    return size <= usable_bytes && size >= usable_bytes / 2;
}

static size_t mimalloc_held_bytes(const struct acre_alloc *self)
{
    size_t elapsed_ms, user_ms, system_ms, current_rss, peak_rss, current_commit, peak_commit,
        page_faults;

    ((const struct mimalloc_backend *)self)
        ->api.process_info(&elapsed_ms, &user_ms, &system_ms, &current_rss, &peak_rss,
                           &current_commit, &peak_commit, &page_faults);
    return current_commit;
}

static void mimalloc_destroy(struct acre_alloc *self)
{
    free(self);
}

static const struct acre_alloc_ops mimalloc_ops = {
    .name = "mimalloc",
    .capabilities = ACRE_CAN_FREE | ACRE_CAN_RESIZE | ACRE_CAN_USABLE | ACRE_CAN_HELD,
    .allocate = mimalloc_allocate,
    .free = mimalloc_free,
    .destroy = mimalloc_destroy,
    .resize = mimalloc_resize,
    .usable_bytes = mimalloc_usable_bytes,
    .held_bytes = mimalloc_held_bytes,
};

struct acre_alloc *acre_mimalloc_new(char *why, size_t why_bytes)
{
    struct mimalloc_backend *backend = malloc(sizeof *backend);
    struct mimalloc_api *api = &backend->api;
    int version;

    if (backend == NULL) {
        snprintf(why, why_bytes, "out of memory");
        return NULL;
    }
    *backend = (struct mimalloc_backend){.base = {.ops = &mimalloc_ops}};
    backend->library =
        acre_library_load("libmimalloc.so.2", "libmimalloc2.0",
                          (const struct acre_symbol[]){{"mi_malloc", &api->malloc},
                                                       {"mi_malloc_aligned", &api->malloc_aligned},
                                                       {"mi_free", &api->free},
                                                       {"mi_usable_size", &api->usable_size},
                                                       {"mi_process_info", &api->process_info},
                                                       {"mi_version", &api->version}},
                          6, why, why_bytes);
    if (backend->library == NULL) {
        free(backend);
        return NULL;
    }
    version = api->version(); /* 209: 2.0.9 */
    snprintf(backend->version, sizeof backend->version, "%d.%d.%d", version / 100,
             version / 10 % 10, version % 10);
    return &backend->base;
}

const void *acre_mimalloc_symbol(const struct acre_alloc *self, const char **version)
{
    const struct mimalloc_backend *backend = (const struct mimalloc_backend *)self;

    *version = backend->version;
    return dlsym(backend->library, "mi_malloc");
}
