#include "report/run_encode.h"
#include "report/schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct decoder {
    char *error;
    size_t error_bytes;
    enum acre_exit status;
    uint64_t version; /* of what is read */
};

static bool decode_members(struct decoder *decoder, const struct acre_shape *shape, void *object,
                           const json_t *from, const struct acre_run_place *outer);

static bool refuse(struct decoder *decoder, const struct acre_run_place *place, const char *what)
{
    char where[256];
    acre_run_place_text(place, where, sizeof where);
    snprintf(decoder->error, decoder->error_bytes, "%s: %s", where, what);
    decoder->status = ACRE_EXIT_INPUT;
    return false;
}

static bool out_of_memory(struct decoder *decoder)
{
    snprintf(decoder->error, decoder->error_bytes, "out of memory");
    decoder->status = ACRE_EXIT_MEMORY;
    return false;
}

static bool refuse_missing(struct decoder *decoder, const struct acre_run_place *outer,
                           const char *name)
{
    char what[96];
    snprintf(what, sizeof what, "no \"%s\"", name);
    return refuse(decoder, outer, what);
}

static const char *type_words(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "a whole number";
    case JSON_REAL:
        return "a number with a fraction";
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        return "null";
    }
    return "something else";
}

static bool wrong_type(struct decoder *decoder, const struct acre_run_place *place,
                       const char *wanted, const json_t *found)
{
    char what[160];
    snprintf(what, sizeof what, "expected %s, found %s", wanted, type_words(found));
    return refuse(decoder, place, what);
}

static bool decode_count(struct decoder *decoder, uint64_t *count, const json_t *from,
                         const struct acre_run_place *place)
{
    if (!json_is_integer(from))
        return wrong_type(decoder, place, "a whole number", from);
    json_int_t value = json_integer_value(from);
    if (value < 0) {
        char what[96];
        snprintf(what, sizeof what, "%lld is negative, a count is not", (long long)value);
        return refuse(decoder, place, what);
    }
    *count = (uint64_t)value;
    return true;
}

static bool decode_digits(struct decoder *decoder, uint64_t *number, const json_t *from,
                          const struct acre_run_place *place)
{
    if (!json_is_string(from))
        return wrong_type(decoder, place, "a string of decimal digits", from);
    const char *text = json_string_value(from);
    size_t length = strspn(text, "0123456789");
    if (length == 0 || text[length] != '\0')
        return refuse(decoder, place, "expected a string of decimal digits");
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    if (errno == ERANGE)
        return refuse(decoder, place, "is above 2^64 - 1");
    *number = value;
    return true;
}

static bool decode_real(struct decoder *decoder, double *real, const json_t *from,
                        enum acre_field_range range, const struct acre_run_place *place)
{
    if (!json_is_number(from))
        return wrong_type(decoder, place, "a number", from);
    double value = json_number_value(from);
    const char *wrong = acre_range_fault(range, value);
    if (wrong) {
        char what[96];
        snprintf(what, sizeof what, "%g %s", value, wrong);
        return refuse(decoder, place, what);
    }
    *real = value;
    return true;
}

static bool decode_text(struct decoder *decoder, char **text, const json_t *from,
                        const struct acre_run_place *place)
{
    if (!json_is_string(from))
        return wrong_type(decoder, place, "a string", from);
    *text = strdup(json_string_value(from));
    return *text || out_of_memory(decoder);
}

static bool decode_series(struct decoder *decoder, const struct acre_field *field,
                          struct acre_series *series, const json_t *from,
                          const struct acre_run_place *place)
{
    if (!json_is_array(from))
        return wrong_type(decoder, place, "an array of numbers", from);
    for (size_t i = 0; i < json_array_size(from); i++) {
        struct acre_run_place element = {.outer = place, .index = i};
        double value = 0.0;
        if (!decode_real(decoder, &value, json_array_get(from, i), field->range, &element))
            return false;
        if (!acre_series_append(series, value))
            return out_of_memory(decoder);
    }
    return true;
}

static bool decode_histogram(struct decoder *decoder, uint64_t *buckets, const json_t *from,
                             const struct acre_run_place *place)
{
    if (!json_is_array(from))
        return wrong_type(decoder, place, "an array of whole numbers", from);
    if (json_array_size(from) > ACRE_HISTOGRAM_BUCKETS) {
        char what[96];
        snprintf(what, sizeof what, "%zu buckets, there are at most %d", json_array_size(from),
                 (int)ACRE_HISTOGRAM_BUCKETS);
        return refuse(decoder, place, what);
    }
    for (size_t i = 0; i < json_array_size(from); i++) {
        struct acre_run_place element = {.outer = place, .index = i};
        if (!decode_count(decoder, &buckets[i], json_array_get(from, i), &element))
            return false;
    }
    return true;
}

static bool decode_list(struct decoder *decoder, const struct acre_field *field, void *object,
                        const json_t *from, const struct acre_run_place *place)
{
    if (!json_is_array(from))
        return wrong_type(decoder, place, "an array of objects", from);
    size_t count = json_array_size(from);
    if (count == 0)
        return true;
    char *list = calloc(count, field->shape->bytes);
    if (!list)
        return out_of_memory(decoder);
    /* Set before it is filled: whatever fails, the run owns what was read. */
    acre_list_set(field, object, list, count);
    for (size_t i = 0; i < count; i++) {
        struct acre_run_place element = {.outer = place, .index = i};
        if (!decode_members(decoder, field->shape, list + i * field->shape->bytes,
                            json_array_get(from, i), &element))
            return false;
    }
    return true;
}

static bool decode_field(struct decoder *decoder, const struct acre_field *field, void *object,
                         const json_t *from, const struct acre_run_place *place)
{
    void *member = acre_member(object, field->offset);
    bool *given = acre_member(object, field->beside); /* a flag only for the _OR_NULL kinds */
    switch (field->kind) {
    case ACRE_FIELD_COUNT_OR_NULL:
        *given = !json_is_null(from);
        return !*given || decode_count(decoder, member, from, place);
    case ACRE_FIELD_COUNT:
        return decode_count(decoder, member, from, place);
    case ACRE_FIELD_DIGITS:
        return decode_digits(decoder, member, from, place);
    case ACRE_FIELD_REAL:
        return decode_real(decoder, member, from, field->range, place);
    case ACRE_FIELD_TEXT_OR_NULL:
        return json_is_null(from) || decode_text(decoder, member, from, place);
    case ACRE_FIELD_TEXT:
        return decode_text(decoder, member, from, place);
    case ACRE_FIELD_SERIES:
        return decode_series(decoder, field, member, from, place);
    case ACRE_FIELD_HISTOGRAM:
        return decode_histogram(decoder, member, from, place);
    case ACRE_FIELD_LIST:
        return decode_list(decoder, field, object, from, place);
    case ACRE_FIELD_OBJECT_OR_NULL:
        *given = !json_is_null(from);
        return !*given || decode_members(decoder, field->shape, member, from, place);
    case ACRE_FIELD_OBJECT:
        return decode_members(decoder, field->shape, member, from, place);
    }
    return refuse(decoder, place, "of no known kind");
}

static bool decode_members(struct decoder *decoder, const struct acre_shape *shape, void *object,
                           const json_t *from, const struct acre_run_place *outer)
{
    if (!json_is_object(from))
        return wrong_type(decoder, outer, "an object", from);
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct acre_field *field = &shape->fields[i];
        if (field->since > decoder->version)
            continue; /* zeroed: as if it were null, or empty */
        const json_t *value = json_object_get(from, field->name);
        if (!value)
            return refuse_missing(decoder, outer, field->name);
        struct acre_run_place place = {.outer = outer, .name = field->name};
        if (!decode_field(decoder, field, object, value, &place))
            return false;
    }
    return true;
}

/* Before version 4 a run had one workload, and the top level told of it: it is that of each cell.
 */
static bool decode_workload(struct decoder *decoder, struct acre_run *run, const json_t *root)
{
    const json_t *workload = json_object_get(root, "workload");
    const json_t *unit = json_object_get(root, "unit");
    struct acre_run_place place = {.name = "workload"}, unit_place = {.name = "unit"};
    bool good = true;
    if (!workload || !unit)
        return refuse_missing(decoder, NULL, workload ? "unit" : "workload");
    if (!json_is_string(workload))
        return wrong_type(decoder, &place, "a string", workload);
    if (!json_is_string(unit))
        return wrong_type(decoder, &unit_place, "a string", unit);
    for (size_t i = 0; good && i < run->cell_count; i++)
        good = decode_text(decoder, &run->cells[i].key.workload, workload, &place) &&
               decode_text(decoder, &run->cells[i].key.unit, unit, &unit_place);
    for (size_t i = 0; good && i < run->left_out_count; i++)
        good = decode_text(decoder, &run->left_out[i].workload, workload, &place);
    return good;
}

static bool check_header(struct decoder *decoder, const json_t *root)
{
    const json_t *schema = json_is_object(root) ? json_object_get(root, "schema") : NULL;
    if (!json_is_string(schema) || strcmp(json_string_value(schema), "acre-run") != 0) {
        snprintf(decoder->error, decoder->error_bytes, "not a run: no \"schema\": \"acre-run\"");
        decoder->status = ACRE_EXIT_INPUT;
        return false;
    }
    struct acre_run_place place = {.name = "version"};
    const json_t *version = json_object_get(root, "version");
    if (!version)
        return refuse(decoder, NULL, "no \"version\"");
    uint64_t number = 0;
    if (!decode_count(decoder, &number, version, &place))
        return false;
    decoder->version = number;
    if (number >= ACRE_RUN_OLDEST_VERSION && number <= ACRE_RUN_VERSION)
        return true;
    char what[160];
    snprintf(what, sizeof what, "a run of version %llu, this program reads versions %d to %d: %s",
             (unsigned long long)number, (int)ACRE_RUN_OLDEST_VERSION, (int)ACRE_RUN_VERSION,
             number > ACRE_RUN_VERSION ? "a newer acre wrote it"
                                       : "an older acre wrote it; make the run again");
    return refuse(decoder, &place, what);
}

enum acre_exit acre_run_decode(struct acre_run *run, const json_t *root, char *error,
                               size_t error_bytes)
{
    struct decoder decoder = {.error = error, .error_bytes = error_bytes, .status = ACRE_EXIT_OK};
    if (check_header(&decoder, root) &&
        decode_members(&decoder, &acre_shape_run, run, root, NULL) && decoder.version < 4)
        decode_workload(&decoder, run, root);
    return decoder.status;
}
