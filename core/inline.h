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

/* Type, flags and region of an object: read at once, and apart from the count, which was written
 * just before and would have to arrive first. The compiler knows where it has put the fields. */
static inline uint32_t acre_kind_bits(const struct acre_object *object)
{
    uint32_t bits;

    memcpy(&bits, (const char *)object + sizeof object->strong, sizeof bits);
    return bits;
}

static inline uint32_t acre_bits_of_region(void)
{
    const struct acre_object object = {.region = 0xfff};

    return acre_kind_bits(&object);
}

static inline uint32_t acre_bits_of_flag(uint8_t flag)
{
    const struct acre_object object = {.flags = flag};

    return acre_kind_bits(&object);
}

static inline uint32_t acre_region_number(const struct acre_object *object)
{
    return (acre_kind_bits(object) & acre_bits_of_region()) /
           (acre_bits_of_region() & -acre_bits_of_region());
}

static inline bool acre_share_region(const struct acre_object *a, const struct acre_object *b)
{
    return ((acre_kind_bits(a) ^ acre_kind_bits(b)) & acre_bits_of_region()) == 0;
}

static inline bool acre_has_flags(const struct acre_object *object, uint8_t flags)
{
    return (acre_kind_bits(object) & acre_bits_of_flag(flags)) != 0;
}

ACRE_INLINE void acre_ref_inline(struct acre_engine *engine, struct acre_object *object)
{
    if (object == NULL || !acre_check_usable(engine, object, "acre_ref"))
        return;
    acre_count_up(object);
    if (acre_has_flags(object, OBJECT_IN_BULK))
        acre_region_at(engine, acre_region_number(object))->ended_outside--;
}

/* The last reference, one that sticks and one that makes a candidate are a call, and so is one to
 * an object of another region than the pinned one that a C variable may hold under a name. */
ACRE_INLINE void acre_unref_inline(struct acre_engine *engine, void *pointer)
{
    struct acre_object *object;

    memcpy(&object, pointer, sizeof object);
    if (object == NULL)
        return;
    if (!acre_check_releasable(engine, object, "acre_unref")) {
        memset(pointer, 0, sizeof object);
        return;
    }
    if (ACRE_RARELY(object->strong - 2 >= UINT32_MAX - 2)) {
        acre_unref(engine, pointer);
        return;
    }
    if ((acre_kind_bits(object) & (acre_bits_of_region() | acre_bits_of_flag(OBJECT_MAY_CYCLE))) !=
        0) {
        struct acre_region *region = acre_region_at(engine, acre_region_number(object));

        if (ACRE_RARELY(region->holders.count != 0 || acre_has_flags(object, OBJECT_MAY_CYCLE))) {
            acre_unref(engine, pointer);
            return;
        }
        if (acre_has_flags(object, OBJECT_IN_BULK))
            region->ended_outside++;
    }
    memset(pointer, 0, sizeof object);
    object->strong--;
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
    if (ACRE_RARELY(old != NULL || (target != NULL && !acre_share_region(holder, target))))
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

    if (!acre_may_refer(engine, holder, target))
        return ACRE_BAD_ARGUMENT;
    memcpy(&old, slot, sizeof old);
    if (ACRE_RARELY(target == NULL || old != NULL || !acre_share_region(holder, target) ||
                    acre_has_flags(target, OBJECT_MAY_CYCLE)))
        return acre_slot_give(engine, holder, slot, target);
    if (acre_has_flags(target, OBJECT_IN_BULK))
        acre_region_at(engine, acre_region_number(target))->ended_outside++;
    memcpy(slot, &target, sizeof target);
    return ACRE_OK;
}

/* Weak references --------------------------------------------------------------------------- */

ACRE_INLINE struct acre_object *acre_weak_get_inline(struct acre_engine *engine,
                                                     struct acre_weak weak)
{
    struct acre_object *object = acre_weak_peek(engine, weak);

    acre_ref_inline(engine, object);
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
