#include "bench/runner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/child.h"
#include "bench/clock.h"
#include "bench/join.h"
#include "bench/machine.h"
#include "bench/plan.h"
#include "bench/progress.h"
#include "bench/random.h"
#include "bench/sampler.h"
#include "bench/stats_dir.h"
#include "bench/workloads/replay.h"
#include "report/group.h"

/* The seed's stream for the order of visits; streams of data are iteration numbers. */
static const uint64_t order_stream = UINT64_MAX;

struct session {
    const struct acre_runner *runner;
    struct acre_run *run;
    struct acre_plan plan;
    struct acre_random random;
    char *io_error; /* what could not be written; NULL: nothing failed */
    size_t *order;  /* of the visits of a round; cell_count stands for the reference again */
    struct acre_progress progress;
};

/* Visits ------------------------------------------------------------------------------------ */

static struct acre_visit visit_of(const struct session *session, size_t index,
                                  enum acre_visit_kind kind)
{
    const struct acre_planned_cell *cell = &session->plan.cells[index];
    const struct acre_recorded *recorded = &session->run->cells[cell->clean].recorded;
    struct acre_visit visit = {
        .kind = kind,
        .workload = cell->workload,
        .spec = cell->spec,
        .iterations = cell->iterations,
        .rails = session->runner->options->rails,
        .timed_ms = session->runner->options->visit_ms,
        .load = {.peak_bytes = recorded->peak_bytes},
    };

    memcpy(visit.load.sizes, recorded->size_histogram, sizeof visit.load.sizes);
    return visit;
}

static void show_progress(struct session *session, size_t index)
{
    const struct acre_cell_key *key = &session->run->cells[index].key;

    acre_progress_show(&session->progress, "%s", acre_cell_name(key).text);
    session->progress.done++;
}

static bool run_visit(struct session *session, size_t index, const struct acre_visit *visit,
                      struct acre_run *answer)
{
    show_progress(session, index);
    return acre_visit_in_child(&session->runner->launch, visit, answer);
}

static bool join_answer(struct session *session, size_t index, struct acre_run *answer)
{
    bool joined = acre_join(session->run, index, answer);

    acre_run_free(answer);
    return joined;
}

/* What failed is not visited again, and without its clean one no aged cell is visited at all. */
static bool is_to_be_visited(struct session *session, size_t index)
{
    struct acre_cell *cell = &session->run->cells[index];

    if (cell->failure == NULL &&
        session->run->cells[session->plan.cells[index].clean].failure != NULL)
        cell->failure = strdup("failed on a clean heap already");
    if (cell->failure == NULL)
        return true;
    session->progress.done++;
    return false;
}

static bool join_visit(struct session *session, size_t index, const struct acre_visit *visit)
{
    struct acre_run answer;

    return !is_to_be_visited(session, index) ||
           (run_visit(session, index, visit, &answer) && join_answer(session, index, &answer));
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
    const char *suffix =
        acre_backend_kind_of(session->plan.cells[index].spec.backend)->report_suffix;
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

/* Memory over time -------------------------------------------------------------------------- */

/* Children that have dropped everything and wait a second for their last look, asleep. */
enum { MOST_WAITING = 4 };

struct waiting {
    struct acre_sampler *samplers[MOST_WAITING]; /* from the oldest on */
    size_t cells[MOST_WAITING];
    size_t count;
};

static bool finish_oldest(struct session *session, struct waiting *waiting)
{
    struct acre_run answer;
    bool done = acre_sampler_end(waiting->samplers[0], &answer) &&
                join_answer(session, waiting->cells[0], &answer);

    free(waiting->samplers[0]);
    waiting->count--;
    for (size_t i = 0; i < waiting->count; i++) {
        waiting->samplers[i] = waiting->samplers[i + 1];
        waiting->cells[i] = waiting->cells[i + 1];
    }
    return done;
}

static bool begin_memory(struct session *session, struct waiting *waiting, size_t index)
{
    struct acre_visit visit = visit_of(session, index, ACRE_VISIT_MEMORY);
    struct acre_sampler *sampler = malloc(sizeof *sampler);

    visit.timed_ms = session->runner->options->memory_ms;
    if (sampler == NULL)
        return false;
    show_progress(session, index);
    acre_sampler_begin(sampler, &session->runner->launch, &visit);
    acre_sampler_follow(sampler);
    waiting->samplers[waiting->count] = sampler;
    waiting->cells[waiting->count++] = index;
    return true;
}

/* What they had when they were last seen: those that wait must not take the room of the next. */
static bool is_crowded(const struct waiting *waiting)
{
    uint64_t room_bytes = acre_machine_memory_limit_bytes() / 2;
    uint64_t taken_bytes = 0;

    for (size_t i = 0; i < waiting->count; i++) {
        const struct acre_timeline *timeline = &waiting->samplers[i]->timeline;

        taken_bytes += timeline->count > 0 ? timeline->rows[timeline->count - 1].rss_bytes : 0;
    }
    return waiting->count == MOST_WAITING || (room_bytes > 0 && taken_bytes > room_bytes);
}

static bool visit_memories(struct session *session)
{
    struct waiting waiting = {.count = 0};
    bool done = true;

    for (size_t i = 0; done && i < session->run->cell_count; i++) {
        while (done && is_crowded(&waiting))
            done = finish_oldest(session, &waiting);
        if (done && is_to_be_visited(session, i))
            done = begin_memory(session, &waiting, i);
    }
    while (waiting.count > 0)
        done &= finish_oldest(session, &waiting);
    return done;
}

/* Rounds ------------------------------------------------------------------------------------ */

static bool has_steady_state(const struct acre_cell_spec *spec)
{
    return spec->lifetime != ACRE_LIFETIME_STRONG;
}

static bool has_pauses(const struct acre_planned_cell *cell)
{
    return has_steady_state(&cell->spec) && !cell->workload->plays_program;
}

/* The first timed cell on malloc, or else the first timed cell; cell_count when there is none. */
static size_t find_reference(const struct session *session)
{
    size_t first = session->run->cell_count;

    for (size_t i = session->run->cell_count; i-- > 0;) {
        if (!has_steady_state(&session->plan.cells[i].spec))
            continue;
        if (first == session->run->cell_count || i < first)
            first = i;
    }
    for (size_t i = 0; i < session->run->cell_count; i++)
        if (has_steady_state(&session->plan.cells[i].spec) &&
            strcmp(session->plan.cells[i].spec.backend, "malloc") == 0)
            return i;
    return first;
}

/* What a visit found; 0: nothing. */
struct found {
    double ns, x_limit;
};

static double last_of(const struct acre_series *series)
{
    return series->count > 0 ? series->values[series->count - 1] : 0;
}

/* Of what plays a program without the limit, as its times are told (report/steady.h). */
static struct found found_of(const struct session *session, const struct acre_cell *cell)
{
    struct found found = {last_of(&cell->ns_per_iteration), last_of(&cell->x_limit)};

    if (session->run->has_played) {
        found.ns -= last_of(&cell->limit_ns_per_iteration);
        found.x_limit -= 1;
    }
    return found;
}

/* The reference again, as if it were another cell: how far may the same thing be from itself? */
static bool visit_reference(struct session *session, size_t reference, struct found *found)
{
    struct acre_run answer;
    struct acre_visit visit = visit_of(session, reference, ACRE_VISIT_TIMED);
    bool done;

    visit.spin_percent = session->runner->options->planted_percent;
    done = run_visit(session, reference, &visit, &answer);
    *found = done ? found_of(session, &answer.cells[0]) : (struct found){0};
    acre_run_free(&answer);
    return done;
}

/* A value of the noise floor, where both visits have one. */
static bool append_log_ratio(struct acre_series *series, double second, double first)
{
    return !(first > 0 && second > 0) || acre_series_append(series, log(second / first));
}

static bool run_round(struct session *session, size_t reference)
{
    struct acre_run *run = session->run;
    size_t visits = run->cell_count + (reference < run->cell_count);
    struct found first, again = {0};

    acre_random_shuffle(&session->random, session->order, visits);
    for (size_t i = 0; i < visits; i++) {
        size_t index = session->order[i];

        if (index == run->cell_count) {
            if (!visit_reference(session, reference, &again))
                return false;
            continue;
        }
        if (has_steady_state(&session->plan.cells[index].spec) &&
            !visit_cell(session, index, ACRE_VISIT_TIMED))
            return false;
        if (has_pauses(&session->plan.cells[index]) &&
            !visit_cell(session, index, ACRE_VISIT_PAUSES))
            return false;
        if (!visit_cell(session, index, ACRE_VISIT_COLD))
            return false;
    }
    if (reference >= run->cell_count)
        return true;
    first = found_of(session, &run->cells[reference]);
    return append_log_ratio(&run->self_log_ratio, again.ns, first.ns) &&
           append_log_ratio(&run->self_x_limit_log_ratio, again.x_limit, first.x_limit);
}

static size_t count_visits(const struct session *session, size_t reference, uint64_t rounds)
{
    size_t a_round = reference < session->run->cell_count;

    for (size_t i = 0; i < session->run->cell_count; i++)
        a_round += 1u + has_steady_state(&session->plan.cells[i].spec) +
                   has_pauses(&session->plan.cells[i]);
    return (session->runner->options->memory_ms > 0 ? 3 : 2) * session->run->cell_count +
           a_round * rounds;
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
    if (session->runner->options->memory_ms > 0 && !visit_memories(session))
        return false;
    session->run->rounds = 0;
    begin_ns = acre_now_ns();
    while (wants_round(session, begin_ns, &done)) {
        if (session->runner->in_front_of_round != NULL)
            session->runner->in_front_of_round(session->runner->of);
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
    const struct acre_workload *workload = session->runner->workload;
    const struct acre_bench_options *options = session->runner->options;
    struct acre_run *run = session->run;

    run->command = strdup(""); /* the caller knows the whole of it */
    run->seed = options->seed;
    run->rounds = options->rounds;
    run->time_budget_seconds = options->time_budget_seconds;
    run->iterations = options->iterations;
    run->has_played = workload != NULL && workload->plays_program;
    if (run->has_played)
        run->played = acre_played_of(workload, options->region, options->run_seconds);
    run->libraries = calloc(options->backends.count, sizeof *run->libraries);
    return run->command != NULL && run->libraries != NULL &&
           (!run->has_played || run->played.region != NULL) && acre_machine_describe(run);
}

static bool make_plan(struct session *session)
{
    if (!acre_plan_make(&session->plan, session->runner->workload, session->runner->options,
                        session->run))
        return false;
    session->order = calloc(session->plan.count + 1, sizeof *session->order);
    return session->order != NULL;
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
    done = describe(&session) && make_plan(&session) &&
           (acre_rails_are_up(&runner->options->rails) ? check_all(&session) : run_all(&session));
    run->duration_seconds = (acre_now_ns() - session.progress.begin_ns) * 1e-9;
    acre_progress_end(&session.progress);
    acre_plan_free(&session.plan);
    free(session.order);
    if (done)
        return ACRE_EXIT_OK;
    snprintf(error, error_bytes, "%s",
             session.io_error != NULL ? session.io_error : "out of memory");
    done = session.io_error == NULL;
    free(session.io_error);
    return done ? ACRE_EXIT_MEMORY : ACRE_EXIT_IO;
}
