/* An operator in a file of its own: y = sin x, and its gradient. */
#include <math.h>

#include "core/variable.h"

static enum acre_status sin_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                    struct acre_array **ys)
{
    enum acre_status status = acre_output_like(engine, xs[0], &ys[0]);

    for (size_t i = 0; status == ACRE_OK && i < xs[0]->count; i++)
        ys[0]->elements[i] = sin(xs[0]->elements[i]);
    return status;
}

static enum acre_status sin_backward(struct acre_engine *engine,
                                     const struct acre_function *function,
                                     struct acre_array *const *gys, struct acre_array **gxs)
{
    const double *x = function->inputs[0]->data->elements;
    enum acre_status status = acre_gradient_for(engine, function, 0, &gxs[0]);

    for (size_t i = 0; status == ACRE_OK && i < gys[0]->count; i++)
        gxs[0]->elements[i] = cos(x[i]) * gys[0]->elements[i];
    return status;
}

const struct acre_operator sin_operator = {"Sin", 1, 1, sin_forward, sin_backward};
