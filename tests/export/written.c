#include "export/written.h"

#include <stdio.h>
#include <stdlib.h>

#include "export/formats.h"
#include "support/mtest.h"

char *written_text(const char *format, const struct made_profile *made,
                   enum acre_export_metric metric, size_t *bytes)
{
    const struct acre_exporter *exporter = acre_exporter_find(format);
    struct acre_exported exported = made->exported;
    char *text = NULL;
    FILE *stream = open_memstream(&text, bytes);

    exported.metric = metric;
    cr_assert(exporter != NULL && stream != NULL);
    cr_assert(exporter->put(&exported, stream), "%s", format);
    cr_assert_eq(fclose(stream), 0);
    return text;
}

uint64_t made_total(const struct made_profile *made, enum acre_export_metric metric)
{
    return acre_export_metric_of(&made->profile.total, metric);
}

json_t *written_json(const char *format, const struct made_profile *made)
{
    json_error_t error;
    size_t bytes;
    char *text = written_text(format, made, ACRE_EXPORT_PEAK, &bytes);
    json_t *root = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error);

    cr_assert_not_null(root, "%s: line %d: %s", format, error.line, error.text);
    free(text);
    return root;
}

uint64_t number_in(const json_t *object, const char *key)
{
    const json_t *number = json_object_get(object, key);

    cr_assert(json_is_integer(number), "%s", key);
    return (uint64_t)json_integer_value(number);
}
