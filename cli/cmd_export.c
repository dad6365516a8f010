/* acre export: what a recorded program allocated, for other tools. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc/backends.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/recorded_process.h"
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

struct request {
    const struct acre_exporter *exporter;
    const char *output; /* NULL: not named */
    enum acre_export_metric metric;
    bool has_metric;
    struct acre_process_choice choice;
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
    struct acre_process_choice *choice = &request->choice;

    if (choice->root_count == ACRE_MOST_SYMBOL_DIRECTORIES)
        return acre_refuse(refusal, "--symbols: more than %d directories",
                           ACRE_MOST_SYMBOL_DIRECTORIES);
    choice->roots[choice->root_count++] = optarg;
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
        return acre_read_number(refusal, "--process", optarg, 1, INT64_MAX,
                                &request->choice.process);
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
static enum acre_exit end(const struct acre_recorded_process *recorded)
{
    enum acre_exit status = acre_recorded_process_status(recorded->profile.state);

    if (acre_output_end(name) != ACRE_EXIT_OK)
        return ACRE_EXIT_IO;
    return status == ACRE_EXIT_OK ? status
                                  : acre_complain(name, status, recorded->profile.sentence);
}

static enum acre_exit write_out(const struct request *request,
                                struct acre_recorded_process *recorded, struct acre_alloc *memory)
{
    const struct acre_exported exported = {
        .memory = memory,
        .profile = &recorded->profile,
        .names = recorded->names,
        .command = acre_trace_field(&recorded->reader, "command"),
        .pid = strtoull(acre_trace_field(&recorded->reader, "pid"), NULL, 10),
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
               acre_format_count(recorded->profile.site_count).text, request->exporter->about);
    return end(recorded);
}

static enum acre_exit export(const struct request *request, struct acre_alloc *memory) {
    struct acre_recorded_process recorded;
    enum acre_exit status = acre_recorded_process_read(&recorded, &request->choice, memory, name);

    if (status != ACRE_EXIT_OK) return status;
    if (request->metric == ACRE_EXPORT_LEAKED && !acre_profile_knows_leaks(&recorded.profile))
        status = acre_complain(name, acre_recorded_process_status(recorded.profile.state),
                               recorded.profile.sentence);
    else status = write_out(request, &recorded, memory);
    acre_recorded_process_fini(&recorded);
    return status;
}

static enum acre_exit run(const void *request_of, char *const *paths)
{
    struct request request = *(const struct request *)request_of;
    struct acre_alloc *memory = acre_malloc_new();
    enum acre_exit status;

    request.choice.path = *paths;
    status = memory != NULL ? export(&request, memory)
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
