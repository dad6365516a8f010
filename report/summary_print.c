#include "report/format.h"
#include "report/provenance.h"
#include "report/summary.h"

#include <stdlib.h>
#include <string.h>

enum column {
    WORKLOAD,
    CASE,
    FASTEST,
    TIES,
    X_LIMIT,
    AGAINST_MALLOC,
    AGAINST_SINGLE,
    NAME,
    COLUMNS
};

static const struct acre_column columns[COLUMNS] = {
    [WORKLOAD] = {"workload", false, 0, 0},
    [CASE] = {"case", false, 0, 2},
    [FASTEST] = {"fastest", false, 0, 2},
    [TIES] = {"ties", true, 3, 2},
    [X_LIMIT] = {"x limit", true, 4, 2},
    [AGAINST_MALLOC] = {"vs malloc", false, 0, 2},
    [AGAINST_SINGLE] = {"vs malloc-like", false, 1, 2},
    [NAME] = {"which is", false, 2, 2},
};

/* So that a row fits 80 columns; cases of one workload differ early. */
enum { MOST_CASE_WIDTH = 30 };

static struct acre_group_title cut_short(const char *title)
{
    struct acre_group_title cut;
    snprintf(cut.text, sizeof cut.text, "%.*s...", MOST_CASE_WIDTH - 3, title);
    return cut;
}

/* "1.37x faster", "=", "?", and "-" where there is no such ratio: the words of no verdict stand
 * below the table. */
static void set_verdict(struct acre_grid *grid, enum column column, bool is_known,
                        const struct acre_ratio *ratio)
{
    if (!is_known)
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "-");
    else if (acre_verdict_differs(ratio->verdict))
        acre_grid_set(grid, column, acre_verdict_paint(ratio->verdict), "%s",
                      acre_format_verdict(ratio, false).text);
    else
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s",
                      acre_verdict_is_open(ratio->verdict) ? "?" : "=");
}

/* "2", or "2, 3?" where three more may be. */
static void set_ties(struct acre_grid *grid, const struct acre_contest *contest)
{
    if (contest->open == 0)
        acre_grid_set(grid, TIES, ACRE_PAINT_NONE, "%zu", contest->ties);
    else
        acre_grid_set(grid, TIES, ACRE_PAINT_NONE, "%zu, %zu?", contest->ties, contest->open);
}

static void set_strategy(struct acre_grid *grid, enum column column,
                         const struct acre_group_row *row)
{
    acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s", acre_strategy_name(&row->cell->key).text);
}

static void add_row(struct acre_grid *grid, const struct acre_contest *contest, const char *title)
{
    const struct acre_group_row *fastest = contest->fastest;
    const char *workload = contest->group->key->workload;
    acre_grid_row(grid);
    acre_grid_set(grid, WORKLOAD, ACRE_PAINT_NONE, "%s", workload ? workload : "");
    acre_grid_set(grid, CASE, ACRE_PAINT_NONE, "%s",
                  strlen(title) <= MOST_CASE_WIDTH ? title : cut_short(title).text);
    if (!fastest) {
        acre_grid_note(grid, FASTEST, ACRE_PAINT_RED, "nothing was timed");
        return;
    }
    set_strategy(grid, FASTEST, fastest);
    set_ties(grid, contest);
    acre_grid_set(grid, X_LIMIT, ACRE_PAINT_NONE, "%s",
                  fastest->has_x_limit ? acre_format_digits(fastest->x_limit.point).text : "-");
    set_verdict(grid, AGAINST_MALLOC, contest->has_against_malloc, &contest->against_malloc);
    set_verdict(grid, AGAINST_SINGLE, contest->has_against_single, &contest->against_single);
    if (contest->single)
        set_strategy(grid, NAME, contest->single);
}

static bool print_table(const struct acre_page *page, const struct acre_summary *summary)
{
    struct acre_grid grid = {.columns = columns, .column_count = COLUMNS};
    for (size_t at = 0, length; at < summary->count; at += length) {
        const struct acre_group *first = summary->groups + at;
        length = acre_workload_length(first, summary->count - at);
        for (size_t i = 0; i < length; i++)
            add_row(&grid, &summary->contests[at + i],
                    acre_group_title_among(first, length, i).text);
    }
    bool good = acre_grid_print(&grid, page, 2) &&
                acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                              "vs: arena/region against malloc/weak, and against the fastest that "
                              "frees singly. =: no difference shown, at 99 %% of the whole table; "
                              "?: too few rounds, or too noisy, to say. ties: how many others are "
                              "not shown to be slower.");
    acre_grid_free(&grid);
    return good;
}

static size_t most_rounds(const struct acre_summary *summary)
{
    size_t rounds = 0;
    for (size_t i = 0; i < summary->count; i++)
        rounds = summary->groups[i].rounds > rounds ? summary->groups[i].rounds : rounds;
    return rounds;
}

/* Why nothing could be said, where the number of rounds alone decided that. */
static bool print_wanted(const struct acre_page *page, const struct acre_summary *summary)
{
    size_t rounds = most_rounds(summary);
    size_t wanted = acre_verdict_rounds(summary->family.count, summary->family.is_watched);
    return summary->family.count == 0 || rounds >= wanted ||
           acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                         "Too few rounds for any verdict on so many ratios: %zu measured, %zu "
                         "needed.",
                         rounds, wanted);
}

/* What should be noticed ---------------------------------------------------------------------- */

static bool print_failures(const struct acre_page *page, const struct acre_group *groups,
                           size_t count)
{
    for (size_t g = 0; g < count; g++)
        for (size_t i = 0; i < groups[g].row_count; i++) {
            const struct acre_cell *cell = groups[g].rows[i].cell;
            if (cell->failure && !acre_page_say(page, 2, 4, ACRE_PAINT_RED, "FAILED: %s: %s",
                                                acre_cell_name(&cell->key).text, cell->failure))
                return false;
        }
    return true;
}

static bool print_heading(const struct acre_page *page, const struct acre_summary *summary)
{
    size_t workloads = 0, rounds = most_rounds(summary);
    for (size_t at = 0; at < summary->count;
         at += acre_workload_length(summary->groups + at, summary->count - at))
        workloads++;
    return acre_page_title(page, "%zu workloads, %zu cases  %zu round%s", workloads, summary->count,
                           rounds, rounds == 1 ? "" : "s");
}

bool acre_summary_print(const struct acre_page *page, const struct acre_groups *groups)
{
    struct acre_summary summary;
    bool good = acre_summary_init(&summary, groups);
    good = good && print_heading(page, &summary);
    acre_page_gap(page);
    if (good)
        acre_page_wrap(page, 2, 2, ACRE_PAINT_BOLD, acre_summary_sentence(&summary).text);
    acre_page_gap(page);
    good = good && print_table(page, &summary) && print_wanted(page, &summary);
    acre_page_gap(page);
    good = good && print_failures(page, groups->groups, groups->count) &&
           acre_provenance_leaks(page, groups->groups, groups->count) &&
           acre_provenance_results(page, groups->groups, groups->count) &&
           (page->wide ||
            acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "The tables of each workload: --wide."));
    acre_page_gap(page);
    acre_summary_fini(&summary);
    return good;
}
