/*
 * Runs in a file, one after another: SQLite's, so that any number of processes may add at the same
 * time and any of them may be killed. What was reported as stored is stored.
 *
 *    run    id, when it was added and started, commit, machine, version, checksum, the JSON itself
 *    cell   run, key, and of each metric one number
 *
 * A key is what identifies a cell, as JSON:
 * ["square-chain",[["elements","10000"]],"arena","region"]. Functions that fail leave a sentence in
 * `error` that names the file, and nothing changed.
 */
#ifndef ACRE_HISTORY_STORE_H
#define ACRE_HISTORY_STORE_H

#include "report/run.h"

#include <sqlite3.h>

enum acre_metric {
    ACRE_METRIC_X_LIMIT,     /* median distance to the limit */
    ACRE_METRIC_TIME,        /* median ns per iteration, as measured */
    ACRE_METRIC_ALLOCATIONS, /* these are exact */
    ACRE_METRIC_REQUESTED,
    ACRE_METRIC_PEAK,
    ACRE_METRIC_HELD,
    ACRE_METRIC_LEAKED,
    ACRE_METRIC_COUNT
};

/* "x-limit", "time", "allocations", "requested", "peak", "held", "leaked". */
const char *acre_metric_name(enum acre_metric metric);
bool acre_metric_from_name(const char *name, enum acre_metric *metric);

/* Whether its numbers are measured, or counted. */
bool acre_metric_is_measured(enum acre_metric metric);

struct acre_history {
    sqlite3 *base;
    const char *path; /* borrowed */
};

/* One run, as it is listed. Owns its strings. */
struct acre_history_run {
    int64_t id;
    char *started, *commit, *machine, *version;
    int64_t cells;
};

/* What one run has of a cell, by metric; NaN where it has none. */
struct acre_history_value {
    int64_t run;
    double numbers[ACRE_METRIC_COUNT];
};

struct acre_history_series {
    struct acre_history_value *values; /* oldest first */
    size_t count;
};

/* OK, IO, INPUT (the file is something else, or of a newer acre), MEMORY. `creates`: a file that is
 * not there is made. To be closed after OK only. */
enum acre_exit acre_history_open(struct acre_history *history, const char *path, bool creates,
                                 char *error, size_t error_bytes);
void acre_history_close(struct acre_history *history);

/* Reads a run from its file and stores it. `commit` may be "". *was_there: the same bytes are there
 * already, under *id, and nothing was stored. */
enum acre_exit acre_history_add(struct acre_history *history, const char *run_path,
                                const char *commit, int64_t *id, bool *was_there, char *error,
                                size_t error_bytes);

/* All runs, oldest first; the caller frees them with acre_history_free_runs. */
enum acre_exit acre_history_list(struct acre_history *history, struct acre_history_run **runs,
                                 size_t *count, char *error, size_t error_bytes);
void acre_history_free_runs(struct acre_history_run *runs, size_t count);

/* The run that was added last. INPUT where none was. */
enum acre_exit acre_history_last(struct acre_history *history, int64_t *id, char *error,
                                 size_t error_bytes);

/* The JSON of a run, read back. INPUT where there is no such run. */
enum acre_exit acre_history_get(struct acre_history *history, int64_t id, struct acre_run *run,
                                char *error, size_t error_bytes);

/* What is known of a cell up to run `id`, on the machine of that run. The caller frees the values.
 */
enum acre_exit acre_history_series_of(struct acre_history *history, int64_t id,
                                      const struct acre_cell_key *key,
                                      struct acre_history_series *series, char *error,
                                      size_t error_bytes);

#endif
