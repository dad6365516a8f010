/*
 * A stage: a backend, an engine on it, and the scopes of a loop under one lifetime.
 *
 *   lifetime  objects of an iteration live in   end of an iteration
 *   strong    the pinned region                 nothing: cycles leak (step 16)
 *   weak      the pinned region                 counts have freed everything (step 17)
 *   collector the pinned region                 a collection frees the cycles: strong, mended
 *   walked    a region                          counts ran down, then the reset takes the memory
 *   region    a bulk region                     the reset ends them without a visit
 *
 * A collection is run where a region would be reset, once an iteration: what lives at one time is
 * then the same under every lifetime but strong, and the difference to weak is what it costs.
 *
 * Between the engine and each allocator of the backend stand the layers that are asked for:
 *
 *   engine ──> record (trace) ──> record (ledger) ──> fault ──> guard ──> pinned, region, region
 *
 * Litter lies below all layers, in the pinned allocator: that is the backend's heap. Regions of our
 * own take whole chunks from the system, beside it.
 *
 * In the seed's order y keeps the old graph while the new one is built, so a loop needs two regions
 * in rotation; when y is dropped first, one is enough.
 */
#ifndef ACRE_BENCH_STAGE_H
#define ACRE_BENCH_STAGE_H

#include "alloc/backends.h"
#include "alloc/guard.h"
#include "alloc/ledger.h"
#include "alloc/registry.h"
#include "bench/litter.h"
#include "core/region.h"
#include "trace/writer.h"

enum acre_lifetime {
    ACRE_LIFETIME_STRONG,
    ACRE_LIFETIME_WEAK,
    ACRE_LIFETIME_COLLECTOR,
    ACRE_LIFETIME_WALKED,
    ACRE_LIFETIME_REGION,
    ACRE_LIFETIME_COUNT
};

enum acre_order { ACRE_ORDER_SEED, ACRE_ORDER_DROP_FIRST };

const char *acre_lifetime_name(enum acre_lifetime lifetime);

/* NULL when the backend can run under the lifetime, otherwise why not. */
const char *acre_why_not(const char *backend, enum acre_lifetime lifetime);

/* What is asked for; all zero: nothing. */
struct acre_layers {
    struct acre_trace_writer *trace; /* every call and scope is written there; borrowed, or NULL */
    struct acre_ledger *ledger;      /* every call is recorded there; borrowed, or NULL */
    struct acre_fault_plan *fault;   /* allocations fail as it says; borrowed, or NULL */
    uint64_t guard_resets;           /* of acre_guard_options; 0: no guard */
    uint32_t array_align_bytes;      /* of acre_engine_options: under the arrays, no layer */
    const struct acre_litter_plan *litter; /* the backend's heap is aged first; borrowed, or NULL */
};

enum { ACRE_STAGE_SOURCES = 1 + ACRE_BACKEND_REGIONS };

/* Stays where it was opened: guards know its address. */
struct acre_stage {
    struct acre_backend backend;
    struct acre_layers layers;
    struct acre_litter litter;
    struct acre_alloc *guards[ACRE_STAGE_SOURCES]; /* of pinned and each region; NULL: none */
    struct acre_alloc *faults[ACRE_STAGE_SOURCES];
    struct acre_alloc *recorders[ACRE_STAGE_SOURCES]; /* of the ledger */
    struct acre_alloc *tracers[ACRE_STAGE_SOURCES];   /* recorders of the trace */
    struct acre_alloc *tops[ACRE_STAGE_SOURCES];      /* what the engine gets, or NULL */
    char owners[ACRE_STAGE_SOURCES][ACRE_BACKEND_NAME_BYTES + 32]; /* in a guard's sentences */
    struct acre_guards family;
    struct acre_engine *engine;
    uint64_t iteration;
    enum acre_order order;
    enum acre_lifetime lifetime;
    uint32_t regions[ACRE_BACKEND_REGIONS];
    unsigned region_count; /* 0: everything lives in the pinned one */
    unsigned current;
};

/*
 * Opens a stage with layers (NULL: none). False with a sentence in `why`; then nothing is owned.
 */
bool acre_stage_open(struct acre_stage *stage, const char *backend, enum acre_lifetime lifetime,
                     enum acre_order order, const struct acre_layers *layers, char *why,
                     size_t why_bytes);

/*
 * The three moments of an iteration:
 *   begin   before anything is built; in the order drop-first, after the C variables were dropped
 *   settle  the C variables hold the new graph: what held the old one can be reset or collected
 *   end     the iteration is over: the books of this scope are closed
 */
enum acre_status acre_stage_begin(struct acre_stage *stage, uint64_t iteration);
enum acre_status acre_stage_settle(struct acre_stage *stage);
void acre_stage_end(struct acre_stage *stage);

/* Resets all regions or collects, after the C variables were dropped. */
enum acre_status acre_stage_drain(struct acre_stage *stage);

/* NULL, or a sentence about the first broken invariant of an allocator (acre_check). */
const char *acre_stage_check(const struct acre_stage *stage);

/* Ends engine and backend; returns the number of objects that leaked. A zeroed stage is allowed. */
uint64_t acre_stage_close(struct acre_stage *stage);

#endif
