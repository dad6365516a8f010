/* What a check found, and what is in a history, on a page. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "history/check.h"
#include "report/format.h"
#include "report/group.h"
#include "report/layout.h"

enum { CURVE_WIDTH = 24 };

enum column { STRATEGY, BEFORE, NEWEST, CHANGE, RUNS, CURVE, COLUMNS };

static const struct acre_column columns[COLUMNS] = {
    [STRATEGY] = {"strategy", false, 0, 0}, [BEFORE] = {"before", true, 0, 2},
    [NEWEST] = {"newest", true, 0, 2},      [CHANGE] = {"newest against before", false, 0, 2},
    [RUNS] = {"runs", true, 2, 2},          [CURVE] = {"", false, 1, 2},
};

static struct acre_number value_text(enum acre_metric metric, double value)
{
    return metric == ACRE_METRIC_TIME ? acre_format_ns(value) : acre_format_digits(value);
}

static struct acre_ratio ratio_of(const struct acre_step *step)
{
    return (struct acre_ratio){
        .point = exp(step->log_ratio),
        .low = exp(step->low),
        .high = exp(step->high),
        .has_interval = true,
        .verdict = step->verdict,
    };
}

/* The last runs, between the least and the most of them. */
static void set_curve(struct acre_grid *grid, const struct acre_history_series *series,
                      enum acre_metric metric)
{
    char text[4 * CURVE_WIDTH + 1] = "";
    size_t used = 0, first = series->count > CURVE_WIDTH ? series->count - CURVE_WIDTH : 0;
    double least = INFINITY, most = -INFINITY;

    for (size_t i = first; i < series->count; i++) { /* what is NaN changes neither */
        least = fmin(least, series->values[i].numbers[metric]);
        most = fmax(most, series->values[i].numbers[metric]);
    }
    for (size_t i = first; i < series->count; i++) {
        double number = series->values[i].numbers[metric];
        double height = most > least ? (number - least) / (most - least) : 0.0;

        if (!isnan(number))
            used += (size_t)snprintf(text + used, sizeof text - used, "%s",
                                     acre_format_block(1 + (size_t)(7.0 * height + 0.5)));
    }
    acre_grid_set(grid, CURVE, ACRE_PAINT_NONE, "%s", text);
}

static void set_change(struct acre_grid *grid, const struct acre_step *step)
{
    const struct acre_ratio ratio = ratio_of(step);

    if (step->verdict == ACRE_VERDICT_TOO_FEW_ROUNDS)
        acre_grid_set(grid, CHANGE, ACRE_PAINT_NONE, "too few runs: %zu before it, %zu wanted",
                      step->before, step->runs_wanted);
    else if (acre_verdict_differs(step->verdict))
        acre_grid_set(grid, CHANGE, acre_verdict_paint(step->verdict), "%s",
                      acre_format_verdict(&ratio, true).text);
    else
        acre_grid_set(grid, CHANGE, ACRE_PAINT_NONE, "%s", acre_verdict_words(step->verdict));
}

static void add_row(struct acre_grid *grid, const struct acre_page *page, enum acre_metric metric,
                    const struct acre_history_finding *finding)
{
    const struct acre_step *step = &finding->step;

    acre_grid_row(grid);
    acre_grid_set(grid, STRATEGY, ACRE_PAINT_NONE, "%s",
                  acre_strategy_name(&finding->cell->key).text);
    if (!finding->is_measured) {
        acre_grid_set(grid, CHANGE, ACRE_PAINT_NONE, "not measured");
        return;
    }
    acre_grid_set(grid, NEWEST, ACRE_PAINT_NONE, "%s", value_text(metric, finding->newest).text);
    if (step->newest > 0) {
        acre_grid_set(grid, BEFORE, ACRE_PAINT_NONE, "%s",
                      value_text(metric, exp(step->before_mean)).text);
        acre_grid_set(grid, RUNS, ACRE_PAINT_NONE, "%zu | %zu", step->before, step->newest);
    }
    set_change(grid, step);
    if (page->unicode)
        set_curve(grid, &finding->series, metric);
}

static bool print_tables(const struct acre_history_check *check, const struct acre_page *page)
{
    bool good = true;

    for (size_t at = 0; good && at < check->count;) {
        const struct acre_cell_key *key = &check->findings[at].cell->key;
        struct acre_grid grid = {.columns = columns, .column_count = COLUMNS};

        good = acre_page_title(page, "%s  %s", acre_or_empty(key->workload),
                               acre_group_title(key).text);
        for (; at < check->count && acre_cell_key_same_group(key, &check->findings[at].cell->key);
             at++)
            add_row(&grid, page, check->metric, &check->findings[at]);
        good = good && acre_grid_print(&grid, page, 2);
        acre_page_gap(page);
        acre_grid_free(&grid);
    }
    return good;
}

static bool print_changes(const struct acre_history_check *check, const struct acre_page *page)
{
    bool good = true;

    for (size_t i = 0; good && i < check->count; i++) {
        const struct acre_history_finding *finding = &check->findings[i];

        for (size_t c = 0; good && c < finding->change_count; c++) {
            const struct acre_history_change *change = &finding->changes[c];

            good = acre_page_say(
                page, 2, 4, change->after > change->before ? ACRE_PAINT_RED : ACRE_PAINT_NONE,
                "%s of %s: %s in run %" PRId64 ", %s now.", acre_metric_name(change->metric),
                acre_cell_name(&finding->cell->key).text,
                acre_format_count((uint64_t)change->before).text, change->before_run,
                acre_format_count((uint64_t)change->after).text);
        }
    }
    return good;
}

struct tally {
    size_t verdicts[ACRE_VERDICT_COUNT], counted, changes;
};

static struct tally tally_of(const struct acre_history_check *check)
{
    struct tally tally = {0};

    for (size_t i = 0; i < check->count; i++) {
        tally.changes += check->findings[i].change_count;
        tally.counted += check->findings[i].has_counts_before;
        if (check->findings[i].is_measured)
            tally.verdicts[check->findings[i].step.verdict]++;
    }
    return tally;
}

static bool say_sentence(const struct acre_history_check *check, const struct acre_page *page)
{
    const struct tally tally = tally_of(check);
    char text[512];
    size_t used = 0;
    const char *between = "";

    used += (size_t)snprintf(text, sizeof text,
                             "Run %" PRId64 " against those before it, %s: ", check->id,
                             check->metric == ACRE_METRIC_TIME ? "time" : "distance to the limit");
    for (int v = ACRE_VERDICT_COUNT; v-- > 0;) {
        static const enum acre_verdict order[] = {
            ACRE_VERDICT_TOO_FEW_ROUNDS, ACRE_VERDICT_TOO_NOISY, ACRE_VERDICT_NO_DIFFERENCE,
            ACRE_VERDICT_FASTER, ACRE_VERDICT_SLOWER};
        size_t count = tally.verdicts[order[v]];
        const char *words =
            order[v] == ACRE_VERDICT_TOO_FEW_ROUNDS ? "too few runs" : acre_verdict_words(order[v]);

        if (count == 0)
            continue;
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s%zu %s", between, count, words);
        between = ", ";
    }
    snprintf(text + used, sizeof text - used, "%s.%s", between[0] == '\0' ? "nothing measured" : "",
             tally.counted == 0   ? ""
             : tally.changes == 0 ? " Exact counters are as they were."
                                  : " Exact counters differ.");
    acre_page_wrap(page, 0, 2, ACRE_PAINT_BOLD, text);
    acre_page_gap(page);
    return true;
}

bool acre_history_check_print(const struct acre_history_check *check, const struct acre_page *page)
{
    return say_sentence(check, page) && print_tables(check, page) && print_changes(check, page) &&
           acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                         "before: the mean of the runs in front of the likeliest place of a step; "
                         "runs: how many stand before it | behind it. Intervals 95 %%, verdicts "
                         "of all together 99 %%.");
}

bool acre_history_list_print(const struct acre_history_run *runs, size_t count,
                             const struct acre_page *page)
{
    static const struct acre_column list_columns[] = {
        {"run", true, 0, 0},   {"started", false, 0, 2}, {"commit", false, 0, 2},
        {"cells", true, 0, 2}, {"machine", false, 1, 2}, {"acre", false, 2, 2},
    };
    struct acre_grid grid = {.columns = list_columns, .column_count = 6};
    bool good;

    for (size_t i = 0; i < count; i++) {
        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%" PRId64, runs[i].id);
        acre_grid_set(&grid, 1, ACRE_PAINT_NONE, "%s", runs[i].started);
        acre_grid_set(&grid, 2, ACRE_PAINT_NONE, "%s", runs[i].commit);
        acre_grid_set(&grid, 3, ACRE_PAINT_NONE, "%" PRId64, runs[i].cells);
        acre_grid_set(&grid, 4, ACRE_PAINT_NONE, "%s", runs[i].machine);
        acre_grid_set(&grid, 5, ACRE_PAINT_NONE, "%s", runs[i].version);
    }
    good = acre_grid_print(&grid, page, 0);
    acre_grid_free(&grid);
    return good;
}
