/*
 * The first reading of a recording: how often each step was made, and how many blocks lived then.
 * All that markers are chosen from (markers.h) comes of these sums, so that there may be as many
 * candidates as there are places.
 */
#ifndef ACRE_ADVISE_TALLIES_H
#define ACRE_ADVISE_TALLIES_H

#include "advise/calls.h"

/* Of a step, or of several. Clocks are as of struct acre_call. */
struct acre_firings {
    uint64_t calls;
    uint64_t first, last; /* clocks */
    uint64_t live;        /* blocks that lived in front of the call, summed */
};

struct acre_step_firings {
    struct acre_firings all;
    struct acre_firings births; /* those of the calls that were births */
};

struct acre_tallies {
    struct acre_alloc *memory;       /* borrowed */
    struct acre_step_firings *steps; /* by step, one less */
    uint32_t step_count;
    size_t step_capacity;
    uint64_t *births; /* by place, one less */
    uint32_t place_count;
    size_t place_capacity;
    uint64_t live, most_live;          /* blocks */
    uint64_t all_births, known_births; /* known: whose place is */
    uint64_t calls;
    uint64_t last; /* clock of the last one */
};

void acre_tallies_init(struct acre_tallies *tallies, struct acre_alloc *memory);
void acre_tallies_fini(struct acre_tallies *tallies);

/* For acre_calls_read: `tallies` is the struct. */
bool acre_tallies_take(void *tallies, const struct acre_call *call);

/* Adds b to a. */
void acre_firings_add(struct acre_firings *a, const struct acre_firings *b);

#endif
