/* AddRow and SoftmaxCrossEntropy: values that are known, shapes and classes that are refused. Their
 * gradients are also in test_finite_differences.c, and both are compared with numpy. */
#include "support/mtest.h"

#include <math.h>

#include "core/tape.h"

static const double numbers[6] = {1, 2, 3, 4, 5, 6};

MTest(rows, a_row_is_added_to_each)
{
    static const double row[3] = {10, 20, 30};

    for (enum world_place place = WORLD_PINNED; place < WORLD_PLACES; place++) {
        struct acre_variable *x = NULL;
        struct acre_variable *b = NULL;
        struct acre_variable *y = NULL;
        struct acre_array *empty;

        open_tape(place);
        acre_assign(e, &x, acre_variable_from_2d(e, numbers, 2, 3));
        acre_assign(e, &b, acre_variable_from(e, row, 3));
        acre_assign(e, &y, acre_add_row(e, x, b));
        cr_assert(acre_same_shape(y->data, x->data));
        for (size_t i = 0; i < 6; i++)
            cr_assert_eq(y->data->elements[i], numbers[i] + row[i % 3]);
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        cr_assert_eq(x->grad, y->grad, "the very array");
        for (size_t i = 0; i < 3; i++)
            cr_assert_eq(b->grad->elements[i], 2);

        /* no rows: the sum over them is zeros */
        acre_cleargrad(e, b);
        cr_assert_eq(acre_array_new_2d(e, 0, 3, &empty), ACRE_OK);
        acre_assign(e, &x, acre_variable_new(e, &empty->object));
        acre_unref(e, &empty);
        acre_assign(e, &y, acre_add_row(e, x, b));
        cr_assert_eq(acre_backward(e, y), ACRE_OK);
        for (size_t i = 0; i < 3; i++)
            cr_assert_eq(b->grad->elements[i], 0);
        acre_unref(e, &x);
        acre_unref(e, &b);
        acre_unref(e, &y);
        close_empty();
    }
}

/* Equal scores: every class has its share. Scores of which no exponential could be taken. */
MTest(rows, cross_entropy_of_known_scores)
{
    static const double equal[6] = {7, 7, 7, -3, -3, -3};
    static const double huge[6] = {1e308, -1e308, 0, 0, 800, -800};
    static const double classes[2] = {2, 0};
    static const double certain[2] = {0, 1};
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;

    open_tape(WORLD_PINNED);
    acre_assign(e, &x, acre_variable_from_2d(e, equal, 2, 3));
    acre_assign(e, &y, acre_softmax_cross_entropy(e, x, acre_variable_from(e, classes, 2)));
    cr_assert_eq(y->data->rank, 0);
    cr_assert(fabs(value_of(y) - log(3)) < 1e-15);
    cr_assert_eq(acre_backward(e, y), ACRE_OK);
    for (size_t i = 0; i < 6; i++)
        cr_assert(fabs(x->grad->elements[i] - (1.0 / 6 - (i == 2 || i == 3 ? 0.5 : 0))) < 1e-15);
    cr_assert_null(y->creator->inputs[1]->grad, "classes have no gradient");

    acre_assign(e, &x, acre_variable_from_2d(e, huge, 2, 3));
    acre_assign(e, &y, acre_softmax_cross_entropy(e, x, acre_variable_from(e, certain, 2)));
    cr_assert_eq(value_of(y), 0);
    acre_assign(e, &y, acre_softmax_cross_entropy(e, x, acre_variable_from(e, classes, 2)));
    cr_assert_eq(value_of(y), 0.5e308);
    acre_unref(e, &x);
    acre_unref(e, &y);
    close_empty();
}

static void refuse(struct acre_temp made, enum acre_status status, const char *sentence)
{
    struct acre_variable *y = NULL;

    cr_assert_eq(acre_assign(e, &y, made), status);
    cr_assert_str_eq(acre_error(e), sentence);
    cr_assert_null(y);
}

MTest(rows, what_does_not_fit_is_refused)
{
    static const double wrong[][2] = {{0, 3}, {0, -1}, {0, 0.5}, {0, NAN}, {0, INFINITY}};
    static const char *const as_text[] = {"3", "-1", "0.5", "nan", "inf"};
    struct acre_variable *matrix = NULL;
    struct acre_variable *row = NULL;
    char sentence[256];

    open_tape(WORLD_PINNED);
    acre_assign(e, &matrix, acre_variable_from_2d(e, numbers, 2, 3));
    acre_assign(e, &row, acre_variable_from(e, numbers, 4));
    refuse(acre_add_row(e, matrix, row), ACRE_SHAPE_MISMATCH,
           "AddRow: argument 0 is (2, 3), argument 1 is (4,)");
    refuse(acre_add_row(e, row, row), ACRE_SHAPE_MISMATCH,
           "AddRow: argument 0 is (4,), argument 1 is (4,), not of rank 2 and 1");
    refuse(acre_add_row(e, matrix, 1), ACRE_SHAPE_MISMATCH,
           "AddRow: argument 0 is (2, 3), argument 1 is (), not of rank 2 and 1");
    refuse(acre_softmax_cross_entropy(e, matrix, row), ACRE_SHAPE_MISMATCH,
           "SoftmaxCrossEntropy: argument 0 is (2, 3), argument 1 is (4,)");
    refuse(acre_softmax_cross_entropy(e, matrix, matrix), ACRE_SHAPE_MISMATCH,
           "SoftmaxCrossEntropy: argument 0 is (2, 3), argument 1 is (2, 3), not of rank 2 and 1");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(sentence, sizeof sentence,
                 "SoftmaxCrossEntropy: class %s of row 1 is not a whole number from 0 to 2",
                 as_text[i]);
        refuse(acre_softmax_cross_entropy(e, matrix, acre_variable_from(e, wrong[i], 2)),
               ACRE_BAD_ARGUMENT, sentence);
    }
    /* of nothing there is no mean */
    refuse(acre_softmax_cross_entropy(e, acre_variable_from_2d(e, numbers, 0, 3),
                                      acre_variable_from(e, numbers, 0)),
           ACRE_SHAPE_MISMATCH, "SoftmaxCrossEntropy: argument 0 is (0, 3), argument 1 is (0,)");
    acre_unref(e, &matrix);
    acre_unref(e, &row);
    close_empty();
}
