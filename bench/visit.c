#include "bench/visit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "alloc/backends.h"
#include "bench/clock.h"
#include "bench/names.h"
#include "bench/recorded.h"
#include "report/stats.h"

enum {
    CHECKED_ITERATIONS = 16, /* then strategy and limit must agree to the bit */
    MOST_BATCH_PAIRS = 501,
    FEWEST_BATCH_PAIRS = 5,
    BATCH_NS = 1000 * 1000,
    WARM_UP_NS = 10 * 1000 * 1000,
};

/* A visit under way. */
struct session {
    const struct acre_visit *visit;
    struct acre_run *run;   /* the answer */
    struct acre_cell *cell; /* its one cell */
    bool is_incomplete;     /* no memory for the rest of the answer */
    struct acre_stage stage;
    void *state; /* of the workload */
    uint64_t next_iteration;
};

struct usage {
    double faults, system_ns;
};

static struct usage usage_now(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (struct usage){
        .faults = (double)(usage.ru_minflt + usage.ru_majflt),
        .system_ns = (double)usage.ru_stime.tv_sec * 1e9 + (double)usage.ru_stime.tv_usec * 1e3,
    };
}

/* VmHWM: the peak of this program's own memory. ru_maxrss would count the parent's, which the
 * child shared until it executed. */
static double peak_rss_bytes(void)
{
    FILE *file = fopen("/proc/self/status", "re");
    char line[256];
    double kib = 0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmHWM: %lf kB", &kib) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return kib * 1024;
}

/* The first failure stays. */
static bool fail(struct session *session, const char *why)
{
    if (session->cell->failure == NULL)
        session->cell->failure = strdup(why);
    return false;
}

static bool fail_status(struct session *session, enum acre_status status)
{
    const char *error = session->stage.engine != NULL ? acre_error(session->stage.engine) : "";

    return fail(session, error[0] != '\0' ? error : acre_status_name(status));
}

static bool open_session(struct session *session, struct acre_ledger *ledger)
{
    const struct acre_cell_spec *spec = &session->visit->spec;
    char why[256];

    if (!acre_stage_open(&session->stage, spec->backend, spec->lifetime, spec->order, ledger, why,
                         sizeof why))
        return fail(session, why);
    session->state = session->visit->workload->open(&session->stage, spec);
    return session->state != NULL || fail(session, "out of memory");
}

static bool step(struct session *session)
{
    enum acre_status status =
        session->visit->workload->step(session->state, session->next_iteration);

    session->next_iteration++;
    return status == ACRE_OK || fail_status(session, status);
}

static bool steps(struct session *session, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        if (!step(session))
            return false;
    return true;
}

static bool drain(struct session *session)
{
    enum acre_status status = session->visit->workload->drain(session->state);

    return status == ACRE_OK || fail_status(session, status);
}

/* Which library served the calls, from the backend while it is open. */
static void keep_identity(struct session *session)
{
    const struct acre_backend *backend = &session->stage.backend;
    struct acre_library *library = &session->run->libraries[0];

    if (backend->name == NULL)
        return; /* it could not be opened: the cell says why */
    library->backend = strdup(backend->name);
    library->path = strdup(backend->identity.path);
    library->version = strdup(backend->identity.version);
    library->build_id = strdup(backend->identity.build_id);
    session->run->library_count = 1;
    if (library->backend == NULL || library->path == NULL || library->version == NULL ||
        library->build_id == NULL)
        session->is_incomplete = true;
}

static void close_session(struct session *session)
{
    keep_identity(session);
    if (session->state != NULL)
        session->visit->workload->close(session->state);
    acre_stage_close(&session->stage);
}

/* Timed ------------------------------------------------------------------------------------- */

struct limit_run {
    struct acre_alloc *pages, *arena;
    void *state;
    uint64_t next_iteration;
};

/* The limit's buffers come from an arena like the strategies': pages of the same kind. */
static bool open_limit(struct limit_run *limit, const struct acre_visit *visit)
{
    *limit = (struct limit_run){.pages = acre_pages_new()};
    if (limit->pages != NULL)
        limit->arena = acre_arena_new(limit->pages, NULL);
    if (limit->arena != NULL)
        limit->state = visit->workload->limit_open(limit->arena, &visit->spec);
    return limit->state != NULL;
}

static void close_limit(struct limit_run *limit, const struct acre_visit *visit)
{
    if (limit->state != NULL)
        visit->workload->limit_close(limit->state);
    acre_destroy(limit->arena);
    acre_destroy(limit->pages);
}

static void limit_steps(struct limit_run *limit, const struct acre_visit *visit, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        visit->workload->limit_step(limit->state, limit->next_iteration++);
}

/* Runs both until the pages are there and the heap has settled; returns the iterations of a batch,
 * as many as the limit does in about a millisecond. */
static bool warm_up(struct session *session, struct limit_run *limit, uint64_t *batch)
{
    const struct acre_workload *workload = session->visit->workload;
    uint64_t count = CHECKED_ITERATIONS;
    double begin_ns;
    double limit_ns;

    if (!steps(session, count))
        return false;
    limit_steps(limit, session->visit, count);
    if (workload->checksum(session->state) != workload->limit_checksum(limit->state))
        return fail(session, "data or gradients differ from the limit's");
    for (;;) {
        begin_ns = acre_now_ns();
        limit_steps(limit, session->visit, count);
        limit_ns = acre_now_ns() - begin_ns;
        if (!steps(session, count))
            return false;
        if (limit_ns >= WARM_UP_NS || count >= UINT64_C(1) << 40)
            break;
        count *= 2;
    }
    *batch = (uint64_t)((double)count * BATCH_NS / limit_ns);
    *batch += *batch == 0;
    return true;
}

struct batches {
    double strategy_ns[MOST_BATCH_PAIRS];
    double limit_ns[MOST_BATCH_PAIRS];
    double ratio[MOST_BATCH_PAIRS];
    size_t count;
    struct usage usage;
};

static bool run_batches(struct session *session, struct limit_run *limit, uint64_t batch,
                        struct batches *out)
{
    double end_ns = acre_now_ns() + session->visit->timed_seconds * 1e9;

    while (out->count < MOST_BATCH_PAIRS &&
           (out->count < FEWEST_BATCH_PAIRS || acre_now_ns() < end_ns)) {
        struct usage before = usage_now();
        double begin_ns = acre_now_ns();
        bool done = steps(session, batch);
        double middle_ns = acre_now_ns();
        struct usage after = usage_now();
        double limit_begin_ns = acre_now_ns();
        double limit_end_ns;

        if (!done)
            return false;
        limit_steps(limit, session->visit, batch);
        limit_end_ns = acre_now_ns();
        out->usage.faults += after.faults - before.faults;
        out->usage.system_ns += after.system_ns - before.system_ns;
        out->strategy_ns[out->count] = middle_ns - begin_ns;
        out->limit_ns[out->count] = limit_end_ns - limit_begin_ns;
        out->ratio[out->count] = out->strategy_ns[out->count] / out->limit_ns[out->count];
        out->count++;
    }
    return true;
}

static bool append_median(struct acre_series *series, double *values, size_t count, double divisor)
{
    const struct acre_series all = {values, count};
    double median;

    return acre_series_median(&all, &median) == ACRE_STATS_OK &&
           acre_series_append(series, median / divisor);
}

static bool keep_batches(struct acre_cell *cell, struct batches *batches, uint64_t batch)
{
    double per_batch = (double)batch;
    double iterations = per_batch * (double)batches->count;
    size_t n = batches->count;

    return append_median(&cell->ns_per_iteration, batches->strategy_ns, n, per_batch) &&
           append_median(&cell->limit_ns_per_iteration, batches->limit_ns, n, per_batch) &&
           append_median(&cell->x_limit, batches->ratio, n, 1) &&
           acre_series_append(&cell->faults_per_iteration, batches->usage.faults / iterations) &&
           acre_series_append(&cell->system_ns_per_iteration,
                              batches->usage.system_ns / iterations);
}

static void visit_timed(struct session *session)
{
    struct batches *batches = calloc(1, sizeof *batches);
    struct limit_run limit = {0};
    uint64_t batch = 0;
    bool done = batches != NULL && open_limit(&limit, session->visit);

    if (!done)
        fail(session, "out of memory");
    done = done && open_session(session, NULL) && warm_up(session, &limit, &batch) &&
           run_batches(session, &limit, batch, batches) && drain(session);
    if (done && !keep_batches(session->cell, batches, batch))
        fail(session, "out of memory");
    close_session(session);
    close_limit(&limit, session->visit);
    free(batches);
}

/* Cold and recorded ------------------------------------------------------------------------- */

static uint64_t iterations_of(const struct acre_visit *visit)
{
    return visit->spec.lifetime == ACRE_LIFETIME_STRONG ? ACRE_STRONG_ITERATIONS
                                                        : visit->iterations;
}

static void visit_cold(struct session *session)
{
    struct acre_cell *cell = session->cell;
    struct usage before;
    struct usage after;
    double begin_ns;
    double end_ns;
    bool done = open_session(session, NULL);

    if (done) {
        before = usage_now();
        begin_ns = acre_now_ns();
        done = steps(session, iterations_of(session->visit));
        end_ns = acre_now_ns();
        after = usage_now();
    }
    if (done) {
        cell->cold_iterations = iterations_of(session->visit);
        if (!acre_series_append(&cell->cold_ns, end_ns - begin_ns) ||
            !acre_series_append(&cell->cold_faults, after.faults - before.faults) ||
            !acre_series_append(&cell->rss_bytes, peak_rss_bytes()))
            fail(session, "out of memory");
        drain(session);
    }
    close_session(session);
}

static void visit_recorded(struct session *session)
{
    uint64_t iterations = iterations_of(session->visit);
    size_t rows = iterations < ACRE_MOST_ITERATION_ROWS ? iterations : ACRE_MOST_ITERATION_ROWS;
    struct acre_alloc *pages = acre_pages_new();
    struct acre_ledger ledger;
    uint64_t checksum;
    bool done;

    if (pages == NULL || !acre_ledger_init_full(&ledger, pages, rows)) {
        acre_destroy(pages);
        fail(session, "out of memory");
        return;
    }
    done = open_session(session, &ledger) && steps(session, iterations);
    if (done) {
        checksum = session->visit->workload->checksum(session->state);
        done = drain(session);
    }
    if (done) {
        session->cell->has_recorded =
            acre_recorded_from_ledger(&session->cell->recorded, &ledger, iterations, checksum);
        if (!session->cell->has_recorded)
            fail(session, "out of memory");
    }
    close_session(session);
    acre_ledger_fini(&ledger);
    acre_destroy(pages);
}

/* Any of them ------------------------------------------------------------------------------- */

static void limit_memory(uint64_t bytes)
{
    struct rlimit limit = {bytes, bytes};

    if (bytes != 0)
        setrlimit(RLIMIT_AS, &limit); /* a refusal leaves the system's own limit in force */
}

static bool begin_answer(struct acre_run *run, const struct acre_visit *visit)
{
    run->cells = calloc(1, sizeof *run->cells);
    run->libraries = calloc(1, sizeof *run->libraries);
    run->acre_version = strdup("");
    run->workload = strdup(visit->workload->name);
    run->command = strdup("");
    run->started = strdup("");
    if (run->cells == NULL || run->libraries == NULL || run->acre_version == NULL ||
        run->workload == NULL || run->command == NULL || run->started == NULL)
        return false;
    run->cell_count = 1;
    return acre_cell_key_from_spec(&run->cells[0].key, &visit->spec);
}

bool acre_visit_run(const struct acre_visit *visit, struct acre_run *run)
{
    struct session session = {.visit = visit, .run = run};

    *run = (struct acre_run){0};
    if (!begin_answer(run, visit))
        return false;
    session.cell = &run->cells[0];
    limit_memory(visit->memory_limit_bytes);
    switch (visit->kind) {
    case ACRE_VISIT_TIMED:
        visit_timed(&session);
        break;
    case ACRE_VISIT_COLD:
        visit_cold(&session);
        break;
    case ACRE_VISIT_RECORDED:
        visit_recorded(&session);
        break;
    }
    return !session.is_incomplete;
}
