/*
 * Whether an allocator keeps the contract of alloc/alloc.h: a table of sizes and alignments, absurd
 * requests, resets, then many random operations on blocks with patterns, in this thread and in
 * others as far as the allocator states that they may. Stops at the first breach.
 */
#ifndef ACRE_BENCH_CONFORMANCE_H
#define ACRE_BENCH_CONFORMANCE_H

#include "alloc/alloc.h"

struct acre_conformance {
    uint64_t seed, steps; /* of the random operations; set by the caller */
    uint64_t calls;       /* made so far */
    char breach[256];     /* a sentence, "" while there is none */
};

/* True if no breach was found. The allocator is empty afterwards, as it has to be before. */
bool acre_conformance_check(struct acre_alloc *alloc, struct acre_conformance *conformance);

/*
 * The same of functions of the C library's names that no allocator of ours calls: realloc, calloc,
 * reallocarray, aligned_alloc, memalign, posix_memalign, malloc_usable_size, as far as the shared
 * library at `path` exports them (ISO C 7.22.3, POSIX, malloc(3)). It must have been loaded.
 */
bool acre_conformance_check_functions(const char *path, struct acre_conformance *conformance);

#endif
