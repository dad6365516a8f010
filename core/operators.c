/* The operators of the seed: one constant table row each. */
#include "core/internal.h"

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

const struct acre_operator acre_square_operator = {
    .name = "Square",
    .input_count = 1,
    .output_count = 1,
    .forward = square_forward,
    .backward = square_backward,
};

static enum acre_status add_forward(struct acre_engine *engine, struct acre_array *const *xs,
                                    struct acre_array **ys)
{
    enum acre_status status;

    if (!acre_same_shape(xs[0], xs[1]))
        return acre_fail(engine, ACRE_SHAPE_MISMATCH,
                         "Add: argument 0 has %zu elements (rank %u), argument 1 has %zu (rank %u)",
                         xs[0]->count, xs[0]->rank, xs[1]->count, xs[1]->rank);
    status = acre_output_like(engine, xs[0], &ys[0]);
    if (status == ACRE_OK)
        engine->kernels->add(ys[0]->elements, xs[0]->elements, xs[1]->elements, xs[0]->count);
    return status;
}

/* The gradient passes through: both inputs get the very array that came in, as in the seed. */
static enum acre_status add_backward(struct acre_engine *engine,
                                     const struct acre_function *function,
                                     struct acre_array *const *gys, struct acre_array **gxs)
{
    (void)function;
    for (uint32_t i = 0; i < 2; i++) {
        gxs[i] = gys[0];
        acre_ref(engine, &gys[0]->object);
    }
    return ACRE_OK;
}

const struct acre_operator acre_add_operator = {
    .name = "Add",
    .input_count = 2,
    .output_count = 1,
    .forward = add_forward,
    .backward = add_backward,
};

struct acre_temp acre_square_of(struct acre_engine *engine, struct acre_argument x)
{
    struct acre_temp y;

    acre_apply(engine, TYPE_SQUARE, &x, &y);
    return y;
}

struct acre_temp acre_add_of(struct acre_engine *engine, struct acre_argument x0,
                             struct acre_argument x1)
{
    const struct acre_argument arguments[] = {x0, x1};
    struct acre_temp y;

    acre_apply(engine, TYPE_ADD, arguments, &y);
    return y;
}

enum acre_status acre_output_like(struct acre_engine *engine, const struct acre_array *like,
                                  struct acre_array **output)
{
    return acre_array_like(engine, like, engine->current_region, ACRE_PURPOSE_DATA, output);
}

enum acre_status acre_gradient_for(struct acre_engine *engine, const struct acre_function *function,
                                   uint32_t index, struct acre_array **gradient)
{
    const struct acre_variable *input = function->inputs[index];

    return acre_array_like(engine, input->data, input->object.region, ACRE_PURPOSE_GRADIENT,
                           gradient);
}
