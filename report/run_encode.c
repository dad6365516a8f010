#include "report/run_encode.h"
#include "report/schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static json_t *encode_members(const struct acre_shape *shape, const void *object, json_t *into);

/*
 * Text that is no UTF-8 (a command line may hold anything) is not worth losing a run for: its
 * bytes above 127 become question marks.
 */
static json_t *encode_text(const char *text)
{
    if (!text)
        return json_string("");
    json_t *value = json_string(text);
    if (value)
        return value;
    char *plain = strdup(text);
    if (!plain)
        return NULL;
    for (char *at = plain; *at; at++)
        if ((unsigned char)*at > 127)
            *at = '?';
    value = json_string(plain);
    free(plain);
    return value;
}

static json_t *encode_series(const struct acre_series *series)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < series->count; i++) {
        if (json_array_append_new(array, json_real(series->values[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *encode_histogram(const uint64_t *buckets)
{
    size_t used = ACRE_HISTOGRAM_BUCKETS;
    while (used > 0 && buckets[used - 1] == 0)
        used--;
    json_t *array = json_array();
    for (size_t i = 0; array && i < used; i++) {
        if (json_array_append_new(array, json_integer((json_int_t)buckets[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *encode_list(const struct acre_field *field, const void *object)
{
    const char *list = acre_list_elements(field, object);
    size_t count = acre_list_count(field, object);
    json_t *array = json_array();
    for (size_t i = 0; array && i < count; i++) {
        json_t *element =
            encode_members(field->shape, list + i * field->shape->bytes, json_object());
        if (json_array_append_new(array, element) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *encode_digits(uint64_t value)
{
    return json_sprintf("%" PRIu64, value);
}

static json_t *encode_field(const struct acre_field *field, const void *object)
{
    const void *member = acre_member_const(object, field->offset);
    switch (field->kind) {
    case ACRE_FIELD_COUNT_OR_NULL:
        if (!*(const bool *)acre_member_const(object, field->beside))
            return json_null();
        return json_integer((json_int_t) * (const uint64_t *)member);
    case ACRE_FIELD_COUNT:
        return json_integer((json_int_t) * (const uint64_t *)member);
    case ACRE_FIELD_DIGITS:
        return encode_digits(*(const uint64_t *)member);
    case ACRE_FIELD_REAL:
        return json_real(*(const double *)member);
    case ACRE_FIELD_TEXT_OR_NULL:
        if (!*(char *const *)member)
            return json_null();
        return encode_text(*(char *const *)member);
    case ACRE_FIELD_TEXT:
        return encode_text(*(char *const *)member);
    case ACRE_FIELD_SERIES:
        return encode_series(member);
    case ACRE_FIELD_HISTOGRAM:
        return encode_histogram(member);
    case ACRE_FIELD_LIST:
        return encode_list(field, object);
    case ACRE_FIELD_OBJECT_OR_NULL:
        if (!*(const bool *)acre_member_const(object, field->beside))
            return json_null();
        return encode_members(field->shape, member, json_object());
    case ACRE_FIELD_OBJECT:
        return encode_members(field->shape, member, json_object());
    }
    return NULL;
}

/* Takes `into` over: returns it filled, or releases it and returns NULL. */
static json_t *encode_members(const struct acre_shape *shape, const void *object, json_t *into)
{
    for (size_t i = 0; into && i < shape->field_count; i++) {
        const struct acre_field *field = &shape->fields[i];
        if (json_object_set_new(into, field->name, encode_field(field, object)) != 0) {
            json_decref(into);
            return NULL;
        }
    }
    return into;
}

json_t *acre_run_encode(const struct acre_run *run)
{
    return encode_members(
        &acre_shape_run, run,
        json_pack("{s:s, s:i}", "schema", "acre-run", "version", (int)ACRE_RUN_VERSION));
}
