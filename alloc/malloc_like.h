/*
 * Backends over functions with the shapes of malloc's: the C library's own and those of allocator
 * libraries. An adapter embeds the struct first, lets acre_malloc_like_init fill it in, and
 * replaces in `ops` what its library does better.
 */
#ifndef ACRE_ALLOC_MALLOC_LIKE_H
#define ACRE_ALLOC_MALLOC_LIKE_H

#include "alloc/alloc.h"

struct acre_malloc_functions {
    void *(*malloc)(size_t size);
    int (*posix_memalign)(void **block, size_t align, size_t size);
    void (*free)(void *block);
    size_t (*usable_size)(void *block);         /* NULL: not known */
    void *(*realloc)(void *block, size_t size); /* NULL: not known */
};

struct acre_malloc_like {
    struct acre_alloc base;
    struct acre_alloc_ops ops;
    struct acre_malloc_functions functions;
};

/* Its operations: allocate, free, usable_bytes and a destroy that frees `self` with free(). They
 * keep nothing in `self`, so any thread may call them, as it may call malloc (ISO C 7.22.3). */
void acre_malloc_like_init(struct acre_malloc_like *self, const char *name,
                           const struct acre_malloc_functions *functions);

/* Whether malloc aligns such a block by itself. A size that is smaller than the alignment may be
 * aligned to less: 8 bytes to 8. */
static inline bool acre_malloc_aligns(struct acre_layout layout)
{
    return layout.align <= 8 || (layout.align <= 16 && layout.size >= layout.align);
}

/* The operation resize of libraries whose realloc leaves a block where it is as long as the new
 * size fits and is at least half of what is usable. */
bool acre_malloc_like_resize(struct acre_alloc *self, void *block, struct acre_layout old,
                             size_t size);

#endif
