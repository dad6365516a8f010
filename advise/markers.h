/*
 * Markers: what in a trace might be the boundary of a region's life.
 *
 *    entry of a place   a step enters it: what is called there is called anew; of a scope: it
 * begins birth at a place   a block is born there; for what begins within one call
 *
 * Both are seen in the calls themselves: no event tells where a function begins. Every place is a
 * candidate for both. Those that fire at the same times are one, and of those that fire about
 * equally often the ones are kept at which least lives, since a region is emptied best where it is
 * empty: the phase of a loop matters as much as the loop.
 */
#ifndef ACRE_ADVISE_MARKERS_H
#define ACRE_ADVISE_MARKERS_H

#include "advise/tallies.h"

enum {
    ACRE_MARKER_LEAST_FIRINGS = 8, /* fewer say nothing about what recurs */
    ACRE_MARKERS_MOST = 512,
};

enum acre_marker_kind { ACRE_MARKER_ENTRY, ACRE_MARKER_BIRTH };

struct acre_marker {
    enum acre_marker_kind kind;
    uint32_t place;
    struct acre_firings tally; /* in the first recording */
};

struct acre_markers {
    struct acre_alloc *memory; /* borrowed */
    struct acre_marker markers[ACRE_MARKERS_MOST];
    uint32_t count;

    /* Which fire at a step: made when it is first asked for. */
    uint16_t *of_entry, *of_birth; /* by place, one less: number of the marker, and one; 0: none */
    uint32_t place_count;
    uint32_t *lists; /* by step, one less: where its list begins, and one; 0: not made yet */
    uint32_t list_count;
    size_t list_capacity;
    uint16_t *fired; /* the lists: how many, and their numbers */
    size_t fired_count, fired_capacity;
};

/* Nothing is taken from `memory` yet. */
void acre_markers_init(struct acre_markers *markers, struct acre_alloc *memory);
void acre_markers_fini(struct acre_markers *markers);

/* Chooses them. False for want of memory. */
bool acre_markers_choose(struct acre_markers *markers, const struct acre_tallies *tallies,
                         const struct acre_steps *steps);

/* Keeps those whose `keep` is set, in their order. False for want of memory. */
bool acre_markers_keep(struct acre_markers *markers, const struct acre_steps *steps,
                       const bool *keep);

/* Makes ready for firings what was put into `markers` by hand. False for want of memory. */
bool acre_markers_index(struct acre_markers *markers, const struct acre_steps *steps);

/* The entries that a step fires; births fire besides what acre_markers_birth says. NULL for want of
 * memory; until the next is asked for. */
const uint16_t *acre_markers_fired(struct acre_markers *markers, const struct acre_steps *steps,
                                   uint32_t step, uint32_t *count);

/* The marker of a birth there, and one; 0: none. */
static inline uint32_t acre_markers_birth(const struct acre_markers *markers, uint32_t place)
{
    return place == 0 || place > markers->place_count ? 0 : markers->of_birth[place - 1];
}

static inline double acre_marker_mean_live(const struct acre_marker *marker)
{
    return (double)marker->tally.live / (double)marker->tally.calls;
}

#endif
