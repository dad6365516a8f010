#include "report/stats.h"
#include "report/sign_test.h"

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

/* Shown intervals hold the ratio with 95 %. */
static const double interval_level = 0.05;

static int order_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

void acre_sort_doubles(double *values, size_t count)
{
    qsort(values, count, sizeof *values, order_doubles);
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
    acre_sort_doubles(copy, series->count);
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

/* exp of the median and of the 95 % interval. */
static enum acre_stats_status estimate(const double *sorted, size_t n, struct acre_ratio *ratio)
{
    struct acre_ratio found = {.n = n, .point = exp(median_of_sorted(sorted, n))};
    size_t rank = acre_sign_rank(n, interval_level, false);
    if (rank > 0) {
        found.has_interval = true;
        found.low = exp(sorted[rank - 1]);
        found.high = exp(sorted[n - rank]);
    }
    /* exp of a finite logarithm may still be no ratio. */
    if (!isfinite(found.point) || !isfinite(found.high) || found.point <= 0.0)
        return ACRE_STATS_NOT_FINITE;
    *ratio = found;
    return ACRE_STATS_OK;
}

static void keep_judgement(struct acre_ratio *ratio, const struct acre_judged *judged)
{
    ratio->p = judged->p;
    ratio->verdict = judged->verdict;
    ratio->rounds_wanted = judged->rounds_wanted;
}

enum acre_stats_status acre_ratio_of_logs(const struct acre_series *logs, struct acre_ratio *ratio)
{
    *ratio = (struct acre_ratio){0};
    double *sorted;
    enum acre_stats_status status = sorted_copy(logs, &sorted);
    if (status != ACRE_STATS_OK)
        return status;
    status = estimate(sorted, logs->count, ratio);
    if (status == ACRE_STATS_OK) {
        struct acre_judged judged = {.logs = sorted, .count = logs->count};
        acre_judge((struct acre_judged *[]){&judged}, 1, false);
        keep_judgement(ratio, &judged);
    }
    free(sorted);
    return status;
}

/* log(numerator[i] / denominator[i]), or log(numerator[i]) without a denominator. The caller frees
 * them. */
static enum acre_stats_status logs_of(const double *numerator, const double *denominator, size_t n,
                                      struct acre_series *logs)
{
    *logs = (struct acre_series){0};
    if (n == 0)
        return ACRE_STATS_EMPTY;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(numerator[i]) || (denominator && !isfinite(denominator[i])))
            return ACRE_STATS_NOT_FINITE;
        if (numerator[i] <= 0.0 || (denominator && denominator[i] <= 0.0))
            return ACRE_STATS_NOT_POSITIVE;
    }
    double *values = n <= SIZE_MAX / sizeof *values ? malloc(n * sizeof *values) : NULL;
    if (!values)
        return ACRE_STATS_NO_MEMORY;
    /* A difference of logarithms cannot overflow where a quotient could. */
    for (size_t i = 0; i < n; i++)
        values[i] = log(numerator[i]) - (denominator ? log(denominator[i]) : 0.0);
    *logs = (struct acre_series){.values = values, .count = n};
    return ACRE_STATS_OK;
}

static size_t common_front(const struct acre_series *a, const struct acre_series *b)
{
    return a->count < b->count ? a->count : b->count;
}

static enum acre_stats_status ratio_of(const double *numerator, const double *denominator, size_t n,
                                       struct acre_ratio *ratio)
{
    struct acre_series logs;
    *ratio = (struct acre_ratio){0};
    enum acre_stats_status status = logs_of(numerator, denominator, n, &logs);
    if (status != ACRE_STATS_OK)
        return status;
    status = acre_ratio_of_logs(&logs, ratio);
    free(logs.values);
    return status;
}

enum acre_stats_status acre_ratio_of_pairs(const struct acre_series *numerator,
                                           const struct acre_series *denominator,
                                           struct acre_ratio *ratio)
{
    return ratio_of(numerator->values, denominator->values, common_front(numerator, denominator),
                    ratio);
}

enum acre_stats_status acre_ratio_of_ratios(const struct acre_series *ratios,
                                            struct acre_ratio *ratio)
{
    return ratio_of(ratios->values, NULL, ratios->count, ratio);
}

/* Families ---------------------------------------------------------------------------------- */

struct acre_family_member {
    struct acre_ratio *ratio; /* borrowed */
    struct acre_series logs;  /* sorted */
};

/* Room for one more, in powers of two as in acre_series_append. */
static bool has_room(struct acre_family *family)
{
    size_t n = family->count;
    if ((n & (n - 1)) != 0)
        return true;
    size_t room = n == 0 ? 1 : 2 * n;
    struct acre_family_member *grown =
        room <= SIZE_MAX / sizeof *grown ? realloc(family->members, room * sizeof *grown) : NULL;
    if (grown)
        family->members = grown;
    return grown != NULL;
}

enum acre_stats_status acre_family_add(struct acre_family *family,
                                       const struct acre_series *numerator,
                                       const struct acre_series *denominator,
                                       struct acre_ratio *ratio)
{
    struct acre_family_member member = {.ratio = ratio};
    *ratio = (struct acre_ratio){0};
    enum acre_stats_status status =
        denominator ? logs_of(numerator->values, denominator->values,
                              common_front(numerator, denominator), &member.logs)
                    : logs_of(numerator->values, NULL, numerator->count, &member.logs);
    if (status == ACRE_STATS_OK) {
        acre_sort_doubles(member.logs.values, member.logs.count);
        status = estimate(member.logs.values, member.logs.count, ratio);
    }
    if (status == ACRE_STATS_OK && !has_room(family)) {
        *ratio = (struct acre_ratio){0};
        status = ACRE_STATS_NO_MEMORY;
    }
    if (status == ACRE_STATS_OK)
        family->members[family->count++] = member;
    else
        free(member.logs.values);
    return status;
}

bool acre_family_judge(struct acre_family *family)
{
    struct acre_judged *judged = calloc(family->count + 1, sizeof *judged);
    struct acre_judged **by_p = calloc(family->count + 1, sizeof *by_p);
    bool good = judged && by_p;
    for (size_t i = 0; good && i < family->count; i++) {
        judged[i].logs = family->members[i].logs.values;
        judged[i].count = family->members[i].logs.count;
        by_p[i] = &judged[i];
    }
    if (good)
        acre_judge(by_p, family->count, family->is_watched);
    for (size_t i = 0; good && i < family->count; i++)
        keep_judgement(family->members[i].ratio, &judged[i]);
    free(judged);
    free(by_p);
    return good;
}

void acre_family_end(struct acre_family *family)
{
    for (size_t i = 0; i < family->count; i++)
        free(family->members[i].logs.values);
    free(family->members);
    *family = (struct acre_family){0};
}
