#include "bench/stage.h"

#include <stdio.h>

#include "core/collect.h"
#include "record/acre/mark.h"

const char *acre_lifetime_name(enum acre_lifetime lifetime)
{
    static const char *const names[ACRE_LIFETIME_COUNT] = {
        [ACRE_LIFETIME_STRONG] = "strong",       [ACRE_LIFETIME_WEAK] = "weak",
        [ACRE_LIFETIME_COLLECTOR] = "collector", [ACRE_LIFETIME_WALKED] = "walked",
        [ACRE_LIFETIME_REGION] = "region",
    };

    return (unsigned)lifetime < ACRE_LIFETIME_COUNT ? names[lifetime] : "?";
}

const char *acre_why_not(const char *backend, enum acre_lifetime lifetime)
{
    const struct acre_backend_kind *kind = acre_backend_kind_of(backend);

    switch (lifetime) {
    case ACRE_LIFETIME_WALKED:
    case ACRE_LIFETIME_REGION:
        return kind->has_reset ? NULL : "the backend has no reset";
    default:
        return kind->is_for_regions ? "the backend frees only by its reset; what stands beside it "
                                      "is measured by itself"
                                    : NULL;
    }
}

static const char *const region_names[ACRE_BACKEND_REGIONS] = {"iteration (even)",
                                                               "iteration (odd)"};

static struct acre_alloc *guarded(struct acre_stage *stage, struct acre_alloc *alloc,
                                  uint32_t source)
{
    struct acre_guard_options options = {
        .owner = stage->owners[source],
        .family = &stage->family,
        .scope = &stage->iteration,
        .retiring = source > 0 ? stage->backend.retiring[source - 1] : NULL,
        .resets = stage->layers.guard_resets,
    };

    if (options.resets == 0)
        return alloc;
    snprintf(stage->owners[source], sizeof stage->owners[source], "%s, %s", stage->backend.name,
             source > 0 ? region_names[source - 1] : "pinned");
    stage->guards[source] = acre_guard_new(alloc, &options);
    return stage->guards[source];
}

static struct acre_alloc *faulty(struct acre_stage *stage, struct acre_alloc *alloc,
                                 uint32_t source)
{
    if (alloc == NULL || stage->layers.fault == NULL)
        return alloc;
    stage->faults[source] = acre_fault_new(alloc, stage->layers.fault);
    return stage->faults[source];
}

static struct acre_alloc *recorded(struct acre_stage *stage, struct acre_alloc *alloc,
                                   uint32_t source)
{
    if (alloc == NULL || stage->layers.ledger == NULL)
        return alloc;
    stage->layers.ledger->observed[source] = alloc;
    stage->recorders[source] = acre_record_new(alloc, &stage->layers.ledger->sink, source);
    return stage->recorders[source];
}

static struct acre_alloc *traced(struct acre_stage *stage, struct acre_alloc *alloc,
                                 uint32_t source)
{
    if (alloc == NULL || stage->layers.trace == NULL)
        return alloc;
    acre_trace_source(stage->layers.trace, source,
                      source > 0 ? region_names[source - 1] : "pinned");
    stage->tracers[source] = acre_record_new(alloc, &stage->layers.trace->sink, source);
    return stage->tracers[source];
}

/* NULL: no memory. */
static struct acre_alloc *layered(struct acre_stage *stage, struct acre_alloc *alloc,
                                  uint32_t source)
{
    struct acre_alloc *top = guarded(stage, alloc, source);

    top = faulty(stage, top, source);
    top = recorded(stage, top, source);
    stage->tops[source] = traced(stage, top, source);
    return stage->tops[source];
}

static enum acre_status open_regions(struct acre_stage *stage, enum acre_region_mode mode)
{
    unsigned wanted = stage->order == ACRE_ORDER_SEED ? 2 : 1;

    for (unsigned i = 0; i < wanted; i++) {
        struct acre_alloc *alloc = layered(stage, stage->backend.regions[i], 1 + i);
        enum acre_status status;

        if (alloc == NULL)
            return ACRE_NO_MEMORY;
        status = acre_region_new(stage->engine, alloc, mode, region_names[i], &stage->regions[i]);
        if (status != ACRE_OK)
            return status;
        stage->region_count++;
    }
    return ACRE_OK;
}

static enum acre_status open_engine(struct acre_stage *stage, enum acre_lifetime lifetime)
{
    bool collects = lifetime == ACRE_LIFETIME_COLLECTOR;
    bool is_strong = lifetime == ACRE_LIFETIME_STRONG || collects;
    struct acre_engine_options options = {
        .back_references = is_strong ? ACRE_BACK_STRONG : ACRE_BACK_WEAK,
        .collector = collects ? ACRE_COLLECTOR_MANUAL : ACRE_COLLECTOR_NONE,
        .array_align_bytes = stage->layers.array_align_bytes,
    };
    struct acre_alloc *pinned = layered(stage, stage->backend.pinned, 0);
    enum acre_status status;

    if (pinned == NULL)
        return ACRE_NO_MEMORY;
    status = acre_engine_new(&stage->engine, pinned, &options);
    if (status == ACRE_OK && lifetime == ACRE_LIFETIME_WALKED)
        status = open_regions(stage, ACRE_REGION_COUNTED);
    if (status == ACRE_OK && lifetime == ACRE_LIFETIME_REGION)
        status = open_regions(stage, ACRE_REGION_BULK);
    return status;
}

static enum acre_status age_heap(struct acre_stage *stage)
{
    const struct acre_litter_plan *plan = stage->layers.litter;

    return plan == NULL || acre_litter_spread(&stage->litter, plan, stage->backend.pinned)
               ? ACRE_OK
               : ACRE_NO_MEMORY;
}

bool acre_stage_open(struct acre_stage *stage, const char *backend, enum acre_lifetime lifetime,
                     enum acre_order order, const struct acre_layers *layers, char *why,
                     size_t why_bytes)
{
    const char *why_not = acre_why_not(backend, lifetime);
    enum acre_status status;

    *stage = (struct acre_stage){.order = order, .lifetime = lifetime};
    if (layers != NULL)
        stage->layers = *layers;
    if (why_not != NULL) {
        snprintf(why, why_bytes, "%s/%s: %s", backend, acre_lifetime_name(lifetime), why_not);
        return false;
    }
    if (!acre_backend_open_retiring(&stage->backend, backend, stage->layers.guard_resets, why,
                                    why_bytes))
        return false;
    status = age_heap(stage);
    if (status == ACRE_OK)
        status = open_engine(stage, lifetime);
    if (status == ACRE_OK)
        return true;
    snprintf(why, why_bytes, "%s", acre_status_name(status));
    acre_stage_close(stage);
    return false;
}

/* What nothing reaches any more, of lifetime collector. */
static enum acre_status collect(struct acre_stage *stage)
{
    return stage->lifetime == ACRE_LIFETIME_COLLECTOR ? acre_collect(stage->engine, NULL) : ACRE_OK;
}

static enum acre_status reset(struct acre_stage *stage, uint32_t region)
{
    enum acre_status status = acre_region_reset(stage->engine, region);

    acre_mark_region_reset("iteration");
    return status;
}

/* In the order drop-first the end of the iteration before: what dies of it has not outlived it. */
static enum acre_status end_before(struct acre_stage *stage)
{
    if (stage->order != ACRE_ORDER_DROP_FIRST)
        return ACRE_OK;
    if (stage->region_count == 0)
        return collect(stage);
    return reset(stage, stage->regions[0]);
}

enum acre_status acre_stage_begin(struct acre_stage *stage, uint64_t iteration)
{
    enum acre_status status;

    stage->iteration = iteration;
    status = end_before(stage);
    acre_mark_scope_begin("iteration", iteration);
    if (stage->layers.ledger != NULL)
        acre_ledger_scope_begin(stage->layers.ledger, iteration);
    if (stage->layers.trace != NULL)
        acre_trace_scope_begin(stage->layers.trace, iteration);
    if (stage->region_count == 0)
        return status;
    stage->current = (unsigned)(iteration % stage->region_count);
    acre_region_enter(stage->engine, stage->regions[stage->current]);
    return status;
}

enum acre_status acre_stage_settle(struct acre_stage *stage)
{
    if (stage->order == ACRE_ORDER_DROP_FIRST)
        return ACRE_OK;
    if (stage->region_count == 0)
        return collect(stage);
    return reset(stage, stage->regions[1 - stage->current]);
}

void acre_stage_end(struct acre_stage *stage)
{
    acre_mark_scope_end("iteration");
    if (stage->layers.ledger != NULL)
        acre_ledger_scope_end(stage->layers.ledger);
    if (stage->layers.trace != NULL)
        acre_trace_scope_end(stage->layers.trace);
}

enum acre_status acre_stage_drain(struct acre_stage *stage)
{
    enum acre_status status = collect(stage);

    for (unsigned i = 0; status == ACRE_OK && i < stage->region_count; i++)
        status = reset(stage, stage->regions[i]);
    acre_region_enter(stage->engine, ACRE_REGION_PINNED);
    return status;
}

const char *acre_stage_check(const struct acre_stage *stage)
{
    const char *sentence = NULL;

    for (size_t i = 0; sentence == NULL && i < ACRE_STAGE_SOURCES; i++)
        if (stage->tops[i] != NULL)
            sentence = acre_check(stage->tops[i]);
    return sentence;
}

uint64_t acre_stage_close(struct acre_stage *stage)
{
    uint64_t leaked = acre_engine_destroy(stage->engine);

    for (size_t i = 0; i < ACRE_STAGE_SOURCES; i++) {
        acre_destroy(stage->tracers[i]);
        acre_destroy(stage->recorders[i]);
        acre_destroy(stage->faults[i]);
        acre_destroy(stage->guards[i]);
    }
    acre_litter_end(&stage->litter);
    acre_backend_close(&stage->backend);
    *stage = (struct acre_stage){0};
    return leaked;
}
