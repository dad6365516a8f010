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

/* Off the path of every operator, so that the path stays short. */
static __attribute__((cold)) enum acre_status refuse(struct acre_engine *engine,
                                                     const struct acre_operator *op,
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
    return acre_fail(engine, ACRE_NOT_IMPLEMENTED, "%s has no forward", op->name);
}

/*
 * An operator in use. The counts are given beside the operator, since acre_apply gives constants
 * for the common ones: then the compiler has no loops to run, and what follows is inline for that.
 */
struct use {
    const struct acre_operator *op;
    uint32_t number;
    uint32_t input_count, output_count;
};

#define INLINE static inline __attribute__((always_inline))

INLINE bool are_usable(const struct acre_argument *arguments, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (arguments[i].status != ACRE_OK || arguments[i].variable == NULL ||
            arguments[i].variable->data == NULL)
            return false;
    return true;
}

INLINE uint32_t highest_generation(const struct acre_argument *arguments, uint32_t count)
{
    uint32_t highest = 0;

    for (uint32_t i = 0; i < count; i++)
        if (arguments[i].variable->generation > highest)
            highest = arguments[i].variable->generation;
    return highest;
}

INLINE enum acre_status run_forward(struct acre_engine *engine, const struct use *use,
                                    const struct acre_argument *arguments, struct acre_array **ys)
{
    struct acre_array *xs[MOST_EDGES];

    for (uint32_t i = 0; i < use->input_count; i++)
        xs[i] = arguments[i].variable->data;
    return use->op->forward(engine, xs, ys);
}

/* Room in the logs for everything that the Function and its outputs will refer to. */
INLINE bool reserve_edges(struct acre_engine *engine, const struct use *use,
                          const struct acre_argument *arguments, struct acre_array **ys)
{
    uint32_t most = use->input_count + use->output_count;

    for (uint32_t i = 0; i < use->input_count; i++)
        if (!acre_edge_reserve(engine, engine->current_region, &arguments[i].variable->object,
                               most))
            return false;
    for (uint32_t i = 0; i < use->output_count; i++)
        if (!acre_edge_reserve(engine, engine->current_region, &ys[i]->object, most))
            return false;
    return true;
}

/* The Function itself; its edges are the caller's to set. NULL: no memory. */
INLINE struct acre_function *new_function(struct acre_engine *engine, struct acre_region *region,
                                          const struct use *use, uint32_t generation)
{
    struct acre_function *function = acre_object_place(
        region, use->number, size_of_function(use->input_count, use->output_count),
        ACRE_PURPOSE_FUNCTION);

    if (function == NULL)
        return NULL;
    function->generation = generation;
    function->input_count = (uint8_t)use->input_count;
    function->output_count = (uint8_t)use->output_count;
    function->is_queued = false;
    function->outputs_are_strong = engine->outputs_are_strong;
    function->next = NULL;
    return function;
}

/* The outputs, not linked to anything yet, and the weak references to them. */
INLINE bool make_outputs(struct acre_engine *engine, struct acre_region *region,
                         const struct use *use, struct acre_array **ys, struct acre_temp *outputs,
                         union acre_output *references)
{
    for (uint32_t i = 0; i < use->output_count; i++) {
        struct acre_variable *output = acre_variable_place(region, ys[i]);

        outputs[i].variable = output;
        if (output == NULL ||
            (!engine->outputs_are_strong &&
             !acre_weak_begin(engine, region, &output->object, &references[i].weak)))
            return false;
    }
    return true;
}

/*
 * The last steps, which cannot fail. Each makes edges out of references that C code held, and
 * answers how many of them stay inside the region.
 *
 * Function and outputs were born in one region, so the edges between them are in no log. The
 * outputs keep the Function alive: the first takes over the reference of its birth.
 */
INLINE uint32_t link_outputs(struct acre_engine *engine, const struct acre_region *region,
                             const struct use *use, struct acre_function *function,
                             struct acre_array **ys, struct acre_temp *outputs,
                             union acre_output *references)
{
    uint32_t inside = 1;

    for (uint32_t i = 0; i < use->output_count; i++) {
        struct acre_variable *output = outputs[i].variable;

        if (ys[i]->object.region == region->newborn.region)
            inside++;
        else
            acre_edge_log(engine, &output->object, &output->data, &ys[i]->object);
        output->creator = function;
        output->generation = function->generation + 1;
        if (i > 0)
            acre_count_up(&function->object);
        if (engine->outputs_are_strong) {
            references[i].strong = output;
            acre_count_up(&output->object);
        }
        outputs[i].status = ACRE_OK;
    }
    return inside;
}

INLINE uint32_t link_inputs(struct acre_engine *engine, const struct acre_region *region,
                            const struct use *use, struct acre_function *function,
                            const struct acre_argument *arguments)
{
    uint32_t inside = 0;

    for (uint32_t i = 0; i < use->input_count; i++) {
        struct acre_variable *input = arguments[i].variable;
        bool is_inside = input->object.region == region->newborn.region;

        function->inputs[i] = input;
        if (!arguments[i].is_owned) {
            acre_count_up(&input->object);
            if (!is_inside)
                acre_outside_begins(engine, &input->object);
        } else if (is_inside) {
            inside++;
        }
        if (!is_inside)
            acre_edge_log(engine, &function->object, &function->inputs[i], &input->object);
    }
    return inside;
}

/* The arrays stay the caller's: an output that was never linked has none. */
static __attribute__((cold)) void abandon(struct acre_engine *engine, const struct use *use,
                                          struct acre_function *function, struct acre_temp *outputs)
{
    for (uint32_t i = 0; i < use->output_count; i++) {
        if (outputs[i].variable != NULL)
            outputs[i].variable->data = NULL;
        acre_unref(engine, &outputs[i].variable);
        acre_function_outputs(function)[i] = (union acre_output){0};
    }
    for (uint32_t i = 0; i < use->input_count; i++)
        function->inputs[i] = NULL;
    acre_release(engine, &function->object);
}

/* Takes over `ys` when it succeeds. */
INLINE enum acre_status build(struct acre_engine *engine, const struct use *use,
                              const struct acre_argument *arguments, struct acre_array **ys,
                              struct acre_temp *outputs)
{
    struct acre_region *region = acre_region_at(engine, engine->current_region);
    struct acre_function *function;
    union acre_output *references;
    uint32_t inside;

    if (!reserve_edges(engine, use, arguments, ys))
        return acre_fail_no_memory(engine, "the log of a reference that crosses a region");
    function = new_function(engine, region, use, highest_generation(arguments, use->input_count));
    if (function == NULL)
        return acre_fail_no_memory(engine, use->op->name);
    references = (union acre_output *)(function->inputs + use->input_count);
    if (!make_outputs(engine, region, use, ys, outputs, references)) {
        abandon(engine, use, function, outputs);
        return acre_fail_no_memory(engine, "an output");
    }
    inside = link_outputs(engine, region, use, function, ys, outputs, references);
    inside += link_inputs(engine, region, use, function, arguments);
    if (region->is_bulk)
        region->ended_outside += inside;
    return ACRE_OK;
}

/* Nothing of a failed use is left, and the owned arguments are consumed. */
static __attribute__((cold)) void give_up(struct acre_engine *engine,
                                          const struct acre_operator *op,
                                          const struct acre_argument *arguments,
                                          struct acre_array **ys, struct acre_temp *outputs,
                                          enum acre_status status)
{
    for (uint32_t i = 0; i < op->output_count; i++) {
        acre_unref(engine, &ys[i]);
        outputs[i].status = status;
    }
    for (uint32_t i = 0; i < op->input_count; i++) {
        struct acre_variable *owned = arguments[i].is_owned ? arguments[i].variable : NULL;

        acre_unref(engine, &owned);
    }
}

INLINE enum acre_status apply(struct acre_engine *engine, const struct use *use,
                              const struct acre_argument *arguments, struct acre_temp *outputs)
{
    struct acre_array *ys[MOST_EDGES];
    enum acre_status status;

    for (uint32_t i = 0; i < use->output_count; i++) {
        outputs[i].variable = NULL;
        ys[i] = NULL;
    }
    if (!are_usable(arguments, use->input_count) || use->op->forward == NULL)
        status = refuse(engine, use->op, arguments);
    else
        status = run_forward(engine, use, arguments, ys);
    if (status == ACRE_OK)
        status = build(engine, use, arguments, ys, outputs);
    if (status != ACRE_OK)
        give_up(engine, use->op, arguments, ys, outputs, status);
    return status;
}

enum acre_status acre_apply(struct acre_engine *engine, uint32_t number,
                            const struct acre_argument *arguments, struct acre_temp *outputs)
{
    const struct acre_type_entry *entries = engine->types.rows;
    const struct acre_operator *op = number < engine->types.count ? entries[number].op : NULL;

    if (op == NULL)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "number %u is not an operator", number);
    if (op->input_count == 1 && op->output_count == 1)
        return apply(engine, &(struct use){op, number, 1, 1}, arguments, outputs);
    if (op->input_count == 2 && op->output_count == 1)
        return apply(engine, &(struct use){op, number, 2, 1}, arguments, outputs);
    return apply(engine, &(struct use){op, number, op->input_count, op->output_count}, arguments,
                 outputs);
}
