/*
 * Checks of the caller, for builds that have them: what died is remembered by its address, so that
 * its memory is never looked at.
 *
 *    obituaries[hash of the address] ─> address, type, region, epoch
 *
 * The object lived there, and is dead when the epoch of the region's allocator is another. A death
 * that is no reset writes one that never is. Objects of a bulk region are
 * written down at birth, since their reset visits nobody. Who comes later takes a row over, so the
 * books have a fixed size and forget the oldest; who is not in them counts as alive.
 */
#include <pthread.h>
#include <stdio.h>

#include "core/internal.h"

bool acre_has_checks(void)
{
    return ACRE_CHECKS;
}

#if ACRE_CHECKS

enum { OBITUARIES = 4096 };

static const uint64_t epoch_of_the_dead = UINT64_MAX;

struct acre_obituary {
    uintptr_t not_address; /* inverted, lest a leak checker takes it for a reference */
    uint64_t epoch;
    uint16_t type, region;
};

static const struct acre_layout layout = {OBITUARIES * sizeof(struct acre_obituary), 64,
                                          ACRE_PURPOSE_ENGINE};

bool acre_checks_begin(struct acre_engine *engine)
{
    acre_checks_adopt(engine);
    engine->obituaries = acre_allocate(engine->memory, layout);
    if (engine->obituaries != NULL)
        memset(engine->obituaries, 0, layout.size);
    return engine->obituaries != NULL;
}

void acre_checks_end(struct acre_engine *engine)
{
    acre_free(engine->memory, engine->obituaries, layout);
}

/* Objects lie at multiples of 16; the factor is 2^64 divided by the golden ratio (Knuth, The Art of
 * Computer Programming, volume 3, section 6.4). */
static struct acre_obituary *row_of(const struct acre_engine *engine,
                                    const struct acre_object *object)
{
    uint64_t hash = ((uint64_t)(uintptr_t)object >> 4) * UINT64_C(0x9e3779b97f4a7c15);

    return &engine->obituaries[hash >> 52];
}

static bool is_about(const struct acre_obituary *row, const struct acre_object *object)
{
    return row->not_address == ~(uintptr_t)object;
}

void acre_check_born(struct acre_engine *engine, const struct acre_object *object)
{
    struct acre_obituary *row = row_of(engine, object);

    if ((object->flags & OBJECT_IN_BULK) != 0)
        *row =
            (struct acre_obituary){~(uintptr_t)object, acre_region_of(engine, object)->alloc->epoch,
                                   object->type, object->region};
    else if (is_about(row, object))
        *row = (struct acre_obituary){0};
}

void acre_check_ended(struct acre_engine *engine, const struct acre_object *object)
{
    *row_of(engine, object) =
        (struct acre_obituary){~(uintptr_t)object, epoch_of_the_dead, object->type, object->region};
}

/* The sentence is in engine->error. */
static void count(struct acre_engine *engine)
{
    engine->misuses++;
    if (engine->on_misuse != NULL)
        engine->on_misuse(engine->misuse_context, engine->error);
}

static void tell(struct acre_engine *engine, const char *call, const char *what, uint32_t type)
{
    acre_fail(engine, ACRE_BAD_ARGUMENT, "%s: %s '%s'", call, what,
              acre_type_at(engine, type)->name);
    count(engine);
}

/* Atomic, for the wrong thread asks whenever it likes. */
void acre_checks_adopt(struct acre_engine *engine)
{
    __atomic_store_n(&engine->owner, (uintptr_t)pthread_self(), __ATOMIC_RELAXED);
}

bool acre_check_owner(struct acre_engine *engine, const char *call)
{
    if (__atomic_load_n(&engine->owner, __ATOMIC_RELAXED) == (uintptr_t)pthread_self())
        return true;
    acre_fail(engine, ACRE_BAD_ARGUMENT,
              "%s: called by a thread that does not own the engine (acre_engine_adopt)", call);
    count(engine);
    return false;
}

static bool is_dead(const struct acre_engine *engine, const struct acre_object *object)
{
    const struct acre_obituary *row = row_of(engine, object);

    return is_about(row, object) && row->epoch != acre_region_at(engine, row->region)->alloc->epoch;
}

/* In a reset of its region an object waits for its end as the dying do. */
static bool is_dying(const struct acre_engine *engine, const struct acre_object *object)
{
    return (object->flags & OBJECT_IS_DYING) != 0 || acre_region_of(engine, object)->is_ending;
}

bool acre_check_not_dead(struct acre_engine *engine, const struct acre_object *object,
                         const char *call)
{
    if (!acre_check_owner(engine, call))
        return false;
    if (!is_dead(engine, object))
        return true;
    tell(engine, call, "a dead", row_of(engine, object)->type);
    return false;
}

bool acre_check_usable(struct acre_engine *engine, const struct acre_object *object,
                       const char *call)
{
    if (!acre_check_not_dead(engine, object, call))
        return false;
    if (!is_dying(engine, object))
        return true;
    tell(engine, call, "there is no resurrection of a dying", object->type);
    return false;
}

bool acre_check_releasable(struct acre_engine *engine, const struct acre_object *object,
                           const char *call)
{
    if (!acre_check_not_dead(engine, object, call))
        return false;
    if (is_dying(engine, object))
        tell(engine, call, "nobody can hold a dying", object->type);
    else if (object->strong == 0)
        tell(engine, call, "released below zero, a", object->type);
    else
        return true;
    return false;
}

#endif
