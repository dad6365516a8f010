#include "tests/support/mtest.h"

#include "report/format.h"
#include "report/stats.h"
#include "tests/report/sample.h"

#include <float.h>
#include <math.h>
#include <string.h>

/*
 * Brute force: each of n values lies below the true median or not, all 2^n ways are equally likely.
 * The r-th smallest and the r-th largest enclose it when at least r lie on either side.
 */
static double coverage_by_counting(unsigned n, unsigned r)
{
    unsigned long inside = 0;
    for (unsigned long ways = 0; ways < 1ul << n; ways++) {
        unsigned below = (unsigned)__builtin_popcountl(ways);
        inside += below >= r && n - below >= r;
    }
    return (double)inside / (double)(1ul << n);
}

MTest(stats, rank_is_the_narrowest_with_the_coverage)
{
    static const double wanted[] = {0.95, 0.99};
    for (unsigned n = 0; n <= 18; n++) {
        for (size_t c = 0; c < 2; c++) {
            double coverage;
            size_t rank = acre_median_rank(n, wanted[c], &coverage);
            size_t expected = 0;
            for (unsigned r = 1; r <= n / 2; r++)
                if (coverage_by_counting(n, r) >= wanted[c])
                    expected = r;
            cr_assert_eq(rank, expected, "n %u at %g: rank %zu, not %zu", n, wanted[c], rank,
                         expected);
            double exact = rank > 0 ? coverage_by_counting(n, (unsigned)rank) : 0.0;
            cr_assert_float_eq(coverage, exact, 1e-15, "n %u: %.17g, not %.17g", n, coverage,
                               exact);
        }
    }
    cr_assert_eq(acre_median_rank(ACRE_INTERVAL_MIN_ROUNDS - 1, 0.95, NULL), 0);
    cr_assert_eq(acre_median_rank(ACRE_INTERVAL_MIN_ROUNDS, 0.95, NULL), 1);
    cr_assert_eq(acre_median_rank(ACRE_VERDICT_MIN_ROUNDS - 1, 0.99, NULL), 0);
    cr_assert_eq(acre_median_rank(ACRE_VERDICT_MIN_ROUNDS, 0.99, NULL), 1);
    /* As printed in tables of the sign test: critical values 5 and 3 at n = 20. */
    cr_assert_eq(acre_median_rank(20, 0.95, NULL), 6);
    cr_assert_eq(acre_median_rank(20, 0.99, NULL), 4);
}

MTest(stats, rank_of_many_rounds)
{
    /* The sum starts late from n = 401 on and with a logarithm from n = 1000 on: no seam shows. */
    size_t before = acre_median_rank(390, 0.99, NULL);
    for (size_t n = 391; n < 1100; n++) {
        double coverage;
        size_t rank = acre_median_rank(n, 0.99, &coverage);
        cr_assert(rank == before || rank == before + 1, "rank jumps at %zu", n);
        cr_assert(coverage >= 0.99 && coverage < 0.996, "coverage %g at %zu", coverage, n);
        before = rank;
    }
    /* Normal approximation with continuity correction: n / 2 - 2.5758 sqrt(n) / 2. */
    cr_assert_float_eq((double)acre_median_rank(1000000, 0.99, NULL), 498712.5, 1.5);
}

static struct acre_series of(double *values, size_t count)
{
    return (struct acre_series){.values = values, .count = count};
}

MTest(stats, ratios_of_small_examples)
{
    double a[] = {2, 4, 6, 8, 10, 12, 14, 16, 99, 98}, b[] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct acre_series numerator = of(a, 10), denominator = of(b, 8);
    struct acre_ratio ratio;
    cr_assert_eq(acre_ratio_of_pairs(&numerator, &denominator, &ratio), ACRE_STATS_OK);
    cr_assert_eq(ratio.n, 8, "the shorter series decides");
    cr_assert(ratio.has_interval && ratio.has_verdict);
    cr_assert_float_eq(ratio.point, 2.0, 1e-15);
    cr_assert_float_eq(ratio.low99, 2.0, 1e-15);
    cr_assert_float_eq(ratio.high99, 2.0, 1e-15);
    cr_assert_eq(acre_ratio_verdict(&ratio), ACRE_VERDICT_SLOWER);

    /* Unsorted; n = 8: rank 1 at 95 % and at 99 %, so both intervals are the extremes. */
    double r[] = {1.5, 0.5, 1.25, 4.0, 0.75, 1.0, 2.0, 0.8};
    struct acre_series ratios = of(r, 8);
    cr_assert_eq(acre_ratio_of_ratios(&ratios, &ratio), ACRE_STATS_OK);
    cr_assert_float_eq(ratio.point, sqrt(1.0 * 1.25), 1e-15, "the geometric middle of two");
    cr_assert_float_eq(ratio.low, 0.5, 1e-15);
    cr_assert_float_eq(ratio.high, 4.0, 1e-14);
    cr_assert_eq(acre_ratio_verdict(&ratio), ACRE_VERDICT_NO_DIFFERENCE);

    /* A thing against itself is exactly 1, and shows no difference. */
    cr_assert_eq(acre_ratio_of_pairs(&ratios, &ratios, &ratio), ACRE_STATS_OK);
    cr_assert(ratio.low99 == 1.0 && ratio.point == 1.0 && ratio.high99 == 1.0);
    cr_assert_eq(acre_ratio_verdict(&ratio), ACRE_VERDICT_NO_DIFFERENCE);

    ratios.count = 7;
    cr_assert_eq(acre_ratio_of_ratios(&ratios, &ratio), ACRE_STATS_OK);
    cr_assert(ratio.has_interval && !ratio.has_verdict);
    cr_assert_eq(acre_ratio_verdict(&ratio), ACRE_VERDICT_TOO_FEW_ROUNDS);
    ratios.count = 5;
    cr_assert_eq(acre_ratio_of_ratios(&ratios, &ratio), ACRE_STATS_OK);
    cr_assert(!ratio.has_interval && !ratio.has_verdict);
    cr_assert_float_eq(ratio.point, 1.25, 1e-15);

    double median = 7.0;
    double odd[] = {3.0, -1.0, 2.0}, huge[] = {DBL_MAX, DBL_MAX};
    struct acre_series series = of(odd, 3);
    cr_assert_eq(acre_series_median(&series, &median), ACRE_STATS_OK);
    cr_assert_eq(median, 2.0);
    series = of(huge, 2);
    cr_assert_eq(acre_series_median(&series, &median), ACRE_STATS_OK);
    cr_assert_eq(median, DBL_MAX, "the mean of two does not overflow");

    cr_assert_str_eq(acre_verdict_words(ACRE_VERDICT_FASTER), "faster");
    cr_assert_str_eq(acre_verdict_words(ACRE_VERDICT_SLOWER), "slower");
    cr_assert_str_eq(acre_verdict_words(ACRE_VERDICT_NO_DIFFERENCE), "no difference shown");
    cr_assert_str_eq(acre_verdict_words(ACRE_VERDICT_TOO_FEW_ROUNDS), "too few rounds");
}

MTest(stats, values_without_a_logarithm_are_refused)
{
    static const struct {
        double bad;
        enum acre_stats_status status;
    } cases[] = {{NAN, ACRE_STATS_NOT_FINITE},       {INFINITY, ACRE_STATS_NOT_FINITE},
                 {-INFINITY, ACRE_STATS_NOT_FINITE}, {0.0, ACRE_STATS_NOT_POSITIVE},
                 {-0.0, ACRE_STATS_NOT_POSITIVE},    {-1.0, ACRE_STATS_NOT_POSITIVE}};
    double good[] = {1, 2, 3}, bad[] = {1, 2, 3};
    struct acre_series a = of(good, 3), b = of(bad, 3), none = {0};
    struct acre_ratio ratio;
    double median = 7.0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bad[1] = cases[i].bad;
        ratio.point = 5.0;
        cr_assert_eq(acre_ratio_of_pairs(&a, &b, &ratio), cases[i].status, "case %zu", i);
        cr_assert_eq(ratio.point, 0.0, "zeroed");
        cr_assert_eq(acre_ratio_of_pairs(&b, &a, &ratio), cases[i].status, "case %zu", i);
        cr_assert_eq(acre_ratio_of_ratios(&b, &ratio), cases[i].status, "case %zu", i);
        if (!isfinite(cases[i].bad)) {
            cr_assert_eq(acre_series_median(&b, &median), ACRE_STATS_NOT_FINITE);
            cr_assert_eq(acre_ratio_of_logs(&b, &ratio), ACRE_STATS_NOT_FINITE);
        }
    }
    cr_assert_eq(median, 7.0, "left alone");
    cr_assert_eq(acre_series_median(&none, &median), ACRE_STATS_EMPTY);
    cr_assert_eq(acre_ratio_of_pairs(&a, &none, &ratio), ACRE_STATS_EMPTY);
    cr_assert_eq(acre_ratio_of_ratios(&none, &ratio), ACRE_STATS_EMPTY);
    cr_assert_eq(acre_ratio_of_logs(&none, &ratio), ACRE_STATS_EMPTY);
    /* A quotient beyond every double. */
    double large[] = {1e308, 1e308, 1e308}, small[] = {1e-308, 1e-308, 1e-308};
    a = of(large, 3);
    b = of(small, 3);
    cr_assert_eq(acre_ratio_of_pairs(&a, &b, &ratio), ACRE_STATS_NOT_FINITE);
    cr_assert_eq(acre_ratio_of_pairs(&b, &a, &ratio), ACRE_STATS_NOT_FINITE);
}

/* Log ratios of several shapes, each with the true median 0. */
static double noise(struct sample_random *random, int shape)
{
    double normal = sample_normal(random);
    switch (shape) {
    case 0:
        return 0.01 * normal;
    case 1: /* lognormal, shifted: skewed, median 0 */
        return 0.02 * (exp(normal) - 1.0);
    case 2: /* two humps, as cold and warm caches make them */
        return 0.002 * normal + (sample_uniform(random) < 0.5 ? -0.03 : 0.03);
    default: /* Cauchy: no mean, no variance */
        return 0.01 * tan(3.141592653589793 * (sample_uniform(random) - 0.5));
    }
}

MTest(stats, intervals_cover_what_they_promise)
{
    enum { ROUNDS = 20, TRIALS = 4000 };
    for (int shape = 0; shape < 4; shape++) {
        struct sample_random random = {.state = 20011 + (uint64_t)shape};
        unsigned covered95 = 0, covered99 = 0, differs = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            double values[ROUNDS];
            for (int i = 0; i < ROUNDS; i++)
                values[i] = noise(&random, shape);
            struct acre_series logs = of(values, ROUNDS);
            struct acre_ratio ratio;
            cr_assert_eq(acre_ratio_of_logs(&logs, &ratio), ACRE_STATS_OK);
            covered95 += ratio.low <= 1.0 && ratio.high >= 1.0;
            covered99 += ratio.low99 <= 1.0 && ratio.high99 >= 1.0;
            differs += acre_ratio_verdict(&ratio) != ACRE_VERDICT_NO_DIFFERENCE;
        }
        /* Exact: 95.86 % and 99.74 % at n = 20; the simulation has a spread of 0.3 and 0.1 %. */
        cr_assert(covered95 >= 0.945 * TRIALS && covered95 <= 0.972 * TRIALS,
                  "shape %d: %u of %d at 95 %%", shape, covered95, TRIALS);
        cr_assert(covered99 >= 0.985 * TRIALS, "shape %d: %u of %d at 99 %%", shape, covered99,
                  TRIALS);
        cr_assert_eq(differs, TRIALS - covered99);
    }
}

MTest(stats, numbers_for_people)
{
    static const struct {
        struct acre_number (*format)(double);
        double value;
        const char *text;
    } cases[] = {
        {acre_format_digits, 0.0, "0"},
        {acre_format_digits, 4.654, "4.65"},
        {acre_format_digits, 9.996, "10.0"},
        {acre_format_digits, 99.96, "100"},
        {acre_format_digits, 4650.4, "4650"},
        {acre_format_digits, 0.0523, "0.0523"},
        {acre_format_digits, 1e-7, "<0.0001"},
        {acre_format_digits, NAN, "?"},
        {acre_format_short, 3.0, "3"},
        {acre_format_short, 2.5, "2.5"},
        {acre_format_short, 0.001, "<0.01"},
        {acre_format_short, 100.0, "100"},
        {acre_format_short, 0.0, "0"},
        {acre_format_short, 10.04, "10"},
        {acre_format_bytes, 0.0, "0 B"},
        {acre_format_bytes, 1023.0, "1023 B"},
        {acre_format_bytes, 640000.0, "625 KiB"},
        {acre_format_bytes, 3200000.0, "3.05 MiB"},
        {acre_format_bytes, 1048575.0, "1.00 MiB"},
        {acre_format_ns, 650.0, "650 ns"},
        {acre_format_ns, 4650.0, "4.65 us"},
        {acre_format_ns, 1.9e6, "1.90 ms"},
        {acre_format_ns, 2.1e9, "2.10 s"},
        {acre_format_seconds, 0.4, "0.4 s"},
        {acre_format_seconds, 31.4, "31 s"},
        {acre_format_seconds, 250.0, "4 min 10 s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_str_eq(cases[i].format(cases[i].value).text, cases[i].text, "%g is %s, not %s",
                         cases[i].value, cases[i].format(cases[i].value).text, cases[i].text);
    cr_expect_str_eq(acre_format_fixed(-0.004, 2).text, "0.00");
    cr_expect_str_eq(acre_format_fixed(-1.5, 1).text, "-1.5");
    cr_expect_str_eq(acre_format_count(0).text, "0");
    cr_expect_str_eq(acre_format_count(999).text, "999");
    cr_expect_str_eq(acre_format_count(10000).text, "10,000");
    cr_expect_str_eq(acre_format_count(UINT64_MAX).text, "18,446,744,073,709,551,615");

    struct acre_ratio ratio = {.point = 1 / 1.12,
                               .low = 1 / 1.15,
                               .high = 1 / 1.10,
                               .low99 = 0.8,
                               .high99 = 0.95,
                               .has_interval = true,
                               .has_verdict = true,
                               .n = 20};
    cr_expect_str_eq(acre_format_verdict(&ratio, true).text, "1.12x faster [1.10, 1.15]");
    cr_expect_str_eq(acre_format_verdict(&ratio, false).text, "1.12x faster");
    cr_expect_str_eq(acre_format_ratio(&ratio, 2).text, "0.89 [0.87, 0.91]");
    ratio = (struct acre_ratio){.point = 1.004,
                                .low = 1.002,
                                .high = 1.006,
                                .low99 = 1.001,
                                .high99 = 1.007,
                                .has_interval = true,
                                .has_verdict = true,
                                .n = 20};
    cr_expect_str_eq(acre_format_verdict(&ratio, true).text, "0.4 % slower [0.2 %, 0.6 %]");
    ratio.low99 = 0.999;
    cr_expect_str_eq(acre_format_verdict(&ratio, true).text, "no difference shown");
    ratio.has_interval = ratio.has_verdict = false;
    cr_expect_str_eq(acre_format_verdict(&ratio, true).text, "too few rounds");
    cr_expect_str_eq(acre_format_ratio(&ratio, 2).text, "1.00");
}
