/*
 * The guard: a decorator that makes mistakes visible. It is slow and large, and it is the one place
 * in the library that may print and abort.
 *
 *   inner block   │ padding to the alignment │ red │ the caller's bytes │ red │
 *                                             0xFD  0xCD when fresh,     0xFD
 *                                                   0xDD when dead
 *
 * What it knows of blocks stands outside of them, in pages of its own, so that a block that was
 * overwritten cannot mislead it. Dead blocks are kept back for a while (a quarantine), so that
 * their memory is nobody else's while somebody still uses it:
 *
 *   freed         until `quarantine_bytes` of others have died, or as below
 *   dropped by    for `resets` further resets. A region that takes single frees gives its blocks
 *   a reset       back one by one after that, and never sees a reset; until then their bytes are
 *                 looked at. One that does not (an arena) is reset and trimmed, and the layer
 *                 below it (`retiring`) keeps the memory inaccessible: reading faults as well.
 *
 * Looked at is a block when it is freed, resized or dropped, when it leaves the quarantine, at
 * acre_check and at the end. What is found is told once, in one sentence of this form:
 *
 *   acre guard: overrun: block 0x7f52e4c01040 (48 bytes, align 16, Function) of 'arena': byte 48
 *   overwritten; allocated as #1234 in scope 5; likely cause: a loop that runs past the end
 *
 * docs/guard.md lists the defects. A wrong call (a double free, a layout that is another) does
 * nothing but be told; damage is mended when it has been told, and the call goes on.
 */
#ifndef ACRE_ALLOC_GUARD_H
#define ACRE_ALLOC_GUARD_H

#include "alloc/alloc.h"

enum acre_defect {
    /* Wrong calls. */
    ACRE_DEFECT_DOUBLE_FREE,
    ACRE_DEFECT_FREE_AFTER_RESET,
    ACRE_DEFECT_WRONG_ALLOCATOR,
    ACRE_DEFECT_SIZE_MISMATCH,
    ACRE_DEFECT_ALIGNMENT_MISMATCH,
    ACRE_DEFECT_PURPOSE_MISMATCH,
    ACRE_DEFECT_INTERIOR_POINTER,
    ACRE_DEFECT_FOREIGN_POINTER,
    /* Damage. */
    ACRE_DEFECT_UNDERRUN,
    ACRE_DEFECT_OVERRUN,
    ACRE_DEFECT_WRITE_AFTER_FREE,
    ACRE_DEFECT_WRITE_AFTER_RESET,
    /* A fault: acre_guards_explain. */
    ACRE_DEFECT_USE_AFTER_RESET,
    ACRE_DEFECT_COUNT
};

/* "double free", "overrun", ...; "?" for a number that is none of them. */
const char *acre_defect_name(enum acre_defect defect);

struct acre_guard_report {
    enum acre_defect defect;
    const void *address;  /* of the block, or what was given for one */
    const char *sentence; /* without a line end; until the next one */
};

/*
 * Guards that know each other, so that a block given to the wrong one is recognised and calls are
 * counted together. Begins zeroed, is the caller's, and outlives its guards; all of a family belong
 * to one thread at a time.
 */
struct acre_guards {
    struct acre_guard *first;
    uint64_t allocations; /* so far, of all: the number in "allocated as #1234" */
};

struct acre_guard_options {
    const char *owner;           /* in sentences; NULL: the inner allocator's name. Borrowed */
    struct acre_guards *family;  /* or NULL: it knows itself only */
    const uint64_t *scope;       /* the iteration, read at births and deaths; or NULL: unknown */
    struct acre_alloc *retiring; /* below the inner one (acre_retire_new), or NULL */
    size_t quarantine_bytes;     /* of freed blocks, with their zones; 0: 16 MiB */
    uint64_t resets;             /* that dropped blocks are kept for; 0: ACRE_GUARD_RESETS */

    /* Called with what was found. NULL: the sentence goes to standard error, and abort(). */
    void (*on_defect)(void *context, const struct acre_guard_report *report);
    void *context;
};

enum { ACRE_GUARD_RESETS = 4 };

/*
 * Decorator over `inner` (borrowed), with its capabilities; usable bytes are exactly those asked
 * for. NULL `options` are all zero. Its own memory comes from malloc and from mmap; without any an
 * allocation fails as if the inner one had. When the inner one has no memory the quarantine is
 * given up first. acre_check tells what the guard would, and then asks the inner one.
 */
struct acre_alloc *acre_guard_new(struct acre_alloc *inner,
                                  const struct acre_guard_options *options);

/* How many blocks are live behind a guard. */
uint64_t acre_guard_live_blocks(const struct acre_alloc *guard);

/*
 * After a fault at `address`: the sentence "use after reset", cut to its room, if a block of the
 * family was there whose memory is kept inaccessible. Async-signal-safe.
 */
bool acre_guards_explain(const struct acre_guards *family, const void *address, char *sentence,
                         size_t sentence_bytes);

#endif
