/* acre export: what a recorded program allocated, for other tools. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc/backends.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/profiled.h"
#include "export/export.h"
#include "report/format.h"
#include "report/streams.h"
#include "report/write_file.h"

static const char name[] = "acre export";

static const char help_text[] =
    "usage: acre export --format FORMAT [options] FILE.acre\n"
    "\n"
    "Writes what a recorded program allocated, by the call stacks that it was allocated from, in "
    "the\n"
    "format of another tool.\n"
    "\n"
    "      --format FORMAT\n"
    "          collapsed    a line a call stack, for flamegraph.pl, inferno and the like\n"
    "          dhat         for DHAT's viewer (dh_view.html of Valgrind), Firefox Profiler\n"
    "          massif       memory over time, for ms_print and massif-visualizer\n"
    "          pprof        for pprof, and what else reads its profiles\n"
    "          speedscope   for speedscope.app: a profile for each figure\n"
    "          sqlite       tables to ask: sqlite3 FILE\n"
    "  -o, --output FILE    where it is written; - is standard output (the default of all but "
    "pprof\n"
    "                       and sqlite, which are no text)\n"
    "      --metric METRIC  what collapsed counts: peak (bytes live when most was live, the "
    "default),\n"
    "                       bytes (allocated in all), calls, short (bytes that died soon), leaked\n"
    "      --process N      of several processes the one with this pid, or at this place in the "
    "table of\n"
    "                       'acre info'; if not given, the one with most events\n"
    "      --symbols DIR    where copies of the program's files are; may be repeated\n"
    "      --help           this text\n"
    "\n"
    "examples:\n"
    "  acre record -o app.acre -- ./app && acre export --format dhat -o app.dhat.json app.acre\n"
    "  acre export --format collapsed --metric bytes app.acre | flamegraph.pl >app.svg\n"
    "  acre export --format massif -o app.massif.out app.acre && ms_print app.massif.out\n"
    "\n"
    "exit status: 0 written, 1 written, and the trace is incomplete, 2 wrong command line, 3 out "
    "of\n"
    "memory, 4 a file cannot be read or written, 5 no trace, or a damaged one\n";

enum { MOST_ROOTS = 64 };

struct request {
    const struct acre_exporter *exporter;
    const char *output; /* NULL: not named */
    enum acre_export_metric metric;
    bool has_metric;
    uint64_t process; /* a pid, or a place from 1; 0: the one with most events */
    const char *roots[MOST_ROOTS];
    size_t root_count;
};

enum { OPTION_FORMAT = 256, OPTION_METRIC, OPTION_PROCESS, OPTION_SYMBOLS };

/* The command line ------------------------------------------------------------------------------
 */

static bool take_format(struct request *request, const struct acre_refusal *refusal)
{
    request->exporter = acre_exporter_find(optarg);
    return request->exporter != NULL ||
           acre_refuse(refusal,
                       "--format: there are collapsed, dhat, massif, pprof, speedscope and sqlite, "
                       "no '%.40s'",
                       optarg);
}

static bool take_metric(struct request *request, const struct acre_refusal *refusal)
{
    request->has_metric = true;
    return acre_export_metric_from_name(optarg, &request->metric) ||
           acre_refuse(refusal, "--metric is peak, bytes, calls, short or leaked, not '%.40s'",
                       optarg);
}

static bool take_symbols(struct request *request, const struct acre_refusal *refusal)
{
    if (request->root_count == MOST_ROOTS)
        return acre_refuse(refusal, "--symbols: %d directories at most", MOST_ROOTS);
    request->roots[request->root_count++] = optarg;
    return true;
}

static bool take(void *request_of, int option, const struct acre_refusal *refusal)
{
    struct request *request = request_of;

    switch (option) {
    case 'o':
        request->output = optarg;
        return true;
    case OPTION_FORMAT:
        return take_format(request, refusal);
    case OPTION_METRIC:
        return take_metric(request, refusal);
    case OPTION_PROCESS:
        return acre_read_number(refusal, "--process", optarg, 1, INT64_MAX, &request->process);
    default:
        return take_symbols(request, refusal);
    }
}

static bool is_standard_output(const struct request *request)
{
    return request->output == NULL || strcmp(request->output, "-") == 0;
}

static bool check(const void *request_of, char *const *paths, const struct acre_refusal *refusal)
{
    const struct request *request = request_of;

    if (paths[1] != NULL)
        return acre_refuse(refusal, "wants one trace, '%.40s' is a second", paths[1]);
    if (request->exporter == NULL)
        return acre_refuse(refusal, "which --format? '%s --help' lists them", name);
    if (request->has_metric && strcmp(request->exporter->name, "collapsed") != 0)
        return acre_refuse(refusal, "--metric is for collapsed: %s has every figure",
                           request->exporter->name);
    if (request->output != NULL && acre_file_ends_with(request->output, ".acre"))
        return acre_refuse(refusal, "--output: '%.64s' has the name of a trace", request->output);
    if (request->exporter->is_binary && is_standard_output(request) &&
        (request->output == NULL || isatty(STDOUT_FILENO)))
        return acre_refuse(refusal, "%s is no text: --output FILE says where it goes",
                           request->exporter->name);
    return true;
}

/* Writing ---------------------------------------------------------------------------------------
 */

/* What is to be told of a trace that is not whole comes last, behind what was written. */
static enum acre_exit end(const struct acre_profiled *profiled)
{
    enum acre_exit status = acre_profiled_status(profiled->profile.state);

    if (acre_output_end(name) != ACRE_EXIT_OK)
        return ACRE_EXIT_IO;
    return status == ACRE_EXIT_OK ? status
                                  : acre_complain(name, status, profiled->profile.sentence);
}

static enum acre_exit write_out(const struct request *request, struct acre_profiled *profiled,
                                struct acre_alloc *memory)
{
    const struct acre_exported exported = {
        .memory = memory,
        .profile = &profiled->profile,
        .names = profiled->names,
        .command = acre_trace_field(&profiled->reader, "command"),
        .pid = strtoull(acre_trace_field(&profiled->reader, "pid"), NULL, 10),
        .metric = request->metric,
    };
    char error[1024];
    enum acre_exit status =
        acre_exporter_write(request->exporter, &exported,
                            request->output != NULL ? request->output : "-", error, sizeof error);

    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, error);
    if (!is_standard_output(request))
        printf("wrote %s: %s call stacks that allocated; for %s\n", request->output,
               acre_format_count(profiled->profile.site_count).text, request->exporter->about);
    return end(profiled);
}

/* Which process -------------------------------------------------------------------------------- */

/* Where its stream begins. What is no file has its first stream, and no other process. */
static enum acre_exit find_stream(const struct request *request, const char *path,
                                  struct acre_alloc *memory, struct acre_profiled_request *wanted)
{
    struct acre_profiled_processes processes;
    enum acre_profiled_choice choice =
        acre_profiled_choose(&processes, memory, path, request->process);
    enum acre_exit status = ACRE_EXIT_OK;

    if (choice == ACRE_CHOICE_NO_MEMORY)
        status = acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    else if (choice != ACRE_CHOICE_MADE)
        status =
            acre_profiled_refuse(name, ACRE_CHOICE_NO_PROCESS, &processes, path, request->process);
    wanted->offset = processes.offset;
    wanted->events = processes.events;
    acre_profiled_processes_fini(&processes);
    return status;
}

static enum acre_exit export_file(const struct request *request, const char *path,
                                  struct acre_alloc *memory)
{
    struct acre_profiled_request wanted = {
        .path = path, .roots = request->roots, .root_count = request->root_count};
    struct acre_profiled profiled;
    char sentence[1024];
    enum acre_exit status = find_stream(request, path, memory, &wanted);

    if (status != ACRE_EXIT_OK)
        return status;
    status = acre_profiled_read(&profiled, memory, &wanted, sentence, sizeof sentence);
    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, sentence);
    if (request->metric == ACRE_EXPORT_LEAKED && !acre_profile_knows_leaks(&profiled.profile))
        status = acre_complain(name, acre_profiled_status(profiled.profile.state),
                               profiled.profile.sentence);
    else
        status = write_out(request, &profiled, memory);
    acre_profiled_fini(&profiled);
    return status;
}

static enum acre_exit run(const void *request, char *const *paths)
{
    struct acre_alloc *memory = acre_malloc_new();
    enum acre_exit status = memory != NULL ? export_file(request, *paths, memory)
                                           : acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");

    acre_destroy(memory);
    return status;
}

int acre_cmd_export(int argc, char **argv)
{
    static const struct option options[] = {
        {"format", required_argument, NULL, OPTION_FORMAT},
        {"metric", required_argument, NULL, OPTION_METRIC},
        {"output", required_argument, NULL, 'o'},
        {"process", required_argument, NULL, OPTION_PROCESS},
        {"symbols", required_argument, NULL, OPTION_SYMBOLS},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .letters = "o:",
        .wants = "which trace? 'acre record' makes one",
        .take = take,
        .check = check,
        .run = run,
    };
    struct request request = {0};

    return acre_command_run(&command, &request, argc, argv);
}
