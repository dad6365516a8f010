#include "symbols/room.h"

enum { FIRST_CAPACITY = 32 };

static struct acre_layout layout_of(size_t count, struct acre_layout item)
{
    return (struct acre_layout){count * item.size, item.align, item.purpose};
}

void *acre_make_room(struct acre_alloc *memory, void *items, size_t count, size_t *capacity,
                     struct acre_layout item)
{
    size_t wanted = *capacity == 0 ? FIRST_CAPACITY : 2 * *capacity;
    void *grown;

    if (count < *capacity)
        return items;
    /* What there is fits into memory; twice as much may not fit into a number. */
    if (wanted > (size_t)PTRDIFF_MAX / item.size)
        return NULL;
    grown = acre_reallocate(memory, items, layout_of(*capacity, item), wanted * item.size);
    if (grown != NULL)
        *capacity = wanted;
    return grown;
}

void acre_drop_room(struct acre_alloc *memory, void *items, size_t capacity,
                    struct acre_layout item)
{
    acre_free(memory, items, layout_of(capacity, item));
}
