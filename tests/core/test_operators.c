/* Operators of one's own: the order in which they are visited, several outputs, and those that
 * fail. B-05 (order), B-07. */
#include "support/mtest.h"

#include "core/tape.h"

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
MTest(operators, order_of_a_backward_pass)
{
    struct acre_variable *a = NULL;
    struct acre_variable *left = NULL;
    struct acre_variable *right = NULL;
    struct acre_variable *y = NULL;

    open_tape(WORLD_PINNED);
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

MTest(operators, operators_with_several_outputs)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;
        struct acre_argument argument;
        struct acre_temp parts[2];
        uint32_t split;

        open_tape(place);
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

        /* one is alive and unused: zero as well */
        acre_cleargrad(e, x);
        cr_assert_eq(acre_apply(e, split, &argument, parts), ACRE_OK);
        acre_assign(e, &y, acre_square(e, parts[1]));
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(grad_of(x), 90);
        acre_unref(e, &parts[0].variable);

        /* all are dropped, and the Function is reached by a variable made its output by hand: every
         * gradient is zero, and its backward has nothing to do */
        acre_cleargrad(e, x);
        cr_assert_eq(acre_apply(e, split, &argument, parts), ACRE_OK);
        assign_number(&y, 1);
        cr_assert_eq(acre_set_creator(e, y, parts[0].variable->creator), ACRE_OK);
        for (int i = 0; i < 2; i++)
            acre_unref(e, &parts[i].variable);
        split_visits = 0;
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(split_visits, 0);
        cr_assert_eq(grad_of(y), 1);
        cr_assert_null(x->grad);

        acre_unref(e, &x);
        acre_unref(e, &y);
        close_empty();
    }
}

/* A failing allocation between the outputs of one operator undoes both. Strong back references
 * make a ring of each graph, which has to be opened on the way back. */
MTest(operators, several_outputs_and_no_memory)
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

MTest(operators, operators_that_fail)
{
    static const struct acre_operator wrong = {"Wrong", 2, 1, same_forward, wrong_backward};
    static const struct acre_operator failing = {"Failing", 2, 1, same_forward, failing_backward};
    static const struct acre_operator silent = {"Silent", 2, 1, same_forward, no_gradient};
    static const struct acre_operator nothing_in = {"NoInput", 0, 1, same_forward, NULL};
    static const struct acre_operator many_out = {"Many", 1, 256, same_forward, NULL};
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    uint32_t number = 0;

    open_tape(WORLD_PINNED);
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
