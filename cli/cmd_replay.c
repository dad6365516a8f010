/*
 * acre replay: the calls of a recorded program on other allocators.
 *
 *    app.acre ──compile──> program, in memory that has no name ──> benchmark, its children
 *
 * A trace is compiled once; whoever visits a cell inherits the program by its descriptor, which its
 * command line tells: acre replay --program N ...
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
#include "report/streams.h"

static const char name[] = "acre replay";

enum { MILLION = 1000000 };

/* The trace, compiled --------------------------------------------------------------------------
 */

struct source {
    const char *path;
    uint64_t process;
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
    char sentence[640];

    switch (compiled) {
    case ACRE_COMPILE_NO_TRACE:
        snprintf(sentence, sizeof sentence, "%s", reader->input.sentence);
        break;
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

/* What a trace says that is cut or damaged is told, and what it has is played. */
static enum acre_exit compile_stream(const struct source *source, int file)
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
        status = compiled == ACRE_COMPILE_NO_TRACE
                     ? acre_complain(name, acre_profiled_status(reader.input.state),
                                     reader.input.sentence)
                     : tell_failure(compiled, source->path, &reader);
    else if (reader.input.state != ACRE_TRACE_COMPLETE)
        fprintf(stderr, "%s: %s; what is there is played\n", name, reader.input.sentence);
    acre_trace_reader_close(&reader);
    return status;
}

static enum acre_exit compile(struct source *source, int file)
{
    enum acre_profiled_choice choice =
        acre_profiled_choose(&source->processes, source->memory, source->path, source->process);
    enum acre_exit status;

    if (choice == ACRE_CHOICE_MADE)
        status = compile_stream(source, file);
    else if (choice == ACRE_CHOICE_NO_MEMORY)
        status = acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    else
        status =
            acre_profiled_refuse(name, choice, &source->processes, source->path, source->process);
    acre_profiled_processes_fini(&source->processes);
    return status;
}

/* Played ---------------------------------------------------------------------------------------
 */

/* The benchmark of the program in `file`, whose children find it under that descriptor. */
static int play(int file, int argc, char **argv)
{
    const struct acre_program *program = acre_program_map(file);
    struct acre_workload workload = acre_replay;
    char *self = realpath("/proc/self/exe", NULL);
    char number[16];
    const char *words[] = {self != NULL ? self : "acre", "replay", "--program", number};
    const struct acre_launch launch = {.words = words, .count = 4, .untold = 2};
    int status;

    snprintf(number, sizeof number, "%d", file);
    workload.program = program;
    status = program != NULL
                 ? acre_bench_main(&workload, argc, argv, &launch)
                 : (int)acre_complain(name, ACRE_EXIT_MEMORY, "the program cannot be mapped");
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
    int file = make_file();
    struct source source = {
        .path = options->trace_name,
        .process = options->parameters[ACRE_REPLAY_PROCESS].values[0],
        .memory = acre_malloc_new(),
    };
    int status = file >= 0 && source.memory != NULL
                     ? (int)compile(&source, file)
                     : (int)acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");

    acre_destroy(source.memory);
    if (status == ACRE_EXIT_OK)
        status = play(file, argc, argv);
    if (file >= 0)
        close(file);
    return status;
}

int acre_cmd_replay(int argc, char **argv)
{
    struct acre_bench_options options;
    char error[512];
    const struct acre_launch launch = {.words = (const char *const[]){"acre", "replay"},
                                       .count = 2};

    if (argc > 2 && strcmp(argv[1], "--program") == 0) {
        int file = atoi(argv[2]);

        argv[2] = argv[0];
        return play(file, argc - 2, argv + 2);
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
