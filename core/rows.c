/* AddRow and SoftmaxCrossEntropy: a matrix beside a row. */
#include <math.h>

#include "core/elements.h"
#include "core/function.h"

static enum acre_status add_row_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                        struct acre_array **ys)
{
    enum acre_status status;

    if (xs[0]->rank != 2 || xs[1]->rank != 1)
        return acre_fail_shapes(engine, "AddRow", xs[0], xs[1], ", not of rank 2 and 1");
    if (xs[1]->count != xs[0]->columns)
        return acre_fail_shapes(engine, "AddRow", xs[0], xs[1], "");
    status = acre_output_like(engine, xs[0], &ys[0]);
    if (status == ACRE_OK)
        engine->kernels->add_row(ys[0]->elements, xs[0]->elements, xs[1]->elements, xs[0]->rows,
                                 xs[0]->columns);
    return status;
}

static enum acre_status add_row_backward(struct acre_engine *engine,
                                         const struct acre_function *function,
                                         struct acre_array *const *gys, struct acre_array **gxs)
{
    enum acre_status status = acre_gradient_for(engine, function, 1, &gxs[1]);

    if (status != ACRE_OK)
        return status;
    engine->kernels->sum_rows(gxs[1]->elements, gys[0]->elements, gys[0]->rows, gys[0]->columns);
    acre_ref(engine, &gys[0]->object);
    gxs[0] = gys[0];
    return ACRE_OK;
}

static enum acre_status check_classes(struct acre_engine *engine, const struct acre_array *scores,
                                      const struct acre_array *classes)
{
    if (scores->rank != 2 || classes->rank != 1)
        return acre_fail_shapes(engine, "SoftmaxCrossEntropy", scores, classes,
                                ", not of rank 2 and 1");
    if (scores->count == 0 || classes->count != scores->rows)
        return acre_fail_shapes(engine, "SoftmaxCrossEntropy", scores, classes, "");
    for (size_t i = 0; i < classes->count; i++) {
        double number = classes->elements[i];

        if (!(number >= 0 && number < scores->columns && number == floor(number)))
            return acre_fail(engine, ACRE_BAD_ARGUMENT,
                             "SoftmaxCrossEntropy: class %g of row %zu is not a whole number "
                             "from 0 to %u",
                             number, i, scores->columns - 1);
    }
    return ACRE_OK;
}

static enum acre_status softmax_cross_entropy_forward(struct acre_engine *engine,
                                                      struct acre_array *const *xs,
                                                      struct acre_array **ys)
{
    enum acre_status status = check_classes(engine, xs[0], xs[1]);

    if (status != ACRE_OK)
        return status;
    return acre_as_array(
        engine, acre_cross_entropy(xs[0]->elements, xs[1]->elements, xs[0]->rows, xs[0]->columns),
        &ys[0]);
}

/* The softmax is computed again, as in the course: nothing but inputs is kept for backward. */
static enum acre_status softmax_cross_entropy_backward(struct acre_engine *engine,
                                                       const struct acre_function *function,
                                                       struct acre_array *const *gys,
                                                       struct acre_array **gxs)
{
    const struct acre_array *scores = function->inputs[0]->data;
    const struct acre_array *classes = function->inputs[1]->data;
    enum acre_status status = acre_gradient_for(engine, function, 0, &gxs[0]);

    if (status == ACRE_OK)
        acre_cross_entropy_gradient(engine->kernels, gxs[0]->elements, scores->elements,
                                    classes->elements, scores->rows, scores->columns,
                                    gys[0]->elements[0]);
    return status;
}

const struct acre_operator acre_add_row_operator = {"AddRow", 2, 1, add_row_forward,
                                                    add_row_backward};
const struct acre_operator acre_softmax_cross_entropy_operator = {
    "SoftmaxCrossEntropy", 2, 1, softmax_cross_entropy_forward, softmax_cross_entropy_backward};
