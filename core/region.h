/*
 * Regions: where objects live and how they end together.
 *
 * Region 0, the pinned one, is there from the beginning and is never reset. Others are made over an
 * allocator of their own, in one of three modes:
 *
 *   counted  objects die by their counts; the reset takes the memory back once all are dead
 *   bulk     counts decide nothing; the reset ends every object, and visits only those whose types
 *            have destructors
 *   lasting  like the pinned one: objects die by their counts, blocks go back singly, no reset.
 *            For what outlives iterations, apart from everything else that is pinned
 *
 * What a reset means for references over the border:
 *   weak, into the region        reads dead from then on, even when addresses are used again;
 *                                then the watches on them are called (bulk: core/watch.h)
 *   strong, out of the region    logged when made, released by the reset (bulk)
 *   strong, into the region      the reset refuses with ACRE_HELD and the error names the holders:
 *                                C variables by the name they were assigned under. Or, if asked,
 *                                takes the references away: acre_region_reset_detaching
 *
 * The order of a reset, in which every step is done for all objects before the next begins, and
 * newest first in each:
 *
 *    refused? ─> handles read dead ─> watches ─> destructors ─> references out ─> memory
 *
 * All objects of the region are whole until the last step. Meanwhile nothing gets hold of them any
 * more: weak references are dead, a strong one from outside is refused, and the region cannot be
 * entered: what is made meanwhile lives in the pinned region unless another is entered.
 *
 * A region inside of another ends with it: the reset of the parent is one of the whole family, as
 * if all its objects lived in one region, newest child first and the parent last in every step.
 * References inside of the family hold nobody back, but a counted child has to be empty.
 */
#ifndef ACRE_CORE_REGION_H
#define ACRE_CORE_REGION_H

#include "core/object.h"

enum { ACRE_REGION_PINNED = 0 };

enum acre_region_mode { ACRE_REGION_COUNTED, ACRE_REGION_BULK, ACRE_REGION_LASTING };

/*
 * Makes a region over `alloc` (borrowed; used by nobody else). `name` is kept, not copied.
 * ACRE_BAD_ARGUMENT for an allocator without a reset (lasting: without single frees) or past 4,095
 * regions; ACRE_NO_MEMORY.
 */
enum acre_status acre_region_new(struct acre_engine *engine, struct acre_alloc *alloc,
                                 enum acre_region_mode mode, const char *name, uint32_t *region);

/*
 * The same, inside of `parent`: neither can be lasting, ACRE_BAD_ARGUMENT; ACRE_BUSY while the
 * parent is being reset. ACRE_REGION_PINNED stands for no parent.
 */
enum acre_status acre_region_new_in(struct acre_engine *engine, uint32_t parent,
                                    struct acre_alloc *alloc, enum acre_region_mode mode,
                                    const char *name, uint32_t *region);

/* New objects live in `region` from now on. Returns the region they lived in so far. Does nothing
 * for a number that is no region and for one that is being reset. */
uint32_t acre_region_enter(struct acre_engine *engine, uint32_t region);

/*
 * Ends every object of the region and of those inside of it, and takes their memory back. Refuses
 * with ACRE_HELD (see above), with ACRE_BUSY inside a destructor, a watch's call or a backward
 * pass, with ACRE_BAD_ARGUMENT for one that is never reset. Asks for no memory. Constant time in
 * the number of objects; linear in the destructors of a bulk region, in the watches on its objects
 * and in the references out of it. The current region stays what it was.
 */
enum acre_status acre_region_reset(struct acre_engine *engine, uint32_t region);

/*
 * The same, but first every reference from outside that has a name is taken away: slots of objects
 * and C variables known by acre_assign, which must still exist, become NULL. If there are others
 * (temporaries, acre_ref, a variable whose reference was moved by hand, or anything alive in a
 * counted region), it refuses with ACRE_HELD, and nothing has changed.
 */
enum acre_status acre_region_reset_detaching(struct acre_engine *engine, uint32_t region);

#endif
