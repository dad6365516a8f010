/*
 * Statistics of paired rounds: medians of log ratios with exact intervals.
 *
 * The interval of a median is read off the sorted values: between the r-th smallest and the r-th
 * largest of n values the true median lies with probability 1 - 2 P(B < r), B binomial(n, 1/2),
 * whatever the distribution of the values (David & Nagaraja, Order Statistics, 3rd ed., 7.1;
 * Conover, Practical Nonparametric Statistics, 3rd ed., 3.2). Nothing is resampled, nothing is
 * assumed normal, and no value is removed as an outlier. docs/statistics.md gives the reasons.
 */
#ifndef ACRE_REPORT_STATS_H
#define ACRE_REPORT_STATS_H

#include "report/run.h"

#include <stdbool.h>
#include <stddef.h>

enum acre_stats_status {
    ACRE_STATS_OK,
    ACRE_STATS_EMPTY,        /* no value */
    ACRE_STATS_NOT_FINITE,   /* a value or the result is NaN or infinite */
    ACRE_STATS_NOT_POSITIVE, /* a logarithm is wanted of a value at or below zero */
    ACRE_STATS_NO_MEMORY
};

/* "no values", "a value is not finite", ... */
const char *acre_stats_status_text(enum acre_stats_status status);

/* Fewer values than these have no interval of 95 % and no verdict at 99 %. */
enum { ACRE_INTERVAL_MIN_ROUNDS = 6, ACRE_VERDICT_MIN_ROUNDS = 8 };

/* A ratio over paired rounds. `low` to `high` holds it with 95 %, `low99` to `high99` with 99 %. */
struct acre_ratio {
    double point;         /* exp of the median log ratio */
    double low, high;     /* valid with has_interval */
    double low99, high99; /* valid with has_verdict */
    bool has_interval;
    bool has_verdict;
    size_t n; /* pairs used: the shorter of two series decides */
};

enum acre_verdict {
    ACRE_VERDICT_FASTER,        /* the whole 99 % interval lies below 1 */
    ACRE_VERDICT_SLOWER,        /* ... above 1 */
    ACRE_VERDICT_NO_DIFFERENCE, /* 1 lies inside */
    ACRE_VERDICT_TOO_FEW_ROUNDS
};

/* The median of any finite values. Leaves *median alone unless the status is OK. */
enum acre_stats_status acre_series_median(const struct acre_series *series, double *median);

/*
 * The rank r, 1 <= r <= n / 2, of the narrowest symmetric pair of order statistics (the r-th
 * smallest, the r-th largest) that covers the median with at least `confidence`; 0 where even the
 * extremes do not. *coverage, unless NULL, gets the exact coverage of the pair (0 with rank 0).
 */
size_t acre_median_rank(size_t n, double confidence, double *coverage);

/*
 * Ratios with their intervals; *ratio is zeroed unless the status is OK.
 *   of_pairs   numerator[i] / denominator[i]; of unequal series the common front is used
 *   of_ratios  the values are ratios already
 *   of_logs    the values are natural logarithms of ratios
 */
enum acre_stats_status acre_ratio_of_pairs(const struct acre_series *numerator,
                                           const struct acre_series *denominator,
                                           struct acre_ratio *ratio);
enum acre_stats_status acre_ratio_of_ratios(const struct acre_series *ratios,
                                            struct acre_ratio *ratio);
enum acre_stats_status acre_ratio_of_logs(const struct acre_series *logs, struct acre_ratio *ratio);

/* What a ratio of times says, at 99 %. */
enum acre_verdict acre_ratio_verdict(const struct acre_ratio *ratio);

/* "faster", "slower", "no difference shown", "too few rounds": the same words everywhere. */
const char *acre_verdict_words(enum acre_verdict verdict);

#endif
