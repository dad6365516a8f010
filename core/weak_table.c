/* Tables of weak values: see weak_table.h for the layout. */
#include "core/weak_table.h"

#include <string.h>

#include "core/internal.h"
#include "core/watch.h"

struct entry {
    uint64_t key;
    uint64_t serial;        /* grows from place to place; what a cursor goes by */
    struct acre_weak value; /* of generation 0: a gap */
    struct acre_watch watch;
};

/* Each entry and each gap has a place in the index, and at least half of the index is free. */
struct acre_weak_table {
    struct acre_table entries; /* struct entry */
    struct acre_table index;   /* uint32_t: place + 1, 0: none; all of its capacity is in use */
    uint64_t next_serial;
    uint32_t count; /* of the entries, without gaps */
};

static const struct acre_layout table_layout = {sizeof(struct acre_weak_table), 16,
                                                ACRE_PURPOSE_WEAK};

static struct entry *entry_at(const struct acre_weak_table *table, uint32_t place)
{
    return (struct entry *)table->entries.rows + place;
}

static bool is_gap(const struct entry *entry)
{
    return entry->value.stamp == 0;
}

/* Index --------------------------------------------------------------------------------------- */

/* The high bits of a product depend on all bits of the key; the factor is 2^64 divided by the
 * golden ratio. */
static uint32_t first_probe(const struct acre_weak_table *table, uint64_t key)
{
    return (uint32_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (table->index.capacity - 1);
}

static uint32_t next_probe(const struct acre_weak_table *table, uint32_t probe)
{
    return (probe + 1) & (table->index.capacity - 1);
}

static struct entry *find(const struct acre_weak_table *table, uint64_t key)
{
    const uint32_t *index = table->index.rows;

    if (table->count == 0)
        return NULL;
    for (uint32_t i = first_probe(table, key); index[i] != 0; i = next_probe(table, i)) {
        struct entry *entry = entry_at(table, index[i] - 1);

        if (entry->key == key && !is_gap(entry))
            return entry;
    }
    return NULL;
}

static void append(struct acre_weak_table *table, struct entry entry)
{
    uint32_t *index = table->index.rows;
    uint32_t probe = first_probe(table, entry.key);

    while (index[probe] != 0)
        probe = next_probe(table, probe);
    *entry_at(table, table->entries.count++) = entry;
    index[probe] = table->entries.count;
}

static void close_gaps(struct acre_weak_table *table)
{
    uint32_t count = table->entries.count;

    memset(table->index.rows, 0, table->index.capacity * sizeof(uint32_t));
    table->entries.count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!is_gap(entry_at(table, i)))
            append(table, *entry_at(table, i));
}

/* Gaps are closed once they are half of the places: each entry is moved once for each that goes. */
static bool make_room(struct acre_engine *engine, struct acre_weak_table *table)
{
    struct acre_table *entries = &table->entries;
    uint32_t capacity = table->index.capacity;

    if (entries->count > 0 && entries->count == entries->capacity &&
        table->count <= entries->count / 2)
        close_gaps(table);
    if (!acre_table_reserve(engine, entries, 1, sizeof(struct entry), ACRE_PURPOSE_WEAK) ||
        !acre_table_reserve(engine, &table->index, 2 * ((size_t)entries->count + 1),
                            sizeof(uint32_t), ACRE_PURPOSE_WEAK))
        return false;
    if (table->index.capacity != capacity)
        close_gaps(table);
    return true;
}

/* Table --------------------------------------------------------------------------------------- */

enum acre_status acre_weak_table_new(struct acre_engine *engine, struct acre_weak_table **table)
{
    *table = NULL;
    if (!acre_check_owner(engine, "acre_weak_table_new"))
        return ACRE_BAD_ARGUMENT;
    *table = acre_allocate(engine->memory, table_layout);
    if (*table == NULL)
        return acre_fail_no_memory(engine, "a table of weak values");
    **table = (struct acre_weak_table){0};
    return ACRE_OK;
}

void acre_weak_table_destroy(struct acre_engine *engine, struct acre_weak_table *table)
{
    if (table == NULL || !acre_check_owner(engine, "acre_weak_table_destroy"))
        return;
    for (uint32_t i = 0; i < table->entries.count; i++)
        acre_watch_cancel(engine, entry_at(table, i)->watch);
    acre_table_free(engine, &table->entries, sizeof(struct entry), ACRE_PURPOSE_WEAK);
    acre_table_free(engine, &table->index, sizeof(uint32_t), ACRE_PURPOSE_WEAK);
    acre_free(engine->memory, table, table_layout);
}

bool acre_weak_table_remove(struct acre_engine *engine, struct acre_weak_table *table, uint64_t key)
{
    struct entry *entry = find(table, key);

    if (entry == NULL || !acre_check_owner(engine, "acre_weak_table_remove"))
        return false;
    acre_watch_cancel(engine, entry->watch);
    entry->value = (struct acre_weak){0};
    table->count--;
    return true;
}

static enum acre_status value_died(struct acre_engine *engine, void *table, uint64_t key)
{
    acre_weak_table_remove(engine, table, key);
    return ACRE_OK;
}

enum acre_status acre_weak_table_put(struct acre_engine *engine, struct acre_weak_table *table,
                                     uint64_t key, struct acre_object *value)
{
    struct entry fresh = {.key = key};
    struct entry *entry = find(table, key);
    enum acre_status status;

    if (!acre_check_owner(engine, "acre_weak_table_put"))
        return ACRE_BAD_ARGUMENT;
    if (entry == NULL && !make_room(engine, table))
        return acre_fail_no_memory(engine, "an entry in a table of weak values");
    status = acre_weak_of(engine, value, &fresh.value);
    if (status == ACRE_OK)
        status = acre_watch_begin(engine, fresh.value, (struct acre_notice){value_died, table, key},
                                  &fresh.watch);
    if (status != ACRE_OK)
        return status;
    if (entry != NULL) {
        acre_watch_cancel(engine, entry->watch);
        fresh.serial = entry->serial;
        *entry = fresh;
    } else {
        fresh.serial = table->next_serial++;
        append(table, fresh);
        table->count++;
    }
    return ACRE_OK;
}

struct acre_object *acre_weak_table_get(struct acre_engine *engine,
                                        const struct acre_weak_table *table, uint64_t key)
{
    const struct entry *entry = find(table, key);

    return entry != NULL ? acre_weak_get(engine, entry->value) : NULL;
}

uint32_t acre_weak_table_count(const struct acre_weak_table *table)
{
    return table->count;
}

/* The first place whose serial is not below this one: places are in the order of serials. */
static uint32_t place_of(const struct acre_weak_table *table, uint64_t serial)
{
    uint32_t low = 0;
    uint32_t high = table->entries.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (entry_at(table, middle)->serial < serial)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct acre_object *acre_weak_table_next(struct acre_engine *engine,
                                         const struct acre_weak_table *table, uint64_t *cursor,
                                         uint64_t *key)
{
    for (uint32_t i = place_of(table, *cursor); i < table->entries.count; i++) {
        const struct entry *entry = entry_at(table, i);
        struct acre_object *value = acre_weak_get(engine, entry->value);

        if (value == NULL)
            continue;
        *cursor = entry->serial + 1;
        if (key != NULL)
            *key = entry->key;
        return value;
    }
    *cursor = table->next_serial;
    return NULL;
}
