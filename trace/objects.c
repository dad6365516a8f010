#include "trace/objects.h"

#include <sys/random.h>
#include <xxhash.h>

#include "alloc/grow.h"

enum { FIRST_ROWS = 128 };

void acre_trace_objects_init(struct acre_trace_objects *objects, struct acre_alloc *memory)
{
    *objects = (struct acre_trace_objects){.memory = memory, .free = ACRE_TRACE_NO_OBJECT};
    if (getrandom(&objects->seed, sizeof objects->seed, GRND_NONBLOCK) < 0)
        objects->seed = (uint64_t)(uintptr_t)objects;
    for (size_t i = 0; i < ACRE_TRACE_MOST_SOURCES; i++)
        objects->newest[i] = ACRE_TRACE_NO_OBJECT;
}

static struct acre_layout layout_of_rows(size_t count)
{
    return (struct acre_layout){count * sizeof(uint32_t), _Alignof(uint32_t), ACRE_PURPOSE_OTHER};
}

void acre_trace_objects_fini(struct acre_trace_objects *objects)
{
    acre_free_elements(objects->memory, objects->slots, objects->slot_capacity,
                       sizeof *objects->slots);
    acre_free(objects->memory, objects->rows, layout_of_rows(objects->row_capacity));
    acre_trace_objects_init(objects, objects->memory);
}

/* Rows ------------------------------------------------------------------------------------------
 */

/* With a secret: whoever writes a file chooses its names, and could have them all in one place. */
static size_t home_of(const struct acre_trace_objects *objects, uint64_t name)
{
    return (size_t)XXH3_64bits_withSeed(&name, sizeof name, objects->seed) &
           (objects->row_capacity - 1);
}

static size_t row_of(const struct acre_trace_objects *objects, uint64_t name)
{
    size_t row = home_of(objects, name);

    while (objects->rows[row] != ACRE_TRACE_NO_OBJECT &&
           objects->slots[objects->rows[row]].name != name)
        row = (row + 1) & (objects->row_capacity - 1);
    return row;
}

uint32_t acre_trace_objects_find(const struct acre_trace_objects *objects, uint64_t name)
{
    if (objects->has_ids)
        return name < objects->slot_count && objects->slots[name].layout.align != 0
                   ? (uint32_t)name
                   : ACRE_TRACE_NO_OBJECT;
    return objects->row_capacity > 0 ? objects->rows[row_of(objects, name)] : ACRE_TRACE_NO_OBJECT;
}

/* Closes the gap behind it (Knuth, The Art of Computer Programming 3, 6.4, algorithm R). */
static void remove_row(struct acre_trace_objects *objects, uint64_t name)
{
    size_t mask = objects->row_capacity - 1;
    size_t hole = row_of(objects, name);

    for (size_t i = (hole + 1) & mask; objects->rows[i] != ACRE_TRACE_NO_OBJECT;
         i = (i + 1) & mask) {
        size_t home = home_of(objects, objects->slots[objects->rows[i]].name);

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            objects->rows[hole] = objects->rows[i];
            hole = i;
        }
    }
    objects->rows[hole] = ACRE_TRACE_NO_OBJECT;
}

static bool grow_rows(struct acre_trace_objects *objects)
{
    uint32_t *old = objects->rows;
    size_t old_capacity = objects->row_capacity;
    size_t capacity = old_capacity == 0 ? (size_t)FIRST_ROWS : 2 * old_capacity;
    uint32_t *rows = acre_allocate(objects->memory, layout_of_rows(capacity));

    if (rows == NULL)
        return false;
    memset(rows, 0xff, capacity * sizeof *rows); /* ACRE_TRACE_NO_OBJECT */
    objects->rows = rows;
    objects->row_capacity = capacity;
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i] != ACRE_TRACE_NO_OBJECT)
            rows[row_of(objects, objects->slots[old[i]].name)] = old[i];
    acre_free(objects->memory, old, layout_of_rows(old_capacity));
    return true;
}

/* Slots -----------------------------------------------------------------------------------------
 */

static bool grow_slots(struct acre_trace_objects *objects)
{
    return objects->slot_count < ACRE_TRACE_NO_OBJECT &&
           acre_grow(objects->memory, &objects->slots, objects->slot_count, &objects->slot_capacity,
                     sizeof *objects->slots);
}

/* For a birth of that name. */
static bool make_room(struct acre_trace_objects *objects, uint64_t name)
{
    bool has_id =
        objects->has_ids ? name < objects->slot_count : objects->free != ACRE_TRACE_NO_OBJECT;

    return (objects->has_ids || 2 * ((size_t)objects->live + 1) < objects->row_capacity ||
            grow_rows(objects)) &&
           (has_id || grow_slots(objects));
}

/* There is room. */
static uint32_t take_id(struct acre_trace_objects *objects, uint64_t name)
{
    uint32_t id = objects->has_ids ? (uint32_t)name : objects->free;

    if (id == ACRE_TRACE_NO_OBJECT || id == objects->slot_count)
        id = objects->slot_count++;
    else if (!objects->has_ids)
        objects->free = objects->slots[id].before;
    return id;
}

static void link_object(struct acre_trace_objects *objects, uint32_t id)
{
    struct acre_trace_object *object = &objects->slots[id];
    uint32_t *newest = &objects->newest[object->source];

    object->before = *newest;
    object->after = ACRE_TRACE_NO_OBJECT;
    if (*newest != ACRE_TRACE_NO_OBJECT)
        objects->slots[*newest].after = id;
    *newest = id;
}

static void unlink_object(struct acre_trace_objects *objects, uint32_t id)
{
    const struct acre_trace_object *object = &objects->slots[id];

    if (object->before != ACRE_TRACE_NO_OBJECT)
        objects->slots[object->before].after = object->after;
    if (object->after != ACRE_TRACE_NO_OBJECT)
        objects->slots[object->after].before = object->before;
    else
        objects->newest[object->source] = object->before;
}

uint32_t acre_trace_objects_add(struct acre_trace_objects *objects, uint64_t name,
                                struct acre_layout layout, uint32_t source)
{
    uint32_t id;

    if (!make_room(objects, name))
        return ACRE_TRACE_NO_OBJECT;
    id = take_id(objects, name);
    if (!objects->has_ids)
        objects->rows[row_of(objects, name)] = id;
    objects->slots[id] =
        (struct acre_trace_object){.name = name, .layout = layout, .source = source};
    link_object(objects, id);
    objects->live++;
    return id;
}

void acre_trace_objects_remove(struct acre_trace_objects *objects, uint32_t id)
{
    struct acre_trace_object *object = &objects->slots[id];

    unlink_object(objects, id);
    object->layout.align = 0;
    objects->live--;
    if (objects->has_ids)
        return;
    remove_row(objects, object->name);
    object->before = objects->free;
    objects->free = id;
}

void acre_trace_objects_rename(struct acre_trace_objects *objects, uint32_t id, uint64_t name)
{
    if (objects->has_ids)
        return;
    remove_row(objects, objects->slots[id].name);
    objects->slots[id].name = name;
    objects->rows[row_of(objects, name)] = id;
}

void acre_trace_objects_reset(struct acre_trace_objects *objects, uint32_t source)
{
    while (objects->newest[source] != ACRE_TRACE_NO_OBJECT)
        acre_trace_objects_remove(objects, objects->newest[source]);
}
