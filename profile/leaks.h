/*
 * What was not freed at the end, and of that what the runtime keeps on purpose: buffers of stdio,
 * the tables of the loader, a locale. Those are told apart by a table of rules (leaks.c) over the
 * call stack in names, and are no leaks.
 *
 * Of some blocks it is not known: their call stacks end within the runtime, as those by frame
 * pointers do in a C library that has none. Who asked for them may have lost them.
 *
 * Of a trace that is not complete nothing can be said: what lives where it ends may have been freed
 * later.
 */
#ifndef ACRE_PROFILE_LEAKS_H
#define ACRE_PROFILE_LEAKS_H

#include "profile/walk.h"

enum { ACRE_KEPT_KINDS = 8 };

struct acre_kept {
    const char *what; /* "buffers of stdio" */
    uint64_t blocks, bytes;
};

struct acre_leaks {
    bool is_known; /* else all below is empty */
    uint64_t blocks, bytes;
    struct acre_profile_site *sites; /* copies of those that leaked, in the order of the profile */
    size_t count;
    uint64_t kept_blocks, kept_bytes;
    uint64_t unsure_blocks, unsure_bytes;
    struct acre_kept kept[ACRE_KEPT_KINDS]; /* by kind; some have no blocks */

    struct acre_alloc *memory; /* the leaks' own */
    size_t capacity;
};

/* All is borrowed. False for want of memory: nothing is owned then. */
bool acre_leaks_find(struct acre_leaks *leaks, struct acre_alloc *memory,
                     const struct acre_profile *profile, struct acre_names *names);

void acre_leaks_fini(struct acre_leaks *leaks);

#endif
