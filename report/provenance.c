#include "report/provenance.h"
#include "report/format.h"
#include "report/google_benchmark.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool has_result(const struct acre_cell *cell)
{
    return cell->has_recorded && acre_or_empty(cell->recorded.checksum)[0] != '\0';
}

/* The first cell whose checksum can be held against that of `cell`: data at the end of 10
 * iterations differ from data at the end of 20, and rightly so. */
static const struct acre_cell *first_alike(const struct acre_group *group,
                                           const struct acre_cell *cell)
{
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_cell *other = group->rows[i].cell;
        if (has_result(other) && other->recorded.iterations == cell->recorded.iterations)
            return other;
    }
    return cell;
}

/* "malloc/weak", with its group where there are several. */
static struct acre_cell_name name_among(size_t groups, const struct acre_cell_key *key)
{
    struct acre_cell_name name;
    if (groups > 1)
        return acre_cell_name(key);
    snprintf(name.text, sizeof name.text, "%s", acre_strategy_name(key).text);
    return name;
}

struct agreement {
    size_t recorded, compared, different; /* cells */
    size_t groups;                        /* with a recorded cell */
};

static bool compare_results(const struct acre_page *page, const struct acre_group *group,
                            size_t groups, struct agreement *agreement)
{
    size_t recorded = 0;
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_cell *cell = group->rows[i].cell;
        if (!has_result(cell))
            continue;
        recorded++;
        const struct acre_cell *first = first_alike(group, cell);
        if (first == cell)
            continue;
        agreement->compared++;
        if (strcmp(first->recorded.checksum, cell->recorded.checksum) == 0)
            continue;
        agreement->different++;
        if (!acre_page_say(page, 2, 4, ACRE_PAINT_RED,
                           "RESULTS DIFFER: %s gives checksum %s, %s gives %s.",
                           acre_strategy_name(&first->key).text, first->recorded.checksum,
                           name_among(groups, &cell->key).text, cell->recorded.checksum))
            return false;
    }
    agreement->recorded += recorded;
    agreement->groups += recorded > 0;
    return true;
}

bool acre_provenance_results(const struct acre_page *page, const struct acre_group *groups,
                             size_t count)
{
    struct agreement all = {0};
    for (size_t i = 0; i < count; i++)
        if (!compare_results(page, &groups[i], count, &all))
            return false;
    if (all.different > 0)
        return true;
    if (all.compared == 0)
        return acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "Results were not compared: %s recorded.",
                             all.recorded == 0 ? "no strategy was"
                                               : "no two strategies were alike");
    if (all.compared + all.groups == all.recorded)
        return acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                             "Results bit-identical under all %zu recorded strategies%s.",
                             all.recorded, count > 1 ? ", case by case" : "");
    return acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                         "Results bit-identical wherever equally many iterations were recorded "
                         "(%zu strategies).",
                         all.recorded);
}

bool acre_provenance_leaks(const struct acre_page *page, const struct acre_group *groups,
                           size_t count)
{
    for (size_t g = 0; g < count; g++)
        for (size_t i = 0; i < groups[g].row_count; i++) {
            const struct acre_group_row *row = &groups[g].rows[i];
            const struct acre_recorded *recorded = &row->cell->recorded;
            if (!row->is_timed || !row->cell->has_recorded || recorded->leaked_blocks == 0)
                continue;
            if (!acre_page_say(page, 2, 4, ACRE_PAINT_RED,
                               "%s leaks %s in %" PRIu64 " iterations (%s blocks).",
                               name_among(count, &row->cell->key).text,
                               acre_format_bytes((double)recorded->leaked_bytes).text,
                               recorded->iterations,
                               acre_format_count(recorded->leaked_blocks).text))
                return false;
        }
    return true;
}

static struct acre_number percent_of(const struct acre_noise *noise)
{
    return acre_format_fixed((noise->ratio - 1.0) * 100.0, 1);
}

bool acre_provenance_noise(const struct acre_page *page, const struct acre_run *run)
{
    if (run->self_log_ratio.count == 0)
        return true;
    struct acre_judging judging;
    if (!acre_judging_of(run, &judging))
        return false;
    const struct acre_noise *noise = judging.is_steady ? &judging.steady : &judging.measured;
    if (!noise->is_known)
        return acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "Noise floor unknown: %zu of %d rounds.",
                             run->self_log_ratio.count, (int)ACRE_INTERVAL_MIN_ROUNDS);
    bool drifts = acre_verdict_differs(noise->self.verdict);
    return acre_page_say(page, 2, 4, drifts ? ACRE_PAINT_RED : ACRE_PAINT_NONE,
                         "Noise floor %s %% (the same cell measured twice a round: %s, %s).%s",
                         percent_of(noise).text, acre_format_ratio(&noise->self, 3).text,
                         acre_format_verdict_long(&noise->self).text,
                         drifts ? " The two should not differ and do: doubt what is of this size."
                                : "") &&
           (!judging.is_steady ||
            acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                          "Times are steady: those of a process are divided by its own limit's, "
                          "which meets the same speed of the machine. As measured the noise floor "
                          "is %s %%.",
                          percent_of(&judging.measured).text));
}

bool acre_provenance_open(const struct acre_page *page, const size_t verdicts[ACRE_VERDICT_COUNT])
{
    if (verdicts[ACRE_VERDICT_TOO_NOISY] > 0 &&
        !acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                       "Too noisy (N): a step of %s %% may be there or not; about N rounds would "
                       "tell.",
                       acre_format_short((ACRE_PROMISED_STEP - 1.0) * 100.0).text))
        return false;
    return verdicts[ACRE_VERDICT_TOO_FEW_ROUNDS] == 0 ||
           acre_page_say(
               page, 2, 4, ACRE_PAINT_NONE,
               "Too few (N): with fewer than N rounds no verdict on so many rows is possible.");
}

static bool is_reason_of(const struct acre_left_out *left_out, const char *reason)
{
    return strcmp(acre_or_empty(left_out->reason), reason) == 0;
}

/* Whether a strategy with that reason, or such a workload, stands before place `end`. */
static bool was_told(const struct acre_run *run, size_t end, bool asks_for_workload)
{
    const struct acre_left_out *all = run->left_out;
    for (size_t i = 0; i < end; i++)
        if (is_reason_of(&all[i], acre_or_empty(all[end].reason)) &&
            (asks_for_workload
                 ? strcmp(acre_or_empty(all[i].workload), acre_or_empty(all[end].workload)) == 0
                 : strcmp(acre_or_empty(all[i].strategy), acre_or_empty(all[end].strategy)) == 0))
            return true;
    return false;
}

static size_t count_concerned(const struct acre_run *run, size_t first)
{
    size_t count = 0;
    for (size_t i = first; i < run->left_out_count; i++)
        count += is_reason_of(&run->left_out[i], acre_or_empty(run->left_out[first].reason)) &&
                 !was_told(run, i, true);
    return count;
}

/* A run lists its cells by workload. Of one that does not, too many are counted. */
static size_t count_workloads(const struct acre_run *run)
{
    size_t count = run->cell_count > 0;
    for (size_t i = 1; i < run->cell_count; i++)
        count += !acre_cell_key_same_workload(&run->cells[i - 1].key, &run->cells[i].key);
    return count;
}

/* "malloc/region, jemalloc/region", or the workloads that have the reason, each once. */
static void put_once(FILE *to, const struct acre_run *run, size_t first, bool are_workloads)
{
    const char *reason = acre_or_empty(run->left_out[first].reason), *between = "";
    for (size_t i = first; i < run->left_out_count; i++) {
        const struct acre_left_out *left_out = &run->left_out[i];
        if (!is_reason_of(left_out, reason) || was_told(run, i, are_workloads))
            continue;
        fprintf(to, "%s%s", between,
                acre_or_empty(are_workloads ? left_out->workload : left_out->strategy));
        between = ", ";
    }
}

/* All strategies with the reason of the one at `first`, unless they were told with an earlier one.
 */
static bool print_left_out_like(const struct acre_page *page, const struct acre_run *run,
                                size_t first)
{
    char *text = NULL;
    size_t bytes = 0;
    for (size_t i = 0; i < first; i++)
        if (is_reason_of(&run->left_out[i], acre_or_empty(run->left_out[first].reason)))
            return true;
    FILE *to = open_memstream(&text, &bytes);
    if (!to)
        return false;
    put_once(to, run, first, false);
    if (count_concerned(run, first) < count_workloads(run)) {
        fprintf(to, " of ");
        put_once(to, run, first, true);
    }
    bool good = ferror(to) == 0;
    good = fclose(to) == 0 && good;
    good = good && acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "Left out: %s: %s", text,
                                 acre_or_empty(run->left_out[first].reason));
    free(text);
    return good;
}

bool acre_provenance_left_out(const struct acre_page *page, const struct acre_run *run)
{
    for (size_t i = 0; i < run->left_out_count; i++)
        if (!print_left_out_like(page, run, i))
            return false;
    return true;
}

static bool print_machine(const struct acre_page *page, const struct acre_run *run)
{
    if (run->machine_count == 0)
        return true;
    char *text = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);
    if (!to)
        return false;
    for (size_t i = 0; i < run->machine_count; i++)
        fprintf(to, "%s%s %s", i > 0 ? ", " : "", acre_or_empty(run->machine[i].name),
                acre_or_empty(run->machine[i].value));
    bool good = ferror(to) == 0;
    good = fclose(to) == 0 && good;
    good = good && acre_page_say(page, 2, 12, ACRE_PAINT_NONE, "machine   %s", text);
    free(text);
    return good;
}

static bool print_libraries(const struct acre_page *page, const struct acre_run *run)
{
    for (size_t i = 0; i < run->library_count; i++) {
        const struct acre_library *library = &run->libraries[i];
        const char *path = acre_or_empty(library->path),
                   *build_id = acre_or_empty(library->build_id);
        const char *version = acre_or_empty(library->version);
        if (!acre_page_say(page, i == 0 ? 2 : 12, 14, ACRE_PAINT_NONE, "%s%s%s%s%s%s%s%s",
                           i == 0 ? "libraries " : "", acre_or_empty(library->backend),
                           *version ? " " : "", version, *path ? ", " : ", code of acre itself",
                           path, *build_id ? ", build id " : "", build_id))
            return false;
    }
    return true;
}

static bool print_measured(const struct acre_page *page, const struct acre_run *run)
{
    const char *plural = run->rounds == 1 ? "" : "s";
    if (acre_run_is_foreign(run))
        return acre_page_say(
            page, 2, 12, ACRE_PAINT_NONE, "measured  %s, %" PRIu64 " round%s, Google Benchmark %s",
            acre_or_empty(run->started), run->rounds, plural, acre_or_empty(run->acre_version));
    char budget[160] = "";
    if (acre_run_is_watched(run))
        snprintf(budget, sizeof budget, " (as many as its verdicts wanted in %.99s)",
                 acre_format_seconds(run->time_budget_seconds).text);
    return acre_page_say(page, 2, 12, ACRE_PAINT_NONE,
                         "measured  %s, %s, %" PRIu64 " round%s%s, seed %" PRIu64 ", acre %s",
                         acre_or_empty(run->started),
                         acre_format_seconds(run->duration_seconds).text, run->rounds, plural,
                         budget, run->seed, acre_or_empty(run->acre_version));
}

bool acre_provenance_run(const struct acre_page *page, const struct acre_run *run)
{
    return acre_provenance_noise(page, run) && acre_provenance_left_out(page, run) &&
           print_machine(page, run) && print_libraries(page, run) && print_measured(page, run) &&
           acre_page_say(page, 2, 12, ACRE_PAINT_NONE, "repeat    %s", acre_or_empty(run->command));
}
