/*
 * A workload run under a strategy with full books, and with memory that fails: what the tests of
 * workloads have in common.
 */
#ifndef ACRE_TESTS_BENCH_LOOP_H
#define ACRE_TESTS_BENCH_LOOP_H

#include "support/mtest.h"

#include <stdio.h>

#include "alloc/backends.h"
#include "bench/bench.h"

struct loop {
    const struct acre_workload *workload;
    struct acre_alloc *pages;
    struct acre_ledger ledger;
    struct acre_stage stage;
    void *state;
};

struct strategy {
    const char *backend;
    enum acre_lifetime lifetime;
};

/* Opens the workload and runs so many iterations. */
static inline void open_loop(struct loop *loop, const struct acre_workload *workload,
                             struct strategy strategy, struct acre_cell_spec spec,
                             uint64_t iterations)
{
    char why[256];

    spec.seed = 1;
    spec.lifetime = strategy.lifetime;
    snprintf(spec.backend, sizeof spec.backend, "%s", strategy.backend);
    loop->workload = workload;
    loop->pages = acre_pages_new();
    cr_assert(acre_ledger_init_full(&loop->ledger, loop->pages, iterations));
    cr_assert(
        acre_workload_open_stage(workload, &spec, &loop->stage, &loop->ledger, why, sizeof why),
        "%s", why);
    loop->state = workload->open(&loop->stage, &spec);
    for (uint64_t i = 0; i < iterations; i++)
        cr_assert_eq(workload->step(loop->state, i), ACRE_OK, "%s", acre_error(loop->stage.engine));
}

/* Returns the objects that leaked. */
static inline uint64_t close_loop(struct loop *loop)
{
    uint64_t leaked;

    loop->workload->close(loop->state);
    leaked = acre_stage_close(&loop->stage);
    acre_ledger_fini(&loop->ledger);
    acre_destroy(loop->pages);
    return leaked;
}

static inline struct acre_counts books(const struct loop *loop, enum acre_purpose purpose)
{
    return acre_books_of(&loop->ledger.books, purpose);
}

/* After everything is dropped nothing of an object is left. */
static inline void drain_and_close(struct loop *loop)
{
    cr_assert_eq(loop->workload->drain(loop->state), ACRE_OK);
    for (int p = ACRE_PURPOSE_NODE; p <= ACRE_PURPOSE_GRADIENT; p++)
        cr_assert_eq(books(loop, (enum acre_purpose)p).live.blocks, 0);
    cr_assert_eq(acre_live_objects(loop->stage.engine), 0);
    cr_assert_eq(close_loop(loop), 0);
}

/* What the limit's checksum is after so many iterations. */
static inline uint64_t checksum_of_limit(const struct acre_workload *workload,
                                         struct acre_cell_spec spec, uint64_t iterations)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *arena = acre_arena_new(pages, NULL);
    void *limit;
    uint64_t checksum;

    spec.seed = 1;
    limit = workload->limit_open(arena, &spec);
    for (uint64_t i = 0; i < iterations; i++)
        workload->limit_step(limit, i);
    checksum = workload->limit_checksum(limit);
    workload->limit_close(limit);
    acre_destroy(arena);
    acre_destroy(pages);
    return checksum;
}

/* E-03: every allocation of three iterations fails in turn, once and for ever. ----------------- */

struct faulty_memory {
    struct acre_alloc *pages, *pinned, *faulty, *arena, *faulty_arena;
};

static inline void open_memory(struct faulty_memory *memory, struct acre_fault_plan *plan)
{
    memory->pages = acre_pages_new();
    memory->pinned = acre_pool_new(memory->pages, NULL);
    memory->faulty = acre_fault_new(memory->pinned, plan);
    memory->arena = acre_arena_new(memory->pages, NULL);
    memory->faulty_arena = acre_fault_new(memory->arena, plan);
}

static inline void close_memory(struct faulty_memory *memory)
{
    cr_assert_null(acre_check(memory->arena));
    acre_destroy(memory->faulty_arena);
    acre_destroy(memory->arena);
    acre_destroy(memory->faulty);
    acre_destroy(memory->pinned);
    acre_destroy(memory->pages);
}

/* A stage of order drop-first over memory that fails. */
static inline enum acre_status open_faulty_stage(struct acre_stage *stage,
                                                 const struct faulty_memory *memory,
                                                 enum acre_lifetime lifetime)
{
    bool collects = lifetime == ACRE_LIFETIME_COLLECTOR;
    const struct acre_engine_options options = {
        .back_references = collects ? ACRE_BACK_STRONG : ACRE_BACK_WEAK,
        .collector = collects ? ACRE_COLLECTOR_MANUAL : ACRE_COLLECTOR_NONE,
    };
    bool has_region = lifetime == ACRE_LIFETIME_WALKED || lifetime == ACRE_LIFETIME_REGION;
    enum acre_status status;

    *stage = (struct acre_stage){.order = ACRE_ORDER_DROP_FIRST, .lifetime = lifetime};
    stage->tops[0] = memory->faulty;
    stage->tops[1] = memory->faulty_arena;
    status = acre_engine_new(&stage->engine, memory->faulty, &options);
    if (status != ACRE_OK || !has_region)
        return status;
    status =
        acre_region_new(stage->engine, memory->faulty_arena,
                        lifetime == ACRE_LIFETIME_REGION ? ACRE_REGION_BULK : ACRE_REGION_COUNTED,
                        "iteration", &stage->regions[0]);
    stage->region_count = status == ACRE_OK;
    return status;
}

/* Opens, steps, drains and closes the workload; returns the status of what failed. */
static inline enum acre_status run_faulty(const struct acre_workload *workload,
                                          struct acre_stage *stage, struct acre_cell_spec spec,
                                          struct acre_fault_plan *plan)
{
    enum acre_status status = ACRE_OK;
    void *state = workload->open(stage, &spec);

    if (state == NULL)
        return ACRE_NO_MEMORY;
    for (uint64_t i = 0; status == ACRE_OK && i < 3; i++)
        status = workload->step(state, i);
    plan->fail_at = 0; /* releasing needs no memory; but the test is of the failure above */
    cr_assert_eq(workload->drain(state), ACRE_OK, "%s", acre_error(stage->engine));
    cr_assert_eq(acre_live_objects(stage->engine), 0);
    workload->close(state);
    return status;
}

static inline void sweep(const struct acre_workload *workload, enum acre_lifetime lifetime,
                         struct acre_cell_spec spec, bool forever)
{
    struct acre_fault_plan plan = {.forever = forever};
    bool failed = true;
    unsigned told = 0;

    spec.lifetime = lifetime;
    for (uint64_t k = 1; failed; k++) {
        struct faulty_memory memory;
        struct acre_stage stage;
        enum acre_status status;

        plan.fail_at = k;
        plan.calls = plan.failures = 0;
        open_memory(&memory, &plan);
        status = open_faulty_stage(&stage, &memory, lifetime);
        if (status == ACRE_OK)
            status = run_faulty(workload, &stage, spec, &plan);
        failed = plan.failures > 0;
        /* A table that cannot grow in place, once, may still move. */
        cr_assert(status == ACRE_NO_MEMORY ? failed : status == ACRE_OK && (!failed || !forever),
                  "allocation %lu: %s", (unsigned long)k, acre_status_name(status));
        told += status == ACRE_NO_MEMORY;
        cr_assert_eq(acre_engine_destroy(stage.engine), 0);
        cr_assert_eq(plan.live_bytes, 0);
        close_memory(&memory);
    }
    cr_assert_gt(told, 5, "%u failures were told", told);
}

#endif
