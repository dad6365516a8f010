/* A workload run under a strategy with full books: what the tests of workloads have in common. */
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
    const struct acre_layers layers = {.ledger = &loop->ledger};
    char why[256];

    spec.seed = 1;
    spec.lifetime = strategy.lifetime;
    snprintf(spec.backend, sizeof spec.backend, "%s", strategy.backend);
    loop->workload = workload;
    loop->pages = acre_pages_new();
    cr_assert(acre_ledger_init_full(&loop->ledger, loop->pages, iterations));
    cr_assert(acre_workload_open_stage(workload, &spec, &loop->stage, &layers, why, sizeof why),
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

#endif
