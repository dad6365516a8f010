/*
 * acre replay: the calls of a recorded program on other allocators.
 *
 *    app.acre ──compile──> program, in memory that has no name ──> benchmark, its children
 *
 * A trace is compiled once, and with --region a second time under that plan; whoever visits a cell
 * inherits the programs by their descriptors, which its command line tells: acre replay --program N
 * [--planned N] ...
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc/backends.h"
#include "bench/bench.h"
#include "bench/child.h"
#include "bench/clock.h"
#include "bench/options.h"
#include "bench/progress.h"
#include "bench/workloads/replay.h"
#include "cli/commands.h"
#include "cli/profiled.h"
#include "cli/restart.h"
#include "replay/compile.h"
#include "replay/function_plan.h"
#include "report/streams.h"

static const char name[] = "acre replay";

enum { MILLION = 1000000 };

/* The trace, compiled --------------------------------------------------------------------------
 */

struct source {
    const char *path;
    uint64_t process;
    struct acre_function_plan_request plan; /* function NULL: none */
    struct acre_alloc *memory;
    struct acre_profiled_processes processes;
};

static void show_progress(void *to, uint64_t events)
{
    struct acre_progress *progress = to;

    progress->done = (size_t)(events / MILLION);
    acre_progress_show(progress, "compiling");
}

static enum acre_exit tell_failure(enum acre_compiled compiled, const char *path,
                                   const struct acre_trace_reader *reader)
{
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
        snprintf(sentence, sizeof sentence, "%.400s has more than %d blocks live at one time", path,
                 ACRE_PLAY_MOST_SLOTS);
        break;
    default:
        return acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    }
    return acre_complain(name, ACRE_EXIT_INPUT, sentence);
}

/* What a trace says that is cut or damaged is told, once, and what it has is played. */
static enum acre_exit compile_stream(const struct source *source, const struct acre_plan *plan,
                                     int file)
{
    const char *slash = strrchr(source->path, '/');
    struct acre_trace_reader reader;
    struct acre_progress progress = {
        .shows = isatty(STDERR_FILENO),
        .unit = "million events",
        .expected = (size_t)(source->processes.events / MILLION),
        .begin_ns = acre_now_ns(),
    };
    const struct acre_compile_request request = {
        .file = file,
        .name = slash != NULL ? slash + 1 : source->path,
        .plan = plan,
        .progress = show_progress,
        .to = &progress,
    };
    enum acre_compiled compiled = ACRE_COMPILE_NO_TRACE;
    enum acre_exit status = ACRE_EXIT_OK;

    if (acre_trace_reader_open(&reader, source->memory, source->path, source->processes.offset) ==
        ACRE_TRACE_READING)
        compiled = acre_compile(&request, &reader, source->memory);
    if (progress.done > 0)
        acre_progress_end(&progress);
    if (compiled != ACRE_COMPILED)
        status = tell_failure(compiled, source->path, &reader);
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

/* Descriptors; -1: none. */
struct files {
    int program, planned;
};

/* The benchmark of the programs in these files, whose children find them under their descriptors.
 */
static int play(struct files files, int argc, char **argv)
{
    const struct acre_program *program = acre_program_map(files.program);
    const struct acre_program *planned =
        files.planned >= 0 ? acre_program_map(files.planned) : NULL;
    struct acre_workload workload = acre_replay;
    char *self = realpath("/proc/self/exe", NULL);
    char numbers[2][16];
    const char *words[] = {
        self != NULL ? self : "acre", "replay", "--program", numbers[0], "--planned", numbers[1]};
    const struct acre_launch launch = {
        .words = words, .count = files.planned >= 0 ? 6 : 4, .untold = files.planned >= 0 ? 4 : 2};
    int status;

    snprintf(numbers[0], sizeof numbers[0], "%d", files.program);
    snprintf(numbers[1], sizeof numbers[1], "%d", files.planned);
    workload.program = program;
    workload.planned = planned;
    status = program != NULL && (planned != NULL || files.planned < 0)
                 ? acre_bench_main(&workload, argc, argv, &launch)
                 : (int)acre_complain(name, ACRE_EXIT_MEMORY, "the program cannot be mapped");
    acre_program_unmap(planned);
    acre_program_unmap(program);
    free(self);
    return status;
}

/* A file without a name that children inherit, under a number that is nothing else to them. */
static int make_file(void)
{
    int first = memfd_create("program", MFD_CLOEXEC);
    int file = first >= 0 ? fcntl(first, F_DUPFD, ACRE_GAUGE_DESCRIPTOR + 1) : -1;

    if (first >= 0)
        close(first);
    return file;
}

static int compile_and_play(const struct acre_bench_options *options, int argc, char **argv)
{
    bool is_planned = options->region != NULL;
    struct files files = {make_file(), is_planned ? make_file() : -1};
    struct source source = {
        .path = options->trace_name,
        .process = options->parameters[ACRE_REPLAY_PROCESS].values[0],
        .plan = {.function = options->region,
                 .reset_at = options->reset_at,
                 .rotation = options->rotation != 0 ? (uint32_t)options->rotation : 1},
        .memory = acre_malloc_new(),
    };
    bool is_ready =
        files.program >= 0 && (files.planned >= 0 || !is_planned) && source.memory != NULL;
    int status = is_ready ? (int)compile(&source, files.program, files.planned)
                          : (int)acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");

    acre_destroy(source.memory);
    if (status == ACRE_EXIT_OK)
        status = play(files, argc, argv);
    if (files.program >= 0)
        close(files.program);
    if (files.planned >= 0)
        close(files.planned);
    return status;
}

/* What stands behind an option of ours at `argv[at]`; -1: it is not there. */
static int descriptor_at(int argc, char **argv, int at, const char *option)
{
    return argc > at + 1 && strcmp(argv[at], option) == 0 ? atoi(argv[at + 1]) : -1;
}

int acre_cmd_replay(int argc, char **argv)
{
    const struct files inherited = {descriptor_at(argc, argv, 1, "--program"),
                                    descriptor_at(argc, argv, 3, "--planned")};
    const int skipped = inherited.planned >= 0 ? 4 : 2;
    const struct acre_launch launch = {.words = (const char *const[]){"acre", "replay"},
                                       .count = 2};
    struct acre_bench_options options;
    char error[512];

    if (inherited.program >= 0) {
        argv[skipped] = argv[0];
        return play(inherited, argc - skipped, argv + skipped);
    }
    if (!acre_bench_options_read(&options, &acre_replay, argc, argv, error, sizeof error))
        return (int)acre_complain(name, ACRE_EXIT_USAGE, error);
    if (options.help)
        return acre_bench_main(&acre_replay, argc, argv, &launch);
    if (options.trace_name == NULL)
        return (int)acre_complain(name, ACRE_EXIT_USAGE,
                                  "which trace? 'acre replay --help' tells more");
    acre_restart_command("replay", argc, argv);
    return compile_and_play(&options, argc, argv);
}
