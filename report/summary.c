#include "report/summary.h"
#include "report/format.h"
#include "report/provenance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is said of a group. Ratios are those of the region's times unless said otherwise. */
struct contest {
    const struct acre_group *group;
    const struct acre_group_row *fastest; /* NULL: nothing was timed */
    const struct acre_group_row *region;  /* arena/region; NULL: not timed */
    const struct acre_group_row *single;  /* the fastest that frees singly; NULL: none */
    struct acre_ratio *against_fastest; /* of each row that was timed; zeroed for that one itself */
    const struct acre_ratio *region_against_fastest; /* one of these; NULL: not timed, or fastest */
    bool has_against_malloc, has_against_single;
    struct acre_ratio against_malloc, against_single;
    size_t ties, open; /* strategies not shown to be slower than the fastest, and not judged */
};

/* The region against one rival over all groups that have both. */
struct overall {
    size_t groups;
    bool is_known;
    struct acre_ratio ratio;
};

/* All verdicts of a summary are one family. */
struct summary {
    struct acre_family family;
    const struct acre_group *groups;
    struct contest *contests; /* one a group */
    size_t count;
    struct overall against_malloc, against_single;
};

/* Settings behind a colon aside. */
static bool is_backend(const struct acre_cell_key *key, const char *name)
{
    size_t length = strcspn(key->backend, ":");
    return length == strlen(name) && strncmp(key->backend, name, length) == 0;
}

static bool is_region_of_arena(const struct acre_cell_key *key)
{
    return is_backend(key, "arena") && strcmp(key->lifetime, "region") == 0;
}

static bool frees_singly(const struct acre_cell_key *key)
{
    return strcmp(key->lifetime, "weak") == 0 || strcmp(key->lifetime, "collector") == 0;
}

/* False when out of memory. */
static bool compare_rows(struct acre_family *family, const struct acre_group_row *row,
                         const struct acre_group_row *other, struct acre_ratio *ratio,
                         bool *is_known)
{
    enum acre_stats_status status = acre_family_add(family, &row->times, &other->times, ratio);
    *is_known = status == ACRE_STATS_OK;
    return status != ACRE_STATS_NO_MEMORY;
}

static bool is_tie(const struct acre_ratio *ratio)
{
    return !acre_verdict_is_open(ratio->verdict) && ratio->verdict != ACRE_VERDICT_SLOWER;
}

/* Rows are sorted by time: the first that fits is the fastest. False when out of memory. */
static bool enter(struct acre_family *family, struct contest *contest,
                  const struct acre_group *group)
{
    *contest = (struct contest){.group = group};
    contest->against_fastest = calloc(group->row_count + 1, sizeof *contest->against_fastest);
    if (!contest->against_fastest)
        return false;
    for (size_t i = 0; i < group->row_count && group->rows[i].is_timed; i++) {
        const struct acre_group_row *row = &group->rows[i];
        const struct acre_cell_key *key = &row->cell->key;
        bool is_known;
        if (!contest->fastest)
            contest->fastest = row;
        if (!contest->region && is_region_of_arena(key))
            contest->region = row;
        if (!contest->single && frees_singly(key))
            contest->single = row;
        if (row != contest->fastest &&
            !compare_rows(family, row, contest->fastest, &contest->against_fastest[i], &is_known))
            return false;
        if (row == contest->region && row != contest->fastest)
            contest->region_against_fastest = &contest->against_fastest[i];
    }
    if (!contest->region)
        return true;
    return (!group->reference ||
            compare_rows(family, contest->region, group->reference, &contest->against_malloc,
                         &contest->has_against_malloc)) &&
           (!contest->single ||
            compare_rows(family, contest->region, contest->single, &contest->against_single,
                         &contest->has_against_single));
}

static void count_ties(struct contest *contest)
{
    for (size_t i = 1; i < contest->group->row_count && contest->group->rows[i].is_timed; i++) {
        contest->ties += is_tie(&contest->against_fastest[i]);
        contest->open += acre_verdict_is_open(contest->against_fastest[i].verdict);
    }
}

/* Whom the region is held against. */
enum rival { MALLOC, SINGLE };

static const struct acre_group_row *rival_of(const struct contest *contest, enum rival rival)
{
    return rival == MALLOC ? contest->group->reference : contest->single;
}

/* How many rounds all groups have that have both. */
static size_t common_rounds(const struct contest *contests, size_t count, enum rival rival,
                            size_t *groups)
{
    size_t rounds = SIZE_MAX;
    *groups = 0;
    for (size_t i = 0; i < count; i++) {
        const struct acre_group_row *mine = contests[i].region, *other;
        other = rival_of(&contests[i], rival);
        if (!mine || !other)
            continue;
        size_t both = mine->times.count;
        if (other->times.count < both)
            both = other->times.count;
        rounds = both < rounds ? both : rounds;
        *groups += 1;
    }
    return *groups > 0 ? rounds : 0;
}

/* False when out of memory. */
static bool add_up(struct summary *summary, enum rival rival, struct overall *overall)
{
    struct acre_series ratios = {0};
    enum acre_stats_status status = ACRE_STATS_OK;
    size_t rounds = common_rounds(summary->contests, summary->count, rival, &overall->groups);
    for (size_t round = 0; status == ACRE_STATS_OK && round < rounds; round++) {
        double sum = 0.0;
        for (size_t i = 0; i < summary->count; i++) {
            const struct acre_group_row *mine = summary->contests[i].region;
            const struct acre_group_row *other = rival_of(&summary->contests[i], rival);
            if (mine && other)
                sum += log(mine->times.values[round]) - log(other->times.values[round]);
        }
        if (!acre_series_append(&ratios, exp(sum / (double)overall->groups)))
            status = ACRE_STATS_NO_MEMORY;
    }
    if (status == ACRE_STATS_OK)
        status = acre_family_add(&summary->family, &ratios, NULL, &overall->ratio);
    overall->is_known = status == ACRE_STATS_OK;
    free(ratios.values);
    return status != ACRE_STATS_NO_MEMORY;
}

/* False when out of memory. */
static bool judge(struct summary *summary)
{
    summary->contests = calloc(summary->count + 1, sizeof *summary->contests);
    bool good = summary->contests != NULL;
    for (size_t i = 0; good && i < summary->count; i++)
        good = enter(&summary->family, &summary->contests[i], &summary->groups[i]);
    good = good && add_up(summary, MALLOC, &summary->against_malloc) &&
           add_up(summary, SINGLE, &summary->against_single) && acre_family_judge(&summary->family);
    for (size_t i = 0; good && i < summary->count; i++)
        count_ties(&summary->contests[i]);
    return good;
}

static void end(struct summary *summary)
{
    for (size_t i = 0; summary->contests && i < summary->count; i++)
        free(summary->contests[i].against_fastest);
    free(summary->contests);
    acre_family_end(&summary->family);
}

/* The sentence ------------------------------------------------------------------------------- */

/* " Against malloc: 1.13x slower [1.12, 1.13]." */
struct against {
    char text[160];
};

static struct against against(const char *whom, const struct overall *overall)
{
    struct against words = {""};
    if (overall->is_known)
        snprintf(words.text, sizeof words.text, " Against %s: %s.", whom,
                 acre_verdict_differs(overall->ratio.verdict)
                     ? acre_format_verdict(&overall->ratio, true).text
                     : acre_format_verdict_long(&overall->ratio).text);
    return words;
}

static bool say_overall(const struct acre_page *page, const struct summary *summary)
{
    size_t timed = 0, run = 0, fastest = 0, tied = 0, open = 0;
    char unknown[64] = "";
    for (size_t i = 0; i < summary->count; i++) {
        const struct contest *contest = &summary->contests[i];
        timed += contest->fastest != NULL;
        run += contest->region != NULL;
        fastest += contest->region && contest->region == contest->fastest;
        if (contest->region_against_fastest) {
            tied += is_tie(contest->region_against_fastest);
            open += acre_verdict_is_open(contest->region_against_fastest->verdict);
        }
    }
    if (timed == 0)
        return acre_page_say(page, 2, 2, ACRE_PAINT_BOLD, "Nothing was timed here.");
    if (run == 0)
        return acre_page_say(page, 2, 2, ACRE_PAINT_BOLD,
                             "arena/region was not measured here: the table has the fastest "
                             "strategy of each case.");
    if (open > 0)
        snprintf(unknown, sizeof unknown, ", and in %zu nobody can say", open);
    return acre_page_say(
        page, 2, 2, ACRE_PAINT_BOLD,
        "Over %zu cases of equal weight, arena/region is the fastest%s in %zu%s.%s%s", run,
        tied > 0 ? " or not shown to be slower" : "", fastest + tied, unknown,
        against("malloc", &summary->against_malloc).text,
        against("the best malloc-like of each", &summary->against_single).text);
}

/* The table ---------------------------------------------------------------------------------- */

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

static bool is_same(const char *left, const char *right)
{
    return strcmp(left ? left : "", right ? right : "") == 0;
}

/* Whether any two of these groups differ in the parameter. */
static bool differ_in(const struct acre_group *groups, size_t count, size_t parameter)
{
    for (size_t i = 0; i < count; i++) {
        const struct acre_cell_key *key = groups[i].key;
        if (parameter >= key->parameter_count || parameter >= groups[0].key->parameter_count ||
            !is_same(key->parameters[parameter].value, groups[0].key->parameters[parameter].value))
            return true;
    }
    return false;
}

/* What tells the group from others of its workload; all there is to say where there are none. */
static struct acre_group_title title_among(const struct acre_group *groups, size_t count,
                                           size_t own)
{
    struct acre_group_title title = {.text = ""};
    const struct acre_cell_key *key = groups[own].key;
    size_t used = 0;
    if (count == 1)
        return acre_group_title(key);
    for (size_t i = 0; i < key->parameter_count && used < sizeof title.text; i++)
        if (differ_in(groups, count, i))
            used += (size_t)snprintf(title.text + used, sizeof title.text - used, "%s%.60s",
                                     used > 0 ? ", " : "",
                                     key->parameters[i].title ? key->parameters[i].title : "");
    return title;
}

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
static void set_ties(struct acre_grid *grid, const struct contest *contest)
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

static void add_row(struct acre_grid *grid, const struct contest *contest, const char *title)
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

static bool print_table(const struct acre_page *page, const struct summary *summary)
{
    struct acre_grid grid = {.columns = columns, .column_count = COLUMNS};
    for (size_t at = 0, length; at < summary->count; at += length) {
        const struct acre_group *first = summary->groups + at;
        length = acre_workload_length(first, summary->count - at);
        for (size_t i = 0; i < length; i++)
            add_row(&grid, &summary->contests[at + i], title_among(first, length, i).text);
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

static size_t most_rounds(const struct summary *summary)
{
    size_t rounds = 0;
    for (size_t i = 0; i < summary->count; i++)
        rounds = summary->groups[i].rounds > rounds ? summary->groups[i].rounds : rounds;
    return rounds;
}

/* Why nothing could be said, where the number of rounds alone decided that. */
static bool print_wanted(const struct acre_page *page, const struct summary *summary)
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

static bool print_heading(const struct acre_page *page, const struct summary *summary)
{
    size_t workloads = 0, rounds = most_rounds(summary);
    for (size_t at = 0; at < summary->count;
         at += acre_workload_length(summary->groups + at, summary->count - at))
        workloads++;
    return acre_page_title(page, "%zu workloads, %zu cases  %zu round%s", workloads, summary->count,
                           rounds, rounds == 1 ? "" : "s");
}

bool acre_summary_print(const struct acre_page *page, const struct acre_group *groups, size_t count,
                        const struct acre_judging *judging)
{
    struct summary summary = {
        .family.is_watched = judging->is_watched, .groups = groups, .count = count};
    bool good = judge(&summary) && print_heading(page, &summary);
    acre_page_gap(page);
    good = good && say_overall(page, &summary);
    acre_page_gap(page);
    good = good && print_table(page, &summary) && print_wanted(page, &summary);
    acre_page_gap(page);
    good = good && print_failures(page, groups, count) &&
           acre_provenance_leaks(page, groups, count) &&
           acre_provenance_results(page, groups, count) &&
           (page->wide ||
            acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "The tables of each workload: --wide."));
    acre_page_gap(page);
    end(&summary);
    return good;
}
