/* Arrays that grow by doubling. */
#ifndef ACRE_ALLOC_GROW_H
#define ACRE_ALLOC_GROW_H

#include "alloc/alloc.h"

enum { ACRE_FIRST_CAPACITY = 16, ACRE_ELEMENT_ALIGN = 16 };

static inline struct acre_layout acre_layout_of_elements(size_t count, size_t element_bytes)
{
    return (struct acre_layout){count * element_bytes, ACRE_ELEMENT_ALIGN, ACRE_PURPOSE_OTHER};
}

/*
 * Room for one more element behind `count` of them: `array` is the address of a pointer to the
 * first, which is NULL while the capacity is 0. False for want of memory; then nothing has changed.
 */
bool acre_grow(struct acre_alloc *memory, void *array, size_t count, size_t *capacity,
               size_t element_bytes);

/* The end of such an array. */
static inline void acre_free_elements(struct acre_alloc *memory, void *elements, size_t capacity,
                                      size_t element_bytes)
{
    acre_free(memory, elements, acre_layout_of_elements(capacity, element_bytes));
}

#endif
