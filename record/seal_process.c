#include "record/seal_process.h"

#include <stdio.h>

#include "alloc/grow.h"
#include "record/sealing.h"

/* A hundred years: what is beyond is damage. */
#define MOST_NS 3.2e18

uint64_t acre_seal_ns(const struct acre_raw_file *raw, double ns_a_tick, uint64_t ticks)
{
    const struct acre_raw_head *head = raw->head;

    double ns = ticks > head->ticks ? (double)(ticks - head->ticks) * ns_a_tick : 0;

    return head->ns + (ns < MOST_NS ? (uint64_t)ns : (uint64_t)MOST_NS);
}

void acre_sealing_put(struct acre_sealing *sealing, const struct acre_raw_item *item,
                      const struct acre_trace_event *event)
{
    const struct acre_seal_process *process = sealing->process;

    acre_trace_put_at(sealing->writer, event,
                      acre_seal_ns(process->raw, process->ns_a_tick, item->ticks), item->thread);
}

static bool take(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    sealing->process->events += item->kind != ACRE_RAW_NOTE && item->kind != ACRE_RAW_RESIZE_BEGIN;
    return item->kind == ACRE_RAW_NOTE ? acre_sealing_take_note(sealing, item)
                                       : acre_sealing_take_call(sealing, item);
}

static void tell_progress(struct acre_sealing *sealing)
{
    struct acre_seal_progress *progress = sealing->process->progress;
    uint64_t before = progress->bytes;

    progress->bytes += (sealing->merge.blocks - sealing->told_blocks) * ACRE_RAW_BLOCK_BYTES;
    sealing->told_blocks = sealing->merge.blocks;
    if (progress->tell != NULL && before >> 20 != progress->bytes >> 20)
        progress->tell(progress->to, progress->bytes, progress->all_bytes);
}

/* What it had from its parent and gives back: it was there when it began. */
static bool inherit(struct acre_sealing *sealing)
{
    const struct acre_strays *strays = sealing->process->inherited;
    const struct acre_raw_head *head = sealing->process->raw->head;
    const struct acre_raw_item begin = {.ticks = head->ticks, .thread = head->process};

    acre_sealing_tell_purposes(sealing, &begin);
    for (size_t i = 0; strays != NULL && i < strays->count; i++) {
        const struct acre_inherited *block = &strays->blocks[i];
        struct acre_trace_event event = {
            .kind = ACRE_TRACE_INHERIT,
            .layout = block->layout,
            .usable_bytes = block->usable_bytes,
            .call = block->call,
        };

        if (block->layout.align != 0 && !acre_sealing_bear(sealing, &begin, block->address, &event))
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

static bool begin(struct acre_sealing *sealing)
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

static void end(struct acre_sealing *sealing)
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
    struct acre_sealing *sealing = zeroed(memory, 1, sizeof *sealing);
    const struct acre_raw_item *item;
    bool is_done;

    if (sealing == NULL)
        return ACRE_SEAL_NO_MEMORY;
    sealing->process = process;
    sealing->memory = memory;
    sealing->writer = writer;
    is_done = begin(sealing) && inherit(sealing);
    while (is_done && writer->end == 0 && (item = acre_raw_merge_next(&sealing->merge)) != NULL) {
        is_done = take(sealing, item);
        if (sealing->merge.blocks != sealing->told_blocks)
            tell_progress(sealing);
    }
    is_done = is_done && !sealing->merge.has_no_memory;
    count_lost(process, sealing->merge.damaged);
    end(sealing);
    acre_free_elements(memory, sealing, 1, sizeof *sealing);
    return !is_done ? ACRE_SEAL_NO_MEMORY : writer->end == 0 ? ACRE_SEALED : ACRE_SEAL_NOT_WRITTEN;
}
