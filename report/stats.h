/*
 * Statistics of paired rounds: medians of log ratios with exact intervals.
 *
 * The interval of a median is read off the sorted values (sign_test.h). Nothing is resampled,
 * nothing is assumed normal, and no value is removed as an outlier. docs/statistics.md gives the
 * reasons.
 */
#ifndef ACRE_REPORT_STATS_H
#define ACRE_REPORT_STATS_H

#include "report/run.h"
#include "report/verdict.h"

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

/* Fewer values than these have no interval of 95 % and, in a table of one row, no verdict. */
enum { ACRE_INTERVAL_MIN_ROUNDS = 6, ACRE_VERDICT_MIN_ROUNDS = 8 };

/* A ratio over paired rounds. `low` to `high` holds it with 95 %; the verdict is that of its
 * family, or of the ratio alone. */
struct acre_ratio {
    double point;     /* exp of the median log ratio */
    double low, high; /* valid with has_interval */
    bool has_interval;
    size_t n; /* pairs used: the shorter of two series decides */
    double p; /* of no difference, by the sign test; adjusted for the table */
    enum acre_verdict verdict;
    size_t rounds_wanted; /* of an open verdict, see struct acre_judged */
};

/* Upwards; none is NaN. */
void acre_sort_doubles(double *values, size_t count);

/* The median of any finite values. Leaves *median alone unless the status is OK. */
enum acre_stats_status acre_series_median(const struct acre_series *series, double *median);

/*
 * Ratios with their intervals, each judged alone; *ratio is zeroed unless the status is OK.
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

/*
 * The ratios of one table, which are judged together (verdict.h). Begins zeroed but for is_watched;
 * ended with acre_family_end, whatever happened.
 */
struct acre_family {
    bool is_watched; /* somebody looked when to stop: a run with a time budget */
    struct acre_family_member *members;
    size_t count;
};

/*
 * A ratio as by acre_ratio_of_pairs, without a denominator (NULL) as by acre_ratio_of_ratios, but
 * without a verdict yet. It is borrowed until acre_family_judge and must stay where it is. Unless
 * OK the family is as before.
 */
enum acre_stats_status acre_family_add(struct acre_family *family,
                                       const struct acre_series *numerator,
                                       const struct acre_series *denominator,
                                       struct acre_ratio *ratio);

/* Gives every ratio its p, verdict and rounds_wanted. False when out of memory. */
bool acre_family_judge(struct acre_family *family);
void acre_family_end(struct acre_family *family);

#endif
