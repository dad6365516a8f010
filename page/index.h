/* Numbers for pairs: 0, 1, 2, ... in the order in which pairs are first asked for. */
#ifndef ACRE_PAGE_INDEX_H
#define ACRE_PAGE_INDEX_H

#include "alloc/alloc.h"

struct acre_page_pair {
    uint64_t first, second;
    uint32_t place; /* its number and one; 0: the row is empty */
};

struct acre_page_index {
    uint32_t count; /* numbers given out */

    struct acre_alloc *memory;   /* the index's own; borrowed */
    uint64_t seed;               /* whoever writes a trace chooses what is in it */
    struct acre_page_pair *rows; /* open addressing, half full at most */
    size_t row_count;
};

void acre_page_index_init(struct acre_page_index *index, struct acre_alloc *memory);
void acre_page_index_fini(struct acre_page_index *index);

/* The pair's number; of a new one the count as it was. False, with nothing changed, for want of
 * memory. */
bool acre_page_index_of(struct acre_page_index *index, uint64_t first, uint64_t second,
                        uint32_t *number);

#endif
