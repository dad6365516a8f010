/* The figures of a call stack that can be drawn by their sum: one number a stack. */
#ifndef ACRE_EXPORT_METRIC_H
#define ACRE_EXPORT_METRIC_H

#include "profile/profile.h"

enum acre_export_metric {
    ACRE_EXPORT_PEAK,   /* bytes live when most was live in the process */
    ACRE_EXPORT_BYTES,  /* allocated in all */
    ACRE_EXPORT_CALLS,  /* that asked for memory: births and resizes, none that was inherited */
    ACRE_EXPORT_SHORT,  /* bytes that died soon */
    ACRE_EXPORT_LEAKED, /* bytes live at the end */
    ACRE_EXPORT_METRICS
};

/* "peak", "bytes", "calls", "short", "leaked". */
const char *acre_export_metric_name(enum acre_export_metric metric);
bool acre_export_metric_from_name(const char *name, enum acre_export_metric *metric);

/* "bytes at the peak", ...: a title; and whether it counts bytes. */
const char *acre_export_metric_title(enum acre_export_metric metric);
bool acre_export_metric_is_bytes(enum acre_export_metric metric);

uint64_t acre_export_metric_of(const struct acre_profile_figures *figures,
                               enum acre_export_metric metric);

#endif
