/*
 * Books: calls, bytes, live and peak, by purpose. A few additions a call, inline, so that counting
 * a loop hardly slows it down.
 *
 * Live blocks and bytes are kept by source as well, so that the reset of a region takes its own
 * blocks off the books in time independent of their number.
 */
#ifndef ACRE_ALLOC_BOOKS_H
#define ACRE_ALLOC_BOOKS_H

#include "alloc/alloc.h"

enum { ACRE_BOOKS_SOURCES = 4 };

struct acre_live {
    uint64_t blocks, bytes;
};

struct acre_counts {
    uint64_t allocations, frees; /* what a reset drops counts as freed */
    uint64_t requested_bytes;
    uint64_t peak_blocks, peak_bytes;
    struct acre_live live;
    struct acre_live outlived; /* full ledgers: died in a later scope than they were born in */
};

struct acre_books {
    struct acre_counts total;
    struct acre_counts by_purpose[ACRE_PURPOSE_COUNT];
    struct acre_live by_source[ACRE_BOOKS_SOURCES][ACRE_PURPOSE_COUNT];
    uint64_t resets, resizes, refused;
};

/* Unknown purposes and sources are booked under the first. */
static inline uint32_t acre_books_purpose(uint32_t purpose)
{
    return purpose < ACRE_PURPOSE_COUNT ? purpose : ACRE_PURPOSE_OTHER;
}

static inline uint32_t acre_books_source(uint32_t source)
{
    return source < ACRE_BOOKS_SOURCES ? source : 0;
}

static inline void acre_counts_birth(struct acre_counts *counts, size_t bytes)
{
    counts->allocations++;
    counts->requested_bytes += bytes;
    counts->live.blocks++;
    counts->live.bytes += bytes;
    if (counts->live.blocks > counts->peak_blocks)
        counts->peak_blocks = counts->live.blocks;
    if (counts->live.bytes > counts->peak_bytes)
        counts->peak_bytes = counts->live.bytes;
}

static inline void acre_counts_deaths(struct acre_counts *counts, struct acre_live dead)
{
    counts->frees += dead.blocks;
    counts->live.blocks -= dead.blocks;
    counts->live.bytes -= dead.bytes;
}

static inline void acre_books_birth(struct acre_books *books, uint32_t source,
                                    struct acre_layout layout)
{
    uint32_t purpose = acre_books_purpose(layout.purpose);
    struct acre_live *live = &books->by_source[acre_books_source(source)][purpose];

    live->blocks++;
    live->bytes += layout.size;
    acre_counts_birth(&books->by_purpose[purpose], layout.size);
    acre_counts_birth(&books->total, layout.size);
}

static inline void acre_books_death(struct acre_books *books, uint32_t source,
                                    struct acre_layout layout)
{
    uint32_t purpose = acre_books_purpose(layout.purpose);
    struct acre_live *live = &books->by_source[acre_books_source(source)][purpose];
    struct acre_live dead = {1, layout.size};

    live->blocks--;
    live->bytes -= layout.size;
    acre_counts_deaths(&books->by_purpose[purpose], dead);
    acre_counts_deaths(&books->total, dead);
}

/* A block of `old_bytes` has `layout` now; every block of a source is gone. */
void acre_books_resize(struct acre_books *books, uint32_t source, struct acre_layout layout,
                       size_t old_bytes);
void acre_books_reset(struct acre_books *books, uint32_t source);

#endif
