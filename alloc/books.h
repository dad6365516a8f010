/*
 * Books: calls, bytes, live and peak, by purpose. A few additions a call, inline, so that counting
 * a loop hardly slows it down.
 *
 * What is kept only grows: what was born and what died. Live is the difference, and since a peak
 * can only have been reached just before something died, it is settled there: a birth compares
 * nothing. Live blocks and bytes are kept by source as well, so that the reset of a region takes
 * its own blocks off the books in time independent of their number.
 */
#ifndef ACRE_ALLOC_BOOKS_H
#define ACRE_ALLOC_BOOKS_H

#include "alloc/alloc.h"

enum { ACRE_BOOKS_SOURCES = 8 };

struct acre_live {
    uint64_t blocks, bytes;
};

/* On a cache line of its own. */
struct acre_tally {
    _Alignas(64) struct acre_live born; /* so far */
    struct acre_live dead;              /* so far; what a reset drops has died */
    struct acre_live peak;              /* of blocks, and of bytes at its own moment; as settled */
    uint64_t settled_blocks;            /* born.blocks when the peak was settled */
};

/* Kept by the functions below, read with acre_books_total and acre_books_of. */
struct acre_books {
    struct acre_tally total;
    struct acre_tally by_purpose[ACRE_PURPOSE_COUNT];
    struct acre_live by_source[ACRE_BOOKS_SOURCES][ACRE_PURPOSE_COUNT];
    uint64_t resets, resizes, refused;
};

/* What the books say. */
struct acre_counts {
    uint64_t allocations, frees, requested_bytes;
    struct acre_live live, peak;
};

struct acre_counts acre_books_total(const struct acre_books *books);
struct acre_counts acre_books_of(const struct acre_books *books, uint32_t purpose);

/* Unknown purposes and sources are booked under the first. */
static inline uint32_t acre_books_purpose(uint32_t purpose)
{
    return purpose < ACRE_PURPOSE_COUNT ? purpose : ACRE_PURPOSE_OTHER;
}

static inline uint32_t acre_books_source(uint32_t source)
{
    return source < ACRE_BOOKS_SOURCES ? source : 0;
}

static inline void acre_live_add(struct acre_live *live, struct acre_live more)
{
    live->blocks += more.blocks;
    live->bytes += more.bytes;
}

static inline void acre_live_take(struct acre_live *live, struct acre_live less)
{
    live->blocks -= less.blocks;
    live->bytes -= less.bytes;
}

static inline struct acre_live acre_tally_live(const struct acre_tally *tally)
{
    struct acre_live live = tally->born;

    acre_live_take(&live, tally->dead);
    return live;
}

static inline void acre_tally_settle(struct acre_tally *tally)
{
    struct acre_live live = acre_tally_live(tally);

    if (live.blocks > tally->peak.blocks)
        tally->peak.blocks = live.blocks;
    if (live.bytes > tally->peak.bytes)
        tally->peak.bytes = live.bytes;
    tally->settled_blocks = tally->born.blocks;
}

static inline void acre_tally_deaths(struct acre_tally *tally, struct acre_live dead)
{
    if (tally->settled_blocks != tally->born.blocks)
        acre_tally_settle(tally);
    acre_live_add(&tally->dead, dead);
}

static inline void acre_books_birth(struct acre_books *books, uint32_t source,
                                    struct acre_layout layout)
{
    uint32_t purpose = acre_books_purpose(layout.purpose);
    struct acre_live block = {1, layout.size};

    acre_live_add(&books->by_source[acre_books_source(source)][purpose], block);
    acre_live_add(&books->by_purpose[purpose].born, block);
    acre_live_add(&books->total.born, block);
}

static inline void acre_books_death(struct acre_books *books, uint32_t source,
                                    struct acre_layout layout)
{
    uint32_t purpose = acre_books_purpose(layout.purpose);
    struct acre_live block = {1, layout.size};

    acre_live_take(&books->by_source[acre_books_source(source)][purpose], block);
    acre_tally_deaths(&books->by_purpose[purpose], block);
    acre_tally_deaths(&books->total, block);
}

/* A block of `old_bytes` has `layout` now; every block of a source is gone. */
void acre_books_resize(struct acre_books *books, uint32_t source, struct acre_layout layout,
                       size_t old_bytes);
void acre_books_reset(struct acre_books *books, uint32_t source);

#endif
