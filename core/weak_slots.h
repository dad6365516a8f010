/*
 * The slots of weak references; for the files of core/ only.
 *
 * A slot stands between a handle and its object, and answers for it when it is gone. Slots are
 * numbered within their region, in chunks that never move, so that a handle may point to its slot;
 * the object has the number, in the low half of its link:
 *
 *    region.weak.chunks ─> chunk 0 ─> │ slot 0 │ ... │ slot 63 │ newest watches 0 .. 63 │
 *                      └─> chunk 1 ─> ...
 *
 * A stamp is given out once in the life of an engine, so no handle ever meets its own again in a
 * slot that has another object by now:
 *
 *    stamp {number 52, region 12}
 *
 * A region remembers the first stamp since its reset: older ones are dead, and the reset visits
 * nobody. Chunks live as long as the engine, in its memory.
 */
#ifndef ACRE_CORE_WEAK_SLOTS_H
#define ACRE_CORE_WEAK_SLOTS_H

#include "core/table.h"

struct acre_object;

enum { WEAK_CHUNK_SLOTS = 64, STAMP_REGION_BITS = 12 };

#define STAMP_STEP (UINT64_C(1) << STAMP_REGION_BITS)
#define LAST_STAMP (UINT64_MAX - (STAMP_STEP - 1)) /* it is never given out */

struct acre_weak_slot {
    union {
        struct acre_object *object;
        uint64_t next_free; /* in a free slot: number + 1, 0: none */
    };
    uint64_t stamp; /* of the handles to the object; 0: free */
};

struct acre_weak_chunk {
    struct acre_weak_slot slots[WEAK_CHUNK_SLOTS];
    uint32_t newest_watches[WEAK_CHUNK_SLOTS]; /* not in a bulk region. See watch.c */
};

/* Those of a region. */
struct acre_weak_slots {
    struct acre_table chunks; /* struct acre_weak_chunk * */
    uint32_t used;            /* slots with lower numbers were taken since the reset */
    uint32_t free;            /* number + 1, 0: none */
};

static inline struct acre_weak_chunk *acre_weak_chunk_of(const struct acre_weak_slots *slots,
                                                         uint32_t number)
{
    return ((struct acre_weak_chunk **)slots->chunks.rows)[number / WEAK_CHUNK_SLOTS];
}

static inline struct acre_weak_slot *acre_weak_slot_at(const struct acre_weak_slots *slots,
                                                       uint32_t number)
{
    return &acre_weak_chunk_of(slots, number)->slots[number % WEAK_CHUNK_SLOTS];
}

/* The head of the list of watches on the object in a slot. */
static inline uint32_t *acre_newest_watch_at(const struct acre_weak_slots *slots, uint32_t number)
{
    return &acre_weak_chunk_of(slots, number)->newest_watches[number % WEAK_CHUNK_SLOTS];
}

/* weak_slots.c: one more chunk; false: no memory. */
bool acre_weak_slots_grow(struct acre_engine *engine, struct acre_weak_slots *slots);

void acre_weak_slots_end(struct acre_engine *engine, struct acre_weak_slots *slots);

/* A slot for an object, under a stamp that nobody has. False: no memory. */
static inline bool acre_weak_slot_take(struct acre_engine *engine, struct acre_weak_slots *slots,
                                       struct acre_object *object, uint64_t stamp, uint32_t *number)
{
    struct acre_weak_slot *slot;

    if (slots->free != 0) {
        *number = slots->free - 1;
        slot = acre_weak_slot_at(slots, *number);
        slots->free = (uint32_t)slot->next_free;
    } else if (slots->used / WEAK_CHUNK_SLOTS < slots->chunks.count ||
               acre_weak_slots_grow(engine, slots)) {
        *number = slots->used++;
        slot = acre_weak_slot_at(slots, *number);
    } else {
        return false;
    }
    *acre_newest_watch_at(slots, *number) = 0;
    *slot = (struct acre_weak_slot){.object = object, .stamp = stamp};
    return true;
}

/* Whatever is in it, its handles read dead from here on. */
static inline void acre_weak_slot_free(struct acre_weak_slots *slots, uint32_t number)
{
    *acre_weak_slot_at(slots, number) = (struct acre_weak_slot){.next_free = slots->free};
    slots->free = number + 1;
}

/* The slots of a region that is reset, whose handles are dead already. */
static inline void acre_weak_slots_reset(struct acre_weak_slots *slots)
{
    slots->used = 0;
    slots->free = 0;
}

#endif
