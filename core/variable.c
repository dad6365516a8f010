/* Variables: making them, and holding them in C variables. */
#include <stddef.h>

#include "core/function.h"

static const struct acre_slot variable_slots[] = {
    {"data", offsetof(struct acre_variable, data)},
    {"grad", offsetof(struct acre_variable, grad)},
    {"creator", offsetof(struct acre_variable, creator)},
};

const struct acre_type acre_variable_type = {
    .name = "Variable",
    .size_bytes = sizeof(struct acre_variable),
    .purpose = ACRE_PURPOSE_VARIABLE,
    .slots = variable_slots,
    .slot_count = sizeof variable_slots / sizeof variable_slots[0],
};

static struct acre_temp failed(enum acre_status status)
{
    return (struct acre_temp){NULL, status};
}

/* A Variable in the current region with room for the log of its reference to `data`. */
static struct acre_temp place(struct acre_engine *engine, struct acre_array *data)
{
    struct acre_variable *variable = NULL;
    struct acre_region *region;

    if (!acre_check_owner(engine, "acre_variable_new"))
        return failed(ACRE_BAD_ARGUMENT);
    acre_collect_if_due(engine);
    region = acre_region_at(engine, engine->current_region);
    if (acre_edge_reserve(engine, engine->current_region, &data->object, 1))
        variable = acre_variable_place(engine, region, data);
    if (variable == NULL)
        return failed(acre_fail_no_memory(engine, "a Variable"));
    return (struct acre_temp){variable, ACRE_OK};
}

struct acre_temp acre_variable_new(struct acre_engine *engine, struct acre_object *data)
{
    struct acre_array *array = acre_to_array(engine, data);
    struct acre_temp made;

    if (data == NULL)
        return failed(acre_fail(engine, ACRE_NOT_AN_ARRAY, "Variable: data is NULL"));
    if (array == NULL)
        return failed(acre_fail(engine, ACRE_NOT_AN_ARRAY, "Variable: data is a %s, not an array",
                                acre_type_of(engine, data)->name));
    made = place(engine, array);
    if (made.status == ACRE_OK)
        acre_edge_add(engine, &made.variable->object, &made.variable->data, &array->object);
    return made;
}

struct acre_temp acre_variable_taking(struct acre_engine *engine, enum acre_status status,
                                      struct acre_array *data)
{
    struct acre_temp made;

    if (status != ACRE_OK)
        return failed(status);
    made = place(engine, data);
    if (made.variable != NULL)
        acre_edge_adopt(engine, &made.variable->object, &made.variable->data, &data->object);
    else
        acre_unref(engine, &data);
    return made;
}

struct acre_temp acre_variable_from(struct acre_engine *engine, const double *values, size_t count)
{
    struct acre_array *data;
    enum acre_status made = acre_array_from(engine, values, count, &data);

    return acre_variable_taking(engine, made, data);
}

struct acre_temp acre_variable_from_2d(struct acre_engine *engine, const double *values,
                                       size_t rows, size_t columns)
{
    struct acre_array *data;
    enum acre_status made = acre_array_from_2d(engine, values, rows, columns, &data);

    return acre_variable_taking(engine, made, data);
}

struct acre_temp acre_variable_of(struct acre_engine *engine, double value)
{
    struct acre_array *data;
    enum acre_status made = acre_as_array(engine, value, &data);

    return acre_variable_taking(engine, made, data);
}

struct acre_argument acre_number_argument(struct acre_engine *engine, double value)
{
    return acre_owned_argument(acre_variable_of(engine, value));
}

enum acre_status acre_assign_as(struct acre_engine *engine, struct acre_variable **variable,
                                struct acre_temp temp, const char *name)
{
    struct acre_variable *old;

    if (temp.status != ACRE_OK)
        return temp.status;
    if (!acre_check_owner(engine, "acre_assign_as"))
        return ACRE_BAD_ARGUMENT;
    if (!acre_holder_reserve(engine, &temp.variable->object, 1)) {
        enum acre_status status = acre_fail_to_hold(engine, &temp.variable->object);

        acre_unref(engine, &temp.variable);
        return status;
    }
    old = *variable;
    if (old != NULL)
        acre_holder_remove(engine, &old->object, &old->object, variable);
    acre_holder_add(
        engine, &temp.variable->object,
        (struct acre_holder){variable, &temp.variable->object, name + (name[0] == '&')});
    *variable = temp.variable;
    if (old != NULL)
        acre_release(engine, &old->object);
    return ACRE_OK;
}

enum acre_status acre_set_creator(struct acre_engine *engine, struct acre_variable *variable,
                                  struct acre_function *function)
{
    enum acre_status status;

    if (engine->is_in_backward)
        return acre_fail(engine, ACRE_BUSY, "set_creator: called from inside a backward pass");
    status = acre_slot_set(engine, &variable->object, &variable->creator, &function->object);
    if (status == ACRE_OK)
        variable->generation = function->generation + 1;
    return status;
}

void acre_cleargrad(struct acre_engine *engine, struct acre_variable *variable)
{
    struct acre_array *grad = variable->grad;

    if (!acre_check_owner(engine, "acre_cleargrad"))
        return;
    variable->grad = NULL;
    if (grad != NULL)
        acre_edge_remove(engine, &variable->object, &variable->grad, &grad->object);
}
