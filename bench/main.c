/* The program of a benchmark binary: options in, table and JSON out. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bench/child.h"
#include "bench/clock.h"
#include "bench/draw.h"
#include "bench/machine.h"
#include "bench/options.h"
#include "bench/runner.h"
#include "bench/stats_dir.h"
#include "bench/traced.h"
#include "bench/visit/checked.h"
#include "bench/workloads/replay.h"
#include "report/format.h"
#include "report/group.h"
#include "report/streams.h"
#include "report/table.h"
#include "report/write_file.h"

/* How long what is timed in a visit runs. At 20 rounds and the default strategies a run stays under
 * two minutes. */
static uint64_t timed_ms(enum acre_visit_kind kind, const struct acre_bench_options *options)
{
    return kind == ACRE_VISIT_MEMORY   ? options->memory_ms
           : kind == ACRE_VISIT_PAUSES ? options->visit_ms * 3 / 5
                                       : options->visit_ms;
}

static const double wait_seconds = 1;

struct program {
    const char *name;
    const struct acre_workload *workload; /* NULL: all */
    struct acre_bench_options options;
    const struct acre_launch *launch;
    int argc;
    char **argv;
};

/* One visit in this process ----------------------------------------------------------------- */

/* The first strategy and the first value of each parameter that were asked for. Strong has no
 * steady state, so it is taken only when it was named. */
static struct acre_cell_spec first_spec(const struct program *program)
{
    const struct acre_bench_options *options = &program->options;
    struct acre_cell_spec spec = {
        .seed = options->seed,
        .age_cycles = options->ages.values[0],
        .age_occupancy_percent = options->age_occupancy_percent,
    };

    for (size_t i = 0; i < program->workload->parameter_count; i++)
        spec.values[i] = options->parameters[i].values[0];
    for (size_t b = 0; b < options->backends.count && spec.backend[0] == '\0'; b++)
        for (int l = 0; l < ACRE_LIFETIME_COUNT; l++)
            if (options->lifetimes[l] &&
                acre_workload_why_not(program->workload, options->backends.names[b],
                                      (enum acre_lifetime)l) == NULL &&
                acre_workload_why_not_with(program->workload, options->backends.names[b],
                                           spec.values) == NULL &&
                (l != ACRE_LIFETIME_STRONG || options->lifetimes_were_named)) {
                snprintf(spec.backend, sizeof spec.backend, "%s", options->backends.names[b]);
                spec.lifetime = (enum acre_lifetime)l;
                break;
            }
    spec.program = acre_workload_program(program->workload, spec.lifetime);
    return spec;
}

static uint64_t iterations_of(const struct program *program)
{
    return program->options.iterations != 0 ? program->options.iterations
                                            : program->workload->iterations;
}

static struct acre_visit first_visit(const struct program *program, enum acre_visit_kind kind)
{
    return (struct acre_visit){
        .kind = kind,
        .workload = program->workload,
        .spec = first_spec(program),
        .iterations = iterations_of(program),
        .rails = program->options.rails,
        .timed_ms = timed_ms(kind, &program->options),
        .wait_seconds = wait_seconds,
        .load = program->options.load,
        .memory_limit_bytes = acre_machine_memory_limit_bytes(),
    };
}

static enum acre_exit run_child(const struct program *program)
{
    const struct acre_bench_options *options = &program->options;
    struct acre_visit visit = first_visit(program, options->visit);
    struct acre_run answer;
    char error[512];
    enum acre_exit status = ACRE_EXIT_OK;

    visit.peak_call = options->peak_call;
    visit.spin_percent = options->spin_percent;
    memcpy(visit.report_paths, options->report_paths, sizeof visit.report_paths);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody waits for the answer of an orphan */
    if (options->gauge != 0)
        visit.gauge = acre_gauge_map((int)options->gauge);
    if (!acre_visit_run(&visit, &answer))
        status = acre_complain(program->name, ACRE_EXIT_MEMORY, "out of memory");
    else if (!acre_run_write(&answer, "-", error, sizeof error))
        status = acre_complain(program->name, ACRE_EXIT_IO, error);
    acre_run_free(&answer);
    acre_gauge_unmap(visit.gauge);
    return status;
}

/* jemalloc needs an environment that only a new start can give: once, in the same process. */
static void restart(const struct program *program)
{
    size_t words = (size_t)program->launch->count + (size_t)program->argc;
    const char **arguments = calloc(words + 1, sizeof *arguments);
    size_t count = 0;

    if (arguments == NULL)
        return;
    for (int i = 0; i < program->launch->count; i++)
        arguments[count++] = program->launch->words[i];
    for (int i = 1; i < program->argc; i++)
        arguments[count++] = program->argv[i];
    acre_restart_with_static_tls(arguments);
    free(arguments);
}

static enum acre_exit finish(const struct program *program, struct acre_run *run);

static enum acre_exit run_in_process(const struct program *program)
{
    enum acre_visit_kind kind = acre_rails_are_up(&program->options.rails) ? ACRE_VISIT_CHECKED
                                : first_spec(program).lifetime == ACRE_LIFETIME_STRONG
                                    ? ACRE_VISIT_COLD
                                    : ACRE_VISIT_TIMED;
    struct acre_visit visit = first_visit(program, kind);
    struct acre_run run;
    enum acre_exit status;
    double begin_ns;

    restart(program);
    begin_ns = acre_now_ns();
    if (acre_visit_run(&visit, &run) && acre_machine_describe(&run)) {
        run.duration_seconds = (acre_now_ns() - begin_ns) * 1e-9;
        run.seed = program->options.seed;
        run.rounds = 1;
        run.has_played = program->workload->plays_program;
        if (run.has_played)
            run.played = acre_played_of(program->workload, program->options.region,
                                        program->options.run_seconds);
        run.iterations = program->options.iterations;
        status = finish(program, &run);
    } else {
        status = acre_complain(program->name, ACRE_EXIT_MEMORY, "out of memory");
    }
    acre_run_free(&run);
    return status;
}

/* The line that repeats it -------------------------------------------------------------------- */

static bool is_plain(const char *word)
{
    return word[0] != '\0' &&
           word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "-_=,./:+@%")] == '\0';
}

/* The line that repeats the run in a shell. A word with a quote in it is given up on: '?'. */
static char *command_line(const struct program *program)
{
    char *line = NULL;
    size_t line_bytes;
    FILE *stream = open_memstream(&line, &line_bytes);
    const char *const *words = program->launch->words;
    const char *slash = strrchr(words[0], '/');

    if (stream == NULL)
        return NULL;
    fputs(slash != NULL ? slash + 1 : words[0], stream);
    for (int i = 1; i < program->launch->count - program->launch->untold; i++)
        fprintf(stream, " %s", words[i]);
    for (int i = 1; i < program->argc; i++) {
        const char *word = program->argv[i];

        if (is_plain(word))
            fprintf(stream, " %s", word);
        else
            fprintf(stream, " '%s'", strchr(word, '\'') == NULL ? word : "?");
    }
    if (fclose(stream) != 0) {
        free(line);
        return NULL;
    }
    return line;
}

/* A picture --------------------------------------------------------------------------------- */

static enum acre_exit draw(const struct program *program)
{
    const struct acre_bench_options *options = &program->options;
    const struct acre_cell_spec spec = first_spec(program);
    char error[512];
    enum acre_exit status;

    restart(program);
    status = acre_bench_draw(program->workload, &spec, options->draw_path, error, sizeof error);
    if (status != ACRE_EXIT_OK)
        return acre_complain(program->name, status, error);
    if (!options->quiet && strcmp(options->draw_path, "-") != 0)
        printf("wrote %s\n", options->draw_path);
    return acre_output_end(program->name);
}

/* A trace ----------------------------------------------------------------------------------- */

static void print_traced(const char *path, const struct acre_traced *traced)
{
    printf("wrote %s: %s events, %s      next: acre info %s\n", path,
           acre_format_count(traced->events).text,
           acre_format_bytes((double)traced->file_bytes).text, path);
}

static enum acre_exit trace(const struct program *program)
{
    const struct acre_bench_options *options = &program->options;
    const struct acre_cell_spec spec = first_spec(program);
    char *command = command_line(program);
    const struct acre_trace_request request = {
        .path = options->trace_path,
        .command = command,
        .limit_bytes = options->trace_limit_bytes,
        .iterations =
            spec.lifetime == ACRE_LIFETIME_STRONG ? ACRE_STRONG_ITERATIONS : iterations_of(program),
    };
    struct acre_traced traced;
    char error[512];
    enum acre_exit status;

    restart(program);
    status = acre_bench_trace(program->workload, &spec, &request, &traced, error, sizeof error);
    free(command);
    if (status != ACRE_EXIT_OK)
        return acre_complain(program->name, status, error);
    if (!options->quiet)
        print_traced(options->trace_path, &traced);
    return acre_output_end(program->name);
}

/* The whole run ----------------------------------------------------------------------------- */

static void print_written(const char *path)
{
    static const char end[] = ".json";
    size_t length = strlen(path) - (acre_file_ends_with(path, end) ? strlen(end) : 0);

    printf("\n  wrote %s      next: acre report %s -o %.*s.html\n", path, path, (int)length, path);
}

static bool print(const struct program *program, const struct acre_run *run)
{
    const struct acre_terminal terminal = acre_terminal_of(STDOUT_FILENO);
    const struct acre_table_options table = {
        .color = terminal.color,
        .wide = program->options.wide,
        .unicode = terminal.unicode,
        .width = terminal.width,
    };
    const char *path = program->options.json_path;

    if (acre_rails_are_up(&program->options.rails))
        acre_checked_print(stdout, run, &program->options.rails);
    else if (!acre_run_print(run, stdout, &table))
        return false;
    if (path != NULL)
        print_written(path);
    return fflush(stdout) == 0;
}

/* Strategies differ in where memory comes from, never in what is computed. */
static bool results_agree(const struct acre_run *run)
{
    for (size_t i = 0; i < run->cell_count; i++)
        for (size_t j = i + 1; j < run->cell_count; j++) {
            const struct acre_cell *a = &run->cells[i];
            const struct acre_cell *b = &run->cells[j];

            if (a->has_recorded && b->has_recorded &&
                a->recorded.iterations == b->recorded.iterations &&
                acre_cell_key_same_group(&a->key, &b->key) &&
                strcmp(a->recorded.checksum, b->recorded.checksum) != 0)
                return false;
        }
    return true;
}

static enum acre_exit judge(const struct program *program, const struct acre_run *run)
{
    char sentence[1600];

    for (size_t i = 0; i < run->cell_count; i++) {
        const struct acre_cell *cell = &run->cells[i];

        if (cell->failure == NULL)
            continue;
        snprintf(sentence, sizeof sentence, "%s failed: %.1200s",
                 acre_strategy_name(&cell->key).text, cell->failure);
        return acre_complain(cell->key.workload, ACRE_EXIT_CELL, sentence);
    }
    if (!results_agree(run))
        return acre_complain(program->name, ACRE_EXIT_NO,
                             "results differ between strategies: no time is comparable");
    return ACRE_EXIT_OK;
}

/* Writes the JSON, then the table; what can still be written is, whatever failed before. */
static enum acre_exit finish(const struct program *program, struct acre_run *run)
{
    const char *path = program->options.json_path;
    bool prints = !program->options.quiet && (path == NULL || strcmp(path, "-") != 0);
    enum acre_exit status = ACRE_EXIT_OK;
    char error[512];

    free(run->command);
    run->command = command_line(program);
    if (run->command == NULL)
        return acre_complain(program->name, ACRE_EXIT_MEMORY, "out of memory");
    if (path != NULL && !acre_run_write(run, path, error, sizeof error))
        status = acre_complain(program->name, ACRE_EXIT_IO, error);
    if (prints && !print(program, run) && status == ACRE_EXIT_OK)
        status = acre_output_failed(program->name, errno);
    return status == ACRE_EXIT_OK ? judge(program, run) : status;
}

static enum acre_exit run_all(const struct program *program)
{
    const struct acre_bench_options *options = &program->options;
    const struct acre_runner runner = {
        .workload = program->workload,
        .options = options,
        .launch = *program->launch,
        .shows_progress = isatty(STDERR_FILENO) && !options->quiet,
    };
    struct acre_run run;
    char error[512];
    enum acre_exit status;

    if (options->json_path != NULL && !acre_run_probe(options->json_path, error, sizeof error))
        return acre_complain(program->name, ACRE_EXIT_IO, error);
    if (options->stats_dir != NULL &&
        !acre_stats_dir_prepare(options->stats_dir, error, sizeof error))
        return acre_complain(program->name, ACRE_EXIT_IO, error);
    if (!options->backends.are_named)
        restart(program); /* those that are not here are left out: acre_backend_is_here */
    status = acre_runner_run(&runner, &run, error, sizeof error);
    status = status == ACRE_EXIT_OK ? finish(program, &run)
                                    : acre_complain(program->name, status, error);
    acre_run_free(&run);
    return status;
}

static enum acre_exit help(const struct program *program)
{
    acre_bench_options_help(stdout, program->workload,
                            program->workload != NULL ? program->argv[0] : program->name);
    return acre_output_end(program->name);
}

static enum acre_exit dispatch(const struct program *program)
{
    if (program->options.help)
        return help(program);
    if (program->options.is_child)
        return run_child(program);
    if (program->options.draw_path != NULL)
        return draw(program);
    if (program->options.trace_path != NULL)
        return trace(program);
    if (program->options.in_process)
        return run_in_process(program);
    return run_all(program);
}

int acre_bench_binary(const struct acre_workload *workload, int argc, char **argv)
{
    char *self = realpath("/proc/self/exe", NULL);
    const char *words[] = {self != NULL ? self : workload->name};
    const struct acre_launch launch = {.words = words, .count = 1};
    char name[64];
    char *no_words[] = {name, NULL};
    int status;

    acre_streams_prepare();
    snprintf(name, sizeof name, "%s", workload->name);
    status = argc > 0 ? acre_bench_main(workload, argc, argv, &launch)
                      : acre_bench_main(workload, 1, no_words, &launch);
    free(self);
    return status;
}

int acre_bench_main(const struct acre_workload *workload, int argc, char **argv,
                    const struct acre_launch *launch)
{
    struct program program = {
        .name = workload != NULL ? workload->name : "acre bench all",
        .workload = workload,
        .launch = launch,
        .argc = argc,
        .argv = argv,
    };
    char error[512];

    if (!acre_bench_options_read(&program.options, workload, argc, argv, error, sizeof error))
        return (int)acre_complain(program.name, ACRE_EXIT_USAGE, error);
    return (int)dispatch(&program);
}
