/* The rules that hold between the fields of a run. Those of single fields are in schema.c. */
#include "report/run.h"
#include "report/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2^63 - 1: what a JSON integer can carry here. */
static const uint64_t largest_count = INT64_MAX;

struct check {
    char *error;
    size_t error_bytes;
};

static bool fault(const struct check *check, const struct acre_run_place *place, const char *what)
{
    char where[256];
    acre_run_place_text(place, where, sizeof where);
    snprintf(check->error, check->error_bytes, "%s: %s", where, what);
    return false;
}

static bool check_members(const struct check *check, const struct acre_shape *shape,
                          const void *object, const struct acre_run_place *outer);

static bool check_count(const struct check *check, uint64_t value,
                        const struct acre_run_place *place)
{
    if (value <= largest_count)
        return true;
    char what[96];
    snprintf(what, sizeof what, "%llu is above 2^63 - 1, the largest count a run can carry",
             (unsigned long long)value);
    return fault(check, place, what);
}

static bool check_series(const struct check *check, const struct acre_field *field,
                         const struct acre_series *series, const struct acre_run_place *place)
{
    for (size_t i = 0; i < series->count; i++) {
        const char *wrong = acre_range_fault(field->range, series->values[i]);
        if (!wrong)
            continue;
        struct acre_run_place element = {.outer = place, .index = i};
        char what[96];
        snprintf(what, sizeof what, "%g %s", series->values[i], wrong);
        return fault(check, &element, what);
    }
    return true;
}

static bool check_field(const struct check *check, const struct acre_field *field,
                        const void *object, const struct acre_run_place *place)
{
    const void *member = acre_member_const(object, field->offset);
    switch (field->kind) {
    case ACRE_FIELD_COUNT:
    case ACRE_FIELD_COUNT_OR_NULL:
        return check_count(check, *(const uint64_t *)member, place);
    case ACRE_FIELD_HISTOGRAM:
        for (size_t i = 0; i < ACRE_HISTOGRAM_BUCKETS; i++) {
            struct acre_run_place element = {.outer = place, .index = i};
            if (!check_count(check, ((const uint64_t *)member)[i], &element))
                return false;
        }
        return true;
    case ACRE_FIELD_REAL: {
        const struct acre_series one = {.values = (double[]){*(const double *)member}, .count = 1};
        return check_series(check, field, &one, place);
    }
    case ACRE_FIELD_SERIES:
        return check_series(check, field, member, place);
    case ACRE_FIELD_LIST: {
        const char *list = acre_list_elements(field, object);
        size_t count = acre_list_count(field, object);
        for (size_t i = 0; i < count; i++) {
            struct acre_run_place element = {.outer = place, .index = i};
            if (!check_members(check, field->shape, list + i * field->shape->bytes, &element))
                return false;
        }
        return true;
    }
    case ACRE_FIELD_OBJECT_OR_NULL:
        if (!*(const bool *)acre_member_const(object, field->beside))
            return true;
        return check_members(check, field->shape, member, place);
    case ACRE_FIELD_OBJECT:
        return check_members(check, field->shape, member, place);
    case ACRE_FIELD_DIGITS:
    case ACRE_FIELD_TEXT:
    case ACRE_FIELD_TEXT_OR_NULL:
        return true;
    }
    return true;
}

static bool check_members(const struct check *check, const struct acre_shape *shape,
                          const void *object, const struct acre_run_place *outer)
{
    for (size_t i = 0; i < shape->field_count; i++) {
        struct acre_run_place place = {.outer = outer, .name = shape->fields[i].name};
        if (!check_field(check, &shape->fields[i], object, &place))
            return false;
    }
    return true;
}

/* Rounds are paired by their index, so series of one cell that differ in length would pair values
 * of different rounds. An empty series was not measured at all. */
static bool check_lengths(const struct check *check, const struct acre_cell *cell,
                          const struct acre_run_place *place)
{
    const struct {
        const char *name;
        const struct acre_series *series;
        bool cold;
    } all[] = {
        {"ns_per_iteration", &cell->ns_per_iteration, false},
        {"limit_ns_per_iteration", &cell->limit_ns_per_iteration, false},
        {"x_limit", &cell->x_limit, false},
        {"faults_per_iteration", &cell->faults_per_iteration, false},
        {"system_ns_per_iteration", &cell->system_ns_per_iteration, false},
        {"rss_bytes", &cell->rss_bytes, true},
        {"cold_ns", &cell->cold_ns, true},
        {"cold_faults", &cell->cold_faults, true},
        {"pauses.p50_ns", &cell->pauses.p50_ns, false},
        {"pauses.p99_ns", &cell->pauses.p99_ns, false},
        {"pauses.max_ns", &cell->pauses.max_ns, false},
        {"pauses.count", &cell->pauses.count, false},
    };
    const size_t none = sizeof all / sizeof all[0];
    size_t first[2] = {none, none};
    for (size_t i = 0; i < none; i++) {
        size_t *reference = &first[all[i].cold];
        if (all[i].series->count == 0)
            continue;
        if (*reference == none)
            *reference = i;
        if (all[i].series->count == all[*reference].series->count)
            continue;
        char what[160];
        snprintf(what, sizeof what, "%zu values where %s has %zu: one a round is wanted in each",
                 all[i].series->count, all[*reference].name, all[*reference].series->count);
        struct acre_run_place series = {.outer = place, .name = all[i].name};
        return fault(check, &series, what);
    }
    return true;
}

/* Column by column no more than lifetime_histogram tells of: taken from it, since a sum of counts
 * may be no count. */
static bool check_death(const struct check *check, const struct acre_recorded *recorded, size_t i,
                        uint64_t *untold, const struct acre_run_place *place)
{
    const struct acre_death_count *death = &recorded->deaths[i];
    char what[128];
    if (death->size_bucket >= ACRE_HISTOGRAM_BUCKETS ||
        death->lifetime_bucket >= ACRE_HISTOGRAM_BUCKETS) {
        snprintf(what, sizeof what, "buckets are numbered from 0 to %d",
                 ACRE_HISTOGRAM_BUCKETS - 1);
        return fault(check, place, what);
    }
    const struct acre_death_count *before = i > 0 ? death - 1 : NULL;
    if (before && (death->size_bucket < before->size_bucket ||
                   (death->size_bucket == before->size_bucket &&
                    death->lifetime_bucket <= before->lifetime_bucket)))
        return fault(check, place, "not in the order of sizes, then lifetimes, each once");
    if (death->blocks == 0)
        return fault(check, place, "0 blocks: what is empty is left out");
    if (death->blocks > untold[death->lifetime_bucket]) {
        snprintf(what, sizeof what, "more blocks than lifetime_histogram[%zu] has",
                 (size_t)death->lifetime_bucket);
        return fault(check, place, what);
    }
    untold[death->lifetime_bucket] -= death->blocks;
    return true;
}

/* An empty list agrees with any lifetimes: older files have none. */
static bool check_deaths(const struct check *check, const struct acre_cell *cell,
                         const struct acre_run_place *place)
{
    const struct acre_recorded *recorded = &cell->recorded;
    if (!cell->has_recorded || recorded->death_count == 0)
        return true;
    struct acre_run_place outer = {.outer = place, .name = "recorded"};
    struct acre_run_place list = {.outer = &outer, .name = "deaths"};
    uint64_t untold[ACRE_HISTOGRAM_BUCKETS];
    memcpy(untold, recorded->lifetime_histogram, sizeof untold);
    for (size_t i = 0; i < recorded->death_count; i++) {
        struct acre_run_place element = {.outer = &list, .index = i};
        if (!check_death(check, recorded, i, untold, &element))
            return false;
    }
    for (size_t i = 0; i < ACRE_HISTOGRAM_BUCKETS; i++) {
        if (untold[i] == 0)
            continue;
        char what[96];
        snprintf(what, sizeof what, "fewer blocks than lifetime_histogram[%zu] has", i);
        return fault(check, &list, what);
    }
    return true;
}

struct numbered_key {
    const struct acre_cell_key *key;
    size_t index;
};

static int order_numbered(const void *left, const void *right)
{
    const struct numbered_key *a = left, *b = right;
    int order = acre_cell_key_compare(a->key, b->key);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

/* Sorted, not pair by pair: a hostile file may bring a hundred thousand cells. */
static bool check_no_cell_twice(const struct check *check, const struct acre_run *run)
{
    if (run->cell_count < 2)
        return true;
    struct numbered_key *keys = calloc(run->cell_count, sizeof *keys);
    if (!keys) {
        snprintf(check->error, check->error_bytes, "out of memory");
        return false;
    }
    for (size_t i = 0; i < run->cell_count; i++)
        keys[i] = (struct numbered_key){.key = &run->cells[i].key, .index = i};
    qsort(keys, run->cell_count, sizeof *keys, order_numbered);
    bool good = true;
    for (size_t i = 1; good && i < run->cell_count; i++) {
        if (acre_cell_key_compare(keys[i - 1].key, keys[i].key) != 0)
            continue;
        struct acre_run_place list = {.name = "cells"};
        struct acre_run_place element = {.outer = &list, .index = keys[i].index};
        char what[160];
        snprintf(what, sizeof what, "the same cell as cells[%zu] (%.32s/%.32s)", keys[i - 1].index,
                 keys[i].key->backend ? keys[i].key->backend : "",
                 keys[i].key->lifetime ? keys[i].key->lifetime : "");
        good = fault(check, &element, what);
    }
    free(keys);
    return good;
}

bool acre_run_check(const struct acre_run *run, char *error, size_t error_bytes)
{
    const struct check check = {.error = error, .error_bytes = error_bytes};
    if (!check_members(&check, &acre_shape_run, run, NULL))
        return false;
    struct acre_run_place list = {.name = "cells"};
    for (size_t i = 0; i < run->cell_count; i++) {
        struct acre_run_place place = {.outer = &list, .index = i};
        if (!check_lengths(&check, &run->cells[i], &place) ||
            !check_deaths(&check, &run->cells[i], &place))
            return false;
    }
    return check_no_cell_twice(&check, run);
}
