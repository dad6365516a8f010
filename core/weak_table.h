/*
 * A table of weak values: finds an object by a number, without keeping it alive. An entry goes when
 * its value dies.
 *
 *    index, by the key's hash          entries, oldest first
 *    ┌───┬───┬───┬───┬─ ─    place     ┌─────┬────────┬────────────┬───────┐
 *    │ 2 │ 0 │ 1 │ 0 │       plus 1 ─> │ key │ serial │ weak value │ watch │
 *    └───┴───┴───┴───┴─ ─              └─────┴────────┴────────────┴───────┘
 *
 * An entry that goes leaves a gap: nothing moves and nothing is allocated. An insertion that finds
 * no place closes the gaps, or takes memory. The memory is that of the engine's pinned region.
 *
 * A value that is dying is not found and not visited any more; its entry is counted until its turn
 * comes, as watches are called.
 */
#ifndef ACRE_CORE_WEAK_TABLE_H
#define ACRE_CORE_WEAK_TABLE_H

#include "core/weak.h"

struct acre_weak_table;

/* An empty table, to be destroyed before the engine. ACRE_NO_MEMORY; *table is NULL then. */
enum acre_status acre_weak_table_new(struct acre_engine *engine, struct acre_weak_table **table);

/* Ends the table, not its values. NULL is allowed. */
void acre_weak_table_destroy(struct acre_engine *engine, struct acre_weak_table *table);

/*
 * Makes `key` find `value`, which is borrowed, in place of what it found before. ACRE_NO_MEMORY;
 * ACRE_BAD_ARGUMENT for NULL, for a dying value and for a type that forbids weak references; the
 * table is as before then.
 */
enum acre_status acre_weak_table_put(struct acre_engine *engine, struct acre_weak_table *table,
                                     uint64_t key, struct acre_object *value);

/* The value with one more strong reference, owned by the caller; NULL when there is none. */
struct acre_object *acre_weak_table_get(struct acre_engine *engine,
                                        const struct acre_weak_table *table, uint64_t key);

/* Returns whether there was an entry. */
bool acre_weak_table_remove(struct acre_engine *engine, struct acre_weak_table *table,
                            uint64_t key);

uint32_t acre_weak_table_count(const struct acre_weak_table *table);

/*
 * The next value in the order of insertion, with one more strong reference that the caller owns,
 * and its key (which may be NULL); NULL at the end. *cursor is 0 before the first. Meanwhile
 * entries may come and go in any way: each is visited at most once, none is visited dead, those
 * that were there all the time are visited, and so are those that came meanwhile. A value that
 * replaces another stands where that stood. There is nothing to end.
 */
struct acre_object *acre_weak_table_next(struct acre_engine *engine,
                                         const struct acre_weak_table *table, uint64_t *cursor,
                                         uint64_t *key);

#endif
