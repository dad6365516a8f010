#include "core/table.h"

#include "core/internal.h"

static struct acre_layout layout_of(size_t capacity, size_t row_bytes, enum acre_purpose purpose)
{
    return (struct acre_layout){capacity * row_bytes, 64, (uint32_t)purpose};
}

bool acre_table_grow(struct acre_engine *engine, struct acre_table *table, size_t more,
                     size_t row_bytes, enum acre_purpose purpose)
{
    size_t capacity = table->capacity < 8 ? 8 : table->capacity;
    size_t needed;
    void *rows;

    if (__builtin_add_overflow(table->count, more, &needed) || needed > UINT32_MAX / 2)
        return false;
    while (capacity < needed)
        capacity *= 2;
    rows = acre_reallocate(engine->memory, table->rows,
                           layout_of(table->capacity, row_bytes, purpose), capacity * row_bytes);
    if (rows == NULL)
        return false;
    table->rows = rows;
    table->capacity = (uint32_t)capacity;
    return true;
}

void acre_table_free(struct acre_engine *engine, struct acre_table *table, size_t row_bytes,
                     enum acre_purpose purpose)
{
    acre_free(engine->memory, table->rows, layout_of(table->capacity, row_bytes, purpose));
    *table = (struct acre_table){0};
}
