#include "report/run.h"
#include "report/format.h"
#include "report/schema.h"

#include <stdlib.h>
#include <string.h>

static void free_members(const struct acre_shape *shape, void *object);

static void free_list(const struct acre_field *field, void *object)
{
    char *list = acre_list_elements(field, object);
    size_t count = acre_list_count(field, object);
    for (size_t i = 0; list && i < count; i++)
        free_members(field->shape, list + i * field->shape->bytes);
    free(list);
    acre_list_set(field, object, NULL, 0);
}

static void free_members(const struct acre_shape *shape, void *object)
{
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct acre_field *field = &shape->fields[i];
        switch (field->kind) {
        case ACRE_FIELD_TEXT:
        case ACRE_FIELD_TEXT_OR_NULL:
            free(*(char **)acre_member(object, field->offset));
            break;
        case ACRE_FIELD_SERIES:
            free(((struct acre_series *)acre_member(object, field->offset))->values);
            break;
        case ACRE_FIELD_LIST:
            free_list(field, object);
            break;
        case ACRE_FIELD_OBJECT:
        case ACRE_FIELD_OBJECT_OR_NULL:
            free_members(field->shape, acre_member(object, field->offset));
            break;
        case ACRE_FIELD_COUNT:
        case ACRE_FIELD_COUNT_OR_NULL:
        case ACRE_FIELD_DIGITS:
        case ACRE_FIELD_REAL:
        case ACRE_FIELD_HISTOGRAM:
            break;
        }
    }
}

void acre_run_free(struct acre_run *run)
{
    if (!run)
        return;
    free_members(&acre_shape_run, run);
    *run = (struct acre_run){0};
}

bool acre_series_append(struct acre_series *series, double value)
{
    size_t n = series->count;
    /* The room is always the next power of two, so it is used up exactly at powers of two. */
    if ((n & (n - 1)) == 0) {
        size_t room = n == 0 ? 1 : 2 * n;
        if (room > SIZE_MAX / sizeof(double) / 2)
            return false;
        double *grown = realloc(series->values, room * sizeof *grown);
        if (!grown)
            return false;
        series->values = grown;
    }
    series->values[series->count++] = value;
    return true;
}

/* A zeroed run has no strings at all; they count as empty. */
static int order_texts(const char *left, const char *right)
{
    return strcmp(left ? left : "", right ? right : "");
}

/* Numbers by their size, words by their letters. */
static int order_values(const char *left, const char *right)
{
    size_t left_length = strlen(left ? left : ""), right_length = strlen(right ? right : "");
    bool are_numbers = left && right && left[strspn(left, "0123456789")] == '\0' &&
                       right[strspn(right, "0123456789")] == '\0';
    if (are_numbers && left_length != right_length)
        return left_length < right_length ? -1 : 1;
    return order_texts(left, right);
}

static int order_groups(const struct acre_cell_key *a, const struct acre_cell_key *b)
{
    int order = order_texts(a->workload, b->workload);
    for (size_t i = 0; order == 0 && i < a->parameter_count && i < b->parameter_count; i++) {
        order = order_texts(a->parameters[i].name, b->parameters[i].name);
        if (order == 0)
            order = order_values(a->parameters[i].value, b->parameters[i].value);
    }
    if (order != 0 || a->parameter_count == b->parameter_count)
        return order;
    return a->parameter_count < b->parameter_count ? -1 : 1;
}

int acre_cell_key_compare(const struct acre_cell_key *left, const struct acre_cell_key *right)
{
    int order = order_groups(left, right);
    if (order == 0)
        order = order_texts(left->backend, right->backend);
    return order != 0 ? order : order_texts(left->lifetime, right->lifetime);
}

bool acre_cell_key_same_workload(const struct acre_cell_key *left,
                                 const struct acre_cell_key *right)
{
    return order_texts(left->workload, right->workload) == 0;
}

bool acre_cell_key_same_group(const struct acre_cell_key *left, const struct acre_cell_key *right)
{
    return order_groups(left, right) == 0;
}

const char *acre_run_fact(const struct acre_run *run, const char *name)
{
    for (size_t i = 0; i < run->machine_count; i++)
        if (strcmp(acre_or_empty(run->machine[i].name), name) == 0)
            return acre_or_empty(run->machine[i].value);
    return NULL;
}

bool acre_run_is_suite(const struct acre_run *run)
{
    for (size_t i = 1; i < run->cell_count; i++)
        if (!acre_cell_key_same_workload(&run->cells[0].key, &run->cells[i].key))
            return true;
    return false;
}
