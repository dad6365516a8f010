/*
 * mlp and rnn: weights outlive iterations, graphs do not, results are the limit's, and what is
 * trained learns. Places in .values are those of each workload's list of parameters.
 */
#include "tests/bench/loop.h"

#include "core/variable.h"

static const struct strategy strategies[] = {
    {"malloc", ACRE_LIFETIME_WEAK},   {"malloc", ACRE_LIFETIME_COLLECTOR},
    {"jemalloc", ACRE_LIFETIME_WEAK}, {"mimalloc", ACRE_LIFETIME_COLLECTOR},
    {"pool", ACRE_LIFETIME_WEAK},     {"arena", ACRE_LIFETIME_WALKED},
    {"arena", ACRE_LIFETIME_REGION},
};

enum { STRATEGIES = sizeof strategies / sizeof strategies[0], ITERATIONS = 12 };

static const struct cell {
    const struct acre_workload *workload;
    uint64_t values[4];
} cells[] = {
    /* hidden, batch */
    {&acre_mlp, {10, 30}},
    {&acre_mlp, {7, 40}}, /* an epoch's last batch has 20 */
    {&acre_mlp, {1, 300}},
    {&acre_mlp, {1, 1}},
    /* hidden, longest, steps, truncate */
    {&acre_rnn, {10, 12, 20, 0}},
    {&acre_rnn, {10, 12, 20, 5}}, /* parts of 5 and what is left */
    {&acre_rnn, {1, 3, 1, 1}},
};

enum { CELLS = sizeof cells / sizeof cells[0] };

static struct acre_cell_spec spec_of(const struct cell *cell)
{
    struct acre_cell_spec spec = {0};

    for (size_t i = 0; i < 4; i++)
        spec.values[i] = cell->values[i];
    return spec;
}

MTest(training, results_are_those_of_the_limit)
{
    for (size_t c = 0; c < CELLS; c++) {
        const struct acre_workload *workload = cells[c].workload;
        const struct acre_cell_spec spec = spec_of(&cells[c]);
        uint64_t expected = checksum_of_limit(workload, spec, ITERATIONS);

        cr_assert_neq(checksum_of_limit(workload, spec, ITERATIONS - 1), expected);
        for (size_t i = 0; i < STRATEGIES; i++) {
            struct loop loop;

            open_loop(&loop, workload, strategies[i], spec, ITERATIONS);
            cr_assert_eq(workload->checksum(loop.state), expected, "%s, cell %zu on %s/%s",
                         workload->name, c, strategies[i].backend,
                         acre_lifetime_name(strategies[i].lifetime));
            drain_and_close(&loop);
        }
    }
}

/* What a graph has, and what weights have. */
enum { MLP_WEIGHTS = 4, MLP_FUNCTIONS = 6, RNN_WEIGHTS = 5, RNN_FUNCTIONS_OF_STEP = 10 };

static uint64_t live(const struct loop *loop, size_t scope, enum acre_purpose purpose)
{
    return loop->ledger.scopes[scope].live[purpose].blocks;
}

/* Every variable but x, the classes and the weights is a Function's. When an iteration ends, all it
 * has made and the weights are alive, and only the weights outlive it, whatever the lifetime. */
MTest(training, books_of_the_perceptron_are_exact)
{
    const uint64_t variables = MLP_FUNCTIONS + 2;

    for (size_t i = 0; i < STRATEGIES; i++) {
        struct loop loop;

        open_loop(&loop, &acre_mlp, strategies[i], spec_of(&cells[0]), ITERATIONS);
        cr_assert_eq(books(&loop, ACRE_PURPOSE_FUNCTION).allocations, MLP_FUNCTIONS * ITERATIONS);
        cr_assert_eq(books(&loop, ACRE_PURPOSE_VARIABLE).allocations,
                     variables * ITERATIONS + MLP_WEIGHTS);
        for (size_t scope = 0; scope < ITERATIONS; scope++) {
            cr_assert_eq(live(&loop, scope, ACRE_PURPOSE_FUNCTION), MLP_FUNCTIONS);
            cr_assert_eq(live(&loop, scope, ACRE_PURPOSE_VARIABLE), variables + MLP_WEIGHTS);
            cr_assert_eq(live(&loop, scope, ACRE_PURPOSE_DATA), variables + MLP_WEIGHTS);
            /* of loss, scores, tanh, sum and x; AddRow passes its own on */
            cr_assert_eq(live(&loop, scope, ACRE_PURPOSE_GRADIENT), 5 + MLP_WEIGHTS);
        }
        cr_assert_eq(acre_mlp.drain(loop.state), ACRE_OK);
        cr_assert_eq(loop.ledger.outlived[ACRE_PURPOSE_VARIABLE].blocks, MLP_WEIGHTS);
        cr_assert_eq(loop.ledger.outlived[ACRE_PURPOSE_DATA].blocks, MLP_WEIGHTS);
        cr_assert_eq(loop.ledger.outlived[ACRE_PURPOSE_FUNCTION].blocks, 0);
        cr_assert_eq(loop.ledger.outlived[ACRE_PURPOSE_GRADIENT].blocks, 0);
        cr_assert_eq(close_loop(&loop), 0);
    }
}

/* Of a sequence of length L there are L steps of ten Functions, the sums of L losses and the mean;
 * so depth tells the length. Lengths differ, and all of them come. */
MTest(training, depth_of_the_recurrent_net_varies)
{
    const struct cell cell = {&acre_rnn, {3, 4, 8, 0}};
    enum { MANY = 40 };
    bool has_come[5] = {false};
    struct loop loop;

    open_loop(&loop, &acre_rnn, (struct strategy){"arena", ACRE_LIFETIME_REGION}, spec_of(&cell),
              MANY);
    for (size_t scope = 0; scope < MANY; scope++) {
        uint64_t functions = live(&loop, scope, ACRE_PURPOSE_FUNCTION);
        uint64_t length = functions / (RNN_FUNCTIONS_OF_STEP + 1);

        cr_assert_eq(functions, (RNN_FUNCTIONS_OF_STEP + 1) * length);
        cr_assert(length >= 1 && length <= 4);
        has_come[length] = true;
        /* beside the Functions' own: x, what comes next, the state at first, the mean's divisor */
        cr_assert_eq(live(&loop, scope, ACRE_PURPOSE_VARIABLE),
                     functions + 2 * length + 2 + RNN_WEIGHTS);
    }
    for (size_t length = 1; length <= 4; length++)
        cr_assert(has_come[length], "no sequence of length %zu in %d", length, MANY);
    drain_and_close(&loop);
}

/* What is cut dies at once where counts decide: with parts of one step no more is alive at any time
 * than the graph of one part, however long the sequence. */
MTest(training, a_cut_graph_is_freed)
{
    const struct cell whole = {&acre_rnn, {3, 40, 1, 0}};
    const struct cell cut = {&acre_rnn, {3, 40, 1, 1}};
    const struct strategy weak = {"malloc", ACRE_LIFETIME_WEAK};
    struct loop loop;

    open_loop(&loop, &acre_rnn, weak, spec_of(&cut), ITERATIONS);
    cr_assert_leq(books(&loop, ACRE_PURPOSE_FUNCTION).peak.blocks, RNN_FUNCTIONS_OF_STEP + 1);
    drain_and_close(&loop);
    open_loop(&loop, &acre_rnn, weak, spec_of(&whole), ITERATIONS);
    cr_assert_gt(books(&loop, ACRE_PURPOSE_FUNCTION).peak.blocks, 10 * RNN_FUNCTIONS_OF_STEP);
    drain_and_close(&loop);
}

/* Learning ---------------------------------------------------------------------------------- */

static double loss_of(const struct loop *loop)
{
    struct acre_drawn_variable variables[8];
    size_t count = loop->workload->variables(loop->state, variables, 8);

    cr_assert(count > 0 && strcmp(variables[0].name, "loss") == 0);
    return ((const struct acre_variable *)variables[0].object)->data->elements[0];
}

/* The mean of the losses of so many iterations from `iteration` on. */
static double mean_loss(struct loop *loop, uint64_t iteration, uint64_t iterations)
{
    double total = 0;

    for (uint64_t i = 0; i < iterations; i++) {
        cr_assert_eq(loop->workload->step(loop->state, iteration + i), ACRE_OK);
        total += loss_of(loop);
    }
    return total / (double)iterations;
}

/* Guessing among three classes costs log 3 = 1.10. */
MTest(training, the_perceptron_learns_the_spiral)
{
    struct loop loop;
    double first;
    double last;

    open_loop(&loop, &acre_mlp, (struct strategy){"arena", ACRE_LIFETIME_REGION},
              spec_of(&cells[0]), 0);
    first = mean_loss(&loop, 0, 10);
    for (uint64_t epoch = 1; epoch < 100; epoch++)
        last = mean_loss(&loop, epoch * 10, 10);
    cr_assert(first > 0.8 && first < 1.5, "the first epoch's loss is %g", first);
    cr_assert(last < 0.3, "the last epoch's loss is %g", last);
    drain_and_close(&loop);
}

/* Guessing 0 costs the mean of the wave's square, 0.5; its noise cannot be foreseen, 0.0025. */
MTest(training, the_recurrent_net_learns_the_wave)
{
    static const uint64_t truncations[] = {0, 5};

    for (size_t i = 0; i < sizeof truncations / sizeof truncations[0]; i++) {
        const struct cell cell = {&acre_rnn, {10, 12, 60, truncations[i]}};
        struct loop loop;
        double last;

        open_loop(&loop, &acre_rnn, (struct strategy){"arena", ACRE_LIFETIME_REGION},
                  spec_of(&cell), 0);
        mean_loss(&loop, 0, 300);
        last = mean_loss(&loop, 300, 50);
        cr_assert(last < 0.05, "the last loss is %g", last);
        drain_and_close(&loop);
    }
}
