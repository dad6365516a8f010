/* The guard's sentences. Nothing here allocates or uses stdio: a signal handler may ask as well. */
#ifndef ACRE_ALLOC_GUARD_REPORT_H
#define ACRE_ALLOC_GUARD_REPORT_H

#include "alloc/guard.h"
#include "alloc/guard_table.h"

struct acre_guard_finding {
    enum acre_defect defect;
    const char *owner;               /* of the block; of the guard that was asked, without one */
    const struct acre_guarded *row;  /* NULL: no block is known there */
    const void *address;             /* what was given */
    const char *given_to;            /* wrong allocator */
    struct acre_layout given;        /* the mismatches */
    ptrdiff_t first_byte, last_byte; /* damage, counted from the block's beginning */
    bool tells_scope;
};

struct acre_guard_sentence {
    char text[1024];
    size_t length;
};

void acre_guard_say(struct acre_guard_sentence *sentence, const struct acre_guard_finding *finding);

#endif
