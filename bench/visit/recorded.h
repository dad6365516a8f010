/* The ledger of a recorded visit as the plain data of a run. */
#ifndef ACRE_BENCH_RECORDED_H
#define ACRE_BENCH_RECORDED_H

#include "alloc/ledger.h"
#include "report/run.h"

/*
 * Fills `recorded` (owned by the caller, freed with its run) after the drain of `iterations`
 * iterations. The engine's own tables are still alive then and are not a leak: leaked are blocks of
 * objects. Of an aged heap `litter_bytes` are taken off what was held. False for want of memory.
 */
bool acre_recorded_from_ledger(struct acre_recorded *recorded, const struct acre_ledger *ledger,
                               uint64_t iterations, uint64_t litter_bytes, uint64_t checksum);

#endif
