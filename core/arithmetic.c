/* Neg, Add, Sub, Mul, Div: exact in every set of kernels. */
#include "core/function.h"

/* Two operands have one shape, or one of them is a number. */
static enum acre_status pair(struct acre_engine *engine, const char *operator_name,
                             struct acre_array *const *xs, acre_binary_kernel *kernel,
                             struct acre_array **y)
{
    enum acre_single single = ACRE_SINGLE_NONE;
    enum acre_status status;

    if (!acre_same_shape(xs[0], xs[1])) {
        if (xs[0]->rank != 0 && xs[1]->rank != 0)
            return acre_fail_shapes(engine, operator_name, xs[0], xs[1], "");
        single = xs[0]->rank == 0 ? ACRE_SINGLE_X : ACRE_SINGLE_Y;
    }
    status = acre_output_like(engine, xs[single == ACRE_SINGLE_X ? 1 : 0], y);
    if (status == ACRE_OK)
        kernel((*y)->elements, xs[0]->elements, xs[1]->elements, (*y)->count, single);
    return status;
}

/* What an operand is to an array of the shape of the result: one number, or as many. */
static enum acre_single single_second(const struct acre_array *result,
                                      const struct acre_array *operand)
{
    return operand->rank == 0 && result->rank != 0 ? ACRE_SINGLE_Y : ACRE_SINGLE_NONE;
}

/* The gradient that came in is this input's: the very array, as in the seed, unless its sum is. */
static enum acre_status pass_on(struct acre_engine *engine, const struct acre_function *function,
                                uint32_t index, struct acre_array *gy, struct acre_array **gx)
{
    acre_ref(engine, &gy->object);
    *gx = gy;
    return acre_gradient_sum(engine, function, index, gx);
}

static enum acre_status negate(struct acre_engine *engine, const struct acre_function *function,
                               uint32_t index, const struct acre_array *gy, struct acre_array **gx)
{
    enum acre_status status = acre_gradient_like(engine, function, index, gy, gx);

    if (status != ACRE_OK)
        return status;
    engine->kernels->negate((*gx)->elements, gy->elements, gy->count);
    return acre_gradient_sum(engine, function, index, gx);
}

/* gx = kernel(gy, the other input) */
static enum acre_status combine(struct acre_engine *engine, const struct acre_function *function,
                                uint32_t index, acre_binary_kernel *kernel,
                                const struct acre_array *gy, const struct acre_array *other,
                                struct acre_array **gx)
{
    enum acre_status status = acre_gradient_like(engine, function, index, gy, gx);

    if (status != ACRE_OK)
        return status;
    kernel((*gx)->elements, gy->elements, other->elements, gy->count, single_second(gy, other));
    return acre_gradient_sum(engine, function, index, gx);
}

static enum acre_status neg_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                    struct acre_array **ys)
{
    enum acre_status status = acre_output_like(engine, xs[0], &ys[0]);

    if (status == ACRE_OK)
        engine->kernels->negate(ys[0]->elements, xs[0]->elements, xs[0]->count);
    return status;
}

static enum acre_status neg_backward(struct acre_engine *engine,
                                     const struct acre_function *function,
                                     struct acre_array *const *gys, struct acre_array **gxs)
{
    return negate(engine, function, 0, gys[0], &gxs[0]);
}

static enum acre_status add_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                    struct acre_array **ys)
{
    return pair(engine, "Add", xs, engine->kernels->add, &ys[0]);
}

static enum acre_status add_backward(struct acre_engine *engine,
                                     const struct acre_function *function,
                                     struct acre_array *const *gys, struct acre_array **gxs)
{
    enum acre_status status = pass_on(engine, function, 0, gys[0], &gxs[0]);

    return status == ACRE_OK ? pass_on(engine, function, 1, gys[0], &gxs[1]) : status;
}

static enum acre_status sub_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                    struct acre_array **ys)
{
    return pair(engine, "Sub", xs, engine->kernels->subtract, &ys[0]);
}

static enum acre_status sub_backward(struct acre_engine *engine,
                                     const struct acre_function *function,
                                     struct acre_array *const *gys, struct acre_array **gxs)
{
    enum acre_status status = pass_on(engine, function, 0, gys[0], &gxs[0]);

    return status == ACRE_OK ? negate(engine, function, 1, gys[0], &gxs[1]) : status;
}

static enum acre_status mul_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                    struct acre_array **ys)
{
    return pair(engine, "Mul", xs, engine->kernels->multiply, &ys[0]);
}

static enum acre_status mul_backward(struct acre_engine *engine,
                                     const struct acre_function *function,
                                     struct acre_array *const *gys, struct acre_array **gxs)
{
    enum acre_status status = ACRE_OK;

    for (uint32_t i = 0; status == ACRE_OK && i < 2; i++)
        status = combine(engine, function, i, engine->kernels->multiply, gys[0],
                         function->inputs[1 - i]->data, &gxs[i]);
    return status;
}

static enum acre_status div_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                    struct acre_array **ys)
{
    return pair(engine, "Div", xs, engine->kernels->divide, &ys[0]);
}

static enum acre_status divisor_gradient(struct acre_engine *engine,
                                         const struct acre_function *function,
                                         const struct acre_array *gy, struct acre_array **gx)
{
    const struct acre_array *x0 = function->inputs[0]->data;
    const struct acre_array *x1 = function->inputs[1]->data;
    enum acre_status status = acre_gradient_like(engine, function, 1, gy, gx);

    if (status != ACRE_OK)
        return status;
    if (gy->count > 0)
        memcpy((*gx)->elements, gy->elements, gy->count * sizeof *gy->elements);
    engine->kernels->divisor_gradient((*gx)->elements, x0->elements, x1->elements, gy->count,
                                      x0->rank == 0 && gy->rank != 0 ? ACRE_SINGLE_X
                                                                     : single_second(gy, x1));
    return acre_gradient_sum(engine, function, 1, gx);
}

static enum acre_status div_backward(struct acre_engine *engine,
                                     const struct acre_function *function,
                                     struct acre_array *const *gys, struct acre_array **gxs)
{
    enum acre_status status = combine(engine, function, 0, engine->kernels->divide, gys[0],
                                      function->inputs[1]->data, &gxs[0]);

    return status == ACRE_OK ? divisor_gradient(engine, function, gys[0], &gxs[1]) : status;
}

const struct acre_operator acre_neg_operator = {"Neg", 1, 1, neg_forward, neg_backward};
const struct acre_operator acre_add_operator = {"Add", 2, 1, add_forward, add_backward};
const struct acre_operator acre_sub_operator = {"Sub", 2, 1, sub_forward, sub_backward};
const struct acre_operator acre_mul_operator = {"Mul", 2, 1, mul_forward, mul_backward};
const struct acre_operator acre_div_operator = {"Div", 2, 1, div_forward, div_backward};
