/* Arrays that grow by doubling. */
#ifndef ACRE_ALLOC_GROW_H
#define ACRE_ALLOC_GROW_H

#include <string.h>

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
static inline bool acre_grow(struct acre_alloc *memory, void *array, size_t count, size_t *capacity,
                             size_t element_bytes)
{
    size_t wanted = *capacity == 0 ? (size_t)ACRE_FIRST_CAPACITY : 2 * *capacity;
    void *elements;

    if (count < *capacity)
        return true;
    if (wanted > PTRDIFF_MAX / element_bytes)
        return false;
    memcpy(&elements, array, sizeof elements);
    elements = acre_reallocate(memory, elements, acre_layout_of_elements(*capacity, element_bytes),
                               wanted * element_bytes);
    if (elements == NULL)
        return false;
    memcpy(array, &elements, sizeof elements);
    *capacity = wanted;
    return true;
}

/* The end of such an array. */
static inline void acre_free_elements(struct acre_alloc *memory, void *elements, size_t capacity,
                                      size_t element_bytes)
{
    acre_free(memory, elements, acre_layout_of_elements(capacity, element_bytes));
}

#endif
