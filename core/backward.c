/*
 * Backward: the functions behind a variable, from the highest generation down.
 *
 * The seed keeps one list and sorts it on every push. Here each generation has a stack of its own,
 * threaded through the functions, and since a function's inputs were all made by functions of lower
 * generations one pass over the stacks meets every function after all those that feed it gradients:
 *
 *    buckets   0: f0                      the seed's order: highest generation first,
 *              1: f2 ─> f1                the last one pushed first
 *              2: f3
 *
 * Room for the stacks is reserved before the first gradient is written.
 */
#include <string.h>

#include "core/function.h"

enum { MOST_EDGES = UINT8_MAX };

/* Queues ------------------------------------------------------------------------------------ */

static struct acre_function **bucket(const struct acre_engine *engine, uint32_t generation)
{
    return (struct acre_function **)engine->buckets.rows + generation;
}

/*
 * `current` is the generation being visited. A creator that was set by hand, after its variable had
 * been used, may be of a higher one: it comes next, as in the seed.
 */
static void push(struct acre_engine *engine, struct acre_function *function, uint32_t current)
{
    uint32_t generation = function->generation < current ? function->generation : current;
    struct acre_function **top = bucket(engine, generation);

    if (function->is_queued)
        return;
    function->is_queued = true;
    function->next = *top;
    *top = function;
}

static struct acre_function *pop(struct acre_engine *engine, uint32_t generation)
{
    struct acre_function **top = bucket(engine, generation);
    struct acre_function *function = *top;

    if (function != NULL)
        *top = function->next;
    return function;
}

/* A visited function keeps its mark until the end: it must not be queued again. */
static void forget(struct acre_function *visited)
{
    while (visited != NULL) {
        struct acre_function *next = visited->next;

        visited->is_queued = false;
        visited->next = NULL;
        visited = next;
    }
}

static bool reserve_buckets(struct acre_engine *engine, uint32_t highest_generation)
{
    uint32_t needed = highest_generation + 1;
    uint32_t have = engine->buckets.count;

    if (needed <= have)
        return true;
    if (!acre_table_reserve(engine, &engine->buckets, needed - have, sizeof(struct acre_function *),
                            ACRE_PURPOSE_ENGINE))
        return false;
    for (uint32_t i = have; i < needed; i++)
        *bucket(engine, i) = NULL;
    engine->buckets.count = needed;
    return true;
}

/* Gradients --------------------------------------------------------------------------------- */

/* The variable's gradient becomes `gradient`, whose reference by the caller is taken over; both
 * live in the same region. */
static void set_gradient(struct acre_engine *engine, struct acre_variable *variable,
                         struct acre_array *gradient)
{
    acre_cleargrad(engine, variable);
    variable->grad = gradient;
    acre_edge_adopt(engine, &variable->object, &variable->grad, &gradient->object);
}

/* A gradient lives where its variable lives: one that came from elsewhere is copied. */
static enum acre_status bring_home(struct acre_engine *engine, const struct acre_variable *variable,
                                   struct acre_array **gradient)
{
    struct acre_array *copy;
    enum acre_status status;

    if ((*gradient)->object.region == variable->object.region)
        return ACRE_OK;
    status =
        acre_array_like(engine, *gradient, variable->object.region, ACRE_PURPOSE_GRADIENT, &copy);
    if (status != ACRE_OK)
        return status;
    if (copy->count > 0)
        memcpy(copy->elements, (*gradient)->elements, copy->count * sizeof *copy->elements);
    acre_unref(engine, gradient);
    *gradient = copy;
    return ACRE_OK;
}

static __attribute__((cold)) enum acre_status
refuse_shape(struct acre_engine *engine, const struct acre_function *function, const char *what,
             const struct acre_array *gradient, const struct acre_array *data)
{
    char shapes[2][ACRE_SHAPE_BYTES];

    return acre_fail(engine, ACRE_SHAPE_MISMATCH, "%s: %s of %s for data of %s",
                     acre_entry_of(engine, &function->object)->op->name, what,
                     acre_shape_text(gradient, shapes[0]), acre_shape_text(data, shapes[1]));
}

/*
 * Adds to a gradient that is there already. Its array may be written into only if the variable is
 * its one holder: Add passes one array on to both of its inputs and to its output's gradient.
 */
static enum acre_status add_gradient(struct acre_engine *engine, struct acre_variable *variable,
                                     const struct acre_array *more)
{
    struct acre_array *sum;
    enum acre_status status;

    if (variable->grad->object.strong == 1) {
        engine->kernels->accumulate(variable->grad->elements, more->elements, more->count);
        return ACRE_OK;
    }
    status = acre_array_like(engine, more, variable->object.region, ACRE_PURPOSE_GRADIENT, &sum);
    if (status != ACRE_OK)
        return status;
    engine->kernels->add(sum->elements, variable->grad->elements, more->elements, more->count,
                         ACRE_SINGLE_NONE);
    set_gradient(engine, variable, sum);
    return ACRE_OK;
}

/* Takes over *gradient on success. */
static enum acre_status take_gradient(struct acre_engine *engine,
                                      const struct acre_function *function,
                                      struct acre_variable *variable, struct acre_array **gradient)
{
    enum acre_status status;

    if (!acre_same_shape(variable->data, *gradient))
        return refuse_shape(engine, function, "backward made a gradient", *gradient,
                            variable->data);
    if (variable->grad != NULL) {
        if (!acre_same_shape(variable->data, variable->grad))
            return refuse_shape(engine, function, "an input has a gradient", variable->grad,
                                variable->data);
        status = add_gradient(engine, variable, *gradient);
        if (status == ACRE_OK)
            acre_unref(engine, gradient);
        return status;
    }
    status = bring_home(engine, variable, gradient);
    if (status == ACRE_OK) {
        set_gradient(engine, variable, *gradient);
        *gradient = NULL;
    }
    return status;
}

static enum acre_status begin_with_ones(struct acre_engine *engine, struct acre_variable *variable)
{
    struct acre_array *ones;
    enum acre_status status = acre_array_like(engine, variable->data, variable->object.region,
                                              ACRE_PURPOSE_GRADIENT, &ones);

    if (status != ACRE_OK)
        return status;
    engine->kernels->fill(ones->elements, 1.0, ones->count);
    set_gradient(engine, variable, ones);
    return ACRE_OK;
}

/* Visiting ---------------------------------------------------------------------------------- */

/* *any is false when every output is dead or unused: then all gradients are zero and there is no
 * work. A gradient that somebody put there by hand may have any shape. */
static enum acre_status gather(struct acre_engine *engine, const struct acre_function *function,
                               struct acre_array **gys, bool *any)
{
    *any = false;
    for (uint32_t i = 0; i < function->output_count; i++) {
        const struct acre_variable *output = acre_function_output(engine, function, i);

        gys[i] = output != NULL ? output->grad : NULL;
        if (gys[i] == NULL)
            continue;
        if (!acre_same_shape(output->data, gys[i]))
            return refuse_shape(engine, function, "an output has a gradient", gys[i], output->data);
        *any = true;
    }
    return ACRE_OK;
}

static enum acre_status visit(struct acre_engine *engine, struct acre_function *function,
                              uint32_t generation)
{
    const struct acre_operator *op = acre_entry_of(engine, &function->object)->op;
    struct acre_array *gys[MOST_EDGES];
    struct acre_array *gxs[MOST_EDGES];
    enum acre_status status;
    bool any;

    if (op->backward == NULL)
        return acre_fail(engine, ACRE_NOT_IMPLEMENTED, "%s has no backward", op->name);
    status = gather(engine, function, gys, &any);
    if (status != ACRE_OK || !any)
        return status;
    for (uint32_t i = 0; i < function->input_count; i++)
        gxs[i] = NULL;
    status = op->backward(engine, function, gys, gxs);
    for (uint32_t i = 0; i < function->input_count; i++) {
        struct acre_variable *input = function->inputs[i];

        if (status == ACRE_OK && gxs[i] != NULL) {
            status = take_gradient(engine, function, input, &gxs[i]);
            if (status == ACRE_OK && input->creator != NULL)
                push(engine, input->creator, generation);
        }
        acre_unref(engine, &gxs[i]);
    }
    return status;
}

/* Step 18: nobody asks for them any more. */
static void drop_gradients(struct acre_engine *engine, const struct acre_function *function)
{
    for (uint32_t i = 0; i < function->output_count; i++) {
        struct acre_variable *output = acre_function_output(engine, function, i);

        if (output != NULL)
            acre_cleargrad(engine, output);
    }
}

static enum acre_status visit_all(struct acre_engine *engine, struct acre_function *head,
                                  enum acre_retain retain)
{
    struct acre_function *visited = NULL;
    enum acre_status status = ACRE_OK;

    push(engine, head, head->generation);
    /* On a failure the rest is popped without being visited, so that no mark is left behind. */
    for (uint32_t generation = head->generation + 1; generation-- > 0;) {
        struct acre_function *function;

        while ((function = pop(engine, generation)) != NULL) {
            if (status == ACRE_OK)
                status = visit(engine, function, generation);
            if (status == ACRE_OK && retain == ACRE_RETAIN_LEAVES)
                drop_gradients(engine, function);
            function->next = visited;
            visited = function;
        }
    }
    forget(visited);
    return status;
}

enum acre_status acre_backward_retaining(struct acre_engine *engine, struct acre_variable *variable,
                                         enum acre_retain retain)
{
    struct acre_variable *kept = variable;
    enum acre_status status = ACRE_OK;

    if (!acre_check_owner(engine, "acre_backward"))
        return ACRE_BAD_ARGUMENT;
    if (variable == NULL || variable->data == NULL)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "backward: the variable %s",
                         variable == NULL ? "is NULL" : "has no data");
    if (engine->is_in_backward)
        return acre_fail(engine, ACRE_BUSY, "backward: called from inside a backward pass");
    if (variable->creator != NULL && !reserve_buckets(engine, variable->creator->generation))
        return acre_fail_no_memory(engine, "the order of a backward pass");
    if (variable->grad == NULL)
        status = begin_with_ones(engine, variable);
    if (status != ACRE_OK || variable->creator == NULL)
        return status;

    acre_ref(engine, &kept->object);
    engine->is_in_backward = true;
    status = visit_all(engine, variable->creator, retain);
    engine->is_in_backward = false;
    acre_unref(engine, &kept);
    return status;
}

enum acre_status acre_backward(struct acre_engine *engine, struct acre_variable *variable)
{
    return acre_backward_retaining(engine, variable, engine->retain);
}
