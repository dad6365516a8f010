#include "advise/numbers.h"

#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

#include "alloc/grow.h"

enum { FIRST_ROWS = 256 };

void acre_numbers_init(struct acre_numbers *numbers, struct acre_alloc *memory)
{
    *numbers = (struct acre_numbers){.memory = memory};
    if (getrandom(&numbers->seed, sizeof numbers->seed, GRND_NONBLOCK) < 0)
        numbers->seed = (uint64_t)(uintptr_t)numbers;
}

void acre_numbers_fini(struct acre_numbers *numbers)
{
    acre_free_elements(numbers->memory, numbers->keys, numbers->capacity, sizeof *numbers->keys);
    acre_free_elements(numbers->memory, numbers->rows, numbers->row_count, sizeof *numbers->rows);
    *numbers = (struct acre_numbers){.memory = numbers->memory, .seed = numbers->seed};
}

/* The row of a key, or the empty one where it would be. With a secret: whoever writes a file
 * chooses its keys. */
static size_t row_of(const struct acre_numbers *numbers, struct acre_key key)
{
    size_t mask = numbers->row_count - 1;
    size_t row = (size_t)XXH3_64bits_withSeed(&key, sizeof key, numbers->seed) & mask;

    while (numbers->rows[row] != 0) {
        const struct acre_key *there = &numbers->keys[numbers->rows[row] - 1];

        if (there->high == key.high && there->low == key.low)
            break;
        row = (row + 1) & mask;
    }
    return row;
}

static bool grow_rows(struct acre_numbers *numbers)
{
    size_t count = numbers->row_count == 0 ? (size_t)FIRST_ROWS : 2 * numbers->row_count;
    uint32_t *rows = acre_allocate(numbers->memory, acre_layout_of_elements(count, sizeof *rows));

    if (rows == NULL)
        return false;
    memset(rows, 0, count * sizeof *rows);
    acre_free_elements(numbers->memory, numbers->rows, numbers->row_count, sizeof *numbers->rows);
    numbers->rows = rows;
    numbers->row_count = count;
    for (uint32_t i = 0; i < numbers->count; i++)
        rows[row_of(numbers, numbers->keys[i])] = i + 1;
    return true;
}

uint32_t acre_number_of(struct acre_numbers *numbers, struct acre_key key)
{
    size_t row;

    if (numbers->count == UINT32_MAX)
        return 0;
    if (2 * ((size_t)numbers->count + 1) > numbers->row_count && !grow_rows(numbers))
        return 0;
    row = row_of(numbers, key);
    if (numbers->rows[row] != 0)
        return numbers->rows[row];
    if (!acre_grow(numbers->memory, &numbers->keys, numbers->count, &numbers->capacity,
                   sizeof *numbers->keys))
        return 0;
    numbers->keys[numbers->count++] = key;
    numbers->rows[row] = numbers->count;
    return numbers->count;
}
