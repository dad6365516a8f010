#include "report/played.h"

#include <math.h>
#include <string.h>

#include "report/format.h"

static struct acre_number percent(double value)
{
    if (value >= 98.95 && value < 100)
        return acre_format_fixed(value, 1);
    return value >= 9.5 ? acre_format_fixed(value, 0) : acre_format_short(value);
}

/* "18 % less time than malloc [15, 21]", "2.4 times the time [2.1, 2.7]" */
static void put_difference(FILE *to, const struct acre_ratio *ratio, bool says_malloc)
{
    bool is_less = ratio->point < 1;
    bool is_many = ratio->point >= 2;
    double sign = is_less ? -100 : 100;
    double low = is_less ? ratio->high : ratio->low;
    double high = is_less ? ratio->low : ratio->high;

    if (is_many)
        fprintf(to, "%s times the time", acre_format_digits(ratio->point).text);
    else
        fprintf(to, "%s %% %s time", percent(sign * (ratio->point - 1)).text,
                is_less ? "less" : "more");
    if (says_malloc)
        fprintf(to, is_many ? " that malloc takes" : " than malloc");
    if (ratio->has_interval && is_many)
        fprintf(to, " [%s, %s]", acre_format_digits(low).text, acre_format_digits(high).text);
    else if (ratio->has_interval)
        fprintf(to, " [%s, %s]", percent(sign * (low - 1)).text, percent(sign * (high - 1)).text);
}

static void put_row(FILE *to, const struct acre_group_row *row, bool is_first)
{
    const struct acre_strategy_name name = acre_strategy_name(&row->cell->key);

    if (!acre_verdict_differs(row->against.verdict)) {
        fprintf(to, "%s: %s", name.text, acre_format_verdict_long(&row->against).text);
        return;
    }
    fprintf(to, "%s %s", name.text, is_first ? "takes " : "");
    put_difference(to, &row->against, is_first);
}

/* Rows are by time: those that win come first. */
static void put_rows(FILE *to, const struct acre_group *group)
{
    bool is_first = true;
    const char *between = " ";

    size_t regions = 0;

    for (size_t i = 0; i < group->row_count; i++)
        regions += strcmp(group->rows[i].cell->key.lifetime, "region") == 0;
    fprintf(to, "For this program's calls, of %zu allocator%s%s:", group->row_count - regions,
            group->row_count - regions == 1 ? "" : "s", regions > 0 ? ", also with a region" : "");
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_group_row *row = &group->rows[i];

        if (!row->has_against)
            continue;
        fputs(between, to);
        put_row(to, row, is_first);
        is_first &= !acre_verdict_differs(row->against.verdict);
        between = "; ";
    }
    fputs(strcmp(between, " ") == 0 ? " nothing but malloc was timed." : ".", to);
}

static const struct acre_group_row *winner(const struct acre_group *group)
{
    for (size_t i = 0; i < group->row_count; i++)
        if (group->rows[i].has_against && group->rows[i].against.verdict == ACRE_VERDICT_FASTER)
            return &group->rows[i];
    return NULL;
}

/* Of a run of which nobody said how long it takes, what its recording took is less than certain. */
static double run_ns_of(const struct acre_played *played)
{
    if (played->has_run_ns)
        return (double)played->run_ns;
    return played->recorded_ns > played->overhead_ns
               ? (double)(played->recorded_ns - played->overhead_ns)
               : 0;
}

static void put_run(FILE *to, const struct acre_group *group)
{
    const struct acre_played *played = group->played;

    fprintf(to, "(%s on malloc, of %s", acre_format_ns(group->reference->ns_per_iteration).text,
            acre_format_ns(run_ns_of(played)).text);
    if (!played->has_run_ns)
        fprintf(to, ": recorded in %s, less %s for recording; --run-time says it better",
                acre_format_ns((double)played->recorded_ns).text,
                acre_format_ns((double)played->overhead_ns).text);
    fputs(")", to);
}

static void put_share(FILE *to, const struct acre_group *group)
{
    const struct acre_group_row *best = winner(group);
    double run_ns = run_ns_of(group->played);
    double share = run_ns > 0 ? 100 * group->reference->ns_per_iteration / run_ns : 0;

    if (run_ns <= 0)
        return;
    if (share >= 100) {
        fputs(" The calls alone take longer here than the whole run ", to);
        put_run(to, group);
        fputs(", so that nothing can be said of their share.", to);
        return;
    }
    fprintf(to, " The calls are %s %% of the run ", acre_format_short(share).text);
    put_run(to, group);
    if (best != NULL)
        fprintf(to, ", so that cheaper calls alone can win at most %s %% of it",
                acre_format_short(share * (1 - best->against.point)).text);
    else
        fputs(", which is more than cheaper calls alone can win", to);
    fputs("; what else depends on where blocks lie is not bounded by this.", to);
}

/* What a plan does to memory, which is exact. */
static void put_planned_peak(FILE *to, const struct acre_played *played)
{
    double more = (double)played->planned_peak_bytes - (double)played->peak_bytes;

    if (more == 0)
        fputs("; the peak is as high with ", to);
    else
        fprintf(to, "; the peak is %s %s with ", acre_format_bytes(fabs(more)).text,
                more > 0 ? "higher" : "lower");
    fputs(played->rotation > 1 ? "them" : "it", to);
}

static void put_plan(FILE *to, const struct acre_played *played)
{
    fprintf(to, " The %s%s of %s take%s %s of %s births (%s %%) and %s reset %s times",
            played->reap != 0 ? "reap" : "region", played->rotation > 1 ? "s" : "",
            acre_or_empty(played->region), played->rotation > 1 ? "" : "s",
            acre_format_count(played->absorbed).text, acre_format_count(played->births).text,
            acre_format_short(100 * (double)played->absorbed / (double)played->births).text,
            played->rotation > 1 ? "are" : "is", acre_format_count(played->resets).text);
    put_planned_peak(to, played);
    if (played->moved_out == 0)
        fputs(", and nothing outlives a reset.", to);
    else
        fprintf(to, ". %s blocks outlive a reset, and are copied out.",
                acre_format_count(played->moved_out).text);
}

static void put_one_thread(FILE *to, const struct acre_played *played)
{
    if (played->threads > 1)
        fprintf(to, " The calls of %s threads were played by one, in their order.",
                acre_format_count(played->threads).text);
}

static void put_recorded_threads(FILE *to, const struct acre_played *played)
{
    if (played->players < 2) {
        fprintf(to,
                played->threads > 1
                    ? " No two of the %s threads lived at one time, so that one played them all."
                    : " There is one thread, which was played by one.",
                acre_format_count(played->threads).text);
        return;
    }
    fprintf(to, " %s threads were played", acre_format_count(played->threads).text);
    if (played->players < played->threads)
        fprintf(to, " by %s at a time, those whose lives do not overlap by the same one",
                acre_format_count(played->players).text);
    else
        fputs(", each on its own", to);
    fprintf(to,
            ", in the recorded order of hand-overs: %s calls about blocks that another one had "
            "last, %s waits for these. They do nothing else between their calls, so that they "
            "meet more often than in the program.",
            acre_format_count(played->handed_over).text, acre_format_count(played->waits).text);
}

void acre_played_put(FILE *to, const struct acre_group *group)
{
    put_rows(to, group);
    put_share(to, group);
    if (acre_or_empty(group->played->region)[0] != '\0' && group->played->births > 0)
        put_plan(to, group->played);
    if (acre_group_has_parameter(group, "touch", "none"))
        fputs(" No block was touched, so that where blocks lie cannot show at all.", to);
    if (acre_group_has_parameter(group, "threads", "recorded"))
        put_recorded_threads(to, group->played);
    else
        put_one_thread(to, group->played);
}
