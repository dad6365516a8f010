/*
 * Backends: mimalloc, loaded at run time; and heaps of it that can be dropped at once.
 *
 * Reference: Leijen, Zorn, de Moura, Mimalloc: free list sharding in action (APLAS 2019).
 */
#include <stdio.h>
#include <stdlib.h>

#include "alloc/backends.h"
#include "alloc/library.h"
#include "alloc/malloc_like.h"

typedef struct mi_heap_s mi_heap; /* its own */

/* A page of blocks of one size, as its public header declares it: mi_heap_area_t. */
struct mi_area {
    void *blocks;
    size_t reserved;        /* bytes, the page's own */
    size_t committed;       /* of these: carved into blocks so far */
    size_t used;            /* blocks */
    size_t block_size;      /* usable */
    size_t full_block_size; /* with padding, of secure builds */
};

typedef bool mi_visit(const mi_heap *heap, const struct mi_area *area, void *block,
                      size_t block_size, void *context);

struct mimalloc_api {
    void (*process_info)(size_t *elapsed_ms, size_t *user_ms, size_t *system_ms,
                         size_t *current_rss, size_t *peak_rss, size_t *current_commit,
                         size_t *peak_commit, size_t *page_faults);
    int (*version)(void);
    mi_heap *(*heap_new)(void);
    void (*heap_destroy)(mi_heap *heap);
    void *(*heap_malloc)(mi_heap *heap, size_t size);
    void *(*heap_malloc_aligned)(mi_heap *heap, size_t size, size_t align);
    mi_heap *(*heap_get_default)(void);
    bool (*heap_visit_blocks)(const mi_heap *heap, bool all, mi_visit *visit, void *context);
    void (*stats_print_out)(void (*out)(const char *text, void *context), void *context);
};

struct mimalloc_backend {
    struct acre_malloc_like base; /* its sized forms of free ignore the size in a release build */
    struct mimalloc_api api;
    mi_heap *heap; /* of a heap; NULL: none since the reset */
};

static struct mimalloc_backend *load(const char *name, char *why, size_t why_bytes)
{
    struct mimalloc_backend *backend = calloc(1, sizeof *backend);
    struct acre_malloc_functions functions;
    struct mimalloc_api api;

    if (backend == NULL) {
        snprintf(why, why_bytes, "out of memory");
        return NULL;
    }
    if (!acre_library_load(
            "libmimalloc.so.2", "libmimalloc2.0",
            (const struct acre_symbol[]){{"mi_malloc", &functions.malloc},
                                         {"mi_posix_memalign", &functions.posix_memalign},
                                         {"mi_free", &functions.free},
                                         {"mi_usable_size", &functions.usable_size},
                                         {"mi_realloc", &functions.realloc},
                                         {"mi_process_info", &api.process_info},
                                         {"mi_version", &api.version},
                                         {"mi_heap_new", &api.heap_new},
                                         {"mi_heap_destroy", &api.heap_destroy},
                                         {"mi_heap_malloc", &api.heap_malloc},
                                         {"mi_heap_malloc_aligned", &api.heap_malloc_aligned},
                                         {"mi_heap_get_default", &api.heap_get_default},
                                         {"mi_heap_visit_blocks", &api.heap_visit_blocks},
                                         {"mi_stats_print_out", &api.stats_print_out}},
            14, why, why_bytes)) {
        free(backend);
        return NULL;
    }
    acre_malloc_like_init(&backend->base, name, &functions);
    backend->base.ops.capabilities |= ACRE_CAN_RESIZE;
    backend->base.ops.resize = acre_malloc_like_resize;
    backend->api = api;
    return backend;
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

struct acre_alloc *acre_mimalloc_new(char *why, size_t why_bytes)
{
    struct mimalloc_backend *backend = load("mimalloc", why, why_bytes);

    if (backend == NULL)
        return NULL;
    backend->base.ops.capabilities |= ACRE_CAN_HELD;
    backend->base.ops.held_bytes = mimalloc_held_bytes;
    return &backend->base.base;
}

/* Heaps ------------------------------------------------------------------------------------- */

/* Version 2 keeps what is free of a heap in the thread that made it: only that one allocates from
 * it, and destroys it. */

/* A reset cannot fail, so the next heap is made when something is wanted of it. */
static void *heap_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct mimalloc_backend *backend = (struct mimalloc_backend *)self;

    if (__builtin_expect(backend->heap == NULL, 0))
        backend->heap = backend->api.heap_new();
    if (backend->heap == NULL)
        return NULL;
    if (acre_malloc_aligns(layout)) /* the other takes 64 bytes for 40 */
        return backend->api.heap_malloc(backend->heap, layout.size);
    return backend->api.heap_malloc_aligned(backend->heap, layout.size, layout.align);
}

static void heap_reset(struct acre_alloc *self)
{
    struct mimalloc_backend *backend = (struct mimalloc_backend *)self;

    if (backend->heap != NULL)
        backend->api.heap_destroy(backend->heap);
    backend->heap = NULL;
}

static void heap_destroy(struct acre_alloc *self)
{
    heap_reset(self);
    free(self);
}

struct acre_alloc *acre_mimalloc_heap_new(char *why, size_t why_bytes)
{
    struct mimalloc_backend *backend = load("mimalloc-heap", why, why_bytes);

    if (backend == NULL)
        return NULL;
    backend->base.ops.capabilities |= ACRE_CAN_RESET;
    backend->base.ops.capabilities &= ~(unsigned)ACRE_CAN_REALLOCATE; /* of the default heap */
    backend->base.ops.threads = ACRE_THREADS_MAKER;
    backend->base.ops.allocate = heap_allocate;
    backend->base.ops.reset = heap_reset;
    backend->base.ops.destroy = heap_destroy;
    return &backend->base.base;
}

/* Where it is ------------------------------------------------------------------------------- */

struct areas {
    uint64_t used_bytes, committed_bytes; /* of pages that have a block in use */
    uint64_t empty_bytes;                 /* committed, of those that have none */
};

static bool add_area(const mi_heap *heap, const struct mi_area *area, void *block,
                     size_t block_size, void *context)
{
    struct areas *areas = context;

    (void)heap, (void)block, (void)block_size;
    areas->used_bytes += area->used * area->full_block_size;
    *(area->used > 0 ? &areas->committed_bytes : &areas->empty_bytes) += area->committed;
    return true;
}

static void add_heap(const struct acre_alloc *alloc, mi_heap *heap, struct areas *areas)
{
    if (heap != NULL)
        ((const struct mimalloc_backend *)alloc)
            ->api.heap_visit_blocks(heap, false, add_area, areas);
}

/* Its headers lie in the segments that hold the pages: nothing tells them apart from what is free
 * there. */
static void tell_waste(const struct acre_backend *backend, struct acre_waste *waste)
{
    const struct mimalloc_backend *pinned = (const struct mimalloc_backend *)backend->pinned;
    uint64_t held_bytes = acre_waste_figure(waste, "mi_process_info.current_commit",
                                            mimalloc_held_bytes(backend->pinned));
    struct areas areas = {0};

    add_heap(backend->pinned, pinned->api.heap_get_default(), &areas);
    for (size_t i = 0; i < ACRE_BACKEND_REGIONS && backend->regions[i] != NULL; i++)
        add_heap(backend->regions[i], ((struct mimalloc_backend *)backend->regions[i])->heap,
                 &areas);
    acre_waste_figure(waste, "areas.used", areas.used_bytes);
    acre_waste_figure(waste, "areas.committed", areas.committed_bytes);
    acre_waste_figure(waste, "areas.committed, of empty ones", areas.empty_bytes);
    acre_waste_set(waste, ACRE_WASTE_SLACK,
                   acre_waste_rest(areas.committed_bytes, areas.used_bytes),
                   "areas.committed - areas.used");
    acre_waste_set_unknown(waste, ACRE_WASTE_BOOKKEEPING,
                           "headers of segments are not told apart from what is kept free");
    acre_waste_set(waste, ACRE_WASTE_KEPT_FREE, acre_waste_rest(held_bytes, areas.committed_bytes),
                   "current_commit - areas.committed; headers of segments are in it");
    acre_waste_set(waste, ACRE_WASTE_HELD, held_bytes, "mi_process_info.current_commit");
}

static void put(const char *text, void *stream)
{
    fputs(text, stream);
}

static void write_report(const struct acre_backend *backend, FILE *stream)
{
    ((const struct mimalloc_backend *)backend->pinned)->api.stats_print_out(put, stream);
}

/* As backends ------------------------------------------------------------------------------- */

static bool open_mimalloc(struct acre_backend *backend, const struct acre_setting_value *values,
                          char *why, size_t why_bytes)
{
    const struct mimalloc_backend *pinned;
    char text[32];
    int version;

    (void)values;
    backend->pinned = acre_mimalloc_new(why, why_bytes);
    pinned = (const struct mimalloc_backend *)backend->pinned;
    if (pinned == NULL)
        return false;
    version = pinned->api.version(); /* 209: 2.0.9 */
    snprintf(text, sizeof text, "%d.%d.%d", version / 100, version / 10 % 10, version % 10);
    acre_identify(&backend->identity, acre_function_address(&pinned->base.functions.malloc), text);
    return true;
}

static bool open_mimalloc_heap(struct acre_backend *backend,
                               const struct acre_setting_value *values, char *why, size_t why_bytes)
{
    if (!open_mimalloc(backend, values, why, why_bytes))
        return false;
    for (size_t i = 0; i < ACRE_BACKEND_REGIONS; i++) {
        backend->regions[i] = acre_mimalloc_heap_new(why, why_bytes);
        if (backend->regions[i] == NULL)
            return false;
    }
    return true;
}

const struct acre_backend_kind acre_kind_mimalloc = {
    .name = "mimalloc",
    .about = "mimalloc, loaded at run time",
    .package = "libmimalloc2.0",
    .is_usual = true,
    .threads = ACRE_THREADS_ANY,
    .open = open_mimalloc,
    .tell_waste = tell_waste,
    .write_report = write_report,
    .report_suffix = "txt",
};

const struct acre_backend_kind acre_kind_mimalloc_heap = {
    .name = "mimalloc-heap",
    .about = "heaps of mimalloc for the iterations, dropped by mi_heap_destroy",
    .package = "libmimalloc2.0",
    .has_reset = true,
    .is_for_regions = true,
    .threads = ACRE_THREADS_MAKER,
    .open = open_mimalloc_heap,
    .tell_waste = tell_waste,
    .write_report = write_report,
    .report_suffix = "txt",
};
