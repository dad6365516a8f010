/*
 * The sign test, and the order statistics that belong to it.
 *
 * Each of n values lies below the true median with probability 1/2, whatever distribution it comes
 * from. So the number of values on one side is binomial(n, 1/2), and between the r-th smallest and
 * the r-th largest value the true median lies unless fewer than r values are on one side of it
 * (David & Nagaraja, Order Statistics, 3rd ed., 7.1; Conover, Practical Nonparametric Statistics,
 * 3rd ed., 3.2 and 3.4). Test and interval say the same: p <= level exactly when the interval of
 * that level excludes the median that is tested.
 *
 * Who looks after every round and stops when he has seen enough needs a test that holds at all
 * looks together. "Watched" is that one: the likelihood of the signs under a median that lies
 * anywhere (the uniform mixture) against 2^-n, a martingale while nothing differs, which rises
 * above 1 / level with at most that probability, ever (J. Ville, 1939; H. Robbins, Annals of
 * Mathematical Statistics 41(5), 1970). Its reciprocal is (n + 1) P(B = k).
 */
#ifndef ACRE_REPORT_SIGN_TEST_H
#define ACRE_REPORT_SIGN_TEST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The two-sided p value when `fewer` of n values lie on the rarer side of the median that is
 * tested; values that are equal to it count as if they lay there. Exact.
 */
double acre_sign_p(size_t n, size_t fewer, bool is_watched);

/*
 * The largest rank r, 1 <= r <= n / 2, for which the r-th smallest and the r-th largest of n values
 * enclose the median but with probability `level`: the narrowest such pair. 0: even the extremes do
 * not.
 */
size_t acre_sign_rank(size_t n, double level, bool is_watched);

/* The fewest values of which the extremes enclose the median but with probability `level`, which is
 * above 0. */
size_t acre_sign_fewest(double level, bool is_watched);

#endif
