#include "record/seal_process.h"

#include <stdio.h>

#include "alloc/grow.h"
#include "record/callers.h"
#include "record/merge.h"
#include "trace/objects.h"

/* A hundred years: what is beyond is damage. */
#define MOST_NS 3.2e18

enum { MALLOC_ALIGN = 16, NAMED_SCOPES = ACRE_TRACE_MOST_SCOPE_NAMES, MOST_NAME_BYTES = 64 };

/* What a death tells again, by the object's id. */
struct birth {
    uint64_t usable_bytes;
    uint32_t call;
};

/* A realloc that has begun: its block has no address until it ends. */
struct resize {
    bool has_begun, is_unknown;
    uint32_t id;
    uint64_t address;
    uint32_t stack;
};

struct sealing {
    struct acre_seal_process *process;
    struct acre_alloc *memory;
    struct acre_trace_writer *writer;
    struct acre_raw_merge merge;
    struct acre_callers callers;
    struct acre_trace_objects objects;
    struct birth *births;
    size_t birth_capacity;
    struct resize *resizes;      /* one a state */
    enum acre_purpose *purposes; /* one a state */
    uint64_t *ours;              /* blocks of the recorder, whose ends are no calls */
    size_t our_count, our_capacity;
    char scopes[NAMED_SCOPES][MOST_NAME_BYTES]; /* names that were told; 0 is known to all */
    uint32_t scope_count;
};

uint64_t acre_seal_ns(const struct acre_raw_file *raw, double ns_a_tick, uint64_t ticks)
{
    const struct acre_raw_head *head = raw->head;

    double ns = ticks > head->ticks ? (double)(ticks - head->ticks) * ns_a_tick : 0;

    return head->ns + (ns < MOST_NS ? (uint64_t)ns : (uint64_t)MOST_NS);
}

static void put(struct sealing *sealing, const struct acre_raw_item *item,
                const struct acre_trace_event *event)
{
    const struct acre_seal_process *process = sealing->process;

    acre_trace_put_at(sealing->writer, event,
                      acre_seal_ns(process->raw, process->ns_a_tick, item->ticks), item->thread);
}

static void put_text(struct sealing *sealing, const struct acre_raw_item *item,
                     enum acre_trace_type type, uint32_t source, const char *text)
{
    const struct acre_trace_event event = {
        .kind = ACRE_TRACE_OTHER,
        .source = source,
        .type = type,
        .text = text,
        .text_bytes = strlen(text),
    };

    put(sealing, item, &event);
}

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

static bool keep_birth(struct sealing *sealing, uint32_t id, const struct acre_trace_event *event)
{
    if (id >= sealing->birth_capacity &&
        !acre_grow(sealing->memory, &sealing->births, id, &sealing->birth_capacity,
                   sizeof *sealing->births))
        return false;
    sealing->births[id] = (struct birth){event->usable_bytes, event->call};
    return true;
}

/* Where something lives already its death was not seen: it is the same object to the trace, which
 * says that one took the place of another. */
static bool bear(struct sealing *sealing, const struct acre_raw_item *item, uint64_t address,
                 struct acre_trace_event *event)
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
    put(sealing, item, event);
    return true;
}

static bool take_birth(struct sealing *sealing, const struct acre_raw_item *item)
{
    struct acre_trace_event event = {
        .kind = ACRE_TRACE_ALLOCATE,
        .usable_bytes = usable_of(item),
        .call = call_of(item),
        .stack = acre_callers_stack(&sealing->callers, item->state, item->stack),
    };

    if (!layout_of(item, sealing->purposes[item->state], &event.layout))
        return true;
    return bear(sealing, item, item->address, &event);
}

/* Deaths ---------------------------------------------------------------------------------------
 */

/* Of an id that nothing has: the trace's way to say that nobody has seen it born. */
static void put_unknown(struct sealing *sealing, const struct acre_raw_item *item, uint32_t stack)
{
    const struct acre_trace_event event = {
        .kind = ACRE_TRACE_FREE,
        .object = sealing->objects.slot_count,
        .layout = {0, MALLOC_ALIGN, ACRE_PURPOSE_OTHER},
        .stack = stack,
    };

    sealing->process->unknown++;
    put(sealing, item, &event);
}

static struct acre_trace_event event_of(const struct sealing *sealing, enum acre_trace_kind kind,
                                        uint32_t id, uint32_t stack)
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

static bool keep_ours(struct sealing *sealing, uint64_t address)
{
    if (!acre_grow(sealing->memory, &sealing->ours, sealing->our_count, &sealing->our_capacity,
                   sizeof *sealing->ours))
        return false;
    sealing->ours[sealing->our_count++] = address;
    return true;
}

static bool is_ours(struct sealing *sealing, uint64_t address)
{
    for (size_t i = 0; i < sealing->our_count; i++)
        if (sealing->ours[i] == address) {
            sealing->ours[i] = sealing->ours[--sealing->our_count];
            return true;
        }
    return false;
}

static void take_death(struct sealing *sealing, const struct acre_raw_item *item)
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
    put(sealing, item, &event);
}

/* Resizes --------------------------------------------------------------------------------------
 */

/* A name that no address has: while realloc runs, another thread may be given the old one. */
static uint64_t name_between(uint32_t state)
{
    return UINT64_C(1) << 63 | (uint64_t)state << 1 | 1;
}

static void begin_resize(struct sealing *sealing, const struct acre_raw_item *item)
{
    struct resize *resize = &sealing->resizes[item->state];
    uint32_t id = acre_trace_objects_find(&sealing->objects, item->address);

    *resize = (struct resize){
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
static void end_without_block(struct sealing *sealing, const struct acre_raw_item *item,
                              const struct resize *resize)
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
    put(sealing, item, &event);
}

static bool end_as_birth(struct sealing *sealing, const struct acre_raw_item *item,
                         const struct resize *resize)
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
           bear(sealing, item, item->address, &event);
}

/* A block that lives where realloc put its own has died unseen. */
static void free_unseen(struct sealing *sealing, const struct acre_raw_item *item)
{
    uint32_t id = acre_trace_objects_find(&sealing->objects, item->address);
    struct acre_trace_event event;

    if (id == ACRE_TRACE_NO_OBJECT)
        return;
    event = event_of(sealing, ACRE_TRACE_FREE, id, 0);
    acre_trace_objects_remove(&sealing->objects, id);
    sealing->process->replaced++;
    put(sealing, item, &event);
}

static bool end_resize(struct sealing *sealing, const struct acre_raw_item *item)
{
    struct resize resize = sealing->resizes[item->state];
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
    put(sealing, item, &event);
    return keep_birth(sealing, resize.id, &event);
}

static void take_refusal(struct sealing *sealing, const struct acre_raw_item *item)
{
    struct acre_trace_event event = {
        .kind = ACRE_TRACE_REFUSE,
        .call = call_of(item),
        .stack = acre_callers_stack(&sealing->callers, item->state, item->stack),
    };

    if (!layout_of(item, sealing->purposes[item->state], &event.layout))
        event.layout = (struct acre_layout){PTRDIFF_MAX - MALLOC_ALIGN, 1, ACRE_PURPOSE_OTHER};
    put(sealing, item, &event);
}

/* Notes ----------------------------------------------------------------------------------------
 */

/* The text behind a note's number: ends where the note does. */
static void text_of(const struct acre_raw_item *item, char *text, size_t room)
{
    size_t bytes = item->word_count > 0 ? 8 * (item->word_count - 1) : 0;

    bytes = bytes < room ? bytes : room - 1;
    memcpy(text, item->words + 1, bytes);
    text[bytes] = '\0';
}

static uint32_t scope_number(struct sealing *sealing, const struct acre_raw_item *item)
{
    char name[MOST_NAME_BYTES];

    text_of(item, name, sizeof name);
    for (uint32_t i = 0; i < sealing->scope_count; i++)
        if (strcmp(sealing->scopes[i], name) == 0)
            return i;
    if (sealing->scope_count == NAMED_SCOPES)
        return NAMED_SCOPES - 1;
    if (sealing->scope_count == NAMED_SCOPES - 1)
        snprintf(name, sizeof name, "(any other)");
    memcpy(sealing->scopes[sealing->scope_count], name, sizeof name);
    put_text(sealing, item, ACRE_TRACE_TYPE_SCOPE, sealing->scope_count, name);
    return sealing->scope_count++;
}

/* What this acre does not know is for something else. */
static enum acre_purpose purpose_of(const struct acre_raw_item *item)
{
    char name[MOST_NAME_BYTES];

    text_of(item, name, sizeof name);
    for (int p = 0; p < ACRE_PURPOSE_COUNT; p++)
        if (strcmp(name, acre_purpose_name((enum acre_purpose)p)) == 0)
            return (enum acre_purpose)p;
    return ACRE_PURPOSE_OTHER;
}

static void take_mark(struct sealing *sealing, const struct acre_raw_item *item)
{
    struct acre_trace_event event = {.kind = ACRE_TRACE_SCOPE_BEGIN};
    char text[MOST_NAME_BYTES + 8] = "reset ";

    switch (item->note) {
    case ACRE_RAW_SCOPE_BEGIN:
        event.scope = item->words[0];
        event.scope_name = scope_number(sealing, item);
        put(sealing, item, &event);
        break;
    case ACRE_RAW_SCOPE_END:
        event.kind = ACRE_TRACE_SCOPE_END;
        event.scope_name = scope_number(sealing, item);
        put(sealing, item, &event);
        break;
    case ACRE_RAW_REGION_RESET:
        text_of(item, text + 6, MOST_NAME_BYTES);
        put_text(sealing, item, ACRE_TRACE_TYPE_MARK, 0, text);
        break;
    default:
        sealing->purposes[item->state] = purpose_of(item);
        break;
    }
}

/* What the children that begin here will free of what lives now. */
static void tell_children(struct sealing *sealing, const struct acre_raw_item *item)
{
    const struct acre_seal_process *process = sealing->process;

    for (size_t c = 0; c < process->child_count; c++) {
        struct acre_strays *strays = process->children[c].strays;

        if (process->children[c].fork_ticks != item->ticks)
            continue;
        for (size_t i = 0; i < strays->count; i++) {
            struct acre_inherited *block = &strays->blocks[i];
            uint32_t id = acre_trace_objects_find(&sealing->objects, block->address);

            if (id == ACRE_TRACE_NO_OBJECT)
                continue;
            block->layout = sealing->objects.slots[id].layout;
            block->usable_bytes = sealing->births[id].usable_bytes;
            block->call = sealing->births[id].call;
        }
    }
}

static void take_forked(struct sealing *sealing, const struct acre_raw_item *item)
{
    char text[64];

    if (item->words[0] == 0)
        return;
    snprintf(text, sizeof text, "fork %u", (unsigned)item->words[0]);
    put_text(sealing, item, ACRE_TRACE_TYPE_PROCESS, 0, text);
}

static bool take_note(struct sealing *sealing, const struct acre_raw_item *item)
{
    switch (item->note) {
    case ACRE_RAW_STACK:
    case ACRE_RAW_MODULE:
    case ACRE_RAW_MODULES:
        return acre_callers_note(&sealing->callers, item);
    case ACRE_RAW_SCOPE_BEGIN:
    case ACRE_RAW_SCOPE_END:
    case ACRE_RAW_REGION_RESET:
    case ACRE_RAW_PURPOSE:
        if (item->word_count >= 1)
            take_mark(sealing, item);
        return true;
    case ACRE_RAW_OURS:
        return item->word_count < 1 || keep_ours(sealing, item->words[0]);
    case ACRE_RAW_FORK:
        tell_children(sealing, item);
        return true;
    case ACRE_RAW_FORKED:
        if (item->word_count >= 1)
            take_forked(sealing, item);
        return true;
    default:
        return true;
    }
}

/* From the first to the last --------------------------------------------------------------------
 */

static bool take(struct sealing *sealing, const struct acre_raw_item *item)
{
    sealing->process->events += item->kind != ACRE_RAW_NOTE && item->kind != ACRE_RAW_RESIZE_BEGIN;
    switch (item->kind) {
    case ACRE_RAW_NOTE:
        return take_note(sealing, item);
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

/* What it had from its parent and gives back: it was there when it began. */
static bool inherit(struct sealing *sealing)
{
    const struct acre_strays *strays = sealing->process->inherited;
    const struct acre_raw_head *head = sealing->process->raw->head;
    const struct acre_raw_item begin = {.ticks = head->ticks, .thread = head->process};

    for (size_t i = 0; strays != NULL && i < strays->count; i++) {
        const struct acre_inherited *block = &strays->blocks[i];
        struct acre_trace_event event = {
            .kind = ACRE_TRACE_INHERIT,
            .layout = block->layout,
            .usable_bytes = block->usable_bytes,
            .call = block->call,
        };

        if (block->layout.align != 0 && !bear(sealing, &begin, block->address, &event))
            return false;
    }
    return true;
}

static void *zeroed(struct acre_alloc *memory, size_t count, size_t element_bytes)
{
    void *elements = acre_allocate(memory, acre_layout_of_elements(count, element_bytes));

    if (elements != NULL)
        memset(elements, 0, count * element_bytes);
    return elements;
}

static bool begin(struct sealing *sealing)
{
    struct acre_alloc *memory = sealing->memory;
    uint32_t states;

    acre_trace_objects_init(&sealing->objects, memory);
    snprintf(sealing->scopes[0], sizeof sealing->scopes[0], "iteration");
    sealing->scope_count = 1;
    if (!acre_raw_merge_begin(&sealing->merge, memory, sealing->process->raw))
        return false;
    states = sealing->merge.count;
    if (!acre_callers_init(&sealing->callers, memory, sealing->writer, states))
        return false;
    if (states == 0)
        return true;
    sealing->resizes = zeroed(memory, states, sizeof *sealing->resizes);
    sealing->purposes = zeroed(memory, states, sizeof *sealing->purposes);
    for (uint32_t i = 0; sealing->purposes != NULL && i < states; i++)
        sealing->purposes[i] = ACRE_PURPOSE_OTHER;
    return sealing->resizes != NULL && sealing->purposes != NULL;
}

static void end(struct sealing *sealing)
{
    uint32_t states = sealing->merge.count;

    acre_free_elements(sealing->memory, sealing->resizes, states, sizeof *sealing->resizes);
    acre_free_elements(sealing->memory, sealing->purposes, states, sizeof *sealing->purposes);
    acre_free_elements(sealing->memory, sealing->births, sealing->birth_capacity,
                       sizeof *sealing->births);
    acre_free_elements(sealing->memory, sealing->ours, sealing->our_capacity,
                       sizeof *sealing->ours);
    acre_callers_fini(&sealing->callers);
    acre_trace_objects_fini(&sealing->objects);
    acre_raw_merge_end(&sealing->merge);
}

/* What is damaged is lost: at least one call each, so that the trace is not taken for whole. */
static void count_lost(struct acre_seal_process *process, uint64_t damaged_blocks)
{
    const struct acre_raw_file *raw = process->raw;

    process->dropped = raw->head->dropped + raw->damaged_blocks + damaged_blocks;
    process->ending.dropped = process->dropped;
    process->ending.overhead_ns = (uint64_t)((double)raw->overhead_ticks * process->ns_a_tick);
}

enum acre_sealed acre_seal_process(struct acre_seal_process *process, struct acre_alloc *memory,
                                   struct acre_trace_writer *writer)
{
    struct sealing *sealing = zeroed(memory, 1, sizeof *sealing);
    const struct acre_raw_item *item;
    bool is_done;

    if (sealing == NULL)
        return ACRE_SEAL_NO_MEMORY;
    sealing->process = process;
    sealing->memory = memory;
    sealing->writer = writer;
    is_done = begin(sealing) && inherit(sealing);
    while (is_done && writer->end == 0 && (item = acre_raw_merge_next(&sealing->merge)) != NULL)
        is_done = take(sealing, item);
    is_done = is_done && !sealing->merge.has_no_memory;
    count_lost(process, sealing->merge.damaged);
    end(sealing);
    acre_free_elements(memory, sealing, 1, sizeof *sealing);
    return !is_done ? ACRE_SEAL_NO_MEMORY : writer->end == 0 ? ACRE_SEALED : ACRE_SEAL_NOT_WRITTEN;
}
