#include "alloc/grow.h"

#include <string.h>

bool acre_grow(struct acre_alloc *memory, void *array, size_t count, size_t *capacity,
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
