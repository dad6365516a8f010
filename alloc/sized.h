/*
 * Memory for libraries that give a block back without its size: it stands in front of each.
 *
 *    ┌──────┬────────────────────
 *    │ size │ what the library has, as aligned as malloc's
 *    └──────┴────────────────────
 */
#ifndef ACRE_ALLOC_SIZED_H
#define ACRE_ALLOC_SIZED_H

#include <string.h>

#include "alloc/alloc.h"

enum { ACRE_SIZED_HEAD_BYTES = 16 };

/* NULL for want of memory. */
static inline void *acre_sized_allocate(struct acre_alloc *memory, size_t bytes)
{
    const struct acre_layout layout = {bytes + ACRE_SIZED_HEAD_BYTES, ACRE_SIZED_HEAD_BYTES,
                                       ACRE_PURPOSE_OTHER};
    char *block = bytes <= PTRDIFF_MAX ? acre_allocate(memory, layout) : NULL;

    if (block == NULL)
        return NULL;
    memcpy(block, &layout.size, sizeof layout.size);
    return block + ACRE_SIZED_HEAD_BYTES;
}

/* NULL does nothing. */
static inline void acre_sized_free(struct acre_alloc *memory, void *block)
{
    struct acre_layout layout = {.align = ACRE_SIZED_HEAD_BYTES, .purpose = ACRE_PURPOSE_OTHER};
    char *whole = block != NULL ? (char *)block - ACRE_SIZED_HEAD_BYTES : NULL;

    if (whole != NULL)
        memcpy(&layout.size, whole, sizeof layout.size);
    acre_free(memory, whole, layout);
}

#endif
