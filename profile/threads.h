/* The threads of a trace, found by their numbers: any numbers, and any many. */
#ifndef ACRE_PROFILE_THREADS_H
#define ACRE_PROFILE_THREADS_H

#include "profile/profile.h"

struct acre_threads_seen {
    struct acre_alloc *memory; /* borrowed */
    struct acre_profile_thread *threads;
    size_t count, capacity;
    size_t last;      /* that was asked for */
    size_t *rows;     /* places by number, and one: open addressing, half full at most; 0: empty */
    size_t row_count; /* a power of two, or 0 */
    uint64_t seed;    /* of rows; does not show */
};

/* Nothing is taken from `memory` yet. */
void acre_threads_seen_init(struct acre_threads_seen *seen, struct acre_alloc *memory,
                            uint64_t seed);

/* The thread, from now on among those that were seen; until the next is asked for. NULL for want of
 * memory. */
struct acre_profile_thread *acre_threads_seen_find(struct acre_threads_seen *seen, uint32_t thread);

/* Sorts them: most blocks first, then most events, then by number. The array may be taken over
 * then. */
void acre_threads_seen_sort(struct acre_threads_seen *seen);

/* With the array. */
void acre_threads_seen_fini(struct acre_threads_seen *seen);

#endif
