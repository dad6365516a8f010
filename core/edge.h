/* Strong references, with their books where they cross the border of a region; for the files of
 * core/ only. */
#ifndef ACRE_CORE_EDGE_H
#define ACRE_CORE_EDGE_H

#include "core/internal.h"

/*
 * Strong references, by where they come from. A reference from C code or from another region is
 * "from outside"; inside one region there is nothing to log, and the inline part is all.
 *
 * acre_edge_reserve makes room for the logs of `edges` references from a region to `target`;
 * after it acre_edge_add cannot fail. acre_edge_adopt makes an edge out of a reference that C code
 * owns, without touching the count. The _across parts are in edge.c.
 */
bool acre_edge_reserve_across(struct acre_engine *engine, uint32_t from_region,
                              const struct acre_object *target, size_t edges);
void acre_edge_log(struct acre_engine *engine, struct acre_object *holder, const void *slot,
                   struct acre_object *target);
void acre_edge_unlog(struct acre_engine *engine, struct acre_object *holder, const void *slot,
                     struct acre_object *target);

/* The strong references into a bulk region from C code and from other regions: each object is born
 * with one. */
static inline uint64_t acre_held_from_outside(const struct acre_region *region)
{
    return region->live_objects - region->ended_outside;
}

static inline void acre_outside_begins(struct acre_engine *engine, const struct acre_object *target)
{
    if ((target->flags & OBJECT_IN_BULK) != 0)
        acre_region_of(engine, target)->ended_outside--;
}

static inline void acre_outside_ends(struct acre_engine *engine, const struct acre_object *target)
{
    if ((target->flags & OBJECT_IN_BULK) != 0)
        acre_region_of(engine, target)->ended_outside++;
}

/* Ends a reference that C code held under no name. */
static inline void acre_release(struct acre_engine *engine, struct acre_object *object)
{
    acre_outside_ends(engine, object);
    acre_count_down(engine, object);
}

static inline bool acre_edge_reserve(struct acre_engine *engine, uint32_t from_region,
                                     const struct acre_object *target, size_t edges)
{
    return from_region == target->region ||
           acre_edge_reserve_across(engine, from_region, target, edges);
}

static inline void acre_edge_add(struct acre_engine *engine, struct acre_object *holder,
                                 const void *slot, struct acre_object *target)
{
    acre_count_up(target);
    if (holder->region == target->region)
        return;
    acre_outside_begins(engine, target);
    acre_edge_log(engine, holder, slot, target);
}

static inline void acre_edge_adopt(struct acre_engine *engine, struct acre_object *holder,
                                   const void *slot, struct acre_object *target)
{
    if (holder->region != target->region)
        acre_edge_log(engine, holder, slot, target);
    else
        acre_outside_ends(engine, target);
}

static inline void acre_edge_remove(struct acre_engine *engine, struct acre_object *holder,
                                    const void *slot, struct acre_object *target)
{
    if (holder->region != target->region) {
        acre_outside_ends(engine, target);
        acre_edge_unlog(engine, holder, slot, target);
    }
    acre_count_down(engine, target);
}

/* edge.c: the name of the reference at `slot` of `holder`, for sentences. */
const char *acre_slot_name(const struct acre_type *type, const struct acre_object *holder,
                           const void *slot);

/* edge.c: the books of who holds objects of a region that can be reset. `holder` is the object that
 * has the slot, or for a C variable the target itself. */
bool acre_holder_reserve(struct acre_engine *engine, const struct acre_object *target, size_t more);
enum acre_status acre_fail_to_hold(struct acre_engine *engine, const struct acre_object *target);
void acre_holder_add(struct acre_engine *engine, const struct acre_object *target,
                     struct acre_holder holder);
void acre_holder_forget(struct acre_engine *engine, const struct acre_object *target,
                        const struct acre_object *holder, const void *slot);

static inline void acre_holder_remove(struct acre_engine *engine, const struct acre_object *target,
                                      const struct acre_object *holder, const void *slot)
{
    if (target->region != ACRE_REGION_PINNED && acre_region_of(engine, target)->holders.count != 0)
        acre_holder_forget(engine, target, holder, slot);
}

#endif
