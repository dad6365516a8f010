#include "report/scaling.h"
#include "report/format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A strategy at one size. */
struct standing {
    bool is_timed;
    size_t rank;               /* by median time, from 1 */
    double ratio;              /* median time against the shortest */
    bool is_fastest;           /* rank 1 */
    struct acre_ratio against; /* the fastest, by rounds; zeroed for itself */
};

struct entrant {
    const struct acre_cell_key *key; /* backend and lifetime count */
    struct standing standings[ACRE_MOST_SIZES];
    size_t timed, tied; /* sizes */
    double worst;
    double log_sum; /* of the ratios */
};

struct sizes {
    struct acre_family family; /* of all that is held against the fastest of its size */
    struct acre_size_set set;
    struct entrant *entrants;
    size_t entrant_count;
};

/* A file may have been written by anybody: "" where there is no such value. */
static const char *value_of(const struct acre_group *group, size_t parameter)
{
    if (parameter >= group->key->parameter_count || !group->key->parameters[parameter].value)
        return "";
    return group->key->parameters[parameter].value;
}

static const char *name_of(const struct acre_group *group, size_t parameter)
{
    const char *name = group->key->parameters[parameter].name;
    return name ? name : "?";
}

static bool same_value(const struct acre_group *a, const struct acre_group *b, size_t parameter)
{
    return strcmp(value_of(a, parameter), value_of(b, parameter)) == 0;
}

static bool differ_only_in(const struct acre_group *a, const struct acre_group *b, size_t parameter)
{
    for (size_t i = 0; i < a->key->parameter_count; i++)
        if (i != parameter && !same_value(a, b, i))
            return false;
    return a->key->parameter_count == b->key->parameter_count;
}

static bool is_number(const char *value)
{
    return value[0] != '\0' && value[strspn(value, "0123456789")] == '\0' && strlen(value) < 20;
}

/* How many values it has; 0: they are words. */
static size_t count_values(const struct acre_group *groups, size_t count, size_t parameter)
{
    size_t values = 0;
    for (size_t i = 0; i < count; i++) {
        size_t earlier = 0;
        if (!is_number(value_of(&groups[i], parameter)))
            return 0;
        while (!same_value(&groups[earlier], &groups[i], parameter))
            earlier++;
        values += earlier == i;
    }
    return values;
}

/* The one with the most values; false where none has two. */
static bool find_parameter(const struct acre_group *groups, size_t count, size_t *parameter)
{
    size_t most = 1;
    for (size_t p = 0; p < groups[0].key->parameter_count; p++) {
        size_t values = count_values(groups, count, p);
        if (values > most) {
            most = values;
            *parameter = p;
        }
    }
    return most > 1;
}

bool acre_size_set_next(const struct acre_group *groups, size_t count, size_t *at,
                        struct acre_size_set *set)
{
    *set = (struct acre_size_set){0};
    if (count < 2 || !find_parameter(groups, count, &set->parameter))
        return false;
    for (; *at < count; ++*at) {
        size_t earlier = 0;
        while (earlier < *at && !differ_only_in(&groups[earlier], &groups[*at], set->parameter))
            earlier++;
        if (earlier < *at)
            continue; /* in the set of that one */
        set->count = 0;
        for (size_t k = *at; k < count && set->count < ACRE_MOST_SIZES; k++)
            if (differ_only_in(&groups[*at], &groups[k], set->parameter))
                set->groups[set->count++] = &groups[k];
        if (set->count > 1)
            return true;
    }
    return false;
}

uint64_t acre_size_set_value(const struct acre_size_set *set, size_t index)
{
    return strtoull(value_of(set->groups[index], set->parameter), NULL, 10);
}

static struct entrant *entrant_of(struct sizes *sizes, const struct acre_cell_key *key)
{
    for (size_t i = 0; i < sizes->entrant_count; i++)
        if (strcmp(sizes->entrants[i].key->backend, key->backend) == 0 &&
            strcmp(sizes->entrants[i].key->lifetime, key->lifetime) == 0)
            return &sizes->entrants[i];
    sizes->entrants[sizes->entrant_count] = (struct entrant){.key = key};
    return &sizes->entrants[sizes->entrant_count++];
}

/* False when out of memory. */
static bool stand(struct sizes *sizes, size_t size, const struct acre_group_row *row, size_t rank)
{
    const struct acre_group_row *first = &sizes->set.groups[size]->rows[0];
    struct entrant *entrant = entrant_of(sizes, &row->cell->key);
    struct standing *standing = &entrant->standings[size];
    *standing = (struct standing){
        .is_timed = true,
        .rank = rank,
        .ratio = row->ns_per_iteration / first->ns_per_iteration,
        .is_fastest = row == first,
    };
    entrant->timed++;
    entrant->worst = fmax(entrant->worst, standing->ratio);
    entrant->log_sum += log(standing->ratio);
    return row == first || acre_family_add(&sizes->family, &row->times, &first->times,
                                           &standing->against) != ACRE_STATS_NO_MEMORY;
}

/* "=": not shown to be slower than the fastest; "?": nobody can say. */
static const char *mark_of(const struct standing *standing)
{
    if (standing->is_fastest)
        return "=";
    if (acre_verdict_is_open(standing->against.verdict))
        return "?";
    return standing->against.verdict == ACRE_VERDICT_SLOWER ? " " : "=";
}

static void count_ties(struct sizes *sizes)
{
    for (size_t e = 0; e < sizes->entrant_count; e++)
        for (size_t i = 0; i < sizes->set.count; i++) {
            const struct standing *standing = &sizes->entrants[e].standings[i];
            sizes->entrants[e].tied += standing->is_timed && mark_of(standing)[0] == '=';
        }
}

/* Those with a time at every size first, the nearest to the fastest on top. */
static int order_entrants(const void *left, const void *right)
{
    const struct entrant *a = left, *b = right;
    if (a->timed != b->timed)
        return a->timed > b->timed ? -1 : 1;
    return a->log_sum < b->log_sum ? -1 : a->log_sum > b->log_sum;
}

static bool judge(struct sizes *sizes)
{
    size_t most = 0;
    bool good = true;
    for (size_t i = 0; i < sizes->set.count; i++)
        most += sizes->set.groups[i]->row_count;
    sizes->entrants = calloc(most + 1, sizeof *sizes->entrants);
    if (!sizes->entrants)
        return false;
    for (size_t i = 0; i < sizes->set.count; i++)
        for (size_t r = 0; r < sizes->set.groups[i]->row_count && good; r++)
            if (sizes->set.groups[i]->rows[r].is_timed)
                good = stand(sizes, i, &sizes->set.groups[i]->rows[r], r + 1);
    good = good && acre_family_judge(&sizes->family);
    count_ties(sizes);
    qsort(sizes->entrants, sizes->entrant_count, sizeof *sizes->entrants, order_entrants);
    return good;
}

static struct acre_number heading_of(const struct sizes *sizes, size_t size)
{
    return acre_format_count(acre_size_set_value(&sizes->set, size));
}

/* How many stand in the table with that mark. */
static size_t count_marks(const struct sizes *sizes, char mark)
{
    size_t count = 0;
    for (size_t e = 0; e < sizes->entrant_count; e++)
        for (size_t i = 0; i < sizes->set.count; i++) {
            const struct standing *standing = &sizes->entrants[e].standings[i];
            count += standing->is_timed && !standing->is_fastest && mark_of(standing)[0] == mark;
        }
    return count;
}

static const char *explain(const struct sizes *sizes)
{
    if (count_marks(sizes, '?') == 0)
        return "=: no difference from the fastest shown.";
    if (count_marks(sizes, '=') == 0 && count_marks(sizes, ' ') == 0)
        return "=: the fastest. ?: too few rounds, or too noisy, to say who ties.";
    return "=: no difference from the fastest shown. ?: too few rounds, or too noisy, to say.";
}

static bool say(const struct acre_page *page, const struct sizes *sizes)
{
    const struct entrant *first = &sizes->entrants[0];
    const char *words =
        count_marks(sizes, '=') > 0 ? "fastest or not shown to be slower" : "the fastest";
    return acre_page_say(page, 2, 2, ACRE_PAINT_BOLD,
                         "Over all %zu values of %s %s is nearest to the fastest: at most %s "
                         "times its time, and %s at %zu of them.",
                         sizes->set.count, name_of(sizes->set.groups[0], sizes->set.parameter),
                         acre_strategy_name(first->key).text,
                         acre_format_fixed(first->worst, 2).text, words, first->tied);
}

static bool print_standings(const struct acre_page *page, const struct sizes *sizes)
{
    struct acre_number headings[ACRE_MOST_SIZES];
    struct acre_column columns[1 + ACRE_MOST_SIZES] = {{.title = "rank, x the fastest"}};
    struct acre_grid grid = {.columns = columns, .column_count = 1 + sizes->set.count};
    bool good;
    for (size_t i = 0; i < sizes->set.count; i++) {
        headings[i] = heading_of(sizes, i);
        columns[1 + i] = (struct acre_column){headings[i].text, true, 0, 2};
    }
    for (size_t e = 0; e < sizes->entrant_count; e++) {
        const struct entrant *entrant = &sizes->entrants[e];
        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%s", acre_strategy_name(entrant->key).text);
        for (size_t i = 0; i < sizes->set.count; i++) {
            const struct standing *standing = &entrant->standings[i];
            const char *mark = mark_of(standing);
            if (standing->is_timed)
                acre_grid_set(&grid, 1 + i, mark[0] == '=' ? ACRE_PAINT_GREEN : ACRE_PAINT_NONE,
                              "%zu%s %s", standing->rank, mark,
                              acre_format_fixed(standing->ratio, 2).text);
            else
                acre_grid_set(&grid, 1 + i, ACRE_PAINT_NONE, "-");
        }
    }
    good = acre_grid_print(&grid, page, 2) &&
           acre_page_say(page, 2, 4, ACRE_PAINT_NONE, "%s", explain(sizes));
    acre_grid_free(&grid);
    return good;
}

static void end(struct sizes *sizes)
{
    free(sizes->entrants);
    acre_family_end(&sizes->family);
}

bool acre_scaling_say(const struct acre_page *page, const struct acre_size_set *set,
                      const struct acre_judging *judging)
{
    struct sizes sizes = {.family.is_watched = judging->is_watched, .set = *set};
    bool good = judge(&sizes) && (sizes.entrant_count == 0 || say(page, &sizes));
    end(&sizes);
    return good;
}

static bool print_sizes(const struct acre_page *page, struct sizes *sizes)
{
    bool good = judge(sizes);
    if (good && sizes->entrant_count > 0) {
        good = acre_page_title(
            page, "by %s, otherwise %s",
            sizes->set.groups[0]->key->parameters[sizes->set.parameter].name,
            acre_group_title_without(sizes->set.groups[0]->key, sizes->set.parameter).text);
        acre_page_gap(page);
        good = good && say(page, sizes);
        acre_page_gap(page);
        good = good && print_standings(page, sizes);
        acre_page_gap(page);
    }
    end(sizes);
    return good;
}

bool acre_scaling_print(const struct acre_page *page, const struct acre_group *groups, size_t count,
                        const struct acre_judging *judging)
{
    struct acre_size_set set;
    for (size_t at = 0; acre_size_set_next(groups, count, &at, &set); at++) {
        struct sizes sizes = {.family.is_watched = judging->is_watched, .set = set};
        if (!print_sizes(page, &sizes))
            return false;
    }
    return true;
}
