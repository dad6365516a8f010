/* Sum and MatMul. */
#include "core/elements.h"
#include "core/function.h"

static enum acre_status sum_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                    struct acre_array **ys)
{
    return acre_as_array(engine, engine->kernels->sum(xs[0]->elements, xs[0]->count), &ys[0]);
}

static enum acre_status sum_backward(struct acre_engine *engine,
                                     const struct acre_function *function,
                                     struct acre_array *const *gys, struct acre_array **gxs)
{
    enum acre_status status = acre_gradient_for(engine, function, 0, &gxs[0]);

    if (status == ACRE_OK)
        engine->kernels->fill(gxs[0]->elements, gys[0]->elements[0], gxs[0]->count);
    return status;
}

static struct acre_factor plain(const struct acre_array *array)
{
    return (struct acre_factor){array->elements, array->rows, array->columns, false};
}

static struct acre_factor transposed(const struct acre_array *array)
{
    return (struct acre_factor){array->elements, array->rows, array->columns, true};
}

static enum acre_status matmul_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                       struct acre_array **ys)
{
    enum acre_status status;

    if (xs[0]->rank != 2 || xs[1]->rank != 2)
        return acre_fail_shapes(engine, "MatMul", xs[0], xs[1], ", not both of rank 2");
    if (xs[0]->columns != xs[1]->rows)
        return acre_fail_shapes(engine, "MatMul", xs[0], xs[1], "");
    status = acre_array_new_2d(engine, xs[0]->rows, xs[1]->columns, &ys[0]);
    if (status == ACRE_OK)
        acre_multiply(plain(xs[0]), plain(xs[1]), ys[0]->elements);
    return status;
}

static enum acre_status matmul_backward(struct acre_engine *engine,
                                        const struct acre_function *function,
                                        struct acre_array *const *gys, struct acre_array **gxs)
{
    const struct acre_array *x0 = function->inputs[0]->data;
    const struct acre_array *x1 = function->inputs[1]->data;
    enum acre_status status = acre_gradient_for(engine, function, 0, &gxs[0]);

    if (status == ACRE_OK)
        status = acre_gradient_for(engine, function, 1, &gxs[1]);
    if (status != ACRE_OK)
        return status;
    acre_multiply(plain(gys[0]), transposed(x1), gxs[0]->elements);
    acre_multiply(transposed(x0), plain(gys[0]), gxs[1]->elements);
    return ACRE_OK;
}

const struct acre_operator acre_sum_operator = {"Sum", 1, 1, sum_forward, sum_backward};
const struct acre_operator acre_matmul_operator = {"MatMul", 2, 1, matmul_forward, matmul_backward};
