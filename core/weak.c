/* Weak references: see weak.h for the layout. */
#include "core/weak.h"

#define ACRE_DEFINES_CALLS
#include "core/inline.h"

static enum acre_status fail_no_slot(struct acre_engine *engine)
{
    if (engine->next_stamp == LAST_STAMP)
        return acre_fail(engine, ACRE_NO_MEMORY, "weak references are used up: 2^52 were made");
    return acre_fail_no_memory(engine, "the slot of a weak reference");
}

enum acre_status acre_weak_of(struct acre_engine *engine, struct acre_object *object,
                              struct acre_weak *weak)
{
    struct acre_region *region;
    struct acre_weak_slot *slot;

    *weak = (struct acre_weak){0};
    if (object == NULL)
        return ACRE_OK;
    if (!acre_check_not_dead(engine, object, "acre_weak_of"))
        return ACRE_BAD_ARGUMENT;
    region = acre_region_of(engine, object);
    if ((object->flags & OBJECT_IS_DYING) != 0 || region->is_ending)
        return ACRE_OK;
    if ((object->flags & OBJECT_HAS_WEAK) != 0) {
        slot = acre_weak_slot_at(&region->weak, acre_weak_number_of(object));
        *weak = (struct acre_weak){slot, slot->stamp};
        return ACRE_OK;
    }
    if (acre_type_of(engine, object)->forbids_weak)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "type '%s' forbids weak references",
                         acre_type_of(engine, object)->name);
    if (!acre_weak_begin(engine, region, object, weak))
        return fail_no_slot(engine);
    return ACRE_OK;
}

void acre_weak_clear(struct acre_engine *engine, struct acre_object *object)
{
    struct acre_region *region = acre_region_of(engine, object);
    uint32_t number = acre_weak_number_of(object);
    uint32_t newest_watch = *acre_newest_watch_at(&region->weak, number);

    object->flags &= (uint8_t)~OBJECT_HAS_WEAK;
    acre_weak_slot_free(&region->weak, number);
    acre_watchers_die(engine, newest_watch);
}

struct acre_object *acre_weak_get(struct acre_engine *engine, struct acre_weak weak)
{
    return acre_weak_get_inline(engine, weak);
}

bool acre_weak_is_alive(const struct acre_engine *engine, struct acre_weak weak)
{
    return acre_weak_peek(engine, weak) != NULL;
}
