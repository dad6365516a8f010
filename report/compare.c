#include "report/compare.h"
#include "report/exact.h"
#include "report/group.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct refusal {
    char *error;
    size_t error_bytes;
};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static const char *fact(const struct acre_run *run, const char *name)
{
    for (size_t i = 0; i < run->machine_count; i++)
        if (strcmp(or_empty(run->machine[i].name), name) == 0)
            return or_empty(run->machine[i].value);
    return NULL;
}

/* What must be equal for times and counters to mean the same. A kernel or a library may differ:
 * that is often what a comparison is made for, and the print names it. */
static bool same_setting(const struct acre_run *a, const struct acre_run *b,
                         const struct refusal *refusal)
{
    if (a->seed != b->seed) {
        snprintf(refusal->error, refusal->error_bytes,
                 "the runs differ in seed: %" PRIu64 " in A, %" PRIu64 " in B", a->seed, b->seed);
        return false;
    }
    const char *cpu_a = fact(a, "cpu"), *cpu_b = fact(b, "cpu");
    if (strcmp(or_empty(cpu_a), or_empty(cpu_b)) != 0) {
        snprintf(refusal->error, refusal->error_bytes,
                 "the runs differ in machine: cpu '%s' in A, '%s' in B",
                 cpu_a ? cpu_a : "not known", cpu_b ? cpu_b : "not known");
        return false;
    }
    return true;
}

static bool same_cell_set(const struct acre_comparison *comparison, const struct acre_cell *lonely,
                          bool in_before, const struct refusal *refusal)
{
    if (!lonely || (comparison->options.common && comparison->cell_count > 0))
        return true;
    if (comparison->cell_count == 0) {
        snprintf(refusal->error, refusal->error_bytes, "the runs have no cell in common: %s has %s",
                 in_before ? "A" : "B", acre_cell_name(&lonely->key).text);
        return false;
    }
    size_t others = comparison->only_before + comparison->only_after - 1;
    char more[48] = "";
    if (others > 0)
        snprintf(more, sizeof more, " and %zu more cell%s", others, others == 1 ? "" : "s");
    snprintf(refusal->error, refusal->error_bytes,
             "the runs differ in cells: only %s has %s%s; --common compares the others",
             in_before ? "A" : "B", acre_cell_name(&lonely->key).text, more);
    return false;
}

static bool same_recording(const struct acre_compared_cell *cell, const struct refusal *refusal)
{
    const struct acre_cell *a = cell->before, *b = cell->after;
    if (!a->has_recorded || !b->has_recorded || a->recorded.iterations == b->recorded.iterations)
        return true;
    snprintf(refusal->error, refusal->error_bytes,
             "the runs differ in recorded iterations of %s: %" PRIu64 " in A, %" PRIu64 " in B",
             acre_cell_name(&a->key).text, a->recorded.iterations, b->recorded.iterations);
    return false;
}

/* Merges two sorted lists. *lonely: the first cell that only one run has, or NULL. */
static void pair_cells(struct acre_comparison *comparison, const struct acre_cell *const *before,
                       const struct acre_cell *const *after, const struct acre_cell **lonely,
                       bool *lonely_in_before)
{
    size_t a = 0, b = 0;
    while (a < comparison->before->cell_count || b < comparison->after->cell_count) {
        int order = a == comparison->before->cell_count ? 1
                    : b == comparison->after->cell_count
                        ? -1
                        : acre_cell_key_compare(&before[a]->key, &after[b]->key);
        if (order == 0) {
            comparison->cells[comparison->cell_count++] =
                (struct acre_compared_cell){.before = before[a++], .after = after[b++]};
            continue;
        }
        bool in_before = order < 0;
        const struct acre_cell *cell = in_before ? before[a++] : after[b++];
        *(in_before ? &comparison->only_before : &comparison->only_after) += 1;
        if (!*lonely) {
            *lonely = cell;
            *lonely_in_before = in_before;
        }
    }
}

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
    cell->time_regressed = cell->has_time &&
                           acre_ratio_verdict(&cell->time) == ACRE_VERDICT_SLOWER &&
                           cell->time.point > 1.0 + percent / 100.0;
    if (cell->before->has_recorded && cell->after->has_recorded) {
        const struct acre_recorded *a = &cell->before->recorded, *b = &cell->after->recorded;
        cell->counter_regressed = grew_above(a->allocations, b->allocations, percent) ||
                                  grew_above(a->requested_bytes, b->requested_bytes, percent) ||
                                  grew_above(a->peak_bytes, b->peak_bytes, percent) ||
                                  grew_above(a->leaked_bytes, b->leaked_bytes, percent);
    }
}

/* False when out of memory. */
static bool compare_cell(const struct acre_compare_options *options,
                         struct acre_compared_cell *cell)
{
    const struct acre_cell *a = cell->before, *b = cell->after;
    cell->newly_failed = !a->failure && b->failure;
    if (!a->failure && !b->failure) {
        enum acre_stats_status time =
            acre_ratio_of_pairs(&b->ns_per_iteration, &a->ns_per_iteration, &cell->time);
        enum acre_stats_status limit =
            acre_ratio_of_pairs(&b->x_limit, &a->x_limit, &cell->x_limit);
        if (time == ACRE_STATS_NO_MEMORY || limit == ACRE_STATS_NO_MEMORY)
            return false;
        cell->has_x_limit = limit == ACRE_STATS_OK;
        cell->has_time = time == ACRE_STATS_OK;
        if (cell->has_time &&
            (acre_series_median(&a->ns_per_iteration, &cell->before_ns) != ACRE_STATS_OK ||
             acre_series_median(&b->ns_per_iteration, &cell->after_ns) != ACRE_STATS_OK))
            return false;
    }
    if (a->has_recorded && b->has_recorded) {
        if (!acre_exact_differences(&a->recorded, &b->recorded, &cell->differences,
                                    &cell->difference_count))
            return false;
        cell->results_differ =
            strcmp(or_empty(a->recorded.checksum), or_empty(b->recorded.checksum)) != 0;
    }
    if (options->has_fail_above)
        judge_regression(options, cell);
    return true;
}

/*
 * The limit is the same arithmetic in both runs, so every cell of a round measured the same change
 * of it: their mean log ratio is one value a round.
 */
static bool compare_limit(struct acre_comparison *comparison)
{
    struct acre_series logs = {0};
    bool good = true;
    for (size_t round = 0; good; round++) {
        double sum = 0.0;
        size_t cells = 0;
        for (size_t i = 0; i < comparison->cell_count; i++) {
            const struct acre_series *a = &comparison->cells[i].before->limit_ns_per_iteration;
            const struct acre_series *b = &comparison->cells[i].after->limit_ns_per_iteration;
            if (round >= a->count || round >= b->count)
                continue;
            if (a->values[round] > 0.0 && b->values[round] > 0.0) {
                sum += log(b->values[round]) - log(a->values[round]);
                cells++;
            }
        }
        if (cells == 0)
            break;
        good = acre_series_append(&logs, sum / (double)cells);
    }
    if (good && logs.count > 0) {
        enum acre_stats_status status = acre_ratio_of_logs(&logs, &comparison->limit);
        good = status != ACRE_STATS_NO_MEMORY;
        comparison->has_limit = status == ACRE_STATS_OK;
    }
    free(logs.values);
    return good;
}

static enum acre_exit fill(struct acre_comparison *comparison, const struct refusal *refusal)
{
    const struct acre_cell **before = acre_run_sorted_cells(comparison->before);
    const struct acre_cell **after = acre_run_sorted_cells(comparison->after);
    const struct acre_cell *lonely = NULL;
    bool lonely_in_before = false;
    comparison->cells = calloc(comparison->before->cell_count + 1, sizeof *comparison->cells);
    bool good = before && after && comparison->cells;
    if (good)
        pair_cells(comparison, before, after, &lonely, &lonely_in_before);
    free(before);
    free(after);
    if (!good)
        return ACRE_EXIT_MEMORY;
    if (!same_cell_set(comparison, lonely, lonely_in_before, refusal))
        return ACRE_EXIT_INPUT;
    for (size_t i = 0; i < comparison->cell_count; i++) {
        if (!same_recording(&comparison->cells[i], refusal))
            return ACRE_EXIT_INPUT;
        if (!compare_cell(&comparison->options, &comparison->cells[i]))
            return ACRE_EXIT_MEMORY;
    }
    return compare_limit(comparison) ? ACRE_EXIT_OK : ACRE_EXIT_MEMORY;
}

enum acre_exit acre_compare(struct acre_comparison *comparison, const struct acre_run *before,
                            const struct acre_run *after,
                            const struct acre_compare_options *options, char *error,
                            size_t error_bytes)
{
    *comparison = (struct acre_comparison){.before = before, .after = after, .options = *options};
    const struct refusal refusal = {.error = error, .error_bytes = error_bytes};
    if (!same_setting(before, after, &refusal)) {
        *comparison = (struct acre_comparison){0};
        return ACRE_EXIT_INPUT;
    }
    enum acre_exit status = fill(comparison, &refusal);
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
