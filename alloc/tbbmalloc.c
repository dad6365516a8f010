/* Backend: the scalable allocator of oneTBB, loaded at run time. */
#include <stdio.h>
#include <stdlib.h>

#include "alloc/backends.h"
#include "alloc/library.h"
#include "alloc/malloc_like.h"

struct acre_alloc *acre_tbbmalloc_new(char *why, size_t why_bytes)
{
    struct acre_malloc_like *backend = malloc(sizeof *backend);
    struct acre_malloc_functions functions;

    if (backend == NULL) {
        snprintf(why, why_bytes, "out of memory");
        return NULL;
    }
    if (!acre_library_load(
            "libtbbmalloc.so.2", "libtbbmalloc2",
            (const struct acre_symbol[]){{"scalable_malloc", &functions.malloc},
                                         {"scalable_posix_memalign", &functions.posix_memalign},
                                         {"scalable_free", &functions.free},
                                         {"scalable_msize", &functions.usable_size},
                                         {"scalable_realloc", &functions.realloc}},
            5, why, why_bytes)) {
        free(backend);
        return NULL;
    }
    acre_malloc_like_init(backend, "tbbmalloc", &functions);
    return &backend->base;
}

static bool open_tbbmalloc(struct acre_backend *backend, const struct acre_setting_value *values,
                           char *why, size_t why_bytes)
{
    const struct acre_malloc_like *pinned;

    (void)values;
    backend->pinned = acre_tbbmalloc_new(why, why_bytes);
    pinned = (const struct acre_malloc_like *)backend->pinned;
    if (pinned == NULL)
        return false;
    acre_identify(&backend->identity, acre_function_address(&pinned->functions.malloc), NULL);
    return true;
}

const struct acre_backend_kind acre_kind_tbbmalloc = {
    .name = "tbbmalloc",
    .about = "the scalable allocator of oneTBB, loaded at run time",
    .package = "libtbbmalloc2",
    .threads = ACRE_THREADS_ANY,
    .open = open_tbbmalloc,
};
