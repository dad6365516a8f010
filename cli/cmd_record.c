/* acre record: a program's calls of the allocator, as a trace. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "acre_config.h"
#include "alloc/backends.h"
#include "bench/clock.h"
#include "bench/progress.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "record/launch.h"
#include "record/program.h"
#include "record/seal.h"
#include "report/format.h"
#include "report/streams.h"

static const char name[] = "acre record";

/* As of env, timeout and nice: what is not the program's own status. */
enum { STATUS_OWN = 125, STATUS_CANNOT_RUN = 126, STATUS_NOT_FOUND = 127, STATUS_SIGNAL = 128 };

enum { LEAST_LIMIT_BYTES = 1 << 20 };

static const uint64_t usual_limit_bytes = UINT64_C(64) << 30;

struct request {
    const char *output;
    const char *stacks;
    const char *over;
    const char *seal; /* a directory that is there already; NULL: run a program */
    uint64_t limit_bytes;
    int packing_level;
    bool is_quiet;
};

static const char help_text[] =
    "usage: acre record [options] [--] PROGRAM [ARGUMENT...]\n"
    "       acre record --seal DIRECTORY [-o FILE.acre]\n"
    "\n"
    "Runs a program and records every call of malloc and its kin, of all its threads and of the\n"
    "processes it starts, with the call stacks of birth and death. The program need not be built "
    "for it;\n"
    "it must be linked dynamically. 'acre info' then says what it did.\n"
    "\n"
    "  -o, --output FILE    the trace (default: PROGRAM.acre)\n"
    "      --stacks KIND    unwind: right for every program (default); fp: faster, for programs "
    "that are\n"
    "                       built with -fno-omit-frame-pointer; none: no call stacks\n"
    "      --over NAME      let jemalloc, mimalloc, tcmalloc or tbbmalloc serve the program, or a "
    "library's\n"
    "                       PATH\n"
    "      --limit BYTES    the most a process may write while it runs, K, M or G behind it "
    "(default 64G);\n"
    "                       then the recording stops, and the program goes on\n"
    "      --pack LEVEL     pack the trace with zstd, 1 to 19; 0: do not (default 1)\n"
    "      --quiet          say nothing when all went well\n"
    "      --seal DIRECTORY make a trace of what is left where 'acre record' itself was ended\n"
    "      --help           this text\n"
    "\n"
    "examples:\n"
    "  acre record -o sort.acre -- sort /usr/share/dict/words\n"
    "  acre record --stacks fp -o app.acre ./app --fast && acre info app.acre\n"
    "  acre record --over jemalloc -o app.acre ./app\n"
    "\n"
    "exit status: the program's own, 128 and the number of the signal that ended it; 125 it could "
    "not be\n"
    "recorded, 126 it cannot be run, 127 it is not there\n";

enum { OPTION_STACKS = 256, OPTION_OVER, OPTION_LIMIT, OPTION_PACK, OPTION_QUIET, OPTION_SEAL };

/* The command line -----------------------------------------------------------------------------
 */

static bool take_stacks(struct request *request, const struct acre_refusal *refusal)
{
    static const char *const kinds[] = {"unwind", "fp", "none"};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(optarg, kinds[i]) == 0) {
            request->stacks = kinds[i];
            return true;
        }
    return acre_refuse(refusal, "--stacks is unwind, fp or none, not '%.40s'", optarg);
}

static bool take_over(struct request *request, const struct acre_refusal *refusal)
{
    request->over = acre_over_library(optarg);
    return request->over != NULL ||
           acre_refuse(refusal,
                       "--over is jemalloc, mimalloc, tcmalloc, tbbmalloc or a path, not '%.40s'",
                       optarg);
}

static bool take(void *request_of, int option, const struct acre_refusal *refusal)
{
    struct request *request = request_of;
    uint64_t number;

    switch (option) {
    case 'o':
        request->output = optarg;
        return true;
    case OPTION_STACKS:
        return take_stacks(request, refusal);
    case OPTION_OVER:
        return take_over(request, refusal);
    case OPTION_LIMIT:
        return acre_read_bytes(refusal, "--limit", optarg, LEAST_LIMIT_BYTES, INT64_MAX,
                               &request->limit_bytes);
    case OPTION_PACK:
        if (!acre_read_number(refusal, "--pack", optarg, 0, 19, &number))
            return false;
        request->packing_level = (int)number;
        return true;
    case OPTION_QUIET:
        request->is_quiet = true;
        return true;
    default:
        request->seal = optarg;
        return true;
    }
}

static bool check(const void *request_of, char *const *words, const struct acre_refusal *refusal)
{
    const struct request *request = request_of;

    if (request->seal != NULL && words[0] != NULL)
        return acre_refuse(refusal, "--seal starts no program, '%.40s' is one", words[0]);
    return request->seal != NULL || words[0] != NULL || acre_refuse(refusal, "which program?");
}

/* What is said --------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static int complain(int status, const char *format, ...)
{
    char sentence[PATH_MAX + 512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    acre_complain(name, ACRE_EXIT_OK, sentence);
    return status;
}

/* Why there is nothing to be seen, as far as that is known. */
static void explain_nothing(const struct acre_seal_result *result)
{
    if (result->refusal[0] != '\0')
        complain(0, "nothing was recorded: %s", result->refusal);
    else if (result->hidden_by[0] != '\0')
        complain(0,
                 "nothing was recorded: malloc of %s serves the program, in front of the recorder",
                 result->hidden_by);
    else
        complain(
            0, "no call of malloc reached the recorder: the program made none, or has an allocator "
               "of its own inside");
}

static void tell_doubts(const struct acre_seal_result *result)
{
    if (result->dropped > 0)
        complain(0, "incomplete: %s events were dropped", acre_format_count(result->dropped).text);
    if (result->hidden_by[0] != '\0')
        complain(0,
                 "malloc of %s serves the program itself, in front of the recorder: only other "
                 "libraries were seen",
                 result->hidden_by);
    if (result->refusal[0] != '\0')
        complain(0, "of one of the processes nothing was recorded: %s", result->refusal);
    if (result->running > 0)
        complain(0, "%zu of the processes still run: their traces end where they were",
                 result->running);
}

static void tell_result(const struct request *request, const struct acre_seal_result *result,
                        const char *path)
{
    if (result->events == 0) {
        explain_nothing(result);
        return;
    }
    tell_doubts(result);
    if (!request->is_quiet)
        complain(0, "%s calls of %zu process%s in %s (%s); next: acre info %s",
                 acre_format_count(result->events).text, result->processes,
                 result->processes == 1 ? "" : "es", path,
                 acre_format_bytes((double)result->bytes).text, path);
}

/* Sealing -------------------------------------------------------------------------------------- */

static void show_progress(void *to, uint64_t bytes, uint64_t all_bytes)
{
    struct acre_progress *progress = to;

    progress->done = (size_t)(bytes >> 20);
    progress->expected = (size_t)(all_bytes >> 20);
    acre_progress_show(progress, "making the trace");
}

/* The raw recordings are removed when all of what they say is in the trace. */
static bool seal(const struct request *request, const char *directory, const char *path,
                 const struct acre_launch *launch)
{
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_seal_result result;
    char error[PATH_MAX + 512];
    struct acre_progress progress = {
        .shows = !request->is_quiet && isatty(STDERR_FILENO),
        .unit = "MiB",
        .begin_ns = acre_now_ns(),
    };
    const struct acre_seal_request sealing = {
        .directory = directory,
        .path = path,
        .producer = "acre " ACRE_VERSION,
        .packing_level = request->packing_level,
        .ns_a_tick = launch->ns_a_tick,
        .process = launch->process,
        .signal =
            launch->process != 0 && WIFSIGNALED(launch->status) ? WTERMSIG(launch->status) : 0,
        .progress = show_progress,
        .to = &progress,
    };
    enum acre_seal_status status = ACRE_SEAL_MEMORY;

    if (memory != NULL)
        status = acre_seal(&sealing, memory, &result, error, sizeof error);
    else
        snprintf(error, sizeof error, "out of memory");
    acre_destroy(memory);
    if (progress.done > 0)
        acre_progress_end(&progress);
    if (status == ACRE_SEAL_NOTHING && launch->process != 0) {
        complain(0, "nothing was recorded: the recorder was not loaded, or could not write to %s",
                 directory);
        acre_seal_remove(directory);
        return true;
    }
    if (status != ACRE_SEAL_DONE) {
        complain(0, "%s; what was recorded is in %s, 'acre record --seal' tries again", error,
                 directory);
        return false;
    }
    if (result.running == 0)
        acre_seal_remove(directory);
    tell_result(request, &result, path);
    return true;
}

static int seal_left(const struct request *request)
{
    const struct acre_launch nobody = {0};
    char path[PATH_MAX];
    size_t bytes = strlen(request->seal);

    while (bytes > 1 && request->seal[bytes - 1] == '/')
        bytes--;
    if (bytes > 4 && memcmp(request->seal + bytes - 4, ".raw", 4) == 0)
        bytes -= 4;
    snprintf(path, sizeof path, "%.*s%s", (int)bytes, request->seal,
             bytes == strlen(request->seal) ? ".acre" : "");
    return seal(request, request->seal, request->output != NULL ? request->output : path, &nobody)
               ? ACRE_EXIT_OK
               : STATUS_OWN;
}

/* Running -------------------------------------------------------------------------------------- */

static int look_at(const char *word)
{
    struct acre_program program;

    acre_program_look(&program, word);
    switch (program.kind) {
    case ACRE_PROGRAM_MISSING:
        return complain(errno == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN, "%s: %s", word,
                        strerror(errno));
    case ACRE_PROGRAM_STATIC:
        return complain(STATUS_OWN, "%s is linked statically: no recorder can be loaded into it",
                        program.path);
    case ACRE_PROGRAM_SETUID:
        return complain(STATUS_OWN,
                        "%s runs with the rights of its owner: no recorder is loaded into it",
                        program.path);
    case ACRE_PROGRAM_OTHER:
        return complain(STATUS_OWN, "%s is made for another machine than this recorder",
                        program.path);
    default:
        return 0;
    }
}

/* Beside the trace, on a disk that has room for it. */
static bool make_directory(char *directory, const char *path)
{
    char *slash;
    char beside[PATH_MAX];
    char *whole;
    bool is_done;

    snprintf(beside, sizeof beside, "%s", path);
    slash = strrchr(beside, '/');
    if (slash != NULL)
        slash[slash == beside] = '\0';
    whole = realpath(slash != NULL ? beside : ".", NULL);
    if (whole == NULL)
        return false;
    is_done = snprintf(directory, PATH_MAX, "%s/%s.raw", whole,
                       strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path) < PATH_MAX &&
              mkdir(directory, 0700) == 0;
    free(whole);
    return is_done;
}

static int status_of(const struct acre_launch *launch)
{
    return WIFSIGNALED(launch->status) ? STATUS_SIGNAL + WTERMSIG(launch->status)
                                       : WEXITSTATUS(launch->status);
}

static int record(const struct request *request, char *const *words, const char *path)
{
    char directory[PATH_MAX], recorder[PATH_MAX];
    struct acre_launch launch = {
        .arguments = words,
        .stacks = request->stacks,
        .over = request->over,
        .recorder = recorder,
        .directory = directory,
        .limit_bytes = request->limit_bytes,
        .prepare = acre_streams_give_back,
    };
    int status = look_at(words[0]);

    if (status != 0)
        return status;
    if (!acre_find_recorder(recorder, sizeof recorder, request->over != NULL))
        return complain(STATUS_OWN, "the recorder's library is not beside acre, nor installed");
    if (!make_directory(directory, path))
        return complain(STATUS_OWN, "cannot make %s.raw: %s", path, strerror(errno));
    if (!acre_launch(&launch)) {
        int cause = errno;

        acre_seal_remove(directory);
        return complain(cause == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN, "%s: %s", words[0],
                        strerror(cause));
    }
    return seal(request, directory, path, &launch) ? status_of(&launch) : STATUS_OWN;
}

static enum acre_exit run(const void *request_of, char *const *words)
{
    const struct request *request = request_of;
    char path[PATH_MAX];
    const char *slash;

    if (request->seal != NULL)
        return (enum acre_exit)seal_left(request);
    slash = strrchr(words[0], '/');
    snprintf(path, sizeof path, "%.*s.acre", PATH_MAX - 8, slash != NULL ? slash + 1 : words[0]);
    return (enum acre_exit)record(request, words, request->output != NULL ? request->output : path);
}

int acre_cmd_record(int argc, char **argv)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},
        {"stacks", required_argument, NULL, OPTION_STACKS},
        {"over", required_argument, NULL, OPTION_OVER},
        {"limit", required_argument, NULL, OPTION_LIMIT},
        {"pack", required_argument, NULL, OPTION_PACK},
        {"quiet", no_argument, NULL, OPTION_QUIET},
        {"seal", required_argument, NULL, OPTION_SEAL},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .letters = "o:",
        .ends_at_word = true,
        .take = take,
        .check = check,
        .run = run,
    };
    struct request request = {
        .stacks = "unwind",
        .limit_bytes = usual_limit_bytes,
        .packing_level = 1,
    };

    return acre_command_run(&command, &request, argc, argv);
}
