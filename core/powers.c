/* Square, Pow, Exp, Tanh. Pow and Exp are what the C library makes of each element. */
#include <math.h>

#include "core/elements.h"
#include "core/function.h"

static enum acre_status square_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                       struct acre_array **ys)
{
    enum acre_status status = acre_output_like(engine, xs[0], &ys[0]);

    if (status == ACRE_OK)
        engine->kernels->square(ys[0]->elements, xs[0]->elements, xs[0]->count);
    return status;
}

static enum acre_status square_backward(struct acre_engine *engine,
                                        const struct acre_function *function,
                                        struct acre_array *const *gys, struct acre_array **gxs)
{
    const struct acre_array *x = function->inputs[0]->data;
    enum acre_status status = acre_gradient_for(engine, function, 0, &gxs[0]);

    if (status == ACRE_OK)
        engine->kernels->square_gradient(gxs[0]->elements, x->elements, gys[0]->elements, x->count);
    return status;
}

static enum acre_status pow_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                    struct acre_array **ys)
{
    enum acre_status status;

    if (xs[1]->rank != 0)
        return acre_fail_shapes(engine, "Pow", xs[0], xs[1], ", not a number");
    status = acre_output_like(engine, xs[0], &ys[0]);
    if (status == ACRE_OK)
        for (size_t i = 0; i < xs[0]->count; i++)
            ys[0]->elements[i] = pow(xs[0]->elements[i], xs[1]->elements[0]);
    return status;
}

/* With an exponent of 0 the formula would be 0 times infinity where x is 0. */
static enum acre_status pow_backward(struct acre_engine *engine,
                                     const struct acre_function *function,
                                     struct acre_array *const *gys, struct acre_array **gxs)
{
    const struct acre_array *x = function->inputs[0]->data;
    double c = function->inputs[1]->data->elements[0];
    enum acre_status status = acre_gradient_for(engine, function, 0, &gxs[0]);

    if (status != ACRE_OK)
        return status;
    if (c == 0)
        engine->kernels->fill(gxs[0]->elements, 0, x->count);
    else
        for (size_t i = 0; i < x->count; i++)
            gxs[0]->elements[i] = c * pow(x->elements[i], c - 1) * gys[0]->elements[i];
    return ACRE_OK;
}

static enum acre_status map(struct acre_engine *engine, double (*function)(double),
                            const struct acre_array *x, struct acre_array **y)
{
    enum acre_status status = acre_output_like(engine, x, y);

    if (status == ACRE_OK)
        for (size_t i = 0; i < x->count; i++)
            (*y)->elements[i] = function(x->elements[i]);
    return status;
}

static enum acre_status exp_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                    struct acre_array **ys)
{
    return map(engine, exp, xs[0], &ys[0]);
}

/* An output that has a gradient is alive. */
static enum acre_status exp_backward(struct acre_engine *engine,
                                     const struct acre_function *function,
                                     struct acre_array *const *gys, struct acre_array **gxs)
{
    const struct acre_array *y = acre_function_output(engine, function, 0)->data;
    enum acre_status status = acre_gradient_for(engine, function, 0, &gxs[0]);

    if (status == ACRE_OK)
        engine->kernels->multiply(gxs[0]->elements, gys[0]->elements, y->elements, y->count,
                                  ACRE_SINGLE_NONE);
    return status;
}

static enum acre_status tanh_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                     struct acre_array **ys)
{
    return map(engine, acre_tanh_of_number, xs[0], &ys[0]);
}

static enum acre_status tanh_backward(struct acre_engine *engine,
                                      const struct acre_function *function,
                                      struct acre_array *const *gys, struct acre_array **gxs)
{
    const struct acre_array *y = acre_function_output(engine, function, 0)->data;
    enum acre_status status = acre_gradient_for(engine, function, 0, &gxs[0]);

    if (status == ACRE_OK)
        engine->kernels->tanh_gradient(gxs[0]->elements, y->elements, gys[0]->elements, y->count);
    return status;
}

const struct acre_operator acre_square_operator = {"Square", 1, 1, square_forward, square_backward};
const struct acre_operator acre_pow_operator = {"Pow", 2, 1, pow_forward, pow_backward};
const struct acre_operator acre_exp_operator = {"Exp", 1, 1, exp_forward, exp_backward};
const struct acre_operator acre_tanh_operator = {"Tanh", 1, 1, tanh_forward, tanh_backward};
