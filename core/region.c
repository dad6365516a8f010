/*
 * Regions: entering one, and the reset. A reset ends a family: a region, the regions inside of it,
 * those inside of them. Families are walked children first, by the links in the regions, so that
 * there is neither a stack nor an allocation:
 *
 *    root ──newest_child──> c2 ──older_sibling──> c1        c2, c1, root
 */
#include "core/region.h"

#include <stdio.h>
#include <string.h>

#include "core/edge.h"

static void set_current(struct acre_engine *engine, uint32_t region)
{
    if (region == engine->current_region)
        return;
    engine->current_region = region;
    acre_births_forget(engine);
}

uint32_t acre_region_enter(struct acre_engine *engine, uint32_t region)
{
    uint32_t before = engine->current_region;

    if (!acre_check_owner(engine, "acre_region_enter"))
        return before;
    if (region < engine->regions.count && !acre_region_at(engine, region)->is_ending)
        set_current(engine, region);
    return before;
}

/* Families ----------------------------------------------------------------------------------- */

static uint32_t first_below(const struct acre_engine *engine, uint32_t number)
{
    while (acre_region_at(engine, number)->newest_child != 0)
        number = acre_region_at(engine, number)->newest_child;
    return number;
}

/* 0 after the root, which is the last. */
static uint32_t after(const struct acre_engine *engine, uint32_t root, uint32_t number)
{
    const struct acre_region *region = acre_region_at(engine, number);

    if (number == root)
        return 0;
    return region->older_sibling != 0 ? first_below(engine, region->older_sibling) : region->parent;
}

#define for_each_of_family(number, engine, root)                                                   \
    for (uint32_t number = first_below(engine, root); number != 0;                                 \
         number = after(engine, root, number))

typedef void family_step(struct acre_engine *engine, uint32_t number);

static __attribute__((cold)) void walk_family(struct acre_engine *engine, uint32_t root,
                                              family_step *step)
{
    for_each_of_family (number, engine, root)
        step(engine, number);
}

static bool is_alone(const struct acre_engine *engine, uint32_t root)
{
    return acre_region_at(engine, root)->newest_child == 0;
}

/* Most regions are alone, and their resets are frequent: no loop, and the step is known. */
static inline void each_of_family(struct acre_engine *engine, uint32_t root, family_step *step)
{
    if (is_alone(engine, root))
        step(engine, root);
    else
        walk_family(engine, root, step);
}

static bool is_of_family(const struct acre_engine *engine, uint32_t root, uint32_t number)
{
    while (number != root && number != 0)
        number = acre_region_at(engine, number)->parent;
    return number == root;
}

/* Who holds --------------------------------------------------------------------------------- */

static bool is_from_outside(const struct acre_engine *engine, uint32_t root,
                            const struct acre_holder *holder)
{
    return holder->name != NULL || !is_of_family(engine, root, holder->object->region);
}

/* What keeps a region from being reset with its family. */
static uint64_t held_from_outside(const struct acre_engine *engine, uint32_t root, uint32_t number)
{
    const struct acre_region *region = acre_region_at(engine, number);
    uint64_t held;

    if (!acre_region_is_bulk(region))
        return region->live_objects;
    held = acre_held_from_outside(region);
    if (held == 0 || is_alone(engine, root))
        return held;
    for_each_of_family (other, engine, root) {
        const struct acre_table *outgoing = &acre_region_at(engine, other)->outgoing;

        for (size_t i = 0; i < outgoing->count; i++)
            held -= ((const struct acre_outgoing *)outgoing->rows)[i].target->region == number;
    }
    return held;
}

/* "y, Node.next": as many names as fit. Returns how many there are. */
static uint64_t name_holders(const struct acre_engine *engine, uint32_t root, uint32_t number,
                             char *text, size_t text_bytes)
{
    const struct acre_table *holders = &acre_region_at(engine, number)->holders;
    const struct acre_holder *rows = holders->rows;
    uint64_t named = 0;
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < holders->count; i++) {
        const struct acre_type *type;
        int written;

        if (!is_from_outside(engine, root, &rows[i]))
            continue;
        named++;
        if (used >= text_bytes)
            continue;
        type = rows[i].name == NULL ? acre_type_of(engine, rows[i].object) : NULL;
        written = snprintf(text + used, text_bytes - used, "%s%s%s%s", named > 1 ? ", " : "",
                           type != NULL ? type->name : "", type != NULL ? "." : "",
                           type != NULL ? acre_slot_name(type, rows[i].object, rows[i].slot)
                                        : rows[i].name);
        used += written > 0 ? (size_t)written : 0;
    }
    return named;
}

static __attribute__((cold)) enum acre_status refuse(struct acre_engine *engine, uint32_t root,
                                                     uint32_t number, uint64_t held)
{
    const struct acre_region *region = acre_region_at(engine, number);
    char names[128];
    uint64_t named = name_holders(engine, root, number, names, sizeof names);

    if (!acre_region_is_bulk(region))
        return acre_fail(engine, ACRE_HELD,
                         "region '%s' has %llu live objects and was not reset; held from outside "
                         "by: %s",
                         region->name, (unsigned long long)region->live_objects,
                         named > 0 ? names : "nobody known");
    return acre_fail(engine, ACRE_HELD,
                     "region '%s' was not reset: %llu references from outside: %s%s%llu unnamed",
                     region->name, (unsigned long long)held, names, named > 0 ? ", " : "",
                     (unsigned long long)(held > named ? held - named : 0));
}

/* Detaching --------------------------------------------------------------------------------- */

struct search {
    const void *slot;
    bool is_found;
};

static void compare_slot(struct acre_engine *engine, struct acre_object *holder,
                         struct acre_object *child, void *slot, void *context)
{
    struct search *search = context;

    (void)engine;
    (void)holder;
    (void)child;
    search->is_found |= slot == search->slot;
}

/*
 * Whether what the books say about a holder is true, and its slot may be written to. A field could
 * have moved; a C variable's reference could have been moved to another by hand, and the variable
 * been assigned to once more, which makes a newer row.
 */
static bool is_as_written(struct acre_engine *engine, const struct acre_table *holders, size_t row)
{
    const struct acre_holder *rows = holders->rows;
    struct search search = {rows[row].slot, false};
    const struct acre_object *held;

    if (rows[row].name == NULL) {
        acre_visit_children(engine, (struct acre_object *)(uintptr_t)rows[row].object, compare_slot,
                            &search);
        return search.is_found;
    }
    for (size_t i = row + 1; i < holders->count; i++)
        if (rows[i].slot == rows[row].slot)
            return false;
    memcpy(&held, rows[row].slot, sizeof held);
    return held == rows[row].object;
}

static uint64_t detachable(struct acre_engine *engine, uint32_t root, uint32_t number)
{
    const struct acre_table *holders = &acre_region_at(engine, number)->holders;
    const struct acre_holder *rows = holders->rows;
    uint64_t count = 0;

    for (size_t i = 0; i < holders->count; i++)
        count += is_from_outside(engine, root, &rows[i]) && is_as_written(engine, holders, i);
    return count;
}

/* Every holder from outside is as written: see detachable. */
static __attribute__((cold)) void detach(struct acre_engine *engine, uint32_t root, uint32_t number)
{
    const struct acre_table *holders = &acre_region_at(engine, number)->holders;
    const struct acre_holder *rows = holders->rows;

    for (size_t i = holders->count; i-- > 0;) {
        void *slot = (void *)(uintptr_t)rows[i].slot;
        struct acre_object *holder = (struct acre_object *)(uintptr_t)rows[i].object;
        struct acre_object *target;

        if (!is_from_outside(engine, root, &rows[i]) || !is_as_written(engine, holders, i))
            continue;
        memcpy(&target, slot, sizeof target);
        memset(slot, 0, sizeof target);
        if (rows[i].name == NULL) {
            acre_edge_remove(engine, holder, slot, target);
        } else {
            acre_holder_remove(engine, target, target, slot);
            acre_release(engine, target);
        }
    }
}

/* The reset --------------------------------------------------------------------------------- */

/* What is true of most regions at most resets, in a few instructions. */
static inline bool is_free_to_end(const struct acre_region *region)
{
    uint64_t held =
        acre_region_is_bulk(region) ? acre_held_from_outside(region) : region->live_objects;

    return held == 0 && region->newest_child == 0;
}

static enum acre_status check_one(struct acre_engine *engine, uint32_t root, uint32_t number,
                                  bool detaches)
{
    uint64_t held = held_from_outside(engine, root, number);

    if (held != 0 && (!detaches || !acre_region_is_bulk(acre_region_at(engine, number)) ||
                      held != detachable(engine, root, number)))
        return refuse(engine, root, number, held);
    return ACRE_OK;
}

static __attribute__((cold)) enum acre_status check_family(struct acre_engine *engine,
                                                           uint32_t root, bool detaches)
{
    for_each_of_family (number, engine, root) {
        enum acre_status status = check_one(engine, root, number, detaches);

        if (status != ACRE_OK)
            return status;
    }
    return ACRE_OK;
}

/* Every weak handle into the region dies here, before anything else can be asked. */
static void begin_to_end(struct acre_engine *engine, uint32_t number)
{
    struct acre_region *region = acre_region_at(engine, number);

    region->is_ending = true;
    region->first_stamp = engine->next_stamp;
    acre_weak_slots_reset(&region->weak);
    if (region->newest_watch != 0)
        acre_watchers_die(engine, region->newest_watch);
    region->newest_watch = 0;
}

/* What dies of a destructor dies right after it. */
static void call_destructors(struct acre_engine *engine, uint32_t number)
{
    struct acre_mourned *mourned = acre_region_at(engine, number)->mourned;

    for (; mourned != NULL; mourned = mourned->older)
        acre_object_end_alone(engine, mourned->object);
}

/* The targets may die now, and what is called then may make regions: their table moves. */
static inline void release_outgoing(struct acre_engine *engine, uint32_t number)
{
    struct acre_table *outgoing;

    while ((outgoing = &acre_region_at(engine, number)->outgoing)->count > 0) {
        const struct acre_outgoing *row =
            (const struct acre_outgoing *)outgoing->rows + --outgoing->count;
        struct acre_object *target = row->target;

        acre_holder_remove(engine, target, row->holder, row->slot);
        acre_release(engine, target);
    }
}

static void take_memory_back(struct acre_engine *engine, uint32_t number)
{
    struct acre_region *region = acre_region_at(engine, number);

    region->live_objects = 0;
    region->ended_outside = 0;
    region->mourned = NULL;
    /* Names of C variables whose reference was moved elsewhere by hand. */
    region->holders.count = 0;
    region->is_ending = false;
    acre_reset(region->alloc);
}

/* Alone, and nobody is to be called: nothing can happen between the first step and the last. */
static bool ends_in_silence(const struct acre_region *region)
{
    return region->newest_child == 0 && region->newest_watch == 0 && region->mourned == NULL &&
           region->outgoing.count == 0;
}

static void end_family(struct acre_engine *engine, uint32_t root)
{
    uint32_t current_region = engine->current_region;
    bool is_silent = ends_in_silence(acre_region_at(engine, root));

    each_of_family(engine, root, begin_to_end);
    if (is_silent) {
        take_memory_back(engine, root);
        return;
    }
    if (acre_region_at(engine, current_region)->is_ending)
        set_current(engine, ACRE_REGION_PINNED);
    if (engine->dying.first != NULL)
        acre_drain(engine);
    each_of_family(engine, root, call_destructors);
    each_of_family(engine, root, release_outgoing);
    each_of_family(engine, root, take_memory_back);
    set_current(engine, current_region);
}

static enum acre_status reset(struct acre_engine *engine, uint32_t root, bool detaches)
{
    enum acre_status status;

    if (!acre_check_owner(engine, "acre_region_reset"))
        return ACRE_BAD_ARGUMENT;
    if (root >= engine->regions.count || acre_region_at(engine, root)->is_lasting)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "region %u cannot be reset", root);
    if (acre_busy_with(engine) != NULL)
        return acre_fail(engine, ACRE_BUSY, "region '%s' cannot be reset from inside a %s",
                         acre_region_at(engine, root)->name, acre_busy_with(engine));
    if (!is_free_to_end(acre_region_at(engine, root))) {
        status = check_family(engine, root, detaches);
        if (status != ACRE_OK)
            return status;
    }
    if (detaches)
        for_each_of_family (number, engine, root)
            detach(engine, root, number);
    end_family(engine, root);
    return ACRE_OK;
}

enum acre_status acre_region_reset(struct acre_engine *engine, uint32_t region)
{
    return reset(engine, region, false);
}

enum acre_status acre_region_reset_detaching(struct acre_engine *engine, uint32_t region)
{
    return reset(engine, region, true);
}
