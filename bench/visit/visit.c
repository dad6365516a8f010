#include "bench/visit/visit.h"

#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "alloc/backends.h"
#include "bench/clock.h"
#include "bench/names.h"
#include "bench/visit/batches.h"
#include "bench/visit/checked.h"
#include "bench/visit/recorded.h"
#include "bench/visit/session.h"
#include "bench/visit/usage.h"

/* Then both sides of a timed visit must agree to the bit. Iterations of many milliseconds are
 * checked for a while only. */
enum { CHECKED_ITERATIONS = 16, CHECKED_AT_LEAST = 2, CHECKED_NS = 50 * 1000 * 1000 };

/* Passes of a program are checked each by itself, by what they find in their blocks; of those that
 * take so long one is enough, before each side is timed once. */
enum { LONG_PASS_NS = 100 * 1000 * 1000 };

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

/* Returns how many iterations were run, for the other side to run as many; 0: one failed. */
static uint64_t checked_steps(struct acre_session *session)
{
    bool is_program = session->visit->workload->plays_program;
    uint64_t fewest = is_program ? 1 : CHECKED_AT_LEAST;
    double end_ns = acre_now_ns() + CHECKED_NS;
    uint64_t count = 0;

    while (count < CHECKED_ITERATIONS && (count < fewest || acre_now_ns() < end_ns)) {
        if (!acre_session_step(session))
            return 0;
        count++;
    }
    return count;
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

static bool agrees_with_limit(struct acre_session *session, struct limit_run *limit,
                              struct acre_batches *batches)
{
    double begin_ns = acre_now_ns();
    uint64_t count = checked_steps(session);

    if (count == 0)
        return false;
    batches->is_long = session->visit->workload->plays_program && count == 1 &&
                       acre_now_ns() - begin_ns >= LONG_PASS_NS;
    limit_steps(limit, count);
    return acre_session_checksum(session) ==
               session->visit->workload->limit_checksum(limit->state) ||
           acre_session_fail(session, "results differ from the limit's");
}

/* A batch, and a wait that is a known part of it. */
static bool slowed_steps(void *loop, uint64_t count)
{
    struct acre_session *session = loop;
    double begin_ns = acre_now_ns();
    bool done = acre_session_steps(loop, count);
    double end_ns = acre_now_ns();

    end_ns += (end_ns - begin_ns) * session->visit->spin_percent / 100;
    while (acre_now_ns() < end_ns)
        continue;
    return done;
}

static bool measure(struct acre_session *session, struct acre_batches *batches)
{
    batches->measured.steps = session->visit->spin_percent > 0 ? slowed_steps : acre_session_steps;
    batches->measured.loop = session;
    return acre_batches_warm_up(batches) &&
           acre_batches_run(batches, (double)session->visit->timed_ms * 1e-3) &&
           acre_session_drain(session) &&
           (acre_batches_keep(batches, session->cell) ||
            acre_session_fail(session, "out of memory"));
}

static void visit_timed(struct acre_session *session)
{
    struct acre_batches *batches = calloc(1, sizeof *batches);
    struct limit_run limit = {.visit = session->visit};

    if (batches == NULL || !open_limit(&limit)) {
        acre_session_fail(session, "out of memory");
    } else if (acre_session_open(session) && agrees_with_limit(session, &limit, batches)) {
        batches->against.steps = limit_steps;
        batches->against.loop = &limit;
        measure(session, batches);
    }
    acre_session_end(session);
    close_limit(&limit);
    free(batches);
}

/* The cost of recording --------------------------------------------------------------------- */

/* Books of the kind that is looked at. */
struct cost_books {
    struct acre_session_books base;
    struct acre_trace_writer trace;
    char trace_path[256];
};

/* A file of the disk that has no name any more when it is written. */
static bool open_trace(struct acre_session *session, struct cost_books *books)
{
    const char *dir = getenv("TMPDIR");
    char why[512];
    int file;
    bool is_open;

    books->base.pages = acre_pages_new();
    snprintf(books->trace_path, sizeof books->trace_path, "%.200s/acre-trace-XXXXXX",
             dir != NULL && dir[0] != '\0' ? dir : "/tmp");
    file = mkstemp(books->trace_path);
    if (books->base.pages == NULL || file < 0)
        return acre_session_fail(session, "no file for the trace");
    is_open = acre_trace_writer_open(&books->trace, books->base.pages, books->trace_path,
                                     &(struct acre_trace_options){.limit_bytes = INT64_MAX},
                                     &(struct acre_trace_about){0}, why, sizeof why);
    unlink(books->trace_path);
    close(file);
    session->trace = is_open ? &books->trace : NULL;
    return is_open || acre_session_fail(session, why);
}

/* What was traced, for whoever wants to know what an event costs. */
static void close_trace(struct acre_session *session)
{
    const uint64_t *counts = session->trace->counts;
    struct acre_recorded *recorded = &session->cell->recorded;
    char why[512];

    if (!acre_trace_writer_close(session->trace, NULL, why, sizeof why))
        acre_session_fail(session, why);
    session->cell->has_recorded = true;
    *recorded = (struct acre_recorded){
        .iterations = session->next_iteration,
        .allocations = counts[ACRE_TRACE_ALLOCATE],
        .frees = counts[ACRE_TRACE_FREE],
        .resets = counts[ACRE_TRACE_RESET],
        .checksum = strdup(""),
    };
    session->is_incomplete |= recorded->checksum == NULL;
}

static bool open_books_of(struct acre_session *session, struct cost_books *books)
{
    *books = (struct cost_books){0};
    switch (session->visit->kind) {
    case ACRE_VISIT_COST_OF_COUNTS:
        acre_ledger_init(&books->base.ledger);
        session->ledger = &books->base.ledger;
        return true;
    case ACRE_VISIT_COST_OF_FULL:
        return acre_session_open_books(session, &books->base, 1);
    case ACRE_VISIT_COST_OF_TRACE:
        return open_trace(session, books);
    default:
        return true;
    }
}

static bool agrees_with_unrecorded(struct acre_session *session, struct acre_session *unrecorded)
{
    uint64_t count = checked_steps(session);

    return count != 0 && acre_session_steps(unrecorded, count) &&
           (acre_session_checksum(session) == acre_session_checksum(unrecorded) ||
            acre_session_fail(session, "results change when they are recorded"));
}

/* On one heap each of two loops would decide whether the other's top goes back to the system, and
 * that costs more than what is measured here. */
static void keep_heap(void)
{
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024); /* the most that glibc takes */
}

/* Who gets the first pages and who begins each pair would be a bias if it were always the same. */
static void visit_cost(struct acre_session *session)
{
    struct acre_batches *batches = calloc(1, sizeof *batches);
    struct acre_session unrecorded = *session;
    bool comes_second = session->visit->spec.seed & 1;
    struct acre_session *first = comes_second ? &unrecorded : session;
    struct acre_session *second = comes_second ? session : &unrecorded;
    struct cost_books books;

    keep_heap();
    if (!open_books_of(session, &books) || batches == NULL) {
        acre_session_fail(session, "out of memory");
    } else if (acre_session_open(first) && acre_session_open(second) &&
               agrees_with_unrecorded(session, &unrecorded)) {
        batches->against.steps = acre_session_steps;
        batches->against.loop = &unrecorded;
        batches->against_begins = comes_second;
        if (measure(session, batches))
            acre_session_drain(&unrecorded);
    }
    acre_session_end(session);
    acre_session_end(&unrecorded);
    if (session->trace != NULL)
        close_trace(session);
    if (unrecorded.why_failed[0] != '\0')
        acre_session_fail(session, unrecorded.why_failed);
    session->is_incomplete |= unrecorded.is_incomplete;
    acre_session_close_books(&books.base);
    free(batches);
}

/* Cold and recorded ------------------------------------------------------------------------- */

static void visit_cold(struct acre_session *session)
{
    struct acre_cell *cell = session->cell;
    struct acre_usage before;
    struct acre_usage after;
    double begin_ns;
    double end_ns;
    bool done = acre_session_open(session);

    if (done) {
        before = acre_usage_now();
        begin_ns = acre_now_ns();
        done = acre_session_steps(session, acre_session_iterations(session->visit));
        end_ns = acre_now_ns();
        after = acre_usage_now();
    }
    if (done) {
        cell->cold_iterations = acre_session_iterations(session->visit);
        if (!acre_series_append(&cell->cold_ns, end_ns - begin_ns) ||
            !acre_series_append(&cell->cold_faults, after.faults - before.faults) ||
            !acre_series_append(&cell->rss_bytes, peak_rss_bytes()))
            acre_session_fail(session, "out of memory");
        acre_session_drain(session);
    }
    acre_session_end(session);
}

static bool open_recorded_books(struct acre_session *session, struct acre_session_books *books)
{
    uint64_t iterations = acre_session_iterations(session->visit);

    return acre_session_open_books(
        session, books,
        iterations < ACRE_MOST_ITERATION_ROWS ? iterations : ACRE_MOST_ITERATION_ROWS);
}

static void visit_recorded(struct acre_session *session)
{
    uint64_t iterations = acre_session_iterations(session->visit);
    struct acre_session_books books;
    uint64_t final;
    bool done = open_recorded_books(session, &books);

    done = done && acre_session_open(session) && acre_session_steps(session, iterations);
    if (done) {
        final = acre_session_checksum(session);
        done = acre_session_drain(session);
    }
    if (done) {
        session->cell->has_recorded =
            acre_recorded_from_ledger(&session->cell->recorded, &books.ledger, iterations,
                                      session->stage.litter.usable_bytes, final);
        if (!session->cell->has_recorded)
            acre_session_fail(session, "out of memory");
    }
    acre_session_end(session);
    acre_session_close_books(&books);
}

static void visit_waste(struct acre_session *session)
{
    const struct acre_visit *visit = session->visit;
    struct acre_waste_watch watch = {0};
    struct acre_session_books books;
    char why[256];
    bool done = open_recorded_books(session, &books);

    if (done)
        done = acre_waste_watch_begin(&watch, &session->stage, &books.ledger, visit->peak_call,
                                      visit->report_paths, why, sizeof why) ||
               acre_session_fail(session, why);
    done = done && acre_session_open(session) &&
           acre_session_steps(session, acre_session_iterations(visit)) &&
           acre_session_drain(session);
    if (done) {
        acre_waste_watch_drained(&watch);
        if (!acre_waste_watch_keep(&watch, session->cell, why, sizeof why))
            acre_session_fail(session, why);
    }
    acre_session_end(session);
    acre_waste_watch_end(&watch);
    acre_session_close_books(&books);
}

/* Checked ----------------------------------------------------------------------------------- */

static void visit_checked(struct acre_session *session)
{
    const struct acre_visit *visit = session->visit;
    struct acre_checked result;

    acre_checked_run(visit->workload, &visit->spec, acre_session_iterations(visit), &visit->rails,
                     &result);
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
    run->command = strdup("");
    run->started = strdup("");
    if (run->cells == NULL || run->libraries == NULL || run->acre_version == NULL ||
        run->command == NULL || run->started == NULL)
        return false;
    run->cell_count = 1;
    if (visit->workload->unit != NULL)
        run->cells[0].units_per_iteration = visit->workload->units(&visit->spec);
    return acre_cell_key_from_spec(&run->cells[0].key, visit->workload, &visit->spec);
}

bool acre_visit_run(const struct acre_visit *visit, struct acre_run *run)
{
    struct acre_session session = {.visit = visit, .run = run};

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
    case ACRE_VISIT_MEMORY:
        acre_visit_memory(&session);
        break;
    case ACRE_VISIT_PAUSES:
        acre_visit_pauses(&session);
        break;
    case ACRE_VISIT_CHECKED:
        visit_checked(&session);
        break;
    case ACRE_VISIT_COST_OF_NOTHING:
    case ACRE_VISIT_COST_OF_COUNTS:
    case ACRE_VISIT_COST_OF_FULL:
    case ACRE_VISIT_COST_OF_TRACE:
        visit_cost(&session);
        break;
    case ACRE_VISIT_KIND_COUNT:
        acre_session_fail(&session, "no kind of visit");
        break;
    }
    acre_session_keep_failure(&session);
    return !session.is_incomplete;
}
