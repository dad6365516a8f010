#include "report/stats.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char *acre_stats_status_text(enum acre_stats_status status)
{
    switch (status) {
    case ACRE_STATS_OK:
        return "ok";
    case ACRE_STATS_EMPTY:
        return "no values";
    case ACRE_STATS_NOT_FINITE:
        return "a value is not finite";
    case ACRE_STATS_NOT_POSITIVE:
        return "a value is not above zero";
    case ACRE_STATS_NO_MEMORY:
        return "out of memory";
    }
    return "?";
}

const char *acre_verdict_words(enum acre_verdict verdict)
{
    switch (verdict) {
    case ACRE_VERDICT_FASTER:
        return "faster";
    case ACRE_VERDICT_SLOWER:
        return "slower";
    case ACRE_VERDICT_NO_DIFFERENCE:
        return "no difference shown";
    case ACRE_VERDICT_TOO_FEW_ROUNDS:
        return "too few rounds";
    }
    return "?";
}

static int order_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Halves are added instead of halving a sum, which could overflow. */
static double median_of_sorted(const double *sorted, size_t n)
{
    return n % 2 == 1 ? sorted[n / 2] : 0.5 * sorted[n / 2 - 1] + 0.5 * sorted[n / 2];
}

/* A sorted copy that the caller frees. */
static enum acre_stats_status sorted_copy(const struct acre_series *series, double **sorted)
{
    *sorted = NULL;
    if (series->count == 0)
        return ACRE_STATS_EMPTY;
    for (size_t i = 0; i < series->count; i++)
        if (!isfinite(series->values[i]))
            return ACRE_STATS_NOT_FINITE;
    if (series->count > SIZE_MAX / sizeof(double))
        return ACRE_STATS_NO_MEMORY;
    double *copy = malloc(series->count * sizeof *copy);
    if (!copy)
        return ACRE_STATS_NO_MEMORY;
    memcpy(copy, series->values, series->count * sizeof *copy);
    qsort(copy, series->count, sizeof *copy, order_doubles);
    *sorted = copy;
    return ACRE_STATS_OK;
}

enum acre_stats_status acre_series_median(const struct acre_series *series, double *median)
{
    double *sorted;
    enum acre_stats_status status = sorted_copy(series, &sorted);
    if (status != ACRE_STATS_OK)
        return status;
    *median = median_of_sorted(sorted, series->count);
    free(sorted);
    return ACRE_STATS_OK;
}

/* P(B = k) for B binomial(n, 1/2). The power of two is exact while it is a normal number. */
static double binomial_half(size_t n, size_t k)
{
    if (k == 0 && n < 1000)
        return ldexp(1.0, -(int)n);
    int sign;
    double logarithm = lgamma_r((double)n + 1.0, &sign) - lgamma_r((double)k + 1.0, &sign) -
                       lgamma_r((double)(n - k) + 1.0, &sign) - (double)n * log(2.0);
    return exp(logarithm);
}

size_t acre_median_rank(size_t n, double confidence, double *coverage)
{
    /* Twenty standard deviations below the middle nothing is left that a double could show, so
     * the sum may start there: a million rounds cost a thousand steps. */
    double from = floor(0.5 * (double)n - 10.0 * sqrt((double)n));
    size_t k = from > 0.0 ? (size_t)from : 0;
    double term = binomial_half(n, k), below = 0.0, covered = 0.0;
    size_t rank = 0;

    while (k + 1 <= n / 2) {
        below += term;
        double with_this_pair = 1.0 - 2.0 * below;
        if (with_this_pair < confidence)
            break;
        rank = k + 1;
        covered = with_this_pair;
        term *= (double)(n - k) / (double)(k + 1);
        k++;
    }
    if (coverage)
        *coverage = covered;
    return rank;
}

enum acre_stats_status acre_ratio_of_logs(const struct acre_series *logs, struct acre_ratio *ratio)
{
    *ratio = (struct acre_ratio){0};
    double *sorted;
    enum acre_stats_status status = sorted_copy(logs, &sorted);
    if (status != ACRE_STATS_OK)
        return status;

    size_t n = logs->count;
    struct acre_ratio found = {.n = n, .point = exp(median_of_sorted(sorted, n))};
    size_t rank95 = acre_median_rank(n, 0.95, NULL);
    size_t rank99 = acre_median_rank(n, 0.99, NULL);
    if (rank95 > 0) {
        found.has_interval = true;
        found.low = exp(sorted[rank95 - 1]);
        found.high = exp(sorted[n - rank95]);
    }
    if (rank99 > 0) {
        found.has_verdict = true;
        found.low99 = exp(sorted[rank99 - 1]);
        found.high99 = exp(sorted[n - rank99]);
    }
    free(sorted);
    /* exp of a finite logarithm may still be no ratio. The intervals are nested, so the widest
     * one and the point speak for all. */
    if (!isfinite(found.point) || !isfinite(found.high) || !isfinite(found.high99) ||
        found.point <= 0.0)
        return ACRE_STATS_NOT_FINITE;
    *ratio = found;
    return ACRE_STATS_OK;
}

/* log(numerator[i] / denominator[i]), or log(numerator[i]) without a denominator. */
static enum acre_stats_status ratio_of(const double *numerator, const double *denominator, size_t n,
                                       struct acre_ratio *ratio)
{
    *ratio = (struct acre_ratio){0};
    if (n == 0)
        return ACRE_STATS_EMPTY;
    if (n > SIZE_MAX / sizeof(double))
        return ACRE_STATS_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(numerator[i]) || (denominator && !isfinite(denominator[i])))
            return ACRE_STATS_NOT_FINITE;
        if (numerator[i] <= 0.0 || (denominator && denominator[i] <= 0.0))
            return ACRE_STATS_NOT_POSITIVE;
    }
    double *logs = malloc(n * sizeof *logs);
    if (!logs)
        return ACRE_STATS_NO_MEMORY;
    /* A difference of logarithms cannot overflow where a quotient could. */
    for (size_t i = 0; i < n; i++)
        logs[i] = log(numerator[i]) - (denominator ? log(denominator[i]) : 0.0);
    enum acre_stats_status status =
        acre_ratio_of_logs(&(struct acre_series){.values = logs, .count = n}, ratio);
    free(logs);
    return status;
}

enum acre_stats_status acre_ratio_of_pairs(const struct acre_series *numerator,
                                           const struct acre_series *denominator,
                                           struct acre_ratio *ratio)
{
    size_t n = numerator->count < denominator->count ? numerator->count : denominator->count;
    return ratio_of(numerator->values, denominator->values, n, ratio);
}

enum acre_stats_status acre_ratio_of_ratios(const struct acre_series *ratios,
                                            struct acre_ratio *ratio)
{
    return ratio_of(ratios->values, NULL, ratios->count, ratio);
}

enum acre_verdict acre_ratio_verdict(const struct acre_ratio *ratio)
{
    if (!ratio->has_verdict)
        return ACRE_VERDICT_TOO_FEW_ROUNDS;
    if (ratio->high99 < 1.0)
        return ACRE_VERDICT_FASTER;
    if (ratio->low99 > 1.0)
        return ACRE_VERDICT_SLOWER;
    return ACRE_VERDICT_NO_DIFFERENCE;
}
