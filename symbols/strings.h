/* Strings that are kept once each, so that equal ones are the same pointer. */
#ifndef ACRE_SYMBOLS_STRINGS_H
#define ACRE_SYMBOLS_STRINGS_H

#include "alloc/alloc.h"

/* Longer ones are cut: no name that anybody wrote. */
enum { ACRE_STRINGS_MOST_BYTES = 4096 };

struct acre_strings {
    struct acre_alloc *memory; /* of the table; borrowed */
    struct acre_alloc *store;  /* of the strings, which are never freed one by one; borrowed */
    uint64_t seed;             /* whoever writes a file chooses its names */
    const char **slots;        /* open addressing, half full at most; NULL: free */
    size_t count, capacity;    /* a power of two, or 0 */
};

void acre_strings_init(struct acre_strings *strings, struct acre_alloc *memory,
                       struct acre_alloc *store, uint64_t seed);
void acre_strings_fini(struct acre_strings *strings);

/* The one string that is equal. NULL for want of memory. */
const char *acre_strings_keep(struct acre_strings *strings, const char *text);

#endif
