/* The operator of sin.c in use: y = sin(x) ** 2 and its gradient, sin(2 * x). */
#include <stdio.h>

#include "alloc/backends.h"
#include "core/variable.h"

extern const struct acre_operator sin_operator;

/* So that it nests as the engine's own do. */
static struct acre_temp sin_of(struct acre_engine *engine, uint32_t number, struct acre_argument x)
{
    struct acre_temp y = {NULL, ACRE_BAD_ARGUMENT};

    acre_apply(engine, number, &x, &y);
    return y;
}

int main(void)
{
    const double values[] = {0, 0.5, 1};
    struct acre_alloc *alloc = acre_malloc_new();
    struct acre_engine *e = NULL;
    struct acre_variable *x = NULL;
    struct acre_variable *y = NULL;
    uint32_t number = 0;
    enum acre_status status = acre_engine_new(&e, alloc, NULL);

    if (status == ACRE_OK)
        status = acre_operator_register(e, &sin_operator, &number);
    if (status == ACRE_OK)
        status = acre_assign(e, &x, acre_variable_from(e, values, 3));
    if (status == ACRE_OK)
        status = acre_assign(e, &y, acre_square(e, sin_of(e, number, ACRE_ARGUMENT(e, x))));
    if (status == ACRE_OK)
        status = acre_backward(e, y);
    for (size_t i = 0; status == ACRE_OK && i < 3; i++)
        printf("x %.1f  y %.6f  gradient %.6f\n", values[i], y->data->elements[i],
               x->grad->elements[i]);
    acre_unref(e, &x);
    acre_unref(e, &y);
    status = acre_engine_destroy(e) == 0 ? status : ACRE_HELD;
    acre_destroy(alloc);
    return status == ACRE_OK ? 0 : 1;
}
