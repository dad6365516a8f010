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

static void negate(double *restrict y, const double *restrict x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = -x[i];
}

static void accumulate(double *restrict y, const double *restrict x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = y[i] + x[i];
}

/* One loop for each value of `single`. x and y may be the same array: only what is written must be
 * apart. `result` is made of z[i], a and b. */
#define BINARY_KERNEL(name, result)                                                                \
    static void name(double *restrict z, const double *x, const double *y, size_t count,           \
                     enum acre_single single)                                                      \
    {                                                                                              \
        if (single == ACRE_SINGLE_NONE) {                                                          \
            for (size_t i = 0; i < count; i++) {                                                   \
                const double a = x[i], b = y[i];                                                   \
                z[i] = result;                                                                     \
            }                                                                                      \
        } else if (single == ACRE_SINGLE_X) {                                                      \
            const double a = x[0];                                                                 \
            for (size_t i = 0; i < count; i++) {                                                   \
                const double b = y[i];                                                             \
                z[i] = result;                                                                     \
            }                                                                                      \
        } else {                                                                                   \
            const double b = y[0];                                                                 \
            for (size_t i = 0; i < count; i++) {                                                   \
                const double a = x[i];                                                             \
                z[i] = result;                                                                     \
            }                                                                                      \
        }                                                                                          \
    }

BINARY_KERNEL(add, a + b)
BINARY_KERNEL(subtract, a - b)
BINARY_KERNEL(multiply, a *b)
BINARY_KERNEL(divide, a / b)
BINARY_KERNEL(divisor_gradient, z[i] * (-a / (b * b)))

static void square_gradient(double *restrict gx, const double *x, const double *gy, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gx[i] = 2.0 * x[i] * gy[i];
}

static void tanh_gradient(double *restrict gx, const double *y, const double *gy, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gx[i] = gy[i] * (1.0 - y[i] * y[i]);
}

enum { LANES = 8, BLOCK = 128, DEEPEST = 64 };

/* At most BLOCK elements. */
static double sum_block(const double *x, size_t count)
{
    double lanes[LANES];
    double total = 0;
    size_t i = 0;

    if (count >= LANES) {
        for (size_t lane = 0; lane < LANES; lane++)
            lanes[lane] = x[lane];
        for (i = LANES; i + LANES <= count; i += LANES)
            for (size_t lane = 0; lane < LANES; lane++)
                lanes[lane] += x[i + lane];
        total = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
                ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }
    for (; i < count; i++)
        total += x[i];
    return total;
}

/*
 * The halves that wait for the sum of the one before them are in `right`: as many as a size_t can
 * be halved.
 */
static double sum(const double *x, size_t count)
{
    struct {
        double left;
        size_t right; /* 0: being summed up; left is the other half's */
    } halves[DEEPEST];
    size_t depth = 0;
    double total;

    for (;;) {
        while (count > BLOCK) {
            size_t left = count / 2 / LANES * LANES;

            halves[depth++].right = count - left;
            count = left;
        }
        total = sum_block(x, count);
        x += count;
        while (depth > 0 && halves[depth - 1].right == 0)
            total = halves[--depth].left + total;
        if (depth == 0)
            return 0.0 + total; /* no sum is -0 */
        count = halves[depth - 1].right;
        halves[depth - 1].left = total;
        halves[depth - 1].right = 0;
    }
}

static void add_row(double *restrict y, const double *x, const double *row, size_t rows,
                    size_t columns)
{
    for (size_t i = 0; i < rows; i++, x += columns, y += columns)
        for (size_t j = 0; j < columns; j++)
            y[j] = x[j] + row[j];
}

static void sum_rows(double *restrict y, const double *x, size_t rows, size_t columns)
{
    if (columns == 1) {
        y[0] = sum(x, rows);
        return;
    }
    fill(y, 0.0, columns);
    for (size_t i = 0; i < rows; i++, x += columns)
        accumulate(y, x, columns);
}

const struct acre_kernels KERNELS = {
    .name = KERNELS_NAME,
    .fill = fill,
    .square = square,
    .negate = negate,
    .accumulate = accumulate,
    .add = add,
    .subtract = subtract,
    .multiply = multiply,
    .divide = divide,
    .square_gradient = square_gradient,
    .tanh_gradient = tanh_gradient,
    .divisor_gradient = divisor_gradient,
    .sum = sum,
    .add_row = add_row,
    .sum_rows = sum_rows,
};
