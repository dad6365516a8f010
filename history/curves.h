/* A metric over runs, drawn: a line for each strategy of a group, with what each run knows of its
 * own uncertainty. */
#ifndef ACRE_HISTORY_CURVES_H
#define ACRE_HISTORY_CURVES_H

#include <stdio.h>

#include "history/store.h"

/* How many runs there are in a picture at most, the newest of them. */
enum { ACRE_CURVES_DEFAULT_RUNS = 50, ACRE_CURVES_MOST_RUNS = 1000 };

/* The run whose groups are drawn, with those before it on the same machine. */
struct acre_history_curves {
    struct acre_run run;
    int64_t id;
    const struct acre_cell **cells; /* of the run, sorted */
    struct acre_history_run *runs;  /* all that there are */
    size_t run_count;
    enum acre_metric metric; /* a measured one */
    size_t most_runs;        /* that are drawn */
};

/* Of run `id`; 0: of the last one. To be ended after OK only. INPUT where there is no run. */
enum acre_exit acre_history_curves_begin(struct acre_history *history, int64_t id,
                                         struct acre_history_curves *curves, char *error,
                                         size_t error_bytes);
void acre_history_curves_end(struct acre_history_curves *curves);

/* How many cells of the run from `first` on are one group. */
size_t acre_history_curves_length(const struct acre_history_curves *curves, size_t first);

/* Whether any of the group's cells was measured in the run. */
bool acre_history_curves_are_there(const struct acre_history_curves *curves, size_t first);

/* Writes a script for Gnuplot of the group that begins with cell `first`. */
enum acre_exit acre_history_curves_write(struct acre_history *history,
                                         const struct acre_history_curves *curves, size_t first,
                                         double width_mm, FILE *script, char *error,
                                         size_t error_bytes);

#endif
