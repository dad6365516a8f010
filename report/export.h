/* Runs for other programs. docs/export.md shows the formats. */
#ifndef ACRE_REPORT_EXPORT_H
#define ACRE_REPORT_EXPORT_H

#include "report/run.h"

#include <stdio.h>

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

/* What a cell is called elsewhere. Characters that would end a part of the name are `%` and two hex
 * digits. A write error is left to ferror. */
enum acre_name_style {
    ACRE_NAME_PLAIN, /* square-chain/malloc/weak/elements:10000/fill:reuse */
    ACRE_NAME_KEYED, /* Square-chain/backend=malloc/lifetime=weak/elements=10000/fill=reuse */
};
void acre_export_name(FILE *to, const struct acre_cell_key *key, enum acre_name_style style);

/* The series of a cell: its name in the run, and in units of the Go format. */
struct acre_export_series {
    const char *field;
    const char *unit;
    size_t offset; /* in struct acre_cell */
};
enum { ACRE_EXPORT_SERIES = 8 };
extern const struct acre_export_series acre_export_series[ACRE_EXPORT_SERIES];

const struct acre_series *acre_exported(const struct acre_cell *cell, size_t index);

/* As many rounds as the longest series has. */
size_t acre_exported_rounds(const struct acre_cell *cell);

#endif
