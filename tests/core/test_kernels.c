/*
 * Every set of loops that this processor has gives the bits of the plain formula, whatever the
 * length and wherever the arrays begin. Which NaN an operation gives is left to the processor: any
 * NaN stands for any other. Sets that the processor lacks are left out; memcheck hides AVX-512.
 */
#include "support/mtest.h"

#include <float.h>
#include <math.h>

#include "core/kernels.h"

enum { MOST = 211, OFFSETS = 8, ROOM = MOST + OFFSETS + 1 };

static const char *const sets[] = {"avx512", "avx2", "baseline"}; /* the widest first */

static const double specials[] = {
    0.0,         -0.0,         1.0,       -1.0,        1.0 / 3,  0.1,      -2.5,
    DBL_EPSILON, DBL_MIN,      DBL_MAX,   -DBL_MAX,    INFINITY, NAN,      DBL_MIN / 2,
    -DBL_MIN,    DBL_TRUE_MIN, -INFINITY, DBL_MAX / 2, 1.5e154,  1.0e-160, 1 + DBL_EPSILON,
};
enum { SPECIALS = sizeof specials / sizeof specials[0] };

/* Behind the arrays; no kernel may touch it. */
static const double fence = 12345.0;

/* x and y run through all pairs of special values, a part of them each round. */
static _Alignas(64) double x[ROOM], y[ROOM], z[ROOM];

static void fill_inputs(size_t round, size_t offset, size_t count)
{
    for (size_t i = 0; i < ROOM; i++)
        x[i] = y[i] = z[i] = fence;
    for (size_t i = 0; i < count; i++) {
        size_t pair = round * MOST + i;

        x[offset + i] = specials[pair % SPECIALS];
        y[offset + i] = specials[pair / SPECIALS % SPECIALS];
    }
}

static bool is_same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

enum kernel { FILL, SQUARE, ADD, ADD_TO_ITSELF, ACCUMULATE, SQUARE_GRADIENT, KERNELS };

static double formula(enum kernel kernel, double a, double b)
{
    switch (kernel) {
    case FILL:
        return specials[4];
    case SQUARE:
        return a * a;
    case ADD_TO_ITSELF:
        return a + a;
    case SQUARE_GRADIENT:
        return (2 * a) * b;
    default:
        return a + b;
    }
}

/* Leaves the result in z, from `offset` on. */
static void apply(const struct acre_kernels *set, enum kernel kernel, size_t offset, size_t count)
{
    switch (kernel) {
    case FILL:
        set->fill(z + offset, specials[4], count);
        break;
    case SQUARE:
        set->square(z + offset, x + offset, count);
        break;
    case ADD:
        set->add(z + offset, x + offset, y + offset, count, ACRE_SINGLE_NONE);
        break;
    case ADD_TO_ITSELF:
        set->add(z + offset, x + offset, x + offset, count, ACRE_SINGLE_NONE);
        break;
    case ACCUMULATE:
        memcpy(z + offset, x + offset, count * sizeof *z);
        set->accumulate(z + offset, y + offset, count);
        break;
    default:
        set->square_gradient(z + offset, x + offset, y + offset, count);
        break;
    }
}

static void compare(const struct acre_kernels *set, enum kernel kernel, size_t offset, size_t count)
{
    for (size_t i = 0; i < ROOM; i++) {
        bool is_inside = i >= offset && i < offset + count;
        double wanted = is_inside ? formula(kernel, x[i], y[i]) : fence;

        if (!is_same(z[i], wanted))
            cr_assert(false, "%s, kernel %d, %zu elements from %zu on: z[%zu] is %a, not %a",
                      set->name, (int)kernel, count, offset, i, z[i], wanted);
    }
}

static void check_set(const struct acre_kernels *set)
{
    for (enum kernel kernel = FILL; kernel < KERNELS; kernel++) {
        for (size_t count = 0; count <= 67; count++)
            for (size_t offset = 0; offset < OFFSETS; offset += count % 3 + 1) {
                fill_inputs(count % 3, offset, count);
                apply(set, kernel, offset, count);
                compare(set, kernel, offset, count);
            }
        for (size_t round = 0; round * MOST < SPECIALS * SPECIALS; round++) {
            fill_inputs(round, 1, MOST);
            apply(set, kernel, 1, MOST);
            compare(set, kernel, 1, MOST);
        }
    }
}

MTest(kernels, all_sets_give_the_same_bits)
{
    const struct acre_kernels *widest = NULL;

    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        const struct acre_kernels *set = acre_kernels_by_name(sets[i]);

        if (set == NULL)
            continue;
        cr_assert_str_eq(set->name, sets[i]);
        check_set(set);
        if (widest == NULL)
            widest = set;
    }
    cr_assert_eq(acre_kernels_best(), widest);
    cr_assert_not_null(acre_kernels_by_name("baseline"));
    cr_assert_null(acre_kernels_by_name("avx1024"));
}
