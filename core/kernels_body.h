/* The loops, included once for each instruction set; KERNELS is the name of the table. No include
 * guard on purpose. */
#include "core/kernels.h"

static void fill(double *restrict y, double value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = value;
}

static void square(double *restrict y, const double *restrict x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = x[i] * x[i];
}

/* x and y may be the same array: only what is written must be apart. */
static void add(double *restrict z, const double *x, const double *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        z[i] = x[i] + y[i];
}

static void accumulate(double *restrict y, const double *restrict x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = y[i] + x[i];
}

static void square_gradient(double *restrict gx, const double *x, const double *gy, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gx[i] = 2.0 * x[i] * gy[i];
}

const struct acre_kernels KERNELS = {
    .name = KERNELS_NAME,
    .fill = fill,
    .square = square,
    .add = add,
    .accumulate = accumulate,
    .square_gradient = square_gradient,
};
