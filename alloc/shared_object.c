/*
 * Backend: so:PATH, any shared library that exports malloc and free under these names. What else it
 * exports is used: realloc; posix_memalign, aligned_alloc or memalign, the first that is there, and
 * malloc_usable_size. Without any of the three, larger alignments are made here, from room in
 * front of the block:
 *
 *    ┌─ malloc's block ─ ─ ─┬───────────────────┬──────────────────
 *    │ room                 │ where it begins   │ block, aligned
 *    └─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┴───────────────────┴──────────────────
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "alloc/library.h"
#include "alloc/malloc_like.h"

struct shared_object {
    struct acre_malloc_like base;
    void *(*aligned)(size_t align, size_t size); /* aligned_alloc or memalign */
};

static void *allocate_with_room(struct acre_alloc *self, struct acre_layout layout)
{
    const struct acre_malloc_functions *functions = &((struct shared_object *)self)->base.functions;
    char *begin;
    char *block;

    if (acre_malloc_aligns(layout))
        return functions->malloc(layout.size);
    if (layout.size > (size_t)PTRDIFF_MAX - layout.align - sizeof begin)
        return NULL;
    begin = functions->malloc(layout.size + layout.align + sizeof begin);
    if (begin == NULL)
        return NULL;
    block = (char *)acre_align_up((size_t)begin + sizeof begin, layout.align);
    memcpy(block - sizeof begin, &begin, sizeof begin);
    return block;
}

static void free_with_room(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    void *begin = block;

    if (!acre_malloc_aligns(layout))
        memcpy(&begin, (char *)block - sizeof begin, sizeof begin);
    ((struct shared_object *)self)->base.functions.free(begin);
}

static void *allocate_aligned(struct acre_alloc *self, struct acre_layout layout)
{
    const struct shared_object *object = (struct shared_object *)self;

    if (acre_malloc_aligns(layout))
        return object->base.functions.malloc(layout.size);
    return object->aligned(layout.align, acre_align_up(layout.size, layout.align));
}

struct acre_alloc *acre_shared_object_new(const char *path, char *why, size_t why_bytes)
{
    struct shared_object *object = calloc(1, sizeof *object);
    struct acre_malloc_functions functions = {0};

    if (object == NULL) {
        snprintf(why, why_bytes, "out of memory");
        return NULL;
    }
    if (!acre_library_load(
            path, NULL,
            (const struct acre_symbol[]){{"malloc", &functions.malloc}, {"free", &functions.free}},
            2, why, why_bytes)) {
        free(object);
        return NULL;
    }
    acre_library_find(path, "malloc_usable_size", &functions.usable_size);
    acre_library_find(path, "posix_memalign", &functions.posix_memalign);
    acre_library_find(path, "realloc", &functions.realloc);
    acre_malloc_like_init(&object->base, "so", &functions);
    if (functions.posix_memalign != NULL)
        return &object->base.base;
    if (acre_library_find(path, "aligned_alloc", &object->aligned) ||
        acre_library_find(path, "memalign", &object->aligned)) {
        object->base.ops.allocate = allocate_aligned;
        return &object->base.base;
    }
    object->base.ops.allocate = allocate_with_room;
    object->base.ops.free = free_with_room;
    object->base.ops.capabilities &= ~(unsigned)ACRE_CAN_USABLE;
    object->base.ops.usable_bytes = NULL;
    return &object->base.base;
}

static bool open_shared_object(struct acre_backend *backend,
                               const struct acre_setting_value *values, char *why, size_t why_bytes)
{
    const struct acre_malloc_like *pinned;

    (void)values;
    backend->pinned = acre_shared_object_new(strchr(backend->name, ':') + 1, why, why_bytes);
    pinned = (const struct acre_malloc_like *)backend->pinned;
    if (pinned == NULL)
        return false;
    acre_identify(&backend->identity, acre_function_address(&pinned->functions.malloc), NULL);
    return true;
}

const struct acre_backend_kind acre_kind_shared_object = {
    .name = "so",
    .about = "so:PATH, any shared library that exports malloc and free",
    .takes_path = true,
    .threads = ACRE_THREADS_ANY,
    .open = open_shared_object,
};
