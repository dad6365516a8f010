/* Arrays of float64: a single number (rank 0) or a row of them (rank 1). */
#ifndef ACRE_CORE_ARRAY_H
#define ACRE_CORE_ARRAY_H

#include "core/object.h"

enum {
    /* Elements begin on a cache line: with 16 bytes instead, loops over up to 1,000 elements
     * measured 1.4 to 1.8 times slower. */
    ACRE_ARRAY_ALIGN_BYTES = 64
};

struct acre_array {
    struct acre_object object;
    double *elements; /* owned, in the array's region */
    size_t count;     /* 1 for rank 0 */
    uint32_t rank;
    uint32_t purpose; /* of the elements: ACRE_PURPOSE_DATA or ACRE_PURPOSE_GRADIENT */
};

/* A row of `count` indeterminate elements in the current region. Owned by the caller. */
enum acre_status acre_array_new(struct acre_engine *engine, size_t count,
                                struct acre_array **array);

/* A row with a copy of `values`. */
enum acre_status acre_array_from(struct acre_engine *engine, const double *values, size_t count,
                                 struct acre_array **array);

/* The seed's as_array: a number becomes an array of rank 0. */
enum acre_status acre_as_array(struct acre_engine *engine, double value, struct acre_array **array);

/* The object as an array, or NULL when it is none. */
struct acre_array *acre_to_array(const struct acre_engine *engine, struct acre_object *object);

static inline bool acre_same_shape(const struct acre_array *a, const struct acre_array *b)
{
    return a->rank == b->rank && a->count == b->count;
}

#endif
