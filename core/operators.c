/* What all operators share: arrays for their results, calls by name, gradients of a number that
 * stood beside many. */
#include "core/operators.h"

#include "core/function.h"

enum acre_status acre_output_like(struct acre_engine *engine, const struct acre_array *like,
                                  struct acre_array **output)
{
    return acre_array_like(engine, like, engine->current_region, ACRE_PURPOSE_DATA, output);
}

enum acre_status acre_gradient_like(struct acre_engine *engine,
                                    const struct acre_function *function, uint32_t index,
                                    const struct acre_array *like, struct acre_array **gradient)
{
    return acre_array_like(engine, like, function->inputs[index]->object.region,
                           ACRE_PURPOSE_GRADIENT, gradient);
}

enum acre_status acre_gradient_for(struct acre_engine *engine, const struct acre_function *function,
                                   uint32_t index, struct acre_array **gradient)
{
    return acre_gradient_like(engine, function, index, function->inputs[index]->data, gradient);
}

enum acre_status acre_gradient_sum(struct acre_engine *engine, const struct acre_function *function,
                                   uint32_t index, struct acre_array **gradient)
{
    const struct acre_array *x = function->inputs[index]->data;
    struct acre_array *sum;
    enum acre_status status;

    if (x->rank != 0 || (*gradient)->rank == 0)
        return ACRE_OK;
    status = acre_gradient_for(engine, function, index, &sum);
    if (status != ACRE_OK)
        return status;
    sum->elements[0] = engine->kernels->sum((*gradient)->elements, (*gradient)->count);
    acre_unref(engine, gradient);
    *gradient = sum;
    return ACRE_OK;
}

enum acre_status acre_fail_shapes(struct acre_engine *engine, const char *operator_name,
                                  const struct acre_array *x0, const struct acre_array *x1,
                                  const char *wanted)
{
    char shape0[ACRE_SHAPE_BYTES];
    char shape1[ACRE_SHAPE_BYTES];

    return acre_fail(engine, ACRE_SHAPE_MISMATCH, "%s: argument 0 is %s, argument 1 is %s%s",
                     operator_name, acre_shape_text(x0, shape0), acre_shape_text(x1, shape1),
                     wanted);
}

static struct acre_temp of_one(struct acre_engine *engine, uint32_t number, struct acre_argument x)
{
    struct acre_temp y;

    acre_apply(engine, number, &x, &y);
    return y;
}

static struct acre_temp of_two(struct acre_engine *engine, uint32_t number, struct acre_argument x0,
                               struct acre_argument x1)
{
    const struct acre_argument arguments[] = {x0, x1};
    struct acre_temp y;

    acre_apply(engine, number, arguments, &y);
    return y;
}

struct acre_temp acre_neg_of(struct acre_engine *engine, struct acre_argument x)
{
    return of_one(engine, TYPE_NEG, x);
}

struct acre_temp acre_add_of(struct acre_engine *engine, struct acre_argument x0,
                             struct acre_argument x1)
{
    return of_two(engine, TYPE_ADD, x0, x1);
}

struct acre_temp acre_sub_of(struct acre_engine *engine, struct acre_argument x0,
                             struct acre_argument x1)
{
    return of_two(engine, TYPE_SUB, x0, x1);
}

struct acre_temp acre_mul_of(struct acre_engine *engine, struct acre_argument x0,
                             struct acre_argument x1)
{
    return of_two(engine, TYPE_MUL, x0, x1);
}

struct acre_temp acre_div_of(struct acre_engine *engine, struct acre_argument x0,
                             struct acre_argument x1)
{
    return of_two(engine, TYPE_DIV, x0, x1);
}

struct acre_temp acre_pow_of(struct acre_engine *engine, struct acre_argument x,
                             struct acre_argument c)
{
    return of_two(engine, TYPE_POW, x, c);
}

struct acre_temp acre_square_of(struct acre_engine *engine, struct acre_argument x)
{
    return of_one(engine, TYPE_SQUARE, x);
}

struct acre_temp acre_exp_of(struct acre_engine *engine, struct acre_argument x)
{
    return of_one(engine, TYPE_EXP, x);
}

struct acre_temp acre_tanh_of(struct acre_engine *engine, struct acre_argument x)
{
    return of_one(engine, TYPE_TANH, x);
}

struct acre_temp acre_sum_of(struct acre_engine *engine, struct acre_argument x)
{
    return of_one(engine, TYPE_SUM, x);
}

struct acre_temp acre_matmul_of(struct acre_engine *engine, struct acre_argument x0,
                                struct acre_argument x1)
{
    return of_two(engine, TYPE_MATMUL, x0, x1);
}

struct acre_temp acre_add_row_of(struct acre_engine *engine, struct acre_argument x,
                                 struct acre_argument row)
{
    return of_two(engine, TYPE_ADD_ROW, x, row);
}

struct acre_temp acre_softmax_cross_entropy_of(struct acre_engine *engine,
                                               struct acre_argument scores,
                                               struct acre_argument classes)
{
    return of_two(engine, TYPE_SOFTMAX_CROSS_ENTROPY, scores, classes);
}
