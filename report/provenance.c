#include "report/provenance.h"
#include "report/format.h"
#include "report/google_benchmark.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool has_result(const struct acre_cell *cell)
{
    return cell->has_recorded && or_empty(cell->recorded.checksum)[0] != '\0';
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

bool acre_provenance_results(const struct acre_page *page, const struct acre_group *group)
{
    size_t recorded = 0, compared = 0, different = 0;
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_cell *cell = group->rows[i].cell;
        if (!has_result(cell))
            continue;
        recorded++;
        const struct acre_cell *first = first_alike(group, cell);
        if (first == cell)
            continue;
        compared++;
        if (strcmp(first->recorded.checksum, cell->recorded.checksum) == 0)
            continue;
        different++;
        if (!acre_page_say(page, 2, 4, ACRE_PAINT_RED,
                           "RESULTS DIFFER: %s/%s gives checksum %s, %s/%s gives %s.",
                           first->key.backend, first->key.lifetime, first->recorded.checksum,
                           cell->key.backend, cell->key.lifetime, cell->recorded.checksum))
            return false;
    }
    if (different > 0)
        return true;
    if (compared == 0)
        return acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "Results were not compared: %s recorded.",
                             recorded == 0 ? "no strategy was" : "no two strategies were alike");
    if (compared + 1 == recorded)
        return acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                             "Results bit-identical under all %zu recorded strategies.", recorded);
    return acre_page_say(page, 2, 4, ACRE_PAINT_NONE,
                         "Results bit-identical wherever equally many iterations were recorded "
                         "(%zu strategies).",
                         recorded);
}

bool acre_provenance_noise(const struct acre_page *page, const struct acre_run *run)
{
    if (run->self_log_ratio.count == 0)
        return true;
    struct acre_ratio self;
    enum acre_stats_status status = acre_ratio_of_logs(&run->self_log_ratio, &self);
    if (status == ACRE_STATS_NO_MEMORY)
        return false;
    if (status != ACRE_STATS_OK || !self.has_interval)
        return acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "Noise floor unknown: %zu of %d rounds.",
                             run->self_log_ratio.count, (int)ACRE_INTERVAL_MIN_ROUNDS);
    double floor_ratio = fmax(self.high, 1.0 / self.low);
    bool drifts = acre_verdict_differs(self.verdict);
    return acre_page_say(page, 2, 4, drifts ? ACRE_PAINT_RED : ACRE_PAINT_NONE,
                         "Noise floor %s %% (the same cell measured twice a round: %s, %s).%s",
                         acre_format_fixed((floor_ratio - 1.0) * 100.0, 1).text,
                         acre_format_ratio(&self, 3).text, acre_format_verdict_long(&self).text,
                         drifts ? " The two should not differ and do: doubt what is of this size."
                                : "");
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

/* All strategies with the reason of the one at `first`, unless they were told with an earlier one.
 */
static bool print_left_out_like(const struct acre_page *page, const struct acre_run *run,
                                size_t first)
{
    const char *reason = or_empty(run->left_out[first].reason);
    char *text = NULL;
    size_t bytes = 0;
    for (size_t i = 0; i < first; i++)
        if (strcmp(or_empty(run->left_out[i].reason), reason) == 0)
            return true;
    FILE *to = open_memstream(&text, &bytes);
    if (!to)
        return false;
    for (size_t i = first; i < run->left_out_count; i++)
        if (strcmp(or_empty(run->left_out[i].reason), reason) == 0)
            fprintf(to, "%s%s", i > first ? ", " : "", or_empty(run->left_out[i].strategy));
    bool good = ferror(to) == 0;
    good = fclose(to) == 0 && good;
    good = good && acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "Left out: %s: %s", text, reason);
    free(text);
    return good;
}

static bool print_left_out(const struct acre_page *page, const struct acre_run *run)
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
        fprintf(to, "%s%s %s", i > 0 ? ", " : "", or_empty(run->machine[i].name),
                or_empty(run->machine[i].value));
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
        const char *path = or_empty(library->path), *build_id = or_empty(library->build_id);
        const char *version = or_empty(library->version);
        if (!acre_page_say(page, i == 0 ? 2 : 12, 14, ACRE_PAINT_NONE, "%s%s%s%s%s%s%s%s",
                           i == 0 ? "libraries " : "", or_empty(library->backend),
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
            or_empty(run->started), run->rounds, plural, or_empty(run->acre_version));
    char budget[160] = "";
    if (acre_run_is_watched(run))
        snprintf(budget, sizeof budget, " (as many as its verdicts wanted in %.99s)",
                 acre_format_seconds(run->time_budget_seconds).text);
    return acre_page_say(page, 2, 12, ACRE_PAINT_NONE,
                         "measured  %s, %s, %" PRIu64 " round%s%s, seed %" PRIu64 ", acre %s",
                         or_empty(run->started), acre_format_seconds(run->duration_seconds).text,
                         run->rounds, plural, budget, run->seed, or_empty(run->acre_version));
}

bool acre_provenance_run(const struct acre_page *page, const struct acre_run *run)
{
    return acre_provenance_noise(page, run) && print_left_out(page, run) &&
           print_machine(page, run) && print_libraries(page, run) && print_measured(page, run) &&
           acre_page_say(page, 2, 12, ACRE_PAINT_NONE, "repeat    %s", or_empty(run->command));
}
