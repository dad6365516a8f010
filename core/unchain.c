/*
 * Cutting a graph: behind one variable, or behind all that a backward pass would reach.
 *
 *      y ──> f ──> a ──> g ──> x             unchain(y): f, a and g die if nobody holds them
 *                  └──╳──┘                   unchain_backward(y): y and f stay, a becomes a leaf
 *
 * The Functions to be looked at wait in a stack through their own headers (`next`, which a backward
 * pass uses as well, hence ACRE_BUSY in one), held by a reference each. What dies meanwhile waits
 * for the end, as in a death: no destructor and no watch sees a half-cut graph.
 */
#include "core/function.h"

static enum acre_status refuse(struct acre_engine *engine, const char *what,
                               const struct acre_variable *variable)
{
    if (!acre_check_owner(engine, "acre_unchain"))
        return ACRE_BAD_ARGUMENT;
    if (variable == NULL)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "%s: the variable is NULL", what);
    if (engine->is_in_backward)
        return acre_fail(engine, ACRE_BUSY, "%s: called from inside a backward pass", what);
    return ACRE_OK;
}

/* The variable becomes a leaf. Without a target to log acre_slot_set cannot fail. */
static void cut(struct acre_engine *engine, struct acre_variable *variable)
{
    variable->generation = 0;
    acre_slot_set(engine, &variable->object, &variable->creator, NULL);
}

static void push(struct acre_engine *engine, struct acre_function **top,
                 struct acre_function *function)
{
    if (function->is_queued)
        return;
    acre_ref(engine, &function->object);
    function->is_queued = true;
    function->next = *top;
    *top = function;
}

static void cut_all_behind(struct acre_engine *engine, struct acre_function *head)
{
    struct acre_function *top = NULL;

    push(engine, &top, head);
    while (top != NULL) {
        struct acre_function *function = top;

        top = function->next;
        function->next = NULL;
        function->is_queued = false;
        for (uint32_t i = 0; i < function->input_count; i++) {
            struct acre_variable *input = function->inputs[i];

            if (input->creator == NULL)
                continue;
            push(engine, &top, input->creator);
            cut(engine, input);
        }
        acre_unref(engine, &function);
    }
}

enum acre_status acre_unchain(struct acre_engine *engine, struct acre_variable *variable)
{
    enum acre_status status = refuse(engine, "unchain", variable);

    if (status == ACRE_OK)
        cut(engine, variable);
    return status;
}

enum acre_status acre_unchain_backward(struct acre_engine *engine, struct acre_variable *variable)
{
    enum acre_status status = refuse(engine, "unchain_backward", variable);
    bool was_draining = engine->is_draining;

    if (status != ACRE_OK || variable->creator == NULL)
        return status;
    engine->is_draining = true;
    cut_all_behind(engine, variable->creator);
    engine->is_draining = was_draining;
    if (!was_draining)
        acre_drain(engine);
    return ACRE_OK;
}
