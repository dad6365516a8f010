/*
 * Every set of loops that this processor has gives the bits of the plain formula, whatever the
 * length and wherever the arrays begin. Which NaN an operation gives is left to the processor: any
 * NaN stands for any other. Sets that the processor lacks are left out; memcheck hides AVX-512.
 */
#include "support/mtest.h"

#include <float.h>
#include <math.h>
#include <stdint.h>

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

enum kernel {
    FILL,
    SQUARE,
    NEGATE,
    ACCUMULATE,
    SQUARE_GRADIENT,
    TANH_GRADIENT,
    ADD,
    ADD_TO_ITSELF,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    DIVISOR_GRADIENT,
    KERNELS
};

/* What stands in z before, for the one kernel that reads it. */
static const double before = 1.0 / 7;

static double formula(enum kernel kernel, double a, double b)
{
    switch (kernel) {
    case FILL:
        return specials[4];
    case SQUARE:
        return a * a;
    case NEGATE:
        return -a;
    case SQUARE_GRADIENT:
        return (2 * a) * b;
    case TANH_GRADIENT:
        return b * (1 - a * a);
    case ADD_TO_ITSELF:
        return a + a;
    case SUBTRACT:
        return a - b;
    case MULTIPLY:
        return a * b;
    case DIVIDE:
        return a / b;
    case DIVISOR_GRADIENT:
        return before * (-a / (b * b));
    default:
        return a + b;
    }
}

static acre_binary_kernel *binary(const struct acre_kernels *set, enum kernel kernel)
{
    switch (kernel) {
    case SUBTRACT:
        return set->subtract;
    case MULTIPLY:
        return set->multiply;
    case DIVIDE:
        return set->divide;
    case DIVISOR_GRADIENT:
        return set->divisor_gradient;
    default:
        return set->add;
    }
}

/* Leaves the result in z, from `offset` on. */
static void apply(const struct acre_kernels *set, enum kernel kernel, size_t offset, size_t count,
                  enum acre_single single)
{
    const double *a = x + offset;
    const double *b = kernel == ADD_TO_ITSELF ? a : y + offset;
    double *to = z + offset;

    if (kernel == ACCUMULATE)
        memcpy(to, a, count * sizeof *z);
    for (size_t i = 0; kernel == DIVISOR_GRADIENT && i < count; i++)
        to[i] = before;
    switch (kernel) {
    case FILL:
        set->fill(to, specials[4], count);
        break;
    case SQUARE:
        set->square(to, a, count);
        break;
    case NEGATE:
        set->negate(to, a, count);
        break;
    case ACCUMULATE:
        set->accumulate(to, b, count);
        break;
    case SQUARE_GRADIENT:
        set->square_gradient(to, a, b, count);
        break;
    case TANH_GRADIENT:
        set->tanh_gradient(to, a, b, count);
        break;
    default:
        binary(set, kernel)(to, a, b, count, single);
        break;
    }
}

static void compare(const struct acre_kernels *set, enum kernel kernel, size_t offset, size_t count,
                    enum acre_single single)
{
    for (size_t i = 0; i < ROOM; i++) {
        bool is_inside = i >= offset && i < offset + count;
        double a = x[single == ACRE_SINGLE_X ? offset : i];
        double b = y[single == ACRE_SINGLE_Y ? offset : i];
        double wanted = is_inside ? formula(kernel, a, b) : fence;

        if (!is_same(z[i], wanted))
            cr_assert(false, "%s, kernel %d, single %d, %zu from %zu on: z[%zu] is %a, not %a",
                      set->name, (int)kernel, (int)single, count, offset, i, z[i], wanted);
    }
}

static void check_round(const struct acre_kernels *set, enum kernel kernel, size_t round,
                        size_t offset, size_t count)
{
    enum acre_single most =
        kernel < ADD || kernel == ADD_TO_ITSELF ? ACRE_SINGLE_NONE : ACRE_SINGLE_Y;

    for (enum acre_single single = ACRE_SINGLE_NONE; single <= most; single++) {
        fill_inputs(round, offset, count);
        apply(set, kernel, offset, count, single);
        compare(set, kernel, offset, count, single);
    }
}

static void check_set(const struct acre_kernels *set)
{
    for (enum kernel kernel = FILL; kernel < KERNELS; kernel++) {
        for (size_t count = 0; count <= 67; count++)
            for (size_t offset = 0; offset < OFFSETS; offset += count % 3 + 1)
                check_round(set, kernel, count % 3, offset, count);
        for (size_t round = 0; round * MOST < SPECIALS * SPECIALS; round++)
            check_round(set, kernel, round, 1, MOST);
    }
}

/* Sums ---------------------------------------------------------------------------------------- */

enum { MOST_TERMS = 5000 };

/* The order that core/kernels.h states, in its plainest form. */
static double stated_sum(const double *terms, size_t count)
{
    double lanes[8];
    double total = 0;
    size_t i;

    if (count > 128) {
        size_t left = count / 2 - count / 2 % 8;

        return stated_sum(terms, left) + stated_sum(terms + left, count - left);
    }
    if (count < 8) {
        for (i = 0; i < count; i++)
            total += terms[i];
        return total;
    }
    memcpy(lanes, terms, sizeof lanes);
    for (i = 8; i < count - count % 8; i++)
        lanes[i % 8] += terms[i];
    total = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
            ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    for (; i < count; i++)
        total += terms[i];
    return total;
}

static void check_sum(const struct acre_kernels *set, const double *terms, size_t count)
{
    double got = set->sum(terms, count);
    double wanted = 0.0 + stated_sum(terms, count);

    if (memcmp(&got, &wanted, sizeof got) != 0)
        cr_assert(false, "%s: the sum of %zu is %a, not %a", set->name, count, got, wanted);
}

MTest(kernels, sums_in_the_stated_order)
{
    static double terms[MOST_TERMS];
    static const double zeros[20] = {-0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0};
    uint64_t state = 1;

    for (size_t i = 0; i < MOST_TERMS; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        terms[i] = ldexp((double)(state >> 11) - 0x1p52, (int)(state % 40) - 70);
    }
    for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
        const struct acre_kernels *set = acre_kernels_by_name(sets[s]);

        if (set == NULL)
            continue;
        for (size_t count = 0; count < 600; count++)
            check_sum(set, terms + count % 7, count);
        for (size_t count = 600; count < MOST_TERMS - 7; count += 97)
            check_sum(set, terms + count % 7, count);
        cr_assert_not(signbit(set->sum(zeros, 8)));
    }
}

/* Rows ---------------------------------------------------------------------------------------- */

/* Rows of special values in x, a row of them in y; behind the result the fence. */
static void check_rows(const struct acre_kernels *set, size_t rows, size_t columns)
{
    const size_t count = rows * columns;
    double wanted[MOST];

    fill_inputs(rows, 0, count);
    for (size_t j = 0; j < columns; j++)
        y[j] = specials[(j + rows) % SPECIALS];
    set->add_row(z, x, y, rows, columns);
    for (size_t i = 0; i < count; i++)
        cr_assert(is_same(z[i], x[i] + y[i % columns]), "%s: %zu rows of %zu", set->name, rows,
                  columns);
    cr_assert(is_same(z[count], fence));

    fill_inputs(rows, 0, count);
    set->sum_rows(z, x, rows, columns);
    for (size_t j = 0; j < columns; j++) {
        wanted[j] = 0;
        for (size_t i = 0; i < rows; i++)
            wanted[j] += x[i * columns + j];
    }
    if (columns == 1)
        wanted[0] = 0.0 + stated_sum(x, rows);
    for (size_t j = 0; j < columns; j++)
        cr_assert(is_same(z[j], wanted[j]), "%s: the sum of %zu rows of %zu", set->name, rows,
                  columns);
    cr_assert(is_same(z[columns], fence));
}

MTest(kernels, rows)
{
    for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
        const struct acre_kernels *set = acre_kernels_by_name(sets[s]);

        for (size_t rows = 0; set != NULL && rows <= 14; rows++)
            for (size_t columns = 0; columns <= 15; columns++)
                check_rows(set, rows, columns);
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
