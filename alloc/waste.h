/*
 * Where the memory is: what a backend holds, taken apart. docs/waste.md says what each term is for
 * each backend.
 *
 *    held
 *    ├───────────┬──────────┬───────┬─────────────┬───────────┤
 *    │ requested │ rounding │ slack │ bookkeeping │ kept free │
 *    └───────────┴──────────┴───────┴─────────────┴───────────┘
 *      live blocks            in slabs, headers,    could be
 *                             chunks    tables      handed out
 *
 * Requested and rounding are the ledger's, the others are what the library says of itself. Every
 * term is known, with its source, or unknown, with the reason: an unknown term is never 0.
 */
#ifndef ACRE_ALLOC_WASTE_H
#define ACRE_ALLOC_WASTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum acre_waste_term {
    ACRE_WASTE_REQUESTED,   /* what was asked for, of live blocks */
    ACRE_WASTE_ROUNDING,    /* what these blocks have beyond it */
    ACRE_WASTE_SLACK,       /* in slabs and chunks in use, and no block: nobody else can have it */
    ACRE_WASTE_BOOKKEEPING, /* headers and tables */
    ACRE_WASTE_KEPT_FREE,   /* free lists, caches, whole pages: for whoever asks next */
    ACRE_WASTE_HELD,        /* taken from the system: what the five above add up to */
    ACRE_WASTE_RESIDENT, /* pages that the kernel has given: beside the sum, see bench/visit/waste.h
                          */
    ACRE_WASTE_TERMS
};

/* Strings are constants. */
struct acre_waste_part {
    bool is_known;
    uint64_t bytes;     /* 0 where unknown */
    const char *source; /* "ledger", "stats.active - stats.allocated"; unknown: why */
};

/* A number as the library told it. */
struct acre_waste_figure {
    const char *name;
    uint64_t number;
};

/* What is live, from the books of whoever recorded it. */
struct acre_waste_live {
    uint64_t blocks, requested_bytes;
    bool knows_usable;
    uint64_t usable_bytes;
};

enum { ACRE_MOST_WASTE_FIGURES = 16 };

struct acre_waste {
    struct acre_waste_live live;
    struct acre_waste_part parts[ACRE_WASTE_TERMS];
    struct acre_waste_figure figures[ACRE_MOST_WASTE_FIGURES];
    size_t figure_count;
};

/* Requested and rounding are set from what is live; the rest is unknown: "not told". */
void acre_waste_begin(struct acre_waste *waste, const struct acre_waste_live *live);

/* For backends: a term they know, one they do not and why, and a number that was told, which is
 * returned. More than ACRE_MOST_WASTE_FIGURES are not kept. */
void acre_waste_set(struct acre_waste *waste, enum acre_waste_term term, uint64_t bytes,
                    const char *source);
void acre_waste_set_unknown(struct acre_waste *waste, enum acre_waste_term term, const char *why);
uint64_t acre_waste_figure(struct acre_waste *waste, const char *name, uint64_t number);

/*
 * left - right, 0 where right is greater: libraries count in several places. What it hides here is
 * seen in the sum, which then exceeds what is held.
 */
static inline uint64_t acre_waste_rest(uint64_t left, uint64_t right)
{
    return left > right ? left - right : 0;
}

#endif
