/*
 * The call stacks of a profile as one tree in names, from the outside in: what a flame graph draws.
 *
 *    sites                                tree
 *    append < parse < main   100 bytes    all 160 ── main 160 ─┬─ parse 140 ─── append 140
 *    append < parse < main    40                               └─ load   20
 *    load < main              20
 *
 * Equal names below one caller are one node, whatever their addresses. Functions that were inlined
 * are nodes as well.
 */
#ifndef ACRE_PAGE_FLAME_H
#define ACRE_PAGE_FLAME_H

#include "profile/group.h"

enum {
    ACRE_FLAME_MOST_DEPTH = 1000, /* what is called deeper counts as its caller's */
    ACRE_FLAME_MOST_KEPT = 10000,
};

struct acre_flame_node {
    const struct acre_frame *frame; /* NULL: all of the program, node 0 */
    uint32_t trace_frame;           /* that it was made for first; 0: none */
    uint32_t line;                  /* 0: not known, or calls of it stand in several */
    uint32_t parent, depth;
    uint32_t first_child, next_sibling; /* 0: none */
    bool is_kept;
    uint64_t weights[ACRE_SITE_ORDERS]; /* by acre_site_weight, with all that it calls */
};

struct acre_flame {
    struct acre_flame_node *nodes; /* callers stand before whom they call */
    uint32_t count;
    uint32_t kept;      /* nodes */
    unsigned per_mille; /* a node is kept that has so much of one of the weights, or more */
    bool has_deeper;    /* there are stacks that go beyond the most depth */

    struct acre_alloc *memory; /* the flame's own */
    size_t capacity;
};

/* Of these sites of the profile. All is borrowed; frames are those of `names`. False for want of
 * memory: nothing is owned then. */
bool acre_flame_make(struct acre_flame *flame, struct acre_alloc *memory,
                     const struct acre_profile *profile, struct acre_names *names,
                     const struct acre_profile_site *sites, size_t count);

void acre_flame_fini(struct acre_flame *flame);

#endif
