/* Arrays of float64: a number (rank 0), a row (rank 1), or rows of equal length (rank 2). */
#ifndef ACRE_CORE_ARRAY_H
#define ACRE_CORE_ARRAY_H

#include "core/object.h"

enum {
    /* Elements begin on a cache line: with 16 bytes instead, loops over up to 1,000 elements
     * measured 1.4 to 1.8 times slower. */
    ACRE_ARRAY_ALIGN_BYTES = 64,

    ACRE_MOST_ROWS = (1 << 30) - 1, /* and columns, of rank 2 */

    ACRE_SHAPE_BYTES = 32 /* of a shape as text */
};

/* Elements of rank 2 lie row by row: element (i, j) is elements[i * columns + j]. */
struct acre_array {
    struct acre_object object;
    double *elements; /* owned, in the array's region */
    size_t count;     /* 1 for rank 0, rows * columns for rank 2 */
    union {
        struct {
            uint32_t rank : 2, rows : 30;           /* rows and columns are 0 but for rank 2 */
            uint32_t is_gradient : 1, columns : 31; /* which purpose the elements have */
        };
        uint64_t form; /* all of it: written at once, since a part of a word just written, or a
                          word of which a part was, is slow to read */
    };
};

_Static_assert(sizeof(struct acre_array) == 40, "an array is 40 bytes and its elements");

/* A row of `count` indeterminate elements in the current region. Owned by the caller. */
enum acre_status acre_array_new(struct acre_engine *engine, size_t count,
                                struct acre_array **array);

/* The same with rank 2; ACRE_BAD_ARGUMENT for more than ACRE_MOST_ROWS rows or columns. Either may
 * be 0. */
enum acre_status acre_array_new_2d(struct acre_engine *engine, size_t rows, size_t columns,
                                   struct acre_array **array);

/* A row, or `rows` of them one after the other, with a copy of `values`. */
enum acre_status acre_array_from(struct acre_engine *engine, const double *values, size_t count,
                                 struct acre_array **array);
enum acre_status acre_array_from_2d(struct acre_engine *engine, const double *values, size_t rows,
                                    size_t columns, struct acre_array **array);

/* The seed's as_array: a number becomes an array of rank 0. */
enum acre_status acre_as_array(struct acre_engine *engine, double value, struct acre_array **array);

/* The object as an array, or NULL when it is none. */
struct acre_array *acre_to_array(const struct acre_engine *engine, struct acre_object *object);

/* Writes the shape as Python does, "()", "(3,)" or "(2, 3)", and returns the text. */
const char *acre_shape_text(const struct acre_array *array, char text[ACRE_SHAPE_BYTES]);

static inline bool acre_same_shape(const struct acre_array *a, const struct acre_array *b)
{
    return a->count == b->count && a->rank == b->rank && a->rows == b->rows &&
           a->columns == b->columns;
}

#endif
