#include "cli/proof.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/options.h"
#include "bench/runner.h"
#include "bench/workloads/replay.h"
#include "cli/programs.h"
#include "cli/timed_command.h"
#include "report/streams.h"

/* Memory that is written and read once in a visit is to be no more than this. */
enum { MOST_TOUCHED_BYTES = 1 << 30 };

/* The options of a benchmark that plays them. `workload` has what it plays, or is acre_replay. */
static bool read_options(struct acre_bench_options *bench, const struct acre_workload *workload,
                         const struct acre_proof_options *options, bool touches_all, char *error,
                         size_t error_bytes)
{
    char *argv[12] = {(char *)"acre advise", (char *)"--memory-ms", (char *)"0", (char *)"--quiet"};
    int argc = 4;
    const char *const pairs[][2] = {
        {"--backends", options->backends},
        {"--touch", touches_all ? "first+last,all" : options->touch},
        {"--rounds", options->rounds},
        {"--time-budget", options->time_budget},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i][1] != NULL) {
            argv[argc++] = (char *)pairs[i][0];
            argv[argc++] = (char *)pairs[i][1];
        }
    return acre_bench_options_read(bench, workload, argc, argv, error, error_bytes);
}

bool acre_proof_options_check(const struct acre_proof_options *options, char *error,
                              size_t error_bytes)
{
    struct acre_bench_options bench;
    int place = optind; /* of the command line that is being read */
    bool done = read_options(&bench, &acre_replay, options, false, error, error_bytes);

    optind = place;
    return done;
}

/* Up to where each region has been seen for a while. */
static uint64_t sample_of(const struct acre_advice *advice, size_t recording, uint64_t most_events)
{
    uint64_t first = 0;

    for (uint32_t i = 0; i < advice->region_count; i++)
        if (advice->regions[i].counts[recording].first_event > first)
            first = advice->regions[i].counts[recording].first_event;
    return first + most_events;
}

static enum acre_advised compile(struct acre_adviser *adviser, size_t recording,
                                 const struct acre_proof_options *options,
                                 const struct acre_programs *programs)
{
    struct acre_advised_program wanted = {
        .recording = recording,
        .most_events = sample_of(acre_adviser_advice(adviser), recording, options->most_events),
        .file = programs->file,
    };
    enum acre_advised result = acre_adviser_compile(adviser, &wanted, NULL);

    if (result != ACRE_ADVISED)
        return result;
    wanted.is_planned = true;
    wanted.file = programs->planned_file;
    return acre_adviser_compile(adviser, &wanted, NULL);
}

/* The program itself, timed. */
struct timing {
    const char *line;
    struct acre_series seconds;
    bool has_failed;
    char error[512];
};

static void time_program(void *of)
{
    struct timing *timing = of;
    double seconds;

    if (timing->has_failed)
        return;
    snprintf(timing->error, sizeof timing->error, "out of memory");
    timing->has_failed =
        !acre_time_command(timing->line, &seconds, timing->error, sizeof timing->error) ||
        !acre_series_append(&timing->seconds, seconds);
}

static enum acre_exit measure_timed(const struct acre_programs *programs,
                                    const struct acre_bench_options *bench,
                                    const struct acre_proof_options *options, struct timing *timing,
                                    struct acre_run *run, char *error, size_t error_bytes)
{
    const struct acre_runner runner = {
        .workload = &programs->workload,
        .options = bench,
        .launch = programs->launch,
        .shows_progress = options->shows_progress,
        .in_front_of_round = timing->line != NULL ? time_program : NULL,
        .of = timing,
    };
    enum acre_exit status;

    /* Once for nothing: what it reads is in memory then, and a line that fails is told at once. */
    if (timing->line != NULL)
        time_program(timing);
    timing->seconds.count = 0;
    status =
        timing->has_failed ? ACRE_EXIT_CELL : acre_runner_run(&runner, run, error, error_bytes);
    if (timing->has_failed)
        snprintf(error, error_bytes, "--run: %s", timing->error);
    return timing->has_failed ? ACRE_EXIT_CELL : status;
}

/* Whether calls are played with all of their blocks' bytes touched as well: report/proof.h. */
static bool has_passes(const struct acre_programs *programs,
                       const struct acre_proof_options *options)
{
    const struct acre_program *planned = programs->workload.planned;

    return options->touch == NULL && acre_proof_has_large_blocks(planned) &&
           planned->requested_bytes <= MOST_TOUCHED_BYTES;
}

static enum acre_exit measure(const char *command, const struct acre_programs *programs,
                              const struct acre_proof_options *options,
                              const struct acre_program *whole,
                              const struct acre_proof_run *program, struct acre_proof *proof)
{
    struct timing timing = {.line = program->line};
    const struct acre_proof_time time = {program->seconds, &timing.seconds};
    struct acre_bench_options bench;
    struct acre_run run = {0};
    char error[640];
    enum acre_exit status;

    if (!read_options(&bench, &programs->workload, options, has_passes(programs, options), error,
                      sizeof error))
        return acre_complain(command, ACRE_EXIT_USAGE, error);
    status = measure_timed(programs, &bench, options, &timing, &run, error, sizeof error);
    if (status == ACRE_EXIT_OK && !acre_proof_of(&run, whole, &time, proof)) {
        status = ACRE_EXIT_MEMORY;
        snprintf(error, sizeof error, "out of memory");
    }
    free(timing.seconds.values);
    acre_run_free(&run);
    return status == ACRE_EXIT_OK ? status : acre_complain(command, status, error);
}

enum acre_exit acre_prove(const char *command, struct acre_adviser *adviser, size_t recording,
                          const struct acre_proof_run *program,
                          const struct acre_proof_options *options, struct acre_proof *proof)
{
    const struct acre_program *whole = &acre_adviser_advice(adviser)->programs[recording];
    struct acre_programs programs;
    enum acre_exit status = ACRE_EXIT_MEMORY;

    if (!acre_programs_make(&programs, true) ||
        compile(adviser, recording, options, &programs) != ACRE_ADVISED ||
        !acre_programs_map(&programs))
        acre_complain(command, status, "out of memory, or a recording was changed meanwhile");
    else
        status = measure(command, &programs, options, whole, program, proof);
    acre_programs_fini(&programs);
    return status;
}
