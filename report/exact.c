#include "report/exact.h"
#include "report/schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct finding {
    struct acre_difference *list;
    size_t count;
};

static bool compare_members(struct finding *finding, const struct acre_shape *shape,
                            const void *before, const void *after, const char *prefix);

static char *copy_of(const char *text)
{
    return strdup(text ? text : "");
}

static bool note(struct finding *finding, const char *name, const char *before, const char *after)
{
    struct acre_difference *grown =
        realloc(finding->list, (finding->count + 1) * sizeof *finding->list);
    if (!grown)
        return false;
    finding->list = grown;
    struct acre_difference *difference = &grown[finding->count++];
    *difference = (struct acre_difference){copy_of(name), copy_of(before), copy_of(after)};
    return difference->name && difference->before && difference->after;
}

/* A count as text; NULL stands for "the backend cannot tell". */
static bool note_counts(struct finding *finding, const char *name, const uint64_t *before,
                        const uint64_t *after)
{
    if (before ? after && *before == *after : !after)
        return true;
    char texts[2][24] = {"not reported", "not reported"};
    if (before)
        snprintf(texts[0], sizeof texts[0], "%" PRIu64, *before);
    if (after)
        snprintf(texts[1], sizeof texts[1], "%" PRIu64, *after);
    return note(finding, name, texts[0], texts[1]);
}

static bool compare_histograms(struct finding *finding, const char *name, const uint64_t *before,
                               const uint64_t *after)
{
    for (size_t i = 0; i < ACRE_HISTOGRAM_BUCKETS; i++) {
        char place[128];
        snprintf(place, sizeof place, "%.96s[%zu]", name, i);
        if (!note_counts(finding, place, &before[i], &after[i]))
            return false;
    }
    return true;
}

/* "purposes[Variable]" where elements have names, "by_iteration[3]" where they have not. */
static bool compare_lists(struct finding *finding, const struct acre_field *field,
                          const void *before, const void *after, const char *name)
{
    uint64_t counts[2] = {acre_list_count(field, before), acre_list_count(field, after)};
    if (counts[0] != counts[1])
        return note_counts(finding, name, &counts[0], &counts[1]);
    const struct acre_shape *shape = field->shape;
    const char *left = acre_list_elements(field, before), *right = acre_list_elements(field, after);
    for (size_t i = 0; i < counts[0]; i++) {
        const void *a = left + i * shape->bytes, *b = right + i * shape->bytes;
        char place[128];
        const char *label = shape->fields[0].kind == ACRE_FIELD_TEXT
                                ? *(char *const *)acre_member_const(a, shape->fields[0].offset)
                                : NULL;
        if (label)
            snprintf(place, sizeof place, "%.80s[%.40s]", name, label);
        else
            snprintf(place, sizeof place, "%.96s[%zu]", name, i);
        if (!compare_members(finding, shape, a, b, place))
            return false;
    }
    return true;
}

static int order_deaths(const struct acre_death_count *a, const struct acre_death_count *b)
{
    if (a->size_bucket != b->size_bucket)
        return a->size_bucket < b->size_bucket ? -1 : 1;
    return (a->lifetime_bucket > b->lifetime_bucket) - (a->lifetime_bucket < b->lifetime_bucket);
}

/* Both lists are sorted; what one of them has not is 0 there. An empty one is that of an older
 * file, or else lifetime_histogram differs too. */
static bool compare_deaths(struct finding *finding, const struct acre_recorded *before,
                           const struct acre_recorded *after)
{
    size_t i = 0, j = 0;
    if (before->death_count == 0 || after->death_count == 0)
        return true;
    while (i < before->death_count || j < after->death_count) {
        int order = i < before->death_count ? -1 : 1;
        if (i < before->death_count && j < after->death_count)
            order = order_deaths(&before->deaths[i], &after->deaths[j]);
        const struct acre_death_count *place = order <= 0 ? &before->deaths[i] : &after->deaths[j];
        const uint64_t blocks[2] = {order <= 0 ? before->deaths[i].blocks : 0,
                                    order >= 0 ? after->deaths[j].blocks : 0};
        char name[96];
        snprintf(name, sizeof name, "deaths[size %" PRIu64 ", lifetime %" PRIu64 "]",
                 place->size_bucket, place->lifetime_bucket);
        if (!note_counts(finding, name, &blocks[0], &blocks[1]))
            return false;
        i += order <= 0;
        j += order >= 0;
    }
    return true;
}

static bool compare_field(struct finding *finding, const struct acre_field *field,
                          const void *before, const void *after, const char *name)
{
    const void *a = acre_member_const(before, field->offset);
    const void *b = acre_member_const(after, field->offset);
    switch (field->kind) {
    case ACRE_FIELD_COUNT:
    case ACRE_FIELD_DIGITS:
        return note_counts(finding, name, a, b);
    case ACRE_FIELD_COUNT_OR_NULL: {
        bool has_before = *(const bool *)acre_member_const(before, field->beside);
        bool has_after = *(const bool *)acre_member_const(after, field->beside);
        if (field->since > 0 && has_before != has_after)
            return true; /* one of the files is older than the counter */
        return note_counts(finding, name, has_before ? a : NULL, has_after ? b : NULL);
    }
    case ACRE_FIELD_HISTOGRAM:
        return compare_histograms(finding, name, a, b);
    case ACRE_FIELD_LIST:
        if (field->shape == &acre_shape_death) /* only what was recorded has one */
            return compare_deaths(finding, before, after);
        return compare_lists(finding, field, before, after, name);
    case ACRE_FIELD_TEXT:
    case ACRE_FIELD_TEXT_OR_NULL: {
        const char *left = *(char *const *)a, *right = *(char *const *)b;
        return strcmp(left ? left : "", right ? right : "") == 0 ||
               note(finding, name, left, right);
    }
    case ACRE_FIELD_REAL: /* what was recorded has none of these */
    case ACRE_FIELD_SERIES:
    case ACRE_FIELD_OBJECT:
    case ACRE_FIELD_OBJECT_OR_NULL:
        return true;
    }
    return true;
}

static bool compare_members(struct finding *finding, const struct acre_shape *shape,
                            const void *before, const void *after, const char *prefix)
{
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct acre_field *field = &shape->fields[i];
        /* The result of the computation, not a count: told apart from these, and louder. */
        if (shape == &acre_shape_recorded && strcmp(field->name, "checksum") == 0)
            continue;
        char name[192];
        snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "." : "", field->name);
        if (!compare_field(finding, field, before, after, name))
            return false;
    }
    return true;
}

bool acre_exact_differences(const struct acre_recorded *before, const struct acre_recorded *after,
                            struct acre_difference **list, size_t *count)
{
    struct finding finding = {.list = *list, .count = *count};
    bool good = compare_members(&finding, &acre_shape_recorded, before, after, "");
    *list = finding.list;
    *count = finding.count;
    return good;
}

void acre_exact_free(struct acre_difference *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(list[i].name);
        free(list[i].before);
        free(list[i].after);
    }
    free(list);
}
