#include "report/compare.h"
#include "report/compare_notes.h"
#include "report/format.h"
#include "report/group.h"
#include "report/layout.h"
#include "report/over_time.h"
#include "report/waste.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { STRATEGY, BEFORE, AFTER, TIME, TIME_VERDICT, UNPAIRED, LIMIT, LIMIT_VERDICT, COLUMNS };

static const struct acre_column columns[COLUMNS] = {
    [STRATEGY] = {"strategy", false, 0, 0},    [BEFORE] = {"A us/iter", true, 1, 2},
    [AFTER] = {"B us/iter", true, 1, 2},       [TIME] = {"time B/A", false, 0, 2},
    [TIME_VERDICT] = {"verdict", false, 0, 1}, [UNPAIRED] = {"unpaired", false, 0, 2},
    [LIMIT] = {"x limit B/A", false, 0, 2},    [LIMIT_VERDICT] = {"verdict", false, 0, 1},
};

static void set_ratio(struct acre_grid *grid, size_t column, bool known,
                      const struct acre_ratio *ratio)
{
    if (!known) {
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "-");
        return;
    }
    acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s", acre_format_ratio(ratio, 3).text);
    acre_grid_set(grid, column + 1, acre_verdict_paint(ratio->verdict), "%s",
                  acre_format_verdict_short(ratio).text);
}

static void set_unpaired(struct acre_grid *grid, const struct acre_compared_cell *cell)
{
    enum acre_verdict verdict = acre_unpaired_verdict(cell);
    struct acre_number p = acre_format_short(cell->unpaired.p);
    acre_grid_set(grid, UNPAIRED, acre_verdict_paint(verdict), "%s, p %s",
                  acre_verdict_differs(verdict) ? acre_verdict_words(verdict) : "not shown",
                  p.text);
}

static void add_row(struct acre_grid *grid, const struct acre_comparison *comparison,
                    const struct acre_compared_cell *cell)
{
    const char *failed_before = acre_failure_of(cell->all_before, comparison->before.count);
    const char *failed_after = acre_failure_of(cell->all_after, comparison->after.count);
    acre_grid_row(grid);
    acre_grid_set(grid, STRATEGY, ACRE_PAINT_NONE, "%s",
                  acre_strategy_name(&cell->before->key).text);
    if (failed_before || failed_after) {
        acre_grid_note(grid, TIME, cell->newly_failed ? ACRE_PAINT_RED : ACRE_PAINT_NONE,
                       "failed in %s: %s",
                       failed_before && failed_after ? "both"
                       : failed_before               ? "A"
                                                     : "B",
                       failed_after ? failed_after : failed_before);
        return;
    }
    if (!cell->has_time && !cell->has_x_limit) {
        acre_grid_note(grid, TIME, ACRE_PAINT_NONE, "not timed");
        return;
    }
    if (cell->has_time) {
        acre_grid_set(grid, BEFORE, ACRE_PAINT_NONE, "%s",
                      acre_format_digits(cell->before_ns / 1e3).text);
        acre_grid_set(grid, AFTER, ACRE_PAINT_NONE, "%s",
                      acre_format_digits(cell->after_ns / 1e3).text);
    }
    set_ratio(grid, TIME, cell->has_time, &cell->time);
    if (cell->has_unpaired)
        set_unpaired(grid, cell);
    set_ratio(grid, LIMIT, cell->has_x_limit, &cell->x_limit);
}

static bool print_tables(const struct acre_page *page, const struct acre_comparison *comparison)
{
    bool good = true;
    for (size_t at = 0; good && at < comparison->cell_count;) {
        const struct acre_cell_key *key = &comparison->cells[at].before->key;
        good = acre_page_title(page, "%s%s%s", acre_or_empty(key->workload),
                               key->parameter_count > 0 ? "   " : "", acre_group_title(key).text);
        struct acre_column used[COLUMNS];
        struct acre_grid grid = {.columns = used, .column_count = COLUMNS};
        memcpy(used, columns, sizeof used);
        if (comparison->before.count == 1 && comparison->after.count == 1)
            used[UNPAIRED] = (struct acre_column){.title = ""};
        size_t first = at;
        for (; at < comparison->cell_count &&
               acre_cell_key_same_group(key, &comparison->cells[at].before->key);
             at++)
            add_row(&grid, comparison, &comparison->cells[at]);
        good = good && acre_grid_print(&grid, page, 2) &&
               acre_waste_print_compared(page, comparison->cells + first, at - first) &&
               acre_over_time_print_compared(page, comparison->cells + first, at - first);
        acre_page_gap(page);
        acre_grid_free(&grid);
    }
    return good;
}

static bool print_all(const struct acre_page *page, const struct acre_comparison *comparison,
                      const struct acre_comparison_view *view)
{
    char *sentence = acre_comparison_sentence(comparison);
    if (!sentence)
        return false;
    acre_page_wrap(page, 0, 2, ACRE_PAINT_BOLD, sentence);
    free(sentence);
    acre_page_gap(page);
    return print_tables(page, comparison) && acre_comparison_print_notes(page, comparison, view);
}

bool acre_comparison_print(const struct acre_comparison *comparison, FILE *stream,
                           const struct acre_comparison_view *view)
{
    const struct acre_page page = {
        .stream = stream,
        .width = view->width > 0 ? view->width : ACRE_DEFAULT_WIDTH,
        .color = view->color,
        .wide = view->wide,
        .is_markdown = view->is_markdown,
    };
    errno = 0;
    if (!print_all(&page, comparison, view)) {
        if (errno == 0)
            errno = ENOMEM;
        return false;
    }
    return acre_page_flush(&page);
}
