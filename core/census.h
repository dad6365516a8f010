/*
 * The objects of a picture, for the files of core/ only: which there are, how many references to
 * each come from the others, and which of them nobody outside can reach.
 *
 * Trial deletion as in collect.c, but over any set of objects, in an engine with or without a
 * collector, and with its books beside the objects: nothing in them is touched.
 */
#ifndef ACRE_CORE_CENSUS_H
#define ACRE_CORE_CENSUS_H

#include "core/internal.h"

struct acre_member {
    struct acre_object *object;
    uint32_t held_inside; /* strong references from members */
    uint32_t named;       /* strong references from C variables that are drawn: see draw.c */
    uint32_t next;        /* that waits to be looked at; place + 1, 0: none */
    bool is_reached;      /* from outside: no garbage */
};

struct acre_census {
    struct acre_engine *engine;
    struct acre_table members; /* struct acre_member, in the order given, then as met */
    struct acre_table index;   /* uint32_t by address: place of the member + 1, 0: none; count is 0,
                                * capacity a power of two */
    bool follows, is_short_of_memory;
};

/*
 * Takes a census of the objects (NULL and those that stand there twice are passed over) and, if
 * `follows`, of all they reach. ACRE_NO_MEMORY; nothing is owned then.
 */
enum acre_status acre_census_take(struct acre_census *census, struct acre_engine *engine,
                                  struct acre_object *const *objects, size_t object_count,
                                  bool follows);

void acre_census_free(struct acre_census *census);

static inline struct acre_member *acre_member_at(const struct acre_census *census, uint32_t place)
{
    return (struct acre_member *)census->members.rows + place;
}

/* The place of an object, or UINT32_MAX when it is no member. The address is only compared. */
uint32_t acre_census_place(const struct acre_census *census, const void *object);

/* Strong references from elsewhere. What a sticky count is made of nobody knows: 0. */
uint32_t acre_held_outside(const struct acre_member *member);

#endif
