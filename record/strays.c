#include "record/strays.h"

#include <stdlib.h>

#include "alloc/grow.h"
#include "record/merge.h"
#include "trace/objects.h"

void acre_strays_init(struct acre_strays *strays, struct acre_alloc *memory)
{
    *strays = (struct acre_strays){.memory = memory};
}

void acre_strays_fini(struct acre_strays *strays)
{
    acre_free_elements(strays->memory, strays->blocks, strays->capacity, sizeof *strays->blocks);
    acre_strays_init(strays, strays->memory);
}

static bool add(struct acre_strays *strays, uint64_t address)
{
    if (!acre_grow(strays->memory, &strays->blocks, strays->count, &strays->capacity,
                   sizeof *strays->blocks))
        return false;
    strays->blocks[strays->count++] = (struct acre_inherited){.address = address};
    return true;
}

static int by_address(const void *left, const void *right)
{
    const struct acre_inherited *a = left, *b = right;

    return a->address < b->address ? -1 : a->address > b->address;
}

static void sort(struct acre_strays *strays)
{
    size_t kept = 0;

    if (strays->count == 0)
        return;
    qsort(strays->blocks, strays->count, sizeof *strays->blocks, by_address);
    for (size_t i = 0; i < strays->count; i++)
        if (i == 0 || strays->blocks[i].address != strays->blocks[kept - 1].address)
            strays->blocks[kept++] = strays->blocks[i];
    strays->count = kept;
}

/* A death: of what was born here, or not. Each address is a stray once: the second death of one is
 * of something else. */
static bool die(struct acre_strays *strays, struct acre_trace_objects *born, uint64_t address)
{
    uint32_t id = acre_trace_objects_find(born, address);

    if (id == ACRE_TRACE_NO_OBJECT)
        return add(strays, address);
    acre_trace_objects_remove(born, id);
    return true;
}

static bool bear(struct acre_trace_objects *born, uint64_t address)
{
    static const struct acre_layout any = {1, 1, ACRE_PURPOSE_OTHER};

    return acre_trace_objects_find(born, address) != ACRE_TRACE_NO_OBJECT ||
           acre_trace_objects_add(born, address, any, 0) != ACRE_TRACE_NO_OBJECT;
}

static bool follow(struct acre_strays *strays, struct acre_trace_objects *born,
                   const struct acre_raw_item *item)
{
    switch (item->kind) {
    case ACRE_RAW_FREE:
    case ACRE_RAW_RESIZE_BEGIN:
        return die(strays, born, item->address);
    case ACRE_RAW_NOTE:
    case ACRE_RAW_REFUSE:
        return true;
    default:
        return item->address == 0 || bear(born, item->address);
    }
}

bool acre_strays_find(struct acre_strays *strays, const struct acre_raw_file *raw)
{
    struct acre_trace_objects born;
    struct acre_raw_merge merge;
    const struct acre_raw_item *item;
    bool is_done = true;

    if (!acre_raw_merge_begin(&merge, strays->memory, raw))
        return false;
    acre_trace_objects_init(&born, strays->memory);
    while (is_done && (item = acre_raw_merge_next(&merge)) != NULL)
        is_done = follow(strays, &born, item);
    is_done = is_done && !merge.has_no_memory;
    acre_trace_objects_fini(&born);
    acre_raw_merge_end(&merge);
    sort(strays);
    return is_done;
}

bool acre_strays_add(struct acre_strays *strays, const struct acre_strays *child)
{
    bool is_done = true;

    for (size_t i = 0; i < child->count && is_done; i++)
        is_done = add(strays, child->blocks[i].address);
    sort(strays);
    return is_done;
}
