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
 * In the seed's order y keeps the old graph while the new one is built, so a loop needs two regions
 * in rotation; when y is dropped first, one is enough.
 */
#ifndef ACRE_BENCH_STAGE_H
#define ACRE_BENCH_STAGE_H

#include "alloc/ledger.h"
#include "alloc/registry.h"
#include "core/region.h"

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

struct acre_stage {
    struct acre_backend backend;
    struct acre_alloc *recorders[1 + ACRE_BACKEND_REGIONS]; /* NULL: not recorded */
    struct acre_alloc *tops[1 + ACRE_BACKEND_REGIONS]; /* of pinned and each region that the engine
                                                          has: what it gets */
    struct acre_engine *engine;
    struct acre_ledger *ledger; /* borrowed, or NULL */
    enum acre_order order;
    enum acre_lifetime lifetime;
    uint32_t regions[ACRE_BACKEND_REGIONS];
    unsigned region_count; /* 0: everything lives in the pinned one */
    unsigned current;
};

/*
 * Opens a stage. With a ledger (borrowed) every allocation goes through a recorder. False with a
 * sentence in `why`; then nothing is owned.
 */
bool acre_stage_open(struct acre_stage *stage, const char *backend, enum acre_lifetime lifetime,
                     enum acre_order order, struct acre_ledger *ledger, char *why,
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

/* Ends engine and backend; returns the number of objects that leaked. A zeroed stage is allowed. */
uint64_t acre_stage_close(struct acre_stage *stage);

#endif
