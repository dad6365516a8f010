/*
 * What lives while a trace is compiled, by slot: what was written there last, and in which region
 * it is, if any. Those of a region are a list.
 */
#ifndef ACRE_REPLAY_LIVES_H
#define ACRE_REPLAY_LIVES_H

#include "alloc/alloc.h"
#include "replay/plan.h"

#define ACRE_NO_SLOT UINT32_MAX

enum { ACRE_LIVES_REGIONS = ACRE_PLAN_MOST_GROUPS * ACRE_PLAN_MOST_ROTATION };

struct acre_life {
    uint64_t number; /* of the operation that wrote the contents */
    struct acre_layout layout;
    uint32_t region;        /* and one; 0: it is the allocator's */
    uint32_t before, after; /* others of its region, or ACRE_NO_SLOT */
};

struct acre_lives {
    struct acre_alloc *memory; /* borrowed */
    struct acre_life *lives;   /* by slot */
    size_t count, capacity;
    uint32_t newest[ACRE_LIVES_REGIONS];
    uint64_t held_bytes[ACRE_LIVES_REGIONS]; /* of what was born there since its reset */
    uint64_t live_bytes[ACRE_LIVES_REGIONS]; /* of these what lives */
};

void acre_lives_init(struct acre_lives *lives, struct acre_alloc *memory);
void acre_lives_fini(struct acre_lives *lives);

/* The slot's, which may be any number; until the next slot is asked for. NULL for want of memory.
 */
struct acre_life *acre_lives_at(struct acre_lives *lives, uint32_t slot);

/* A birth in a region; `region` and one as in struct acre_life. */
void acre_lives_enter(struct acre_lives *lives, uint32_t slot, uint32_t region);

/* It dies, or leaves: what it took stays taken until the reset. */
void acre_lives_leave(struct acre_lives *lives, uint32_t slot);

#endif
