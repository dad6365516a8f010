#include "report/compare.h"
#include "report/format.h"
#include "report/group.h"
#include "report/layout.h"
#include "report/over_time.h"
#include "report/waste.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { STRATEGY, BEFORE, AFTER, TIME, TIME_VERDICT, LIMIT, LIMIT_VERDICT, COLUMNS };

static const struct acre_column columns[COLUMNS] = {
    [STRATEGY] = {"strategy", false, 0, 0},     [BEFORE] = {"A us/iter", true, 1, 2},
    [AFTER] = {"B us/iter", true, 1, 2},        [TIME] = {"time B/A", false, 0, 2},
    [TIME_VERDICT] = {"verdict", false, 0, 1},  [LIMIT] = {"x limit B/A", false, 0, 2},
    [LIMIT_VERDICT] = {"verdict", false, 0, 1},
};

/* Differences of one cell that are spelled out; the rest is counted. */
enum { MAX_DIFFERENCES_SHOWN = 8 };

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* "arena/region", with the group behind it where there are several. */
static struct acre_cell_name name_of(const struct acre_comparison *comparison,
                                     const struct acre_compared_cell *cell)
{
    struct acre_cell_name name;
    const struct acre_cell_key *key = &cell->before->key;
    const struct acre_compared_cell *first = &comparison->cells[0];
    const struct acre_compared_cell *last = &comparison->cells[comparison->cell_count - 1];
    /* Cells are sorted by group. */
    if (!acre_cell_key_same_group(&first->before->key, &last->before->key))
        return acre_cell_name(key);
    snprintf(name.text, sizeof name.text, "%.40s/%.40s", or_empty(key->backend),
             or_empty(key->lifetime));
    return name;
}

static void set_ratio(struct acre_grid *grid, size_t column, bool known,
                      const struct acre_ratio *ratio)
{
    if (!known) {
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "-");
        return;
    }
    enum acre_verdict verdict = acre_ratio_verdict(ratio);
    enum acre_paint paint = verdict == ACRE_VERDICT_FASTER   ? ACRE_PAINT_GREEN
                            : verdict == ACRE_VERDICT_SLOWER ? ACRE_PAINT_RED
                                                             : ACRE_PAINT_NONE;
    acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s", acre_format_ratio(ratio, 3).text);
    acre_grid_set(grid, column + 1, paint, "%s", acre_verdict_words(verdict));
}

static void add_row(struct acre_grid *grid, const struct acre_compared_cell *cell)
{
    const char *failed_before = cell->before->failure, *failed_after = cell->after->failure;
    acre_grid_row(grid);
    acre_grid_set(grid, STRATEGY, ACRE_PAINT_NONE, "%s/%s", or_empty(cell->before->key.backend),
                  or_empty(cell->before->key.lifetime));
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
    set_ratio(grid, LIMIT, cell->has_x_limit, &cell->x_limit);
}

static bool print_tables(const struct acre_page *page, const struct acre_comparison *comparison)
{
    bool good = true;
    for (size_t at = 0; good && at < comparison->cell_count;) {
        const struct acre_cell_key *key = &comparison->cells[at].before->key;
        good = acre_page_say(page, 0, 4, ACRE_PAINT_NONE, "%s   %s", or_empty(key->workload),
                             acre_group_title(key).text);
        struct acre_grid grid = {.columns = columns, .column_count = COLUMNS};
        size_t first = at;
        for (; at < comparison->cell_count &&
               acre_cell_key_same_group(key, &comparison->cells[at].before->key);
             at++)
            add_row(&grid, &comparison->cells[at]);
        good = good && acre_grid_print(&grid, page, 2) &&
               acre_waste_print_compared(page, comparison->cells + first, at - first) &&
               acre_over_time_print_compared(page, comparison->cells + first, at - first);
        putc('\n', page->stream);
        acre_grid_free(&grid);
    }
    return good;
}

struct tally {
    size_t verdicts[4];
    size_t untimed, failed, differing_counters, differing_results, recorded;
};

static struct tally count_all(const struct acre_comparison *comparison)
{
    struct tally tally = {0};
    for (size_t i = 0; i < comparison->cell_count; i++) {
        const struct acre_compared_cell *cell = &comparison->cells[i];
        bool failed = cell->before->failure || cell->after->failure;
        tally.failed += failed;
        tally.untimed += !failed && !cell->has_time;
        if (cell->has_time)
            tally.verdicts[acre_ratio_verdict(&cell->time)]++;
        tally.differing_counters += cell->difference_count > 0;
        tally.differing_results += cell->results_differ;
        tally.recorded += cell->before->has_recorded && cell->after->has_recorded;
    }
    return tally;
}

static void put_part(FILE *to, size_t count, const char *words, const char **between)
{
    if (count == 0)
        return;
    fprintf(to, "%s%zu %s", *between, count, words);
    *between = ", ";
}

static char *sentence(const struct acre_comparison *comparison, const struct tally *tally)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);
    if (!to)
        return NULL;
    fprintf(to, "B against A, %zu cell%s:", comparison->cell_count, plural(comparison->cell_count));
    const char *between = " ";
    for (int v = ACRE_VERDICT_FASTER; v <= ACRE_VERDICT_TOO_FEW_ROUNDS; v++)
        put_part(to, tally->verdicts[v], acre_verdict_words((enum acre_verdict)v), &between);
    put_part(to, tally->untimed, "not timed", &between);
    put_part(to, tally->failed, "failed", &between);
    fprintf(to, "%s. ", comparison->cell_count == 0 ? " none" : "");
    if (tally->recorded == 0)
        fprintf(to, "Nothing exact was recorded in both.");
    else if (tally->differing_results > 0)
        fprintf(to, "RESULTS DIFFER in %zu cell%s.", tally->differing_results,
                plural(tally->differing_results));
    else
        fprintf(to, "Results identical.");
    if (tally->recorded > 0 && tally->differing_counters == 0)
        fprintf(to, " Exact counters equal.");
    else if (tally->recorded > 0)
        fprintf(to, " Exact counters differ in %zu cell%s.", tally->differing_counters,
                plural(tally->differing_counters));
    bool failed = ferror(to) != 0;
    if (fclose(to) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

static bool print_limit(const struct acre_page *page, const struct acre_comparison *comparison)
{
    if (!comparison->has_limit)
        return acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "The limit was not measured in both.");
    const struct acre_ratio *limit = &comparison->limit;
    enum acre_verdict verdict = acre_ratio_verdict(limit);
    if (verdict == ACRE_VERDICT_FASTER || verdict == ACRE_VERDICT_SLOWER)
        return acre_page_say(page, 2, 4, ACRE_PAINT_RED,
                             "The limit itself is %s in B: the machine or the kernels changed, "
                             "not the memory management. Judge by x limit.",
                             acre_format_verdict(limit, true).text);
    return acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "The limit itself: %s, B/A %s.",
                         acre_verdict_words(verdict), acre_format_ratio(limit, 3).text);
}

static bool print_results(const struct acre_page *page, const struct acre_comparison *comparison)
{
    for (size_t i = 0; i < comparison->cell_count; i++) {
        const struct acre_compared_cell *cell = &comparison->cells[i];
        if (cell->results_differ && !acre_page_say(page, 2, 4, ACRE_PAINT_RED,
                                                   "RESULTS DIFFER: %s: checksum %s in A, %s in B.",
                                                   name_of(comparison, cell).text,
                                                   or_empty(cell->before->recorded.checksum),
                                                   or_empty(cell->after->recorded.checksum)))
            return false;
    }
    return true;
}

static bool print_counters(const struct acre_page *page, const struct acre_comparison *comparison,
                           const struct acre_compared_cell *cell)
{
    if (cell->difference_count == 0)
        return true;
    if (!acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                       "Exact counters of %s, A -> B:", name_of(comparison, cell).text))
        return false;
    size_t shown = cell->difference_count < MAX_DIFFERENCES_SHOWN ? cell->difference_count
                                                                  : MAX_DIFFERENCES_SHOWN;
    if (page->wide)
        shown = cell->difference_count;
    for (size_t i = 0; i < shown; i++)
        if (!acre_page_say(page, 4, 6, ACRE_PAINT_NONE, "%s: %s -> %s", cell->differences[i].name,
                           cell->differences[i].before, cell->differences[i].after))
            return false;
    return shown == cell->difference_count ||
           acre_page_say(page, 4, 6, ACRE_PAINT_NONE, "and %zu more (--wide shows all)",
                         cell->difference_count - shown);
}

static bool print_regressions(const struct acre_page *page,
                              const struct acre_comparison *comparison, const struct tally *tally)
{
    if (!comparison->options.has_fail_above)
        return true;
    double percent = comparison->options.fail_above_percent;
    struct acre_number above = acre_format_short(percent);
    size_t found = 0;
    for (size_t i = 0; i < comparison->cell_count; i++) {
        const struct acre_compared_cell *cell = &comparison->cells[i];
        if (!cell->time_regressed && !cell->counter_regressed && !cell->newly_failed)
            continue;
        found++;
        if (!acre_page_say(page, 2, 4, ACRE_PAINT_RED, "REGRESSION above %s %%: %s:%s%s%s.",
                           above.text, name_of(comparison, cell).text,
                           cell->time_regressed ? " time" : "",
                           cell->counter_regressed ? " counters" : "",
                           cell->newly_failed ? " fails in B" : ""))
            return false;
    }
    if (found == 0 &&
        !acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "No regression above %s %%.", above.text))
        return false;
    size_t unjudged = tally->verdicts[ACRE_VERDICT_TOO_FEW_ROUNDS];
    return unjudged == 0 ||
           acre_page_say(page, 2, 4, ACRE_PAINT_RED,
                         "The time of %zu cell%s was not judged: a verdict needs %d rounds.",
                         unjudged, plural(unjudged), (int)ACRE_VERDICT_MIN_ROUNDS);
}

static bool print_run(const struct acre_page *page, const char *letter, const char *name,
                      const struct acre_run *run)
{
    return acre_page_say(page, 2, 5, ACRE_PAINT_NONE, "%s  %s: %s, %" PRIu64 " rounds, acre %s",
                         letter, name, or_empty(run->started), run->rounds,
                         or_empty(run->acre_version));
}

/* Facts and libraries that both runs name and that differ: they may be what was to be compared,
 * or what spoils it. */
static bool print_surroundings(const struct acre_page *page, const struct acre_run *a,
                               const struct acre_run *b)
{
    bool good = true;
    for (size_t i = 0; good && i < a->machine_count; i++)
        for (size_t j = 0; good && j < b->machine_count; j++)
            if (strcmp(or_empty(a->machine[i].name), or_empty(b->machine[j].name)) == 0 &&
                strcmp(or_empty(a->machine[i].value), or_empty(b->machine[j].value)) != 0)
                good = acre_page_say(page, 5, 7, ACRE_PAINT_NONE, "%s: %s in A, %s in B",
                                     or_empty(a->machine[i].name), or_empty(a->machine[i].value),
                                     or_empty(b->machine[j].value));
    for (size_t i = 0; good && i < a->library_count; i++) {
        const struct acre_library *left = &a->libraries[i];
        for (size_t j = 0; good && j < b->library_count; j++) {
            const struct acre_library *right = &b->libraries[j];
            if (strcmp(or_empty(left->backend), or_empty(right->backend)) != 0 ||
                (strcmp(or_empty(left->version), or_empty(right->version)) == 0 &&
                 strcmp(or_empty(left->build_id), or_empty(right->build_id)) == 0))
                continue;
            good = acre_page_say(page, 5, 7, ACRE_PAINT_NONE,
                                 "library of %s: %s (build id %s) in A, %s (build id %s) in B",
                                 or_empty(left->backend), or_empty(left->version),
                                 or_empty(left->build_id), or_empty(right->version),
                                 or_empty(right->build_id));
        }
    }
    return good;
}

static bool print_all(const struct acre_page *page, const struct acre_comparison *comparison,
                      const struct acre_comparison_view *view)
{
    struct tally tally = count_all(comparison);
    char *text = sentence(comparison, &tally);
    if (!text)
        return false;
    acre_page_wrap(page, 0, 2, ACRE_PAINT_BOLD, text);
    free(text);
    putc('\n', page->stream);
    if (!print_tables(page, comparison) || !print_results(page, comparison) ||
        !print_limit(page, comparison))
        return false;
    for (size_t i = 0; i < comparison->cell_count; i++)
        if (!print_counters(page, comparison, &comparison->cells[i]))
            return false;
    size_t aside = comparison->only_before + comparison->only_after;
    if (aside > 0 &&
        !acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                       "Left aside: %zu cell%s only in A, %zu only in B.", comparison->only_before,
                       plural(comparison->only_before), comparison->only_after))
        return false;
    if (!print_regressions(page, comparison, &tally))
        return false;
    putc('\n', page->stream);
    return acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                         "B/A of paired rounds: below 1 is faster. Intervals 95 %%, verdicts at "
                         "99 %%.") &&
           print_run(page, "A", view->before_name, comparison->before) &&
           print_run(page, "B", view->after_name, comparison->after) &&
           print_surroundings(page, comparison->before, comparison->after);
}

bool acre_comparison_print(const struct acre_comparison *comparison, FILE *stream,
                           const struct acre_comparison_view *view)
{
    const struct acre_page page = {
        .stream = stream,
        .width = view->width > 0 ? view->width : ACRE_DEFAULT_WIDTH,
        .color = view->color,
        .wide = view->wide,
    };
    errno = 0;
    if (!print_all(&page, comparison, view)) {
        if (errno == 0)
            errno = ENOMEM;
        return false;
    }
    return acre_page_flush(&page);
}
