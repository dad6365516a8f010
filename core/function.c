/* The objects that link the inputs of an operator to its outputs. */
#include "core/function.h"

static size_t function_size_of(const struct acre_object *object)
{
    const struct acre_function *function = (const struct acre_function *)object;

    return acre_function_bytes(function->input_count, function->output_count);
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

static void function_traverse_weak(struct acre_engine *engine, struct acre_object *object,
                                   acre_visit_weak *visit, void *context)
{
    struct acre_function *function = (struct acre_function *)object;
    const union acre_output *outputs = acre_function_outputs(function);

    for (uint32_t i = 0; !function->outputs_are_strong && i < function->output_count; i++)
        visit(engine, object, outputs[i].weak, &outputs[i].weak, context);
}

/* A copy is in no backward pass. */
static enum acre_status function_copied(struct acre_engine *engine,
                                        const struct acre_object *original,
                                        struct acre_object *copy)
{
    struct acre_function *function = (struct acre_function *)copy;

    (void)engine;
    (void)original;
    function->is_queued = false;
    function->next = NULL;
    return ACRE_OK;
}

static const char *function_slot_name(const struct acre_object *object, const void *slot)
{
    const struct acre_function *function = (const struct acre_function *)object;

    return (uintptr_t)slot < (uintptr_t)acre_function_outputs(function) ? "inputs" : "outputs";
}

const struct acre_type acre_function_type = {
    .name = "Function",
    .size_bytes = sizeof(struct acre_function),
    .purpose = ACRE_PURPOSE_FUNCTION,
    .traverse = function_traverse,
    .traverse_weak = function_traverse_weak,
    .slot_name = function_slot_name,
    .size_of = function_size_of,
    .copy_owned = function_copied,
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
