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

bool acre_classes_measure(struct acre_alloc *alloc, uint32_t align, struct acre_classes *classes,
                          const struct acre_class_listener *listener)
{
    const size_t end = (size_t)1 << ACRE_CLASS_POWERS;
    size_t usable;

    *classes = (struct acre_classes){0};
    if (!acre_can(alloc, ACRE_CAN_USABLE))
        return false;
    for (size_t size = 1; size <= end; size = usable + 1) {
        if (!usable_bytes(alloc, size, align, &usable))
            return false;
        if (listener != NULL)
            listener->step(listener->context, size, usable < end ? usable : end, usable);
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

enum { FIRST_POWER = 5 }; /* requests of 17 bytes and more */

double acre_classes_mean_waste(const struct acre_classes *classes)
{
    double sum = 0;

    for (unsigned i = FIRST_POWER; i <= ACRE_CLASS_POWERS; i++)
        sum += classes->rows[i].waste_sum / (double)classes->rows[i].requests;
    return sum / (ACRE_CLASS_POWERS - FIRST_POWER + 1);
}

const struct acre_class_row *acre_classes_worst(const struct acre_classes *classes)
{
    const struct acre_class_row *worst = &classes->rows[FIRST_POWER];

    for (unsigned i = FIRST_POWER + 1; i <= ACRE_CLASS_POWERS; i++)
        if (classes->rows[i].worst_waste > worst->worst_waste)
            worst = &classes->rows[i];
    return worst;
}
