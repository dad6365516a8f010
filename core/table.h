/* Rows that grow by doubling, in the engine's own memory: outside every region that is reset; for
 * the files of core/ only. */
#ifndef ACRE_CORE_TABLE_H
#define ACRE_CORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/alloc.h"

struct acre_engine;

struct acre_table {
    void *rows;
    uint32_t count, capacity;
};

/* Room for `more` rows; false when there is none to be had, with nothing changed. */
bool acre_table_grow(struct acre_engine *engine, struct acre_table *table, size_t more,
                     size_t row_bytes, enum acre_purpose purpose);

static inline bool acre_table_reserve(struct acre_engine *engine, struct acre_table *table,
                                      size_t more, size_t row_bytes, enum acre_purpose purpose)
{
    return more <= table->capacity - table->count ||
           acre_table_grow(engine, table, more, row_bytes, purpose);
}

void acre_table_free(struct acre_engine *engine, struct acre_table *table, size_t row_bytes,
                     enum acre_purpose purpose);

#endif
