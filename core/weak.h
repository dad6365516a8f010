/*
 * Weak references: values that know whether their object is still alive, without keeping it.
 *
 * A handle names a region, the region's epoch, and a slot of the region's table with a generation:
 *
 *    handle {region 16, epoch 48 | slot 32, generation 32}
 *       └─> regions[region].epoch == epoch ?            no: the region was reset, dead
 *              └─> slots[slot].generation == generation ?   no: the object died, dead
 *                     └─> slots[slot].object
 *
 * Neither table lies in a region, so a handle may be asked at any time: after the object's death,
 * after a reset, when other objects live at the same address. A handle pins nothing. An object that
 * never had a weak reference has no slot. A slot whose generation is used up is retired.
 */
#ifndef ACRE_CORE_WEAK_H
#define ACRE_CORE_WEAK_H

#include "core/object.h"

struct acre_weak {
    uint64_t place; /* region in the low 16 bits, its epoch in the high 48 */
    uint32_t slot;
    uint32_t generation; /* 0: refers to nothing */
};

/* Whether both are of the same object, or both of nothing. Death changes nothing in it: no two
 * objects ever have the same handle. */
static inline bool acre_weak_equal(struct acre_weak a, struct acre_weak b)
{
    return a.place == b.place && a.slot == b.slot && a.generation == b.generation;
}

/*
 * A weak reference to `object`; all those to one object are equal. A NULL object gives a handle
 * that is dead. ACRE_NO_MEMORY when there is no room for a slot, ACRE_BAD_ARGUMENT for a type that
 * forbids them; a dying object gives a dead handle.
 */
enum acre_status acre_weak_of(struct acre_engine *engine, struct acre_object *object,
                              struct acre_weak *weak);

/* The object with one more strong reference, owned by the caller; NULL when it is dead. */
struct acre_object *acre_weak_get(struct acre_engine *engine, struct acre_weak weak);

bool acre_weak_is_alive(const struct acre_engine *engine, struct acre_weak weak);

#endif
