#include "bench/visit.h"

#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "alloc/backends.h"
#include "bench/batches.h"
#include "bench/checked.h"
#include "bench/clock.h"
#include "bench/names.h"
#include "bench/recorded.h"
#include "bench/usage.h"

/* Then both sides of a timed visit must agree to the bit. Iterations of many milliseconds are
 * checked for a while only. */
enum { CHECKED_ITERATIONS = 16, CHECKED_AT_LEAST = 2, CHECKED_NS = 50 * 1000 * 1000 };

/* A visit under way. */
struct session {
    const struct acre_visit *visit;
    struct acre_run *run;       /* the answer */
    struct acre_cell *cell;     /* its one cell */
    char why_failed[512];       /* "": it did not */
    bool is_incomplete;         /* no memory for the rest of the answer */
    struct acre_ledger *ledger; /* borrowed; NULL: not recorded */
    struct acre_stage stage;
    void *state; /* of the workload */
    uint64_t next_iteration;
};

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

/* The first failure stays. It is kept here until the workload has gone: on malloc there may be no
 * memory for a sentence before. */
static bool fail(struct session *session, const char *why)
{
    if (session->why_failed[0] == '\0')
        snprintf(session->why_failed, sizeof session->why_failed, "%s", why);
    return false;
}

static void keep_failure(struct session *session)
{
    if (session->why_failed[0] == '\0')
        return;
    session->cell->failure = strdup(session->why_failed);
    if (session->cell->failure == NULL)
        session->is_incomplete = true;
}

static bool fail_status(struct session *session, enum acre_status status)
{
    const char *error = session->stage.engine != NULL ? acre_error(session->stage.engine) : "";

    return fail(session, error[0] != '\0' ? error : acre_status_name(status));
}

/* Which library served the calls; while there is memory. */
static void keep_identity(struct session *session)
{
    const struct acre_backend *backend = &session->stage.backend;
    struct acre_library *library = &session->run->libraries[0];

    if (session->run->library_count > 0)
        return;
    library->backend = strdup(backend->name);
    library->path = strdup(backend->identity.path);
    library->version = strdup(backend->identity.version);
    library->build_id = strdup(backend->identity.build_id);
    session->run->library_count = 1;
    if (library->backend == NULL || library->path == NULL || library->version == NULL ||
        library->build_id == NULL)
        session->is_incomplete = true;
}

static bool open_session(struct session *session)
{
    const struct acre_cell_spec *spec = &session->visit->spec;
    const struct acre_layers layers = {.ledger = session->ledger};
    char why[256];

    if (!acre_workload_open_stage(session->visit->workload, spec, &session->stage, &layers, why,
                                  sizeof why))
        return fail(session, why);
    keep_identity(session);
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

static bool steps(void *loop, uint64_t count)
{
    struct session *session = loop;

    for (uint64_t i = 0; i < count; i++)
        if (!step(session))
            return false;
    return true;
}

/* Returns how many iterations were run, for the other side to run as many; 0: one failed. */
static uint64_t checked_steps(struct session *session)
{
    double end_ns = acre_now_ns() + CHECKED_NS;
    uint64_t count = 0;

    while (count < CHECKED_ITERATIONS && (count < CHECKED_AT_LEAST || acre_now_ns() < end_ns)) {
        if (!step(session))
            return 0;
        count++;
    }
    return count;
}

static bool drain(struct session *session)
{
    enum acre_status status = session->visit->workload->drain(session->state);

    return status == ACRE_OK || fail_status(session, status);
}

static void end_session(struct session *session)
{
    if (session->state != NULL)
        session->visit->workload->close(session->state);
    acre_stage_close(&session->stage);
}

static uint64_t checksum(const struct session *session)
{
    return session->visit->workload->checksum(session->state);
}

/* Timed ------------------------------------------------------------------------------------- */

struct limit_run {
    const struct acre_visit *visit;
    struct acre_alloc *pages, *arena;
    void *state;
    uint64_t next_iteration;
};

/* The limit's buffers come from an arena like the strategies', with huge pages where they are
 * large: on small ones it would be none (docs/bench.md). */
static bool open_limit(struct limit_run *limit)
{
    limit->pages = acre_huge_pages_new();
    if (limit->pages != NULL)
        limit->arena = acre_arena_new(limit->pages, NULL);
    if (limit->arena != NULL)
        limit->state = limit->visit->workload->limit_open(limit->arena, &limit->visit->spec);
    return limit->state != NULL;
}

static void close_limit(struct limit_run *limit)
{
    if (limit->state != NULL)
        limit->visit->workload->limit_close(limit->state);
    acre_destroy(limit->arena);
    acre_destroy(limit->pages);
}

static bool limit_steps(void *loop, uint64_t count)
{
    struct limit_run *limit = loop;

    for (uint64_t i = 0; i < count; i++)
        limit->visit->workload->limit_step(limit->state, limit->next_iteration++);
    return true;
}

static bool agrees_with_limit(struct session *session, struct limit_run *limit)
{
    uint64_t count = checked_steps(session);

    if (count == 0)
        return false;
    limit_steps(limit, count);
    return checksum(session) == session->visit->workload->limit_checksum(limit->state) ||
           fail(session, "results differ from the limit's");
}

/* A batch, and a wait that is a known part of it. */
static bool slowed_steps(void *loop, uint64_t count)
{
    struct session *session = loop;
    double begin_ns = acre_now_ns();
    bool done = steps(loop, count);
    double end_ns = acre_now_ns();

    end_ns += (end_ns - begin_ns) * session->visit->spin_percent / 100;
    while (acre_now_ns() < end_ns)
        continue;
    return done;
}

static bool measure(struct session *session, struct acre_batches *batches)
{
    batches->measured.steps = session->visit->spin_percent > 0 ? slowed_steps : steps;
    batches->measured.loop = session;
    return acre_batches_warm_up(batches) &&
           acre_batches_run(batches, session->visit->timed_seconds) && drain(session) &&
           (acre_batches_keep(batches, session->cell) || fail(session, "out of memory"));
}

static void visit_timed(struct session *session)
{
    struct acre_batches *batches = calloc(1, sizeof *batches);
    struct limit_run limit = {.visit = session->visit};

    if (batches == NULL || !open_limit(&limit)) {
        fail(session, "out of memory");
    } else if (open_session(session) && agrees_with_limit(session, &limit)) {
        batches->against.steps = limit_steps;
        batches->against.loop = &limit;
        measure(session, batches);
    }
    end_session(session);
    close_limit(&limit);
    free(batches);
}

/* The cost of recording --------------------------------------------------------------------- */

/* Outside of the memory that they observe. */
struct books {
    struct acre_alloc *pages;
    struct acre_ledger ledger;
};

static bool open_full_books(struct books *books, size_t rows)
{
    *books = (struct books){.pages = acre_pages_new()};
    return books->pages != NULL && acre_ledger_init_full(&books->ledger, books->pages, rows);
}

static void close_books(struct books *books)
{
    acre_ledger_fini(&books->ledger);
    acre_destroy(books->pages);
}

static bool open_books_of(struct session *session, struct books *books)
{
    *books = (struct books){0};
    switch (session->visit->kind) {
    case ACRE_VISIT_COST_OF_COUNTS:
        acre_ledger_init(&books->ledger);
        session->ledger = &books->ledger;
        return true;
    case ACRE_VISIT_COST_OF_FULL:
        session->ledger = &books->ledger;
        return open_full_books(books, 1);
    default:
        return true;
    }
}

static bool agrees_with_unrecorded(struct session *session, struct session *unrecorded)
{
    uint64_t count = checked_steps(session);

    return count != 0 && steps(unrecorded, count) &&
           (checksum(session) == checksum(unrecorded) ||
            fail(session, "results change when they are recorded"));
}

/* On one heap each of two loops would decide whether the other's top goes back to the system, and
 * that costs more than what is measured here. */
static void keep_heap(void)
{
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024); /* the most that glibc takes */
}

/* Who gets the first pages and who begins each pair would be a bias if it were always the same. */
static void visit_cost(struct session *session)
{
    struct acre_batches *batches = calloc(1, sizeof *batches);
    struct session unrecorded = *session;
    bool comes_second = session->visit->spec.seed & 1;
    struct session *first = comes_second ? &unrecorded : session;
    struct session *second = comes_second ? session : &unrecorded;
    struct books books;

    keep_heap();
    if (!open_books_of(session, &books) || batches == NULL) {
        fail(session, "out of memory");
    } else if (open_session(first) && open_session(second) &&
               agrees_with_unrecorded(session, &unrecorded)) {
        batches->against.steps = steps;
        batches->against.loop = &unrecorded;
        batches->against_begins = comes_second;
        if (measure(session, batches))
            drain(&unrecorded);
    }
    end_session(session);
    end_session(&unrecorded);
    if (unrecorded.why_failed[0] != '\0')
        fail(session, unrecorded.why_failed);
    session->is_incomplete |= unrecorded.is_incomplete;
    close_books(&books);
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
    struct acre_usage before;
    struct acre_usage after;
    double begin_ns;
    double end_ns;
    bool done = open_session(session);

    if (done) {
        before = acre_usage_now();
        begin_ns = acre_now_ns();
        done = steps(session, iterations_of(session->visit));
        end_ns = acre_now_ns();
        after = acre_usage_now();
    }
    if (done) {
        cell->cold_iterations = iterations_of(session->visit);
        if (!acre_series_append(&cell->cold_ns, end_ns - begin_ns) ||
            !acre_series_append(&cell->cold_faults, after.faults - before.faults) ||
            !acre_series_append(&cell->rss_bytes, peak_rss_bytes()))
            fail(session, "out of memory");
        drain(session);
    }
    end_session(session);
}

static bool open_recorded_books(struct session *session, struct books *books)
{
    uint64_t iterations = iterations_of(session->visit);

    session->ledger = &books->ledger;
    return open_full_books(books, iterations < ACRE_MOST_ITERATION_ROWS
                                      ? iterations
                                      : ACRE_MOST_ITERATION_ROWS) ||
           fail(session, "out of memory");
}

static void visit_recorded(struct session *session)
{
    uint64_t iterations = iterations_of(session->visit);
    struct books books;
    uint64_t final;
    bool done = open_recorded_books(session, &books);

    done = done && open_session(session) && steps(session, iterations);
    if (done) {
        final = checksum(session);
        done = drain(session);
    }
    if (done) {
        session->cell->has_recorded =
            acre_recorded_from_ledger(&session->cell->recorded, &books.ledger, iterations, final);
        if (!session->cell->has_recorded)
            fail(session, "out of memory");
    }
    end_session(session);
    close_books(&books);
}

static void visit_waste(struct session *session)
{
    const struct acre_visit *visit = session->visit;
    struct acre_waste_watch watch = {0};
    struct books books;
    char why[256];
    bool done = open_recorded_books(session, &books);

    if (done)
        done = acre_waste_watch_begin(&watch, &session->stage.backend, &books.ledger,
                                      visit->peak_call, visit->report_paths, why, sizeof why) ||
               fail(session, why);
    done = done && open_session(session) && steps(session, iterations_of(visit)) && drain(session);
    if (done) {
        acre_waste_watch_drained(&watch);
        if (!acre_waste_watch_keep(&watch, session->cell, why, sizeof why))
            fail(session, why);
    }
    end_session(session);
    acre_waste_watch_end(&watch);
    close_books(&books);
}

/* Checked ----------------------------------------------------------------------------------- */

static void visit_checked(struct session *session)
{
    const struct acre_visit *visit = session->visit;
    struct acre_checked result;

    acre_checked_run(visit->workload, &visit->spec, iterations_of(visit), &visit->rails, &result);
    if (!acre_checked_answer(session->cell, &result))
        session->is_incomplete = true;
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
    run->unit = strdup(visit->workload->unit != NULL ? visit->workload->unit : "");
    run->command = strdup("");
    run->started = strdup("");
    if (run->cells == NULL || run->libraries == NULL || run->acre_version == NULL ||
        run->workload == NULL || run->unit == NULL || run->command == NULL || run->started == NULL)
        return false;
    run->cell_count = 1;
    if (visit->workload->unit != NULL)
        run->cells[0].units_per_iteration = visit->workload->units(&visit->spec);
    return acre_cell_key_from_spec(&run->cells[0].key, visit->workload, &visit->spec);
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
    case ACRE_VISIT_WASTE:
        visit_waste(&session);
        break;
    case ACRE_VISIT_CHECKED:
        visit_checked(&session);
        break;
    case ACRE_VISIT_COST_OF_NOTHING:
    case ACRE_VISIT_COST_OF_COUNTS:
    case ACRE_VISIT_COST_OF_FULL:
        visit_cost(&session);
        break;
    case ACRE_VISIT_KIND_COUNT:
        fail(&session, "no kind of visit");
        break;
    }
    keep_failure(&session);
    return !session.is_incomplete;
}
