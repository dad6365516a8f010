/* The operators in use: values, shapes, numbers as arguments, and the three functions of B-23. */
#include "support/mtest.h"

#include <math.h>

#include "core/tape.h"

static void expect_row(const struct acre_array *row, const double *values, size_t count)
{
    cr_assert_eq(row->count, count);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(row->elements[i], values[i], "element %zu is %.17g", i, row->elements[i]);
}

MTest(expressions, values_and_gradients_by_hand)
{
    static const double values[] = {1, 2, 4};
    static const double twice[] = {2, 2, 2};
    static const double halves[] = {2, 1, 0.5};
    static const double gradients[] = {-2, -0.5, -0.125};
    struct acre_variable *x = NULL;
    struct acre_variable *s = NULL;
    struct acre_variable *y = NULL;

    open_tape(WORLD_PINNED);
    acre_assign(e, &x, acre_variable_from(e, values, 3));
    assign_number(&s, 2);

    /* a number beside a row: its gradient is the sum */
    acre_assign(e, &y, acre_mul(e, x, s));
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    expect_row(x->grad, twice, 3);
    cr_assert_eq(s->grad->rank, 0);
    cr_assert_eq(grad_of(s), 7);
    acre_cleargrad(e, x);
    acre_cleargrad(e, s);

    acre_assign(e, &y, acre_div(e, s, x));
    expect_row(y->data, halves, 3);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    expect_row(x->grad, gradients, 3);
    cr_assert_eq(grad_of(s), 1 + 0.5 + 0.25);
    acre_cleargrad(e, x);
    acre_cleargrad(e, s);

    /* C numbers, of any type, on either side */
    acre_assign(e, &y, acre_sub(e, 10, acre_add(e, acre_neg(e, s), 1.5f)));
    cr_assert_eq(value_of(y), 10.5);
    cr_assert_eq(y->data->rank, 0);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(grad_of(s), 1);
    acre_cleargrad(e, s);

    acre_assign(e, &y, acre_sum(e, acre_tanh(e, acre_exp(e, acre_pow(e, x, 0)))));
    cr_assert_float_eq(value_of(y), 3 * tanh(exp(1)), 1e-15);
    cr_assert_eq(y->data->rank, 0);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    cr_assert_eq(grad_of(x), 0, "the exponent 0: no NaN, wherever x is");

    acre_unref(e, &x);
    acre_unref(e, &s);
    acre_unref(e, &y);
    close_empty();
}

/* What must be exact, odd, and at the ends; and nearer to tanh than 2 ulp. */
MTest(expressions, tanh_at_its_ends)
{
    static const double xs[] = {0.0,    -0.0,    INFINITY, -INFINITY, 22,  23,
                                5e-324, -1e-310, 1e-8,     0.54,      0.56};
    struct acre_variable *y = NULL;

    open_tape(WORLD_PINNED);
    for (size_t i = 0; i < sizeof xs / sizeof xs[0]; i++) {
        double wanted = tanh(xs[i]);

        acre_assign(e, &y, acre_tanh(e, xs[i]));
        cr_assert_eq(signbit(value_of(y)) != 0, signbit(wanted) != 0);
        cr_assert(fabs(value_of(y) - wanted) <= 4e-16 * fabs(wanted), "tanh(%g) is %.17g", xs[i],
                  value_of(y));
    }
    acre_assign(e, &y, acre_tanh(e, NAN));
    cr_assert(isnan(value_of(y)));
    acre_unref(e, &y);
    close_empty();
}

MTest(expressions, matrices)
{
    static const double values0[] = {1, 2, 3, 4, 5, 6};
    static const double values1[] = {1, 0, 0, 1, 1, 1};
    static const double product[] = {4, 5, 10, 11};
    static const double gradient0[] = {1, 1, 2, 1, 1, 2};
    static const double gradient1[] = {5, 5, 7, 7, 9, 9};
    struct acre_variable *a = NULL;
    struct acre_variable *b = NULL;
    struct acre_variable *y = NULL;

    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_array *empty;

        open_tape(place);
        acre_assign(e, &a, acre_variable_from_2d(e, values0, 2, 3));
        acre_assign(e, &b, acre_variable_from_2d(e, values1, 3, 2));
        acre_assign(e, &y, acre_matmul(e, a, b));
        cr_assert_eq(y->data->rank, 2);
        cr_assert_eq(y->data->rows, 2);
        cr_assert_eq(y->data->columns, 2);
        expect_row(y->data, product, 4);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert(acre_same_shape(a->data, a->grad));
        expect_row(a->grad, gradient0, 6);
        expect_row(b->grad, gradient1, 6);

        /* without elements: (2, 0) times (0, 3) is zeros, (0, 2) times (2, 3) is nothing */
        cr_assert_eq(acre_array_new_2d(e, 2, 0, &empty), ACRE_OK);
        acre_assign(e, &a, acre_variable_new(e, &empty->object));
        acre_unref(e, &empty);
        cr_assert_eq(acre_array_new_2d(e, 0, 3, &empty), ACRE_OK);
        acre_assign(e, &b, acre_variable_new(e, &empty->object));
        acre_unref(e, &empty);
        acre_assign(e, &y, acre_matmul(e, a, b));
        cr_assert_eq(y->data->count, 6);
        cr_assert_eq(y->data->elements[5], 0);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert(acre_same_shape(a->data, a->grad));
        acre_assign(e, &y, acre_matmul(e, b, acre_variable_from_2d(e, values0, 3, 2)));
        cr_assert_eq(y->data->count, 0);
        cr_assert_eq(y->data->columns, 2);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        acre_assign(e, &y, acre_sum(e, b));
        cr_assert_eq(value_of(y), 0);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);

        acre_unref(e, &a);
        acre_unref(e, &b);
        acre_unref(e, &y);
        close_empty();
    }
}

MTest(expressions, shapes_that_do_not_fit)
{
    static const double values[6] = {1, 2, 3, 4, 5, 6};
    struct acre_variable *row = NULL;
    struct acre_variable *matrix = NULL;
    struct acre_variable *y = NULL;
    struct acre_array *huge;

    open_tape(WORLD_PINNED);
    acre_assign(e, &row, acre_variable_from(e, values, 3));
    acre_assign(e, &matrix, acre_variable_from_2d(e, values, 2, 3));
    cr_assert_eq(acre_assign(e, &y, acre_add(e, row, matrix)), ACRE_SHAPE_MISMATCH);
    cr_assert_str_eq(acre_error(e), "Add: argument 0 is (3,), argument 1 is (2, 3)");
    cr_assert_eq(acre_assign(e, &y, acre_matmul(e, matrix, row)), ACRE_SHAPE_MISMATCH);
    cr_assert_str_eq(acre_error(e),
                     "MatMul: argument 0 is (2, 3), argument 1 is (3,), not both of rank 2");
    cr_assert_eq(acre_assign(e, &y, acre_matmul(e, matrix, matrix)), ACRE_SHAPE_MISMATCH);
    cr_assert_str_eq(acre_error(e), "MatMul: argument 0 is (2, 3), argument 1 is (2, 3)");
    cr_assert_eq(acre_assign(e, &y, acre_pow(e, row, row)), ACRE_SHAPE_MISMATCH);
    cr_assert_str_eq(acre_error(e), "Pow: argument 0 is (3,), argument 1 is (3,), not a number");
    cr_assert_eq(acre_assign(e, &y, acre_matmul(e, 2, matrix)), ACRE_SHAPE_MISMATCH);
    cr_assert_str_eq(acre_error(e),
                     "MatMul: argument 0 is (), argument 1 is (2, 3), not both of rank 2");
    cr_assert_null(y);
    cr_assert_eq(acre_array_new_2d(e, (size_t)ACRE_MOST_ROWS + 1, 1, &huge), ACRE_BAD_ARGUMENT);
    cr_assert_null(huge);
    cr_assert_eq(acre_array_new_2d(e, 1, SIZE_MAX, &huge), ACRE_BAD_ARGUMENT);
    cr_assert_eq(acre_array_new_2d(e, ACRE_MOST_ROWS, ACRE_MOST_ROWS, &huge), ACRE_NO_MEMORY);
    cr_assert_eq(acre_live_objects(e), 4);
    acre_unref(e, &row);
    acre_unref(e, &matrix);
    close_empty();
}

/* B-23, each at (1, 1) */
static struct acre_temp sphere(struct acre_variable *x, struct acre_variable *y)
{
    return acre_add(e, acre_pow(e, x, 2), acre_pow(e, y, 2));
}

static struct acre_temp matyas(struct acre_variable *x, struct acre_variable *y)
{
    return acre_sub(e, acre_mul(e, 0.26, sphere(x, y)), acre_mul(e, 0.48, acre_mul(e, x, y)));
}

/* constant + a x + b x^2 + c y + d x y + e y^2, as Goldstein-Price has two of them */
static struct acre_temp quadratic(struct acre_variable *x, struct acre_variable *y,
                                  const double *factors)
{
    struct acre_variable *sum = NULL;

    acre_assign(e, &sum, acre_add(e, factors[0], acre_mul(e, factors[1], x)));
    acre_assign(e, &sum, acre_add(e, sum, acre_mul(e, factors[2], acre_pow(e, x, 2))));
    acre_assign(e, &sum, acre_add(e, sum, acre_mul(e, factors[3], y)));
    acre_assign(e, &sum, acre_add(e, sum, acre_mul(e, factors[4], acre_mul(e, x, y))));
    acre_assign(e, &sum, acre_add(e, sum, acre_mul(e, factors[5], acre_pow(e, y, 2))));
    return (struct acre_temp){sum, ACRE_OK};
}

static struct acre_temp square_of_sum(struct acre_variable *x, double a, struct acre_variable *y,
                                      double b, double constant)
{
    struct acre_variable *sum = NULL;
    struct acre_temp square;

    acre_assign(e, &sum, acre_add(e, acre_mul(e, a, x), acre_mul(e, b, y)));
    square = acre_pow(e, acre_add(e, sum, constant), 2);
    acre_unref(e, &sum);
    return square;
}

static struct acre_temp goldstein_price(struct acre_variable *x, struct acre_variable *y)
{
    static const double first[] = {19, -14, 3, -14, 6, 3};
    static const double second[] = {18, -32, 12, 48, -36, 27};
    struct acre_variable *left = NULL;
    struct acre_variable *right = NULL;
    struct acre_temp product;

    acre_assign(e, &left, acre_mul(e, square_of_sum(x, 1, y, 1, 1), quadratic(x, y, first)));
    acre_assign(e, &right, acre_mul(e, square_of_sum(x, 2, y, -3, 0), quadratic(x, y, second)));
    product = acre_mul(e, acre_add(e, 1, left), acre_add(e, 30, right));
    acre_unref(e, &left);
    acre_unref(e, &right);
    return product;
}

static void expect_at_one(struct acre_temp (*function)(struct acre_variable *,
                                                       struct acre_variable *),
                          double value, double grad_x, double grad_y, double within)
{
    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;
        struct acre_variable *z = NULL;

        open_tape(place);
        assign_number(&x, 1);
        assign_number(&y, 1);
        cr_assert_eq(acre_assign(e, &z, function(x, y)), ACRE_OK, "%s", acre_error(e));
        cr_assert_eq(acre_backward(e, z), ACRE_OK, "%s", acre_error(e));
        cr_assert_float_eq(value_of(z), value, within);
        cr_assert_float_eq(grad_of(x), grad_x, within);
        cr_assert_float_eq(grad_of(y), grad_y, within);
        acre_unref(e, &x);
        acre_unref(e, &y);
        acre_unref(e, &z);
        close_empty();
    }
}

MTest(expressions, b_23_sphere_matyas_goldstein_price)
{
    expect_at_one(sphere, 2, 2, 2, 0);
    expect_at_one(matyas, 0.04, 0.04, 0.04, 1e-15);
    expect_at_one(goldstein_price, 1876, -5376, 8064, 0);
}
