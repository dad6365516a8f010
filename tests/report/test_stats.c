#include "tests/support/mtest.h"

#include "report/format.h"
#include "report/stats.h"
#include "tests/report/sample.h"

#include <float.h>
#include <math.h>
#include <string.h>

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
    cr_assert(ratio.has_interval);
    cr_assert_float_eq(ratio.point, 2.0, 1e-15);
    cr_assert_float_eq(ratio.low, 2.0, 1e-15);
    cr_assert_float_eq(ratio.high, 2.0, 1e-15);
    cr_assert_eq(ratio.verdict, ACRE_VERDICT_SLOWER);
    cr_assert_eq(ratio.p, 2.0 / 256.0);
    cr_assert_eq(acre_ratio_of_pairs(&denominator, &numerator, &ratio), ACRE_STATS_OK);
    cr_assert_eq(ratio.verdict, ACRE_VERDICT_FASTER);

    /* Unsorted; n = 8: rank 1, so the interval is the extremes. */
    double r[] = {1.5, 0.5, 1.25, 4.0, 0.75, 1.0, 2.0, 0.8};
    struct acre_series ratios = of(r, 8);
    cr_assert_eq(acre_ratio_of_ratios(&ratios, &ratio), ACRE_STATS_OK);
    cr_assert_float_eq(ratio.point, sqrt(1.0 * 1.25), 1e-15, "the geometric middle of two");
    cr_assert_float_eq(ratio.low, 0.5, 1e-15);
    cr_assert_float_eq(ratio.high, 4.0, 1e-14);
    cr_assert_eq(ratio.verdict, ACRE_VERDICT_TOO_NOISY);

    /* A thing against itself is exactly 1, and shows no difference. */
    cr_assert_eq(acre_ratio_of_pairs(&ratios, &ratios, &ratio), ACRE_STATS_OK);
    cr_assert(ratio.low == 1.0 && ratio.point == 1.0 && ratio.high == 1.0 && ratio.p == 1.0);
    cr_assert_eq(ratio.verdict, ACRE_VERDICT_NO_DIFFERENCE);

    ratios.count = 7;
    cr_assert_eq(acre_ratio_of_ratios(&ratios, &ratio), ACRE_STATS_OK);
    cr_assert(ratio.has_interval);
    cr_assert_eq(ratio.verdict, ACRE_VERDICT_TOO_FEW_ROUNDS);
    cr_assert_eq(ratio.rounds_wanted, ACRE_VERDICT_MIN_ROUNDS);
    ratios.count = 5;
    cr_assert_eq(acre_ratio_of_ratios(&ratios, &ratio), ACRE_STATS_OK);
    cr_assert(!ratio.has_interval);
    cr_assert_float_eq(ratio.point, 1.25, 1e-15);

    double median = 7.0;
    double odd[] = {3.0, -1.0, 2.0}, huge[] = {DBL_MAX, DBL_MAX};
    struct acre_series series = of(odd, 3);
    cr_assert_eq(acre_series_median(&series, &median), ACRE_STATS_OK);
    cr_assert_eq(median, 2.0);
    series = of(huge, 2);
    cr_assert_eq(acre_series_median(&series, &median), ACRE_STATS_OK);
    cr_assert_eq(median, DBL_MAX, "the mean of two does not overflow");
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
    cr_expect_str_eq(acre_format_exact(0.1).text, "0.1");
    cr_expect_str_eq(acre_format_exact(0.1 + 0.2).text, "0.30000000000000004");
    cr_expect_str_eq(acre_format_exact(-4650.25).text, "-4650.25");
    cr_expect_str_eq(acre_format_exact(5e-324).text, "4.94065645841247e-324");
    cr_expect_str_eq(acre_format_exact(INFINITY).text, "?");
    cr_expect_str_eq(acre_format_fixed(-1.5, 1).text, "-1.5");
    cr_expect_str_eq(acre_format_count(0).text, "0");
    cr_expect_str_eq(acre_format_count(999).text, "999");
    cr_expect_str_eq(acre_format_count(10000).text, "10,000");
    cr_expect_str_eq(acre_format_count(UINT64_MAX).text, "18,446,744,073,709,551,615");

    struct acre_ratio ratio = {.point = 1 / 1.12,
                               .low = 1 / 1.15,
                               .high = 1 / 1.10,
                               .verdict = ACRE_VERDICT_FASTER,
                               .has_interval = true,
                               .n = 20};
    cr_expect_str_eq(acre_format_verdict(&ratio, true).text, "1.12x faster [1.10, 1.15]");
    cr_expect_str_eq(acre_format_verdict(&ratio, false).text, "1.12x faster");
    cr_expect_str_eq(acre_format_ratio(&ratio, 2).text, "0.89 [0.87, 0.91]");
    ratio = (struct acre_ratio){.point = 1.004,
                                .low = 1.002,
                                .high = 1.006,
                                .verdict = ACRE_VERDICT_SLOWER,
                                .has_interval = true,
                                .n = 20};
    cr_expect_str_eq(acre_format_verdict(&ratio, true).text, "0.4 % slower [0.2 %, 0.6 %]");
    ratio.verdict = ACRE_VERDICT_NO_DIFFERENCE;
    cr_expect_str_eq(acre_format_verdict(&ratio, true).text, "no difference shown");
    ratio.verdict = ACRE_VERDICT_TOO_NOISY;
    ratio.rounds_wanted = 1400;
    cr_expect_str_eq(acre_format_verdict(&ratio, true).text, "too noisy (1,400)");
    ratio.rounds_wanted = ACRE_MOST_ROUNDS + 1;
    cr_expect_str_eq(acre_format_verdict_short(&ratio).text, "too noisy (>10,000)");
    cr_expect_str_eq(acre_format_verdict_long(&ratio).text,
                     "too noisy to say (more than 10,000 rounds would do)");
    ratio.has_interval = false;
    ratio.verdict = ACRE_VERDICT_TOO_FEW_ROUNDS;
    ratio.rounds_wanted = 11;
    cr_expect_str_eq(acre_format_verdict(&ratio, true).text, "too few (11)");
    cr_expect_str_eq(acre_format_verdict_long(&ratio).text, "too few rounds (11 would do)");
    cr_expect_str_eq(acre_format_ratio(&ratio, 2).text, "1.00");
}
