/*
 * Two recordings of a program, place by place: what is allocated more, or less, in the second.
 *
 * Places are matched by function and by the last part of its file's path: builds differ in
 * addresses, in lines and in directories. Where a function has no name, all of its module count as
 * one.
 */
#ifndef ACRE_PROFILE_DIFF_H
#define ACRE_PROFILE_DIFF_H

#include "profile/group.h"

/* One of the two. All is borrowed. */
struct acre_diff_side {
    const struct acre_profile *profile;
    struct acre_names *names;
    const struct acre_profile_site *sites; /* those of the profile, or what leaked */
    size_t count;
};

/* A place in one of them. */
struct acre_diff_part {
    bool is_there;
    uint32_t stack, depth; /* as of a group, of its heaviest */
    struct acre_profile_figures figures;
};

struct acre_diff_row {
    const char *function;  /* a module's name, where its functions have none; never NULL */
    size_t function_bytes; /* that count */
    const char *file;      /* last part of a path; NULL: not known */
    struct acre_diff_part parts[2];
};

struct acre_diff {
    struct acre_diff_row *rows; /* all places, the greatest change of the figure first */
    size_t count;
    size_t changed;     /* rows that have; they come first */
    size_t added, gone; /* places that only the second has, and only the first */

    struct acre_alloc *memory; /* the diff's own */
    size_t capacity;
};

/* False for want of memory: nothing is owned then. Strings are those of the sides. */
bool acre_diff_make(struct acre_diff *diff, struct acre_alloc *memory,
                    const struct acre_diff_side sides[2], enum acre_site_order order);

void acre_diff_fini(struct acre_diff *diff);

#endif
