#include "report/compare_notes.h"
#include "report/format.h"
#include "report/google_benchmark.h"
#include "report/group.h"
#include "report/provenance.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Differences of one cell that are spelled out; the rest is counted. */
enum { MAX_DIFFERENCES_SHOWN = 8 };

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
    snprintf(name.text, sizeof name.text, "%.320s", acre_strategy_name(key).text);
    return name;
}

const char *acre_failure_of(const struct acre_cell *const *cells, size_t files)
{
    for (size_t i = 0; i < files; i++)
        if (cells[i]->failure)
            return cells[i]->failure;
    return NULL;
}

struct tally {
    size_t verdicts[ACRE_VERDICT_COUNT]; /* on times */
    size_t all_verdicts[ACRE_VERDICT_COUNT];
    size_t rounds_wanted; /* the most that any open verdict asks for */
    size_t untimed, failed, differing_counters, differing_results, recorded, disagreeing;
};

static struct tally count_all(const struct acre_comparison *comparison)
{
    struct tally tally = {0};
    for (size_t i = 0; i < comparison->cell_count; i++) {
        const struct acre_compared_cell *cell = &comparison->cells[i];
        bool failed = acre_failure_of(cell->all_before, comparison->before.count) ||
                      acre_failure_of(cell->all_after, comparison->after.count);
        tally.failed += failed;
        tally.untimed += !failed && !cell->has_time;
        if (cell->has_time) {
            tally.verdicts[cell->time.verdict]++;
            tally.all_verdicts[cell->time.verdict]++;
            if (cell->time.rounds_wanted > tally.rounds_wanted)
                tally.rounds_wanted = cell->time.rounds_wanted;
        }
        if (cell->has_x_limit)
            tally.all_verdicts[cell->x_limit.verdict]++;
        tally.disagreeing += acre_estimators_disagree(cell);
        tally.differing_counters += cell->difference_count > 0 || cell->files_differ;
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
    for (int v = ACRE_VERDICT_FASTER; v < ACRE_VERDICT_COUNT; v++)
        put_part(to, tally->verdicts[v], acre_verdict_words((enum acre_verdict)v), &between);
    put_part(to, tally->verdicts[ACRE_VERDICT_TOO_FEW_ROUNDS],
             acre_verdict_words(ACRE_VERDICT_TOO_FEW_ROUNDS), &between);
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

static bool print_taken_off(const struct acre_page *page, const struct acre_comparison *comparison)
{
    return !comparison->before.runs[0].has_played ||
           acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                         "Times are those of the calls alone: what playing them costs by itself, "
                         "the limit, is taken off.");
}

static bool print_limit(const struct acre_page *page, const struct acre_comparison *comparison)
{
    if (!comparison->has_limit)
        return acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "The limit was not measured in both.");
    const struct acre_ratio *limit = &comparison->limit;
    if (acre_verdict_differs(limit->verdict))
        return acre_page_say(page, 2, 4, ACRE_PAINT_RED,
                             "The limit itself is %s in B: the machine or the kernels changed, "
                             "not the memory management. Judge by x limit.",
                             acre_format_verdict(limit, true).text);
    return acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "The limit itself: %s, B/A %s.",
                         acre_format_verdict_long(limit).text, acre_format_ratio(limit, 3).text);
}

/* Names the first file whose results are not those of the first of all. */
static bool say_results(const struct acre_page *page, const struct acre_comparison *comparison,
                        const struct acre_compared_cell *cell)
{
    const char *first = acre_or_empty(cell->before->recorded.checksum);
    size_t files = comparison->before.count + comparison->after.count;
    for (size_t i = 1; i < files; i++) {
        const struct acre_cell *other = cell->all_before[i]; /* through both sides */
        if (!other->has_recorded || strcmp(first, acre_or_empty(other->recorded.checksum)) == 0)
            continue;
        return acre_page_say(
            page, 2, 4, ACRE_PAINT_RED, "RESULTS DIFFER: %s: checksum %s in %s, %s in %s.",
            name_of(comparison, cell).text, first, acre_file_label(comparison, 0).text,
            acre_or_empty(other->recorded.checksum), acre_file_label(comparison, i).text);
    }
    return true;
}

static bool print_results(const struct acre_page *page, const struct acre_comparison *comparison)
{
    for (size_t i = 0; i < comparison->cell_count; i++) {
        const struct acre_compared_cell *cell = &comparison->cells[i];
        if (cell->results_differ && !say_results(page, comparison, cell))
            return false;
        if (cell->files_differ &&
            !acre_page_say(page, 2, 4, ACRE_PAINT_RED,
                           "Exact counters of %s differ between the files of one side: they are "
                           "not of one program.",
                           name_of(comparison, cell).text))
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
    size_t unjudged =
        tally->verdicts[ACRE_VERDICT_TOO_FEW_ROUNDS] + tally->verdicts[ACRE_VERDICT_TOO_NOISY];
    return unjudged == 0 ||
           acre_page_say(page, 2, 4, ACRE_PAINT_RED,
                         "The time of %zu cell%s was not judged: about %s would do.", unjudged,
                         plural(unjudged), acre_format_rounds(tally->rounds_wanted).text);
}

/* What the two estimators say where they say different things. */
static bool print_disagreement(const struct acre_page *page,
                               const struct acre_comparison *comparison, const struct tally *tally)
{
    for (size_t i = 0; i < comparison->cell_count; i++) {
        const struct acre_compared_cell *cell = &comparison->cells[i];
        if (acre_estimators_disagree(cell) &&
            !acre_page_say(page, 2, 4, ACRE_PAINT_RED,
                           "The estimators disagree on %s: by pairs of rounds %s, by all times of "
                           "each side %s.",
                           name_of(comparison, cell).text, acre_verdict_words(cell->time.verdict),
                           acre_verdict_words(acre_unpaired_verdict(cell))))
            return false;
    }
    return tally->disagreeing == 0 ||
           acre_page_say(
               page, 2, 4, ACRE_PAINT_RED,
               "There is more between files than between their rounds: more files of each "
               "side, made in turn, would tell.");
}

static bool print_side(const struct acre_page *page, const struct acre_comparison *comparison,
                       const struct acre_runs *side, const char *const *names, size_t first_file)
{
    for (size_t i = 0; i < side->count; i++) {
        const struct acre_run *run = &side->runs[i];
        if (!acre_page_say(page, 2, 5, ACRE_PAINT_NONE, "%s  %s: %s, %" PRIu64 " rounds, %s %s",
                           acre_file_label(comparison, first_file + i).text, names[i],
                           acre_or_empty(run->started), run->rounds,
                           acre_run_is_foreign(run) ? "Google Benchmark" : "acre",
                           acre_or_empty(run->acre_version)))
            return false;
    }
    return true;
}

/* Files that have no partner on the other side are in no pair. */
static bool print_unpaired_files(const struct acre_page *page,
                                 const struct acre_comparison *comparison)
{
    size_t a = comparison->before.count, b = comparison->after.count;
    if (a == b)
        return true;
    size_t more = a > b ? a - b : b - a;
    return acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                         "%zu file%s of %s without a partner: in the unpaired test only.", more,
                         plural(more), a > b ? "A" : "B");
}

/* Facts and libraries that both runs name and that differ: they may be what was to be compared,
 * or what spoils it. */
static bool print_surroundings(const struct acre_page *page, const struct acre_run *a,
                               const struct acre_run *b)
{
    bool good = true;
    for (size_t i = 0; good && i < a->machine_count; i++)
        for (size_t j = 0; good && j < b->machine_count; j++)
            if (strcmp(acre_or_empty(a->machine[i].name), acre_or_empty(b->machine[j].name)) == 0 &&
                strcmp(acre_or_empty(a->machine[i].value), acre_or_empty(b->machine[j].value)) != 0)
                good = acre_page_say(page, 5, 7, ACRE_PAINT_NONE, "%s: %s in A, %s in B",
                                     acre_or_empty(a->machine[i].name),
                                     acre_or_empty(a->machine[i].value),
                                     acre_or_empty(b->machine[j].value));
    for (size_t i = 0; good && i < a->library_count; i++) {
        const struct acre_library *left = &a->libraries[i];
        for (size_t j = 0; good && j < b->library_count; j++) {
            const struct acre_library *right = &b->libraries[j];
            if (strcmp(acre_or_empty(left->backend), acre_or_empty(right->backend)) != 0 ||
                (strcmp(acre_or_empty(left->version), acre_or_empty(right->version)) == 0 &&
                 strcmp(acre_or_empty(left->build_id), acre_or_empty(right->build_id)) == 0))
                continue;
            good = acre_page_say(page, 5, 7, ACRE_PAINT_NONE,
                                 "library of %s: %s (build id %s) in A, %s (build id %s) in B",
                                 acre_or_empty(left->backend), acre_or_empty(left->version),
                                 acre_or_empty(left->build_id), acre_or_empty(right->version),
                                 acre_or_empty(right->build_id));
        }
    }
    return good;
}

static bool print_aside(const struct acre_page *page, const struct acre_comparison *comparison)
{
    size_t a = comparison->only_before, b = comparison->only_after;
    if (a + b == 0)
        return true;
    if (comparison->before.count + comparison->after.count > 2)
        return acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                             "Left aside: %zu cell%s that not every file has.", a + b,
                             plural(a + b));
    return acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                         "Left aside: %zu cell%s only in A, %zu only in B.", a, plural(a), b);
}

char *acre_comparison_sentence(const struct acre_comparison *comparison)
{
    const struct tally tally = count_all(comparison);
    return sentence(comparison, &tally);
}

bool acre_comparison_print_notes(const struct acre_page *page,
                                 const struct acre_comparison *comparison,
                                 const struct acre_comparison_view *view)
{
    const struct tally tally = count_all(comparison);
    bool good = print_results(page, comparison) && print_taken_off(page, comparison) &&
                print_limit(page, comparison);
    for (size_t i = 0; good && i < comparison->cell_count; i++)
        good = print_counters(page, comparison, &comparison->cells[i]);
    good = good && print_aside(page, comparison) &&
           acre_provenance_open(page, tally.all_verdicts) &&
           print_regressions(page, comparison, &tally) &&
           print_disagreement(page, comparison, &tally) && print_unpaired_files(page, comparison);
    acre_page_gap(page);
    return good &&
           acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                         "B/A of paired rounds: below 1 is faster. Intervals 95 %%, the verdicts "
                         "of a table 99 %%.") &&
           print_side(page, comparison, &comparison->before, view->before_names, 0) &&
           print_side(page, comparison, &comparison->after, view->after_names,
                      comparison->before.count) &&
           print_surroundings(page, &comparison->before.runs[0], &comparison->after.runs[0]);
}
