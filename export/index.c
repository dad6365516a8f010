#include "export/index.h"

#include <string.h>

enum { FIRST_CAPACITY = 64 };

static struct acre_layout layout_of(size_t capacity)
{
    return (struct acre_layout){capacity * sizeof(struct acre_index_row),
                                _Alignof(struct acre_index_row), ACRE_PURPOSE_OTHER};
}

void acre_index_init(struct acre_index *index, struct acre_alloc *memory)
{
    *index = (struct acre_index){.memory = memory};
}

void acre_index_fini(struct acre_index *index)
{
    acre_free(index->memory, index->rows, layout_of(index->capacity));
    acre_index_init(index, index->memory);
}

uint32_t acre_index_find(const struct acre_index *index, uint64_t hash, acre_index_is *is,
                         const void *wanted, const void *things)
{
    if (index->capacity == 0)
        return 0;
    for (size_t at = hash & (index->capacity - 1); index->rows[at].number != 0;
         at = (at + 1) & (index->capacity - 1))
        if (index->rows[at].hash == (uint32_t)hash && is(wanted, things, index->rows[at].number))
            return index->rows[at].number;
    return 0;
}

/* The hash of a row is its lower half, and rows are no more than 2^32. */
static void put(struct acre_index *index, struct acre_index_row row)
{
    size_t at = row.hash & (index->capacity - 1);

    while (index->rows[at].number != 0)
        at = (at + 1) & (index->capacity - 1);
    index->rows[at] = row;
}

static bool grow(struct acre_index *index)
{
    struct acre_index grown = *index;

    grown.capacity = index->capacity == 0 ? FIRST_CAPACITY : 2 * index->capacity;
    grown.rows = acre_allocate(index->memory, layout_of(grown.capacity));
    if (grown.rows == NULL)
        return false;
    memset(grown.rows, 0, layout_of(grown.capacity).size);
    for (size_t i = 0; i < index->capacity; i++)
        if (index->rows[i].number != 0)
            put(&grown, index->rows[i]);
    acre_free(index->memory, index->rows, layout_of(index->capacity));
    *index = grown;
    return true;
}

bool acre_index_add(struct acre_index *index, uint64_t hash, uint32_t number)
{
    if (3 * (index->count + 1) > 2 * index->capacity && !grow(index))
        return false;
    put(index, (struct acre_index_row){(uint32_t)hash, number});
    index->count++;
    return true;
}
