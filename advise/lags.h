/*
 * How many firings of each marker blocks live through, by where they were born.
 *
 *    marker      │        │        │        │          lag of a block: firings while it lived
 *    block         ├─┤                                 0
 *    block                 ├────────┼──┤               1
 *
 * All markers at once: each has a number of the epoch it is in, which a firing counts up. A birth
 * copies these numbers, a death subtracts what was copied: one row of numbers a live block, with
 * nothing but additions in both. A birth that is out of a marker's scope (gaps.h) copies 0.
 *
 *              marker  0   1   2   3 ...          site s   ┌ births    in scope
 *    epochs           17   3 120  44                       │ epochs    in which it was active
 *    block's row      17   3 118   0  (out of scope)       │ lag >= 1  of its blocks
 *    lag               0   0   2   -      ── added to ──>  └ lag >= 2  of its blocks
 *
 * The method is that of a study of such traces; docs/advise.md tells it.
 */
#ifndef ACRE_ADVISE_LAGS_H
#define ACRE_ADVISE_LAGS_H

#include "advise/gaps.h"
#include "advise/markers.h"

enum {
    ACRE_LAGS_MOST_SITES = 8192,
    ACRE_LAGS_MOST_K = 2,
    ACRE_LAGS_LANES = 16, /* rows are padded to so many markers */
};

/* The places where blocks are looked at. */
struct acre_sites {
    struct acre_alloc *memory; /* borrowed */
    uint32_t places[ACRE_LAGS_MOST_SITES];
    uint32_t count;
    bool is_thin[ACRE_LAGS_MOST_SITES]; /* fits nothing, as a sample has it: no more is looked at */
    uint16_t *of_place; /* by place, one less: number of the site, and one; 0: none */
    uint32_t place_count;
};

struct acre_site_lags {
    uint64_t births, bytes; /* of all of them, looked at or not; bytes with what blocks grew by */
    uint64_t elsewhere;     /* deaths in another thread than the birth's */
    uint32_t thread;        /* of the births */
    bool has_threads;       /* more than one */
};

static inline bool acre_site_has_one_thread(const struct acre_site_lags *site)
{
    return site->elsewhere == 0 && !site->has_threads;
}

/* By site and marker. */
struct acre_lag_cells {
    uint32_t *births, *epochs, *last_epoch;
    uint32_t *lags[ACRE_LAGS_MOST_K]; /* blocks whose lag is this and one at least */
};

struct acre_lags {
    struct acre_alloc *memory; /* borrowed, as all that is not told otherwise */
    struct acre_markers *markers;
    const struct acre_sites *sites;
    const struct acre_steps *steps;
    uint32_t lanes;       /* markers, padded */
    uint64_t sample_mask; /* a block is looked at whose number's hash has none of these bits */
    uint64_t thin_mask;   /* the same, of thin sites */
    uint64_t born;        /* blocks so far */

    uint32_t *now;          /* by marker: the epoch */
    uint32_t *last, *reach; /* by marker: clock of the last firing, and how long after it counts */
    struct acre_gaps *gaps; /* by marker */
    struct acre_site_lags *of_sites;
    struct acre_lag_cells cells;

    struct acre_lag_object { /* by object */
        uint32_t site;       /* and one; 0: its place is none */
        uint32_t row;        /* and one; 0: it is not looked at */
        uint32_t thread;
    } * objects;
    size_t object_count, object_capacity;
    uint32_t *rows;
    uint32_t row_count;
    size_t row_capacity;
    uint32_t *free_rows;
    uint32_t free_count;
    size_t free_capacity;
};

/* The sites with most births of a tallies. False for want of memory. */
bool acre_sites_choose(struct acre_sites *sites, struct acre_alloc *memory,
                       const struct acre_tallies *tallies, const struct acre_steps *steps);
void acre_sites_fini(struct acre_sites *sites);

/* False for want of memory; ended with acre_lags_fini either way. */
bool acre_lags_init(struct acre_lags *lags, struct acre_alloc *memory, struct acre_markers *markers,
                    const struct acre_sites *sites, const struct acre_steps *steps,
                    uint64_t sample_mask, uint64_t thin_mask);
void acre_lags_fini(struct acre_lags *lags);

/* For acre_calls_read: `lags` is the struct. */
bool acre_lags_take(void *lags, const struct acre_call *call);

/* Behind the last call: what lives still has lived up to here. */
void acre_lags_end(struct acre_lags *lags);

/* How many blocks each one stands for that is looked at there. */
static inline uint64_t acre_lags_each(const struct acre_lags *lags, uint32_t site)
{
    return 1 + (lags->sites->is_thin[site] ? lags->thin_mask : lags->sample_mask);
}

static inline size_t acre_lag_cell(const struct acre_lags *lags, uint32_t site, uint32_t marker)
{
    return (size_t)site * lags->lanes + marker;
}

#endif
