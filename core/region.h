/*
 * Regions: where objects live and how they end together.
 *
 * Region 0, the pinned one, is there from the beginning and is never reset. Others are made over an
 * allocator with a reset, in one of two modes:
 *
 *   counted  objects die by their counts; the reset takes the memory back once all are dead
 *   bulk     counts decide nothing; the reset ends every object, without visiting any of them
 *
 * What a reset means for references over the border:
 *   weak, into the region        reads dead from then on, even when addresses are used again;
 *                                then the watches on them are called (bulk: core/watch.h)
 *   strong, out of the region    logged when made, released by the reset (bulk)
 *   strong, into the region      the reset refuses with ACRE_HELD and the error names the holders:
 *                                C variables by the name they were assigned under
 */
#ifndef ACRE_CORE_REGION_H
#define ACRE_CORE_REGION_H

#include "core/object.h"

enum { ACRE_REGION_PINNED = 0 };

enum acre_region_mode { ACRE_REGION_COUNTED, ACRE_REGION_BULK };

/*
 * Makes a region over `alloc` (borrowed; used by nobody else). `name` is kept, not copied.
 * ACRE_BAD_ARGUMENT for an allocator without a reset or past 4,095 regions.
 */
enum acre_status acre_region_new(struct acre_engine *engine, struct acre_alloc *alloc,
                                 enum acre_region_mode mode, const char *name, uint32_t *region);

/* New objects live in `region` from now on. Returns the region they lived in so far. */
uint32_t acre_region_enter(struct acre_engine *engine, uint32_t region);

/*
 * Ends every object of the region and takes its memory back. Refuses with ACRE_HELD (see above),
 * with ACRE_BUSY inside a destructor, a watch's call or a backward pass, with ACRE_BAD_ARGUMENT for
 * the pinned one. Constant time in the number of objects; linear in the watches on those of a bulk
 * region and in the references out of it.
 */
enum acre_status acre_region_reset(struct acre_engine *engine, uint32_t region);

/* Resets so far. */
uint64_t acre_region_epoch(const struct acre_engine *engine, uint32_t region);

#endif
