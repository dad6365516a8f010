/*
 * B-01: the gradient of every operator against central differences with eps 1e-4, for numbers, rows
 * and matrices, and for a number on either side of many. The head is a sum of the results, each
 * with a weight of its own, so that a gradient that is right only for equal weights, or only all
 * together, is noticed.
 *
 * The operators are smooth where they are tried and their third derivatives below 100, so the
 * difference quotient is off by less than 100 / 6 * eps^2 < 2e-7 and by rounding: about 1e-15 / eps
 * times a sum of at most some 100. The tolerance is 1e-6 of the gradient or 1, whichever is larger.
 */
#include "support/mtest.h"

#include <math.h>

#include "core/tape.h"

enum { MOST = 20 };

static const double eps = 1e-4;
static const double tolerance = 1e-6;

enum name { NEG, ADD, SUB, MUL, DIV, POW, SQUARE, EXP, TANH, SUM, MATMUL, ADD_ROW, ENTROPY, NAMES };

static const char *const names[NAMES] = {"Neg",
                                         "Add",
                                         "Sub",
                                         "Mul",
                                         "Div",
                                         "Pow",
                                         "Square",
                                         "Exp",
                                         "Tanh",
                                         "Sum",
                                         "MatMul",
                                         "AddRow",
                                         "SoftmaxCrossEntropy"};

/* Rank -1: there is no second operand. */
struct shape {
    int rank;
    size_t rows, columns; /* of rank 1: columns */
};

static const struct shape none = {-1, 0, 0};

/* The class of row i is the number of some column, and of all columns for enough rows. */
static struct acre_temp classes_for(const struct acre_array *scores)
{
    double classes[MOST];

    for (size_t i = 0; i < scores->rows; i++)
        classes[i] = (double)(i * 2 % scores->columns);
    return acre_variable_from(e, classes, scores->rows);
}

static struct acre_temp use(enum name name, struct acre_variable *x0, struct acre_variable *x1)
{
    switch (name) {
    case NEG:
        return acre_neg(e, x0);
    case ADD:
        return acre_add(e, x0, x1);
    case SUB:
        return acre_sub(e, x0, x1);
    case MUL:
        return acre_mul(e, x0, x1);
    case DIV:
        return acre_div(e, x0, x1);
    case POW:
        return acre_pow(e, x0, 3.5);
    case SQUARE:
        return acre_square(e, x0);
    case EXP:
        return acre_exp(e, x0);
    case TANH:
        return acre_tanh(e, x0);
    case SUM:
        return acre_sum(e, x0);
    case ADD_ROW:
        return acre_add_row(e, x0, x1);
    case ENTROPY:
        return acre_softmax_cross_entropy(e, x0, classes_for(x0->data));
    default:
        return acre_matmul(e, x0, x1);
    }
}

/* Values between 0.5 and 1.5 that have nothing to do with each other. */
static double value_at(size_t i)
{
    double x = fmod((double)(i + 1) * 0.6180339887498949, 1.0);

    return 0.5 + x;
}

static void make(struct acre_variable **x, struct shape shape, size_t salt)
{
    double values[MOST];

    for (size_t i = 0; i < MOST; i++)
        values[i] = value_at(i + salt);
    if (shape.rank == 0)
        cr_assert_eq(acre_assign(e, x, acre_variable_of(e, values[0])), ACRE_OK);
    else if (shape.rank == 1)
        cr_assert_eq(acre_assign(e, x, acre_variable_from(e, values, shape.columns)), ACRE_OK);
    else if (shape.rank == 2)
        cr_assert_eq(acre_assign(e, x, acre_variable_from_2d(e, values, shape.rows, shape.columns)),
                     ACRE_OK);
}

/* The sum of the results, weighted: what is differentiated. */
static double head_of(enum name name, struct acre_variable *x0, struct acre_variable *x1)
{
    struct acre_variable *y = NULL;
    double head = 0;

    ACRE_NO_GRAD(e);
    cr_assert_eq(acre_assign(e, &y, use(name, x0, x1)), ACRE_OK, "%s", acre_error(e));
    for (size_t i = 0; i < y->data->count; i++)
        head += value_at(i + 50) * y->data->elements[i];
    acre_unref(e, &y);
    return head;
}

/* The same on the tape, and backward. */
static void go_backward(enum name name, struct acre_variable *x0, struct acre_variable *x1)
{
    struct acre_variable *y = NULL;
    struct acre_variable *weights = NULL;

    cr_assert_eq(acre_assign(e, &y, use(name, x0, x1)), ACRE_OK, "%s", acre_error(e));
    make(&weights,
         (struct shape){(int)y->data->rank, y->data->rows,
                        y->data->rank == 2 ? y->data->columns : y->data->count},
         50);
    cr_assert_eq(acre_assign(e, &y, acre_sum(e, acre_mul(e, weights, y))), ACRE_OK);
    cr_assert_eq(acre_backward(e, y), ACRE_OK, "%s", acre_error(e));
    acre_unref(e, &y);
    acre_unref(e, &weights);
}

static void compare(enum name name, struct acre_variable *x0, struct acre_variable *x1,
                    struct acre_variable *which)
{
    char shape[ACRE_SHAPE_BYTES];

    cr_assert(acre_same_shape(which->data, which->grad));
    for (size_t i = 0; i < which->data->count; i++) {
        double *element = &which->data->elements[i];
        double was = *element;
        double above;
        double quotient;
        double grad = which->grad->elements[i];

        *element = was + eps;
        above = head_of(name, x0, x1);
        *element = was - eps;
        quotient = (above - head_of(name, x0, x1)) / (2 * eps);
        *element = was;
        cr_assert(fabs(grad - quotient) <= tolerance * fmax(1, fabs(grad)),
                  "%s, input %d of shape %s, element %zu: %.9g, differences say %.9g", names[name],
                  which == x1, acre_shape_text(which->data, shape), i, grad, quotient);
    }
}

static void check(enum name name, struct shape shape0, struct shape shape1)
{
    struct acre_variable *x0 = NULL;
    struct acre_variable *x1 = NULL;

    make(&x0, shape0, 0);
    make(&x1, shape1, 25);
    go_backward(name, x0, x1);
    compare(name, x0, x1, x0);
    if (x1 != NULL)
        compare(name, x0, x1, x1);
    acre_unref(e, &x0);
    acre_unref(e, &x1);
}

static const struct shape shapes[] = {{0, 0, 0}, {1, 0, 1}, {1, 0, 7}, {1, 0, 16},
                                      {2, 1, 1}, {2, 3, 5}, {2, 4, 1}, {2, 1, 9}};

MTest(finite_differences, every_operator_and_shape)
{
    open_tape(WORLD_PINNED);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        static const enum name of_one[] = {NEG, POW, SQUARE, EXP, TANH, SUM};

        for (size_t n = 0; n < sizeof of_one / sizeof of_one[0]; n++)
            check(of_one[n], shapes[i], none);
        for (enum name name = ADD; name <= DIV; name++) {
            check(name, shapes[i], shapes[i]);
            check(name, shapes[0], shapes[i]);
            check(name, shapes[i], shapes[0]);
        }
    }
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (shapes[i].rank == 2) {
            check(ADD_ROW, shapes[i], (struct shape){1, 0, shapes[i].columns});
            check(ENTROPY, shapes[i], none);
        }
    for (size_t rows = 1; rows <= 3; rows++)
        for (size_t inner = 1; inner <= 3; inner++)
            for (size_t columns = 1; columns <= 3; columns++)
                check(MATMUL, (struct shape){2, rows, inner}, (struct shape){2, inner, columns});
    check(MATMUL, (struct shape){2, 2, 7}, (struct shape){2, 7, 2});
    close_empty();
}
