/* Backend: tcmalloc (gperftools, the minimal library without its profilers), loaded at run time. */
#include <stdio.h>
#include <stdlib.h>

#include "alloc/backends.h"
#include "alloc/library.h"
#include "alloc/malloc_like.h"

struct tcmalloc_api {
    const char *(*version)(int *major, int *minor, const char **patch);
    int (*get_number)(const char *property, size_t *value);
    int (*set_number)(const char *property, size_t value);
    void (*release_free_memory)(void);
    void (*get_stats)(char *text, int text_bytes);
};

struct tcmalloc_backend {
    struct acre_malloc_like base;
    struct tcmalloc_api api;
};

static size_t number_of(const struct tcmalloc_backend *backend, const char *property)
{
    size_t value = 0;

    backend->api.get_number(property, &value);
    return value;
}

/* The heap and its own books, less what was given back to the system. */
static const char held_property[] = "generic.total_physical_bytes";

static size_t tcmalloc_held_bytes(const struct acre_alloc *self)
{
    return number_of((const struct tcmalloc_backend *)self, held_property);
}

static size_t tcmalloc_trim(struct acre_alloc *self)
{
    size_t before_bytes = tcmalloc_held_bytes(self);
    size_t after_bytes;

    ((struct tcmalloc_backend *)self)->api.release_free_memory();
    after_bytes = tcmalloc_held_bytes(self);
    return before_bytes > after_bytes ? before_bytes - after_bytes : 0;
}

struct acre_alloc *acre_tcmalloc_new(char *why, size_t why_bytes)
{
    struct tcmalloc_backend *backend = calloc(1, sizeof *backend);
    struct acre_malloc_functions functions;
    struct tcmalloc_api api;

    if (backend == NULL) {
        snprintf(why, why_bytes, "out of memory");
        return NULL;
    }
    if (!acre_library_load("libtcmalloc_minimal.so.4", "libtcmalloc-minimal4",
                           (const struct acre_symbol[]){
                               {"tc_malloc", &functions.malloc},
                               {"tc_posix_memalign", &functions.posix_memalign},
                               {"tc_free", &functions.free},
                               {"tc_malloc_size", &functions.usable_size},
                               {"tc_realloc", &functions.realloc},
                               {"tc_version", &api.version},
                               {"MallocExtension_GetNumericProperty", &api.get_number},
                               {"MallocExtension_SetNumericProperty", &api.set_number},
                               {"MallocExtension_ReleaseFreeMemory", &api.release_free_memory},
                               {"MallocExtension_GetStats", &api.get_stats}},
                           10, why, why_bytes)) {
        free(backend);
        return NULL;
    }
    acre_malloc_like_init(&backend->base, "tcmalloc", &functions);
    backend->base.ops.capabilities |= ACRE_CAN_RESIZE | ACRE_CAN_HELD | ACRE_CAN_TRIM;
    backend->base.ops.resize = acre_malloc_like_resize;
    backend->base.ops.held_bytes = tcmalloc_held_bytes;
    backend->base.ops.trim = tcmalloc_trim;
    backend->api = api;
    return &backend->base.base;
}

/* Where it is ------------------------------------------------------------------------------- */

static uint64_t figure(struct acre_waste *waste, const struct tcmalloc_backend *backend,
                       const char *property)
{
    return acre_waste_figure(waste, property, number_of(backend, property));
}

/* The property current_allocated_bytes is what is left of the heap when all lists are taken off. */
static void tell_waste(const struct acre_backend *backend, struct acre_waste *waste)
{
    const struct tcmalloc_backend *pinned = (const struct tcmalloc_backend *)backend->pinned;
    uint64_t heap_bytes = figure(waste, pinned, "generic.heap_size");
    uint64_t unmapped_bytes = figure(waste, pinned, "tcmalloc.pageheap_unmapped_bytes");
    uint64_t held_bytes = figure(waste, pinned, held_property);
    uint64_t kept_bytes = figure(waste, pinned, "tcmalloc.pageheap_free_bytes");

    kept_bytes += figure(waste, pinned, "tcmalloc.thread_cache_free_bytes");
    kept_bytes += figure(waste, pinned, "tcmalloc.transfer_cache_free_bytes");
    figure(waste, pinned, "generic.current_allocated_bytes");
    acre_waste_set(waste, ACRE_WASTE_SLACK,
                   figure(waste, pinned, "tcmalloc.central_cache_free_bytes"),
                   "central_cache_free_bytes");
    acre_waste_set(waste, ACRE_WASTE_BOOKKEEPING,
                   acre_waste_rest(held_bytes, heap_bytes - unmapped_bytes),
                   "total_physical_bytes - (heap_size - pageheap_unmapped_bytes)");
    acre_waste_set(waste, ACRE_WASTE_KEPT_FREE, kept_bytes,
                   "pageheap_free_bytes + thread_cache_free_bytes + transfer_cache_free_bytes");
    acre_waste_set(waste, ACRE_WASTE_HELD, held_bytes, held_property);
}

static void write_report(const struct acre_backend *backend, FILE *stream)
{
    char text[16 << 10]; /* it has about 2 KiB, and is cut where there is more */

    text[0] = '\0';
    ((const struct tcmalloc_backend *)backend->pinned)->api.get_stats(text, sizeof text);
    fputs(text, stream);
}

/* As a backend ------------------------------------------------------------------------------ */

enum { THREAD_CACHE, SETTINGS };

static const struct acre_setting settings[SETTINGS] = {
    [THREAD_CACHE] = {"thread_cache", ACRE_SETTING_BYTES, 512 << 10, INT64_C(1) << 30,
                      "bytes that the caches of all threads may keep"},
};

static bool open_tcmalloc(struct acre_backend *backend, const struct acre_setting_value *values,
                          char *why, size_t why_bytes)
{
    const struct tcmalloc_backend *pinned;
    const char *patch = "";
    char version[64];
    int major = 0, minor = 0;

    backend->pinned = acre_tcmalloc_new(why, why_bytes);
    pinned = (const struct tcmalloc_backend *)backend->pinned;
    if (pinned == NULL)
        return false;
    if (values[THREAD_CACHE].is_set &&
        !pinned->api.set_number("tcmalloc.max_total_thread_cache_bytes",
                                (size_t)values[THREAD_CACHE].number)) {
        snprintf(why, why_bytes, "tcmalloc refuses the settings");
        return false;
    }
    pinned->api.version(&major, &minor, &patch);
    snprintf(version, sizeof version, "%d.%d%s", major, minor, patch);
    acre_identify(&backend->identity, acre_function_address(&pinned->base.functions.malloc),
                  version);
    return true;
}

const struct acre_backend_kind acre_kind_tcmalloc = {
    .name = "tcmalloc",
    .about = "tcmalloc of gperftools, loaded at run time",
    .package = "libtcmalloc-minimal4",
    .threads = ACRE_THREADS_ANY,
    .settings = settings,
    .setting_count = SETTINGS,
    .open = open_tcmalloc,
    .tell_waste = tell_waste,
    .write_report = write_report,
    .report_suffix = "txt",
};
