/*
 * Objects: birth, counts, death.
 *
 * Death is a loop over a list. While an object is taken apart, the children that die with it are
 * appended to `engine->dying`; when it is done they are put in front of those that waited before,
 * which makes the order that of a depth-first walk without a stack:
 *
 *    waiting:  c d         a is taken apart, its children x y die
 *    waiting:  x y c d
 */
#include "core/object.h"

#include <string.h>

#define ACRE_DEFINES_CALLS
#include "core/inline.h"

const struct acre_type *acre_type_of(const struct acre_engine *engine,
                                     const struct acre_object *object)
{
    return acre_entry_of(engine, object)->type;
}

struct acre_alloc *acre_allocator_of(const struct acre_engine *engine,
                                     const struct acre_object *object)
{
    return acre_region_of(engine, object)->alloc;
}

uint32_t acre_strong_count(const struct acre_object *object)
{
    if (object == NULL)
        return 0;
    return acre_count_sticks(object) ? UINT32_MAX : object->strong;
}

/* Birth ------------------------------------------------------------------------------------- */

/* The next birth of this type and size may be inline, if it needs nothing but a header and zeros.
 * `newborn` has just been made in the way that takes everything into account. */
static void note_birth(struct acre_engine *engine, uint32_t number, struct acre_region *region,
                       size_t size_bytes, const struct acre_object *newborn)
{
    struct acre_birth *birth = &engine->births[number % BIRTHS];
    uint64_t key = acre_birth_key(number, size_bytes);
    bool is_mourned = acre_region_is_bulk(region) && acre_type_at(engine, number)->destroy != NULL;

    if (birth->key == key || engine->has_collector || is_mourned ||
        region->alloc->bump.end == NULL || size_bytes > ACRE_BUMP_MOST_BYTES)
        return;
    engine->has_births = true;
    *birth = (struct acre_birth){*newborn, key, region, region->alloc};
}

static const struct acre_layout mourned_layout = {sizeof(struct acre_mourned), 16,
                                                  ACRE_PURPOSE_ENGINE};

/* In a bulk region the reset ends its objects: it has to know whose destructor to call. */
static __attribute__((noinline)) struct acre_object *place_mourned(struct acre_engine *engine,
                                                                   struct acre_region *region,
                                                                   uint32_t number,
                                                                   size_t size_bytes)
{
    struct acre_mourned *mourned = acre_allocate(region->alloc, mourned_layout);
    struct acre_object *object;

    if (mourned == NULL)
        return NULL;
    object = acre_object_place_acyclic(engine, region, number, size_bytes,
                                       acre_type_at(engine, number)->purpose);
    if (object == NULL) {
        acre_free(region->alloc, mourned, mourned_layout);
        return NULL;
    }
    *mourned = (struct acre_mourned){object, region->mourned};
    region->mourned = mourned;
    return object;
}

static inline struct acre_object *give_birth(struct acre_engine *engine, struct acre_region *region,
                                             const struct acre_type *type, uint32_t number,
                                             size_t size_bytes)
{
    if (type->destroy != NULL && acre_region_is_bulk(region))
        return place_mourned(engine, region, number, size_bytes);
    return acre_refers_to_objects(type)
               ? acre_object_place(engine, region, number, size_bytes, type->purpose)
               : acre_object_place_acyclic(engine, region, number, size_bytes, type->purpose);
}

struct acre_object *acre_object_birth(struct acre_engine *engine, struct acre_region *region,
                                      uint32_t number, size_t size_bytes)
{
    return give_birth(engine, region, acre_type_at(engine, number), number, size_bytes);
}

enum acre_status acre_object_new_sized(struct acre_engine *engine, uint32_t number,
                                       size_t size_bytes, struct acre_object **object)
{
    const struct acre_type *type;
    struct acre_region *region;

    *object = NULL;
    if (!acre_check_owner(engine, "acre_object_new"))
        return ACRE_BAD_ARGUMENT;
    acre_collect_if_due(engine);
    region = acre_region_at(engine, engine->current_region);
    if (number >= engine->types.count)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "type number %u is not registered", number);
    type = acre_type_at(engine, number);
    if (size_bytes < type->size_bytes)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "type '%s' has at least %zu bytes, not %zu",
                         type->name, type->size_bytes, size_bytes);
    /* Its memory goes back with the size that the type tells. */
    if (size_bytes > type->size_bytes && type->size_of == NULL)
        return acre_fail(engine, ACRE_BAD_ARGUMENT,
                         "type '%s' has no size_of: its objects have %zu bytes, not %zu",
                         type->name, type->size_bytes, size_bytes);
    *object = give_birth(engine, region, type, number, size_bytes);
    if (*object == NULL)
        return acre_fail_no_memory(engine, type->name);
    memset(*object + 1, 0, size_bytes - sizeof **object);
    note_birth(engine, number, region, size_bytes, *object);
    return ACRE_OK;
}

enum acre_status acre_object_new(struct acre_engine *engine, uint32_t number,
                                 struct acre_object **object)
{
    size_t size_bytes = number < engine->types.count ? acre_type_at(engine, number)->size_bytes : 0;

    return acre_object_new_sized(engine, number, size_bytes, object);
}

/* Death ------------------------------------------------------------------------------------- */

void acre_dying_append(struct acre_engine *engine, struct acre_object *object)
{
    struct acre_queue *queue = &engine->dying;

    object->link = 0;
    if (queue->first == NULL)
        queue->first = object;
    else
        queue->last->link = (uint64_t)(uintptr_t)object;
    queue->last = object;
}

static void put_in_front(struct acre_queue *queue, struct acre_queue *waiting)
{
    if (queue->first == NULL) {
        *queue = *waiting;
        return;
    }
    queue->last->link = (uint64_t)(uintptr_t)waiting->first;
    if (waiting->first != NULL)
        queue->last = waiting->last;
}

static void release_child(struct acre_engine *engine, struct acre_object *holder,
                          struct acre_object *child, void *slot, void *context)
{
    (void)context;
    acre_edge_remove(engine, holder, slot, child);
}

void acre_object_end(struct acre_engine *engine, struct acre_object *object)
{
    const struct acre_type *type = acre_type_of(engine, object);

    if (type->destroy != NULL)
        type->destroy(engine, object);
}

static void free_object(struct acre_engine *engine, struct acre_object *object,
                        const struct acre_type *type)
{
    if ((object->flags & OBJECT_MAY_CYCLE) != 0)
        engine->candidates.live--;
    acre_object_remove(engine, object, type);
}

void acre_object_give_back(struct acre_engine *engine, struct acre_object *object)
{
    const struct acre_type *type = acre_type_of(engine, object);

    if (type->free_owned != NULL)
        type->free_owned(engine, object);
    free_object(engine, object, type);
}

void acre_drain(struct acre_engine *engine)
{
    struct acre_queue waiting = engine->dying;

    engine->is_draining = true;
    while (waiting.first != NULL) {
        struct acre_object *object = waiting.first;

        waiting.first = (struct acre_object *)(uintptr_t)object->link;
        engine->dying = (struct acre_queue){0};
        acre_object_end(engine, object);
        acre_visit_children(engine, object, release_child, NULL);
        acre_object_give_back(engine, object);
        put_in_front(&engine->dying, &waiting);
        waiting = engine->dying;
    }
    engine->dying = (struct acre_queue){0};
    engine->is_draining = false;
}

static void die(struct acre_engine *engine, struct acre_object *object)
{
    if ((object->flags & OBJECT_HAS_WEAK) != 0)
        acre_weak_clear(engine, object);
    if ((object->flags & OBJECT_IS_LISTED) != 0)
        acre_candidate_remove(engine, object);
    object->flags |= OBJECT_IS_DYING;
    acre_dying_append(engine, object);
    if (!engine->is_draining)
        acre_drain(engine);
}

static bool may_become_candidate(const struct acre_object *object)
{
    return (object->flags & (OBJECT_MAY_CYCLE | OBJECT_IS_LISTED | OBJECT_IS_DYING)) ==
           OBJECT_MAY_CYCLE;
}

void acre_count_ended(struct acre_engine *engine, struct acre_object *object)
{
    if (acre_count_sticks(object))
        object->strong = STICKY_COUNT;
    else if ((object->flags & (OBJECT_IN_BULK | OBJECT_IS_DYING)) == 0)
        die(engine, object);
}

void acre_count_down(struct acre_engine *engine, struct acre_object *object)
{
    if ((int32_t)--object->strong <= 0)
        acre_count_ended(engine, object);
    else if (may_become_candidate(object))
        acre_candidate_add(engine, object);
}

void acre_object_end_alone(struct acre_engine *engine, struct acre_object *object)
{
    bool was_draining = engine->is_draining;

    engine->is_draining = true;
    acre_object_end(engine, object);
    if (!was_draining)
        acre_drain(engine);
}

void acre_object_unmake(struct acre_engine *engine, struct acre_object *object, bool owns)
{
    const struct acre_type *type = acre_type_of(engine, object);
    struct acre_region *region = acre_region_of(engine, object);

    if (owns) {
        acre_object_end_alone(engine, object);
        region = acre_region_of(engine, object); /* the destructor may have made regions */
    }
    if (owns && type->free_owned != NULL)
        type->free_owned(engine, object);
    if ((object->flags & OBJECT_HAS_WEAK) != 0)
        acre_weak_slot_free(&region->weak, acre_weak_number_of(object));
    for (struct acre_mourned **at = &region->mourned; *at != NULL; at = &(*at)->older)
        if ((*at)->object == object) {
            struct acre_mourned *mourned = *at;

            *at = mourned->older;
            acre_free(region->alloc, mourned, mourned_layout);
            break;
        }
    free_object(engine, object, type);
}

/* References from C code -------------------------------------------------------------------- */

void acre_ref(struct acre_engine *engine, struct acre_object *object)
{
    acre_ref_inline(engine, object);
}

void acre_unref_slowly(struct acre_engine *engine, struct acre_object *object, const void *pointer)
{
    acre_holder_remove(engine, object, object, pointer);
    acre_release(engine, object);
}

void acre_unref(struct acre_engine *engine, void *pointer)
{
    acre_unref_inline(engine, pointer);
}

enum acre_status acre_make_immortal(struct acre_engine *engine, struct acre_object *object)
{
    const struct acre_region *region;

    if (object == NULL)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "immortal: the object is NULL");
    if (!acre_check_not_dead(engine, object, "acre_make_immortal"))
        return ACRE_BAD_ARGUMENT;
    if ((object->flags & OBJECT_IS_DYING) != 0)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "immortal: the object is dying");
    region = acre_region_of(engine, object);
    if (!region->is_lasting)
        return acre_fail(engine, ACRE_BAD_ARGUMENT,
                         "immortal: the objects of region '%s' end with its reset", region->name);
    engine->immortals += !acre_count_sticks(object);
    object->strong = STICKY_COUNT;
    return ACRE_OK;
}

/* True in builds without checks. */
static bool may_set_slot(struct acre_engine *engine, const struct acre_object *holder,
                         const void *slot, const struct acre_object *target)
{
    const struct acre_object *old;

    if (!acre_check_not_dead(engine, holder, "acre_slot_set, holder"))
        return false;
    memcpy(&old, slot, sizeof old);
    return (old == NULL || acre_check_not_dead(engine, old, "acre_slot_set, old target")) &&
           (target == NULL || acre_check_usable(engine, target, "acre_slot_set, target"));
}

/* `gives`: C code holds the target, and its reference becomes the slot's. */
static inline enum acre_status put(struct acre_engine *engine, struct acre_object *holder,
                                   void *slot, struct acre_object *target, bool gives)
{
    struct acre_object *old;

    if (!may_set_slot(engine, holder, slot, target))
        return ACRE_BAD_ARGUMENT;
    if (target != NULL && !acre_edge_reserve(engine, holder->region, target, 1))
        return acre_fail_to_hold(engine, target);
    if (target != NULL && gives)
        acre_edge_adopt(engine, holder, slot, target);
    else if (target != NULL)
        acre_edge_add(engine, holder, slot, target);
    memcpy(&old, slot, sizeof old);
    memcpy(slot, &target, sizeof target);
    /* C code held it until now and does not any more: the slot may have closed a garbage cycle. */
    if (target != NULL && gives && may_become_candidate(target))
        acre_candidate_add(engine, target);
    if (old != NULL)
        acre_edge_remove(engine, holder, slot, old);
    return ACRE_OK;
}

enum acre_status acre_slot_set(struct acre_engine *engine, struct acre_object *holder, void *slot,
                               struct acre_object *target)
{
    return put(engine, holder, slot, target, false);
}

enum acre_status acre_slot_give(struct acre_engine *engine, struct acre_object *holder, void *slot,
                                struct acre_object *target)
{
    return put(engine, holder, slot, target, true);
}
