#include "report/schema.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define COUNT(type, member)                                                                        \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_COUNT, .offset = offsetof(struct type, member)         \
    }
/* Not looked for in older files. */
#define COUNT_SINCE(type, member, version)                                                         \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_COUNT, .since = (version),                             \
        .offset = offsetof(struct type, member)                                                    \
    }
/* `version`: of the format that the field came with; 0: it was always there. */
#define COUNT_OR_NULL(type, member, flag, version)                                                 \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_COUNT_OR_NULL, .since = (version),                     \
        .offset = offsetof(struct type, member), .beside = offsetof(struct type, flag)             \
    }
#define DIGITS(type, member)                                                                       \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_DIGITS, .offset = offsetof(struct type, member)        \
    }
#define REAL(type, member, allowed, version)                                                       \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_REAL, .range = (allowed), .since = (version),          \
        .offset = offsetof(struct type, member)                                                    \
    }
#define TEXT(type, member)                                                                         \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_TEXT, .offset = offsetof(struct type, member)          \
    }
/* Not looked for in older files. */
#define TEXT_SINCE(type, member, version)                                                          \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_TEXT, .since = (version),                              \
        .offset = offsetof(struct type, member)                                                    \
    }
#define TEXT_OR_NULL(type, member)                                                                 \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_TEXT_OR_NULL, .offset = offsetof(struct type, member)  \
    }
#define SERIES(type, member, allowed)                                                              \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_SERIES, .range = (allowed),                            \
        .offset = offsetof(struct type, member)                                                    \
    }
#define SERIES_SINCE(type, member, allowed, version)                                               \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_SERIES, .range = (allowed), .since = (version),        \
        .offset = offsetof(struct type, member)                                                    \
    }
#define HISTOGRAM(type, member)                                                                    \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_HISTOGRAM, .offset = offsetof(struct type, member)     \
    }
#define LIST(type, member, count, of)                                                              \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_LIST, .offset = offsetof(struct type, member),         \
        .beside = offsetof(struct type, count), .shape = &(of)                                     \
    }
#define LIST_SINCE(type, member, count, version, of)                                               \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_LIST, .since = (version),                              \
        .offset = offsetof(struct type, member), .beside = offsetof(struct type, count),           \
        .shape = &(of)                                                                             \
    }
#define OBJECT(type, member, of)                                                                   \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_OBJECT, .offset = offsetof(struct type, member),       \
        .shape = &(of)                                                                             \
    }
#define OBJECT_OR_NULL(type, member, flag, version, of)                                            \
    {                                                                                              \
        .name = #member, .kind = ACRE_FIELD_OBJECT_OR_NULL, .since = (version),                    \
        .offset = offsetof(struct type, member), .beside = offsetof(struct type, flag),            \
        .shape = &(of)                                                                             \
    }
#define PART(key, term)                                                                            \
    {                                                                                              \
        .name = #key, .kind = ACRE_FIELD_OBJECT, .shape = &part_shape,                             \
        .offset = offsetof(struct acre_waste_stack, parts[term])                                   \
    }
#define SHAPE(type, table)                                                                         \
    {                                                                                              \
        .bytes = sizeof(struct type), .fields = (table), .field_count = COUNT_OF(table)            \
    }

/* clang-format off: one field a line reads as the schema it is */

static const struct acre_field purpose_fields[] = {
    TEXT(acre_purpose_counts, name),
    COUNT(acre_purpose_counts, allocations),
    COUNT(acre_purpose_counts, frees),
    COUNT(acre_purpose_counts, requested_bytes),
    COUNT(acre_purpose_counts, peak_blocks),
    COUNT(acre_purpose_counts, peak_bytes),
    COUNT(acre_purpose_counts, live_blocks),
    COUNT(acre_purpose_counts, live_bytes),
    COUNT(acre_purpose_counts, outlived_blocks),
    COUNT(acre_purpose_counts, outlived_bytes),
};
static const struct acre_shape purpose_shape = SHAPE(acre_purpose_counts, purpose_fields);

static const struct acre_field iteration_fields[] = {
    COUNT(acre_iteration_counts, allocations),    COUNT(acre_iteration_counts, requested_bytes),
    COUNT(acre_iteration_counts, peak_bytes),     COUNT(acre_iteration_counts, live_bytes),
    COUNT(acre_iteration_counts, live_variables), COUNT(acre_iteration_counts, live_functions),
    COUNT(acre_iteration_counts, live_arrays),
};
static const struct acre_shape iteration_shape = SHAPE(acre_iteration_counts, iteration_fields);

static const struct acre_field death_fields[] = {
    COUNT(acre_death_count, size_bucket),
    COUNT(acre_death_count, lifetime_bucket),
    COUNT(acre_death_count, blocks),
};
const struct acre_shape acre_shape_death = SHAPE(acre_death_count, death_fields);

static const struct acre_field recorded_fields[] = {
    COUNT(acre_recorded, iterations),
    COUNT(acre_recorded, allocations),
    COUNT(acre_recorded, frees),
    COUNT(acre_recorded, resets),
    COUNT(acre_recorded, failed),
    COUNT(acre_recorded, requested_bytes),
    COUNT(acre_recorded, peak_bytes),
    COUNT(acre_recorded, peak_blocks),
    COUNT_OR_NULL(acre_recorded, peak_call, has_peak_call, 3),
    COUNT_OR_NULL(acre_recorded, peak_usable_bytes, has_usable, 0),
    COUNT_OR_NULL(acre_recorded, peak_held_bytes, has_held, 0),
    COUNT(acre_recorded, leaked_blocks),
    COUNT(acre_recorded, leaked_bytes),
    TEXT(acre_recorded, checksum),
    LIST(acre_recorded, purposes, purpose_count, purpose_shape),
    LIST(acre_recorded, by_iteration, by_iteration_count, iteration_shape),
    HISTOGRAM(acre_recorded, size_histogram),
    HISTOGRAM(acre_recorded, lifetime_histogram),
    LIST_SINCE(acre_recorded, deaths, death_count, 5, acre_shape_death),
};
const struct acre_shape acre_shape_recorded = SHAPE(acre_recorded, recorded_fields);

static const struct acre_field part_fields[] = {
    COUNT_OR_NULL(acre_stack_part, bytes, is_known, 0),
    TEXT(acre_stack_part, source),
};
static const struct acre_shape part_shape = SHAPE(acre_stack_part, part_fields);

static const struct acre_field figure_fields[] = {
    TEXT(acre_stack_figure, name),
    COUNT(acre_stack_figure, number),
};
static const struct acre_shape figure_shape = SHAPE(acre_stack_figure, figure_fields);

static const struct acre_field stack_fields[] = {
    PART(requested, ACRE_WASTE_REQUESTED),
    PART(rounding, ACRE_WASTE_ROUNDING),
    PART(slack, ACRE_WASTE_SLACK),
    PART(bookkeeping, ACRE_WASTE_BOOKKEEPING),
    PART(kept_free, ACRE_WASTE_KEPT_FREE),
    PART(held, ACRE_WASTE_HELD),
    PART(resident, ACRE_WASTE_RESIDENT),
    LIST(acre_waste_stack, figures, figure_count, figure_shape),
};
static const struct acre_shape stack_shape = SHAPE(acre_waste_stack, stack_fields);

static const struct acre_field waste_fields[] = {
    OBJECT(acre_cell_waste, peak, stack_shape),
    OBJECT(acre_cell_waste, drained, stack_shape),
};
static const struct acre_shape waste_shape = SHAPE(acre_cell_waste, waste_fields);

static const struct acre_field moment_fields[] = {
    COUNT(acre_memory_moment, live_bytes),
    COUNT_OR_NULL(acre_memory_moment, usable_bytes, has_usable, 0),
    COUNT_OR_NULL(acre_memory_moment, held_bytes, has_held, 0),
    COUNT_OR_NULL(acre_memory_moment, rss_bytes, has_rss, 0),
    COUNT_OR_NULL(acre_memory_moment, resident_bytes, has_resident, 0),
};
static const struct acre_shape moment_shape = SHAPE(acre_memory_moment, moment_fields);

static const struct acre_field sample_fields[] = {
    COUNT(acre_memory_sample, time_ns),
    COUNT(acre_memory_sample, looks),
    COUNT(acre_memory_sample, iteration),
    COUNT(acre_memory_sample, live_bytes),
    COUNT_OR_NULL(acre_memory_sample, usable_bytes, has_usable, 0),
    COUNT_OR_NULL(acre_memory_sample, held_bytes, has_held, 0),
    COUNT(acre_memory_sample, resident_bytes),
    COUNT(acre_memory_sample, resident_least_bytes),
    COUNT(acre_memory_sample, resident_most_bytes),
    COUNT(acre_memory_sample, rss_bytes),
    COUNT(acre_memory_sample, pss_bytes),
    COUNT(acre_memory_sample, private_dirty_bytes),
    COUNT(acre_memory_sample, huge_bytes),
    COUNT(acre_memory_sample, faults),
};
static const struct acre_shape sample_shape = SHAPE(acre_memory_sample, sample_fields);

static const struct acre_field memory_fields[] = {
    COUNT(acre_cell_memory, iterations),
    COUNT(acre_cell_memory, run_ns),
    COUNT(acre_cell_memory, wait_ns),
    COUNT(acre_cell_memory, peak_bytes),
    COUNT(acre_cell_memory, peak_iteration),
    COUNT_OR_NULL(acre_cell_memory, peak_held_bytes, has_peak_held, 0),
    OBJECT(acre_cell_memory, start, moment_shape),
    OBJECT(acre_cell_memory, end, moment_shape),
    OBJECT(acre_cell_memory, drained, moment_shape),
    OBJECT(acre_cell_memory, later, moment_shape),
    LIST(acre_cell_memory, timeline, timeline_count, sample_shape),
};
static const struct acre_shape memory_shape = SHAPE(acre_cell_memory, memory_fields);

static const struct acre_field pauses_fields[] = {
    SERIES(acre_cell_pauses, p50_ns, ACRE_RANGE_POSITIVE),
    SERIES(acre_cell_pauses, p99_ns, ACRE_RANGE_POSITIVE),
    SERIES(acre_cell_pauses, max_ns, ACRE_RANGE_POSITIVE),
    SERIES(acre_cell_pauses, count, ACRE_RANGE_POSITIVE),
};
static const struct acre_shape pauses_shape = SHAPE(acre_cell_pauses, pauses_fields);

static const struct acre_field parameter_fields[] = {
    TEXT(acre_key_parameter, name),
    TEXT(acre_key_parameter, value),
    TEXT(acre_key_parameter, title),
};
static const struct acre_shape parameter_shape = SHAPE(acre_key_parameter, parameter_fields);

static const struct acre_field key_fields[] = {
    TEXT_SINCE(acre_cell_key, workload, 4), /* before, the top level had both: run_decode.c */
    TEXT_SINCE(acre_cell_key, unit, 4),
    TEXT(acre_cell_key, backend),
    TEXT(acre_cell_key, lifetime),
    LIST(acre_cell_key, parameters, parameter_count, parameter_shape),
};
static const struct acre_shape key_shape = SHAPE(acre_cell_key, key_fields);

static const struct acre_field cell_fields[] = {
    OBJECT(acre_cell, key, key_shape),
    COUNT(acre_cell, units_per_iteration),
    TEXT_OR_NULL(acre_cell, failure),
    SERIES(acre_cell, ns_per_iteration, ACRE_RANGE_POSITIVE),
    SERIES(acre_cell, limit_ns_per_iteration, ACRE_RANGE_POSITIVE),
    SERIES(acre_cell, x_limit, ACRE_RANGE_POSITIVE),
    SERIES(acre_cell, faults_per_iteration, ACRE_RANGE_NOT_NEGATIVE),
    SERIES(acre_cell, system_ns_per_iteration, ACRE_RANGE_NOT_NEGATIVE),
    SERIES(acre_cell, rss_bytes, ACRE_RANGE_NOT_NEGATIVE),
    COUNT(acre_cell, cold_iterations),
    SERIES(acre_cell, cold_ns, ACRE_RANGE_POSITIVE),
    SERIES(acre_cell, cold_faults, ACRE_RANGE_NOT_NEGATIVE),
    OBJECT_OR_NULL(acre_cell, recorded, has_recorded, 0, acre_shape_recorded),
    OBJECT_OR_NULL(acre_cell, waste, has_waste, 3, waste_shape),
    OBJECT_OR_NULL(acre_cell, memory, has_memory, 4, memory_shape),
    OBJECT_OR_NULL(acre_cell, pauses, has_pauses, 4, pauses_shape),
};
static const struct acre_shape cell_shape = SHAPE(acre_cell, cell_fields);

static const struct acre_field library_fields[] = {
    TEXT(acre_library, backend),
    TEXT(acre_library, path),
    TEXT(acre_library, version),
    TEXT(acre_library, build_id),
};
static const struct acre_shape library_shape = SHAPE(acre_library, library_fields);

static const struct acre_field left_out_fields[] = {
    TEXT_SINCE(acre_left_out, workload, 4),
    TEXT(acre_left_out, strategy),
    TEXT(acre_left_out, reason),
};
static const struct acre_shape left_out_shape = SHAPE(acre_left_out, left_out_fields);

static const struct acre_field fact_fields[] = {
    TEXT(acre_fact, name),
    TEXT(acre_fact, value),
};
static const struct acre_shape fact_shape = SHAPE(acre_fact, fact_fields);

static const struct acre_field played_fields[] = {
    COUNT(acre_played, events),
    COUNT(acre_played, births),
    COUNT(acre_played, deaths),
    COUNT(acre_played, resizes),
    COUNT(acre_played, inherited),
    COUNT(acre_played, remaining),
    COUNT(acre_played, refused),
    COUNT(acre_played, unknown),
    COUNT(acre_played, threads),
    COUNT_SINCE(acre_played, players, 7),
    COUNT_SINCE(acre_played, handed_over, 7),
    COUNT_SINCE(acre_played, waits, 7),
    COUNT(acre_played, recorded_ns),
    COUNT(acre_played, overhead_ns),
    TEXT(acre_played, region),
    COUNT(acre_played, rotation),
    COUNT_SINCE(acre_played, reap, 7),
    COUNT(acre_played, absorbed),
    COUNT(acre_played, resets),
    COUNT(acre_played, moved_out),
    COUNT(acre_played, peak_bytes),
    COUNT(acre_played, planned_peak_bytes),
    COUNT_OR_NULL(acre_played, run_ns, has_run_ns, 0),
};
static const struct acre_shape played_shape = SHAPE(acre_played, played_fields);

static const struct acre_field run_fields[] = {
    TEXT(acre_run, acre_version),
    TEXT(acre_run, command),
    TEXT(acre_run, started),
    REAL(acre_run, duration_seconds, ACRE_RANGE_NOT_NEGATIVE, 0),
    REAL(acre_run, time_budget_seconds, ACRE_RANGE_NOT_NEGATIVE, 4),
    DIGITS(acre_run, seed),
    COUNT(acre_run, rounds),
    COUNT(acre_run, iterations),
    LIST(acre_run, machine, machine_count, fact_shape),
    LIST(acre_run, libraries, library_count, library_shape),
    LIST(acre_run, left_out, left_out_count, left_out_shape),
    SERIES(acre_run, self_log_ratio, ACRE_RANGE_ANY),
    SERIES_SINCE(acre_run, self_x_limit_log_ratio, ACRE_RANGE_ANY, 4),
    OBJECT_OR_NULL(acre_run, played, has_played, 6, played_shape),
    LIST(acre_run, cells, cell_count, cell_shape),
};
const struct acre_shape acre_shape_run = SHAPE(acre_run, run_fields);

/* clang-format on */

void acre_run_place_text(const struct acre_run_place *place, char *text, size_t bytes)
{
    if (bytes == 0)
        return;
    if (!place) {
        snprintf(text, bytes, "top level");
        return;
    }
    size_t used = 0;
    text[0] = '\0';
    if (place->outer) {
        acre_run_place_text(place->outer, text, bytes);
        while (text[used] != '\0')
            used++;
    }
    if (place->name)
        snprintf(text + used, bytes - used, "%s%s", place->outer ? "." : "", place->name);
    else
        snprintf(text + used, bytes - used, "[%zu]", place->index);
}

const char *acre_range_fault(enum acre_field_range range, double value)
{
    if (!isfinite(value))
        return "must be finite";
    if (range == ACRE_RANGE_POSITIVE && value <= 0.0)
        return "must be above 0";
    if (range == ACRE_RANGE_NOT_NEGATIVE && value < 0.0)
        return "must not be negative";
    return NULL;
}

void *acre_member(void *object, size_t offset)
{
    return (char *)object + offset;
}

const void *acre_member_const(const void *object, size_t offset)
{
    return (const char *)object + offset;
}

char *acre_list_elements(const struct acre_field *field, const void *object)
{
    char *elements;
    memcpy(&elements, acre_member_const(object, field->offset), sizeof elements);
    return elements;
}

size_t acre_list_count(const struct acre_field *field, const void *object)
{
    return *(const size_t *)acre_member_const(object, field->beside);
}

void acre_list_set(const struct acre_field *field, void *object, void *elements, size_t count)
{
    memcpy(acre_member(object, field->offset), &elements, sizeof elements);
    *(size_t *)acre_member(object, field->beside) = count;
}
