#include "report/summary.h"
#include "report/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
static bool enter(struct acre_family *family, struct acre_contest *contest,
                  const struct acre_group *group)
{
    *contest = (struct acre_contest){.group = group};
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

static void count_ties(struct acre_contest *contest)
{
    for (size_t i = 1; i < contest->group->row_count && contest->group->rows[i].is_timed; i++) {
        contest->ties += is_tie(&contest->against_fastest[i]);
        contest->open += acre_verdict_is_open(contest->against_fastest[i].verdict);
    }
}

/* Whom the region is held against. */
enum rival { MALLOC, SINGLE };

static const struct acre_group_row *rival_of(const struct acre_contest *contest, enum rival rival)
{
    return rival == MALLOC ? contest->group->reference : contest->single;
}

/* How many rounds all groups have that have both. */
static size_t common_rounds(const struct acre_contest *contests, size_t count, enum rival rival,
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
static bool add_up(struct acre_summary *summary, enum rival rival, struct acre_overall *overall)
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
static bool judge(struct acre_summary *summary)
{
    bool good = summary->contests != NULL;
    for (size_t i = 0; good && i < summary->count; i++)
        good = enter(&summary->family, &summary->contests[i], &summary->groups[i]);
    good = good && add_up(summary, MALLOC, &summary->against_malloc) &&
           add_up(summary, SINGLE, &summary->against_single) && acre_family_judge(&summary->family);
    for (size_t i = 0; good && i < summary->count; i++)
        count_ties(&summary->contests[i]);
    return good;
}

bool acre_summary_init(struct acre_summary *summary, const struct acre_groups *groups)
{
    *summary = (struct acre_summary){
        .family.is_watched = groups->judging.is_watched,
        .groups = groups->groups,
        .contests = calloc(groups->count + 1, sizeof *summary->contests),
        .count = groups->count,
    };
    if (judge(summary))
        return true;
    acre_summary_fini(summary);
    return false;
}

void acre_summary_fini(struct acre_summary *summary)
{
    for (size_t i = 0; summary->contests && i < summary->count; i++)
        free(summary->contests[i].against_fastest);
    free(summary->contests);
    acre_family_end(&summary->family);
    *summary = (struct acre_summary){0};
}

/* The sentence ------------------------------------------------------------------------------- */

/* " Against malloc: 1.13x slower [1.12, 1.13]." */
struct against {
    char text[160];
};

static struct against against(const char *whom, const struct acre_overall *overall)
{
    struct against words = {""};
    if (overall->is_known)
        snprintf(words.text, sizeof words.text, " Against %s: %s.", whom,
                 acre_verdict_differs(overall->ratio.verdict)
                     ? acre_format_verdict(&overall->ratio, true).text
                     : acre_format_verdict_long(&overall->ratio).text);
    return words;
}

/* What the contests of the region came to. */
struct tally {
    size_t timed, run, fastest, tied, open;
};

static struct tally count_contests(const struct acre_summary *summary)
{
    struct tally tally = {0};
    for (size_t i = 0; i < summary->count; i++) {
        const struct acre_contest *contest = &summary->contests[i];
        tally.timed += contest->fastest != NULL;
        tally.run += contest->region != NULL;
        tally.fastest += contest->region && contest->region == contest->fastest;
        if (contest->region_against_fastest) {
            tally.tied += is_tie(contest->region_against_fastest);
            tally.open += acre_verdict_is_open(contest->region_against_fastest->verdict);
        }
    }
    return tally;
}

struct acre_summary_sentence acre_summary_sentence(const struct acre_summary *summary)
{
    struct acre_summary_sentence sentence;
    const struct tally tally = count_contests(summary);
    char unknown[64] = "";
    if (tally.open > 0)
        snprintf(unknown, sizeof unknown, ", and in %zu nobody can say", tally.open);
    if (tally.timed == 0)
        snprintf(sentence.text, sizeof sentence.text, "Nothing was timed here.");
    else if (tally.run == 0)
        snprintf(sentence.text, sizeof sentence.text,
                 "arena/region was not measured here: the table has the fastest strategy of each "
                 "case.");
    else
        snprintf(sentence.text, sizeof sentence.text,
                 "Over %zu cases of equal weight, arena/region is the fastest%s in %zu%s.%s%s",
                 tally.run, tally.tied > 0 ? " or not shown to be slower" : "",
                 tally.fastest + tally.tied, unknown,
                 against("malloc", &summary->against_malloc).text,
                 against("the best malloc-like of each", &summary->against_single).text);
    return sentence;
}
