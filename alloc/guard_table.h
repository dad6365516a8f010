/*
 * What a guard knows of its blocks: rows in pages of their own, found by the block's address.
 *
 *   buckets[hash of the address] ──> row ──> row ──> NULL      newest first
 *   slabs of rows, a row never moves:  │ row │ row │ unused │ row │ ...
 */
#ifndef ACRE_ALLOC_GUARD_TABLE_H
#define ACRE_ALLOC_GUARD_TABLE_H

#include "alloc/alloc.h"

enum acre_guarded_state {
    ACRE_GUARDED_UNUSED, /* no block */
    ACRE_GUARDED_LIVE,
    ACRE_GUARDED_FREED,
    ACRE_GUARDED_DROPPED, /* by a reset */
};

struct acre_guarded {
    struct acre_guarded *next;      /* of its bucket, or unused */
    struct acre_guarded *next_dead; /* in the order of deaths */
    unsigned char *block;           /* where the caller's bytes begin */
    struct acre_layout layout;      /* the caller's */
    uint64_t born, born_scope;      /* number of the allocation; scope */
    uint64_t died, died_scope;      /* allocations until then; scope */
    uint64_t epoch;                 /* resets before its death */
    enum acre_guarded_state state;
    bool is_out_of_reach; /* its memory went back to the layer below */
};

struct acre_guard_slab;

/* Zeroed, but for `memory` (borrowed), it is empty. */
struct acre_guard_table {
    struct acre_alloc *memory;
    struct acre_guarded **buckets;
    size_t bucket_count, count;
    struct acre_guarded *unused;
    struct acre_guard_slab *slabs;
};

/* A row for a block that is yet to come; NULL without memory. It is in no bucket. */
struct acre_guarded *acre_guard_table_reserve(struct acre_guard_table *table);

/* The row's block is known. Needs no memory: without any the buckets get longer. */
void acre_guard_table_add(struct acre_guard_table *table, struct acre_guarded *row);

/* Of a row that was reserved and not added, and of one that was added. */
void acre_guard_table_give_up(struct acre_guard_table *table, struct acre_guarded *row);
void acre_guard_table_remove(struct acre_guard_table *table, struct acre_guarded *row);

/* The newest row of a block that begins at `block`, or NULL. */
struct acre_guarded *acre_guard_table_find(const struct acre_guard_table *table, const void *block);

/* A row whose block has `address` inside, a live one rather than a dead one; or NULL. Slow. */
struct acre_guarded *acre_guard_table_around(const struct acre_guard_table *table,
                                             const void *address);

/* Each row once, in no order: begin with NULL; NULL after the last. Rows may be removed. */
struct acre_guarded *acre_guard_table_next(const struct acre_guard_table *table,
                                           const struct acre_guarded *row);

void acre_guard_table_fini(struct acre_guard_table *table);

#endif
