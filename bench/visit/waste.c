#include "bench/visit/waste.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *acre_moment_name(enum acre_moment moment)
{
    return moment == ACRE_MOMENT_PEAK ? "peak" : "drained";
}

static void set_resident(struct acre_waste_watch *watch, struct acre_waste *waste)
{
    struct acre_process_memory memory;

    if (!watch->base.is_known || !acre_process_memory_read(0, &memory))
        acre_waste_set_unknown(waste, ACRE_WASTE_RESIDENT, "no /proc/self/smaps_rollup");
    else
        acre_waste_set(waste, ACRE_WASTE_RESIDENT,
                       acre_waste_rest(memory.anonymous_bytes,
                                       acre_resident_others(&watch->base, watch->ledger,
                                                            &watch->stage->litter)),
                       "growth of Anonymous in smaps_rollup, less the ledger's tables");
}

static void take_off(struct acre_waste *waste, enum acre_waste_term term, uint64_t bytes)
{
    struct acre_waste_part *part = &waste->parts[term];

    if (part->is_known)
        part->bytes = acre_waste_rest(part->bytes, bytes);
}

/* The backend knows only all its blocks, so it is told of all, and its answer made one without the
 * litter: blocks go with what they have beyond their size, and out of what is held. */
static void tell_without_litter(const struct acre_backend *backend,
                                const struct acre_litter *litter,
                                const struct acre_waste_live *live, struct acre_waste *waste)
{
    struct acre_waste_live all = *live;

    all.blocks += litter->count;
    all.requested_bytes += litter->requested_bytes;
    all.usable_bytes += litter->usable_bytes;
    acre_backend_waste(backend, &all, waste);
    take_off(waste, ACRE_WASTE_REQUESTED, litter->requested_bytes);
    take_off(waste, ACRE_WASTE_ROUNDING, litter->usable_bytes - litter->requested_bytes);
    take_off(waste, ACRE_WASTE_HELD, litter->usable_bytes);
    waste->live = *live;
}

static void look(struct acre_waste_watch *watch, enum acre_moment moment)
{
    struct acre_moment_seen *seen = &watch->moments[moment];
    const struct acre_backend *backend = &watch->stage->backend;
    const struct acre_ledger *ledger = watch->ledger;
    const struct acre_live live = acre_books_total(&ledger->books).live;
    const struct acre_waste_live known = {
        .blocks = live.blocks,
        .requested_bytes = live.bytes,
        .knows_usable = ledger->lost == 0 && acre_ledger_knows(ledger, ACRE_CAN_USABLE),
        .usable_bytes = ledger->usable_bytes,
    };

    tell_without_litter(backend, &watch->stage->litter, &known, &seen->waste);
    set_resident(watch, &seen->waste);
    if (seen->report != NULL && backend->kind->write_report != NULL)
        backend->kind->write_report(backend, seen->report);
    seen->is_seen = true;
}

static void look_at_peak(void *context)
{
    look(context, ACRE_MOMENT_PEAK);
}

bool acre_waste_watch_begin(struct acre_waste_watch *watch, const struct acre_stage *stage,
                            struct acre_ledger *ledger, uint64_t peak_call,
                            const char *const report_paths[ACRE_MOMENTS], char *why,
                            size_t why_bytes)
{
    *watch = (struct acre_waste_watch){.stage = stage, .ledger = ledger};
    for (size_t i = 0; i < ACRE_MOMENTS; i++) {
        struct acre_moment_seen *seen = &watch->moments[i];

        if (report_paths[i] == NULL)
            continue;
        seen->report = fopen(report_paths[i], "we");
        if (seen->report == NULL) {
            snprintf(why, why_bytes, "cannot write %.200s", report_paths[i]);
            return false;
        }
        setvbuf(seen->report, seen->report_buffer, _IOFBF, sizeof seen->report_buffer);
    }
    acre_ledger_stop_at(ledger, peak_call, look_at_peak, watch);
    watch->base = acre_resident_base_now(ledger);
    return true;
}

void acre_waste_watch_drained(struct acre_waste_watch *watch)
{
    look(watch, ACRE_MOMENT_DRAINED);
}

static bool keep_stack(struct acre_waste_stack *stack, const struct acre_waste *waste)
{
    for (size_t i = 0; i < ACRE_WASTE_TERMS; i++) {
        const struct acre_waste_part *part = &waste->parts[i];

        stack->parts[i] =
            (struct acre_stack_part){part->is_known, part->bytes, strdup(part->source)};
        if (stack->parts[i].source == NULL)
            return false;
    }
    stack->figures = calloc(waste->figure_count + 1, sizeof *stack->figures);
    if (stack->figures == NULL)
        return false;
    for (size_t i = 0; i < waste->figure_count; i++) {
        stack->figures[i].name = strdup(waste->figures[i].name);
        stack->figures[i].number = waste->figures[i].number;
        stack->figure_count = i + 1;
        if (stack->figures[i].name == NULL)
            return false;
    }
    return true;
}

/* The run is the same each time, or its peak is not where it was found before. */
static bool is_at_peak(const struct acre_waste_watch *watch, char *why, size_t why_bytes)
{
    const struct acre_ledger *ledger = watch->ledger;

    if (watch->moments[ACRE_MOMENT_PEAK].is_seen && ledger->peak_call == ledger->stop.number)
        return true;
    snprintf(why, why_bytes, "most was live at call %" PRIu64 ", and before at call %" PRIu64,
             ledger->peak_call, ledger->stop.number);
    return false;
}

bool acre_waste_watch_keep(struct acre_waste_watch *watch, struct acre_cell *cell, char *why,
                           size_t why_bytes)
{
    if (!is_at_peak(watch, why, why_bytes))
        return false;
    for (size_t i = 0; i < ACRE_MOMENTS; i++)
        if (watch->moments[i].report != NULL && fflush(watch->moments[i].report) != 0) {
            snprintf(why, why_bytes, "cannot write the report of the %s",
                     acre_moment_name((enum acre_moment)i));
            return false;
        }
    cell->has_waste = true;
    if (keep_stack(&cell->waste.peak, &watch->moments[ACRE_MOMENT_PEAK].waste) &&
        keep_stack(&cell->waste.drained, &watch->moments[ACRE_MOMENT_DRAINED].waste))
        return true;
    snprintf(why, why_bytes, "out of memory");
    return false;
}

void acre_waste_watch_end(struct acre_waste_watch *watch)
{
    for (size_t i = 0; i < ACRE_MOMENTS; i++)
        if (watch->moments[i].report != NULL)
            fclose(watch->moments[i].report);
}
