/*
 * The workloads of small objects, under every strategy: exact books and equal results. Memory
 * that fails is in oom_sweep.c. Places in .values are those of each workload's list of parameters.
 */
#include "bench/backend_list.h"
#include "bench/options.h"
#include "report/verdict.h"
#include "tests/bench/loop.h"

static const struct strategy strategies[] = {
    {"malloc", ACRE_LIFETIME_WEAK},    {"malloc", ACRE_LIFETIME_COLLECTOR},
    {"jemalloc", ACRE_LIFETIME_WEAK},  {"jemalloc", ACRE_LIFETIME_COLLECTOR},
    {"mimalloc", ACRE_LIFETIME_WEAK},  {"mimalloc", ACRE_LIFETIME_COLLECTOR},
    {"pool", ACRE_LIFETIME_COLLECTOR}, {"arena", ACRE_LIFETIME_WALKED},
    {"arena", ACRE_LIFETIME_REGION},
};

enum { STRATEGIES = sizeof strategies / sizeof strategies[0], ITERATIONS = 5 };

/* A cell with small parameters, and what its books must be. */
struct expected {
    const struct acre_workload *workload;
    uint64_t values[3];
    uint64_t born;  /* nodes, in ITERATIONS iterations */
    uint64_t alive; /* when an iteration ends; also the most that ever were */
    uint64_t node_bytes;
};

static const struct expected cells[] = {
    /* shape, nodes, graphs */
    {&acre_node_churn, {0, 100, 3}, 1500, 300, 40},
    {&acre_node_churn, {1, 100, 3}, 1500, 300, 40},
    {&acre_node_churn, {1, 1, 1}, 5, 1, 40},
    /* nodes */
    {&acre_deep_chain, {1000}, 5000, 1000, 40},
    /* rings, length */
    {&acre_cycles, {10, 3}, 150, 30, 48},
    {&acre_cycles, {10, 1}, 50, 10, 48},
    /* mode (create, upgrade, death, table), objects */
    {&acre_weak_churn, {0, 50}, 50, 50, 24},
    {&acre_weak_churn, {1, 50}, 50, 50, 24},
    {&acre_weak_churn, {2, 50}, 250, 50, 24},
    {&acre_weak_churn, {3, 50}, 250, 50, 24},
};

enum { CELLS = sizeof cells / sizeof cells[0] };

static struct acre_cell_spec spec_of(const struct expected *cell)
{
    struct acre_cell_spec spec = {0};

    for (size_t i = 0; i < 3; i++)
        spec.values[i] = cell->values[i];
    return spec;
}

static bool is_suited(const struct acre_workload *workload, struct strategy strategy)
{
    return acre_workload_why_not(workload, strategy.backend, strategy.lifetime) == NULL;
}

static void expect_books(const struct loop *loop, const struct expected *cell)
{
    const struct acre_counts nodes = books(loop, ACRE_PURPOSE_NODE);
    const struct acre_counts weak = books(loop, ACRE_PURPOSE_WEAK);

    cr_assert_eq(nodes.allocations, cell->born);
    cr_assert_eq(nodes.requested_bytes, cell->born * cell->node_bytes);
    cr_assert_eq(nodes.peak.blocks, cell->alive);
    cr_assert_eq(nodes.live.blocks, cell->alive);
    for (size_t i = 0; i < loop->ledger.scope_count; i++)
        cr_assert_eq(loop->ledger.scopes[i].live[ACRE_PURPOSE_NODE].blocks, cell->alive);
    if (cell->workload == &acre_node_churn || cell->workload == &acre_deep_chain)
        cr_assert_eq(weak.allocations, 0);
}

MTest(workloads, books_are_exact_and_results_equal)
{
    for (size_t c = 0; c < CELLS; c++) {
        const struct acre_workload *workload = cells[c].workload;
        struct acre_cell_spec spec = spec_of(&cells[c]);
        uint64_t expected = checksum_of_limit(workload, spec, ITERATIONS);
        size_t ran = 0;

        /* The checksum is of something: another iteration has other objects, if it has its own. */
        if (cells[c].born != cells[c].alive)
            cr_assert_neq(checksum_of_limit(workload, spec, ITERATIONS - 1), expected);
        for (size_t i = 0; i < STRATEGIES; i++) {
            struct loop loop;

            if (!is_suited(workload, strategies[i]))
                continue;
            open_loop(&loop, workload, strategies[i], spec, ITERATIONS);
            expect_books(&loop, &cells[c]);
            cr_assert_eq(workload->checksum(loop.state), expected, "%s on %s/%s", workload->name,
                         strategies[i].backend, acre_lifetime_name(strategies[i].lifetime));
            drain_and_close(&loop);
            ran++;
        }
        cr_assert_eq(ran, workload == &acre_weak_churn ? 5 : STRATEGIES);
    }
}

/* By design: on a pool, whose end takes what the rings keep. */
MTest(workloads, rings_of_strong_references_leak)
{
    const struct acre_cell_spec spec = {.values = {10, 3}};
    struct loop loop;

    open_loop(&loop, &acre_cycles, (struct strategy){"pool", ACRE_LIFETIME_STRONG}, spec, 5);
    cr_assert_eq(acre_cycles.checksum(loop.state), checksum_of_limit(&acre_cycles, spec, 5));
    cr_assert_eq(acre_cycles.drain(loop.state), ACRE_OK);
    cr_assert_eq(books(&loop, ACRE_PURPOSE_NODE).live.blocks, 150);
    cr_assert_eq(close_loop(&loop), 150);
}

/* A reset is one for each iteration but the first scope, and one to drain. */
MTest(workloads, a_region_is_reset_once_an_iteration)
{
    for (size_t c = 0; c < CELLS; c++) {
        bool has_one_scope = cells[c].workload == &acre_weak_churn && cells[c].values[0] < 2;
        struct loop loop;

        open_loop(&loop, cells[c].workload, (struct strategy){"arena", ACRE_LIFETIME_REGION},
                  spec_of(&cells[c]), ITERATIONS);
        cr_assert_eq(loop.ledger.books.resets, has_one_scope ? 1 : ITERATIONS);
        cr_assert_eq(books(&loop, ACRE_PURPOSE_NODE).frees, cells[c].born - cells[c].alive);
        drain_and_close(&loop);
    }
}

/* Parameters -------------------------------------------------------------------------------- */

MTest(workloads, lists_of_parameters_are_sound)
{
    for (size_t w = 0; acre_workload_at(w) != NULL; w++) {
        const struct acre_workload *workload = acre_workload_at(w);

        cr_assert_eq(acre_workload_find(workload->name), workload);
        cr_assert_leq(workload->parameter_count, ACRE_MOST_PARAMETERS);
        cr_assert_eq(workload->unit != NULL, workload->units != NULL);
        for (size_t p = 0; p < workload->parameter_count; p++) {
            const struct acre_parameter *parameter = &workload->parameters[p];
            char error[256] = "";
            const struct acre_refusal refusal = {error, sizeof error};
            struct acre_values values;
            struct acre_values again;

            acre_parameter_set_defaults(parameter, &values);
            cr_assert_gt(values.count, 0, "%s --%s", workload->name, parameter->name);
            if (parameter->argument == NULL)
                continue;
            cr_assert(acre_parameter_read(&refusal, parameter, parameter->defaults, &again));
            /* What is written for a child is read back as the same value. */
            for (size_t i = 0; i < values.count; i++) {
                struct acre_value_text text = acre_parameter_text(parameter, values.values[i]);

                cr_assert(acre_parameter_read(&refusal, parameter, text.text, &again), "%s", error);
                cr_assert_eq(again.count, 1);
                cr_assert_eq(again.values[0], values.values[i]);
            }
            cr_assert_not(acre_parameter_read(&refusal, parameter, "nonsense", &again));
            cr_assert(strstr(error, parameter->name) != NULL, "%s", error);
        }
    }
}

/* 140 cells of a quarter of a second in 16 rounds are less than ten minutes. A collector and its
 * like add cells; so does a workload. The rounds are enough for verdicts on the rows of the
 * summary: two ratios for each case, and two over all. */
MTest(workloads, suites_are_small_and_within_what_parameters_allow)
{
    struct acre_backend_list backends;
    size_t cell_count = 0, case_count = 0;

    acre_backend_list_usual(&backends);
    for (size_t w = 0; acre_workload_of_run(NULL, w) != NULL; w++) {
        const struct acre_workload *workload = acre_workload_of_run(NULL, w);
        size_t fitting = 0;

        cr_assert_leq(workload->suite_count, 2, "%s", workload->name);
        for (size_t i = 0; i < workload->suite_count; i++)
            for (size_t p = 0; p < ACRE_MOST_PARAMETERS; p++) {
                const struct acre_parameter *parameter = &workload->parameters[p];
                uint64_t value = workload->suite[i][p];

                if (p >= workload->parameter_count || parameter->argument == NULL)
                    cr_assert_leq(value, p < workload->parameter_count, "%s", workload->name);
                else if (parameter->words != NULL)
                    cr_assert_lt(value, parameter->word_count, "%s", workload->name);
                else
                    cr_assert(value >= parameter->least && value <= parameter->most, "%s --%s",
                              workload->name, parameter->name);
            }
        for (size_t b = 0; b < backends.count; b++)
            for (unsigned l = 0; l < ACRE_LIFETIME_COUNT; l++)
                fitting += l != ACRE_LIFETIME_STRONG &&
                           acre_workload_why_not(workload, backends.names[b],
                                                 (enum acre_lifetime)l) == NULL;
        cr_assert_gt(fitting, 1, "%s", workload->name);
        cell_count += fitting * workload->suite_count;
        case_count += workload->suite_count;
    }
    cr_assert(cell_count > 0 && cell_count <= 140, "%zu cells", cell_count);
    cr_assert_geq(ACRE_SUITE_ROUNDS, acre_verdict_rounds(2 * (case_count + 1), false));
    /* One workload alone is itself and nothing else. */
    cr_assert_eq(acre_workload_of_run(&acre_cycles, 0), &acre_cycles);
    cr_assert_null(acre_workload_of_run(&acre_cycles, 1));
}

MTest(workloads, a_list_has_each_value_once_and_so_many_at_most)
{
    const struct acre_parameter number = {
        .name = "n", .argument = "N[,N...]", .is_list = true, .least = 1, .most = 100};
    static const struct acre_word some[] = {{"a", "A"}, {"b", "B"}};
    const struct acre_parameter word = {.name = "w",
                                        .argument = "WORD",
                                        .is_list = true,
                                        .words = some,
                                        .word_count = 2,
                                        .all = "all"};
    static const struct {
        const char *text, *error;
    } refused[] = {
        {"", "--n: the list is empty"},
        {"0", "--n: '0' is not a whole number from 1 to 100"},
        {"101", "--n: '101' is not"},
        {"-1", "--n: '-1' is not"},
        {"1,,2", "--n: '' is not"},
        {"7,7", "--n: 7 stands there twice"},
        {"99999999999999999999", "--n: '99999999999999999999' is not"},
        {"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,"
         "33",
         "--n: more than 32 values"},
    };
    struct acre_values values;
    char error[256];
    const struct acre_refusal refusal = {error, sizeof error};

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        cr_assert_not(acre_parameter_read(&refusal, &number, refused[i].text, &values));
        cr_assert(strstr(error, refused[i].error) == error, "%s", error);
    }
    cr_assert(acre_parameter_read(&refusal, &number, "3,1,100", &values));
    cr_assert(values.count == 3 && values.values[0] == 3 && values.values[2] == 100);
    cr_assert(acre_parameter_read(&refusal, &word, "all", &values));
    cr_assert(values.count == 2 && values.values[0] == 0 && values.values[1] == 1);
    cr_assert(acre_parameter_read(&refusal, &word, "b", &values));
    cr_assert(values.count == 1 && values.values[0] == 1);
    cr_assert_not(acre_parameter_read(&refusal, &word, "b,c", &values));
    cr_assert_str_eq(error, "--w: 'c' is none of a, b, all");
}
