/*
 * Two runs, cell by cell: did the time change, did the distance to the limit change, did anything
 * that is counted exactly change, are the results the same? Each side may be several files, made
 * one after the other: file i of B is then held against file i of A. docs/compare.md describes the
 * output.
 */
#ifndef ACRE_REPORT_COMPARE_H
#define ACRE_REPORT_COMPARE_H

#include "report/mann_whitney.h"
#include "report/stats.h"

#include <stdio.h>

struct acre_compare_options {
    bool common;         /* cells that not every file has are left aside, not refused */
    bool has_fail_above; /* a regression is looked for */
    double fail_above_percent;
};

/* The files of a side, at least one. Borrowed. */
struct acre_runs {
    const struct acre_run *runs;
    size_t count;
};

/* One exact counter that differs: "purposes[Variable].frees", "40", "41". Owns its strings. */
struct acre_difference {
    char *name;
    char *before, *after;
};

/* Of each ratio: B / A, so below 1 is faster. Those of a group of cells are judged together. */
struct acre_compared_cell {
    /* Of each file: one row in the comparison's memory, that of B behind that of A. */
    const struct acre_cell *const *all_before, *const *all_after;
    const struct acre_cell *before, *after; /* of the first files: exact counters, waste */
    bool has_time;
    double before_ns, after_ns; /* medians of all files */
    struct acre_ratio time;
    bool has_x_limit;
    struct acre_ratio x_limit;
    bool has_unpaired;           /* where a side has several files */
    struct acre_u_test unpaired; /* of all times of B and all of A; p adjusted for the group */
    struct acre_difference *differences; /* exact counters, checksum aside */
    size_t difference_count;
    bool files_differ;   /* in exact counters, within one side */
    bool results_differ; /* the checksums do, of any two files */
    bool newly_failed;   /* a result in all files of A, a failure in one of B */
    /* With has_fail_above: */
    bool time_regressed;
    bool counter_regressed;
};

struct acre_comparison {
    struct acre_runs before, after; /* borrowed */
    struct acre_compare_options options;
    struct acre_compared_cell *cells; /* in the order of acre_cell_key_compare */
    size_t cell_count;
    const struct acre_cell **matched; /* for each cell its row: the files of A, the files of B */
    size_t only_before, only_after;   /* cells left aside by `common`, by the side that has them */
    bool has_limit;
    struct acre_ratio limit; /* of the limit itself, all cells together, paired by round */
};

/*
 * OK: filled, to be freed with acre_comparison_free, valid as long as the runs are.
 * INPUT: the runs cannot be compared, `error` names what differs. MEMORY. Otherwise zeroed.
 */
enum acre_exit acre_compare(struct acre_comparison *comparison, const struct acre_runs *before,
                            const struct acre_runs *after,
                            const struct acre_compare_options *options, char *error,
                            size_t error_bytes);
void acre_comparison_free(struct acre_comparison *comparison);

/* NO when results differ, a cell fails in B only, or with has_fail_above anything regressed. */
enum acre_exit acre_comparison_exit(const struct acre_comparison *comparison);

/* What the rank test alone says of a cell that has one: FASTER, SLOWER, or that it shows none. */
enum acre_verdict acre_unpaired_verdict(const struct acre_compared_cell *cell);

/* Whether the two estimators contradict each other: one shows a difference, and the other none or
 * the opposite. */
bool acre_estimators_disagree(const struct acre_compared_cell *cell);

/* "A", or "A2" where the side has several files; files are numbered through both sides from 0. */
struct acre_file_label {
    char text[24];
};
struct acre_file_label acre_file_label(const struct acre_comparison *comparison, size_t file);

struct acre_comparison_view {
    const char *const *before_names, *const *after_names; /* the files, as the reader knows them */
    bool color, wide, is_markdown;
    int width; /* 0: 100 */
};

/* False with errno set when the stream takes no more or memory ran out. */
bool acre_comparison_print(const struct acre_comparison *comparison, FILE *stream,
                           const struct acre_comparison_view *view);

#endif
