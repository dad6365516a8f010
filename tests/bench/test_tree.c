/* tree: exact books, results of the limit, and shapes that differ. */
#include "tests/bench/loop.h"

#include "core/variable.h"

static const struct strategy strategies[] = {
    {"malloc", ACRE_LIFETIME_WEAK},   {"malloc", ACRE_LIFETIME_COLLECTOR},
    {"jemalloc", ACRE_LIFETIME_WEAK}, {"mimalloc", ACRE_LIFETIME_COLLECTOR},
    {"pool", ACRE_LIFETIME_WEAK},     {"arena", ACRE_LIFETIME_WALKED},
    {"arena", ACRE_LIFETIME_REGION},
};

enum { STRATEGIES = sizeof strategies / sizeof strategies[0], ITERATIONS = 5 };

/* leaves, trees, inputs (new, kept) */
static const uint64_t cells[][3] = {{2, 1, 0}, {2, 3, 1}, {40, 3, 0}, {40, 3, 1}, {300, 1, 0}};

enum { CELLS = sizeof cells / sizeof cells[0] };

static struct acre_cell_spec spec_of(const uint64_t *cell)
{
    return (struct acre_cell_spec){.values = {cell[0], cell[1], cell[2]}};
}

/*
 * A tree of L leaves has L - 1 inner nodes: a Function each, and where something is halved a second
 * one and a number. With F Functions and as many outputs F - (L - 1) numbers are halves, so there
 * are F + L + F - (L - 1) = 2 F + 1 variables in a tree, whatever its shape. Leaves that are kept
 * are made once.
 */
static void expect_books(const struct loop *loop, const uint64_t *cell)
{
    uint64_t kept = cell[2] != 0 ? cell[0] : 0;
    uint64_t born = kept;

    for (size_t scope = 0; scope < ITERATIONS; scope++) {
        const struct acre_live *live = loop->ledger.scopes[scope].live;
        uint64_t functions = live[ACRE_PURPOSE_FUNCTION].blocks;
        uint64_t in_trees = 2 * functions + cell[1] - kept * cell[1];

        cr_assert_geq(functions, cell[1] * (cell[0] - 1));
        cr_assert_leq(functions, cell[1] * (cell[0] - 1) * 2);
        cr_assert_eq(live[ACRE_PURPOSE_VARIABLE].blocks, in_trees + kept);
        cr_assert_eq(live[ACRE_PURPOSE_DATA].blocks, in_trees + kept);
        cr_assert_eq(live[ACRE_PURPOSE_DATA].bytes, 8 * (in_trees + kept));
        born += in_trees;
    }
    cr_assert_eq(books(loop, ACRE_PURPOSE_VARIABLE).allocations, born);
}

MTest(tree, books_are_exact_and_results_equal)
{
    for (size_t c = 0; c < CELLS; c++) {
        const struct acre_cell_spec spec = spec_of(cells[c]);
        uint64_t expected = checksum_of_limit(&acre_tree, spec, ITERATIONS);

        cr_assert_neq(checksum_of_limit(&acre_tree, spec, ITERATIONS - 1), expected);
        for (size_t i = 0; i < STRATEGIES; i++) {
            struct loop loop;

            open_loop(&loop, &acre_tree, strategies[i], spec, ITERATIONS);
            expect_books(&loop, cells[c]);
            cr_assert_eq(acre_tree.checksum(loop.state), expected, "cell %zu on %s/%s", c,
                         strategies[i].backend, acre_lifetime_name(strategies[i].lifetime));
            drain_and_close(&loop);
        }
    }
}

/* A tree has another shape in each iteration, and so another depth. */
MTest(tree, shapes_differ)
{
    const uint64_t cell[3] = {60, 1, 0};
    uint64_t least = UINT64_MAX;
    uint64_t most = 0;
    struct loop loop;

    open_loop(&loop, &acre_tree, (struct strategy){"malloc", ACRE_LIFETIME_WEAK}, spec_of(cell), 0);
    for (uint64_t i = 0; i < 20; i++) {
        struct acre_drawn_variable tree;
        uint64_t depth;

        cr_assert_eq(acre_tree.step(loop.state, i), ACRE_OK);
        cr_assert_eq(acre_tree.variables(loop.state, &tree, 1), 1);
        depth = ((const struct acre_variable *)tree.object)->generation;
        least = depth < least ? depth : least;
        most = depth > most ? depth : most;
    }
    cr_assert_lt(least, most);
    cr_assert_geq(least, 6, "60 leaves are at least 6 deep");
    drain_and_close(&loop);
}
