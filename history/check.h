/*
 * The newest run held against those before it: of each cell what was measured, for a step at the
 * end (step.h), and what was counted, which must be what it was in the run before.
 */
#ifndef ACRE_HISTORY_CHECK_H
#define ACRE_HISTORY_CHECK_H

#include <stdio.h>

#include "history/step.h"
#include "history/store.h"

/* A counter that is not what it was. */
struct acre_history_change {
    enum acre_metric metric;
    double before, after;
    int64_t before_run;
};

struct acre_history_finding {
    const struct acre_cell *cell; /* of the newest run */
    struct acre_history_series series;
    bool is_measured; /* in the newest run; then valid: */
    double newest;
    struct acre_step step;
    struct acre_history_change changes[ACRE_METRIC_COUNT];
    size_t change_count;
    bool has_counts_before; /* an earlier run counted this cell as well */
};

struct acre_history_check {
    struct acre_run run;                   /* the newest */
    int64_t id;                            /* its number */
    enum acre_metric metric;               /* a measured one */
    struct acre_history_finding *findings; /* in the order of acre_cell_key_compare */
    size_t count;
};

/* Of run `id`; 0: of the last one. Ended with acre_history_check_end after OK only. INPUT where
 * there is no run. */
enum acre_exit acre_history_check_run(struct acre_history *history, int64_t id,
                                      enum acre_metric metric, struct acre_history_check *check,
                                      char *error, size_t error_bytes);
void acre_history_check_end(struct acre_history_check *check);

/* NO where something is slower or a counter grew. */
enum acre_exit acre_history_check_exit(const struct acre_history_check *check);

struct acre_page;

/* False when out of memory. */
bool acre_history_check_print(const struct acre_history_check *check, const struct acre_page *page);
bool acre_history_list_print(const struct acre_history_run *runs, size_t count,
                             const struct acre_page *page);

#endif
