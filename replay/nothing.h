/*
 * The allocator that does nothing: what a replay costs without one. Small blocks are one after the
 * other in a ring that fits the nearest cache, taken without a call (alloc.h: struct acre_bump),
 * large ones are all the same; nobody may keep anything in them. Players of streams have one each,
 * and look into blocks of the others': what is found there is anything.
 */
#ifndef ACRE_REPLAY_NOTHING_H
#define ACRE_REPLAY_NOTHING_H

#include "alloc/alloc.h"

/*
 * For blocks of up to so many bytes, with their alignment. The ring comes from `pages` (borrowed),
 * which gives memory that is not there until it is touched. NULL for want of memory.
 */
struct acre_alloc *acre_nothing_new(struct acre_alloc *pages, size_t largest_bytes);

#endif
