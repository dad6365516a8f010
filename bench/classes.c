#include "bench/classes.h"

static bool usable_bytes(struct acre_alloc *alloc, size_t size, uint32_t align, size_t *usable)
{
    const struct acre_layout layout = {size, align, ACRE_PURPOSE_OTHER};
    void *block = acre_allocate(alloc, layout);

    if (block == NULL)
        return false;
    *usable = acre_usable_bytes(alloc, block, layout);
    acre_free(alloc, block, layout);
    if (!acre_can(alloc, ACRE_CAN_FREE))
        acre_reset(alloc);
    return *usable >= size;
}

static unsigned row_of(size_t size)
{
    return size <= 1 ? 0 : 64 - (unsigned)__builtin_clzl(size - 1);
}

/* Requests from least to most, all of one row, each of which gets `usable` bytes. */
static void add(struct acre_class_row *row, size_t least, size_t most, size_t usable)
{
    double count = (double)(most - least + 1);
    double total = (double)usable;
    double waste = (double)(usable - least) / total;

    row->requests += most - least + 1;
    row->waste_sum += (count * (total - (double)least) - count * (count - 1) / 2) / total;
    if (waste > row->worst_waste) {
        row->worst_waste = waste;
        row->worst_request = least;
    }
}

bool acre_classes_measure(struct acre_alloc *alloc, uint32_t align, struct acre_classes *classes)
{
    const size_t end = (size_t)1 << ACRE_CLASS_POWERS;
    size_t usable;

    *classes = (struct acre_classes){0};
    if (!acre_can(alloc, ACRE_CAN_USABLE))
        return false;
    for (size_t size = 1; size <= end; size = usable + 1) {
        if (!usable_bytes(alloc, size, align, &usable))
            return false;
        classes->rows[row_of(size)].classes++;
        for (size_t least = size; least <= usable && least <= end;) {
            size_t row_end = (size_t)1 << row_of(least);
            size_t most = usable < row_end ? usable : row_end;

            add(&classes->rows[row_of(least)], least, most, usable);
            least = most + 1;
        }
    }
    return true;
}
