#include "history/store.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "report/format.h"
#include "report/read_file.h"
#include "report/stats.h"

enum {
    APPLICATION_ID = 0x61637265, /* "acre" */
    SCHEMA_VERSION = 1,
    BUSY_MS = 60000, /* another writer is at work for milliseconds */
};

static const char schema[] =
    "CREATE TABLE run ("
    " id INTEGER PRIMARY KEY,"
    " added TEXT NOT NULL,"
    " started TEXT NOT NULL,"
    " commit_id TEXT NOT NULL,"
    " machine TEXT NOT NULL,"
    " version TEXT NOT NULL,"
    " checksum TEXT NOT NULL UNIQUE,"
    " json BLOB NOT NULL);"
    "CREATE TABLE cell ("
    " key TEXT NOT NULL,"
    " run INTEGER NOT NULL REFERENCES run,"
    " x_limit REAL, time_ns REAL, allocations REAL, requested_bytes REAL, peak_bytes REAL,"
    " held_bytes REAL, leaked_bytes REAL,"
    " PRIMARY KEY (key, run)) WITHOUT ROWID;"
    "PRAGMA application_id = 1633907301;"
    "PRAGMA user_version = 1;";

/* Of `cell`, in the order of enum acre_metric. */
#define METRIC_COLUMNS                                                                             \
    "x_limit, time_ns, allocations, requested_bytes, peak_bytes, held_bytes, leaked_bytes"

static const struct {
    const char *name;
    bool is_measured;
} metrics[ACRE_METRIC_COUNT] = {
    [ACRE_METRIC_X_LIMIT] = {"x-limit", true},
    [ACRE_METRIC_TIME] = {"time", true},
    [ACRE_METRIC_ALLOCATIONS] = {"allocations", false},
    [ACRE_METRIC_REQUESTED] = {"requested", false},
    [ACRE_METRIC_PEAK] = {"peak", false},
    [ACRE_METRIC_HELD] = {"held", false},
    [ACRE_METRIC_LEAKED] = {"leaked", false},
};

const char *acre_metric_name(enum acre_metric metric)
{
    return metrics[metric].name;
}

bool acre_metric_from_name(const char *name, enum acre_metric *metric)
{
    for (int m = 0; m < ACRE_METRIC_COUNT; m++)
        if (strcmp(name, metrics[m].name) == 0) {
            *metric = (enum acre_metric)m;
            return true;
        }
    return false;
}

bool acre_metric_is_measured(enum acre_metric metric)
{
    return metrics[metric].is_measured;
}

/* Errors and statements ------------------------------------------------------------------------
 */

static enum acre_exit out_of_memory(const struct acre_history *history, char *error,
                                    size_t error_bytes)
{
    snprintf(error, error_bytes, "%s: out of memory", history->path);
    return ACRE_EXIT_MEMORY;
}

/* What SQLite says of the last call. */
static enum acre_exit fail(const struct acre_history *history, char *error, size_t error_bytes)
{
    int code = history->base != NULL ? sqlite3_errcode(history->base) : SQLITE_NOMEM;
    int cause;

    if (code == SQLITE_NOMEM)
        return out_of_memory(history, error, error_bytes);
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) {
        snprintf(error, error_bytes, "%s: not a history, or damaged: %s", history->path,
                 sqlite3_errmsg(history->base));
        return ACRE_EXIT_INPUT;
    }
    cause = code == SQLITE_CANTOPEN ? sqlite3_system_errno(history->base) : 0;
    snprintf(error, error_bytes, "cannot use %s: %s", history->path,
             cause != 0 ? strerror(cause) : sqlite3_errmsg(history->base));
    return ACRE_EXIT_IO;
}

static bool execute(struct acre_history *history, const char *sql)
{
    return sqlite3_exec(history->base, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static sqlite3_stmt *prepare(struct acre_history *history, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    return sqlite3_prepare_v2(history->base, sql, -1, &statement, NULL) == SQLITE_OK ? statement
                                                                                     : NULL;
}

static bool bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    return sqlite3_bind_text(statement, place, acre_or_empty(text), -1, SQLITE_STATIC) == SQLITE_OK;
}

/* A number that a statement gives as its only answer. */
static bool read_number(struct acre_history *history, const char *sql, int64_t *number)
{
    sqlite3_stmt *statement = prepare(history, sql);
    bool good = statement != NULL && sqlite3_step(statement) == SQLITE_ROW;

    if (good)
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return good;
}

/* The file -------------------------------------------------------------------------------------
 */

/* The cause is told before the transaction is given up, which has an outcome of its own. */
static enum acre_exit give_up(struct acre_history *history, char *error, size_t error_bytes)
{
    enum acre_exit status = sqlite3_errcode(history->base) == SQLITE_OK
                                ? out_of_memory(history, error, error_bytes)
                                : fail(history, error, error_bytes);

    if (!sqlite3_get_autocommit(history->base))
        execute(history, "ROLLBACK");
    return status;
}

/* Two that find an empty file at the same time: the second waits, and finds it made. */
static enum acre_exit make_tables(struct acre_history *history, char *error, size_t error_bytes)
{
    int64_t tables = 0;

    if (execute(history, "BEGIN IMMEDIATE") &&
        read_number(history, "SELECT count(*) FROM sqlite_master", &tables) &&
        (tables > 0 || execute(history, schema)) && execute(history, "COMMIT"))
        return ACRE_EXIT_OK;
    return give_up(history, error, error_bytes);
}

static enum acre_exit check_identity(struct acre_history *history, char *error, size_t error_bytes)
{
    int64_t id = 0, version = 0, tables = 0;

    if (!read_number(history, "PRAGMA application_id", &id) ||
        !read_number(history, "PRAGMA user_version", &version))
        return fail(history, error, error_bytes);
    if (id == APPLICATION_ID && version == SCHEMA_VERSION)
        return ACRE_EXIT_OK;
    if (id == 0 && read_number(history, "SELECT count(*) FROM sqlite_master", &tables) &&
        tables == 0)
        snprintf(error, error_bytes, "%s: an empty file: no run was added yet", history->path);
    else if (id == APPLICATION_ID)
        snprintf(error, error_bytes, "%s: a history of version %" PRId64 ", this acre knows %d",
                 history->path, version, SCHEMA_VERSION);
    else
        snprintf(error, error_bytes, "%s: a database, but not a history", history->path);
    return ACRE_EXIT_INPUT;
}

enum acre_exit acre_history_open(struct acre_history *history, const char *path, bool creates,
                                 char *error, size_t error_bytes)
{
    int flags = SQLITE_OPEN_READWRITE | (creates ? SQLITE_OPEN_CREATE : 0);
    enum acre_exit status = ACRE_EXIT_OK;
    int64_t tables = 0;

    *history = (struct acre_history){.path = path};
    if (sqlite3_open_v2(path, &history->base, flags, NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(history->base, BUSY_MS) != SQLITE_OK ||
        !execute(history, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON") ||
        !read_number(history, "SELECT count(*) FROM sqlite_master", &tables))
        status = fail(history, error, error_bytes);
    else if (tables == 0 && creates)
        status = make_tables(history, error, error_bytes);
    if (status == ACRE_EXIT_OK)
        status = check_identity(history, error, error_bytes);
    if (status != ACRE_EXIT_OK)
        acre_history_close(history);
    return status;
}

void acre_history_close(struct acre_history *history)
{
    sqlite3_close(history->base);
    history->base = NULL;
}

/* Adding ---------------------------------------------------------------------------------------
 */

/* The caller's to free; NULL when out of memory. */
static char *key_text(const struct acre_cell_key *key)
{
    json_t *parameters = json_array(), *all;
    char *text = NULL;

    for (size_t i = 0; i < key->parameter_count; i++)
        json_array_append_new(parameters, json_pack("[s,s]", acre_or_empty(key->parameters[i].name),
                                                    acre_or_empty(key->parameters[i].value)));
    if (json_array_size(parameters) == key->parameter_count)
        all = json_pack("[s,O,s,s]", acre_or_empty(key->workload), parameters,
                        acre_or_empty(key->backend), acre_or_empty(key->lifetime));
    else
        all = NULL;
    if (all != NULL)
        text = json_dumps(all, JSON_COMPACT);
    json_decref(all);
    json_decref(parameters);
    return text;
}

/* Runs of different machines say nothing of each other. The caller's to free. */
static char *machine_text(const struct acre_run *run)
{
    const char *cpu = acre_run_fact(run, "cpu"), *cores = acre_run_fact(run, "cores");
    char *text = NULL;

    return asprintf(&text, "%s, %s cores", acre_or_empty(cpu), acre_or_empty(cores)) >= 0 ? text
                                                                                          : NULL;
}

static void checksum_text(const char *data, size_t size, char text[static 33])
{
    XXH128_hash_t hash = XXH3_128bits(data, size);

    snprintf(text, 33, "%016" PRIx64 "%016" PRIx64, (uint64_t)hash.high64, (uint64_t)hash.low64);
}

static bool bind_count(sqlite3_stmt *statement, enum acre_metric metric, bool is_known,
                       uint64_t count)
{
    int place = 3 + (int)metric;

    return (is_known ? sqlite3_bind_double(statement, place, (double)count)
                     : sqlite3_bind_null(statement, place)) == SQLITE_OK;
}

static bool bind_median(sqlite3_stmt *statement, enum acre_metric metric,
                        const struct acre_series *series)
{
    double median;
    enum acre_stats_status status = acre_series_median(series, &median);
    int place = 3 + (int)metric;

    if (status == ACRE_STATS_NO_MEMORY)
        return false;
    return (status == ACRE_STATS_OK ? sqlite3_bind_double(statement, place, median)
                                    : sqlite3_bind_null(statement, place)) == SQLITE_OK;
}

static bool bind_cell(sqlite3_stmt *statement, const struct acre_cell *cell)
{
    const struct acre_recorded *recorded = &cell->recorded;
    bool counted = cell->has_recorded;

    return bind_median(statement, ACRE_METRIC_X_LIMIT, &cell->x_limit) &&
           bind_median(statement, ACRE_METRIC_TIME, &cell->ns_per_iteration) &&
           bind_count(statement, ACRE_METRIC_ALLOCATIONS, counted, recorded->allocations) &&
           bind_count(statement, ACRE_METRIC_REQUESTED, counted, recorded->requested_bytes) &&
           bind_count(statement, ACRE_METRIC_PEAK, counted, recorded->peak_bytes) &&
           bind_count(statement, ACRE_METRIC_HELD, counted && recorded->has_held,
                      recorded->peak_held_bytes) &&
           bind_count(statement, ACRE_METRIC_LEAKED, counted, recorded->leaked_bytes);
}

static bool insert_cells(struct acre_history *history, const struct acre_run *run, int64_t id)
{
    sqlite3_stmt *statement = prepare(history, "INSERT INTO cell (key, run, " METRIC_COLUMNS ")"
                                               " VALUES (?,?,?,?,?,?,?,?,?)");
    bool good = statement != NULL;

    for (size_t i = 0; good && i < run->cell_count; i++) {
        char *key = key_text(&run->cells[i].key);

        good = key != NULL && bind_text(statement, 1, key) &&
               sqlite3_bind_int64(statement, 2, id) == SQLITE_OK &&
               bind_cell(statement, &run->cells[i]) && sqlite3_step(statement) == SQLITE_DONE;
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
        free(key);
    }
    sqlite3_finalize(statement);
    return good;
}

struct addition {
    const struct acre_run *run;
    const char *data, *commit;
    size_t size;
    char checksum[33];
    char *machine;
};

static bool insert_run(struct acre_history *history, const struct addition *addition, int64_t *id)
{
    sqlite3_stmt *statement = prepare(
        history, "INSERT INTO run (added, started, commit_id, machine, version, checksum, json)"
                 " VALUES (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'),?,?,?,?,?,?)");
    bool good = statement != NULL && bind_text(statement, 1, addition->run->started) &&
                bind_text(statement, 2, addition->commit) &&
                bind_text(statement, 3, addition->machine) &&
                bind_text(statement, 4, addition->run->acre_version) &&
                bind_text(statement, 5, addition->checksum) &&
                sqlite3_bind_blob64(statement, 6, addition->data, addition->size, SQLITE_STATIC) ==
                    SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_DONE;

    sqlite3_finalize(statement);
    if (good)
        *id = sqlite3_last_insert_rowid(history->base);
    return good;
}

static bool find(struct acre_history *history, const char *checksum, int64_t *id, bool *is_there)
{
    sqlite3_stmt *statement = prepare(history, "SELECT id FROM run WHERE checksum = ?");
    int answer = statement != NULL && bind_text(statement, 1, checksum) ? sqlite3_step(statement)
                                                                        : SQLITE_ERROR;

    *is_there = answer == SQLITE_ROW;
    if (*is_there)
        *id = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

/* As a whole or not at all; looked up inside, so that two that add the same do it once. */
static enum acre_exit store(struct acre_history *history, const struct addition *addition,
                            int64_t *id, bool *was_there, char *error, size_t error_bytes)
{
    if (execute(history, "BEGIN IMMEDIATE") && find(history, addition->checksum, id, was_there) &&
        (*was_there ||
         (insert_run(history, addition, id) && insert_cells(history, addition->run, *id))) &&
        execute(history, "COMMIT"))
        return ACRE_EXIT_OK;
    return give_up(history, error, error_bytes);
}

enum acre_exit acre_history_add(struct acre_history *history, const char *run_path,
                                const char *commit, int64_t *id, bool *was_there, char *error,
                                size_t error_bytes)
{
    struct addition addition = {.commit = commit};
    struct acre_run run = {0};
    char *data;
    enum acre_exit status = acre_file_read(run_path, &data, &addition.size, error, error_bytes);

    if (status == ACRE_EXIT_OK)
        status = acre_run_parse(&run, run_path, data, addition.size, error, error_bytes);
    if (status == ACRE_EXIT_OK) {
        addition.run = &run;
        addition.data = data;
        addition.machine = machine_text(&run);
        checksum_text(data, addition.size, addition.checksum);
        status = addition.machine != NULL
                     ? store(history, &addition, id, was_there, error, error_bytes)
                     : out_of_memory(history, error, error_bytes);
        free(addition.machine);
    }
    acre_run_free(&run);
    free(data);
    return status;
}

/* Reading --------------------------------------------------------------------------------------
 */

static char *column_text(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);

    return strdup(text != NULL ? (const char *)text : "");
}

void acre_history_free_runs(struct acre_history_run *runs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(runs[i].started);
        free(runs[i].commit);
        free(runs[i].machine);
        free(runs[i].version);
    }
    free(runs);
}

static bool read_run_row(sqlite3_stmt *statement, struct acre_history_run *run)
{
    *run = (struct acre_history_run){
        .id = sqlite3_column_int64(statement, 0),
        .started = column_text(statement, 1),
        .commit = column_text(statement, 2),
        .machine = column_text(statement, 3),
        .version = column_text(statement, 4),
        .cells = sqlite3_column_int64(statement, 5),
    };
    return run->started != NULL && run->commit != NULL && run->machine != NULL &&
           run->version != NULL;
}

enum acre_exit acre_history_list(struct acre_history *history, struct acre_history_run **runs,
                                 size_t *count, char *error, size_t error_bytes)
{
    sqlite3_stmt *statement =
        prepare(history, "SELECT id, started, commit_id, machine, version,"
                         " (SELECT count(*) FROM cell WHERE run = run.id) FROM run ORDER BY id");
    enum acre_exit status = ACRE_EXIT_OK;
    int answer = SQLITE_ERROR;

    *runs = NULL;
    *count = 0;
    while (statement != NULL && status == ACRE_EXIT_OK &&
           (answer = sqlite3_step(statement)) == SQLITE_ROW) {
        struct acre_history_run *grown = realloc(*runs, (*count + 1) * sizeof *grown);

        if (grown != NULL)
            *runs = grown;
        if (grown == NULL || !read_run_row(statement, &(*runs)[(*count)++]))
            status = out_of_memory(history, error, error_bytes);
    }
    if (status == ACRE_EXIT_OK && answer != SQLITE_DONE)
        status = fail(history, error, error_bytes);
    sqlite3_finalize(statement);
    if (status != ACRE_EXIT_OK) {
        acre_history_free_runs(*runs, *count);
        *runs = NULL;
        *count = 0;
    }
    return status;
}

enum acre_exit acre_history_last(struct acre_history *history, int64_t *id, char *error,
                                 size_t error_bytes)
{
    if (!read_number(history, "SELECT ifnull(max(id), 0) FROM run", id))
        return fail(history, error, error_bytes);
    if (*id > 0)
        return ACRE_EXIT_OK;
    snprintf(error, error_bytes, "%s: no run was added yet", history->path);
    return ACRE_EXIT_INPUT;
}

enum acre_exit acre_history_get(struct acre_history *history, int64_t id, struct acre_run *run,
                                char *error, size_t error_bytes)
{
    sqlite3_stmt *statement = prepare(history, "SELECT json FROM run WHERE id = ?");
    int answer = statement != NULL && sqlite3_bind_int64(statement, 1, id) == SQLITE_OK
                     ? sqlite3_step(statement)
                     : SQLITE_ERROR;
    enum acre_exit status;

    *run = (struct acre_run){0};
    if (answer == SQLITE_ROW) {
        const char *data = sqlite3_column_blob(statement, 0);

        status = acre_run_parse(run, history->path, data,
                                (size_t)sqlite3_column_bytes(statement, 0), error, error_bytes);
    } else if (answer == SQLITE_DONE) {
        snprintf(error, error_bytes, "%s: there is no run %" PRId64, history->path, id);
        status = ACRE_EXIT_INPUT;
    } else {
        status = fail(history, error, error_bytes);
    }
    sqlite3_finalize(statement);
    return status;
}

static bool append(struct acre_history_series *series, sqlite3_stmt *statement)
{
    struct acre_history_value *grown = realloc(series->values, (series->count + 1) * sizeof *grown);
    struct acre_history_value *value;

    if (grown == NULL)
        return false;
    series->values = grown;
    value = &grown[series->count++];
    value->run = sqlite3_column_int64(statement, 0);
    for (int m = 0; m < ACRE_METRIC_COUNT; m++)
        value->numbers[m] = sqlite3_column_type(statement, 1 + m) == SQLITE_NULL
                                ? NAN
                                : sqlite3_column_double(statement, 1 + m);
    return true;
}

enum acre_exit acre_history_series_of(struct acre_history *history, int64_t id,
                                      const struct acre_cell_key *key,
                                      struct acre_history_series *series, char *error,
                                      size_t error_bytes)
{
    char *text = key_text(key);
    sqlite3_stmt *statement =
        prepare(history, "SELECT run, " METRIC_COLUMNS " FROM cell JOIN run ON run.id = cell.run"
                         " WHERE key = ? AND run <= ?"
                         " AND machine = (SELECT machine FROM run WHERE id = ?2) ORDER BY run");
    int answer = SQLITE_ERROR;
    enum acre_exit status = ACRE_EXIT_OK;

    *series = (struct acre_history_series){0};
    if (text == NULL)
        status = out_of_memory(history, error, error_bytes);
    else if (statement != NULL && bind_text(statement, 1, text) &&
             sqlite3_bind_int64(statement, 2, id) == SQLITE_OK)
        while (status == ACRE_EXIT_OK && (answer = sqlite3_step(statement)) == SQLITE_ROW)
            if (!append(series, statement))
                status = out_of_memory(history, error, error_bytes);
    if (status == ACRE_EXIT_OK && answer != SQLITE_DONE)
        status = fail(history, error, error_bytes);
    sqlite3_finalize(statement);
    free(text);
    if (status != ACRE_EXIT_OK) {
        free(series->values);
        *series = (struct acre_history_series){0};
    }
    return status;
}
