/* Functions: the use of an operator, which links its inputs to its outputs. */
#include "core/internal.h"

static size_t size_of_function(uint32_t input_count, uint32_t output_count)
{
    return sizeof(struct acre_function) + input_count * sizeof(struct acre_variable *) +
           output_count * sizeof(union acre_output);
}

static size_t function_size_of(const struct acre_object *object)
{
    const struct acre_function *function = (const struct acre_function *)object;

    return size_of_function(function->input_count, function->output_count);
}

static void function_traverse(struct acre_engine *engine, struct acre_object *object,
                              acre_visit *visit, void *context)
{
    struct acre_function *function = (struct acre_function *)object;
    union acre_output *outputs = acre_function_outputs(function);

    for (uint32_t i = 0; i < function->input_count; i++)
        if (function->inputs[i] != NULL)
            visit(engine, object, &function->inputs[i]->object, &function->inputs[i], context);
    for (uint32_t i = 0; function->outputs_are_strong && i < function->output_count; i++)
        if (outputs[i].strong != NULL)
            visit(engine, object, &outputs[i].strong->object, &outputs[i].strong, context);
}

const struct acre_type acre_function_type = {
    .name = "Function",
    .size_bytes = sizeof(struct acre_function),
    .purpose = ACRE_PURPOSE_FUNCTION,
    .traverse = function_traverse,
    .size_of = function_size_of,
};

_Static_assert(sizeof(struct acre_function) + 2 * sizeof(struct acre_variable *) +
                       sizeof(union acre_output) <=
                   64,
               "a Function with two inputs and one output is at most 64 bytes");

struct acre_variable *acre_function_output(const struct acre_engine *engine,
                                           const struct acre_function *function, uint32_t index)
{
    const union acre_output *output = &acre_function_outputs(function)[index];

    if (index >= function->output_count)
        return NULL;
    return function->outputs_are_strong
               ? output->strong
               : (struct acre_variable *)acre_weak_peek(engine, output->weak);
}

/* Applying an operator ---------------------------------------------------------------------- */

enum { MOST_EDGES = UINT8_MAX };

static enum acre_status check_arguments(struct acre_engine *engine, const struct acre_operator *op,
                                        const struct acre_argument *arguments)
{
    for (uint32_t i = 0; i < op->input_count; i++)
        if (arguments[i].status != ACRE_OK)
            return arguments[i].status; /* the inner call has said why */
    for (uint32_t i = 0; i < op->input_count; i++) {
        if (arguments[i].variable == NULL)
            return acre_fail(engine, ACRE_BAD_ARGUMENT, "%s: argument %u is NULL", op->name, i);
        if (arguments[i].variable->data == NULL)
            return acre_fail(engine, ACRE_BAD_ARGUMENT, "%s: argument %u has no data", op->name, i);
    }
    if (op->forward == NULL)
        return acre_fail(engine, ACRE_NOT_IMPLEMENTED, "%s has no forward", op->name);
    return ACRE_OK;
}

static bool reserve_inputs(struct acre_engine *engine, const struct acre_operator *op,
                           const struct acre_argument *arguments)
{
    for (uint32_t i = 0; i < op->input_count; i++)
        if (!acre_edge_reserve(engine, engine->current_region, &arguments[i].variable->object,
                               op->input_count))
            return false;
    return true;
}

static enum acre_status run_forward(struct acre_engine *engine, const struct acre_operator *op,
                                    const struct acre_argument *arguments, struct acre_array **ys)
{
    struct acre_array *xs[MOST_EDGES];

    for (uint32_t i = 0; i < op->input_count; i++)
        xs[i] = arguments[i].variable->data;
    for (uint32_t i = 0; i < op->output_count; i++)
        ys[i] = NULL;
    return op->forward(engine, xs, ys);
}

/* The Function itself, not linked to anything yet; owned by the caller. NULL: no memory. */
static struct acre_function *new_function(struct acre_engine *engine, uint32_t number,
                                          const struct acre_operator *op)
{
    struct acre_function *function = acre_object_place(
        engine, engine->current_region, number, size_of_function(op->input_count, op->output_count),
        ACRE_PURPOSE_FUNCTION);

    if (function == NULL)
        return NULL;
    function->generation = 0;
    function->input_count = (uint8_t)op->input_count;
    function->output_count = (uint8_t)op->output_count;
    function->is_queued = false;
    function->outputs_are_strong = engine->outputs_are_strong;
    function->next = NULL;
    for (uint32_t i = 0; i < op->input_count; i++)
        function->inputs[i] = NULL;
    for (uint32_t i = 0; i < op->output_count; i++)
        acre_function_outputs(function)[i] = (union acre_output){0};
    return function;
}

/* Variable and Function were made in one region: no log is needed for the references between. */
static enum acre_status link_output(struct acre_engine *engine, struct acre_function *function,
                                    uint32_t index, struct acre_variable *output)
{
    union acre_output *reference = &acre_function_outputs(function)[index];
    enum acre_status status = ACRE_OK;

    if (function->outputs_are_strong) {
        reference->strong = output;
        acre_edge_add(engine, &function->object, &reference->strong, &output->object);
    } else {
        status = acre_weak_of(engine, &output->object, &reference->weak);
    }
    if (status != ACRE_OK)
        return status;
    output->creator = function;
    output->generation = function->generation + 1;
    acre_edge_add(engine, &output->object, &output->creator, &function->object);
    return ACRE_OK;
}

static enum acre_status make_outputs(struct acre_engine *engine, struct acre_function *function,
                                     struct acre_array **ys, struct acre_temp *outputs)
{
    for (uint32_t i = 0; i < function->output_count; i++) {
        enum acre_status status = acre_variable_over(engine, ys[i], &outputs[i].variable);

        if (status != ACRE_OK)
            return status;
        ys[i] = NULL;
        outputs[i].status = ACRE_OK;
        status = link_output(engine, function, i, outputs[i].variable);
        if (status != ACRE_OK)
            return status;
    }
    return ACRE_OK;
}

/* Undoes what make_outputs did: with strong outputs the two would hold each other for ever. */
static void unmake_outputs(struct acre_engine *engine, struct acre_function *function,
                           struct acre_temp *outputs)
{
    for (uint32_t i = 0; i < function->output_count; i++) {
        union acre_output *reference = &acre_function_outputs(function)[i];
        struct acre_variable *output = reference->strong;

        if (function->outputs_are_strong && output != NULL) {
            reference->strong = NULL;
            acre_edge_remove(engine, &function->object, &reference->strong, &output->object);
        }
        acre_unref(engine, &outputs[i].variable);
    }
}

/* The last step, which cannot fail: from here on the arguments belong to the Function. */
static void link_inputs(struct acre_engine *engine, struct acre_function *function,
                        const struct acre_argument *arguments)
{
    for (uint32_t i = 0; i < function->input_count; i++) {
        struct acre_variable *input = arguments[i].variable;

        function->inputs[i] = input;
        if (arguments[i].is_owned)
            acre_edge_adopt(engine, &function->object, &function->inputs[i], &input->object);
        else
            acre_edge_add(engine, &function->object, &function->inputs[i], &input->object);
    }
}

/* The Function is kept alive by its outputs: the caller's own reference to it ends here. */
static enum acre_status build(struct acre_engine *engine, uint32_t number,
                              const struct acre_operator *op, const struct acre_argument *arguments,
                              struct acre_array **ys, struct acre_temp *outputs)
{
    struct acre_function *function = new_function(engine, number, op);
    enum acre_status status;

    if (function == NULL)
        return acre_fail_no_memory(engine, op->name);
    for (uint32_t i = 0; i < op->input_count; i++)
        if (arguments[i].variable->generation > function->generation)
            function->generation = arguments[i].variable->generation;
    status = make_outputs(engine, function, ys, outputs);
    if (status == ACRE_OK && !reserve_inputs(engine, op, arguments))
        status = acre_fail_no_memory(engine, "the log of a reference that crosses a region");
    if (status == ACRE_OK)
        link_inputs(engine, function, arguments);
    else
        unmake_outputs(engine, function, outputs);
    acre_release(engine, &function->object);
    return status;
}

static void release_owned(struct acre_engine *engine, const struct acre_operator *op,
                          const struct acre_argument *arguments)
{
    for (uint32_t i = 0; i < op->input_count; i++) {
        struct acre_variable *owned = arguments[i].is_owned ? arguments[i].variable : NULL;

        acre_unref(engine, &owned);
    }
}

enum acre_status acre_apply(struct acre_engine *engine, uint32_t number,
                            const struct acre_argument *arguments, struct acre_temp *outputs)
{
    const struct acre_type_entry *entries = engine->types.rows;
    const struct acre_operator *op = number < engine->types.count ? entries[number].op : NULL;
    struct acre_array *ys[MOST_EDGES];
    enum acre_status status;

    if (op == NULL)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "number %u is not an operator", number);
    for (uint32_t i = 0; i < op->output_count; i++)
        outputs[i].variable = NULL;

    status = check_arguments(engine, op, arguments);
    if (status == ACRE_OK) {
        status = run_forward(engine, op, arguments, ys);
        if (status == ACRE_OK)
            status = build(engine, number, op, arguments, ys, outputs);
        for (uint32_t i = 0; status != ACRE_OK && i < op->output_count; i++)
            acre_unref(engine, &ys[i]);
    }
    if (status != ACRE_OK) {
        for (uint32_t i = 0; i < op->output_count; i++)
            outputs[i].status = status;
        release_owned(engine, op, arguments);
    }
    return status;
}
