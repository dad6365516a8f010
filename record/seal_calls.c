#include "record/sealing.h"

#include "alloc/grow.h"

enum { MALLOC_ALIGN = 16 };

/* Births ---------------------------------------------------------------------------------------
 */

/* A recording can have been damaged: what no program can ask for is not told. */
static bool layout_of(const struct acre_raw_item *item, enum acre_purpose purpose,
                      struct acre_layout *layout)
{
    uint64_t align = item->align != 0 ? item->align : MALLOC_ALIGN;

    *layout = (struct acre_layout){.size = item->bytes,
                                   .align = align <= UINT32_C(1) << 31 ? (uint32_t)align : 1,
                                   .purpose = purpose};
    return acre_layout_is_valid(*layout);
}

/* 0: not told, since it cannot be. */
static uint64_t usable_of(const struct acre_raw_item *item)
{
    return item->usable_bytes >= item->bytes && item->usable_bytes <= PTRDIFF_MAX
               ? item->usable_bytes
               : 0;
}

static enum acre_trace_call call_of(const struct acre_raw_item *item)
{
    uint32_t call = item->call != 0 ? item->call : item->kind;

    return call < ACRE_TRACE_CALLS ? (enum acre_trace_call)call : ACRE_TRACE_CALL_NONE;
}

static bool keep_birth(struct acre_sealing *sealing, uint32_t id,
                       const struct acre_trace_event *event)
{
    if (id >= sealing->birth_capacity &&
        !acre_grow(sealing->memory, &sealing->births, id, &sealing->birth_capacity,
                   sizeof *sealing->births))
        return false;
    sealing->births[id] = (struct acre_sealed_birth){event->usable_bytes, event->call};
    return true;
}

/* Where something lives already its death was not seen: it is the same object to the trace, which
 * says that one took the place of another. */
bool acre_sealing_bear(struct acre_sealing *sealing, const struct acre_raw_item *item,
                       uint64_t address, struct acre_trace_event *event)
{
    uint32_t id = acre_trace_objects_find(&sealing->objects, address);

    if (id != ACRE_TRACE_NO_OBJECT) {
        sealing->process->replaced++;
        acre_trace_objects_remove(&sealing->objects, id);
    }
    id = acre_trace_objects_add(&sealing->objects, address, event->layout, 0);
    if (id == ACRE_TRACE_NO_OBJECT || !keep_birth(sealing, id, event))
        return false;
    event->object = id;
    acre_sealing_put(sealing, item, event);
    return true;
}

static bool take_birth(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    struct acre_trace_event event = {
        .kind = ACRE_TRACE_ALLOCATE,
        .usable_bytes = usable_of(item),
        .call = call_of(item),
        .stack = acre_callers_stack(&sealing->callers, item->state, item->stack),
    };

    if (!layout_of(item, sealing->purposes[item->state], &event.layout))
        return true;
    return acre_sealing_bear(sealing, item, item->address, &event);
}

/* Deaths ---------------------------------------------------------------------------------------
 */

/* Of an id that nothing has: the trace's way to say that nobody has seen it born. */
static void put_unknown(struct acre_sealing *sealing, const struct acre_raw_item *item,
                        uint32_t stack)
{
    const struct acre_trace_event event = {
        .kind = ACRE_TRACE_FREE,
        .object = sealing->objects.slot_count,
        .layout = {0, MALLOC_ALIGN, ACRE_PURPOSE_OTHER},
        .stack = stack,
    };

    sealing->process->unknown++;
    acre_sealing_put(sealing, item, &event);
}

static struct acre_trace_event event_of(const struct acre_sealing *sealing,
                                        enum acre_trace_kind kind, uint32_t id, uint32_t stack)
{
    return (struct acre_trace_event){
        .kind = kind,
        .object = id,
        .old_object = id,
        .layout = sealing->objects.slots[id].layout,
        .old_bytes = sealing->objects.slots[id].layout.size,
        .usable_bytes = sealing->births[id].usable_bytes,
        .call = sealing->births[id].call,
        .stack = stack,
    };
}

bool acre_sealing_keep_ours(struct acre_sealing *sealing, uint64_t address)
{
    if (!acre_grow(sealing->memory, &sealing->ours, sealing->our_count, &sealing->our_capacity,
                   sizeof *sealing->ours))
        return false;
    sealing->ours[sealing->our_count++] = address;
    return true;
}

static bool is_ours(struct acre_sealing *sealing, uint64_t address)
{
    for (size_t i = 0; i < sealing->our_count; i++)
        if (sealing->ours[i] == address) {
            sealing->ours[i] = sealing->ours[--sealing->our_count];
            return true;
        }
    return false;
}

static void take_death(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    uint32_t stack = acre_callers_stack(&sealing->callers, item->state, item->stack);
    uint32_t id = acre_trace_objects_find(&sealing->objects, item->address);
    struct acre_trace_event event;

    if (id == ACRE_TRACE_NO_OBJECT && is_ours(sealing, item->address)) {
        sealing->process->events--;
        return;
    }
    if (id == ACRE_TRACE_NO_OBJECT) {
        put_unknown(sealing, item, stack);
        return;
    }
    event = event_of(sealing, ACRE_TRACE_FREE, id, stack);
    acre_trace_objects_remove(&sealing->objects, id);
    acre_sealing_put(sealing, item, &event);
}

/* Resizes --------------------------------------------------------------------------------------
 */

/* A name that no address has: while realloc runs, another thread may be given the old one. */
static uint64_t name_between(uint32_t state)
{
    return UINT64_C(1) << 63 | (uint64_t)state << 1 | 1;
}

static void begin_resize(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    struct acre_begun_resize *resize = &sealing->resizes[item->state];
    uint32_t id = acre_trace_objects_find(&sealing->objects, item->address);

    *resize = (struct acre_begun_resize){
        .has_begun = true,
        .is_unknown = id == ACRE_TRACE_NO_OBJECT,
        .id = id,
        .address = item->address,
        .stack = acre_callers_stack(&sealing->callers, item->state, item->stack),
    };
    if (!resize->is_unknown)
        acre_trace_objects_rename(&sealing->objects, id, name_between(item->state));
}

/* realloc gave no block: the old one was freed, or stays as it was. */
static void end_without_block(struct acre_sealing *sealing, const struct acre_raw_item *item,
                              const struct acre_begun_resize *resize)
{
    struct acre_trace_event event = {.kind = ACRE_TRACE_REFUSE, .stack = resize->stack};

    if (item->bytes == 0) {
        if (resize->is_unknown) {
            put_unknown(sealing, item, resize->stack);
            return;
        }
        event = event_of(sealing, ACRE_TRACE_FREE, resize->id, resize->stack);
        acre_trace_objects_remove(&sealing->objects, resize->id);
    } else {
        if (!resize->is_unknown)
            acre_trace_objects_rename(&sealing->objects, resize->id, resize->address);
        event.call = ACRE_TRACE_CALL_REALLOC;
        if (!layout_of(item, sealing->purposes[item->state], &event.layout))
            event.layout = (struct acre_layout){PTRDIFF_MAX - MALLOC_ALIGN, 1, ACRE_PURPOSE_OTHER};
    }
    acre_sealing_put(sealing, item, &event);
}

static bool end_as_birth(struct acre_sealing *sealing, const struct acre_raw_item *item,
                         const struct acre_begun_resize *resize)
{
    struct acre_trace_event event = {
        .kind = ACRE_TRACE_ALLOCATE,
        .usable_bytes = usable_of(item),
        .call = ACRE_TRACE_CALL_REALLOC,
        .stack = resize->stack,
    };

    if (resize->has_begun)
        put_unknown(sealing, item, resize->stack);
    return !layout_of(item, sealing->purposes[item->state], &event.layout) ||
           acre_sealing_bear(sealing, item, item->address, &event);
}

/* A block that lives where realloc put its own has died unseen. */
static void free_unseen(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    uint32_t id = acre_trace_objects_find(&sealing->objects, item->address);
    struct acre_trace_event event;

    if (id == ACRE_TRACE_NO_OBJECT)
        return;
    event = event_of(sealing, ACRE_TRACE_FREE, id, 0);
    acre_trace_objects_remove(&sealing->objects, id);
    sealing->process->replaced++;
    acre_sealing_put(sealing, item, &event);
}

static bool end_resize(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    struct acre_begun_resize resize = sealing->resizes[item->state];
    struct acre_trace_event event;
    struct acre_layout layout;

    sealing->resizes[item->state].has_begun = false;
    if (item->address == 0 && resize.has_begun)
        end_without_block(sealing, item, &resize);
    if (item->address == 0)
        return true;
    if (!resize.has_begun || resize.is_unknown)
        return end_as_birth(sealing, item, &resize);
    free_unseen(sealing, item);
    acre_trace_objects_rename(&sealing->objects, resize.id, item->address);
    if (!layout_of(item, ACRE_PURPOSE_OTHER, &layout))
        return true;
    event = event_of(sealing, item->address == resize.address ? ACRE_TRACE_RESIZE : ACRE_TRACE_MOVE,
                     resize.id, resize.stack);
    event.layout.size = layout.size;
    event.layout.align = MALLOC_ALIGN;
    event.usable_bytes = usable_of(item);
    event.call = item->call == ACRE_RAW_REALLOCARRAY ? ACRE_TRACE_CALL_REALLOCARRAY
                                                     : ACRE_TRACE_CALL_REALLOC;
    sealing->objects.slots[resize.id].layout = event.layout;
    acre_sealing_put(sealing, item, &event);
    return keep_birth(sealing, resize.id, &event);
}

static void take_refusal(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    struct acre_trace_event event = {
        .kind = ACRE_TRACE_REFUSE,
        .call = call_of(item),
        .stack = acre_callers_stack(&sealing->callers, item->state, item->stack),
    };

    if (!layout_of(item, sealing->purposes[item->state], &event.layout))
        event.layout = (struct acre_layout){PTRDIFF_MAX - MALLOC_ALIGN, 1, ACRE_PURPOSE_OTHER};
    acre_sealing_put(sealing, item, &event);
}

/* All of them ----------------------------------------------------------------------------------
 */

bool acre_sealing_take_call(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    switch (item->kind) {
    case ACRE_RAW_FREE:
        take_death(sealing, item);
        return true;
    case ACRE_RAW_RESIZE_BEGIN:
        begin_resize(sealing, item);
        return true;
    case ACRE_RAW_RESIZE_END:
        return end_resize(sealing, item);
    case ACRE_RAW_REFUSE:
        take_refusal(sealing, item);
        return true;
    default:
        return take_birth(sealing, item);
    }
}
