#include "alloc/guard_table.h"

#include <string.h>

/* With its rows 64 KiB, aligned to as much: so a row finds its slab. */
enum { SLAB_BYTES = 64 << 10, LEAST_BUCKETS = 1024 };

struct acre_guard_slab {
    struct acre_guard_slab *next;
    struct acre_guarded rows[];
};

enum {
    SLAB_ROWS = (SLAB_BYTES - sizeof(struct acre_guard_slab)) / sizeof(struct acre_guarded),
};

static const struct acre_layout slab_layout = {SLAB_BYTES, SLAB_BYTES, ACRE_PURPOSE_OTHER};

static struct acre_layout layout_of_buckets(size_t count)
{
    return (struct acre_layout){count * sizeof(struct acre_guarded *), 64, ACRE_PURPOSE_OTHER};
}

static struct acre_guarded **bucket_of(const struct acre_guard_table *table, const void *block)
{
    uint64_t key = (uint64_t)(uintptr_t)block * UINT64_C(0x9E3779B97F4A7C15);

    return &table->buckets[(key >> 20) & (table->bucket_count - 1)];
}

static void link_row(const struct acre_guard_table *table, struct acre_guarded *row)
{
    struct acre_guarded **bucket = bucket_of(table, row->block);

    row->next = *bucket;
    *bucket = row;
}

/* Older rows are linked first, since the newest of an address stands in front. */
static bool grow_buckets(struct acre_guard_table *table)
{
    struct acre_guarded **old = table->buckets;
    size_t old_count = table->bucket_count;
    size_t count = old_count == 0 ? LEAST_BUCKETS : 2 * old_count;
    struct acre_guarded **buckets = acre_allocate(table->memory, layout_of_buckets(count));

    if (buckets == NULL)
        return false;
    memset(buckets, 0, count * sizeof *buckets);
    table->buckets = buckets;
    table->bucket_count = count;
    for (size_t i = 0; i < old_count; i++) {
        struct acre_guarded *oldest_first = NULL;

        for (struct acre_guarded *row = old[i], *next; row != NULL; row = next) {
            next = row->next;
            row->next = oldest_first;
            oldest_first = row;
        }
        for (struct acre_guarded *row = oldest_first, *next; row != NULL; row = next) {
            next = row->next;
            link_row(table, row);
        }
    }
    acre_free(table->memory, old, layout_of_buckets(old_count));
    return true;
}

static bool add_slab(struct acre_guard_table *table)
{
    struct acre_guard_slab *slab = acre_allocate(table->memory, slab_layout);

    if (slab == NULL)
        return false;
    memset(slab, 0, SLAB_BYTES);
    slab->next = table->slabs;
    table->slabs = slab;
    for (size_t i = SLAB_ROWS; i-- > 0;)
        acre_guard_table_give_up(table, &slab->rows[i]);
    return true;
}

struct acre_guarded *acre_guard_table_reserve(struct acre_guard_table *table)
{
    struct acre_guarded *row;

    if (table->count >= table->bucket_count && !grow_buckets(table) && table->bucket_count == 0)
        return NULL;
    if (table->unused == NULL && !add_slab(table))
        return NULL;
    row = table->unused;
    table->unused = row->next;
    return row;
}

void acre_guard_table_add(struct acre_guard_table *table, struct acre_guarded *row)
{
    link_row(table, row);
    table->count++;
}

void acre_guard_table_give_up(struct acre_guard_table *table, struct acre_guarded *row)
{
    *row = (struct acre_guarded){.next = table->unused};
    table->unused = row;
}

void acre_guard_table_remove(struct acre_guard_table *table, struct acre_guarded *row)
{
    struct acre_guarded **link = bucket_of(table, row->block);

    while (*link != row)
        link = &(*link)->next;
    *link = row->next;
    table->count--;
    acre_guard_table_give_up(table, row);
}

struct acre_guarded *acre_guard_table_find(const struct acre_guard_table *table, const void *block)
{
    struct acre_guarded *row = table->bucket_count > 0 ? *bucket_of(table, block) : NULL;

    while (row != NULL && row->block != block)
        row = row->next;
    return row;
}

struct acre_guarded *acre_guard_table_around(const struct acre_guard_table *table,
                                             const void *address)
{
    struct acre_guarded *found = NULL;

    for (struct acre_guarded *row = NULL; (row = acre_guard_table_next(table, row)) != NULL;)
        if ((size_t)address - (size_t)row->block < row->layout.size &&
            (found == NULL || row->state == ACRE_GUARDED_LIVE))
            found = row;
    return found;
}

struct acre_guarded *acre_guard_table_next(const struct acre_guard_table *table,
                                           const struct acre_guarded *row)
{
    struct acre_guard_slab *slab = table->slabs;
    size_t i = 0;

    if (row != NULL) {
        slab = (struct acre_guard_slab *)((size_t)row & ~((size_t)SLAB_BYTES - 1));
        i = (size_t)(row - slab->rows) + 1;
    }
    for (; slab != NULL; slab = slab->next, i = 0)
        for (; i < SLAB_ROWS; i++)
            if (slab->rows[i].state != ACRE_GUARDED_UNUSED)
                return &slab->rows[i];
    return NULL;
}

void acre_guard_table_fini(struct acre_guard_table *table)
{
    while (table->slabs != NULL) {
        struct acre_guard_slab *slab = table->slabs;

        table->slabs = slab->next;
        acre_free(table->memory, slab, slab_layout);
    }
    acre_free(table->memory, table->buckets, layout_of_buckets(table->bucket_count));
    *table = (struct acre_guard_table){.memory = table->memory};
}
