/* The staircase of an allocator: how much more than was asked for a block really is. */
#ifndef ACRE_BENCH_CLASSES_H
#define ACRE_BENCH_CLASSES_H

#include "alloc/alloc.h"

enum { ACRE_CLASS_POWERS = 22 }; /* requests up to 2^22 = 4 MiB */

/* Requests of more than 2^(power - 1) and at most 2^power bytes; row 0: of one byte. Waste is what
 * is usable beyond the request, as a share of what is usable. */
struct acre_class_row {
    uint64_t classes;   /* different usable sizes that begin here */
    uint64_t requests;  /* sizes */
    double waste_sum;   /* over all requests */
    double worst_waste; /* of one request, */
    size_t worst_request;
};

struct acre_classes {
    struct acre_class_row rows[ACRE_CLASS_POWERS + 1];
};

/* Is told of each step of the staircase, upwards: requests of `least` to `most` bytes get `usable`.
 */
struct acre_class_listener {
    void (*step)(void *context, size_t least, size_t most, size_t usable);
    void *context;
};

/*
 * Asks for one block of each class, and tells the listener, which may be NULL. False when the
 * allocator cannot tell usable sizes, or refuses a block. It must be empty.
 */
bool acre_classes_measure(struct acre_alloc *alloc, uint32_t align, struct acre_classes *classes,
                          const struct acre_class_listener *listener);

/* Of requests for 17 bytes to 4 MiB, since what is below is lost everywhere: the mean waste, where
 * every doubling counts the same, as requests come in all of them; and the row of the worst. */
double acre_classes_mean_waste(const struct acre_classes *classes);
const struct acre_class_row *acre_classes_worst(const struct acre_classes *classes);

#endif
