/* What is recorded and what is kept: no_grad, retain_grad, unchain. B-11, B-13, B-14, B-16. */
#include "support/mtest.h"

#include "core/tape.h"
#include "core/watch.h"

static uint64_t functions(void)
{
    return world_live(&world, ACRE_PURPOSE_FUNCTION);
}

/* The same x seen by the inner scope and by what follows it. */
static enum acre_status leave_early(struct acre_variable *x, struct acre_variable **y)
{
    ACRE_NO_GRAD(e);
    if (acre_assign(e, y, acre_matmul(e, x, x)) != ACRE_OK)
        return ACRE_SHAPE_MISMATCH;
    return acre_assign(e, y, acre_square(e, x));
}

MTest(recording, b_14_no_grad_makes_no_function)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;

        open_tape(place);
        assign_number(&x, 2);
        {
            ACRE_NO_GRAD(e);
            uint64_t made = acre_books_of(&world.ledger.books, ACRE_PURPOSE_FUNCTION).allocations;

            acre_assign(e, &y, acre_square(e, x));
            cr_assert_eq(value_of(y), 4);
            cr_assert_null(y->creator);
            cr_assert_eq(y->generation, 0);
            cr_assert_eq(acre_strong_count(&x->object), 1);
            cr_assert_eq(functions(), 0);
            {
                ACRE_NO_GRAD(e);
                acre_assign(e, &y, acre_square(e, acre_add(e, acre_square(e, y), x)));
                cr_assert_eq(value_of(y), 324);
            }
            acre_assign(e, &y, acre_add(e, y, 1)); /* the outer scope still holds */
            cr_assert_null(y->creator);
            cr_assert_eq(acre_books_of(&world.ledger.books, ACRE_PURPOSE_FUNCTION).allocations,
                         made, "not one was made, not even for a while");
        }
        /* B-16: as on a leaf, B-15 */
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(y), 1);
        cr_assert_null(x->grad);

        /* an error exit ends the scope as well */
        cr_assert_eq(leave_early(x, &y), ACRE_SHAPE_MISMATCH);
        cr_assert_eq(value_of(y), 325, "y keeps what it had");
        acre_assign(e, &y, acre_square(e, x));
        cr_assert_not_null(y->creator);
        cr_assert_eq(y->generation, 1);
        cr_assert_eq(functions(), 1);
        acre_unref(e, &x);
        acre_unref(e, &y);
        close_empty();
    }
}

/* Several outputs, and what is wrong with an operator, are the same without recording. */
static enum acre_status split_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                      struct acre_array **ys)
{
    enum acre_status status = acre_output_like(engine, xs[0], &ys[0]);

    if (status == ACRE_OK)
        status = acre_output_like(engine, xs[0], &ys[1]);
    if (status != ACRE_OK)
        return status;
    ys[0]->elements[0] = xs[0]->elements[0] / 4;
    ys[1]->elements[0] = xs[0]->elements[0] - ys[0]->elements[0];
    return ACRE_OK;
}

static enum acre_status half_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                     struct acre_array **ys)
{
    return acre_output_like(engine, xs[0], &ys[0]);
}

static const struct acre_operator split = {"Split", 1, 2, split_forward, NULL};
static const struct acre_operator half = {"Half", 1, 2, half_forward, NULL};
static const struct acre_operator nothing = {"Nothing", 1, 1, NULL, NULL};

MTest(recording, unrecorded_operators_of_ones_own)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_argument argument;
        struct acre_temp parts[2];
        uint32_t numbers[3];
        uint64_t live;

        open_tape(place);
        acre_operator_register(e, &split, &numbers[0]);
        acre_operator_register(e, &half, &numbers[1]);
        acre_operator_register(e, &nothing, &numbers[2]);
        assign_number(&x, 4);
        argument = acre_borrowed_argument(x);
        live = acre_live_objects(e);
        {
            ACRE_NO_GRAD(e);
            cr_assert_eq(acre_apply(e, numbers[0], &argument, parts), ACRE_OK);
            cr_assert_eq(value_of(parts[0].variable), 1);
            cr_assert_eq(value_of(parts[1].variable), 3);
            acre_unref(e, &parts[0].variable);
            acre_unref(e, &parts[1].variable);
            cr_assert_eq(acre_apply(e, numbers[1], &argument, parts), ACRE_BAD_ARGUMENT);
            cr_assert_str_eq(acre_error(e), "Half: forward made no output 1");
            cr_assert_null(parts[0].variable);
            cr_assert_eq(parts[1].status, ACRE_BAD_ARGUMENT);
            cr_assert_eq(acre_apply(e, numbers[2], &argument, parts), ACRE_NOT_IMPLEMENTED);
            argument = acre_borrowed_argument(NULL);
            cr_assert_eq(acre_apply(e, numbers[0], &argument, parts), ACRE_BAD_ARGUMENT);
            if (place != WORLD_BULK)
                cr_assert_eq(acre_live_objects(e), live);
        }
        acre_unref(e, &x);
        close_empty();
    }
}

/* x0 = x1 = 1, t = x0 + x1, y = x0 + t: the course's example of step 18. */
MTest(recording, b_13_retain_grad)
{
    static const struct acre_engine_options step_18 = {.retain = ACRE_RETAIN_LEAVES};

    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++)
        for (int retains = 0; retains < 2; retains++) {
            struct acre_variable *x0 = NULL;
            struct acre_variable *x1 = NULL;
            struct acre_variable *t = NULL;
            struct acre_variable *y = NULL;

            cr_assert(world_open_with(&world, place, &step_18));
            e = world.engine;
            assign_number(&x0, 1);
            assign_number(&x1, 1);
            acre_assign(e, &t, acre_add(e, x0, x1));
            acre_assign(e, &y, acre_add(e, x0, t));
            cr_assert_eq(retains ? acre_backward_retaining(e, y, ACRE_RETAIN_ALL)
                                 : acre_backward(e, y),
                         ACRE_OK);
            cr_assert_eq(grad_of(x0), 2);
            cr_assert_eq(grad_of(x1), 1);
            if (retains) {
                cr_assert_eq(grad_of(y), 1);
                cr_assert_eq(grad_of(t), 1);
            } else {
                cr_assert_null(y->grad);
                cr_assert_null(t->grad);
            }
            /* a leaf keeps the ones it begins with */
            acre_cleargrad(e, x1);
            cr_assert_eq(acre_backward(e, x1), ACRE_OK);
            cr_assert_eq(grad_of(x1), 1);
            acre_unref(e, &x0);
            acre_unref(e, &x1);
            acre_unref(e, &t);
            acre_unref(e, &y);
            close_empty();
        }
}

/* B-11 with step 18: twice without clearing doubles, since nothing between accumulates. */
MTest(recording, b_11_backward_twice_when_only_leaves_keep)
{
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;

    open_tape(WORLD_PINNED);
    assign_number(&x, 2);
    for (int depth = 1; depth <= 2; depth++) {
        acre_assign(e, &y, depth == 1 ? acre_square(e, x) : acre_square(e, acre_square(e, x)));
        for (int pass = 1; pass <= 2; pass++) {
            cr_assert_eq(acre_backward_retaining(e, y, ACRE_RETAIN_LEAVES), ACRE_OK);
            cr_assert_eq(grad_of(x), pass * (depth == 1 ? 4 : 32));
            cr_assert_eq(world_live(&world, ACRE_PURPOSE_GRADIENT), 1);
        }
        acre_cleargrad(e, x);
    }
    /* a chain of 100 has no more gradients at a time than the two above: output's and input's, and
     * the sum with what x had */
    acre_assign(e, &y, acre_neg(e, x));
    for (int i = 1; i < 100; i++)
        acre_assign(e, &y, acre_neg(e, y));
    cr_assert_eq(acre_backward_retaining(e, y, ACRE_RETAIN_LEAVES), ACRE_OK);
    cr_assert_eq(grad_of(x), 1);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_GRADIENT), 1);
    cr_assert_eq(acre_books_of(&world.ledger.books, ACRE_PURPOSE_GRADIENT).peak.blocks, 3);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_GRADIENT), 101);
    acre_unref(e, &x);
    acre_unref(e, &y);
    close_empty();
}

MTest(recording, unchain_makes_a_leaf)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;
        struct acre_variable *z = NULL;

        open_tape(place);
        assign_number(&x, 2);
        acre_assign(e, &y, acre_square(e, acre_square(e, x)));
        acre_assign(e, &z, acre_mul(e, y, x));
        cr_assert_eq(acre_unchain(e, y), ACRE_OK);
        cr_assert_null(y->creator);
        cr_assert_eq(y->generation, 0);
        if (place != WORLD_BULK) {
            cr_assert_eq(functions(), 1, "both squares are gone");
            cr_assert_eq(acre_strong_count(&x->object), 2);
        }
        cr_assert_eq(acre_backward(e, z), ACRE_OK);
        cr_assert_eq(grad_of(y), 2);
        cr_assert_eq(grad_of(x), 16, "only by way of the product");
        cr_assert_eq(acre_unchain(e, x), ACRE_OK);
        cr_assert_eq(acre_unchain(e, NULL), ACRE_BAD_ARGUMENT);
        cr_assert_eq(acre_unchain_backward(e, NULL), ACRE_BAD_ARGUMENT);
        acre_unref(e, &x);
        acre_unref(e, &y);
        acre_unref(e, &z);
        close_empty();
    }
}

/* As in the course: the variable keeps its creator, all behind it become leaves. A diamond with a
 * variable that C holds in the middle, over two regions. */
MTest(recording, unchain_backward_cuts_all_that_is_reached)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_variable *a = NULL;
        struct acre_variable *y = NULL;
        struct acre_function *creator;

        open_tape(place);
        acre_region_enter(e, ACRE_REGION_PINNED);
        assign_number(&x, 2);
        acre_region_enter(e, world.regions[0]);
        acre_assign(e, &a, acre_square(e, x));
        acre_region_enter(e, world.regions[1]);
        acre_assign(e, &y, acre_add(e, acre_square(e, a), acre_mul(e, acre_square(e, a), x)));
        creator = y->creator;
        cr_assert_eq(acre_unchain_backward(e, y), ACRE_OK);
        cr_assert_eq(y->creator, creator);
        cr_assert_null(a->creator);
        cr_assert_eq(a->generation, 0);
        for (uint32_t i = 0; i < 2; i++) {
            cr_assert_null(creator->inputs[i]->creator);
            cr_assert_eq(creator->inputs[i]->generation, 0);
        }
        cr_assert_not(creator->is_queued);
        if (place != WORLD_BULK) {
            cr_assert_eq(functions(), 1);
            cr_assert_eq(acre_strong_count(&x->object), 1);
            cr_assert_eq(acre_strong_count(&a->object), 1);
        }
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(y), 1);
        cr_assert_null(a->grad);
        cr_assert_null(x->grad);
        cr_assert_eq(acre_unchain_backward(e, y), ACRE_OK, "nothing is left to cut");
        cr_assert_eq(acre_unchain_backward(e, a), ACRE_OK, "a leaf");
        acre_unref(e, &x);
        acre_unref(e, &a);
        acre_unref(e, &y);
        if (place == WORLD_BULK) /* where the Functions that were cut off live until then */
            cr_assert_eq(reset(1), ACRE_OK, "%s", acre_error(e));
        close_empty();
    }
}

/* A Function that is reached by two of its outputs is looked at once, and those that wait below it
 * are not forgotten. */
MTest(recording, unchain_backward_and_several_outputs)
{
    struct acre_variable *x = NULL;
    struct acre_variable *w = NULL;
    struct acre_variable *y = NULL;
    struct acre_argument argument;
    struct acre_temp parts[2];
    uint32_t number;

    open_tape(WORLD_PINNED);
    cr_assert_eq(acre_operator_register(e, &split, &number), ACRE_OK);
    assign_number(&x, 4);
    acre_assign(e, &w, acre_square(e, x));
    argument = acre_owned_argument(acre_square(e, x));
    cr_assert_eq(acre_apply(e, number, &argument, parts), ACRE_OK);
    acre_assign(e, &y, acre_add(e, acre_square(e, w), acre_add(e, parts[0], parts[1])));
    cr_assert_eq(acre_unchain_backward(e, y), ACRE_OK);
    cr_assert_null(w->creator);
    cr_assert_eq(functions(), 1);
    acre_unref(e, &x);
    acre_unref(e, &w);
    acre_unref(e, &y);
    close_empty();
}

/* Watches and destructors run when all is cut; inside a backward pass nothing may be. */
static struct acre_variable *watched_head;
static struct acre_variable *deepest;
static unsigned calls;

static enum acre_status look(struct acre_engine *engine, void *context, uint64_t number)
{
    const struct acre_function *function = watched_head->creator;

    (void)context;
    (void)number;
    calls++;
    cr_assert_null(function->inputs[0]->creator);
    cr_assert_null(function->inputs[1]->creator);
    cr_assert_null(deepest->creator, "the last to be cut");
    cr_assert_eq(acre_backward(engine, watched_head), ACRE_OK, "not inside a pass");
    return ACRE_OK;
}

static enum acre_status meddling_backward(struct acre_engine *engine,
                                          const struct acre_function *function,
                                          struct acre_array *const *gys, struct acre_array **gxs)
{
    (void)gys;
    (void)gxs;
    calls++;
    cr_assert_eq(acre_unchain(engine, function->inputs[0]), ACRE_BUSY);
    cr_assert_eq(acre_unchain_backward(engine, watched_head), ACRE_BUSY);
    cr_assert_eq(acre_set_creator(engine, function->inputs[0], watched_head->creator), ACRE_BUSY);
    return ACRE_OK;
}

MTest(recording, unchain_and_those_who_look)
{
    static const struct acre_operator meddling = {"Meddling", 1, 1, half_forward,
                                                  meddling_backward};
    struct acre_variable *x = NULL;
    struct acre_argument argument;
    struct acre_weak weak;
    struct acre_temp made;
    uint32_t number;

    open_tape(WORLD_PINNED);
    assign_number(&x, 2);
    acre_assign(e, &deepest, acre_square(e, x));
    acre_assign(e, &watched_head, acre_add(e, acre_square(e, deepest), acre_square(e, x)));
    for (uint32_t i = 0; i < 2; i++) {
        cr_assert_eq(acre_weak_of(e, &watched_head->creator->inputs[i]->creator->object, &weak),
                     ACRE_OK);
        cr_assert_eq(acre_watch_begin(e, weak, (struct acre_notice){look, NULL, i}, NULL), ACRE_OK);
    }
    calls = 0;
    cr_assert_eq(acre_unchain_backward(e, watched_head), ACRE_OK);
    cr_assert_eq(calls, 2);

    cr_assert_eq(acre_operator_register(e, &meddling, &number), ACRE_OK);
    argument = acre_owned_argument(acre_square(e, x));
    cr_assert_eq(acre_apply(e, number, &argument, &made), ACRE_OK);
    acre_assign(e, &watched_head, made);
    cr_assert_eq(acre_backward(e, watched_head), ACRE_OK);
    cr_assert_eq(calls, 3);
    acre_unref(e, &x);
    acre_unref(e, &deepest);
    acre_unref(e, &watched_head);
    close_empty();
}
