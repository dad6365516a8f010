/* Own statistics against those of numpy and scipy, whose answers reference.py has written down. */
#include "tests/support/mtest.h"

#include "report/bootstrap.h"
#include "report/mann_whitney.h"
#include "report/sign_test.h"
#include "report/verdict.h"
#include "tests/report/reference.h"
#include "tests/report/sample.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct acre_series of(const double *values, size_t count)
{
    return (struct acre_series){.values = (double *)values, .count = count};
}

MTest(reference, mann_whitney)
{
    for (size_t i = 0; i < COUNT_OF(u_cases); i++) {
        const struct u_case *is = &u_cases[i];
        struct acre_series a = of(is->first, is->first_count);
        struct acre_series b = of(is->second, is->second_count);
        struct acre_u_test test, mirrored;
        cr_assert_eq(acre_mann_whitney(&a, &b, &test), ACRE_STATS_OK);
        cr_assert_eq(test.u, is->u, "case %zu: %g, not %g", i, test.u, is->u);
        cr_assert_float_eq(test.p, is->p, 1e-12 * is->p, "case %zu: %.17g, not %.17g", i, test.p,
                           is->p);
        cr_assert_eq(test.is_exact, is->is_exact);
        cr_assert_eq(acre_mann_whitney(&b, &a, &mirrored), ACRE_STATS_OK);
        cr_assert_eq(mirrored.p, test.p);
        cr_assert_eq(mirrored.u, (double)(a.count * b.count) - test.u);
        double half = 0.5 * (double)(a.count * b.count);
        cr_assert_eq(test.first_tends_larger, test.u > half);
    }
}

MTest(reference, mann_whitney_of_nothing_and_of_one_value)
{
    double same[] = {7, 7, 7, 7}, bad[] = {1, NAN};
    struct acre_series a = of(same, 4), b = of(same, 2), none = {0}, nan = of(bad, 2);
    struct acre_u_test test;
    cr_assert_eq(acre_mann_whitney(&a, &b, &test), ACRE_STATS_OK);
    cr_assert(test.p == 1.0 && test.u == 4.0 && !test.is_exact && !test.first_tends_larger);
    cr_assert_eq(acre_mann_whitney(&a, &none, &test), ACRE_STATS_EMPTY);
    cr_assert_eq(acre_mann_whitney(&none, &a, &test), ACRE_STATS_EMPTY);
    cr_assert_eq(acre_mann_whitney(&nan, &a, &test), ACRE_STATS_NOT_FINITE);
    cr_assert_eq(test.u, 0.0, "zeroed");
}

MTest(reference, ratios_of_sums)
{
    for (size_t i = 0; i < COUNT_OF(sum_cases); i++) {
        const struct sum_case *is = &sum_cases[i];
        struct acre_series a = of(is->numerator, is->count), b = of(is->denominator, is->count);
        struct acre_sum_ratio ratio;
        cr_assert_eq(acre_ratio_of_sums(&a, &b, is->seed, &ratio), ACRE_STATS_OK);
        cr_assert(ratio.has_interval && ratio.n == is->count);
        cr_assert_float_eq(ratio.point, is->point, 1e-13 * is->point);
        cr_assert_float_eq(ratio.low, is->low, 1e-13 * is->low, "%zu: %.17g, not %.17g", i,
                           ratio.low, is->low);
        cr_assert_float_eq(ratio.high, is->high, 1e-13 * is->high);
        /* By chance an end moves by a few percent of the interval's width. */
        double width = is->other_high - is->other_low;
        cr_assert_float_eq(ratio.low, is->other_low, 0.05 * width);
        cr_assert_float_eq(ratio.high, is->other_high, 0.05 * width);
    }
}

MTest(reference, ratios_of_sums_at_the_edges)
{
    double few[] = {1, 2, 3, 4, 5, 6, 7}, bad[] = {1, 0, 1}, huge[] = {DBL_MAX, DBL_MAX};
    struct acre_series a = of(few, 7), b = of(few, 5), none = {0}, zero = of(bad, 3);
    struct acre_series large = of(huge, 2);
    struct acre_sum_ratio ratio;
    cr_assert_eq(acre_ratio_of_sums(&a, &b, 1, &ratio), ACRE_STATS_OK);
    cr_assert(ratio.point == 1.0 && ratio.n == 5 && !ratio.has_interval);
    cr_assert_eq(acre_ratio_of_sums(&a, &none, 1, &ratio), ACRE_STATS_EMPTY);
    cr_assert_eq(acre_ratio_of_sums(&a, &zero, 1, &ratio), ACRE_STATS_NOT_POSITIVE);
    cr_assert_eq(acre_ratio_of_sums(&large, &b, 1, &ratio), ACRE_STATS_NOT_FINITE);
    cr_assert_eq(ratio.point, 0.0, "zeroed");

    /* More rounds than there are blocks: as many that follow each other are one. */
    enum { ROUNDS = 3 * ACRE_BOOTSTRAP_BLOCKS + 1 };
    double *many = malloc(ROUNDS * sizeof *many), *ones = malloc(ROUNDS * sizeof *ones);
    cr_assert(many && ones);
    struct sample_random random = {.state = 5};
    for (size_t i = 0; i < ROUNDS; i++) {
        many[i] = 2.0 * exp(0.1 * sample_normal(&random));
        ones[i] = 1.0;
    }
    a = of(many, ROUNDS);
    b = of(ones, ROUNDS);
    cr_assert_eq(acre_ratio_of_sums(&a, &b, 1, &ratio), ACRE_STATS_OK);
    /* sigma of the mean: 2 x 0.1 / sqrt(3001) = 0.0037 */
    cr_assert(ratio.low < ratio.point && ratio.point < ratio.high);
    cr_assert_float_eq(ratio.high - ratio.low, 2 * 1.96 * 0.0037, 0.1 * 2 * 1.96 * 0.0037);
    free(many);
    free(ones);
}

MTest(reference, sign_test_and_holm)
{
    for (size_t i = 0; i < COUNT_OF(sign_cases); i++) {
        const struct sign_case *is = &sign_cases[i];
        double p = acre_sign_p(is->n, is->fewer, false);
        cr_assert_float_eq(p, is->p, 1e-9 * is->p, "%zu of %zu: %.17g, not %.17g", is->fewer, is->n,
                           p, is->p);
    }
    double p[COUNT_OF(holm_p)];
    memcpy(p, holm_p, sizeof p);
    acre_holm_adjust(p, COUNT_OF(p));
    for (size_t i = 0; i < COUNT_OF(p); i++)
        cr_assert_float_eq(p[i], holm_adjusted[i], 1e-15, "%zu", i);
}
