#include "page/index.h"

#include <string.h>
#include <xxhash.h>

#include "alloc/grow.h"

enum { FIRST_ROWS = 256 };

void acre_page_index_init(struct acre_page_index *index, struct acre_alloc *memory)
{
    *index = (struct acre_page_index){.memory = memory, .seed = (uint64_t)(uintptr_t)index};
}

void acre_page_index_fini(struct acre_page_index *index)
{
    acre_free_elements(index->memory, index->rows, index->row_count, sizeof *index->rows);
}

/* The row of a pair, or the empty one where it would be. */
static struct acre_page_pair *row_of(const struct acre_page_index *index, uint64_t first,
                                     uint64_t second)
{
    const uint64_t key[2] = {first, second};
    size_t mask = index->row_count - 1;
    size_t row = (size_t)XXH3_64bits_withSeed(key, sizeof key, index->seed) & mask;

    while (index->rows[row].place != 0 &&
           (index->rows[row].first != first || index->rows[row].second != second))
        row = (row + 1) & mask;
    return &index->rows[row];
}

static bool grow(struct acre_page_index *index)
{
    struct acre_page_index grown = *index;

    grown.row_count = index->row_count == 0 ? (size_t)FIRST_ROWS : 2 * index->row_count;
    grown.rows =
        acre_allocate(index->memory, acre_layout_of_elements(grown.row_count, sizeof *grown.rows));
    if (grown.rows == NULL)
        return false;
    memset(grown.rows, 0, grown.row_count * sizeof *grown.rows);
    for (size_t i = 0; i < index->row_count; i++)
        if (index->rows[i].place != 0)
            *row_of(&grown, index->rows[i].first, index->rows[i].second) = index->rows[i];
    acre_page_index_fini(index);
    *index = grown;
    return true;
}

bool acre_page_index_of(struct acre_page_index *index, uint64_t first, uint64_t second,
                        uint32_t *number)
{
    struct acre_page_pair *row;

    if (index->count == UINT32_MAX - 1 ||
        (2 * ((size_t)index->count + 1) > index->row_count && !grow(index)))
        return false;
    row = row_of(index, first, second);
    if (row->place == 0)
        *row = (struct acre_page_pair){first, second, ++index->count};
    *number = row->place - 1;
    return true;
}
