#include "report/summary.h"
#include "report/format.h"
#include "report/provenance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is said of a group. */
struct contest {
    const struct acre_group *group;
    const struct acre_group_row *fastest; /* NULL: nothing was timed */
    const struct acre_group_row *region;  /* arena/region; NULL: not timed */
    const struct acre_group_row *single;  /* the fastest that frees singly; NULL: none */
    struct acre_ratio against_fastest;    /* these two of the region's time; valid with region */
    struct acre_ratio against_single;     /* and with single */
    size_t ties; /* strategies that are not shown to be slower than the fastest */
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
static bool compare_rows(const struct acre_group_row *row, const struct acre_group_row *other,
                         struct acre_ratio *ratio)
{
    return acre_ratio_of_pairs(&row->cell->ns_per_iteration, &other->cell->ns_per_iteration,
                               ratio) != ACRE_STATS_NO_MEMORY;
}

static bool is_tie(const struct acre_ratio *ratio)
{
    return acre_ratio_verdict(ratio) == ACRE_VERDICT_NO_DIFFERENCE;
}

/* Rows are sorted by time: the first that fits is the fastest. */
static bool judge(struct contest *contest, const struct acre_group *group)
{
    *contest = (struct contest){.group = group};
    for (size_t i = 0; i < group->row_count && group->rows[i].is_timed; i++) {
        const struct acre_group_row *row = &group->rows[i];
        const struct acre_cell_key *key = &row->cell->key;
        struct acre_ratio ratio;
        if (!contest->fastest)
            contest->fastest = row;
        if (!contest->region && is_region_of_arena(key))
            contest->region = row;
        if (!contest->single && frees_singly(key))
            contest->single = row;
        if (!compare_rows(row, contest->fastest, &ratio))
            return false;
        if (row == contest->region)
            contest->against_fastest = ratio;
        contest->ties += row != contest->fastest && is_tie(&ratio);
    }
    return !contest->region || !contest->single ||
           compare_rows(contest->region, contest->single, &contest->against_single);
}

/* Whom the region is held against. */
enum rival { MALLOC, SINGLE };

static const struct acre_group_row *rival_of(const struct contest *contest, enum rival rival)
{
    return rival == MALLOC ? contest->group->reference : contest->single;
}

struct overall {
    size_t groups; /* that have both */
    struct acre_ratio ratio;
};

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
        size_t both = mine->cell->ns_per_iteration.count;
        if (other->cell->ns_per_iteration.count < both)
            both = other->cell->ns_per_iteration.count;
        rounds = both < rounds ? both : rounds;
        *groups += 1;
    }
    return *groups > 0 ? rounds : 0;
}

/* False when out of memory. */
static bool add_up(const struct contest *contests, size_t count, enum rival rival,
                   struct overall *overall)
{
    struct acre_series logs = {0};
    bool good = true;
    *overall = (struct overall){0};
    size_t rounds = common_rounds(contests, count, rival, &overall->groups);
    for (size_t round = 0; good && round < rounds; round++) {
        double sum = 0.0;
        for (size_t i = 0; i < count; i++) {
            const struct acre_group_row *mine = contests[i].region;
            const struct acre_group_row *other = rival_of(&contests[i], rival);
            if (mine && other)
                sum += log(mine->cell->ns_per_iteration.values[round]) -
                       log(other->cell->ns_per_iteration.values[round]);
        }
        good = acre_series_append(&logs, sum / (double)overall->groups);
    }
    good = good && acre_ratio_of_logs(&logs, &overall->ratio) != ACRE_STATS_NO_MEMORY;
    free(logs.values);
    return good;
}

/* The sentence ------------------------------------------------------------------------------- */

static bool say_overall(const struct acre_page *page, const struct contest *contests, size_t count)
{
    struct overall malloc_like, reference;
    size_t timed = 0, won = 0, run = 0;
    bool judged = true;
    if (!add_up(contests, count, MALLOC, &reference) ||
        !add_up(contests, count, SINGLE, &malloc_like))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct contest *contest = &contests[i];
        timed += contest->fastest != NULL;
        run += contest->region != NULL;
        judged = judged && contest->group->rounds >= ACRE_VERDICT_MIN_ROUNDS;
        won += contest->region &&
               (contest->region == contest->fastest || is_tie(&contest->against_fastest));
    }
    if (timed == 0)
        return acre_page_say(page, 2, 2, ACRE_PAINT_BOLD, "Nothing was timed here.");
    if (run == 0)
        return acre_page_say(page, 2, 2, ACRE_PAINT_BOLD,
                             "arena/region was not measured here: the table has the fastest "
                             "strategy of each case.");
    char against_malloc[160] = "", against_single[160] = "";
    if (reference.groups > 0)
        snprintf(against_malloc, sizeof against_malloc, " Against malloc: %s.",
                 acre_format_verdict(&reference.ratio, true).text);
    if (malloc_like.groups > 0)
        snprintf(against_single, sizeof against_single,
                 " Against the best malloc-like of each: %s.",
                 acre_format_verdict(&malloc_like.ratio, true).text);
    return acre_page_say(
        page, 2, 2, ACRE_PAINT_BOLD,
        "Over %zu cases of equal weight, arena/region is the fastest%s in %zu.%s%s", run,
        judged ? " or not shown to be slower" : "", won, against_malloc, against_single);
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

/* "1.37x faster", "=", "?": the words of no verdict stand below the table. */
static void set_verdict(struct acre_grid *grid, enum column column, const struct acre_ratio *ratio)
{
    switch (acre_ratio_verdict(ratio)) {
    case ACRE_VERDICT_FASTER:
        acre_grid_set(grid, column, ACRE_PAINT_GREEN, "%s", acre_format_verdict(ratio, false).text);
        return;
    case ACRE_VERDICT_SLOWER:
        acre_grid_set(grid, column, ACRE_PAINT_RED, "%s", acre_format_verdict(ratio, false).text);
        return;
    case ACRE_VERDICT_NO_DIFFERENCE:
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "=");
        return;
    case ACRE_VERDICT_TOO_FEW_ROUNDS:
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "?");
        return;
    }
}

static void set_strategy(struct acre_grid *grid, enum column column,
                         const struct acre_group_row *row)
{
    acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s/%s", row->cell->key.backend,
                  row->cell->key.lifetime);
}

static void add_row(struct acre_grid *grid, const struct contest *contest, const char *title)
{
    const struct acre_group_row *fastest = contest->fastest, *region = contest->region;
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
    if (contest->group->rounds >= ACRE_VERDICT_MIN_ROUNDS)
        acre_grid_set(grid, TIES, ACRE_PAINT_NONE, "%zu", contest->ties);
    else
        acre_grid_set(grid, TIES, ACRE_PAINT_NONE, "?");
    acre_grid_set(grid, X_LIMIT, ACRE_PAINT_NONE, "%s",
                  fastest->has_x_limit ? acre_format_digits(fastest->x_limit.point).text : "-");
    if (region && region->has_against)
        set_verdict(grid, AGAINST_MALLOC, &region->against);
    else
        acre_grid_set(grid, AGAINST_MALLOC, ACRE_PAINT_NONE, "-");
    if (region && contest->single)
        set_verdict(grid, AGAINST_SINGLE, &contest->against_single);
    else
        acre_grid_set(grid, AGAINST_SINGLE, ACRE_PAINT_NONE, "-");
    if (contest->single)
        set_strategy(grid, NAME, contest->single);
}

static bool print_table(const struct acre_page *page, const struct contest *contests,
                        const struct acre_group *groups, size_t count)
{
    struct acre_grid grid = {.columns = columns, .column_count = COLUMNS};
    for (size_t at = 0, length; at < count; at += length) {
        length = acre_workload_length(groups + at, count - at);
        for (size_t i = 0; i < length; i++)
            add_row(&grid, &contests[at + i], title_among(groups + at, length, i).text);
    }
    bool good = acre_grid_print(&grid, page, 2) &&
                acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                              "vs: arena/region against malloc/weak, and against the fastest that "
                              "frees singly. =: no difference shown, at 99 %%; ?: too few rounds "
                              "to say. ties: how many others are not shown to be slower.");
    acre_grid_free(&grid);
    return good;
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

bool acre_summary_print(const struct acre_page *page, const struct acre_group *groups, size_t count)
{
    struct contest *contests = calloc(count + 1, sizeof *contests);
    bool good = contests != NULL;
    size_t workloads = 0;
    for (size_t i = 0; good && i < count; i++)
        good = judge(&contests[i], &groups[i]);
    for (size_t at = 0; at < count; at += acre_workload_length(groups + at, count - at))
        workloads++;
    size_t rounds = 0;
    for (size_t i = 0; i < count; i++)
        rounds = groups[i].rounds > rounds ? groups[i].rounds : rounds;
    good =
        good && acre_page_say(page, 0, 4, ACRE_PAINT_NONE, "%zu workloads, %zu cases  %zu round%s",
                              workloads, count, rounds, rounds == 1 ? "" : "s");
    putc('\n', page->stream);
    good = good && say_overall(page, contests, count);
    putc('\n', page->stream);
    good = good && print_table(page, contests, groups, count);
    putc('\n', page->stream);
    good = good && print_failures(page, groups, count) &&
           acre_provenance_leaks(page, groups, count) &&
           acre_provenance_results(page, groups, count) &&
           (page->wide ||
            acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "The tables of each workload: --wide."));
    putc('\n', page->stream);
    free(contests);
    return good;
}
