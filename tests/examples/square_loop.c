/*
 * The seed's check with its books: ten times three squares of 10,000 numbers, once with the weak
 * references of step 17, once with the strong ones of step 16.
 */
#include <stdio.h>

#include "alloc/backends.h"
#include "alloc/ledger.h"
#include "bench/random.h"
#include "core/variable.h"

enum { ELEMENTS = 10000, ITERATIONS = 10 };

/* Variable(np.random.randn(10000)) */
static struct acre_temp randn(struct acre_engine *engine, struct acre_random *random)
{
    struct acre_temp variable;
    struct acre_array *data;
    enum acre_status status = acre_array_new(engine, ELEMENTS, &data);

    if (status != ACRE_OK)
        return (struct acre_temp){NULL, status};
    acre_random_normal(random, data->elements, ELEMENTS);
    variable = acre_variable_new(engine, &data->object);
    acre_unref(engine, &data);
    return variable;
}

static void print_row(const char *what, uint64_t variables, uint64_t functions, uint64_t arrays,
                      uint64_t bytes)
{
    printf("  %-14s%2llu Variables, %2llu Functions, %2llu arrays, %7llu bytes of data\n", what,
           (unsigned long long)variables, (unsigned long long)functions, (unsigned long long)arrays,
           (unsigned long long)bytes);
}

static void print_live(const char *when, const struct acre_ledger *ledger)
{
    const struct acre_counts variables = acre_books_of(&ledger->books, ACRE_PURPOSE_VARIABLE);
    const struct acre_counts functions = acre_books_of(&ledger->books, ACRE_PURPOSE_FUNCTION);
    const struct acre_counts arrays = acre_books_of(&ledger->books, ACRE_PURPOSE_ARRAY);
    const struct acre_counts data = acre_books_of(&ledger->books, ACRE_PURPOSE_DATA);

    print_row(when, variables.live.blocks, functions.live.blocks, arrays.live.blocks,
              data.live.bytes);
}

static void print_history(const struct acre_ledger *ledger)
{
    const struct acre_counts variables = acre_books_of(&ledger->books, ACRE_PURPOSE_VARIABLE);
    const struct acre_counts functions = acre_books_of(&ledger->books, ACRE_PURPOSE_FUNCTION);
    const struct acre_counts arrays = acre_books_of(&ledger->books, ACRE_PURPOSE_ARRAY);
    const struct acre_counts data = acre_books_of(&ledger->books, ACRE_PURPOSE_DATA);

    print_row("at most", variables.peak.blocks, functions.peak.blocks, arrays.peak.blocks,
              data.peak.bytes);
    print_row("made in all", variables.allocations, functions.allocations, arrays.allocations,
              data.requested_bytes);
}

static enum acre_status run(struct acre_engine *engine, const struct acre_ledger *ledger)
{
    struct acre_random random;
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    enum acre_status status = ACRE_OK;

    acre_random_init(&random, 17, 0);
    for (int i = 0; status == ACRE_OK && i < ITERATIONS; i++) {
        status = acre_assign(engine, &x, randn(engine, &random));
        if (status == ACRE_OK)
            status = acre_assign(engine, &y,
                                 acre_square(engine, acre_square(engine, acre_square(engine, x))));
        if (i == 0)
            print_live("iteration 1", ledger);
    }
    print_live("iteration 10", ledger);
    acre_unref(engine, &x);
    acre_unref(engine, &y);
    print_live("x = y = None", ledger);
    print_history(ledger);
    return status;
}

/* The memory is a pool, which takes with it whatever leaked. */
static enum acre_status run_with(enum acre_back_references back_references)
{
    const struct acre_engine_options options = {.back_references = back_references};
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *pool = pages != NULL ? acre_pool_new(pages, NULL) : NULL;
    struct acre_alloc *books = NULL;
    struct acre_ledger ledger;
    struct acre_engine *engine;
    enum acre_status status = ACRE_NO_MEMORY;

    acre_ledger_init(&ledger);
    if (pool != NULL)
        books = acre_record_new(pool, &ledger.sink, 0);
    if (books != NULL)
        status = acre_engine_new(&engine, books, &options);
    if (status == ACRE_OK) {
        status = run(engine, &ledger);
        printf("  objects that leaked: %llu\n", (unsigned long long)acre_engine_destroy(engine));
    }
    acre_destroy(books);
    acre_destroy(pool);
    acre_destroy(pages);
    return status;
}

int main(void)
{
    printf("outputs weak (step 17)\n");
    if (run_with(ACRE_BACK_WEAK) != ACRE_OK)
        return 1;
    printf("outputs strong (step 16)\n");
    return run_with(ACRE_BACK_STRONG) == ACRE_OK ? 0 : 1;
}
