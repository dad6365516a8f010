/*
 * Backward. Case numbers are those of docs/semantics.md. B-06: each of the three classic wrong
 * variants gives another number here: no order and no seen set 96, a seen set without order 32
 * (both for the diamond's gradient of 64), overwriting instead of accumulating 1 (for add(x, x)'s
 * 2). They are mutants: no-order-no-seen-set, seen-set-without-order,
 * overwrite-instead-of-accumulate.
 */
#include "support/mtest.h"

#include "core/world.h"

static struct acre_variable *variable_of(struct acre_engine *e, double value)
{
    struct acre_variable *variable = NULL;

    cr_assert_eq(acre_assign(e, &variable, acre_variable_of(e, value)), ACRE_OK);
    return variable;
}

static struct acre_engine *open_on_malloc(struct acre_alloc **alloc)
{
    struct acre_engine *engine;

    *alloc = acre_malloc_new();
    cr_assert_eq(acre_engine_new(&engine, *alloc, NULL), ACRE_OK);
    return engine;
}

static void close_on_malloc(struct acre_engine *engine, struct acre_alloc *alloc)
{
    cr_assert_eq(acre_live_objects(engine), 0);
    cr_assert_eq(acre_engine_destroy(engine), 0);
    acre_destroy(alloc);
}

static double grad_of(const struct acre_variable *variable)
{
    cr_assert_not_null(variable->grad);
    return variable->grad->elements[0];
}

MTest(backward, square_and_chain)
{
    struct acre_alloc *alloc;
    struct acre_engine *e = open_on_malloc(&alloc);
    struct acre_variable *x = variable_of(e, 3);
    struct acre_variable *y = NULL;
    static const double values[] = {0.5, 1, -2};
    static const double powers[] = {0.00390625, 1, 256};
    static const double gradients[] = {0.0625, 8, -1024};

    /* B-01 */
    cr_assert_eq(acre_assign(e, &y, acre_square(e, x)), ACRE_OK);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(y->data->elements[0], 9);
    cr_assert_eq(grad_of(x), 6);
    cr_assert_eq(y->data->rank, 0);
    /* B-11: without cleargrad gradients add up. */
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(grad_of(x), 12);

    /* B-08, in one line */
    cr_assert_eq(acre_assign(e, &x, acre_variable_from(e, values, 3)), ACRE_OK);
    cr_assert_eq(acre_assign(e, &y, acre_square(e, acre_square(e, acre_square(e, x)))), ACRE_OK);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(y->data->elements[i], powers[i]);
        cr_assert_eq(x->grad->elements[i], gradients[i]);
    }
    cr_assert_eq((uintptr_t)y->data->elements % ACRE_ARRAY_ALIGN_BYTES, 0);
    acre_unref(e, &x);
    acre_unref(e, &y);
    close_on_malloc(e, alloc);
}

MTest(backward, diamond_and_sharing)
{
    struct acre_alloc *alloc;
    struct acre_engine *e = open_on_malloc(&alloc);
    struct acre_variable *x = variable_of(e, 2);
    struct acre_variable *a = NULL;
    struct acre_variable *y = NULL;

    /* B-05 */
    cr_assert_eq(acre_assign(e, &a, acre_square(e, x)), ACRE_OK);
    cr_assert_eq(acre_assign(e, &y, acre_add(e, acre_square(e, a), acre_square(e, a))), ACRE_OK);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(y->data->elements[0], 32);
    cr_assert_eq(grad_of(x), 64);
    cr_assert_eq(grad_of(a), 16);
    cr_assert_eq(x->generation, 0);
    cr_assert_eq(a->generation, 1);
    cr_assert_eq(y->generation, 3);

    /* B-02: the seed's Add gives the same gradient twice; nobody's array is written into. */
    acre_unref(e, &a);
    cr_assert_eq(acre_assign(e, &x, acre_variable_of(e, 3)), ACRE_OK);
    cr_assert_eq(acre_assign(e, &y, acre_add(e, x, x)), ACRE_OK);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(y->data->elements[0], 6);
    cr_assert_eq(grad_of(x), 2);
    cr_assert_eq(grad_of(y), 1);
    cr_assert_neq(x->grad, y->grad);

    /* B-03 */
    cr_assert_eq(acre_assign(e, &y, acre_add(e, acre_add(e, x, x), x)), ACRE_OK);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(grad_of(x), 5, "on top of the 2 from before");
    acre_cleargrad(e, x);
    cr_assert_eq(acre_assign(e, &y, acre_add(e, acre_add(e, x, x), x)), ACRE_OK);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(grad_of(x), 3);
    acre_unref(e, &x);
    acre_unref(e, &y);
    close_on_malloc(e, alloc);
}

static unsigned visits;

static enum acre_status double_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                       struct acre_array **ys)
{
    enum acre_status status = acre_output_like(engine, xs[0], &ys[0]);

    if (status == ACRE_OK)
        ys[0]->elements[0] = xs[0]->elements[0] + xs[1]->elements[0];
    return status;
}

static enum acre_status double_backward(struct acre_engine *engine,
                                        const struct acre_function *function,
                                        struct acre_array *const *gys, struct acre_array **gxs)
{
    (void)function;
    visits++;
    for (int i = 0; i < 2; i++) {
        gxs[i] = gys[0];
        acre_ref(engine, &gys[0]->object);
    }
    return ACRE_OK;
}

/* B-07: y = y + y, n times: each function is visited once, where the walk without a seen set makes
 * 2^n - 1 visits. The operator is the test's own. */
MTest(backward, doubling_visits_each_once)
{
    static const struct acre_operator doubling = {"Doubling", 2, 1, double_forward,
                                                  double_backward};
    struct acre_alloc *alloc;
    struct acre_engine *e = open_on_malloc(&alloc);
    struct acre_variable *x = variable_of(e, 1);
    struct acre_variable *y = NULL;
    uint32_t number;

    cr_assert_eq(acre_operator_register(e, &doubling, &number), ACRE_OK);
    cr_assert_eq(acre_assign(e, &y, acre_add(e, x, x)), ACRE_OK);
    for (int i = 1; i < 20; i++) {
        struct acre_argument twice[] = {acre_borrowed_argument(y), acre_borrowed_argument(y)};
        struct acre_temp sum;

        cr_assert_eq(acre_apply(e, number, twice, &sum), ACRE_OK);
        cr_assert_eq(acre_assign(e, &y, sum), ACRE_OK);
    }
    visits = 0;
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(visits, 19);
    cr_assert_eq(y->data->elements[0], 1 << 20);
    cr_assert_eq(grad_of(x), 1 << 20);
    acre_unref(e, &x);
    acre_unref(e, &y);
    close_on_malloc(e, alloc);
}

/* B-15, B-19, B-20, B-21 */
MTest(backward, who_keeps_what)
{
    struct acre_alloc *alloc;
    struct acre_engine *e = open_on_malloc(&alloc);
    struct acre_variable *x = variable_of(e, 2);
    struct acre_variable *y = NULL;

    cr_assert_eq(acre_backward(e, x), ACRE_OK);
    cr_assert_eq(grad_of(x), 1);
    acre_cleargrad(e, x);
    cr_assert_eq(acre_live_objects(e), 2, "x and its array");

    cr_assert_eq(acre_assign(e, &y, acre_square(e, acre_square(e, acre_square(e, x)))), ACRE_OK);
    acre_unref(e, &x);
    cr_assert_eq(acre_live_objects(e), 11, "4 Variables, 4 arrays, 3 Functions");
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    x = y->creator->inputs[0]->creator->inputs[0]->creator->inputs[0];
    cr_assert_eq(grad_of(x), 1024);
    acre_ref(e, &x->object);
    acre_unref(e, &y);
    cr_assert_eq(acre_live_objects(e), 3, "x, its data and its gradient");
    acre_unref(e, &x);
    close_on_malloc(e, alloc);
}

/* E-01, E-06 and the operators that are not complete. */
MTest(backward, failures_name_their_cause)
{
    static const struct acre_operator no_forward = {"Nothing", 1, 1, NULL, NULL};
    static const struct acre_operator no_backward = {"Forth", 2, 1, double_forward, NULL};
    struct acre_alloc *alloc;
    struct acre_engine *e = open_on_malloc(&alloc);
    struct acre_variable *x = variable_of(e, 2);
    struct acre_variable *row = NULL;
    struct acre_variable *matrix = NULL;
    struct acre_variable *y = NULL;
    static const double values[] = {1, 2};
    struct acre_argument arguments[] = {acre_borrowed_argument(x), acre_borrowed_argument(x)};
    struct acre_temp made;
    uint32_t number;
    uint64_t live;

    cr_assert_eq(acre_assign(e, &row, acre_variable_from(e, values, 2)), ACRE_OK);
    cr_assert_eq(acre_assign(e, &matrix, acre_variable_from_2d(e, values, 1, 2)), ACRE_OK);
    live = acre_live_objects(e);
    cr_assert_eq(acre_assign(e, &y, acre_variable_new(e, &x->object)), ACRE_NOT_AN_ARRAY);
    cr_assert_not_null(strstr(acre_error(e), "Variable"));
    cr_assert_eq(acre_assign(e, &y, acre_variable_new(e, NULL)), ACRE_NOT_AN_ARRAY);
    /* The failure passes through the outer calls, and the inner square is gone again. */
    cr_assert_eq(acre_assign(e, &y, acre_square(e, acre_add(e, acre_square(e, row), matrix))),
                 ACRE_SHAPE_MISMATCH);
    cr_assert_str_eq(acre_error(e), "Add: argument 0 is (2,), argument 1 is (1, 2)");
    cr_assert_eq(acre_assign(e, &y, acre_square(e, y)), ACRE_BAD_ARGUMENT);

    cr_assert_eq(acre_operator_register(e, &no_forward, &number), ACRE_OK);
    cr_assert_eq(acre_apply(e, number, arguments, &made), ACRE_NOT_IMPLEMENTED);
    cr_assert_null(made.variable);
    cr_assert_not_null(strstr(acre_error(e), "Nothing"));
    cr_assert_eq(acre_live_objects(e), live);

    cr_assert_eq(acre_operator_register(e, &no_backward, &number), ACRE_OK);
    cr_assert_eq(acre_apply(e, number, arguments, &made), ACRE_OK);
    cr_assert_eq(acre_assign(e, &y, made), ACRE_OK);
    cr_assert_eq(acre_backward(e, y), ACRE_NOT_IMPLEMENTED);
    cr_assert_not_null(strstr(acre_error(e), "Forth"));
    acre_unref(e, &row);
    acre_unref(e, &matrix);
    acre_unref(e, &x);
    acre_unref(e, &y);
    close_on_malloc(e, alloc);
}
