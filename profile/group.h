/*
 * Sites as people think of them: those whose call stacks have in common which function allocated,
 * at which line. That is the first frame that is not plumbing (plumbing.h), or where all is, the
 * innermost.
 *
 *    stack 7: operator new < std::vector<>::push_back < load a.cpp:12 < main ┐  one group,
 *    stack 9: operator new < load a.cpp:12 < again < main                    ┘  "load a.cpp:12"
 */
#ifndef ACRE_PROFILE_GROUP_H
#define ACRE_PROFILE_GROUP_H

#include "profile/walk.h"

enum acre_site_group_by {
    ACRE_SITE_GROUP_BY_FUNCTION, /* and line */
    ACRE_SITE_GROUP_BY_STACK,    /* nothing is put together */
    ACRE_SITE_GROUP_BY_MODULE,   /* that the function lies in */
};

/* What groups are sorted by, the greatest first. */
enum acre_site_order {
    ACRE_SITE_ORDER_PEAK,   /* bytes at the process's peak */
    ACRE_SITE_ORDER_BYTES,  /* bytes, in all */
    ACRE_SITE_ORDER_CALLS,  /* births and resizes */
    ACRE_SITE_ORDER_SHORT,  /* blocks that lived shortly */
    ACRE_SITE_ORDER_LEAKED, /* bytes that were not freed */
    ACRE_SITE_ORDERS
};

/* "peak", "bytes", ... False: there is no such order. */
bool acre_site_order_from_name(const char *name, enum acre_site_order *order);

uint64_t acre_site_weight(const struct acre_profile_figures *figures, enum acre_site_order order);

struct acre_site_group {
    const char *function; /* as in names; by module: its path. Never NULL */
    const char *file;     /* NULL: not known */
    uint32_t line;        /* 0: not known */
    uint32_t stack;       /* that of its sites which weighs most; 0: there is none */
    uint32_t depth;       /* frames of that stack, inlined ones too, that are inside `function` */
    size_t sites;
    struct acre_profile_figures figures;
};

struct acre_site_groups {
    struct acre_site_group *groups;
    size_t count;

    struct acre_alloc *memory; /* the groups' own */
    size_t capacity;
};

/*
 * Groups `count` sites of the profile, sorted as told, then by bytes, then by name: the order
 * does not depend on where the program was loaded. All is borrowed; strings are those of `names`
 * and of the profile. False for want of memory: nothing is owned then.
 */
bool acre_site_groups_make(struct acre_site_groups *groups, struct acre_alloc *memory,
                           const struct acre_profile *profile, struct acre_names *names,
                           const struct acre_profile_site *sites, size_t count,
                           enum acre_site_group_by by, enum acre_site_order order);

void acre_site_groups_fini(struct acre_site_groups *groups);

#endif
