/*
 * Litter: the heap of a process that has been at work for a while. Before anything is measured the
 * backend's own heap is filled with blocks like the workload's and emptied in part, in no order,
 * again and again. What stays lives among the workload's blocks until the end.
 *
 *    one cycle    fill to ten times the workload's peak ── shuffle ── free down to the occupancy
 *
 * Sizes follow the workload's own histogram, and whoever is given the same seed gets the same
 * litter, call by call, on every backend.
 *
 * Idea: the litterer of N. van Kempen and E. D. Berger (arXiv 2605.17119): clean heaps understate
 * what regions gain.
 */
#ifndef ACRE_BENCH_LITTER_H
#define ACRE_BENCH_LITTER_H

#include "alloc/ledger.h"
#include "bench/parameter.h"

/* What the workload asks for, as its recorded visit on a clean heap has found. */
struct acre_litter_load {
    uint64_t peak_bytes;
    uint64_t sizes[ACRE_LEDGER_BUCKETS]; /* allocations, by acre_ledger_bucket of their bytes */
};

struct acre_litter_plan {
    uint64_t cycles;            /* 0: no litter */
    uint64_t occupancy_percent; /* of the blocks of a full heap, that stay: 0 to 100 */
    uint64_t seed;
    struct acre_litter_load load;
};

struct acre_litter_block {
    char *bytes;
    size_t size;
};

struct acre_litter {
    struct acre_alloc *alloc;         /* borrowed; NULL: no litter */
    struct acre_alloc *pages;         /* of the table */
    struct acre_litter_block *blocks; /* that live */
    size_t count;
    uint64_t requested_bytes, usable_bytes; /* of these */
    uint64_t table_bytes;                   /* that the table has touched */
};

/*
 * Litters `alloc`, which is borrowed until acre_litter_end. Each page of a block is written to.
 * False when there is no memory; then nothing is left of it.
 */
bool acre_litter_spread(struct acre_litter *litter, const struct acre_litter_plan *plan,
                        struct acre_alloc *alloc);

/* Frees what lives. A zeroed or ended litter is allowed. */
void acre_litter_end(struct acre_litter *litter);

/* Requested bytes of the full heap: ten times the load's peak, from 1 to 256 MiB. */
uint64_t acre_litter_full_bytes(const struct acre_litter_load *load);

/* --age and --age-occupancy, as any workload's parameter: at its default, 0, --age is in no key. */
enum { ACRE_LITTER_PARAMETERS = 2 };
extern const struct acre_parameter acre_age_parameter, acre_occupancy_parameter;

/* The load between processes: its peak and its histogram, cut behind the last that is not 0. */
struct acre_litter_load_text {
    char text[(1 + ACRE_LEDGER_BUCKETS) * 21];
};
struct acre_litter_load_text acre_litter_load_text(const struct acre_litter_load *load);
bool acre_litter_load_read(const struct acre_refusal *refusal, const char *text,
                           struct acre_litter_load *load);

#endif
