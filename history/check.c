#include "history/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/group.h"

/* Only of values that have a logarithm. */
static bool judge_series(struct acre_history_finding *finding)
{
    const struct acre_history_series *series = &finding->series;
    double *logs = calloc(series->count + 1, sizeof *logs);
    size_t count = 0;

    if (logs == NULL)
        return false;
    for (size_t i = 0; i < series->count; i++)
        if (series->values[i].value > 0.0)
            logs[count++] = log(series->values[i].value);
    acre_step_of(logs, count, &finding->step);
    free(logs);
    return true;
}

/* Whether the last of a series is the run's own: else there is nothing newest in it. */
static bool ends_with(const struct acre_history_series *series, int64_t id)
{
    return series->count > 0 && series->values[series->count - 1].run == id;
}

static enum acre_exit find_step(struct acre_history *history, struct acre_history_check *check,
                                struct acre_history_finding *finding, char *error,
                                size_t error_bytes)
{
    enum acre_exit status =
        acre_history_series_of(history, check->id, &finding->cell->key, check->metric,
                               &finding->series, error, error_bytes);

    if (status != ACRE_EXIT_OK)
        return status;
    finding->is_measured = ends_with(&finding->series, check->id);
    if (!finding->is_measured)
        return ACRE_EXIT_OK;
    finding->newest = finding->series.values[finding->series.count - 1].value;
    if (judge_series(finding))
        return ACRE_EXIT_OK;
    snprintf(error, error_bytes, "out of memory");
    return ACRE_EXIT_MEMORY;
}

static enum acre_exit find_changes(struct acre_history *history, struct acre_history_check *check,
                                   struct acre_history_finding *finding, char *error,
                                   size_t error_bytes)
{
    for (int m = 0; m < ACRE_METRIC_COUNT; m++) {
        struct acre_history_series series;
        enum acre_exit status;
        size_t n;

        if (acre_metric_is_measured((enum acre_metric)m) || m == ACRE_METRIC_HELD)
            continue; /* what libraries hold is decided by their clocks as well */
        status = acre_history_series_of(history, check->id, &finding->cell->key,
                                        (enum acre_metric)m, &series, error, error_bytes);
        if (status != ACRE_EXIT_OK)
            return status;
        n = ends_with(&series, check->id) ? series.count : 0;
        finding->has_counts_before = finding->has_counts_before || n > 1;
        if (n > 1 && series.values[n - 1].value != series.values[n - 2].value)
            finding->changes[finding->change_count++] = (struct acre_history_change){
                .metric = (enum acre_metric)m,
                .before = series.values[n - 2].value,
                .after = series.values[n - 1].value,
                .before_run = series.values[n - 2].run,
            };
        acre_history_free_series(&series);
    }
    return ACRE_EXIT_OK;
}

static enum acre_exit find_last(struct acre_history *history, int64_t *id, char *error,
                                size_t error_bytes)
{
    struct acre_history_run *runs;
    size_t count;
    enum acre_exit status = acre_history_list(history, &runs, &count, error, error_bytes);

    if (status != ACRE_EXIT_OK)
        return status;
    if (count > 0)
        *id = runs[count - 1].id;
    acre_history_free_runs(runs, count);
    if (count > 0)
        return ACRE_EXIT_OK;
    snprintf(error, error_bytes, "%s: no run was added yet", history->path);
    return ACRE_EXIT_INPUT;
}

static bool make_findings(struct acre_history_check *check)
{
    const struct acre_cell **cells = acre_run_sorted_cells(&check->run);

    check->count = check->run.cell_count;
    check->findings = calloc(check->count + 1, sizeof *check->findings);
    for (size_t i = 0; cells != NULL && check->findings != NULL && i < check->count; i++)
        check->findings[i].cell = cells[i];
    free(cells);
    return cells != NULL && check->findings != NULL;
}

/* All measured cells are one family. False when out of memory. */
static bool judge(struct acre_history_check *check)
{
    struct acre_step **steps = calloc(check->count + 1, sizeof(struct acre_step *));
    size_t count = 0;
    bool good;

    for (size_t i = 0; steps != NULL && i < check->count; i++)
        if (check->findings[i].is_measured)
            steps[count++] = &check->findings[i].step;
    good = steps != NULL && acre_steps_judge(steps, count);
    free(steps);
    return good;
}

enum acre_exit acre_history_check_run(struct acre_history *history, int64_t id,
                                      enum acre_metric metric, struct acre_history_check *check,
                                      char *error, size_t error_bytes)
{
    enum acre_exit status = ACRE_EXIT_OK;
    bool has_memory = true;

    *check = (struct acre_history_check){.id = id, .metric = metric};
    if (id == 0)
        status = find_last(history, &check->id, error, error_bytes);
    if (status == ACRE_EXIT_OK)
        status = acre_history_get(history, check->id, &check->run, error, error_bytes);
    if (status != ACRE_EXIT_OK)
        return status;
    has_memory = make_findings(check);
    for (size_t i = 0; has_memory && status == ACRE_EXIT_OK && i < check->count; i++) {
        status = find_step(history, check, &check->findings[i], error, error_bytes);
        if (status == ACRE_EXIT_OK)
            status = find_changes(history, check, &check->findings[i], error, error_bytes);
    }
    if (has_memory && status == ACRE_EXIT_OK)
        has_memory = judge(check);
    if (!has_memory) {
        snprintf(error, error_bytes, "out of memory");
        status = ACRE_EXIT_MEMORY;
    }
    if (status != ACRE_EXIT_OK)
        acre_history_check_end(check);
    return status;
}

void acre_history_check_end(struct acre_history_check *check)
{
    for (size_t i = 0; check->findings != NULL && i < check->count; i++)
        acre_history_free_series(&check->findings[i].series);
    free(check->findings);
    acre_run_free(&check->run);
    *check = (struct acre_history_check){0};
}

static bool is_worse(const struct acre_history_finding *finding)
{
    if (finding->is_measured && finding->step.verdict == ACRE_VERDICT_SLOWER)
        return true;
    for (size_t i = 0; i < finding->change_count; i++)
        if (finding->changes[i].after > finding->changes[i].before)
            return true;
    return false;
}

enum acre_exit acre_history_check_exit(const struct acre_history_check *check)
{
    for (size_t i = 0; i < check->count; i++)
        if (is_worse(&check->findings[i]))
            return ACRE_EXIT_NO;
    return ACRE_EXIT_OK;
}
