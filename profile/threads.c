#include "profile/threads.h"

#include <stdlib.h>
#include <xxhash.h>

#include "alloc/grow.h"

enum { FIRST_ROWS = 64 };

void acre_threads_seen_init(struct acre_threads_seen *seen, struct acre_alloc *memory,
                            uint64_t seed)
{
    *seen = (struct acre_threads_seen){.memory = memory, .seed = seed};
}

void acre_threads_seen_fini(struct acre_threads_seen *seen)
{
    acre_free_elements(seen->memory, seen->rows, seen->row_count, sizeof *seen->rows);
    acre_free_elements(seen->memory, seen->threads, seen->capacity, sizeof *seen->threads);
    acre_threads_seen_init(seen, seen->memory, seen->seed);
}

/* The row of a thread, or the empty one where it would be. */
static size_t row_of(const struct acre_threads_seen *seen, uint32_t thread)
{
    size_t mask = seen->row_count - 1;
    size_t row = (size_t)XXH3_64bits_withSeed(&thread, sizeof thread, seen->seed) & mask;

    while (seen->rows[row] != 0 && seen->threads[seen->rows[row] - 1].thread != thread)
        row = (row + 1) & mask;
    return row;
}

static bool grow_rows(struct acre_threads_seen *seen)
{
    size_t count = seen->row_count == 0 ? (size_t)FIRST_ROWS : 2 * seen->row_count;
    size_t *rows = acre_allocate(seen->memory, acre_layout_of_elements(count, sizeof *rows));

    if (rows == NULL)
        return false;
    memset(rows, 0, count * sizeof *rows);
    acre_free_elements(seen->memory, seen->rows, seen->row_count, sizeof *seen->rows);
    seen->rows = rows;
    seen->row_count = count;
    for (size_t i = 0; i < seen->count; i++)
        rows[row_of(seen, seen->threads[i].thread)] = i + 1;
    return true;
}

static bool add(struct acre_threads_seen *seen, uint32_t thread)
{
    if (!acre_grow(seen->memory, &seen->threads, seen->count, &seen->capacity,
                   sizeof *seen->threads))
        return false;
    seen->threads[seen->count] = (struct acre_profile_thread){.thread = thread};
    seen->rows[row_of(seen, thread)] = ++seen->count;
    return true;
}

struct acre_profile_thread *acre_threads_seen_find(struct acre_threads_seen *seen, uint32_t thread)
{
    size_t row;

    if (seen->count > 0 && seen->threads[seen->last].thread == thread)
        return &seen->threads[seen->last];
    if (2 * (seen->count + 1) > seen->row_count && !grow_rows(seen))
        return NULL;
    row = row_of(seen, thread);
    if (seen->rows[row] == 0 && !add(seen, thread))
        return NULL;
    seen->last = seen->rows[row] - 1;
    return &seen->threads[seen->last];
}

static int by_blocks(const void *left, const void *right)
{
    const struct acre_profile_thread *a = left;
    const struct acre_profile_thread *b = right;

    if (a->blocks != b->blocks)
        return a->blocks > b->blocks ? -1 : 1;
    if (a->events != b->events)
        return a->events > b->events ? -1 : 1;
    return (a->thread > b->thread) - (a->thread < b->thread);
}

void acre_threads_seen_sort(struct acre_threads_seen *seen)
{
    if (seen->count > 1)
        qsort(seen->threads, seen->count, sizeof *seen->threads, by_blocks);
}
