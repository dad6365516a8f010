#include "history/check.h"

#include <math.h>
#include <stdlib.h>

#include "report/group.h"

/* Whether the last of a series is the run's own: else there is nothing newest in it. */
static bool ends_with(const struct acre_history_series *series, int64_t id)
{
    return series->count > 0 && series->values[series->count - 1].run == id;
}

/* Of values that have a logarithm. False when out of memory. */
static bool find_step(const struct acre_history_check *check, struct acre_history_finding *finding)
{
    const struct acre_history_series *series = &finding->series;
    double *logs = calloc(series->count + 1, sizeof *logs);
    size_t count = 0;

    if (logs == NULL)
        return false;
    for (size_t i = 0; i < series->count; i++)
        if (series->values[i].numbers[check->metric] > 0.0)
            logs[count++] = log(series->values[i].numbers[check->metric]);
    finding->newest = series->values[series->count - 1].numbers[check->metric];
    finding->is_measured = finding->newest > 0.0;
    if (finding->is_measured)
        acre_step_of(logs, count, &finding->step);
    free(logs);
    return true;
}

/* The last run before the newest that has a number; NULL: none. */
static const struct acre_history_value *value_before(const struct acre_history_series *series,
                                                     enum acre_metric metric)
{
    for (size_t i = series->count - 1; i-- > 0;)
        if (!isnan(series->values[i].numbers[metric]))
            return &series->values[i];
    return NULL;
}

static void find_changes(struct acre_history_finding *finding)
{
    const struct acre_history_series *series = &finding->series;
    const struct acre_history_value *newest = &series->values[series->count - 1];

    for (int m = 0; m < ACRE_METRIC_COUNT; m++) {
        const struct acre_history_value *before = value_before(series, (enum acre_metric)m);

        if (acre_metric_is_measured((enum acre_metric)m) || m == ACRE_METRIC_HELD)
            continue; /* what libraries hold is decided by their clocks as well */
        if (before == NULL || isnan(newest->numbers[m]))
            continue;
        finding->has_counts_before = true;
        if (newest->numbers[m] != before->numbers[m])
            finding->changes[finding->change_count++] = (struct acre_history_change){
                .metric = (enum acre_metric)m,
                .before = before->numbers[m],
                .after = newest->numbers[m],
                .before_run = before->run,
            };
    }
}

static enum acre_exit look_at(struct acre_history *history, const struct acre_history_check *check,
                              struct acre_history_finding *finding, char *error, size_t error_bytes)
{
    enum acre_exit status = acre_history_series_of(history, check->id, &finding->cell->key,
                                                   &finding->series, error, error_bytes);

    if (status != ACRE_EXIT_OK || !ends_with(&finding->series, check->id))
        return status;
    find_changes(finding);
    if (find_step(check, finding))
        return ACRE_EXIT_OK;
    snprintf(error, error_bytes, "out of memory");
    return ACRE_EXIT_MEMORY;
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
    bool has_memory;

    *check = (struct acre_history_check){.id = id, .metric = metric};
    if (id == 0)
        status = acre_history_last(history, &check->id, error, error_bytes);
    if (status == ACRE_EXIT_OK)
        status = acre_history_get(history, check->id, &check->run, error, error_bytes);
    if (status != ACRE_EXIT_OK)
        return status;
    has_memory = make_findings(check);
    for (size_t i = 0; has_memory && status == ACRE_EXIT_OK && i < check->count; i++)
        status = look_at(history, check, &check->findings[i], error, error_bytes);
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
        free(check->findings[i].series.values);
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
