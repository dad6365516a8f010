/* What tests of the tape say often. */
#ifndef ACRE_TESTS_CORE_TAPE_H
#define ACRE_TESTS_CORE_TAPE_H

#include "core/fixture.h"

static struct acre_engine *e; /* the world's */

static inline void open_tape(enum world_place place)
{
    open_in(place);
    e = world.engine;
}

static inline void assign_number(struct acre_variable **variable, double value)
{
    cr_assert_eq(acre_assign(e, variable, acre_variable_of(e, value)), ACRE_OK);
}

static inline double value_of(const struct acre_variable *variable)
{
    return variable->data->elements[0];
}

static inline double grad_of(const struct acre_variable *variable)
{
    cr_assert_not_null(variable->grad);
    return variable->grad->elements[0];
}

#endif
