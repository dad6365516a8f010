/*
 * acre replay: the calls of a recorded program on other allocators.
 *
 *    app.acre ──compile──> program, in memory that has no name ──> benchmark, its children
 *
 * A trace is compiled once, and with --region a second time under that plan (programs.h). With
 * --threads recorded the program has streams as well (replay/streams.h).
 */
#include <stdio.h>
#include <string.h>

#include "alloc/backends.h"
#include "bench/bench.h"
#include "bench/options.h"
#include "bench/workloads/replay.h"
#include "cli/commands.h"
#include "cli/profiled.h"
#include "cli/programs.h"
#include "cli/reading.h"
#include "cli/restart.h"
#include "replay/compile.h"
#include "replay/function_plan.h"
#include "replay/streams.h"
#include "report/streams.h"

static const char name[] = "acre replay";

/* The trace, compiled --------------------------------------------------------------------------
 */

struct source {
    const char *path;
    uint64_t process;
    struct acre_function_plan_request plan; /* function NULL: none */
    bool has_streams;
    struct acre_alloc *memory;
    struct acre_profiled_processes processes;
};

static enum acre_exit tell_failure(enum acre_compiled compiled, const struct source *source,
                                   const struct acre_trace_reader *reader)
{
    const char *path = source->path;
    enum acre_exit status;
    char sentence[640];

    switch (compiled) {
    case ACRE_COMPILE_NO_TRACE: /* of what is merely incomplete there is nothing to play either */
        status = acre_profiled_status(reader->input.state);
        return acre_complain(name, status > ACRE_EXIT_NO ? status : ACRE_EXIT_INPUT,
                             reader->input.sentence);
    case ACRE_COMPILE_EMPTY:
        snprintf(sentence, sizeof sentence, "%.400s has no call that could be played", path);
        break;
    case ACRE_COMPILE_TOO_LARGE:
        snprintf(sentence, sizeof sentence, "%.400s has more than %d blocks live at one time%s",
                 path, ACRE_PLAY_MOST_SLOTS,
                 source->has_streams ? ", or handed on by threads that get none back" : "");
        break;
    default:
        return acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    }
    return acre_complain(name, ACRE_EXIT_INPUT, sentence);
}

/* The program, and behind it its streams where they are asked for and it has no plan. */
static enum acre_compiled compile_all(const struct source *source,
                                      const struct acre_compile_request *request,
                                      struct acre_trace_reader *reader)
{
    struct acre_compile_request noted = *request;
    struct acre_turns turns;
    enum acre_compiled compiled;

    if (!source->has_streams || request->plan != NULL)
        return acre_compile(request, reader, source->memory);
    acre_turns_init(&turns, source->memory);
    noted.watch = acre_turns_note;
    noted.watcher = &turns;
    compiled = acre_compile(&noted, reader, source->memory);
    if (compiled == ACRE_COMPILED)
        compiled = acre_streams_add(request->file, &turns, source->memory);
    acre_turns_fini(&turns);
    return compiled;
}

/* What a trace says that is cut or damaged is told, once, and what it has is played. */
static enum acre_exit compile_stream(const struct source *source, const struct acre_plan *plan,
                                     int file)
{
    const char *slash = strrchr(source->path, '/');
    struct acre_trace_reader reader;
    struct acre_reading reading;
    const struct acre_compile_request request = {
        .file = file,
        .name = slash != NULL ? slash + 1 : source->path,
        .plan = plan,
        .progress = acre_reading_show,
        .to = &reading,
    };
    enum acre_compiled compiled = ACRE_COMPILE_NO_TRACE;
    enum acre_exit status = ACRE_EXIT_OK;

    acre_reading_begin(&reading, "compiling", source->processes.events);
    if (acre_trace_reader_open(&reader, source->memory, source->path, source->processes.offset) ==
        ACRE_TRACE_READING)
        compiled = compile_all(source, &request, &reader);
    acre_reading_end(&reading);
    if (compiled != ACRE_COMPILED)
        status = tell_failure(compiled, source, &reader);
    else if (plan == NULL && reader.input.state != ACRE_TRACE_COMPLETE)
        fprintf(stderr, "%s: %s; what is there is played\n", name, reader.input.sentence);
    acre_trace_reader_close(&reader);
    return status;
}

/* The plan ---------------------------------------------------------------------------------------
 */

/* Within a function, by the names of what is in the trace. */
static enum acre_exit find_group(const struct source *source, struct acre_function_plan *plan)
{
    static struct acre_profiled profiled;
    const struct acre_profiled_request wanted = {
        .path = source->path,
        .offset = source->processes.offset,
        .events = source->processes.events,
    };
    char sentence[512];
    const char *missing;
    enum acre_exit status =
        acre_profiled_read(&profiled, source->memory, &wanted, sentence, sizeof sentence);

    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, sentence);
    if (!acre_function_plan_begin(plan, source->memory, &profiled.profile, profiled.names,
                                  &source->plan, &missing)) {
        status = acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    } else if (missing != NULL) {
        snprintf(sentence, sizeof sentence, "no call stack of %.200s passes '%.100s'", source->path,
                 missing);
        status = acre_complain(name, ACRE_EXIT_INPUT, sentence);
    }
    acre_profiled_fini(&profiled);
    return status;
}

static enum acre_exit compile_planned(const struct source *source, int file)
{
    struct acre_function_plan plan = {0};
    enum acre_exit status = find_group(source, &plan);

    if (status == ACRE_EXIT_OK)
        status = compile_stream(source, &plan.plan, file);
    acre_function_plan_fini(&plan);
    return status;
}

static enum acre_exit compile(struct source *source, int file, int planned)
{
    enum acre_profiled_choice choice =
        acre_profiled_choose(&source->processes, source->memory, source->path, source->process);
    enum acre_exit status;

    if (choice == ACRE_CHOICE_MADE)
        status = compile_stream(source, NULL, file);
    else if (choice == ACRE_CHOICE_NO_MEMORY)
        status = acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    else
        status =
            acre_profiled_refuse(name, choice, &source->processes, source->path, source->process);
    if (status == ACRE_EXIT_OK && source->plan.function != NULL)
        status = compile_planned(source, planned);
    acre_profiled_processes_fini(&source->processes);
    return status;
}

/* Played ---------------------------------------------------------------------------------------
 */

static int play(struct acre_programs *programs, int argc, char **argv)
{
    if (!acre_programs_map(programs))
        return (int)acre_complain(name, ACRE_EXIT_MEMORY, "the program cannot be mapped");
    return acre_bench_main(&programs->workload, argc, argv, &programs->launch);
}

static bool wants_streams(const struct acre_bench_options *options)
{
    const struct acre_values *asked = &options->parameters[ACRE_REPLAY_THREADS];
    bool wants = false;

    for (size_t i = 0; i < asked->count; i++)
        wants |= asked->values[i] == ACRE_REPLAY_RECORDED_THREADS;
    return wants;
}

static int compile_and_play(const struct acre_bench_options *options, int argc, char **argv)
{
    struct acre_programs programs;
    struct source source = {
        .path = options->trace_name,
        .process = options->parameters[ACRE_REPLAY_PROCESS].values[0],
        .plan = {.function = options->region,
                 .reset_at = options->reset_at,
                 .rotation = options->rotation != 0 ? (uint32_t)options->rotation : 1,
                 .is_reap = options->is_reap},
        .has_streams = wants_streams(options),
        .memory = acre_malloc_new(),
    };
    bool is_ready = acre_programs_make(&programs, options->region != NULL) && source.memory != NULL;
    int status = is_ready ? (int)compile(&source, programs.file, programs.planned_file)
                          : (int)acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");

    acre_destroy(source.memory);
    if (status == ACRE_EXIT_OK)
        status = play(&programs, argc, argv);
    acre_programs_fini(&programs);
    return status;
}

int acre_cmd_replay(int argc, char **argv)
{
    const struct acre_launch launch = {.words = (const char *const[]){"acre", "replay"},
                                       .count = 2};
    struct acre_programs inherited;
    struct acre_bench_options options;
    char error[512];
    int skipped, status;

    acre_programs_inherited(&inherited, argc, argv, &skipped);
    if (skipped > 0) {
        argv[skipped] = argv[0];
        status = play(&inherited, argc - skipped, argv + skipped);
        acre_programs_fini(&inherited);
        return status;
    }
    if (!acre_bench_options_read(&options, &acre_replay, argc, argv, error, sizeof error))
        return (int)acre_complain(name, ACRE_EXIT_USAGE, error);
    if (options.help)
        return acre_bench_main(&acre_replay, argc, argv, &launch);
    if (options.trace_name == NULL)
        return (int)acre_complain(name, ACRE_EXIT_USAGE,
                                  "which trace? 'acre replay --help' tells more");
    if (options.region != NULL && wants_streams(&options))
        return (int)acre_complain(name, ACRE_EXIT_USAGE,
                                  "--region is planned for all calls in one order: leave out "
                                  "--threads recorded");
    acre_restart_command("replay", argc, argv);
    return compile_and_play(&options, argc, argv);
}
