/* Runs for other programs. docs/export.md shows the formats. */
#ifndef ACRE_REPORT_EXPORT_H
#define ACRE_REPORT_EXPORT_H

#include "report/run.h"

enum acre_export_format {
    ACRE_EXPORT_BENCHSTAT, /* the Go benchmark format: golang.org/design/14313-benchmark-format */
    ACRE_EXPORT_CSV,       /* RFC 4180, one row a round */
    ACRE_EXPORT_GOOGLE_BENCHMARK, /* google_benchmark.h */
    ACRE_EXPORT_FORMATS
};

/* "benchstat", "csv", "google-benchmark". False: there is no such format. */
bool acre_export_format_from_name(const char *name, enum acre_export_format *format);

/* Writes as acre_file_write does (report/write_file.h), with its sentences. */
bool acre_export_write(const struct acre_run *run, enum acre_export_format format, const char *path,
                       char *error, size_t error_bytes);

#endif
