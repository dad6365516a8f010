#include "report/group.h"
#include "report/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_text(const char *text, const char *wanted)
{
    return text && strcmp(text, wanted) == 0;
}

bool acre_cell_is_reference(const struct acre_cell *cell)
{
    return is_text(cell->key.backend, "malloc") &&
           (is_text(cell->key.lifetime, "weak") || is_text(cell->key.lifetime, ""));
}

bool acre_group_has_parameter(const struct acre_group *group, const char *name, const char *value)
{
    for (size_t i = 0; i < group->key->parameter_count; i++)
        if (is_text(group->key->parameters[i].name, name) &&
            is_text(group->key->parameters[i].value, value))
            return true;
    return false;
}

static int order_cells(const void *left, const void *right)
{
    const struct acre_cell *const *a = left, *const *b = right;
    return acre_cell_key_compare(&(*a)->key, &(*b)->key);
}

const struct acre_cell **acre_run_sorted_cells(const struct acre_run *run)
{
    const struct acre_cell **cells = calloc(run->cell_count + 1, sizeof *cells);
    if (!cells)
        return NULL;
    for (size_t i = 0; i < run->cell_count; i++)
        cells[i] = &run->cells[i];
    qsort(cells, run->cell_count, sizeof *cells, order_cells);
    return cells;
}

size_t acre_group_length(const struct acre_cell *const *cells, size_t count)
{
    size_t length = count > 0;
    while (length < count && acre_cell_key_same_group(&cells[0]->key, &cells[length]->key))
        length++;
    return length;
}

size_t acre_workload_length(const struct acre_group *groups, size_t count)
{
    size_t length = count > 0;
    while (length < count && acre_cell_key_same_workload(groups[0].key, groups[length].key))
        length++;
    return length;
}

struct acre_strategy_name acre_strategy_name(const struct acre_cell_key *key)
{
    struct acre_strategy_name name;
    const char *lifetime = acre_or_empty(key->lifetime);
    snprintf(name.text, sizeof name.text, "%.256s%s%.40s", acre_or_empty(key->backend),
             *lifetime ? "/" : "", lifetime);
    return name;
}

struct acre_group_title acre_group_title_without(const struct acre_cell_key *key, size_t parameter)
{
    struct acre_group_title title = {.text = ""};
    size_t used = 0;
    for (size_t i = 0; i < key->parameter_count && used < sizeof title.text; i++)
        if (i != parameter)
            used += (size_t)snprintf(title.text + used, sizeof title.text - used, "%s%.60s",
                                     used > 0 ? ", " : "",
                                     key->parameters[i].title ? key->parameters[i].title : "");
    return title;
}

struct acre_group_title acre_group_title(const struct acre_cell_key *key)
{
    return acre_group_title_without(key, key->parameter_count);
}

/* Whether any two of these groups differ in the parameter. */
static bool differ_in(const struct acre_group *groups, size_t count, size_t parameter)
{
    for (size_t i = 0; i < count; i++) {
        const struct acre_cell_key *key = groups[i].key;
        if (parameter >= key->parameter_count || parameter >= groups[0].key->parameter_count ||
            strcmp(acre_or_empty(key->parameters[parameter].value),
                   acre_or_empty(groups[0].key->parameters[parameter].value)) != 0)
            return true;
    }
    return false;
}

struct acre_group_title acre_group_title_among(const struct acre_group *groups, size_t count,
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

struct acre_cell_name acre_cell_name(const struct acre_cell_key *key)
{
    struct acre_cell_name name;
    bool has_title = key->parameter_count > 0;
    snprintf(name.text, sizeof name.text, "%.160s of %.60s%s%.384s%s", acre_strategy_name(key).text,
             acre_or_empty(key->workload), has_title ? " (" : "",
             has_title ? acre_group_title(key).text : "", has_title ? ")" : "");
    return name;
}

/* Whether the statistic exists. Values that no reader lets through count as not measured. */
static bool known(enum acre_stats_status status, bool *out_of_memory)
{
    if (status == ACRE_STATS_NO_MEMORY)
        *out_of_memory = true;
    return status == ACRE_STATS_OK;
}

/* What is held against the reference, and judged together. */
struct families {
    struct acre_family warm, cold;
};

static void fill_row(struct acre_group_row *row, const struct acre_group_row *reference,
                     struct families *families, bool *out_of_memory)
{
    const struct acre_cell *cell = row->cell;
    if (cell->failure)
        return;
    row->is_timed = known(acre_series_median(&row->times, &row->ns_per_iteration), out_of_memory);
    row->has_x_limit = known(acre_ratio_of_ratios(&cell->x_limit, &row->x_limit), out_of_memory);
    row->has_cold = known(acre_series_median(&cell->cold_ns, &row->cold_ns), out_of_memory);
    if (!reference || reference == row)
        return;
    row->has_against =
        known(acre_family_add(&families->warm, &row->times, &reference->times, &row->against),
              out_of_memory);
    if (cell->cold_iterations == reference->cell->cold_iterations)
        row->has_cold_against =
            known(acre_family_add(&families->cold, &cell->cold_ns, &reference->cell->cold_ns,
                                  &row->cold_against),
                  out_of_memory);
}

static int order_rows(const void *left, const void *right)
{
    const struct acre_group_row *a = left, *b = right;
    if (a->is_timed != b->is_timed)
        return a->is_timed ? -1 : 1;
    if (a->is_timed && a->ns_per_iteration < b->ns_per_iteration)
        return -1;
    if (a->is_timed && a->ns_per_iteration > b->ns_per_iteration)
        return 1;
    return acre_cell_key_compare(&a->cell->key, &b->cell->key);
}

/* The limit of those that play the same program as the row: under a plan playing by itself takes
 * less. False when out of memory. */
static bool find_limit(const struct acre_group *group, const struct acre_group_row *row,
                       double *limit_ns)
{
    const struct acre_cell **alike = calloc(group->row_count, sizeof *alike);
    size_t count = 0;
    bool is_known;
    for (size_t i = 0; alike && i < group->row_count; i++)
        if (strcmp(acre_or_empty(group->rows[i].cell->key.lifetime),
                   acre_or_empty(row->cell->key.lifetime)) == 0)
            alike[count++] = group->rows[i].cell;
    bool good = alike && acre_limit_of(alike, count, &is_known, limit_ns);
    free(alike);
    return good;
}

/* Every row's own, whatever they are. False when out of memory. */
static bool take_times(struct acre_group *group, const struct acre_judging *judging)
{
    bool good = true;
    group->is_steady = judging->is_steady && group->has_limit;
    for (size_t i = 0; i < group->row_count; i++)
        group->is_steady = group->is_steady && acre_cell_can_be_steady(group->rows[i].cell);
    for (size_t i = 0; good && i < group->row_count; i++) {
        struct acre_group_row *row = &group->rows[i];
        double limit_ns = group->limit_ns;
        if (judging->played)
            good = find_limit(group, row, &limit_ns);
        good = good &&
               acre_times_of(row->cell, judging, group->is_steady ? &limit_ns : NULL, &row->times);
    }
    return good;
}

/* False when out of memory. */
static bool fill_rows(struct acre_group *group, const struct acre_group_row *reference,
                      const struct acre_judging *judging)
{
    struct families families = {{.is_watched = judging->is_watched},
                                {.is_watched = judging->is_watched}};
    bool out_of_memory = false;
    for (size_t i = 0; i < group->row_count; i++) {
        struct acre_group_row *row = &group->rows[i];
        fill_row(row, reference, &families, &out_of_memory);
        if (row->times.count > group->rounds)
            group->rounds = row->times.count;
    }
    group->verdict_rounds = acre_verdict_rounds(families.warm.count, judging->is_watched);
    bool good =
        !out_of_memory && acre_family_judge(&families.warm) && acre_family_judge(&families.cold);
    acre_family_end(&families.warm);
    acre_family_end(&families.cold);
    return good;
}

static const struct acre_group_row *find_reference(const struct acre_group *group)
{
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_cell *cell = group->rows[i].cell;
        if (acre_cell_is_reference(cell) && !cell->failure && cell->ns_per_iteration.count > 0)
            return &group->rows[i];
    }
    return NULL;
}

bool acre_group_init(struct acre_group *group, const struct acre_cell *const *cells, size_t count,
                     const struct acre_judging *judging)
{
    *group = (struct acre_group){0};
    struct acre_group_row *rows = calloc(count + 1, sizeof *rows);
    if (!rows)
        return false;
    group->key = count > 0 ? &cells[0]->key : NULL;
    group->played = judging->played;
    group->rows = rows;
    group->row_count = count;
    for (size_t i = 0; i < count; i++)
        rows[i].cell = cells[i];
    if (!acre_limit_of(cells, count, &group->has_limit, &group->limit_ns) ||
        !take_times(group, judging) || !fill_rows(group, find_reference(group), judging)) {
        acre_group_fini(group);
        return false;
    }
    qsort(rows, count, sizeof *rows, order_rows);
    group->reference = find_reference(group);
    if (group->reference && !group->reference->is_timed)
        group->reference = NULL;
    return true;
}

void acre_group_fini(struct acre_group *group)
{
    for (size_t i = 0; i < group->row_count; i++)
        free(group->rows[i].times.values);
    free(group->rows);
    *group = (struct acre_group){0};
}

bool acre_groups_init(struct acre_groups *groups, const struct acre_run *run)
{
    bool good;
    *groups = (struct acre_groups){
        .cells = acre_run_sorted_cells(run),
        .cell_count = run->cell_count,
        .groups = calloc(run->cell_count + 1, sizeof *groups->groups),
    };
    good = groups->cells && groups->groups && acre_judging_of(run, &groups->judging);
    for (size_t at = 0, length; good && at < run->cell_count; at += length) {
        length = acre_group_length(groups->cells + at, run->cell_count - at);
        good = acre_group_init(&groups->groups[groups->count], groups->cells + at, length,
                               &groups->judging);
        groups->count += good;
    }
    if (!good)
        acre_groups_fini(groups);
    return good;
}

void acre_groups_fini(struct acre_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        acre_group_fini(&groups->groups[i]);
    free(groups->groups);
    free(groups->cells);
    *groups = (struct acre_groups){0};
}

static bool has_all_verdicts(const struct acre_group *group)
{
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_group_row *row = &group->rows[i];
        if ((row->has_against && acre_verdict_is_open(row->against.verdict)) ||
            (row->has_cold_against && acre_verdict_is_open(row->cold_against.verdict)))
            return false;
    }
    return true;
}

bool acre_run_is_decided(const struct acre_run *run, bool *is_decided)
{
    struct acre_groups groups;
    *is_decided = acre_groups_init(&groups, run);
    if (!*is_decided)
        return false;
    for (size_t i = 0; i < groups.count; i++)
        *is_decided &= has_all_verdicts(&groups.groups[i]);
    acre_groups_fini(&groups);
    return true;
}
