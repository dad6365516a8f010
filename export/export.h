/*
 * What a recorded program allocated, in the formats of the tools that people already have.
 * docs/export.md says what of a profile becomes what in each.
 *
 *    trace ──> profile ──┬──> stacks in words ──> collapsed, dhat, massif, speedscope
 *              names ────┘                  └──> pprof, sqlite: frames as they are
 */
#ifndef ACRE_EXPORT_EXPORT_H
#define ACRE_EXPORT_EXPORT_H

#include <stdio.h>

#include "export/metric.h"
#include "profile/names.h"
#include "report/exit_status.h"

/* All borrowed. */
struct acre_exported {
    struct acre_alloc *memory; /* for all that a format needs meanwhile */
    const struct acre_profile *profile;
    struct acre_names *names;
    const char *command; /* what was recorded, "" where that is not told */
    uint64_t pid;
    enum acre_export_metric metric; /* for formats that have one number a stack */
};

struct acre_exporter {
    const char *name;      /* "dhat" */
    const char *extension; /* "dhat.json": what its reader looks for, or knows it by */
    const char *about;     /* who reads it */
    bool is_binary;        /* nothing for a terminal */

    /* False for want of memory, or when the stream has an error. */
    bool (*put)(const struct acre_exported *what, FILE *stream);
};

/* Ends with one that has no name. */
extern const struct acre_exporter acre_exporters[];

/* NULL: there is none of that name. */
const struct acre_exporter *acre_exporter_find(const char *name);

/*
 * Writes as acre_file_write does (report/write_file.h): the whole file or none, "-" is standard
 * output. IO or MEMORY leave a sentence in `error`.
 */
enum acre_exit acre_exporter_write(const struct acre_exporter *exporter,
                                   const struct acre_exported *what, const char *path, char *error,
                                   size_t error_bytes);

#endif
