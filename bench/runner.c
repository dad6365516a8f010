#include "bench/runner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/child.h"
#include "bench/clock.h"
#include "bench/machine.h"
#include "bench/names.h"
#include "bench/progress.h"
#include "bench/random.h"
#include "bench/stats_dir.h"
#include "report/group.h"

/* The seed's stream for the order of visits; streams of data are iteration numbers. */
static const uint64_t order_stream = UINT64_MAX;

struct session {
    const struct acre_runner *runner;
    struct acre_run *run;
    struct acre_cell_spec *specs; /* one a cell, in the order of run->cells */
    struct acre_random random;
    char *io_error; /* what could not be written; NULL: nothing failed */
    size_t *order;  /* of the visits of a round; cell_count stands for the reference again */
    struct acre_progress progress;
};

/* Cells ------------------------------------------------------------------------------------- */

static bool leave_out(struct session *session, const char *backend, enum acre_lifetime lifetime,
                      const char *reason)
{
    struct acre_left_out *left_out = &session->run->left_out[session->run->left_out_count];

    if (asprintf(&left_out->strategy, "%s/%s", backend, acre_lifetime_name(lifetime)) < 0) {
        left_out->strategy = NULL;
        return false;
    }
    session->run->left_out_count++;
    left_out->reason = strdup(reason);
    return left_out->reason != NULL;
}

static bool add_cell(struct session *session, struct acre_cell_spec spec)
{
    struct acre_run *run = session->run;

    session->specs[run->cell_count] = spec;
    return acre_cell_key_from_spec(&run->cells[run->cell_count++].key, session->runner->workload,
                                   &spec);
}

/* Moves on to the next values of the parameters, the last one fastest; false after the last. */
static bool next_values(const struct acre_workload *workload,
                        const struct acre_bench_options *options, size_t *places)
{
    for (size_t i = workload->parameter_count; i-- > 0;) {
        if (++places[i] < options->parameters[i].count)
            return true;
        places[i] = 0;
    }
    return false;
}

static bool add_strategy(struct session *session, const char *backend, enum acre_lifetime lifetime)
{
    const struct acre_bench_options *options = session->runner->options;
    const struct acre_workload *workload = session->runner->workload;
    struct acre_cell_spec spec = {.lifetime = lifetime, .seed = options->seed};
    size_t places[ACRE_MOST_PARAMETERS] = {0};

    snprintf(spec.backend, sizeof spec.backend, "%s", backend);
    do {
        for (size_t i = 0; i < workload->parameter_count; i++)
            spec.values[i] = options->parameters[i].values[places[i]];
        if (!add_cell(session, spec))
            return false;
    } while (next_values(workload, options, places));
    return true;
}

static bool add_cells(struct session *session)
{
    const struct acre_bench_options *options = session->runner->options;
    size_t strategies = options->backends.count * ACRE_LIFETIME_COUNT;
    size_t most = strategies;
    char why[256];

    for (size_t i = 0; i < session->runner->workload->parameter_count; i++)
        most *= options->parameters[i].count;
    session->specs = calloc(most, sizeof *session->specs);
    session->order = calloc(most + 1, sizeof *session->order);
    session->run->cells = calloc(most, sizeof *session->run->cells);
    session->run->left_out = calloc(strategies, sizeof *session->run->left_out);
    if (session->specs == NULL || session->order == NULL || session->run->cells == NULL ||
        session->run->left_out == NULL)
        return false;
    for (size_t b = 0; b < options->backends.count; b++) {
        bool is_here = options->backends.are_named ||
                       acre_backend_is_here(options->backends.names[b], why, sizeof why);

        for (int l = 0; l < ACRE_LIFETIME_COUNT; l++) {
            enum acre_lifetime lifetime = (enum acre_lifetime)l;
            const char *backend = options->backends.names[b];
            const char *why_not =
                is_here ? acre_workload_why_not(session->runner->workload, backend, lifetime) : why;

            if (!options->lifetimes[l])
                continue;
            if (why_not != NULL ? !leave_out(session, backend, lifetime, why_not)
                                : !add_strategy(session, backend, lifetime))
                return false;
        }
    }
    return true;
}

/* Visits ------------------------------------------------------------------------------------ */

static struct acre_visit visit_of(const struct session *session, size_t index,
                                  enum acre_visit_kind kind)
{
    return (struct acre_visit){
        .kind = kind,
        .workload = session->runner->workload,
        .spec = session->specs[index],
        .iterations = session->runner->options->iterations,
        .rails = session->runner->options->rails,
    };
}

static bool run_visit(struct session *session, size_t index, const struct acre_visit *visit,
                      struct acre_run *answer)
{
    const struct acre_cell_key *key = &session->run->cells[index].key;

    acre_progress_show(&session->progress, "%s/%s, %s", key->backend, key->lifetime,
                       acre_group_title(key).text);
    session->progress.done++;
    return acre_visit_in_child(&session->runner->launch, visit, answer);
}

static void clear_series(struct acre_cell *cell)
{
    struct acre_series *const all[] = {
        &cell->ns_per_iteration, &cell->limit_ns_per_iteration,  &cell->x_limit,
        &cell->cold_ns,          &cell->system_ns_per_iteration, &cell->cold_faults,
        &cell->rss_bytes,        &cell->faults_per_iteration,
    };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        free(all[i]->values);
        *all[i] = (struct acre_series){0};
    }
}

static bool append_all(struct acre_series *to, const struct acre_series *from)
{
    for (size_t i = 0; i < from->count; i++)
        if (!acre_series_append(to, from->values[i]))
            return false;
    return true;
}

/* A cell that failed once has no result at all: half of its rounds would be a selection. */
static bool join_cell(struct acre_cell *cell, struct acre_cell *answer)
{
    if (answer->failure != NULL) {
        cell->failure = answer->failure;
        answer->failure = NULL;
        clear_series(cell);
        return true;
    }
    if (answer->has_recorded) {
        cell->has_recorded = true;
        cell->recorded = answer->recorded;
        answer->has_recorded = false;
        answer->recorded = (struct acre_recorded){0};
    }
    if (answer->has_waste) {
        cell->has_waste = true;
        cell->waste = answer->waste;
        answer->has_waste = false;
        answer->waste = (struct acre_cell_waste){0};
    }
    if (answer->units_per_iteration != 0)
        cell->units_per_iteration = answer->units_per_iteration;
    if (answer->cold_iterations != 0)
        cell->cold_iterations = answer->cold_iterations;
    return append_all(&cell->ns_per_iteration, &answer->ns_per_iteration) &&
           append_all(&cell->limit_ns_per_iteration, &answer->limit_ns_per_iteration) &&
           append_all(&cell->x_limit, &answer->x_limit) &&
           append_all(&cell->faults_per_iteration, &answer->faults_per_iteration) &&
           append_all(&cell->system_ns_per_iteration, &answer->system_ns_per_iteration) &&
           append_all(&cell->rss_bytes, &answer->rss_bytes) &&
           append_all(&cell->cold_ns, &answer->cold_ns) &&
           append_all(&cell->cold_faults, &answer->cold_faults);
}

/* Each backend's library once, as the first child that used it identified it. */
static void join_library(struct acre_run *run, struct acre_run *answer)
{
    if (answer->library_count == 0)
        return;
    for (size_t i = 0; i < run->library_count; i++)
        if (strcmp(run->libraries[i].backend, answer->libraries[0].backend) == 0)
            return;
    run->libraries[run->library_count++] = answer->libraries[0];
    answer->libraries[0] = (struct acre_library){0};
    answer->library_count = 0;
}

static bool join_visit(struct session *session, size_t index, const struct acre_visit *visit)
{
    struct acre_cell *cell = &session->run->cells[index];
    struct acre_run answer;
    bool joined;

    if (cell->failure != NULL) {
        session->progress.done++;
        return true;
    }
    joined = run_visit(session, index, visit, &answer);
    if (joined) {
        join_library(session->run, &answer);
        joined = join_cell(cell, &answer.cells[0]);
    }
    acre_run_free(&answer);
    return joined;
}

static bool visit_cell(struct session *session, size_t index, enum acre_visit_kind kind)
{
    const struct acre_visit visit = visit_of(session, index, kind);

    return join_visit(session, index, &visit);
}

/* Where the memory is when most is live, which the recorded visit has found. False also when a
 * report could not be written: then io_error says so. */
static bool visit_waste(struct session *session, size_t index)
{
    const char *directory = session->runner->options->stats_dir;
    const char *suffix = acre_backend_kind_of(session->specs[index].backend)->report_suffix;
    const struct acre_cell *cell = &session->run->cells[index];
    struct acre_visit visit = visit_of(session, index, ACRE_VISIT_WASTE);
    struct acre_stats_files files;
    char error[512];
    bool done;

    visit.peak_call = cell->recorded.peak_call;
    if (directory == NULL || suffix == NULL)
        return join_visit(session, index, &visit);
    done = acre_stats_files_open(&files, error, sizeof error);
    for (size_t i = 0; i < ACRE_MOMENTS; i++)
        visit.report_paths[i] = files.paths[i];
    if (done && !join_visit(session, index, &visit)) {
        acre_stats_files_close(&files);
        return false;
    }
    done = done && (!cell->has_waste || acre_stats_files_keep(&files, directory, cell, index,
                                                              suffix, error, sizeof error));
    acre_stats_files_close(&files);
    if (!done)
        session->io_error = strdup(error);
    return done;
}

/* Rounds ------------------------------------------------------------------------------------ */

static bool has_steady_state(const struct acre_cell_spec *spec)
{
    return spec->lifetime != ACRE_LIFETIME_STRONG;
}

/* The first timed cell on malloc, or else the first timed cell; cell_count when there is none. */
static size_t find_reference(const struct session *session)
{
    size_t first = session->run->cell_count;

    for (size_t i = session->run->cell_count; i-- > 0;) {
        if (!has_steady_state(&session->specs[i]))
            continue;
        if (first == session->run->cell_count || i < first)
            first = i;
    }
    for (size_t i = 0; i < session->run->cell_count; i++)
        if (has_steady_state(&session->specs[i]) &&
            strcmp(session->specs[i].backend, "malloc") == 0)
            return i;
    return first;
}

/* The reference again, as if it were another cell: how far may the same thing be from itself? */
static bool visit_reference(struct session *session, size_t reference, double *ns)
{
    struct acre_run answer;
    struct acre_visit visit = visit_of(session, reference, ACRE_VISIT_TIMED);
    bool done;

    visit.spin_percent = session->runner->options->planted_percent;
    done = run_visit(session, reference, &visit, &answer);
    *ns = 0;
    if (done && answer.cells[0].ns_per_iteration.count == 1)
        *ns = answer.cells[0].ns_per_iteration.values[0];
    acre_run_free(&answer);
    return done;
}

static bool run_round(struct session *session, size_t reference)
{
    struct acre_run *run = session->run;
    size_t visits = run->cell_count + (reference < run->cell_count);
    double again_ns = 0;
    const struct acre_series *first;

    acre_random_shuffle(&session->random, session->order, visits);
    for (size_t i = 0; i < visits; i++) {
        size_t index = session->order[i];

        if (index == run->cell_count) {
            if (!visit_reference(session, reference, &again_ns))
                return false;
            continue;
        }
        if (has_steady_state(&session->specs[index]) &&
            !visit_cell(session, index, ACRE_VISIT_TIMED))
            return false;
        if (!visit_cell(session, index, ACRE_VISIT_COLD))
            return false;
    }
    if (again_ns <= 0)
        return true;
    first = &run->cells[reference].ns_per_iteration;
    return first->count == 0 || acre_series_append(&run->self_log_ratio,
                                                   log(again_ns / first->values[first->count - 1]));
}

static size_t count_visits(const struct session *session, size_t reference, uint64_t rounds)
{
    size_t a_round = reference < session->run->cell_count;

    for (size_t i = 0; i < session->run->cell_count; i++)
        a_round += 1 + has_steady_state(&session->specs[i]);
    return 2 * session->run->cell_count + a_round * rounds;
}

/*
 * Whether there is to be another round. With a time budget: at least as many as a verdict needs,
 * then while one is open and a round of usual length ends in time. False in *done: out of memory.
 */
static bool wants_round(const struct session *session, double begin_ns, bool *done)
{
    const struct acre_run *run = session->run;
    double now_ns = acre_now_ns();
    double usual_ns = run->rounds > 0 ? (now_ns - begin_ns) / (double)run->rounds : 0;
    double end_ns = session->progress.begin_ns + run->time_budget_seconds * 1e9;
    bool is_decided;

    if (run->time_budget_seconds <= 0)
        return run->rounds < session->runner->options->rounds;
    if (run->rounds < ACRE_VERDICT_MIN_ROUNDS)
        return true;
    if (run->rounds >= ACRE_MOST_ROUNDS || now_ns + usual_ns > end_ns)
        return false;
    *done = acre_run_is_decided(run, &is_decided);
    return *done && !is_decided;
}

/* Behind guard rails: once each. */
static bool check_all(struct session *session)
{
    session->progress.expected = session->run->cell_count;
    for (size_t i = 0; i < session->run->cell_count; i++)
        if (!visit_cell(session, i, ACRE_VISIT_CHECKED))
            return false;
    return true;
}

static bool run_all(struct session *session)
{
    size_t reference = find_reference(session);

    bool done = true;
    double begin_ns;

    session->progress.expected =
        count_visits(session, reference,
                     session->run->time_budget_seconds > 0 ? ACRE_VERDICT_MIN_ROUNDS
                                                           : session->runner->options->rounds);
    for (size_t i = 0; i < session->run->cell_count; i++)
        if (!visit_cell(session, i, ACRE_VISIT_RECORDED) || !visit_waste(session, i))
            return false;
    session->run->rounds = 0;
    begin_ns = acre_now_ns();
    while (wants_round(session, begin_ns, &done)) {
        if (!run_round(session, reference))
            return false;
        session->run->rounds++;
        if (session->progress.done >= session->progress.expected)
            session->progress.expected = count_visits(session, reference, session->run->rounds + 1);
    }
    return done;
}

/* The run ----------------------------------------------------------------------------------- */

static bool describe(struct session *session)
{
    const struct acre_bench_options *options = session->runner->options;
    const struct acre_workload *workload = session->runner->workload;
    struct acre_run *run = session->run;

    run->workload = strdup(workload->name);
    run->unit = strdup(workload->unit != NULL ? workload->unit : "");
    run->command = strdup(""); /* the caller knows the whole of it */
    run->seed = options->seed;
    run->rounds = options->rounds;
    run->time_budget_seconds = options->time_budget_seconds;
    run->iterations = options->iterations;
    run->libraries = calloc(options->backends.count, sizeof *run->libraries);
    return run->workload != NULL && run->unit != NULL && run->command != NULL &&
           run->libraries != NULL && acre_machine_describe(run);
}

enum acre_exit acre_runner_run(const struct acre_runner *runner, struct acre_run *run, char *error,
                               size_t error_bytes)
{
    struct session session = {
        .runner = runner,
        .run = run,
        .progress = {.shows = runner->shows_progress, .begin_ns = acre_now_ns()},
    };
    bool done;

    *run = (struct acre_run){0};
    acre_random_init(&session.random, runner->options->seed, order_stream);
    done = describe(&session) && add_cells(&session) &&
           (acre_rails_are_up(&runner->options->rails) ? check_all(&session) : run_all(&session));
    run->duration_seconds = (acre_now_ns() - session.progress.begin_ns) * 1e-9;
    acre_progress_end(&session.progress);
    free(session.specs);
    free(session.order);
    if (done)
        return ACRE_EXIT_OK;
    snprintf(error, error_bytes, "%s",
             session.io_error != NULL ? session.io_error : "out of memory");
    done = session.io_error == NULL;
    free(session.io_error);
    return done ? ACRE_EXIT_MEMORY : ACRE_EXIT_IO;
}
