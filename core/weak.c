/* Weak references: see weak.h for the layout. */
#include "core/weak.h"

#define ACRE_DEFINES_CALLS
#include "core/inline.h"

enum acre_status acre_weak_of(struct acre_engine *engine, struct acre_object *object,
                              struct acre_weak *weak)
{
    struct acre_region *region;
    uint32_t slot;

    *weak = (struct acre_weak){0};
    if (object == NULL)
        return ACRE_OK;
    if (!acre_check_not_dead(engine, object, "acre_weak_of"))
        return ACRE_BAD_ARGUMENT;
    region = acre_region_of(engine, object);
    if ((object->flags & OBJECT_IS_DYING) != 0 || region->is_ending)
        return ACRE_OK;
    if ((object->flags & OBJECT_HAS_WEAK) != 0) {
        slot = (uint32_t)object->link;
        *weak =
            (struct acre_weak){region->place, slot, acre_weak_slot_at(region, slot)->generation};
        return ACRE_OK;
    }
    if (acre_type_of(engine, object)->forbids_weak)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "type '%s' forbids weak references",
                         acre_type_of(engine, object)->name);
    if (!acre_weak_begin(engine, region, object, weak))
        return acre_fail_no_memory(engine, "the slot of a weak reference");
    return ACRE_OK;
}

/* A generation that is used up retires its slot, so that no old handle ever reads alive again. */
void acre_weak_slot_free(struct acre_region *region, uint32_t slot)
{
    struct acre_weak_slot *record = acre_weak_slot_at(region, slot);

    record->object = NULL;
    if (record->generation == UINT32_MAX)
        return;
    record->generation++;
    record->next_free = region->free_weak_slot;
    region->free_weak_slot = slot + 1;
}

void acre_weak_clear(struct acre_engine *engine, struct acre_object *object)
{
    struct acre_region *region = acre_region_of(engine, object);
    uint32_t slot = (uint32_t)object->link;
    uint32_t newest_watch = acre_weak_slot_at(region, slot)->newest_watch;

    object->flags &= (uint8_t)~OBJECT_HAS_WEAK;
    acre_weak_slot_free(region, slot);
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
