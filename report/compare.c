#include "report/compare.h"
#include "report/compare_match.h"
#include "report/exact.h"
#include "report/format.h"
#include "report/group.h"
#include "report/steady.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Series of several files ------------------------------------------------------------------- */

/* A member of every cell. */
enum which { TIMES, X_LIMITS };

static bool append(struct acre_series *to, const struct acre_series *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!acre_series_append(to, from->values[i]))
            return false;
    return true;
}

/* A copy, whose values the caller frees; of another program's calls without what playing costs
 * (steady.h). False when out of memory. */
static bool copy(const struct acre_comparison *comparison, const struct acre_cell *cell,
                 enum which which, struct acre_series *series)
{
    static const double in_limits = 1;
    const struct acre_run *run = &comparison->before.runs[0];
    const struct acre_judging judging = {.played = run->has_played ? &run->played : NULL};

    return acre_times_of(cell, &judging, which == TIMES ? NULL : &in_limits, series);
}

/* All values of a side, file after file. */
static bool pool(struct acre_series *pooled, const struct acre_comparison *comparison,
                 const struct acre_cell *const *cells, size_t files, enum which which)
{
    for (size_t i = 0; i < files; i++) {
        struct acre_series series;
        bool good =
            copy(comparison, cells[i], which, &series) && append(pooled, &series, series.count);
        free(series.values);
        if (!good)
            return false;
    }
    return true;
}

/* Files are blocks: rounds are paired within file i of A and file i of B, never across files. */
struct pairs {
    struct acre_series before, after;
};

static bool pair(struct pairs *pairs, const struct acre_comparison *comparison,
                 const struct acre_compared_cell *cell, enum which which)
{
    size_t blocks = comparison->before.count < comparison->after.count ? comparison->before.count
                                                                       : comparison->after.count;
    for (size_t i = 0; i < blocks; i++) {
        struct acre_series a, b = {0};
        bool good = copy(comparison, cell->all_before[i], which, &a) &&
                    copy(comparison, cell->all_after[i], which, &b);
        size_t front = a.count < b.count ? a.count : b.count;
        good = good && append(&pairs->before, &a, front) && append(&pairs->after, &b, front);
        free(a.values);
        free(b.values);
        if (!good)
            return false;
    }
    return true;
}

static void free_pairs(struct pairs *pairs)
{
    free(pairs->before.values);
    free(pairs->after.values);
}

/* Times ------------------------------------------------------------------------------------- */

/* Whether there is such a ratio; it joins the family. False in *good: out of memory. */
static bool add_ratio(struct acre_family *family, const struct acre_comparison *comparison,
                      const struct acre_compared_cell *cell, enum which which,
                      struct acre_ratio *ratio, bool *good)
{
    struct pairs pairs = {0};
    enum acre_stats_status status =
        pair(&pairs, comparison, cell, which)
            ? acre_family_add(family, &pairs.after, &pairs.before, ratio)
            : ACRE_STATS_NO_MEMORY;
    free_pairs(&pairs);
    *good = *good && status != ACRE_STATS_NO_MEMORY;
    return status == ACRE_STATS_OK;
}

/* The medians, and the test that needs no pairs. */
static bool look_at_all(const struct acre_comparison *comparison, struct acre_compared_cell *cell)
{
    struct acre_series before = {0}, after = {0};
    size_t a = comparison->before.count, b = comparison->after.count;
    bool good = pool(&before, comparison, cell->all_before, a, TIMES) &&
                pool(&after, comparison, cell->all_after, b, TIMES) &&
                acre_series_median(&before, &cell->before_ns) == ACRE_STATS_OK &&
                acre_series_median(&after, &cell->after_ns) == ACRE_STATS_OK;
    if (good && (a > 1 || b > 1)) {
        enum acre_stats_status status = acre_mann_whitney(&after, &before, &cell->unpaired);
        cell->has_unpaired = status == ACRE_STATS_OK;
        good = status != ACRE_STATS_NO_MEMORY;
    }
    free(before.values);
    free(after.values);
    return good;
}

static bool has_failed(const struct acre_cell *const *cells, size_t files)
{
    for (size_t i = 0; i < files; i++)
        if (cells[i]->failure)
            return true;
    return false;
}

/* False when out of memory. */
static bool compare_times(const struct acre_comparison *comparison, struct acre_family *family,
                          struct acre_compared_cell *cell)
{
    bool failed_before = has_failed(cell->all_before, comparison->before.count);
    bool failed_after = has_failed(cell->all_after, comparison->after.count);
    bool good = true;
    cell->newly_failed = !failed_before && failed_after;
    if (failed_before || failed_after)
        return true;
    cell->has_time = add_ratio(family, comparison, cell, TIMES, &cell->time, &good);
    cell->has_x_limit = add_ratio(family, comparison, cell, X_LIMITS, &cell->x_limit, &good);
    return good && (!cell->has_time || look_at_all(comparison, cell));
}

static int order_by_unpaired(const void *left, const void *right)
{
    const struct acre_compared_cell *const *a = left, *const *b = right;
    return ((*a)->unpaired.p > (*b)->unpaired.p) - ((*a)->unpaired.p < (*b)->unpaired.p);
}

/* Holm's adjustment of the rank tests, as the verdicts have it. False when out of memory. */
static bool adjust_unpaired(struct acre_compared_cell *cells, size_t count)
{
    struct acre_compared_cell **tested = calloc(count, sizeof *tested);
    double *p = calloc(count, sizeof *p);
    size_t tests = 0;
    bool good = tested && p;
    for (size_t i = 0; good && i < count; i++)
        if (cells[i].has_unpaired)
            tested[tests++] = &cells[i];
    if (tests > 0) {
        qsort(tested, tests, sizeof *tested, order_by_unpaired);
        for (size_t i = 0; i < tests; i++)
            p[i] = tested[i]->unpaired.p;
        acre_holm_adjust(p, tests);
        for (size_t i = 0; i < tests; i++)
            tested[i]->unpaired.p = p[i];
    }
    free(tested);
    free(p);
    return good;
}

enum acre_verdict acre_unpaired_verdict(const struct acre_compared_cell *cell)
{
    if (cell->unpaired.p > ACRE_VERDICT_LEVEL)
        return ACRE_VERDICT_NO_DIFFERENCE;
    return cell->unpaired.first_tends_larger ? ACRE_VERDICT_SLOWER : ACRE_VERDICT_FASTER;
}

bool acre_estimators_disagree(const struct acre_compared_cell *cell)
{
    if (!cell->has_time || !cell->has_unpaired)
        return false;
    enum acre_verdict paired = cell->time.verdict, unpaired = acre_unpaired_verdict(cell);
    if (!acre_verdict_differs(paired) && !acre_verdict_differs(unpaired))
        return false;
    return paired != unpaired;
}

/* Counters ---------------------------------------------------------------------------------- */

/* Growth from nothing is growth without bound. A product would lose the last bits of a large
 * count, so that 0 % could let one byte pass: then the integers decide. */
static bool grew_above(uint64_t before, uint64_t after, double percent)
{
    if (after <= before)
        return false;
    if (percent == 0.0 || before == 0)
        return true;
    return (double)(after - before) > (double)before * (percent / 100.0);
}

static void judge_regression(const struct acre_compare_options *options,
                             struct acre_compared_cell *cell)
{
    double percent = options->fail_above_percent;
    cell->time_regressed = cell->has_time && cell->time.verdict == ACRE_VERDICT_SLOWER &&
                           cell->time.point > 1.0 + percent / 100.0;
    if (cell->before->has_recorded && cell->after->has_recorded) {
        const struct acre_recorded *a = &cell->before->recorded, *b = &cell->after->recorded;
        cell->counter_regressed = grew_above(a->allocations, b->allocations, percent) ||
                                  grew_above(a->requested_bytes, b->requested_bytes, percent) ||
                                  grew_above(a->peak_bytes, b->peak_bytes, percent) ||
                                  grew_above(a->leaked_bytes, b->leaked_bytes, percent);
    }
}

/* Whether the counters of a cell differ within a side: they have no noise, so then the files are
 * not of one program. */
static bool compare_within(struct acre_compared_cell *cell, const struct acre_cell *const *cells,
                           size_t files)
{
    for (size_t i = 1; i < files; i++) {
        struct acre_difference *differences = NULL;
        size_t count = 0;
        if (!cells[0]->has_recorded || !cells[i]->has_recorded)
            continue;
        bool good =
            acre_exact_differences(&cells[0]->recorded, &cells[i]->recorded, &differences, &count);
        cell->files_differ |= count > 0;
        cell->results_differ |= strcmp(acre_or_empty(cells[0]->recorded.checksum),
                                       acre_or_empty(cells[i]->recorded.checksum)) != 0;
        acre_exact_free(differences, count);
        if (!good)
            return false;
    }
    return true;
}

/* False when out of memory. */
static bool compare_counters(const struct acre_comparison *comparison,
                             struct acre_compared_cell *cell)
{
    const struct acre_cell *a = cell->before, *b = cell->after;
    if (!a->has_recorded || !b->has_recorded)
        return true;
    cell->results_differ =
        strcmp(acre_or_empty(a->recorded.checksum), acre_or_empty(b->recorded.checksum)) != 0;
    return acre_exact_differences(&a->recorded, &b->recorded, &cell->differences,
                                  &cell->difference_count) &&
           compare_within(cell, cell->all_before, comparison->before.count) &&
           compare_within(cell, cell->all_after, comparison->after.count);
}

/* All of it --------------------------------------------------------------------------------- */

static bool is_watched(const struct acre_runs *side)
{
    for (size_t i = 0; i < side->count; i++)
        if (acre_run_is_watched(&side->runs[i]))
            return true;
    return false;
}

/* The cells of one table. False when out of memory. */
static bool compare_group(const struct acre_comparison *comparison,
                          struct acre_compared_cell *cells, size_t count)
{
    struct acre_family family = {.is_watched = is_watched(&comparison->before) ||
                                               is_watched(&comparison->after)};
    bool good = true;
    for (size_t i = 0; good && i < count; i++)
        good = compare_times(comparison, &family, &cells[i]) &&
               compare_counters(comparison, &cells[i]);
    good = good && acre_family_judge(&family) && adjust_unpaired(cells, count);
    acre_family_end(&family);
    for (size_t i = 0; good && comparison->options.has_fail_above && i < count; i++)
        judge_regression(&comparison->options, &cells[i]);
    return good;
}

static bool compare_groups(const struct acre_comparison *comparison)
{
    for (size_t at = 0, count; at < comparison->cell_count; at += count) {
        struct acre_compared_cell *cells = comparison->cells + at;
        count = 1;
        while (at + count < comparison->cell_count &&
               acre_cell_key_same_group(&cells[0].before->key, &cells[count].before->key))
            count++;
        if (!compare_group(comparison, cells, count))
            return false;
    }
    return true;
}

/* One round of the limit of file i of B against file i of A. *cells: how many measured it. */
static double limit_log(const struct acre_comparison *comparison, size_t file, size_t round,
                        size_t *cells)
{
    double sum = 0.0;
    *cells = 0;
    for (size_t i = 0; i < comparison->cell_count; i++) {
        const struct acre_compared_cell *cell = &comparison->cells[i];
        const struct acre_series *a = &cell->all_before[file]->limit_ns_per_iteration;
        const struct acre_series *b = &cell->all_after[file]->limit_ns_per_iteration;
        if (round >= a->count || round >= b->count)
            continue;
        if (a->values[round] > 0.0 && b->values[round] > 0.0) {
            sum += log(b->values[round]) - log(a->values[round]);
            *cells += 1;
        }
    }
    return sum;
}

/*
 * The limit is the same arithmetic in both runs, so every cell of a round measured the same change
 * of it: their mean log ratio is one value a round.
 */
static bool compare_limit(struct acre_comparison *comparison)
{
    struct acre_series logs = {0};
    bool good = true;
    for (size_t file = 0; good && file < comparison->before.count && file < comparison->after.count;
         file++) {
        size_t cells = 1;
        for (size_t round = 0; good && cells > 0; round++) {
            double sum = limit_log(comparison, file, round, &cells);
            good = cells == 0 || acre_series_append(&logs, sum / (double)cells);
        }
    }
    if (good && logs.count > 0) {
        enum acre_stats_status status = acre_ratio_of_logs(&logs, &comparison->limit);
        good = status != ACRE_STATS_NO_MEMORY;
        comparison->has_limit = status == ACRE_STATS_OK;
    }
    free(logs.values);
    return good;
}

enum acre_exit acre_compare(struct acre_comparison *comparison, const struct acre_runs *before,
                            const struct acre_runs *after,
                            const struct acre_compare_options *options, char *error,
                            size_t error_bytes)
{
    *comparison = (struct acre_comparison){.before = *before, .after = *after, .options = *options};
    enum acre_exit status = acre_compare_match(comparison, error, error_bytes);
    if (status == ACRE_EXIT_OK && !(compare_groups(comparison) && compare_limit(comparison)))
        status = ACRE_EXIT_MEMORY;
    if (status == ACRE_EXIT_MEMORY)
        snprintf(error, error_bytes, "out of memory");
    if (status != ACRE_EXIT_OK)
        acre_comparison_free(comparison);
    return status;
}

void acre_comparison_free(struct acre_comparison *comparison)
{
    for (size_t i = 0; i < comparison->cell_count; i++)
        acre_exact_free(comparison->cells[i].differences, comparison->cells[i].difference_count);
    free(comparison->cells);
    free(comparison->matched);
    *comparison = (struct acre_comparison){0};
}

enum acre_exit acre_comparison_exit(const struct acre_comparison *comparison)
{
    for (size_t i = 0; i < comparison->cell_count; i++) {
        const struct acre_compared_cell *cell = &comparison->cells[i];
        if (cell->results_differ || cell->newly_failed || cell->time_regressed ||
            cell->counter_regressed)
            return ACRE_EXIT_NO;
    }
    return ACRE_EXIT_OK;
}
