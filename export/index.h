/*
 * Finds things that have numbers (1, 2, 3, ...) and are kept elsewhere, by what they are: open
 * addressing over their numbers, two thirds full at most.
 */
#ifndef ACRE_EXPORT_INDEX_H
#define ACRE_EXPORT_INDEX_H

#include "alloc/alloc.h"

struct acre_index {
    struct acre_alloc *memory; /* borrowed */
    struct acre_index_row {
        uint32_t hash;
        uint32_t number; /* 0: an empty row */
    } * rows;
    size_t count, capacity; /* capacity: a power of two, or 0 */
};

void acre_index_init(struct acre_index *index, struct acre_alloc *memory);
void acre_index_fini(struct acre_index *index);

/* Whether the thing of that number is the one that is looked for. */
typedef bool acre_index_is(const void *wanted, const void *things, uint32_t number);

/* The number, or 0. */
uint32_t acre_index_find(const struct acre_index *index, uint64_t hash, acre_index_is *is,
                         const void *wanted, const void *things);

/* One that was not found. False for want of memory: then nothing has changed. */
bool acre_index_add(struct acre_index *index, uint64_t hash, uint32_t number);

#endif
