/*
 * The ledger: exact books of what a program allocated, kept from the events of the record
 * decorator. Two depths:
 *
 *   counts  the books (books.h), which the record decorator keeps in place: no event, no memory;
 *   full    from the events also what each live block is, and so: usable and held bytes, sizes
 *           and lifetimes of blocks, what outlived its iteration, a row for each iteration.
 *
 * A ledger points into itself once it is initialised: it stays where it is.
 */
#ifndef ACRE_ALLOC_LEDGER_H
#define ACRE_ALLOC_LEDGER_H

#include "alloc/books.h"

enum { ACRE_LEDGER_BUCKETS = 65 };

/* One scope (iteration). Live is at its end, peak within it. Full only. */
struct acre_ledger_scope {
    uint64_t scope;
    uint64_t allocations, requested_bytes;
    uint64_t peak_bytes;
    struct acre_live live[ACRE_PURPOSE_COUNT];
};

struct acre_ledger_entry; /* one live block, in ledger.c */

struct acre_ledger {
    struct acre_sink sink; /* give its address to acre_record_new */

    struct acre_books books;

    /* Full only. */
    struct acre_alloc *memory;                       /* for its own tables; borrowed */
    struct acre_alloc *observed[ACRE_BOOKS_SOURCES]; /* asked for held bytes; borrowed, or NULL */
    struct acre_ledger_entry *entries;
    size_t entry_capacity, entry_count;
    struct acre_live
        outlived[ACRE_PURPOSE_COUNT]; /* died in a later scope than they were born in */
    uint64_t usable_bytes, peak_usable_bytes;
    uint64_t peak_held_bytes, sampled_peak_bytes; /* held is asked for at a new peak */
    uint64_t size_histogram[ACRE_LEDGER_BUCKETS]; /* births; bucket i: 2^(i-1) < bytes <= 2^i */
    /* deaths[i][j]: blocks of bucket i by their size when they died (a resize may have changed it),
     * of bucket j by the bytes that others allocated between birth and death. What a reset drops
     * died then. A table of its own: NULL when the ledger has ended. */
    uint64_t (*deaths)[ACRE_LEDGER_BUCKETS];
    struct acre_ledger_scope *scopes;
    size_t scope_count, scope_capacity;
    uint64_t calls;     /* that were told, of whatever kind */
    uint64_t peak_call; /* the last of them that left as many bytes live as there ever were */
    struct {
        uint64_t number; /* 0: none */
        void (*function)(void *context);
        void *context;
    } stop;
    uint64_t lost; /* blocks not entered for want of memory: then full figures are incomplete */
};

/* A ledger of counts. It owns nothing and needs no end. */
void acre_ledger_init(struct acre_ledger *ledger);

/*
 * A full ledger. Its tables come from `memory` (borrowed), which must not be what it observes.
 * `scopes` rows are reserved; later scopes are counted in the totals only.
 * False when there is no memory; then nothing is owned.
 */
bool acre_ledger_init_full(struct acre_ledger *ledger, struct acre_alloc *memory, size_t scopes);

/* Frees the tables of a full ledger, that of deaths among them; the counts stay readable. */
void acre_ledger_fini(struct acre_ledger *ledger);

/*
 * Full only: calls `function` once, in the middle of call number `call` (ledger->calls then), when
 * the books hold it. It may look at the allocators that are observed, but not use them, and may say
 * where to stop next.
 */
void acre_ledger_stop_at(struct acre_ledger *ledger, uint64_t call, void (*function)(void *context),
                         void *context);

/* Marks the beginning and the end of scope number `scope`. */
void acre_ledger_scope_begin(struct acre_ledger *ledger, uint64_t scope);
void acre_ledger_scope_end(struct acre_ledger *ledger);

/* Whether every observed source has the capability, and there is one: without it a figure is
 * "not reported". */
bool acre_ledger_knows(const struct acre_ledger *ledger, enum acre_capability capability);

/* What the observed sources hold now, of those that can tell. */
uint64_t acre_ledger_held_bytes(const struct acre_ledger *ledger);

struct acre_live_block {
    const void *address;
    size_t size_bytes;
    uint32_t purpose, source;
    uint64_t born_bytes; /* allocated before it, in all */
};

/*
 * The live blocks of a full ledger that are for one of `purposes` (bits 1u << enum acre_purpose),
 * oldest first. Returns how many there are; `blocks` are written only if `room` is enough for all.
 */
size_t acre_ledger_live(const struct acre_ledger *ledger, unsigned purposes,
                        struct acre_live_block *blocks, size_t room);

/* The bucket of the histograms a value belongs to. */
unsigned acre_ledger_bucket(uint64_t value);

/* Deaths by lifetime alone. Full only, before its end. */
void acre_ledger_lifetimes(const struct acre_ledger *ledger,
                           uint64_t histogram[ACRE_LEDGER_BUCKETS]);

#endif
