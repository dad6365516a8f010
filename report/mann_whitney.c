#include "report/mann_whitney.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

struct ranked {
    double value;
    bool is_first;
};

struct sums {
    double first_ranks; /* tied values have the mean of their ranks */
    double ties;        /* of t^3 - t over groups of t equal values */
};

static int order_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

static void fill(struct ranked *to, const struct acre_series *from, bool is_first)
{
    for (size_t i = 0; i < from->count; i++)
        to[i] = (struct ranked){.value = from->values[i], .is_first = is_first};
}

static struct sums rank(const struct ranked *sorted, size_t count)
{
    struct sums sums = {0};
    for (size_t at = 0, end; at < count; at = end) {
        size_t firsts = 0;
        for (end = at; end < count && sorted[end].value <= sorted[at].value; end++)
            firsts += sorted[end].is_first;
        double equal = (double)(end - at);
        sums.first_ranks += (double)firsts * 0.5 * (double)(at + 1 + end);
        sums.ties += equal * equal * equal - equal;
    }
    return sums;
}

/*
 * P(U >= u) where nothing differs: of all ways to choose which of the ranks 1 .. m + n are the
 * first heap's, how many have a sum that large. ways[k][s] of k ranks with sum s, rank after rank;
 * a sum above the least by s - 1/2 k (k + 1) is U, so U has at most m n + 1 values, and is counted
 * as that. Counts are exact up to 2^53 and after that as exact as a double is; there are additions
 * only.
 */
static bool tail(size_t m, size_t n, size_t u, double *p)
{
    size_t row = m * n + 1;
    double *ways = calloc((m + 1) * row, sizeof *ways);
    if (!ways)
        return false;
    ways[0] = 1.0;
    /* Rank r as the k-th chosen one (k from 1) lies above r - k of the other heap's. */
    for (size_t r = 1; r <= m + n; r++)
        for (size_t k = r < m ? r : m; k >= 1; k--) {
            size_t above = r - k;
            if (above > n)
                break; /* and more of them for every smaller k */
            for (size_t s = above; s < row; s++)
                ways[k * row + s] += ways[(k - 1) * row + s - above];
        }
    double all = 0.0, large = 0.0;
    for (size_t s = 0; s < row; s++) {
        all += ways[m * row + s];
        large += s >= u ? ways[m * row + s] : 0.0;
    }
    *p = large / all;
    free(ways);
    return true;
}

static double normal_p(double u, double m, double n, double ties)
{
    double all = m + n;
    double variance = m * n / 12.0 * ((all + 1.0) - ties / (all * (all - 1.0)));
    if (!(variance > 0.0))
        return 1.0; /* all values are equal */
    double z = (u - 0.5 * m * n - 0.5) / sqrt(variance);
    return fmin(1.0, erfc(z / sqrt(2.0)));
}

static enum acre_stats_status test_sorted(const struct ranked *sorted, size_t m, size_t n,
                                          struct acre_u_test *test)
{
    struct sums sums = rank(sorted, m + n);
    double pairs = (double)m * (double)n;
    struct acre_u_test found = {.u = sums.first_ranks - 0.5 * (double)m * (double)(m + 1)};
    double larger = fmax(found.u, pairs - found.u);
    found.first_tends_larger = found.u > 0.5 * pairs;
    found.is_exact = sums.ties <= 0.0 && m + n <= ACRE_EXACT_U_VALUES;
    if (found.is_exact) {
        if (!tail(m, n, (size_t)larger, &found.p))
            return ACRE_STATS_NO_MEMORY;
        found.p = fmin(1.0, 2.0 * found.p);
    } else {
        found.p = normal_p(larger, (double)m, (double)n, sums.ties);
    }
    *test = found;
    return ACRE_STATS_OK;
}

static enum acre_stats_status check(const struct acre_series *series)
{
    for (size_t i = 0; i < series->count; i++)
        if (!isfinite(series->values[i]))
            return ACRE_STATS_NOT_FINITE;
    return series->count > 0 ? ACRE_STATS_OK : ACRE_STATS_EMPTY;
}

enum acre_stats_status acre_mann_whitney(const struct acre_series *first,
                                         const struct acre_series *second, struct acre_u_test *test)
{
    *test = (struct acre_u_test){0};
    enum acre_stats_status status = check(first);
    if (status == ACRE_STATS_OK)
        status = check(second);
    if (status != ACRE_STATS_OK)
        return status;
    size_t m = first->count, n = second->count;
    struct ranked *values = m < SIZE_MAX - n ? calloc(m + n, sizeof *values) : NULL;
    if (!values)
        return ACRE_STATS_NO_MEMORY;
    fill(values, first, true);
    fill(values + m, second, false);
    qsort(values, m + n, sizeof *values, order_ranked);
    status = test_sorted(values, m, n, test);
    free(values);
    return status;
}
