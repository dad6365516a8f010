/*
 * The seed's loop and its books, under every strategy: B-30 to B-34. 10 iterations of 10,000
 * elements unless a case says otherwise; arrays of 80,000 bytes.
 */
#include "support/mtest.h"

#include <stdio.h>

#include "alloc/backends.h"
#include "bench/square_chain.h"

struct loop {
    struct acre_alloc *pages;
    struct acre_ledger ledger;
    struct acre_stage stage;
    void *state;
};

struct strategy {
    const char *backend;
    enum acre_lifetime lifetime;
};

static const struct strategy strategies[] = {
    {"malloc", ACRE_LIFETIME_WEAK},        {"jemalloc", ACRE_LIFETIME_WEAK},
    {"mimalloc", ACRE_LIFETIME_WEAK},      {"arena", ACRE_LIFETIME_WALKED},
    {"arena", ACRE_LIFETIME_REGION},       {"malloc", ACRE_LIFETIME_COLLECTOR},
    {"jemalloc", ACRE_LIFETIME_COLLECTOR}, {"mimalloc", ACRE_LIFETIME_COLLECTOR},
};

enum { STRATEGIES = sizeof strategies / sizeof strategies[0] };

static void open_loop(struct loop *loop, struct strategy strategy, struct acre_cell_spec spec,
                      uint64_t iterations)
{
    char why[256];

    spec.values[ACRE_CHAIN_DEPTH] = 3;
    spec.seed = 1;
    spec.lifetime = strategy.lifetime;
    snprintf(spec.backend, sizeof spec.backend, "%s", strategy.backend);
    loop->pages = acre_pages_new();
    cr_assert(acre_ledger_init_full(&loop->ledger, loop->pages, iterations));
    cr_assert(acre_workload_open_stage(&acre_square_chain, &spec, &loop->stage, &loop->ledger, why,
                                       sizeof why),
              "%s", why);
    loop->state = acre_square_chain.open(&loop->stage, &spec);
    for (uint64_t i = 0; i < iterations; i++)
        cr_assert_eq(acre_square_chain.step(loop->state, i), ACRE_OK, "%s",
                     acre_error(loop->stage.engine));
}

/* Returns the objects that leaked. */
static uint64_t close_loop(struct loop *loop)
{
    uint64_t leaked;

    acre_square_chain.close(loop->state);
    leaked = acre_stage_close(&loop->stage);
    acre_ledger_fini(&loop->ledger);
    acre_destroy(loop->pages);
    return leaked;
}

static struct acre_counts books(const struct loop *loop, enum acre_purpose purpose)
{
    return acre_books_of(&loop->ledger.books, purpose);
}

static void expect_totals(const struct loop *loop, uint64_t variables, uint64_t functions,
                          uint64_t arrays)
{
    cr_assert_eq(books(loop, ACRE_PURPOSE_VARIABLE).allocations, variables);
    cr_assert_eq(books(loop, ACRE_PURPOSE_FUNCTION).allocations, functions);
    cr_assert_eq(books(loop, ACRE_PURPOSE_ARRAY).allocations, arrays);
}

static void expect_peak(const struct loop *loop, uint64_t variables, uint64_t functions,
                        uint64_t arrays)
{
    cr_assert_eq(books(loop, ACRE_PURPOSE_VARIABLE).peak.blocks, variables);
    cr_assert_eq(books(loop, ACRE_PURPOSE_FUNCTION).peak.blocks, functions);
    cr_assert_eq(books(loop, ACRE_PURPOSE_ARRAY).peak.blocks, arrays);
}

/* At the end of every iteration. */
static void expect_steady(const struct loop *loop, uint64_t variables, uint64_t functions,
                          uint64_t arrays)
{
    for (size_t i = 0; i < loop->ledger.scope_count; i++) {
        const struct acre_live *live = loop->ledger.scopes[i].live;

        cr_assert_eq(live[ACRE_PURPOSE_VARIABLE].blocks, variables);
        cr_assert_eq(live[ACRE_PURPOSE_FUNCTION].blocks, functions);
        cr_assert_eq(live[ACRE_PURPOSE_ARRAY].blocks, arrays);
        cr_assert_eq(live[ACRE_PURPOSE_DATA].bytes + live[ACRE_PURPOSE_GRADIENT].bytes,
                     arrays * 80000);
    }
}

/* After x and y are dropped, and with no collector, nothing of an object is left. */
static void drain_and_close(struct loop *loop)
{
    cr_assert_eq(acre_square_chain.drain(loop->state), ACRE_OK);
    for (int p = ACRE_PURPOSE_NODE; p <= ACRE_PURPOSE_GRADIENT; p++)
        cr_assert_eq(books(loop, p).live.blocks, 0);
    cr_assert_eq(acre_live_objects(loop->stage.engine), 0);
    cr_assert_eq(close_loop(loop), 0);
}

MTest(square_chain, seed_loop)
{
    for (size_t i = 0; i < STRATEGIES; i++) {
        struct loop loop;
        struct acre_cell_spec spec = {.values = {[ACRE_CHAIN_ELEMENTS] = 10000}};

        open_loop(&loop, strategies[i], spec, 10); /* B-30 */
        expect_totals(&loop, 40, 30, 40);
        expect_peak(&loop, 8, 6, 8);
        cr_assert_eq(books(&loop, ACRE_PURPOSE_DATA).peak.bytes, 640000);
        expect_steady(&loop, 4, 3, 4);
        drain_and_close(&loop);

        open_loop(&loop, strategies[i], spec, 1000); /* B-33 */
        expect_peak(&loop, 8, 6, 8);
        drain_and_close(&loop);

        spec.values[ACRE_CHAIN_BACKWARD] = true; /* B-32 */
        open_loop(&loop, strategies[i], spec, 10);
        expect_totals(&loop, 40, 30, 80);
        expect_peak(&loop, 8, 6, 12);
        expect_steady(&loop, 4, 3, 8);
        drain_and_close(&loop);
    }
}

MTest(square_chain, reuse_and_drop_first)
{
    for (size_t i = 0; i < STRATEGIES; i++) {
        struct loop loop;
        struct acre_cell_spec spec = {
            .values = {[ACRE_CHAIN_ELEMENTS] = 10000, [ACRE_CHAIN_FILL] = ACRE_FILL_REUSE}};

        open_loop(&loop, strategies[i], spec, 10);
        expect_totals(&loop, 31, 30, 31);
        expect_peak(&loop, 7, 6, 7);
        cr_assert_eq(books(&loop, ACRE_PURPOSE_DATA).peak.bytes, 560000);
        drain_and_close(&loop);

        spec.values[ACRE_CHAIN_FILL] = ACRE_FILL_RANDN; /* B-34 */
        spec.values[ACRE_CHAIN_ORDER] = ACRE_ORDER_DROP_FIRST;
        open_loop(&loop, strategies[i], spec, 10);
        expect_totals(&loop, 40, 30, 40);
        expect_peak(&loop, 4, 3, 4);
        drain_and_close(&loop);
    }
}

/* B-31: on the arena backend, whose end takes what the cycles keep. */
MTest(square_chain, strong_references_leak_everything)
{
    struct loop loop;
    struct acre_cell_spec spec = {.values = {[ACRE_CHAIN_ELEMENTS] = 10000}};

    open_loop(&loop, (struct strategy){"arena", ACRE_LIFETIME_STRONG}, spec, 10);
    cr_assert_eq(acre_square_chain.drain(loop.state), ACRE_OK);
    cr_assert_eq(books(&loop, ACRE_PURPOSE_VARIABLE).live.blocks, 40);
    cr_assert_eq(books(&loop, ACRE_PURPOSE_FUNCTION).live.blocks, 30);
    cr_assert_eq(books(&loop, ACRE_PURPOSE_ARRAY).live.blocks, 40);
    cr_assert_eq(books(&loop, ACRE_PURPOSE_DATA).live.bytes, 3200000);
    cr_assert_eq(close_loop(&loop), 110);
}

/* Strategies and limit compute the same bits. */
MTest(square_chain, results_are_identical)
{
    for (int backward = 0; backward < 2; backward++)
        for (int fill = 0; fill < 2; fill++)
            for (int order = 0; order < 2; order++) {
                struct acre_cell_spec spec = {
                    .seed = 1,
                    .values =
                        {
                            [ACRE_CHAIN_ELEMENTS] = 1001,
                            [ACRE_CHAIN_DEPTH] = 3,
                            [ACRE_CHAIN_BACKWARD] = (uint64_t)backward,
                            [ACRE_CHAIN_FILL] = (uint64_t)fill,
                            [ACRE_CHAIN_ORDER] = (uint64_t)order,
                        },
                };
                struct acre_alloc *pages = acre_pages_new();
                struct acre_alloc *arena = acre_arena_new(pages, NULL);
                void *limit = acre_square_chain.limit_open(arena, &spec);
                uint64_t expected;

                for (uint64_t i = 0; i < 5; i++)
                    acre_square_chain.limit_step(limit, i);
                expected = acre_square_chain.limit_checksum(limit);
                for (size_t i = 0; i < STRATEGIES; i++) {
                    struct loop loop;

                    open_loop(&loop, strategies[i], spec, 5);
                    cr_assert_eq(acre_square_chain.checksum(loop.state), expected);
                    drain_and_close(&loop);
                }
                acre_square_chain.limit_close(limit);
                acre_destroy(arena);
                acre_destroy(pages);
            }
}

/* E-03: every allocation of three iterations fails in turn, once and for ever. */
static void sweep(struct strategy strategy, bool forever)
{
    struct acre_fault_plan plan = {.forever = forever};
    bool failed = true;

    for (uint64_t k = 1; failed; k++) {
        struct acre_alloc *pages = acre_pages_new();
        struct acre_alloc *pinned = acre_pool_new(pages);
        struct acre_alloc *faulty = acre_fault_new(pinned, &plan);
        struct acre_alloc *arena = acre_arena_new(pages, NULL);
        struct acre_alloc *faulty_arena = acre_fault_new(arena, &plan);
        struct acre_stage stage = {.order = ACRE_ORDER_DROP_FIRST};
        const struct acre_cell_spec spec = {
            .values = {[ACRE_CHAIN_ELEMENTS] = 10,
                       [ACRE_CHAIN_DEPTH] = 3,
                       [ACRE_CHAIN_BACKWARD] = true,
                       [ACRE_CHAIN_FILL] = ACRE_FILL_REUSE,
                       [ACRE_CHAIN_ORDER] = ACRE_ORDER_DROP_FIRST},
        };
        enum acre_status status;
        void *state;

        plan.fail_at = k;
        plan.calls = plan.failures = 0;
        status = acre_engine_new(&stage.engine, faulty, NULL);
        if (status == ACRE_OK && strategy.lifetime != ACRE_LIFETIME_WEAK) {
            status = acre_region_new(
                stage.engine, faulty_arena,
                strategy.lifetime == ACRE_LIFETIME_REGION ? ACRE_REGION_BULK : ACRE_REGION_COUNTED,
                "iteration", &stage.regions[0]);
            stage.region_count = status == ACRE_OK;
        }
        if (stage.engine != NULL) {
            state = acre_square_chain.open(&stage, &spec);
            for (uint64_t i = 0; status == ACRE_OK && i < 3; i++)
                status = acre_square_chain.step(state, i);
            failed = plan.failures > 0;
            cr_assert_eq(status, failed ? ACRE_NO_MEMORY : ACRE_OK);
            plan.fail_at = 0; /* releasing needs no memory; but the test is of the failure above */
            cr_assert_eq(acre_square_chain.drain(state), ACRE_OK, "%s", acre_error(stage.engine));
            cr_assert_eq(acre_live_objects(stage.engine), 0, "allocation %lu", (unsigned long)k);
            acre_square_chain.close(state);
        } else {
            cr_assert_eq(status, ACRE_NO_MEMORY);
        }
        cr_assert_eq(acre_engine_destroy(stage.engine), 0);
        cr_assert_null(acre_check(arena));
        acre_destroy(faulty_arena);
        acre_destroy(arena);
        acre_destroy(faulty);
        acre_destroy(pinned);
        acre_destroy(pages);
    }
}

MTest(square_chain, every_allocation_fails_in_turn)
{
    for (int forever = 0; forever < 2; forever++) {
        sweep((struct strategy){"pool", ACRE_LIFETIME_WEAK}, forever != 0);
        sweep((struct strategy){"arena", ACRE_LIFETIME_WALKED}, forever != 0);
        sweep((struct strategy){"arena", ACRE_LIFETIME_REGION}, forever != 0);
    }
}
