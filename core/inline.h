/*
 * The calls of object.h and weak.h that are shorter than a call, inline and under their own names.
 *
 * For programs whose loops are made of them. The compiler sees the inside of the engine then, so
 * such a program is built with the library of the same source. Everybody else includes object.h and
 * weak.h: what the calls do is the same. What is rare is a call here as well.
 */
#ifndef ACRE_CORE_INLINE_H
#define ACRE_CORE_INLINE_H

#include "core/edge.h"

#define ACRE_INLINE            static inline __attribute__((always_inline))
#define ACRE_RARELY(condition) __builtin_expect((condition), 0)

/* Birth ------------------------------------------------------------------------------------- */

/* A size that the compiler knows makes it a handful of stores. */
ACRE_INLINE enum acre_status acre_object_new_sized_inline(struct acre_engine *engine,
                                                          uint32_t number, size_t size_bytes,
                                                          struct acre_object **object)
{
    const struct acre_birth *birth = &engine->births[number % BIRTHS];
    const struct acre_layout layout = {size_bytes, 16, 0};
    struct acre_object *made; /* so that the caller's variable may stay in a register */
    enum acre_status status;
    void *memory;

    if (!acre_check_owner(engine, "acre_object_new")) {
        *object = NULL;
        return ACRE_BAD_ARGUMENT;
    }
    if (ACRE_RARELY(birth->key != acre_birth_key(number, size_bytes) ||
                    !acre_bump_take(birth->alloc, layout, &memory))) {
        status = acre_object_new_sized(engine, number, size_bytes, &made);
        *object = made;
        return status;
    }
    birth->region->live_objects++;
    made = memory;
    *made = birth->newborn;
    acre_check_born(engine, made);
    memset(made + 1, 0, size_bytes - sizeof *made);
    *object = made;
    return ACRE_OK;
}

/* References -------------------------------------------------------------------------------- */

/* Flags and region where they are in a kind, so that it is read once: the compiler knows the
 * places, and that one register is enough for all questions. */
#define KIND_REGION     (((struct acre_object){.region = 0xfff}).kind)
#define KIND_FLAG(flag) (((struct acre_object){.flags = (flag)}).kind)

static inline struct acre_region *acre_region_in(const struct acre_engine *engine, uint32_t kind)
{
    return acre_region_at(engine, (kind & KIND_REGION) / (KIND_REGION & -KIND_REGION));
}

ACRE_INLINE void acre_ref_inline(struct acre_engine *engine, struct acre_object *object)
{
    uint32_t kind;

    if (object == NULL || !acre_check_usable(engine, object, "acre_ref"))
        return;
    kind = object->kind;
    acre_count_up(object);
    if ((kind & KIND_FLAG(OBJECT_IN_BULK)) != 0)
        acre_region_in(engine, kind)->ended_outside--;
}

/* object.c: the reference that the variable at `pointer` held, which is NULL by now, ends. */
void acre_unref_slowly(struct acre_engine *engine, struct acre_object *object, const void *pointer);

/* The last reference, one that sticks and one that makes a candidate are a call, and so is one to
 * an object of another region than the pinned one that a C variable may hold under a name. */
ACRE_INLINE void acre_unref_inline(struct acre_engine *engine, void *pointer)
{
    struct acre_object *object;
    uint32_t kind;

    memcpy(&object, pointer, sizeof object);
    if (object == NULL)
        return;
    if (!acre_check_releasable(engine, object, "acre_unref")) {
        memset(pointer, 0, sizeof object);
        return;
    }
    kind = object->kind;
    if ((kind & (KIND_REGION | KIND_FLAG(OBJECT_MAY_CYCLE))) != 0) {
        struct acre_region *region = acre_region_in(engine, kind);

        if (ACRE_RARELY(region->holders.count != 0 || (kind & KIND_FLAG(OBJECT_MAY_CYCLE)) != 0)) {
            memset(pointer, 0, sizeof object);
            acre_unref_slowly(engine, object, pointer);
            return;
        }
        if ((kind & KIND_FLAG(OBJECT_IN_BULK)) != 0)
            region->ended_outside++;
    }
    /* Twice, so that a variable that goes out of scope need not be written to. */
    if (ACRE_RARELY((int32_t)--object->strong <= 0)) {
        memset(pointer, 0, sizeof object);
        acre_count_ended(engine, object);
    } else {
        memset(pointer, 0, sizeof object);
    }
}

/* True in builds without checks. */
ACRE_INLINE bool acre_may_refer(struct acre_engine *engine, const struct acre_object *holder,
                                const struct acre_object *target)
{
    return acre_check_not_dead(engine, holder, "acre_slot_set, holder") &&
           (target == NULL || acre_check_usable(engine, target, "acre_slot_set, target"));
}

ACRE_INLINE enum acre_status acre_slot_set_inline(struct acre_engine *engine,
                                                  struct acre_object *holder, void *slot,
                                                  struct acre_object *target)
{
    struct acre_object *old;

    if (!acre_may_refer(engine, holder, target))
        return ACRE_BAD_ARGUMENT;
    memcpy(&old, slot, sizeof old);
    if (ACRE_RARELY(old != NULL ||
                    (target != NULL && ((target->kind ^ holder->kind) & KIND_REGION) != 0)))
        return acre_slot_set(engine, holder, slot, target);
    if (target != NULL)
        acre_count_up(target);
    memcpy(slot, &target, sizeof target);
    return ACRE_OK;
}

ACRE_INLINE enum acre_status acre_slot_give_inline(struct acre_engine *engine,
                                                   struct acre_object *holder, void *slot,
                                                   struct acre_object *target)
{
    struct acre_object *old;
    uint32_t kind;

    if (!acre_may_refer(engine, holder, target))
        return ACRE_BAD_ARGUMENT;
    memcpy(&old, slot, sizeof old);
    if (ACRE_RARELY(target == NULL || old != NULL))
        return acre_slot_give(engine, holder, slot, target);
    kind = target->kind;
    if (ACRE_RARELY(((kind ^ holder->kind) & KIND_REGION) != 0))
        return acre_slot_give(engine, holder, slot, target);
    if ((kind & KIND_FLAG(OBJECT_IN_BULK)) != 0)
        acre_region_in(engine, kind)->ended_outside++;
    else if (ACRE_RARELY((kind & KIND_FLAG(OBJECT_MAY_CYCLE)) != 0))
        return acre_slot_give(engine, holder, slot, target);
    memcpy(slot, &target, sizeof target);
    return ACRE_OK;
}

/* Weak references --------------------------------------------------------------------------- */

ACRE_INLINE struct acre_object *acre_weak_get_inline(struct acre_engine *engine,
                                                     struct acre_weak weak)
{
    struct acre_region *region;
    struct acre_object *object;

    if (!acre_check_owner(engine, "acre_weak_get"))
        return NULL;
    object = acre_weak_find(engine, weak, &region);
    if (object == NULL || !acre_check_usable(engine, object, "acre_weak_get"))
        return object;
    if (region != NULL && acre_region_is_bulk(region))
        region->ended_outside--;
    acre_count_up(object);
    return object;
}

#ifndef ACRE_DEFINES_CALLS /* object.c and weak.c, where the calls themselves are */
#define acre_object_new_sized acre_object_new_sized_inline
#define acre_ref              acre_ref_inline
#define acre_unref            acre_unref_inline
#define acre_slot_set         acre_slot_set_inline
#define acre_slot_give        acre_slot_give_inline
#define acre_weak_get         acre_weak_get_inline
#endif

#endif
