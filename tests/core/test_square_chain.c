/*
 * The seed's loop and its books, under every strategy: B-30 to B-34. 10 iterations of 10,000
 * elements unless a case says otherwise; arrays of 80,000 bytes.
 */
#include "bench/workloads/square_chain.h"
#include "tests/bench/loop.h"
#include "tests/support/stride.h"

static const struct strategy strategies[] = {
    {"malloc", ACRE_LIFETIME_WEAK},        {"jemalloc", ACRE_LIFETIME_WEAK},
    {"mimalloc", ACRE_LIFETIME_WEAK},      {"arena", ACRE_LIFETIME_WALKED},
    {"arena", ACRE_LIFETIME_REGION},       {"malloc", ACRE_LIFETIME_COLLECTOR},
    {"jemalloc", ACRE_LIFETIME_COLLECTOR}, {"mimalloc", ACRE_LIFETIME_COLLECTOR},
    {"pool", ACRE_LIFETIME_COLLECTOR},
};

enum { STRATEGIES = sizeof strategies / sizeof strategies[0] };

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

MTest(square_chain, seed_loop)
{
    for (size_t i = 0; i < STRATEGIES; i += test_stride(2)) {
        struct loop loop;
        struct acre_cell_spec spec = {
            .values = {[ACRE_CHAIN_ELEMENTS] = 10000, [ACRE_CHAIN_DEPTH] = 3}};

        open_loop(&loop, &acre_square_chain, strategies[i], spec, 10); /* B-30 */
        expect_totals(&loop, 40, 30, 40);
        expect_peak(&loop, 8, 6, 8);
        cr_assert_eq(books(&loop, ACRE_PURPOSE_DATA).peak.bytes, 640000);
        expect_steady(&loop, 4, 3, 4);
        drain_and_close(&loop);

        open_loop(&loop, &acre_square_chain, strategies[i], spec,
                  1000 / test_stride(10)); /* B-33 */
        expect_peak(&loop, 8, 6, 8);
        drain_and_close(&loop);

        spec.values[ACRE_CHAIN_BACKWARD] = true; /* B-32 */
        open_loop(&loop, &acre_square_chain, strategies[i], spec, 10);
        expect_totals(&loop, 40, 30, 80);
        expect_peak(&loop, 8, 6, 12);
        expect_steady(&loop, 4, 3, 8);
        drain_and_close(&loop);
    }
}

MTest(square_chain, reuse_and_drop_first)
{
    for (size_t i = 0; i < STRATEGIES; i += test_stride(2)) {
        struct loop loop;
        struct acre_cell_spec spec = {.values = {[ACRE_CHAIN_ELEMENTS] = 10000,
                                                 [ACRE_CHAIN_DEPTH] = 3,
                                                 [ACRE_CHAIN_FILL] = ACRE_FILL_REUSE}};

        open_loop(&loop, &acre_square_chain, strategies[i], spec, 10);
        expect_totals(&loop, 31, 30, 31);
        expect_peak(&loop, 7, 6, 7);
        cr_assert_eq(books(&loop, ACRE_PURPOSE_DATA).peak.bytes, 560000);
        drain_and_close(&loop);

        spec.values[ACRE_CHAIN_FILL] = ACRE_FILL_RANDN; /* B-34 */
        spec.values[ACRE_CHAIN_ORDER] = ACRE_ORDER_DROP_FIRST;
        open_loop(&loop, &acre_square_chain, strategies[i], spec, 10);
        expect_totals(&loop, 40, 30, 40);
        expect_peak(&loop, 4, 3, 4);
        drain_and_close(&loop);
    }
}

/* B-31: on a pool, whose end takes what the cycles keep. With a collector the same loop
 * leaks nothing: seed_loop, lifetime collector. */
MTest(square_chain, strong_references_leak_everything)
{
    struct loop loop;
    struct acre_cell_spec spec = {
        .values = {[ACRE_CHAIN_ELEMENTS] = 10000, [ACRE_CHAIN_DEPTH] = 3}};

    open_loop(&loop, &acre_square_chain, (struct strategy){"pool", ACRE_LIFETIME_STRONG}, spec, 10);
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
            for (int order = 0; order < 2; order += (int)test_stride(2)) {
                const struct acre_cell_spec spec = {
                    .values =
                        {
                            [ACRE_CHAIN_ELEMENTS] = 1001,
                            [ACRE_CHAIN_DEPTH] = 3,
                            [ACRE_CHAIN_BACKWARD] = (uint64_t)backward,
                            [ACRE_CHAIN_FILL] = (uint64_t)fill,
                            [ACRE_CHAIN_ORDER] = (uint64_t)order,
                        },
                };
                uint64_t expected = checksum_of_limit(&acre_square_chain, spec, 5);

                for (size_t i = 0; i < STRATEGIES; i += test_stride(2)) {
                    struct loop loop;

                    open_loop(&loop, &acre_square_chain, strategies[i], spec, 5);
                    cr_assert_eq(acre_square_chain.checksum(loop.state), expected);
                    drain_and_close(&loop);
                }
            }
}
