/* Keys get numbers: 1, 2, 3, ... in the order in which they are first asked for. */
#ifndef ACRE_ADVISE_NUMBERS_H
#define ACRE_ADVISE_NUMBERS_H

#include "alloc/alloc.h"

struct acre_key {
    uint64_t high, low;
};

struct acre_numbers {
    struct acre_alloc *memory; /* borrowed */
    struct acre_key *keys;     /* element 0 is that of number 1 */
    uint32_t count;
    size_t capacity;
    uint32_t *rows;   /* numbers by key: open addressing, half full at most; 0: empty */
    size_t row_count; /* a power of two, or 0 */
    uint64_t seed;    /* of rows; does not show */
};

/* Nothing is taken from `memory` yet. */
void acre_numbers_init(struct acre_numbers *numbers, struct acre_alloc *memory);
void acre_numbers_fini(struct acre_numbers *numbers);

/* The number of a key, from now on; is count + 1 of before where it is new. 0 for want of memory:
 * then nothing has changed. */
uint32_t acre_number_of(struct acre_numbers *numbers, struct acre_key key);

#endif
