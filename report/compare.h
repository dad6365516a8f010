/*
 * Two runs, cell by cell: did the time change, did the distance to the limit change, did anything
 * that is counted exactly change, are the results the same? docs/compare.md describes the output.
 */
#ifndef ACRE_REPORT_COMPARE_H
#define ACRE_REPORT_COMPARE_H

#include "report/stats.h"

#include <stdio.h>

struct acre_compare_options {
    bool common;         /* cells that only one run has are left aside, not refused */
    bool has_fail_above; /* a regression is looked for */
    double fail_above_percent;
};

/* One exact counter that differs: "purposes[Variable].frees", "40", "41". Owns its strings. */
struct acre_difference {
    char *name;
    char *before, *after;
};

/* Of each ratio: B / A, so below 1 is faster. */
struct acre_compared_cell {
    const struct acre_cell *before, *after;
    bool has_time;
    double before_ns, after_ns; /* medians */
    struct acre_ratio time;
    bool has_x_limit;
    struct acre_ratio x_limit;
    struct acre_difference *differences; /* exact counters, checksum aside */
    size_t difference_count;
    bool results_differ; /* the checksums do */
    bool newly_failed;   /* a result in A, a failure in B */
    /* With has_fail_above: */
    bool time_regressed;
    bool counter_regressed;
};

struct acre_comparison {
    const struct acre_run *before, *after; /* borrowed */
    struct acre_compare_options options;
    struct acre_compared_cell *cells; /* in the order of acre_cell_key_compare */
    size_t cell_count;
    size_t only_before, only_after; /* cells left aside by `common` */
    bool has_limit;
    struct acre_ratio limit; /* of the limit itself, all cells together, paired by round */
};

/*
 * OK: filled, to be freed with acre_comparison_free, valid as long as both runs are.
 * INPUT: the runs cannot be compared, `error` names what differs. MEMORY. Otherwise zeroed.
 */
enum acre_exit acre_compare(struct acre_comparison *comparison, const struct acre_run *before,
                            const struct acre_run *after,
                            const struct acre_compare_options *options, char *error,
                            size_t error_bytes);
void acre_comparison_free(struct acre_comparison *comparison);

/* NO when results differ, a cell fails in B only, or with has_fail_above anything regressed. */
enum acre_exit acre_comparison_exit(const struct acre_comparison *comparison);

struct acre_comparison_view {
    const char *before_name, *after_name; /* the files, as the reader knows them */
    bool color, wide;
    int width; /* 0: 100 */
};

/* False with errno set when the stream takes no more or memory ran out. */
bool acre_comparison_print(const struct acre_comparison *comparison, FILE *stream,
                           const struct acre_comparison_view *view);

#endif
