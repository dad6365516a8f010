/*
 * The tape beyond the numbers of test_backward.c: who owns what in an expression, operators of
 * one's own, the order of a backward pass, where gradients live, and what a failure leaves behind.
 * R-14, E-02, E-03, E-05, B-04, B-05 (order), B-07, B-11.
 */
#include "support/mtest.h"

#include "core/world.h"

static struct world world;
static struct acre_engine *e;

static void open_in(enum world_place place)
{
    cr_assert(world_open(&world, place));
    e = world.engine;
}

static void close_empty(void)
{
    for (int i = 0; i < 2; i++)
        if (world.regions[i] != ACRE_REGION_PINNED)
            cr_assert_eq(acre_region_reset(e, world.regions[i]), ACRE_OK, "%s", acre_error(e));
    cr_assert_eq(acre_live_objects(e), 0);
    cr_assert_eq(world_close(&world), 0);
    cr_assert_eq(world.ledger.total.live.blocks, 0);
}

static void assign_number(struct acre_variable **variable, double value)
{
    cr_assert_eq(acre_assign(e, variable, acre_variable_of(e, value)), ACRE_OK);
}

static double value_of(const struct acre_variable *variable)
{
    return variable->data->elements[0];
}

static double grad_of(const struct acre_variable *variable)
{
    cr_assert_not_null(variable->grad);
    return variable->grad->elements[0];
}

/* R-14, B-20: the plain nested expression is one line, and no temporary leaks. */
MTest(tape, expressions_own_their_temporaries)
{
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_temp temp;

    open_in(WORLD_PINNED);
    assign_number(&x, 2);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_VARIABLE), 1);
    acre_assign(e, &y, acre_square(e, acre_square(e, acre_square(e, x))));
    cr_assert_eq(value_of(y), 256);
    cr_assert_eq(acre_strong_count(&x->object), 2);
    cr_assert_eq(acre_strong_count(&y->object), 1);
    /* Variables, arrays, Functions: what three squares are made of, and not one more */
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_VARIABLE), 4);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_ARRAY), 4);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_FUNCTION), 3);
    cr_assert_eq(acre_strong_count(&y->creator->object), 1);
    cr_assert_eq(y->generation, 3);
    acre_unref(e, &y);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_VARIABLE), 1);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_FUNCTION), 0);
    cr_assert_eq(acre_strong_count(&x->object), 1);

    /* a temporary that is not wanted after all, and one on both sides of an expression */
    temp = acre_square(e, x);
    acre_unref(e, &temp.variable);
    cr_assert_eq(world_live(&world, ACRE_PURPOSE_VARIABLE), 1);
    acre_assign(e, &y, acre_add(e, acre_square(e, x), x));
    cr_assert_eq(value_of(y), 6);
    acre_assign(e, &x, acre_add(e, y, y)); /* x = y + y; the old x lives on in y's graph */
    cr_assert_eq(value_of(x), 12);
    acre_assign(e, &y, acre_square(e, y)); /* y = y * y */
    cr_assert_eq(value_of(y), 36);
    acre_unref(e, &x);
    acre_unref(e, &y);
    cr_assert_eq(acre_live_objects(e), 0);

    /* a number is an array of rank 0 and stays one */
    assign_number(&x, 3);
    cr_assert_eq(x->data->rank, 0);
    cr_assert_eq(x->data->count, 1);
    acre_assign(e, &y, acre_square(e, x));
    cr_assert_eq(y->data->rank, 0);
    /* a row of one is no number: shapes differ */
    {
        const double one[] = {1};
        struct acre_variable *row = NULL;
        struct acre_array *empty;

        acre_assign(e, &row, acre_variable_from(e, one, 1));
        cr_assert_eq(row->data->rank, 1);
        cr_assert_eq(acre_assign(e, &y, acre_add(e, x, row)), ACRE_SHAPE_MISMATCH);
        cr_assert_eq(value_of(y), 9, "y keeps what it had");
        /* rows without elements are rows */
        cr_assert_eq(acre_array_new(e, 0, &empty), ACRE_OK);
        acre_assign(e, &row, acre_variable_new(e, &empty->object));
        acre_unref(e, &empty);
        cr_assert_eq(acre_assign(e, &y, acre_square(e, acre_add(e, row, row))), ACRE_OK);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(row->grad->count, 0);
        acre_unref(e, &row);
    }
    /* more elements than bytes can be counted */
    {
        struct acre_array *huge = (struct acre_array *)x;

        cr_assert_eq(acre_array_new(e, SIZE_MAX / 8 + 2, &huge), ACRE_NO_MEMORY);
        cr_assert_null(huge);
        cr_assert_eq(acre_array_new(e, SIZE_MAX / 16, &huge), ACRE_NO_MEMORY);
        cr_assert_null(huge);
    }
    acre_unref(e, &x);
    acre_unref(e, &y);
    close_empty();
}

/* E-02: the failure of one call in the middle of an expression undoes that expression only. */
MTest(tape, failure_inside_an_expression)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;
        uint64_t calls;
        uint64_t live;

        open_in(place);
        assign_number(&x, 2);
        acre_assign(e, &y, acre_square(e, acre_square(e, x)));
        calls = world.plan.calls;
        acre_assign(e, &y, acre_square(e, acre_square(e, acre_square(e, x))));
        calls = world.plan.calls - calls;
        acre_assign(e, &y, acre_square(e, acre_square(e, x)));
        cr_assert_geq(calls, 12); /* elements, array, Variable, Function: three times */
        live = acre_live_objects(e);
        for (uint64_t k = 1; k <= calls; k++) {
            enum acre_status status;

            world.plan.fail_at = world.plan.calls + k;
            status = acre_assign(e, &y, acre_square(e, acre_square(e, acre_square(e, x))));
            if (status == ACRE_OK)
                break; /* tables that had to grow the first time have their room now */
            cr_assert_eq(status, ACRE_NO_MEMORY);
            cr_assert_not_null(strstr(acre_error(e), "memory"));
            cr_assert_eq(value_of(y), 16, "an earlier result is intact");
            if (place != WORLD_BULK) {
                cr_assert_eq(acre_live_objects(e), live);
                cr_assert_eq(acre_strong_count(&x->object), 2);
            }
        }
        world.plan.fail_at = 0;
        acre_unref(e, &x);
        acre_unref(e, &y);
        close_empty();
    }
}

/* Operators of the test's own ------------------------------------------------------------------ */

/* Writes down which function is visited: by its first input's value. */
static char visited[64];

static enum acre_status same_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                     struct acre_array **ys)
{
    enum acre_status status = acre_output_like(engine, xs[0], &ys[0]);

    if (status == ACRE_OK)
        ys[0]->elements[0] = xs[0]->elements[0] + 1;
    return status;
}

static enum acre_status same_backward(struct acre_engine *engine,
                                      const struct acre_function *function,
                                      struct acre_array *const *gys, struct acre_array **gxs)
{
    size_t length = strlen(visited);

    visited[length] = (char)function->inputs[0]->data->elements[0];
    visited[length + 1] = '\0';
    for (uint32_t i = 0; i < function->input_count; i++) {
        gxs[i] = gys[0];
        acre_ref(engine, &gys[0]->object);
    }
    return ACRE_OK;
}

static const struct acre_operator next_operator = {"Next", 1, 1, same_forward, same_backward};
static const struct acre_operator join_operator = {"Join", 2, 1, same_forward, same_backward};

static uint32_t next_number;
static uint32_t join_number;

static struct acre_temp next(struct acre_argument x)
{
    struct acre_temp y;

    acre_apply(e, next_number, &x, &y);
    return y;
}

static struct acre_temp join(struct acre_argument x0, struct acre_argument x1)
{
    struct acre_argument arguments[] = {x0, x1};
    struct acre_temp y;

    acre_apply(e, join_number, arguments, &y);
    return y;
}

/* B-05, order: the highest generation first; within one, the last that was reached. The values
 * below name the functions by what they get: 'a', then 'b', ... */
MTest(tape, order_of_a_backward_pass)
{
    struct acre_variable *a = NULL;
    struct acre_variable *left = NULL;
    struct acre_variable *right = NULL;
    struct acre_variable *y = NULL;

    open_in(WORLD_PINNED);
    acre_operator_register(e, &next_operator, &next_number);
    acre_operator_register(e, &join_operator, &join_number);
    assign_number(&a, 'a');
    /* y = join(next('k'), next('p')) over one generation-0 function each */
    assign_number(&left, 'j');
    assign_number(&right, 'o');
    acre_assign(e, &left, next(acre_borrowed_argument(left)));
    acre_assign(e, &right, next(acre_borrowed_argument(right)));
    acre_assign(e, &y,
                join(acre_owned_argument(next(acre_borrowed_argument(left))),
                     acre_owned_argument(next(acre_borrowed_argument(right)))));
    visited[0] = '\0';
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    /* Join gets 'l' and pushes k, then p: p is popped first and pushes o; then k pushes j, which
     * is now the last one pushed in its generation */
    cr_assert_str_eq(visited, "lpkjo");

    /* a long and a short way to the same input: the short one waits */
    acre_assign(e, &left, next(acre_borrowed_argument(a)));
    acre_assign(
        e, &y,
        join(acre_owned_argument(next(acre_owned_argument(next(acre_borrowed_argument(left))))),
             acre_borrowed_argument(left)));
    visited[0] = '\0';
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_str_eq(visited, "dcba");
    cr_assert_eq(grad_of(a), 2);

    /* B-07: y = y + y. Each function once: with the classic walk it would be 31 visits. */
    assign_number(&a, '0');
    acre_assign(e, &y, join(acre_borrowed_argument(a), acre_borrowed_argument(a)));
    for (int i = 1; i < 5; i++)
        acre_assign(e, &y, join(acre_borrowed_argument(y), acre_borrowed_argument(y)));
    visited[0] = '\0';
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_str_eq(visited, "43210");
    cr_assert_eq(grad_of(a), 32);

    acre_unref(e, &a);
    acre_unref(e, &left);
    acre_unref(e, &right);
    acre_unref(e, &y);
    close_empty();
}

/* A number taken apart into two outputs: x -> (2x, 3x). A NULL gradient stands for zero. */
static unsigned split_visits;

static enum acre_status split_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                      struct acre_array **ys)
{
    enum acre_status status = acre_output_like(engine, xs[0], &ys[0]);

    if (status == ACRE_OK)
        status = acre_output_like(engine, xs[0], &ys[1]);
    if (status != ACRE_OK)
        return status; /* ys[0] is released by the caller */
    ys[0]->elements[0] = 2 * xs[0]->elements[0];
    ys[1]->elements[0] = 3 * xs[0]->elements[0];
    return ACRE_OK;
}

static enum acre_status split_backward(struct acre_engine *engine,
                                       const struct acre_function *function,
                                       struct acre_array *const *gys, struct acre_array **gxs)
{
    enum acre_status status = acre_gradient_for(engine, function, 0, &gxs[0]);

    split_visits++;
    if (status != ACRE_OK)
        return status;
    gxs[0]->elements[0] = (gys[0] != NULL ? 2 * gys[0]->elements[0] : 0) +
                          (gys[1] != NULL ? 3 * gys[1]->elements[0] : 0);
    return ACRE_OK;
}

static const struct acre_operator split_operator = {"Split", 1, 2, split_forward, split_backward};

MTest(tape, operators_with_several_outputs)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;
        struct acre_argument argument;
        struct acre_temp parts[2];
        uint32_t split;

        open_in(place);
        cr_assert_eq(acre_operator_register(e, &split_operator, &split), ACRE_OK);
        assign_number(&x, 5);
        argument = acre_borrowed_argument(x);

        /* both used: d(2x + 3x)/dx = 5 */
        cr_assert_eq(acre_apply(e, split, &argument, parts), ACRE_OK);
        cr_assert_eq(parts[0].variable->creator, parts[1].variable->creator);
        cr_assert_eq(acre_function_output(e, parts[0].variable->creator, 1), parts[1].variable);
        cr_assert_null(acre_function_output(e, parts[0].variable->creator, 2));
        acre_assign(e, &y, acre_add(e, parts[0], parts[1]));
        cr_assert_eq(value_of(y), 25);
        split_visits = 0;
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(split_visits, 1);
        cr_assert_eq(grad_of(x), 5);

        /* one is dropped: its gradient counts as zero; d((2x)^2)/dx = 8x = 40 */
        acre_cleargrad(e, x);
        cr_assert_eq(acre_apply(e, split, &argument, parts), ACRE_OK);
        acre_unref(e, &parts[1].variable);
        if (place != WORLD_BULK) /* there the reset decides who is dead */
            cr_assert_null(acre_function_output(e, parts[0].variable->creator, 1));
        acre_assign(e, &y, acre_square(e, parts[0]));
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(x), 40);

        acre_unref(e, &x);
        acre_unref(e, &y);
        close_empty();
    }
}

/* A failing allocation between the outputs of one operator undoes both. Strong back references
 * make a ring of each graph, which has to be opened on the way back. */
MTest(tape, several_outputs_and_no_memory)
{
    static const struct acre_engine_options options[] = {
        {.back_references = ACRE_BACK_WEAK},
        {.back_references = ACRE_BACK_STRONG},
    };

    for (int strong = 0; strong < 2; strong++) {
        bool failed = true;

        for (uint64_t k = 1; failed; k++) {
            struct acre_variable *x = NULL;
            struct acre_argument argument;
            struct acre_temp parts[2];
            enum acre_status status;
            uint32_t split;

            cr_assert(world_open_with(&world, WORLD_PINNED, &options[strong]));
            e = world.engine;
            cr_assert_eq(acre_operator_register(e, &split_operator, &split), ACRE_OK);
            assign_number(&x, 5);
            argument = acre_borrowed_argument(x);
            world.plan.fail_at = world.plan.calls + k;
            status = acre_apply(e, split, &argument, parts);
            failed = status != ACRE_OK;
            for (int i = 0; i < 2; i++) {
                cr_assert_eq(parts[i].status, status);
                cr_assert_eq(parts[i].variable == NULL, failed);
            }
            cr_assert_eq(acre_strong_count(&x->object), failed ? 1 : 2);
            if (failed)
                cr_assert_eq(acre_live_objects(e), 2, "allocation %lu", (unsigned long)k);
            if (!failed && strong != 0) {
                /* step 16: each output and the Function hold each other; opened by hand */
                struct acre_function *function = parts[0].variable->creator;

                for (int i = 0; i < 2; i++) {
                    struct acre_object *object = &parts[i].variable->object;

                    cr_assert_eq(acre_strong_count(object), 2);
                    cr_assert_eq(acre_slot_set(e, object, &parts[i].variable->creator, NULL),
                                 ACRE_OK);
                    if (i == 0)
                        cr_assert_eq(acre_strong_count(&function->object), 1);
                }
            }
            for (int i = 0; i < 2; i++)
                acre_unref(e, &parts[i].variable);
            acre_unref(e, &x);
            close_empty();
        }
    }
}

/* Gradients ------------------------------------------------------------------------------------ */

/* Add passes one array on to both inputs and keeps it in its output: it is never written into,
 * whoever adds to whichever gradient later. */
MTest(tape, shared_gradients_are_not_written_into)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_variable *x0 = NULL;
        struct acre_variable *x1 = NULL;
        struct acre_variable *t = NULL;
        struct acre_variable *y = NULL;
        struct acre_array *kept;

        open_in(place);
        assign_number(&x0, 2);
        assign_number(&x1, 3);
        acre_assign(e, &t, acre_add(e, x0, x1));
        acre_assign(e, &y, acre_add(e, t, x0));
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(x0), 2);
        cr_assert_eq(grad_of(x1), 1);
        cr_assert_eq(grad_of(t), 1);
        cr_assert_eq(grad_of(y), 1);
        cr_assert_eq(x1->grad, y->grad, "one array, three holders");
        cr_assert_eq(t->grad, y->grad);
        cr_assert_neq(x0->grad, y->grad);

        /* a C variable that kept a gradient keeps its value */
        kept = x0->grad;
        acre_ref(e, &kept->object);
        cr_assert_eq(acre_backward(e, t), ACRE_OK);
        cr_assert_eq(kept->elements[0], 2);
        cr_assert_eq(grad_of(x0), 3);
        acre_unref(e, &kept);

        /* B-04 */
        acre_cleargrad(e, x0);
        acre_cleargrad(e, x1);
        acre_cleargrad(e, x1);
        cr_assert_null(x1->grad);
        acre_assign(e, &y, acre_add(e, acre_square(e, x0), acre_square(e, x1)));
        cr_assert_eq(value_of(y), 13);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(x0), 4);
        cr_assert_eq(grad_of(x1), 6);

        /* B-11 at depth 2: 32, then 96, since the one between accumulates as well */
        acre_cleargrad(e, x0);
        acre_assign(e, &t, acre_square(e, x0));
        acre_assign(e, &y, acre_square(e, t));
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(x0), 32);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(t), 16);
        cr_assert_eq(grad_of(x0), 96);

        acre_unref(e, &x0);
        acre_unref(e, &x1);
        acre_unref(e, &t);
        acre_unref(e, &y);
        close_empty();
    }
}

/* A gradient lives where its variable lives, even one that Add passes on from elsewhere. */
MTest(tape, gradients_live_with_their_variables)
{
    for (enum world_place place = WORLD_COUNTED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;
        struct acre_variable *z = NULL;

        open_in(place);
        acre_region_enter(e, ACRE_REGION_PINNED);
        assign_number(&x, 3);
        for (int i = 0; i < 3; i++) {
            acre_region_enter(e, world.regions[0]);
            acre_assign(e, &y, acre_add(e, x, x));
            acre_region_enter(e, world.regions[1]);
            acre_assign(e, &z, acre_add(e, y, x));
            acre_region_enter(e, ACRE_REGION_PINNED);
            cr_assert_eq(acre_backward(e, z), ACRE_OK);
            cr_assert_eq(x->grad->object.region, ACRE_REGION_PINNED);
            cr_assert_eq(y->grad->object.region, world.regions[0]);
            cr_assert_eq(z->grad->object.region, world.regions[1]);
            cr_assert_eq(grad_of(x), 3 * (i + 1));
            cr_assert_eq(grad_of(y), 1);
            /* the region in the middle is held by the Function in the other */
            acre_unref(e, &y);
            cr_assert_eq(acre_region_reset(e, world.regions[0]), ACRE_HELD);
            cr_assert_not_null(strstr(acre_error(e), "Function"), "%s", acre_error(e));
            acre_unref(e, &z);
            cr_assert_eq(acre_region_reset(e, world.regions[1]), ACRE_OK, "%s", acre_error(e));
            cr_assert_eq(acre_region_reset(e, world.regions[0]), ACRE_OK, "%s", acre_error(e));
            cr_assert_eq(acre_strong_count(&x->object), 1);
            cr_assert_eq(acre_strong_count(&x->grad->object), 1);
            cr_assert_eq(grad_of(x), 3 * (i + 1));
        }
        acre_unref(e, &x);
        close_empty();
    }
}

/* E-05: a backward pass that fails half-way leaves no mark: after cleargrad it works. */
MTest(tape, backward_out_of_memory)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        bool failed = true;

        for (uint64_t k = 1; failed; k++) {
            struct acre_variable *x = NULL;
            struct acre_variable *a = NULL;
            struct acre_variable *b = NULL;
            struct acre_variable *y = NULL;
            enum acre_status status;

            open_in(place);
            acre_region_enter(e, ACRE_REGION_PINNED);
            assign_number(&x, 2);
            acre_region_enter(e, world.regions[0]);
            acre_assign(e, &a, acre_square(e, x));
            acre_assign(e, &b, acre_square(e, a));
            acre_assign(e, &y, acre_add(e, acre_add(e, acre_square(e, b), a), x));
            world.plan.fail_at = world.plan.calls + k;
            status = acre_backward(e, y);
            failed = status != ACRE_OK;
            if (failed) {
                cr_assert_eq(status, ACRE_NO_MEMORY);
                cr_assert_eq(acre_error(e)[0], 'o');
            }
            world.plan.fail_at = 0;
            acre_cleargrad(e, x);
            acre_cleargrad(e, a);
            acre_cleargrad(e, b);
            acre_cleargrad(e, y);
            acre_cleargrad(e, y->creator->inputs[0]);
            acre_cleargrad(e, y->creator->inputs[0]->creator->inputs[0]);
            cr_assert_eq(acre_backward(e, y), ACRE_OK, "%s", acre_error(e));
            /* y = x^8 + x^2 + x */
            cr_assert_eq(grad_of(x), 8 * 128 + 2 * 2 + 1);
            acre_unref(e, &x);
            acre_unref(e, &a);
            acre_unref(e, &b);
            acre_unref(e, &y);
            close_empty();
        }
    }
}

/* What an operator hands over that it must not: the wrong shape, after a good gradient. */
static enum acre_status wrong_backward(struct acre_engine *engine,
                                       const struct acre_function *function,
                                       struct acre_array *const *gys, struct acre_array **gxs)
{
    (void)function;
    gxs[0] = gys[0];
    acre_ref(engine, &gys[0]->object);
    return acre_array_new(engine, 7, &gxs[1]);
}

/* One that gives up. */
static enum acre_status failing_backward(struct acre_engine *engine,
                                         const struct acre_function *function,
                                         struct acre_array *const *gys, struct acre_array **gxs)
{
    (void)engine;
    (void)function;
    (void)gys;
    (void)gxs;
    return ACRE_BAD_ARGUMENT;
}

static enum acre_status no_gradient(struct acre_engine *engine,
                                    const struct acre_function *function,
                                    struct acre_array *const *gys, struct acre_array **gxs)
{
    (void)engine;
    (void)function;
    (void)gys;
    gxs[0] = NULL;
    return ACRE_OK;
}

MTest(tape, operators_that_fail)
{
    static const struct acre_operator wrong = {"Wrong", 2, 1, same_forward, wrong_backward};
    static const struct acre_operator failing = {"Failing", 2, 1, same_forward, failing_backward};
    static const struct acre_operator silent = {"Silent", 2, 1, same_forward, no_gradient};
    static const struct acre_operator nothing_in = {"NoInput", 0, 1, same_forward, NULL};
    static const struct acre_operator many_out = {"Many", 1, 256, same_forward, NULL};
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    uint32_t number = 0;

    open_in(WORLD_PINNED);
    assign_number(&x, 1);
    cr_assert_eq(acre_operator_register(e, &wrong, &join_number), ACRE_OK);
    acre_assign(e, &y, join(acre_borrowed_argument(x), acre_borrowed_argument(x)));
    cr_assert_eq(acre_backward(e, y), ACRE_SHAPE_MISMATCH);
    cr_assert_not_null(strstr(acre_error(e), "Wrong"));
    cr_assert_eq(grad_of(x), 1, "what was written stays");
    acre_cleargrad(e, x);

    cr_assert_eq(acre_operator_register(e, &failing, &join_number), ACRE_OK);
    acre_assign(e, &y, acre_square(e, join(acre_borrowed_argument(x), acre_borrowed_argument(x))));
    cr_assert_eq(acre_backward(e, y), ACRE_BAD_ARGUMENT);
    cr_assert_null(x->grad);

    /* no gradient is not an error: the way ends there */
    cr_assert_eq(acre_operator_register(e, &silent, &join_number), ACRE_OK);
    acre_assign(e, &y, join(acre_borrowed_argument(x), acre_borrowed_argument(x)));
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_null(x->grad);

    cr_assert_eq(acre_operator_register(e, &nothing_in, &number), ACRE_BAD_ARGUMENT);
    cr_assert_not_null(strstr(acre_error(e), "NoInput"));
    cr_assert_eq(acre_operator_register(e, &many_out, &number), ACRE_BAD_ARGUMENT);
    cr_assert_eq(acre_backward(e, NULL), ACRE_BAD_ARGUMENT);
    acre_unref(e, &x);
    acre_unref(e, &y);
    close_empty();
}

/* A destructor may build a graph and go backward; what it drops dies after it. */
static double grad_inside;

static void compute(struct acre_engine *engine, struct node *node)
{
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;

    (void)node;
    cr_assert_eq(acre_assign(engine, &x, acre_variable_of(engine, 3)), ACRE_OK);
    cr_assert_eq(acre_assign(engine, &y, acre_square(engine, acre_square(engine, x))), ACRE_OK);
    cr_assert_eq(acre_backward(engine, y), ACRE_OK);
    grad_inside = grad_of(x);
    acre_unref(engine, &x);
    acre_unref(engine, &y);
}

MTest(tape, inside_a_destructor)
{
    struct node *node;

    open_in(WORLD_PINNED);
    node = world_node(&world, 'n');
    node->at_death = compute;
    acre_unref(e, &node);
    cr_assert_eq(grad_inside, 4 * 27);
    close_empty();
}

/* The seed's set_creator, for graphs built by hand: a leaf becomes the output of a Function. */
MTest(tape, set_creator)
{
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    struct acre_variable *leaf = NULL;

    open_in(WORLD_PINNED);
    assign_number(&x, 3);
    acre_assign(e, &y, acre_square(e, acre_square(e, x)));
    assign_number(&leaf, 81);
    cr_assert_eq(acre_set_creator(e, leaf, y->creator), ACRE_OK);
    cr_assert_eq(leaf->generation, 2);
    cr_assert_eq(acre_strong_count(&y->creator->object), 2);
    /* the Function still knows only its own output, whose gradient is none: zero */
    cr_assert_eq(acre_backward(e, leaf), ACRE_OK);
    cr_assert_null(x->grad);
    acre_unref(e, &leaf);
    cr_assert_eq(acre_strong_count(&y->creator->object), 1);

    /* The creator of a variable that is in use already may be of a higher generation than those
     * who use it. There is room for it all the same, and it is visited. */
    assign_number(&leaf, 3);
    acre_assign(e, &x, acre_variable_of(e, 2));
    acre_assign(e, &y, acre_square(e, x));
    for (int i = 0; i < 100; i++)
        acre_assign(e, &leaf, acre_add(e, leaf, leaf));
    cr_assert_eq(acre_set_creator(e, x, leaf->creator), ACRE_OK);
    cr_assert_eq(x->generation, 100);
    cr_assert_eq(y->generation, 1);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(x), i == 0 ? 4 : 8);
        cr_assert_not(leaf->creator->is_queued);
        acre_cleargrad(e, leaf);
    }
    acre_unref(e, &leaf);
    acre_unref(e, &x);
    acre_unref(e, &y);
    close_empty();
}
