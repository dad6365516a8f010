#include "report/sentence.h"
#include "report/format.h"
#include "report/played.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same_backend(const struct acre_group_row *a, const struct acre_group_row *b)
{
    return strcmp(a->cell->key.backend, b->cell->key.backend) == 0;
}

/* "arena/region"; of a backend with one timed lifetime its name alone says enough. */
static void put_name(FILE *to, const struct acre_group *group, const struct acre_group_row *row)
{
    size_t lifetimes = 0;
    for (size_t i = 0; i < group->row_count; i++)
        lifetimes += group->rows[i].is_timed && same_backend(&group->rows[i], row);
    if (lifetimes > 1)
        fputs(acre_strategy_name(&row->cell->key).text, to);
    else
        fprintf(to, "%s", row->cell->key.backend);
}

static void put_limit(FILE *to, const struct acre_group_row *row)
{
    fprintf(to, " runs at %s of the hand-written limit",
            acre_format_fixed(row->x_limit.point, row->x_limit.point < 9.995 ? 2 : 1).text);
}

/* Held memory, against malloc where both are known. A tenth of a percent is the grain of a page
 * or two: called the same. */
static void put_held(FILE *to, const struct acre_group *group, const struct acre_group_row *row)
{
    const struct acre_cell *mine = row->cell, *other = group->reference->cell;
    if (!mine->has_recorded || !mine->recorded.has_held || !other->has_recorded ||
        !other->recorded.has_held)
        return;
    double more = (double)mine->recorded.peak_held_bytes - (double)other->recorded.peak_held_bytes;
    if (fabs(more) <= 0.001 * (double)other->recorded.peak_held_bytes)
        fprintf(to, " It holds as much memory.");
    else
        fprintf(to, " It holds %s %s.", acre_format_bytes(fabs(more)).text,
                more > 0.0 ? "more" : "less");
}

static struct acre_number verdict_of(const struct acre_ratio *ratio)
{
    return acre_verdict_differs(ratio->verdict) ? acre_format_verdict(ratio, true)
                                                : acre_format_verdict_long(ratio);
}

/* The other backends, each by its fastest lifetime: rows are sorted, so the first of each. */
static void put_others(FILE *to, const struct acre_group *group, const struct acre_group_row *best)
{
    const char *between = " ";
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_group_row *row = &group->rows[i];
        bool is_first = row->has_against && row->is_timed && row != best &&
                        !same_backend(row, best) && !same_backend(row, group->reference);
        for (size_t j = 0; is_first && j < i; j++)
            is_first = !group->rows[j].is_timed || !same_backend(&group->rows[j], row);
        if (!is_first)
            continue;
        fputs(between, to);
        put_name(to, group, row);
        fprintf(to, "%s %s", acre_verdict_differs(row->against.verdict) ? " is" : ":",
                verdict_of(&row->against).text);
        between = "; ";
    }
    if (strcmp(between, "; ") == 0)
        putc('.', to);
}

static void put_too_few(FILE *to, const struct acre_group *group)
{
    fprintf(to, "Too few rounds for a verdict: %zu measured, %zu needed.", group->rounds,
            group->verdict_rounds);
    const struct acre_group_row *first = &group->rows[0];
    fprintf(to, " The shortest median time is that of ");
    put_name(to, group, first);
    fprintf(to, ", %s an iteration.", acre_format_ns(first->ns_per_iteration).text);
}

static void put_without_reference(FILE *to, const struct acre_group *group)
{
    const struct acre_group_row *first = &group->rows[0];
    put_name(to, group, first);
    if (first->has_x_limit)
        put_limit(to, first);
    else
        fprintf(to, " takes %s an iteration", acre_format_ns(first->ns_per_iteration).text);
    fprintf(to, ". malloc/weak was not measured here: no comparison with it.");
}

/* The collector against weak references on the backend of the reference: what collecting costs. */
static void put_collection(FILE *to, const struct acre_group *group)
{
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_group_row *row = &group->rows[i];
        if (!row->has_against || !same_backend(row, group->reference) ||
            strcmp(row->cell->key.lifetime, "collector") != 0)
            continue;
        double more_ns = row->ns_per_iteration - group->reference->ns_per_iteration;
        if (row->against.verdict != ACRE_VERDICT_SLOWER || more_ns <= 0)
            fprintf(to, " A collector instead of weak references on %s: %s.",
                    row->cell->key.backend, verdict_of(&row->against).text);
        else
            fprintf(to, " A collector instead of weak references costs %s an iteration on %s.",
                    acre_format_ns(more_ns).text, row->cell->key.backend);
        return;
    }
}

static void put_comparison(FILE *to, const struct acre_group *group)
{
    const struct acre_group_row *best = NULL;
    bool has_other = false;
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_group_row *row = &group->rows[i];
        has_other = has_other || row->has_against;
        if (!best && row->has_against && row->against.verdict == ACRE_VERDICT_FASTER)
            best = row;
    }
    const struct acre_group_row *named = best ? best : group->reference;
    put_name(to, group, named);
    if (named->has_x_limit)
        put_limit(to, named);
    if (best) {
        fprintf(to, "%s is %s than malloc", named->has_x_limit ? " and" : "",
                acre_format_verdict(&best->against, false).text);
        if (best->against.has_interval) {
            /* The interval of the factor that is named, without repeating the words. */
            struct acre_number words = acre_format_verdict(&best->against, true);
            const char *interval = strchr(words.text, '[');
            fprintf(to, " %s", interval ? interval : "");
        }
        putc('.', to);
        put_held(to, group, best);
    } else if (has_other) {
        fprintf(to, "%s nothing is shown to be faster.", named->has_x_limit ? ", and" : ":");
    } else {
        fprintf(to, "%s; nothing else was timed.", named->has_x_limit ? "" : " is timed");
    }
    put_others(to, group, named);
    put_collection(to, group);
}

char *acre_group_sentence(const struct acre_group *group)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);
    if (!to)
        return NULL;
    if (group->row_count == 0 || !group->rows[0].is_timed)
        fprintf(to, "Nothing was timed here.");
    else if (group->rounds < group->verdict_rounds)
        put_too_few(to, group);
    else if (!group->reference)
        put_without_reference(to, group);
    else if (group->played)
        acre_played_put(to, group);
    else
        put_comparison(to, group);
    bool failed = ferror(to) != 0;
    if (fclose(to) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}
