/* Applying an operator: a Function, the arrays that forward makes, a Variable over each. Without
 * the Function where nothing is recorded. */
#include "core/function.h"

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

/* Room in the logs for the references of the Function. */
INLINE bool reserve_inputs(struct acre_engine *engine, const struct use *use,
                           const struct acre_argument *arguments)
{
    for (uint32_t i = 0; i < use->input_count; i++)
        if (!acre_edge_reserve(engine, engine->current_region, &arguments[i].variable->object,
                               use->input_count))
            return false;
    return true;
}

/* The Function itself; its edges are the caller's to set. NULL: no memory. */
INLINE struct acre_function *new_function(struct acre_engine *engine, struct acre_region *region,
                                          const struct use *use, uint32_t generation)
{
    struct acre_function *function = acre_object_place(
        engine, region, use->number, acre_function_bytes(use->input_count, use->output_count),
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

/* The outputs, without data and linked to nothing yet, and the weak references to them. */
INLINE bool make_outputs(struct acre_engine *engine, struct acre_region *region,
                         const struct use *use, struct acre_function *function,
                         struct acre_temp *outputs)
{
    for (uint32_t i = 0; i < use->output_count; i++) {
        struct acre_variable *output = acre_variable_place(engine, region, NULL);

        outputs[i].variable = output;
        if (output == NULL)
            return false;
        /* While forward runs a picture may be drawn, or the like: nothing may be undefined. */
        if (engine->outputs_are_strong)
            acre_function_outputs(function)[i].strong = NULL;
        else if (!acre_weak_begin(engine, region, &output->object,
                                  &acre_function_outputs(function)[i].weak))
            return false;
    }
    return true;
}

/* Cannot fail. From here on the arguments belong to the Function. */
INLINE void link_inputs(struct acre_engine *engine, const struct use *use,
                        struct acre_function *function, const struct acre_argument *arguments)
{
    for (uint32_t i = 0; i < use->input_count; i++) {
        struct acre_variable *input = arguments[i].variable;

        function->inputs[i] = input;
        if (arguments[i].is_owned)
            acre_edge_adopt(engine, &function->object, &function->inputs[i], &input->object);
        else
            acre_edge_add(engine, &function->object, &function->inputs[i], &input->object);
    }
}

/* Takes Function and outputs back; the inputs were not linked, or are not any more. */
static __attribute__((cold)) void
undo_outputs(struct acre_engine *engine, struct acre_function *function, struct acre_temp *outputs)
{
    for (uint32_t i = 0; i < function->input_count; i++)
        function->inputs[i] = NULL;
    for (uint32_t i = 0; i < function->output_count; i++) {
        acre_function_outputs(function)[i] = (union acre_output){0};
        acre_unref(engine, &outputs[i].variable);
    }
    acre_release(engine, &function->object);
}

static __attribute__((cold)) void undo(struct acre_engine *engine, struct acre_function *function,
                                       struct acre_temp *outputs)
{
    for (uint32_t i = 0; i < function->input_count; i++)
        acre_edge_remove(engine, &function->object, &function->inputs[i],
                         &function->inputs[i]->object);
    undo_outputs(engine, function, outputs);
}

/*
 * All that can be done before forward is done before it: what differs from use to use is then known
 * to the processor by the way it came, which a loop over an array makes it forget.
 */
INLINE struct acre_function *begin(struct acre_engine *engine, const struct use *use,
                                   const struct acre_argument *arguments, struct acre_temp *outputs,
                                   enum acre_status *status)
{
    struct acre_function *function = NULL;
    struct acre_region *region;

    acre_collect_if_due(engine);
    region = acre_region_at(engine, engine->current_region);
    if (!are_usable(arguments, use->input_count) || use->op->forward == NULL) {
        *status = refuse(engine, use->op, arguments);
        return NULL;
    }
    if (reserve_inputs(engine, use, arguments))
        function =
            new_function(engine, region, use, highest_generation(arguments, use->input_count));
    if (function == NULL || !make_outputs(engine, region, use, function, outputs)) {
        *status = acre_fail_no_memory(engine, use->op->name);
        if (function != NULL)
            undo_outputs(engine, function, outputs);
        return NULL;
    }
    link_inputs(engine, use, function, arguments);
    return function;
}

INLINE enum acre_status run_forward(struct acre_engine *engine, const struct use *use,
                                    const struct acre_argument *arguments, struct acre_array **ys)
{
    struct acre_array *xs[MOST_EDGES];

    for (uint32_t i = 0; i < use->input_count; i++)
        xs[i] = arguments[i].variable->data;
    return use->op->forward(engine, xs, ys);
}

INLINE enum acre_status reserve_data(struct acre_engine *engine, const struct use *use,
                                     const struct acre_function *function, struct acre_array **ys)
{
    for (uint32_t i = 0; i < use->output_count; i++) {
        if (ys[i] == NULL)
            return acre_fail(engine, ACRE_BAD_ARGUMENT, "%s: forward made no output %u",
                             use->op->name, i);
        if (!acre_edge_reserve(engine, function->object.region, &ys[i]->object, use->output_count))
            return acre_fail_no_memory(engine, "the log of a reference that crosses a region");
    }
    return ACRE_OK;
}

/*
 * Cannot fail; takes over the arrays. Function and outputs were born in one region, so the edges
 * between them are in no log. The outputs keep the Function alive: the first takes over the
 * reference of its birth. What acre_edge_adopt would book for each edge is booked once for all of
 * them, which was worth 11 ns in an iteration of three uses.
 */
INLINE void link_outputs(struct acre_engine *engine, const struct use *use,
                         struct acre_function *function, struct acre_array **ys,
                         struct acre_temp *outputs)
{
    struct acre_region *region = acre_region_of(engine, &function->object);
    uint64_t ended_outside = 1;

    for (uint32_t i = 0; i < use->output_count; i++) {
        struct acre_variable *output = outputs[i].variable;

        output->data = ys[i];
        if (ys[i]->object.region == region->newborn.region)
            ended_outside++;
        else
            acre_edge_log(engine, &output->object, &output->data, &ys[i]->object);
        output->creator = function;
        output->generation = function->generation + 1;
        if (i > 0)
            acre_count_up(&function->object);
        if (engine->outputs_are_strong) {
            acre_function_outputs(function)[i].strong = output;
            acre_count_up(&output->object);
        }
    }
    if (acre_region_is_bulk(region))
        region->ended_outside += ended_outside;
}

static void consume(struct acre_engine *engine, const struct acre_operator *op,
                    const struct acre_argument *arguments)
{
    for (uint32_t i = 0; i < op->input_count; i++) {
        struct acre_variable *owned = arguments[i].is_owned ? arguments[i].variable : NULL;

        acre_unref(engine, &owned);
    }
}

/* What forward made is nobody's now. */
static void release_arrays(struct acre_engine *engine, const struct acre_operator *op,
                           struct acre_array **ys)
{
    for (uint32_t i = 0; i < op->output_count; i++)
        acre_unref(engine, &ys[i]);
}

INLINE enum acre_status apply(struct acre_engine *engine, const struct use *use,
                              const struct acre_argument *arguments, struct acre_temp *outputs)
{
    enum acre_status status = ACRE_OK;
    struct acre_function *function;
    struct acre_array *ys[MOST_EDGES];

    for (uint32_t i = 0; i < use->output_count; i++) {
        outputs[i].variable = NULL;
        ys[i] = NULL;
    }
    function = begin(engine, use, arguments, outputs, &status);
    if (function == NULL) {
        consume(engine, use->op, arguments);
    } else {
        status = run_forward(engine, use, arguments, ys);
        if (status == ACRE_OK)
            status = reserve_data(engine, use, function, ys);
        if (status == ACRE_OK) {
            link_outputs(engine, use, function, ys, outputs);
        } else {
            release_arrays(engine, use->op, ys);
            undo(engine, function, outputs);
        }
    }
    for (uint32_t i = 0; i < use->output_count; i++)
        outputs[i].status = status;
    return status;
}

/* Without recording --------------------------------------------------------------------------- */

struct acre_no_grad acre_no_grad_begin(struct acre_engine *engine)
{
    struct acre_no_grad scope = {engine, engine->is_unrecorded};

    engine->is_unrecorded = true;
    return scope;
}

void acre_no_grad_end(const struct acre_no_grad *scope)
{
    scope->engine->is_unrecorded = scope->was_unrecorded;
}

/* Takes over the arrays, unless it fails. */
static enum acre_status wrap_outputs(struct acre_engine *engine, const struct use *use,
                                     struct acre_array **ys, struct acre_temp *outputs)
{
    for (uint32_t i = 0; i < use->output_count; i++) {
        if (ys[i] == NULL)
            return acre_fail(engine, ACRE_BAD_ARGUMENT, "%s: forward made no output %u",
                             use->op->name, i);
        if (!acre_edge_reserve(engine, engine->current_region, &ys[i]->object, 1))
            return acre_fail_no_memory(engine, "the log of a reference that crosses a region");
        outputs[i].variable =
            acre_variable_place(engine, acre_region_at(engine, engine->current_region), ys[i]);
        if (outputs[i].variable == NULL)
            return acre_fail_no_memory(engine, use->op->name);
        acre_edge_adopt(engine, &outputs[i].variable->object, &outputs[i].variable->data,
                        &ys[i]->object);
        ys[i] = NULL;
    }
    return ACRE_OK;
}

static __attribute__((noinline)) enum acre_status
apply_unrecorded(struct acre_engine *engine, const struct use *use,
                 const struct acre_argument *arguments, struct acre_temp *outputs)
{
    struct acre_array *ys[MOST_EDGES];
    enum acre_status status = ACRE_OK;

    for (uint32_t i = 0; i < use->output_count; i++) {
        outputs[i].variable = NULL;
        ys[i] = NULL;
    }
    acre_collect_if_due(engine);
    if (!are_usable(arguments, use->input_count) || use->op->forward == NULL)
        status = refuse(engine, use->op, arguments);
    if (status == ACRE_OK)
        status = run_forward(engine, use, arguments, ys);
    if (status == ACRE_OK)
        status = wrap_outputs(engine, use, ys, outputs);
    for (uint32_t i = 0; i < use->output_count; i++) {
        if (status != ACRE_OK)
            acre_unref(engine, &outputs[i].variable);
        outputs[i].status = status;
    }
    release_arrays(engine, use->op, ys);
    consume(engine, use->op, arguments);
    return status;
}

enum acre_status acre_apply(struct acre_engine *engine, uint32_t number,
                            const struct acre_argument *arguments, struct acre_temp *outputs)
{
    const struct acre_type_entry *entries = engine->types.rows;
    const struct acre_operator *op = number < engine->types.count ? entries[number].op : NULL;

    if (op == NULL)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "number %u is not an operator", number);
    if (!acre_check_owner(engine, "acre_apply")) {
        for (uint32_t i = 0; i < op->output_count; i++)
            outputs[i] = (struct acre_temp){NULL, ACRE_BAD_ARGUMENT};
        return ACRE_BAD_ARGUMENT;
    }
    if (engine->is_unrecorded)
        return apply_unrecorded(engine,
                                &(struct use){op, number, op->input_count, op->output_count},
                                arguments, outputs);
    if (op->input_count == 1 && op->output_count == 1)
        return apply(engine, &(struct use){op, number, 1, 1}, arguments, outputs);
    if (op->input_count == 2 && op->output_count == 1)
        return apply(engine, &(struct use){op, number, 2, 1}, arguments, outputs);
    return apply(engine, &(struct use){op, number, op->input_count, op->output_count}, arguments,
                 outputs);
}
