/* The workload handoff: the same results with two threads and in step, exact books, memory that
 * fails; and its ring. */
#include "tests/bench/loop.h"

#include "bench/workloads/ring.h"

enum { MESSAGES = 100, BATCH = 8, ITERATIONS = 5 };

static const struct strategy strategies[] = {
    {"malloc", ACRE_LIFETIME_WEAK},           {"jemalloc", ACRE_LIFETIME_WEAK},
    {"mimalloc", ACRE_LIFETIME_WEAK},         {"tcmalloc", ACRE_LIFETIME_WEAK},
    {"tbbmalloc", ACRE_LIFETIME_WEAK},        {"arena", ACRE_LIFETIME_REGION},
    {"pool", ACRE_LIFETIME_REGION},           {"reap", ACRE_LIFETIME_REGION},
    {"jemalloc-arena", ACRE_LIFETIME_REGION},
};

enum { STRATEGIES = sizeof strategies / sizeof strategies[0] };

static struct acre_cell_spec spec_of(uint64_t messages, uint64_t batch, enum acre_lifetime lifetime)
{
    return (struct acre_cell_spec){.values = {messages, batch}, .lifetime = lifetime, .seed = 1};
}

/* No layer in front of the backend: the consumer is a thread. */
static uint64_t checksum_with_threads(struct strategy strategy, struct acre_cell_spec spec)
{
    struct acre_stage stage;
    uint64_t checksum;
    char why[256];
    void *state;

    snprintf(spec.backend, sizeof spec.backend, "%s", strategy.backend);
    cr_assert(acre_workload_open_stage(&acre_handoff, &spec, &stage, NULL, why, sizeof why), "%s",
              why);
    state = acre_handoff.open(&stage, &spec);
    cr_assert_not_null(state);
    for (uint64_t i = 0; i < ITERATIONS; i++)
        cr_assert_eq(acre_handoff.step(state, i), ACRE_OK);
    checksum = acre_handoff.checksum(state);
    cr_assert_eq(acre_handoff.drain(state), ACRE_OK);
    acre_handoff.close(state);
    cr_assert_eq(acre_stage_close(&stage), 0);
    return checksum;
}

MTest(handoff, results_are_equal_and_books_exact)
{
    uint64_t expected =
        checksum_of_limit(&acre_handoff, spec_of(MESSAGES, BATCH, ACRE_LIFETIME_WEAK), ITERATIONS);

    cr_assert_neq(checksum_of_limit(&acre_handoff, spec_of(MESSAGES, BATCH, ACRE_LIFETIME_WEAK),
                                    ITERATIONS - 1),
                  expected);
    cr_assert_eq(checksum_of_limit(&acre_handoff, spec_of(MESSAGES, BATCH, ACRE_LIFETIME_REGION),
                                   ITERATIONS),
                 expected);
    for (size_t i = 0; i < STRATEGIES; i++) {
        struct acre_cell_spec spec = spec_of(MESSAGES, BATCH, strategies[i].lifetime);
        bool is_by_region = strategies[i].lifetime == ACRE_LIFETIME_REGION;
        struct acre_counts messages;
        struct loop loop;

        cr_assert_eq(checksum_with_threads(strategies[i], spec), expected, "%s",
                     strategies[i].backend);
        open_loop(&loop, &acre_handoff, strategies[i], spec, ITERATIONS);
        cr_assert_eq(acre_handoff.checksum(loop.state), expected, "%s", strategies[i].backend);
        messages = books(&loop, ACRE_PURPOSE_NODE);
        cr_assert_eq(messages.allocations, MESSAGES * ITERATIONS);
        cr_assert_eq(messages.frees, MESSAGES * ITERATIONS);
        cr_assert_eq(messages.peak.blocks, 2 * BATCH);
        /* a batch each, of which the last of an iteration is not full */
        cr_assert_eq(loop.ledger.books.resets,
                     is_by_region ? ITERATIONS * (MESSAGES / BATCH + 1) : 0);
        drain_and_close(&loop);
    }
}

/* One message, more than a turn of the ring, batches that do not come out even. */
MTest(handoff, any_shape)
{
    static const uint64_t shapes[][2] = {{1, 1}, {2, 1}, {3, 1}, {1, 64}, {1000, 1}, {1000, 7}};

    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct acre_cell_spec weak = spec_of(shapes[i][0], shapes[i][1], ACRE_LIFETIME_WEAK);
        struct acre_cell_spec region = spec_of(shapes[i][0], shapes[i][1], ACRE_LIFETIME_REGION);
        uint64_t expected = checksum_of_limit(&acre_handoff, weak, ITERATIONS);

        cr_assert_eq(checksum_of_limit(&acre_handoff, region, ITERATIONS), expected);
        cr_assert_eq(checksum_with_threads((struct strategy){"malloc", 0}, weak), expected);
        cr_assert_eq(checksum_with_threads((struct strategy){"arena", 0}, region), expected);
    }
}

/* By what backends state about threads. */
MTest(handoff, unsuited_strategies_say_why)
{
    static const struct {
        const char *backend;
        enum acre_lifetime lifetime;
        const char *why;
    } unsuited[] = {
        {"pool", ACRE_LIFETIME_WEAK, "freed by another thread"},
        {"reap", ACRE_LIFETIME_WEAK, "freed by another thread"},
        {"mimalloc-heap", ACRE_LIFETIME_REGION, "handed over to another thread"},
        {"arena", ACRE_LIFETIME_WEAK, "only by its reset"},
        {"malloc", ACRE_LIFETIME_REGION, "no reset"},
        {"malloc", ACRE_LIFETIME_STRONG, "ever be freed"},
        {"malloc", ACRE_LIFETIME_COLLECTOR, "nothing to collect"},
        {"arena", ACRE_LIFETIME_WALKED, "the same as region"},
    };

    for (size_t i = 0; i < sizeof unsuited / sizeof unsuited[0]; i++) {
        const char *why =
            acre_workload_why_not(&acre_handoff, unsuited[i].backend, unsuited[i].lifetime);

        cr_assert_not_null(why, "%s", unsuited[i].backend);
        cr_assert(strstr(why, unsuited[i].why) != NULL, "%s", why);
    }
    for (size_t i = 0; i < STRATEGIES; i++)
        cr_assert_null(
            acre_workload_why_not(&acre_handoff, strategies[i].backend, strategies[i].lifetime));
    cr_assert_null(acre_workload_why_not(&acre_node_churn, "pool", ACRE_LIFETIME_WEAK));
}

/* A producer that is refused leaves nothing on its way, and nothing in its region. An arena's limit
 * refuses; with a ledger in step, without one with threads. */
MTest(handoff, is_refused)
{
    struct acre_cell_spec spec = spec_of(1000, 1000, ACRE_LIFETIME_REGION);

    snprintf(spec.backend, sizeof spec.backend, "arena:chunk=64K,limit=256K");
    for (int recorded = 0; recorded < 2; recorded++) {
        struct acre_ledger ledger;
        const struct acre_layers layers = {.ledger = recorded != 0 ? &ledger : NULL};
        struct acre_stage stage;
        char why[256];
        void *state;

        acre_ledger_init(&ledger);
        cr_assert(acre_workload_open_stage(&acre_handoff, &spec, &stage, &layers, why, sizeof why),
                  "%s", why);
        state = acre_handoff.open(&stage, &spec);
        cr_assert_not_null(state);
        for (uint64_t i = 0; i < ITERATIONS; i++) {
            cr_assert_eq(acre_handoff.step(state, i), ACRE_NO_MEMORY);
            cr_assert_eq(acre_books_of(&ledger.books, ACRE_PURPOSE_NODE).live.blocks, 0);
        }
        cr_assert_eq(acre_books_of(&ledger.books, ACRE_PURPOSE_NODE).allocations > 0,
                     recorded != 0);
        cr_assert(strstr(acre_error(stage.engine), "out of memory for a message of ") != NULL);
        cr_assert_eq(acre_handoff.drain(state), ACRE_OK);
        acre_handoff.close(state);
        cr_assert_eq(acre_stage_close(&stage), 0);
    }
}

/* The ring ---------------------------------------------------------------------------------- */

MTest(handoff, a_ring_is_full_and_empty)
{
    static int contents[7];
    struct acre_parcel parcel;
    struct acre_ring ring;

    for (uint32_t slots = 1; slots < 4; slots++) {
        int taken = 0;

        cr_assert(acre_ring_open(&ring, slots));
        cr_assert_not(acre_ring_has_next(&ring, &parcel));
        for (int put = 0; put < 7; put++) {
            if (!acre_ring_has_room(&ring)) {
                cr_assert_eq(put - taken, (int)slots);
                cr_assert(acre_ring_has_next(&ring, &parcel));
                cr_assert_eq(parcel.content, &contents[taken++]);
                cr_assert_not(acre_ring_has_room(&ring), "before it is done with");
                acre_ring_done(&ring);
            }
            acre_ring_wait_for_room(&ring);
            acre_ring_publish(&ring, (struct acre_parcel){&contents[put], NULL});
        }
        acre_ring_close(&ring); /* what was published is still there */
        while (acre_ring_wait_for_next(&ring, &parcel)) {
            cr_assert_eq(parcel.content, &contents[taken++]);
            acre_ring_done(&ring);
        }
        cr_assert_eq(taken, 7);
        acre_ring_wait_until_empty(&ring);
        acre_ring_end(&ring);
    }
}
