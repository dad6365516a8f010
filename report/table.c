#include "report/table.h"
#include "report/aged.h"
#include "report/bootstrap.h"
#include "report/format.h"
#include "report/group.h"
#include "report/layout.h"
#include "report/over_time.h"
#include "report/pauses.h"
#include "report/provenance.h"
#include "report/scaling.h"
#include "report/sentence.h"
#include "report/summary.h"
#include "report/waste.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
    STRATEGY,
    TIME,
    UNIT_TIME,
    X_LIMIT,
    AGAINST,
    FAULTS,
    SYSTEM,
    LIVE,
    HELD,
    RSS,
    P99,
    LONGEST,
    COLUMNS
};

static const struct acre_column columns[COLUMNS] = {
    [STRATEGY] = {"strategy", false, 0, 0},
    [TIME] = {"us/iter", true, 0, 2},
    [UNIT_TIME] = {"ns/unit", true, 0,
                   2}, /* its title is the workload's; dropped where there is none */
    [X_LIMIT] = {"x limit", false, 0, 2},
    [AGAINST] = {"vs malloc", false, 0, 2},
    [FAULTS] = {"faults", true, 3, 2},
    [SYSTEM] = {"sys us/iter", true, 4, 2},
    [LIVE] = {"live peak", true, 1, 2},
    [HELD] = {"held", true, 2, 2},
    [RSS] = {"RSS", true, 5, 2},
    [P99] = {"p99 us", true, 6, 2},
    [LONGEST] = {"max us", true, 7, 2},
};

/* Blanks that align the lifetimes under each other. */
static int backend_width(const struct acre_group *group)
{
    size_t width = 0;
    for (size_t i = 0; i < group->row_count; i++) {
        size_t length = strlen(group->rows[i].cell->key.backend);
        width = length > width ? length : width;
    }
    return width < 40 ? (int)width : 40;
}

static bool is_strong(const struct acre_cell *cell)
{
    return strcmp(cell->key.lifetime, "strong") == 0;
}

/* A cell without a steady state says in words what it has instead. */
static void note_untimed(struct acre_grid *grid, const struct acre_cell *cell)
{
    const struct acre_recorded *recorded = &cell->recorded;
    if (cell->failure)
        acre_grid_note(grid, X_LIMIT, ACRE_PAINT_RED, "failed: %s", cell->failure);
    else if (!cell->has_recorded)
        acre_grid_note(grid, X_LIMIT, ACRE_PAINT_NONE, "not timed");
    else if (recorded->leaked_blocks == 0 && recorded->leaked_bytes == 0)
        acre_grid_note(grid, X_LIMIT, ACRE_PAINT_NONE,
                       "not timed; leaks nothing in %" PRIu64 " iterations", recorded->iterations);
    else
        acre_grid_note(grid, X_LIMIT, is_strong(cell) ? ACRE_PAINT_NONE : ACRE_PAINT_RED,
                       "leaks %s in %" PRIu64 " iterations%s",
                       acre_format_bytes((double)recorded->leaked_bytes).text, recorded->iterations,
                       is_strong(cell) ? " (by design: step 16)" : "");
}

static bool set_median(struct acre_grid *grid, enum column column, const struct acre_series *series,
                       struct acre_number (*format)(double), double scale)
{
    double median;
    enum acre_stats_status status = acre_series_median(series, &median);
    if (status == ACRE_STATS_NO_MEMORY)
        return false;
    if (status == ACRE_STATS_OK)
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s", format(median * scale).text);
    else
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "-");
    return true;
}

static void set_memory(struct acre_grid *grid, const struct acre_cell *cell)
{
    if (!cell->has_recorded) {
        acre_grid_set(grid, LIVE, ACRE_PAINT_NONE, "-");
        acre_grid_set(grid, HELD, ACRE_PAINT_NONE, "-");
        return;
    }
    const struct acre_recorded *recorded = &cell->recorded;
    acre_grid_set(grid, LIVE, ACRE_PAINT_NONE, "%s",
                  acre_format_bytes((double)recorded->peak_bytes).text);
    if (recorded->has_held)
        acre_grid_set(grid, HELD, ACRE_PAINT_NONE, "%s",
                      acre_format_bytes((double)recorded->peak_held_bytes).text);
    else
        acre_grid_set(grid, HELD, ACRE_PAINT_NONE, "not reported");
}

static void set_time(struct acre_grid *grid, double ns, uint64_t units)
{
    acre_grid_set(grid, TIME, ACRE_PAINT_NONE, "%s", acre_format_digits(ns / 1e3).text);
    if (units > 0)
        acre_grid_set(grid, UNIT_TIME, ACRE_PAINT_NONE, "%s",
                      acre_format_digits(ns / (double)units).text);
}

static bool add_row(struct acre_grid *grid, const struct acre_group *group,
                    const struct acre_group_row *row)
{
    const struct acre_cell *cell = row->cell;
    acre_grid_row(grid);
    acre_grid_set(grid, STRATEGY, ACRE_PAINT_NONE, "%-*s %s", backend_width(group),
                  cell->key.backend, cell->key.lifetime);
    if (!row->is_timed) {
        acre_grid_set(grid, TIME, ACRE_PAINT_NONE, "-");
        note_untimed(grid, cell);
        return true;
    }
    set_time(grid, row->ns_per_iteration, cell->units_per_iteration);
    if (row->has_x_limit)
        acre_grid_set(grid, X_LIMIT, ACRE_PAINT_NONE, "%s",
                      acre_format_ratio(&row->x_limit, 2).text);
    else
        acre_grid_set(grid, X_LIMIT, ACRE_PAINT_NONE, "-");
    if (row->has_against)
        acre_grid_set(grid, AGAINST, acre_verdict_paint(row->against.verdict), "%s",
                      acre_format_verdict(&row->against, false).text);
    else
        acre_grid_set(grid, AGAINST, ACRE_PAINT_NONE, row == group->reference ? "1" : "-");
    set_memory(grid, cell);
    return set_median(grid, FAULTS, &cell->faults_per_iteration, acre_format_short, 1.0) &&
           set_median(grid, SYSTEM, &cell->system_ns_per_iteration, acre_format_short, 1e-3) &&
           set_median(grid, RSS, &cell->rss_bytes, acre_format_bytes, 1.0) &&
           acre_pauses_set(grid, P99, LONGEST, cell);
}

/* The columns of a group: with its unit, and without the column for it where it has none. */
struct titles {
    char unit[48];
    struct acre_column columns[COLUMNS];
};

static void title_columns(struct titles *titles, const struct acre_group *group)
{
    const char *unit = group->key->unit ? group->key->unit : "";
    memcpy(titles->columns, columns, sizeof columns);
    snprintf(titles->unit, sizeof titles->unit, "ns/%.40s", unit);
    titles->columns[UNIT_TIME].title = titles->unit;
    if (!unit[0])
        titles->columns[UNIT_TIME] = (struct acre_column){.title = ""};
}

static bool print_table(const struct acre_page *page, const struct acre_group *group)
{
    struct titles titles;
    title_columns(&titles, group);
    struct acre_grid grid = {.columns = titles.columns, .column_count = COLUMNS};
    bool good = true;
    if (group->has_limit) {
        acre_grid_row(&grid);
        acre_grid_set(&grid, STRATEGY, ACRE_PAINT_NONE, "limit");
        set_time(&grid, group->limit_ns, group->rows[0].cell->units_per_iteration);
        acre_grid_set(&grid, X_LIMIT, ACRE_PAINT_NONE, "1");
    }
    for (size_t i = 0; good && i < group->row_count; i++)
        good = add_row(&grid, group, &group->rows[i]);
    good = good && acre_grid_print(&grid, page, 2);
    acre_grid_free(&grid);
    return good;
}

/* What the processes of all rounds cost together, against those of the reference: starts add up.
 * False when out of memory. */
static bool set_totals(struct acre_grid *grid, const struct acre_group *group,
                       const struct acre_group_row *row)
{
    struct acre_sum_ratio sums;
    if (!row->has_cold_against) {
        acre_grid_set(grid, 4, ACRE_PAINT_NONE, row == group->reference ? "1" : "-");
        return true;
    }
    enum acre_stats_status status = acre_ratio_of_sums(
        &row->cell->cold_ns, &group->reference->cell->cold_ns, ACRE_BOOTSTRAP_SEED, &sums);
    const struct acre_ratio shown = {
        .point = sums.point, .low = sums.low, .high = sums.high, .has_interval = sums.has_interval};
    acre_grid_set(grid, 4, ACRE_PAINT_NONE, "%s",
                  status == ACRE_STATS_OK ? acre_format_ratio(&shown, 2).text : "-");
    return status != ACRE_STATS_NO_MEMORY;
}

static bool print_cold(const struct acre_page *page, const struct acre_group *group)
{
    static const struct acre_column cold_columns[] = {{"cold", false, 0, 0},
                                                      {"in all", true, 0, 2},
                                                      {"faults", true, 0, 2},
                                                      {"vs malloc", false, 0, 3},
                                                      {"total / malloc's", false, 1, 2}};
    const struct acre_group_row *first = NULL;
    struct acre_grid grid = {.columns = cold_columns, .column_count = 5};
    bool good = true;
    for (size_t i = 0; good && i < group->row_count; i++) {
        const struct acre_group_row *row = &group->rows[i];
        if (!row->has_cold)
            continue;
        first = first ? first : row;
        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%-*s %s", backend_width(group),
                      row->cell->key.backend, row->cell->key.lifetime);
        acre_grid_set(&grid, 1, ACRE_PAINT_NONE, "%s", acre_format_ns(row->cold_ns).text);
        double faults;
        enum acre_stats_status status = acre_series_median(&row->cell->cold_faults, &faults);
        good = status != ACRE_STATS_NO_MEMORY && set_totals(&grid, group, row);
        acre_grid_set(&grid, 2, ACRE_PAINT_NONE, "%s",
                      status == ACRE_STATS_OK ? acre_format_short(faults).text : "-");
        if (row->has_cold_against)
            acre_grid_set(&grid, 3, acre_verdict_paint(row->cold_against.verdict), "%s",
                          acre_format_verdict(&row->cold_against, true).text);
        else
            acre_grid_set(&grid, 3, ACRE_PAINT_NONE, row == group->reference ? "1" : "-");
    }
    if (good && first) {
        acre_page_gap(page);
        good =
            acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                          "cold (the first %" PRIu64 " %s%s of a fresh process):",
                          first->cell->cold_iterations, group->played ? "pass" : "iteration",
                          first->cell->cold_iterations == 1 ? ""
                          : group->played                   ? "es"
                                                            : "s") &&
            acre_grid_print(&grid, page, 2) &&
            (!group->reference ||
             acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                           "total: all rounds together; intervals by %s resamples, seed %u.",
                           acre_format_count(ACRE_BOOTSTRAP_RESAMPLES).text, ACRE_BOOTSTRAP_SEED));
    }
    acre_grid_free(&grid);
    return good;
}

/* What the open verdicts of the tables mean. */
static bool print_open(const struct acre_page *page, const struct acre_group *group)
{
    size_t verdicts[ACRE_VERDICT_COUNT] = {0};
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_group_row *row = &group->rows[i];
        if (row->has_against)
            verdicts[row->against.verdict]++;
        if (row->has_cold_against)
            verdicts[row->cold_against.verdict]++;
    }
    return acre_provenance_open(page, verdicts);
}

static bool print_group(const struct acre_page *page, const struct acre_group *group)
{
    char rounds[64] = "";
    if (group->rounds > 0)
        snprintf(rounds, sizeof rounds, "  %zu round%s", group->rounds,
                 group->rounds == 1 ? "" : "s");
    const struct acre_cell_key *key = group->key;
    if (!acre_page_title(page, "%s%s%s%s", key->workload ? key->workload : "",
                         key->parameter_count > 0 ? "  " : "", acre_group_title(key).text, rounds))
        return false;
    char *sentence = acre_group_sentence(group);
    if (!sentence)
        return false;
    acre_page_gap(page);
    acre_page_wrap(page, 2, 2, ACRE_PAINT_BOLD, sentence);
    acre_page_gap(page);
    free(sentence);
    if (!print_table(page, group) || !print_cold(page, group) ||
        (page->wide && (!acre_waste_print(page, group) || !acre_over_time_print(page, group))))
        return false;
    acre_page_gap(page);
    return print_open(page, group) && acre_provenance_leaks(page, group, 1) &&
           acre_provenance_results(page, group, 1);
}

/* Workload by workload, what is said over several sizes behind the groups of each. */
static bool print_details(const struct acre_page *page, const struct acre_run *run,
                          const struct acre_groups *all)
{
    const struct acre_group *groups = all->groups;
    bool good = true;
    for (size_t at = 0, length; good && at < all->count; at += length) {
        length = acre_workload_length(groups + at, all->count - at);
        for (size_t i = at; good && i < at + length; i++) {
            good = print_group(page, &groups[i]);
            acre_page_gap(page);
        }
        good = good && acre_scaling_print(page, groups + at, length, &all->judging);
    }
    return good && acre_aged_print(page, run, &all->judging);
}

/* Many tables let the answer scroll away: of several workloads it comes first, and alone. */
static bool print_groups(const struct acre_page *page, const struct acre_run *run)
{
    struct acre_groups all;
    bool good = acre_groups_init(&all, run);
    bool is_suite = acre_run_is_suite(run);
    if (is_suite)
        good = good && acre_summary_print(page, &all);
    if (!is_suite || page->wide)
        good = good && print_details(page, run, &all);
    acre_groups_fini(&all);
    return good;
}

bool acre_run_print(const struct acre_run *run, FILE *stream,
                    const struct acre_table_options *options)
{
    struct acre_page page = {.stream = stream, .width = ACRE_DEFAULT_WIDTH};
    if (options) {
        page.width = options->width > 0 ? options->width : ACRE_DEFAULT_WIDTH;
        page.color = options->color;
        page.wide = options->wide;
        page.unicode = options->unicode;
        page.is_markdown = options->is_markdown;
    }
    errno = 0;
    if (!print_groups(&page, run) || !acre_provenance_run(&page, run)) {
        if (errno == 0)
            errno = ENOMEM;
        return false;
    }
    return acre_page_flush(&page);
}
