/*
 * Weak references: values that know whether their object is still alive, without keeping it.
 *
 * A handle is a slot and a stamp that no other object of the engine ever gets:
 *
 *    handle {slot, stamp}
 *       └─> slot {object, stamp}     the same stamp ?           no: the object died
 *                                    from before the reset ?    then its region was reset, dead
 *                                    in a region that is never reset nobody asks
 *
 * Slots lie in the engine's memory and never move, so a handle may be asked at any time: after the
 * object's death, after a reset, when other objects live at the same address. A handle pins
 * nothing. An object that never had a weak reference has no slot.
 *
 * Who wants to be told of the death: core/watch.h. A table of weak values: core/weak_table.h.
 */
#ifndef ACRE_CORE_WEAK_H
#define ACRE_CORE_WEAK_H

#include "core/object.h"

/* From acre_weak_of, a copy of one, or zeros; it is asked of the engine that made it. */
struct acre_weak {
    struct acre_weak_slot *slot;
    uint64_t stamp; /* 0: refers to nothing */
};

/* Whether both are of the same object, or both of nothing. Death changes nothing in it: no two
 * objects ever have the same handle. */
static inline bool acre_weak_equal(struct acre_weak a, struct acre_weak b)
{
    return a.stamp == b.stamp;
}

/*
 * A weak reference to `object`; all those to one object are equal. A NULL object gives a handle
 * that is dead, and so does a dying one. ACRE_NO_MEMORY when there is no room for a slot, and after
 * 2^52 objects with weak references; ACRE_BAD_ARGUMENT for a type that forbids them.
 */
enum acre_status acre_weak_of(struct acre_engine *engine, struct acre_object *object,
                              struct acre_weak *weak);

/* The object with one more strong reference, owned by the caller; NULL when it is dead. */
struct acre_object *acre_weak_get(struct acre_engine *engine, struct acre_weak weak);

bool acre_weak_is_alive(const struct acre_engine *engine, struct acre_weak weak);

#endif
