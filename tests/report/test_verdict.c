#include "tests/support/mtest.h"

#include "report/sign_test.h"
#include "report/verdict.h"
#include "tests/report/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Brute force: each of n values lies below the true median or not, all 2^n ways are equally likely.
 * How many have at most `fewer` on the rarer side?
 */
static double p_by_counting(unsigned n, unsigned fewer)
{
    unsigned long as_rare = 0;
    for (unsigned long ways = 0; ways < 1ul << n; ways++) {
        unsigned below = (unsigned)__builtin_popcountl(ways);
        as_rare += below <= fewer || n - below <= fewer;
    }
    return (double)as_rare / (double)(1ul << n);
}

MTest(sign_test, p_is_counted)
{
    for (unsigned n = 0; n <= 18; n++)
        for (unsigned fewer = 0; fewer <= n; fewer++) {
            double p = acre_sign_p(n, fewer, false);
            double counted = 2 * fewer >= n ? 1.0 : p_by_counting(n, fewer);
            cr_assert_float_eq(p, counted, 1e-14, "%u of %u: %.17g, not %.17g", fewer, n, p,
                               counted);
        }
}

MTest(sign_test, rank_is_the_narrowest_of_its_level)
{
    static const double levels[] = {0.05, 0.01, 0.001};
    for (unsigned n = 0; n <= 18; n++)
        for (size_t l = 0; l < 3; l++)
            for (int watched = 0; watched < 2; watched++) {
                size_t expected = 0;
                for (unsigned r = 1; r <= n / 2; r++)
                    if (acre_sign_p(n, r - 1, watched) <= levels[l])
                        expected = r;
                cr_assert_eq(acre_sign_rank(n, levels[l], watched), expected, "n %u at %g", n,
                             levels[l]);
            }
    /* As printed in tables of the sign test: critical values 5 and 3 at n = 20. */
    cr_assert_eq(acre_sign_rank(20, 0.05, false), 6);
    cr_assert_eq(acre_sign_rank(20, 0.01, false), 4);
    cr_assert_eq(acre_sign_fewest(0.05, false), 6);
    cr_assert_eq(acre_sign_fewest(0.01, false), 8);
    cr_assert_eq(acre_sign_fewest(0.01, true), 11); /* 12 / 2^11 */
}

MTest(sign_test, rank_of_many_values)
{
    /* The sum starts late from n = 401 on and with a logarithm from n = 1000 on: no seam shows. */
    size_t before = acre_sign_rank(390, 0.01, false);
    for (size_t n = 391; n < 1100; n++) {
        size_t rank = acre_sign_rank(n, 0.01, false);
        double p = acre_sign_p(n, rank - 1, false);
        cr_assert(rank == before || rank == before + 1, "%zu at %zu after %zu", rank, n, before);
        cr_assert(p <= 0.01 && p > 0.004, "p %g at %zu", p, n);
        before = rank;
    }
    /* Normal approximation with continuity correction: n / 2 - 2.5758 sqrt(n) / 2. */
    cr_assert_float_eq((double)acre_sign_rank(1000000, 0.01, false), 498712.5, 1.5);
    cr_assert_lt(acre_sign_p(1000000, 3, false), 1e-300);
}

MTest(sign_test, watching_costs_what_it_must)
{
    /* (n + 1) P(B = k): the integral of q^k (1 - q)^(n - k) over q, by Simpson's rule, against
     * 2^-n. */
    for (unsigned n = 1; n <= 16; n++)
        for (unsigned k = 0; 2 * k < n; k++) {
            double integral = 0.0;
            enum { STEPS = 2000 };
            for (int i = 0; i <= STEPS; i++) {
                double q = (double)i / STEPS;
                double weight = i == 0 || i == STEPS ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
                integral += weight * pow(q, k) * pow(1.0 - q, n - k) / (3.0 * STEPS);
            }
            double expected = fmin(1.0, pow(0.5, n) / integral);
            cr_assert_float_eq(acre_sign_p(n, k, true), expected, 1e-6 * expected, "%u of %u", k,
                               n);
        }
}

/* Judges n equal rows of the values, and gives back the last. */
static struct acre_judged judge(const double *logs, size_t count, size_t rows, bool is_watched)
{
    struct acre_judged judged[64], *pointers[64];
    cr_assert(rows > 0 && rows <= 64);
    for (size_t i = 0; i < rows; i++) {
        judged[i] = (struct acre_judged){.logs = logs, .count = count};
        pointers[i] = &judged[i];
    }
    acre_judge(pointers, rows, is_watched);
    return judged[rows - 1];
}

static void spread(double *logs, size_t count, double middle, double width)
{
    for (size_t i = 0; i < count; i++)
        logs[i] = middle + width * ((double)i / (double)(count - 1) - 0.5);
}

MTest(verdict, holm_steps_down)
{
    /* By hand: 4 x 0.01, 3 x 0.02, 2 x 0.03 (below the one before it), 1 x 0.04. */
    double p[] = {0.01, 0.02, 0.025, 0.04};
    acre_holm_adjust(p, 4);
    static const double expected[] = {0.04, 0.06, 0.06, 0.06};
    for (size_t i = 0; i < 4; i++)
        cr_assert_float_eq(p[i], expected[i], 1e-15, "%zu: %g", i, p[i]);
    double large[] = {0.4, 0.6};
    acre_holm_adjust(large, 2);
    cr_assert(large[0] == 0.8 && large[1] == 0.8, "a p is at most 1 and never falls");

    /* 20 rounds, 2 on the other side: 2 (1 + 20 + 190) / 2^20 = 0.0004. One more of them and it is
     * 0.0026: a verdict alone, none among seven alike. */
    double logs[20];
    spread(logs, 20, 0.02, 0.005);
    logs[0] = -0.001;
    logs[1] = -0.0005;
    cr_assert_eq(judge(logs, 20, 1, false).verdict, ACRE_VERDICT_SLOWER);
    cr_assert_eq(judge(logs, 20, 7, false).verdict, ACRE_VERDICT_SLOWER);
    cr_assert_float_eq(judge(logs, 20, 7, false).p, 7 * 422.0 / 1048576.0, 1e-15);
    logs[2] = -0.0001;
    cr_assert_eq(judge(logs, 20, 1, false).verdict, ACRE_VERDICT_SLOWER);
    cr_assert_eq(judge(logs, 20, 7, false).verdict, ACRE_VERDICT_NO_DIFFERENCE);

    /* What is rejected leaves its share to the others. */
    double clear[20];
    spread(clear, 20, -0.5, 0.1);
    struct acre_judged rows[4] = {{.logs = logs, .count = 20}};
    struct acre_judged *pointers[4] = {&rows[0]};
    for (size_t i = 1; i < 4; i++) {
        rows[i] = (struct acre_judged){.logs = clear, .count = 20};
        pointers[i] = &rows[i];
    }
    acre_judge(pointers, 4, false);
    cr_assert_eq(rows[0].verdict, ACRE_VERDICT_SLOWER);
    cr_assert_eq(rows[3].verdict, ACRE_VERDICT_FASTER);
    cr_assert_eq(pointers[3], &rows[0], "in the order of p");
    acre_judge(NULL, 0, false);
}

MTest(verdict, many_rows_want_more_rounds)
{
    /* 2 / 2^n times the rows is at most 1 %. */
    static const size_t wanted[][2] = {{0, 8},   {1, 8},   {2, 9},   {5, 10},  {6, 11},
                                       {10, 11}, {11, 12}, {20, 12}, {40, 13}, {1000, 18}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        cr_assert_eq(acre_verdict_rounds(wanted[i][0], false), wanted[i][1], "%zu rows: %zu",
                     wanted[i][0], acre_verdict_rounds(wanted[i][0], false));
    cr_assert_eq(acre_verdict_rounds(11, true), 15); /* 16 x 11 / 2^15 */
    double logs[12];
    spread(logs, 12, 0.5, 0.01);
    cr_assert_eq(judge(logs, 12, 20, false).verdict, ACRE_VERDICT_SLOWER);
    struct acre_judged few = judge(logs, 12, 21, false);
    cr_assert_eq(few.verdict, ACRE_VERDICT_TOO_FEW_ROUNDS);
    cr_assert_eq(few.rounds_wanted, 13);
    few = judge(logs, 12, 20, true);
    cr_assert_eq(few.verdict, ACRE_VERDICT_TOO_FEW_ROUNDS);
    cr_assert_eq(few.rounds_wanted, acre_verdict_rounds(20, true));
}

MTest(verdict, no_difference_excludes_the_promised_step)
{
    double logs[20], step = log(ACRE_PROMISED_STEP);
    /* Rank 4 of 20: the interval is 13 of 19 parts of the range. */
    spread(logs, 20, 0.0, step * 19.0 / 13.0 * 0.999);
    cr_assert_eq(judge(logs, 20, 1, false).verdict, ACRE_VERDICT_NO_DIFFERENCE);
    cr_assert_eq(judge(logs, 20, 1, false).rounds_wanted, 0);
    spread(logs, 20, 0.0, step * 19.0 / 13.0 * 1.001);
    struct acre_judged noisy = judge(logs, 20, 1, false);
    cr_assert_eq(noisy.verdict, ACRE_VERDICT_TOO_NOISY);
    cr_assert_eq(noisy.rounds_wanted, 21);
    /* Twice as wide wants four times the rounds, in two digits. */
    spread(logs, 20, 0.0, step * 19.0 / 13.0 * 2.0);
    cr_assert_eq(judge(logs, 20, 1, false).rounds_wanted, 80);
    spread(logs, 20, 0.0, step * 19.0 / 13.0 * 2.5);
    cr_assert_eq(judge(logs, 20, 1, false).rounds_wanted, 130);
    spread(logs, 20, 0.0, step * 19.0 / 13.0 * 100.0);
    cr_assert_gt(judge(logs, 20, 1, false).rounds_wanted, (size_t)ACRE_MOST_ROUNDS);
    /* A table asks for a wider interval, and so does who watches. */
    spread(logs, 20, 0.0, step * 19.0 / 13.0 * 0.999);
    cr_assert_eq(judge(logs, 20, 10, false).verdict, ACRE_VERDICT_TOO_NOISY);
    cr_assert_eq(judge(logs, 20, 1, true).verdict, ACRE_VERDICT_TOO_NOISY);
    /* However noisy: what differs beyond doubt, differs. */
    spread(logs, 20, 3.0, 5.0);
    cr_assert_eq(judge(logs, 20, 10, false).verdict, ACRE_VERDICT_SLOWER);
}

MTest(verdict, words)
{
    static const char *const words[ACRE_VERDICT_COUNT] = {
        [ACRE_VERDICT_TOO_FEW_ROUNDS] = "too few rounds",
        [ACRE_VERDICT_FASTER] = "faster",
        [ACRE_VERDICT_SLOWER] = "slower",
        [ACRE_VERDICT_NO_DIFFERENCE] = "no difference shown",
        [ACRE_VERDICT_TOO_NOISY] = "too noisy to say",
    };
    for (int v = 0; v < ACRE_VERDICT_COUNT; v++) {
        enum acre_verdict verdict = (enum acre_verdict)v;
        cr_assert_str_eq(acre_verdict_words(verdict), words[v]);
        cr_assert_eq(acre_verdict_differs(verdict),
                     verdict == ACRE_VERDICT_FASTER || verdict == ACRE_VERDICT_SLOWER);
        cr_assert_eq(acre_verdict_is_open(verdict), strncmp(words[v], "too", 3) == 0);
    }
}
