/* What an exporter writes of a made profile. What goes wrong fails the test. */
#ifndef ACRE_TESTS_EXPORT_WRITTEN_H
#define ACRE_TESTS_EXPORT_WRITTEN_H

#include <jansson.h>

#include "export/profiles.h"

/* The caller's to free; a zero byte stands behind it. */
char *written_text(const char *format, const struct made_profile *made,
                   enum acre_export_metric metric, size_t *bytes);

/* Of a format that is JSON; the caller's. */
json_t *written_json(const char *format, const struct made_profile *made);

/* The whole number that an object has there. */
uint64_t number_in(const json_t *object, const char *key);

/* A figure of the whole profile. */
uint64_t made_total(const struct made_profile *made, enum acre_export_metric metric);

#endif
