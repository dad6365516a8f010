/*
 * E-03 and E-05 for the whole tape: every allocation of a program fails in turn, once and for ever.
 * The program uses each operator, numbers beside arrays on both sides, several shapes, no_grad,
 * both kinds of backward and both kinds of unchain. Whatever fails, the status says so and after
 * the drop nothing is alive.
 */
#include "support/mtest.h"

#include "core/tape.h"

static const double values[] = {0.5, 1, 1.5, 2, 2.5, 3};

struct variables {
    struct acre_variable *row, *matrix, *number, *y, *z, *plain;
};

static const double classes[] = {1, 0};

/* The first failure ends the program, as it would a user's. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        enum acre_status tried = (call);                                                           \
        if (tried != ACRE_OK)                                                                      \
            return tried;                                                                          \
    } while (0)

static enum acre_status build(struct variables *v)
{
    TRY(acre_assign(e, &v->row, acre_variable_from(e, values, 5)));
    TRY(acre_assign(e, &v->matrix, acre_variable_from_2d(e, values, 2, 3)));
    TRY(acre_assign(e, &v->number, acre_variable_of(e, 0.75)));

    TRY(acre_assign(e, &v->y, acre_mul(e, v->number, acre_exp(e, acre_neg(e, v->row)))));
    TRY(acre_assign(e, &v->y, acre_div(e, v->y, acre_add(e, v->row, v->number))));
    TRY(acre_assign(e, &v->y, acre_sub(e, v->y, acre_div(e, v->number, v->row))));
    TRY(acre_assign(e, &v->y, acre_sum(e, acre_sub(e, v->number, v->y))));
    TRY(acre_assign(e, &v->z, acre_sub(e, v->matrix, v->number)));
    TRY(acre_assign(e, &v->z, acre_tanh(e, acre_pow(e, v->z, 2))));
    TRY(acre_assign(e, &v->z, acre_matmul(e, v->z, acre_variable_from_2d(e, values, 3, 2))));
    TRY(acre_assign(e, &v->z, acre_add_row(e, v->z, acre_variable_from(e, values, 2))));
    TRY(acre_assign(
        e, &v->y,
        acre_add(e, v->y, acre_softmax_cross_entropy(e, v->z, acre_variable_from(e, classes, 2)))));
    TRY(acre_assign(e, &v->z, acre_add(e, acre_sum(e, acre_square(e, v->z)), v->y)));
    return ACRE_OK;
}

static enum acre_status use_without_recording(struct variables *v)
{
    ACRE_NO_GRAD(e);
    TRY(acre_assign(e, &v->plain, acre_mul(e, acre_square(e, v->row), v->number)));
    return acre_assign(e, &v->plain, acre_sum(e, v->plain));
}

static enum acre_status run(struct variables *v, bool *cut)
{
    TRY(build(v));
    TRY(use_without_recording(v));
    TRY(acre_backward_retaining(e, v->z, ACRE_RETAIN_LEAVES));
    TRY(acre_backward(e, v->z));
    *cut = true; /* cutting needs no memory */
    TRY(acre_unchain_backward(e, v->z));
    TRY(acre_unchain(e, v->z));
    TRY(acre_assign(e, &v->y, acre_square(e, v->z)));
    return acre_backward(e, v->y);
}

static void drop(struct variables *v)
{
    acre_unref(e, &v->row);
    acre_unref(e, &v->matrix);
    acre_unref(e, &v->number);
    acre_unref(e, &v->y);
    acre_unref(e, &v->z);
    acre_unref(e, &v->plain);
}

/* Returns whether allocation k failed, which it does until there are no more. */
static bool fail_at(enum world_place place, enum acre_collector collector, uint64_t k, bool forever)
{
    const struct acre_engine_options options = {.collector = collector};
    struct variables v = {0};
    enum acre_status status;
    bool cut = false;
    bool failed;

    cr_assert(world_open_with(&world, place, &options));
    e = world.engine;
    world.plan.fail_at = world.plan.calls + k;
    world.plan.forever = forever;
    status = run(&v, &cut);
    failed = world.plan.failures > 0;
    cr_assert_eq(status, failed ? ACRE_NO_MEMORY : ACRE_OK, "allocation %lu: %s", (unsigned long)k,
                 acre_error(e));
    if (failed)
        cr_assert_not_null(strstr(acre_error(e), "memory"), "%s", acre_error(e));
    drop(&v); /* while allocations still fail */
    if (place != WORLD_BULK)
        cr_assert_eq(acre_live_objects(e), 0, "allocation %lu", (unsigned long)k);
    world.plan.fail_at = 0;

    /* nothing is left behind in the engine either: the same works now */
    if (failed && k % 8 == 0) {
        cr_assert_eq(run(&v, &cut), ACRE_OK, "%s", acre_error(e));
        cr_assert_not_null(v.z);
        cr_assert_null(v.z->creator);
        drop(&v);
    }
    close_empty();
    return failed;
}

static void sweep(enum world_place place, enum acre_collector collector, bool forever)
{
    uint64_t k = 1;

    while (fail_at(place, collector, k, forever))
        k++;
    cr_assert_gt(k, 100, "the program makes more allocations than %lu", (unsigned long)k);
}

MTest(tape_failures, every_allocation_fails_once)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++)
        sweep(place, ACRE_COLLECTOR_NONE, false);
    sweep(WORLD_PINNED, ACRE_COLLECTOR_MANUAL, false);
}

MTest(tape_failures, every_allocation_fails_from_there_on)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++)
        sweep(place, ACRE_COLLECTOR_NONE, true);
    sweep(WORLD_PINNED, ACRE_COLLECTOR_MANUAL, true);
}
