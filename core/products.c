/* Sum and MatMul. */
#include <cblas.h>

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

/* A factor, as it is or transposed. Its rows and columns fit an int: ACRE_MOST_ROWS. */
struct factor {
    const struct acre_array *array;
    bool is_transposed;
};

/* c = a times b, whose shapes fit. BLAS is not asked about arrays without elements: it would take
 * their rows to be of no length, which it refuses by ending the program. */
static void multiply(struct acre_engine *engine, struct factor a, struct factor b,
                     struct acre_array *c)
{
    uint32_t inner = a.is_transposed ? a.array->rows : a.array->columns;

    if (c->count == 0 || inner == 0)
        engine->kernels->fill(c->elements, 0, c->count);
    else
        cblas_dgemm(CblasRowMajor, a.is_transposed ? CblasTrans : CblasNoTrans,
                    b.is_transposed ? CblasTrans : CblasNoTrans, (int)c->rows, (int)c->columns,
                    (int)inner, 1, a.array->elements, (int)a.array->columns, b.array->elements,
                    (int)b.array->columns, 0, c->elements, (int)c->columns);
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
        multiply(engine, (struct factor){xs[0], false}, (struct factor){xs[1], false}, ys[0]);
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
    multiply(engine, (struct factor){gys[0], false}, (struct factor){x1, true}, gxs[0]);
    multiply(engine, (struct factor){x0, true}, (struct factor){gys[0], false}, gxs[1]);
    return ACRE_OK;
}

const struct acre_operator acre_sum_operator = {"Sum", 1, 1, sum_forward, sum_backward};
const struct acre_operator acre_matmul_operator = {"MatMul", 2, 1, matmul_forward, matmul_backward};
