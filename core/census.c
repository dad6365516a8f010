#include "core/census.h"

/* The index: open addressing with linear probing, at most half full -------------------------- */

static uint32_t *slot_of(const struct acre_census *census, const void *object)
{
    uint32_t *slots = census->index.rows;
    uint32_t mask = census->index.capacity - 1;
    uint64_t key = (uint64_t)(uintptr_t)object >> 4;
    uint32_t i = (uint32_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & mask;

    while (slots[i] != 0 && acre_member_at(census, slots[i] - 1)->object != object)
        i = (i + 1) & mask;
    return &slots[i];
}

static bool grow_index(struct acre_census *census)
{
    size_t capacity = census->index.capacity == 0 ? 64 : 2 * (size_t)census->index.capacity;
    struct acre_table index = {0};

    if (!acre_table_reserve(census->engine, &index, capacity, sizeof(uint32_t),
                            ACRE_PURPOSE_ENGINE))
        return false;
    memset(index.rows, 0, index.capacity * sizeof(uint32_t));
    acre_table_free(census->engine, &census->index, sizeof(uint32_t), ACRE_PURPOSE_ENGINE);
    census->index = index;
    for (uint32_t i = 0; i < census->members.count; i++)
        *slot_of(census, acre_member_at(census, i)->object) = i + 1;
    return true;
}

uint32_t acre_census_place(const struct acre_census *census, const void *object)
{
    return object != NULL && census->index.capacity > 0 ? *slot_of(census, object) - 1 : UINT32_MAX;
}

/* Members ------------------------------------------------------------------------------------- */

static bool has_room(struct acre_census *census)
{
    return acre_table_reserve(census->engine, &census->members, 1, sizeof(struct acre_member),
                              ACRE_PURPOSE_ENGINE) &&
           (2 * census->members.count < census->index.capacity || grow_index(census));
}

static void add(struct acre_census *census, struct acre_object *object)
{
    if (object == NULL || acre_census_place(census, object) != UINT32_MAX)
        return;
    if (!has_room(census)) {
        census->is_short_of_memory = true;
        return;
    }
    *acre_member_at(census, census->members.count) = (struct acre_member){.object = object};
    *slot_of(census, object) = ++census->members.count;
}

static void meet(struct acre_engine *engine, struct acre_object *holder, struct acre_object *child,
                 void *slot, void *context)
{
    struct acre_census *census = context;
    uint32_t place;

    (void)engine;
    (void)holder;
    (void)slot;
    if (census->follows)
        add(census, child);
    place = acre_census_place(census, child);
    if (place != UINT32_MAX && acre_member_at(census, place)->held_inside != UINT32_MAX)
        acre_member_at(census, place)->held_inside++;
}

uint32_t acre_held_outside(const struct acre_member *member)
{
    uint32_t strong = member->object->strong;

    return !acre_count_sticks(member->object) && strong > member->held_inside
               ? strong - member->held_inside
               : 0;
}

/* What is reached from outside ---------------------------------------------------------------- */

/* A bulk region holds its objects until the reset, an object in work its children. */
static bool is_held(const struct acre_member *member)
{
    return acre_held_outside(member) > 0 || acre_count_sticks(member->object) ||
           (member->object->flags & (OBJECT_IN_BULK | OBJECT_IS_DYING)) != 0;
}

struct reach {
    struct acre_census *census;
    uint32_t first; /* that waits; place + 1, 0: none */
};

static void reach(struct reach *reach, uint32_t place)
{
    struct acre_member *member = acre_member_at(reach->census, place);

    if (member->is_reached)
        return;
    member->is_reached = true;
    member->next = reach->first;
    reach->first = place + 1;
}

static void reach_child(struct acre_engine *engine, struct acre_object *holder,
                        struct acre_object *child, void *slot, void *context)
{
    struct reach *all = context;
    uint32_t place = acre_census_place(all->census, child);

    (void)engine;
    (void)holder;
    (void)slot;
    if (place != UINT32_MAX)
        reach(all, place);
}

static void reach_from_outside(struct acre_census *census)
{
    struct reach all = {.census = census};

    for (uint32_t i = 0; i < census->members.count; i++) {
        if (is_held(acre_member_at(census, i)))
            reach(&all, i);
        while (all.first != 0) {
            struct acre_member *member = acre_member_at(census, all.first - 1);

            all.first = member->next;
            acre_visit_children(census->engine, member->object, reach_child, &all);
        }
    }
}

/* All of it ----------------------------------------------------------------------------------- */

enum acre_status acre_census_take(struct acre_census *census, struct acre_engine *engine,
                                  struct acre_object *const *objects, size_t object_count,
                                  bool follows)
{
    *census = (struct acre_census){.engine = engine, .follows = follows};
    for (size_t i = 0; !census->is_short_of_memory && i < object_count; i++)
        add(census, objects[i]);
    for (uint32_t i = 0; !census->is_short_of_memory && i < census->members.count; i++)
        acre_visit_children(engine, acre_member_at(census, i)->object, meet, census);
    if (census->is_short_of_memory) {
        acre_census_free(census);
        return acre_fail_no_memory(engine, "the census of a picture");
    }
    reach_from_outside(census);
    return ACRE_OK;
}

void acre_census_free(struct acre_census *census)
{
    acre_table_free(census->engine, &census->members, sizeof(struct acre_member),
                    ACRE_PURPOSE_ENGINE);
    acre_table_free(census->engine, &census->index, sizeof(uint32_t), ACRE_PURPOSE_ENGINE);
}
