#include "report/aged.h"
#include "report/format.h"
#include "report/group.h"
#include "report/provenance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STRATEGY, HEAP, CLEAN, AGED, AGAINST, HELD_CLEAN, HELD_AGED, COLUMNS };

static const struct acre_column columns[COLUMNS] = {
    [STRATEGY] = {"aged heaps", false, 0, 0}, [HEAP] = {"", false, 0, 2},
    [CLEAN] = {"clean us", true, 0, 2},       [AGED] = {"aged us", true, 0, 2},
    [AGAINST] = {"vs clean", false, 0, 2},    [HELD_CLEAN] = {"held clean", true, 1, 2},
    [HELD_AGED] = {"held aged", true, 2, 2},
};

/* "age", "age-occupancy" */
static bool is_of_age(const struct acre_key_parameter *parameter)
{
    return parameter->name &&
           (strcmp(parameter->name, "age") == 0 || strcmp(parameter->name, "age-occupancy") == 0);
}

/* Parameters of age come last. */
static size_t count_of_others(const struct acre_cell_key *key)
{
    size_t count = key->parameter_count;
    while (count > 0 && is_of_age(&key->parameters[count - 1]))
        count--;
    return count;
}

static bool is_aged(const struct acre_cell *cell)
{
    return count_of_others(&cell->key) < cell->key.parameter_count;
}

/* The same strategy with the same parameters on a clean heap, or NULL; `cells` are sorted. */
static const struct acre_cell *clean_one_of(const struct acre_cell *const *cells, size_t count,
                                            const struct acre_cell *aged)
{
    struct acre_cell_key key = aged->key; /* what it points to is borrowed */
    size_t low = 0;
    key.parameter_count = count_of_others(&aged->key);
    while (count > 0) {
        size_t half = count / 2;
        int order = acre_cell_key_compare(&cells[low + half]->key, &key);
        if (order == 0)
            return cells[low + half];
        if (order < 0) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return NULL;
}

struct acre_group_title acre_aged_heap(const struct acre_cell *aged)
{
    struct acre_cell_key key = aged->key;
    size_t others = count_of_others(&aged->key);
    key.parameters += others;
    key.parameter_count -= others;
    return acre_group_title(&key);
}

static void set_held(struct acre_grid *grid, size_t column, const struct acre_cell *cell)
{
    if (cell->has_recorded && cell->recorded.has_held)
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s",
                      acre_format_bytes((double)cell->recorded.peak_held_bytes).text);
    else
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "?");
}

/* The limit of the clean cells, which that of aged ones does not differ from: *limit_ns is NULL
 * where times are as measured, else it points to `room`. False when out of memory. */
static bool find_limit(const struct acre_aged_pair *pairs, size_t count,
                       const struct acre_judging *judging, double *room, const double **limit_ns)
{
    const struct acre_cell **cells = calloc(count, sizeof *cells);
    bool is_steady = judging->is_steady, is_known = false;
    for (size_t i = 0; cells && i < count; i++) {
        cells[i] = pairs[i].clean;
        is_steady = is_steady && acre_cell_can_be_steady(pairs[i].clean) &&
                    acre_cell_can_be_steady(pairs[i].aged);
    }
    bool good = cells && acre_limit_of(cells, count, &is_known, room);
    *limit_ns = is_steady && is_known ? room : NULL;
    free(cells);
    return good;
}

/* False when out of memory. */
static bool hold_against(struct acre_aged_pair *pair, struct acre_family *family,
                         const struct acre_judging *judging, const double *limit_ns)
{
    struct acre_series clean = {0}, aged = {0};
    bool good = acre_times_of(pair->clean, judging, limit_ns, &clean) &&
                acre_times_of(pair->aged, judging, limit_ns, &aged);
    enum acre_stats_status status =
        good ? acre_family_add(family, &aged, &clean, &pair->ratio) : ACRE_STATS_NO_MEMORY;
    if (status == ACRE_STATS_OK)
        status = acre_series_median(&clean, &pair->clean_ns);
    if (status == ACRE_STATS_OK)
        status = acre_series_median(&aged, &pair->aged_ns);
    pair->is_timed = status == ACRE_STATS_OK;
    free(clean.values);
    free(aged.values);
    return status != ACRE_STATS_NO_MEMORY;
}

/* The verdicts of a table are one family. False when out of memory. */
static bool judge(struct acre_aged_pair *pairs, size_t count, const struct acre_judging *judging)
{
    struct acre_family family = {.is_watched = judging->is_watched};
    double room;
    const double *limit_ns;
    bool good = find_limit(pairs, count, judging, &room, &limit_ns);
    for (size_t i = 0; good && i < count; i++)
        good = hold_against(&pairs[i], &family, judging, limit_ns);
    good = good && acre_family_judge(&family);
    acre_family_end(&family);
    return good;
}

static void set_times(struct acre_grid *grid, const struct acre_aged_pair *pair)
{
    if (!pair->is_timed) {
        acre_grid_set(grid, CLEAN, ACRE_PAINT_NONE, "-");
        acre_grid_set(grid, AGED, ACRE_PAINT_NONE, "-");
        acre_grid_set(grid, AGAINST, ACRE_PAINT_NONE, "-");
        return;
    }
    acre_grid_set(grid, CLEAN, ACRE_PAINT_NONE, "%s",
                  acre_format_digits(pair->clean_ns / 1e3).text);
    acre_grid_set(grid, AGED, ACRE_PAINT_NONE, "%s", acre_format_digits(pair->aged_ns / 1e3).text);
    acre_grid_set(grid, AGAINST, ACRE_PAINT_NONE, "%s",
                  acre_format_verdict(&pair->ratio, true).text);
}

static void add_row(struct acre_grid *grid, const struct acre_aged_pair *pair)
{
    acre_grid_row(grid);
    acre_grid_set(grid, STRATEGY, ACRE_PAINT_NONE, "%s", acre_strategy_name(&pair->aged->key).text);
    acre_grid_set(grid, HEAP, ACRE_PAINT_NONE, "%s", acre_aged_heap(pair->aged).text);
    set_held(grid, HELD_CLEAN, pair->clean);
    set_held(grid, HELD_AGED, pair->aged);
    set_times(grid, pair);
}

static int order_pairs(const void *left, const void *right)
{
    const struct acre_aged_pair *a = left, *b = right;
    int order = acre_cell_key_compare(&a->clean->key, &b->clean->key);
    return order != 0 ? order : acre_cell_key_compare(&a->aged->key, &b->aged->key);
}

/* NULL when out of memory. The caller frees it. */
static struct acre_aged_pair *find_pairs(const struct acre_run *run, size_t *count)
{
    const struct acre_cell **cells = acre_run_sorted_cells(run);
    struct acre_aged_pair *pairs = calloc(run->cell_count + 1, sizeof *pairs);
    *count = 0;
    for (size_t i = 0; cells && pairs && i < run->cell_count; i++) {
        const struct acre_cell *aged = cells[i];
        const struct acre_cell *clean =
            is_aged(aged) ? clean_one_of(cells, run->cell_count, aged) : NULL;
        if (clean)
            pairs[(*count)++] = (struct acre_aged_pair){.clean = clean, .aged = aged};
    }
    if (!cells) {
        free(pairs);
        pairs = NULL;
    }
    free(cells);
    if (pairs)
        qsort(pairs, *count, sizeof *pairs, order_pairs);
    return pairs;
}

/* What the open verdicts of the table mean. */
static bool print_open(const struct acre_page *page, const struct acre_aged_pair *pairs,
                       size_t count)
{
    size_t verdicts[ACRE_VERDICT_COUNT] = {0};
    for (size_t i = 0; i < count; i++)
        if (pairs[i].is_timed)
            verdicts[pairs[i].ratio.verdict]++;
    return acre_provenance_open(page, verdicts);
}

/* How many from the first on are of its clean group. */
static size_t length_of(const struct acre_aged_pair *pairs, size_t count)
{
    size_t length = count > 0;
    while (length < count &&
           acre_cell_key_same_group(&pairs[0].clean->key, &pairs[length].clean->key))
        length++;
    return length;
}

bool acre_aged_init(struct acre_aged *aged, const struct acre_run *run,
                    const struct acre_judging *judging)
{
    bool good;
    aged->pairs = find_pairs(run, &aged->count);
    good = aged->pairs != NULL;
    for (size_t at = 0, length; good && at < aged->count; at += length) {
        length = length_of(aged->pairs + at, aged->count - at);
        good = judge(aged->pairs + at, length, judging);
    }
    if (!good)
        acre_aged_fini(aged);
    return good;
}

void acre_aged_fini(struct acre_aged *aged)
{
    free(aged->pairs);
    *aged = (struct acre_aged){0};
}

/* Those of one clean group; false when out of memory. */
static bool print_pairs(const struct acre_page *page, const struct acre_aged_pair *pairs,
                        size_t count)
{
    struct acre_grid grid = {.columns = columns, .column_count = COLUMNS};
    bool good = acre_page_title(page, "Aged heaps against clean ones: %s",
                                acre_group_title(&pairs[0].clean->key).text);
    for (size_t i = 0; good && i < count; i++)
        add_row(&grid, &pairs[i]);
    acre_page_gap(page);
    good = good && acre_grid_print(&grid, page, 2) && print_open(page, pairs, count);
    acre_page_gap(page);
    acre_grid_free(&grid);
    return good;
}

bool acre_aged_print(const struct acre_page *page, const struct acre_run *run,
                     const struct acre_judging *judging)
{
    struct acre_aged aged;
    bool good = acre_aged_init(&aged, run, judging);
    for (size_t at = 0, length; good && at < aged.count; at += length) {
        length = length_of(aged.pairs + at, aged.count - at);
        good = print_pairs(page, aged.pairs + at, length);
    }
    acre_aged_fini(&aged);
    return good;
}
