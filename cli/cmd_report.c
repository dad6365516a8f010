/* acre report: stored runs, as they were shown when they were measured; the page of a recorded
 * program. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/report_page.h"
#include "cli/report_recorded.h"
#include "report/export.h"
#include "report/run.h"
#include "report/streams.h"
#include "report/table.h"

static const char name[] = "acre report";

static const char help_text[] =
    "usage: acre report [options] RUN.json...\n"
    "       acre report RUN.json... -o PAGE.html\n"
    "       acre report [options] TRACE.acre -o PAGE.html\n"
    "\n"
    "Prints runs that benchmarks stored: for each set of parameters the sentence and the table,\n"
    "then how it was measured. A file may be one of Google Benchmark, in JSON. Of a recorded\n"
    "program, which acre record makes, it writes a page; 'acre info' prints what is in it.\n"
    "\n"
    "    --wide             every column of the table, where the memory is, and memory over time\n"
    "    --markdown         the same as Markdown, for a review or an issue\n"
    "    --export FORMAT    the run for another program instead: benchstat (the format of Go's\n"
    "                       benchmarks), csv, google-benchmark (its JSON)\n"
    "    -o, --output FILE  where that is written; - is standard output (the default). Without\n"
    "                       --export a name that ends with .html: the runs as a page with charts,\n"
    "                       one file that needs no network; of several runs each is compared with\n"
    "                       the first, by the cells that both have\n"
    "    --process N        of a recorded program: the process with this pid, or at this place\n"
    "    --symbols DIR      look for files of code there as well, under their paths (may be\n"
    "                       repeated)\n"
    "    --max-memory N     take at most so many bytes for that, K, M or G behind it\n"
    "    --help             this text\n"
    "\n"
    "examples:\n"
    "  acre report run.json\n"
    "  acre report run.json -o run.html\n"
    "  acre record -o app.acre ./app && acre report app.acre -o app.html\n"
    "  acre report before.json after.json -o compared.html\n"
    "  acre report --wide run.json | less\n"
    "  acre report --export benchstat run.json >run.txt; benchstat -col /backend run.txt\n"
    "  acre report --export csv --output run.csv run.json\n"
    "\n"
    "exit status: 0 shown, 1 shown, and the trace is incomplete, 2 wrong command line, 3 out of\n"
    "memory, 4 a file cannot be read or written, 5 a file is neither run nor trace, or damaged\n";

enum { OPTION_PROCESS = 256 };

struct request {
    struct acre_table_options table;
    bool exports;
    enum acre_export_format format;
    const char *output; /* NULL: not named */

    /* Of recorded programs. */
    bool is_of_recorded; /* an option of theirs was given */
    uint64_t process;
    struct acre_site_options sites;
};

static bool take_of_recorded(struct request *request, int option,
                             const struct acre_refusal *refusal)
{
    request->is_of_recorded = true;
    if (option == OPTION_PROCESS)
        return acre_read_number(refusal, "--process", optarg, 1, INT64_MAX, &request->process);
    return acre_site_options_take(&request->sites, option, refusal);
}

static bool take(void *context, int option, const struct acre_refusal *refusal)
{
    struct request *request = context;

    if (option >= OPTION_PROCESS)
        return take_of_recorded(request, option, refusal);
    if (option == 'w')
        request->table.wide = true;
    if (option == 'm')
        request->table.is_markdown = true;
    if (option == 'o')
        request->output = optarg;
    if (option != 'e')
        return true;
    request->exports = true;
    return acre_export_format_from_name(optarg, &request->format) ||
           acre_refuse(refusal,
                       "--export: there are benchstat, csv and google-benchmark, no '%.40s'",
                       optarg);
}

/* A page of its own is all there is of a recorded program. */
static bool check_recorded(const struct request *request, char *const *paths, const char *trace,
                           const struct acre_refusal *refusal)
{
    if (request->exports || request->output == NULL)
        return acre_refuse(refusal,
                           "'%.64s' is a recorded program: -o PAGE.html makes a page of it, 'acre "
                           "info' prints what is in it",
                           trace);
    if (paths[1] != NULL)
        return acre_refuse(refusal, "'%.64s' is a recorded program, which has a page of its own",
                           trace);
    return true;
}

static bool check(const void *context, char *const *paths, const struct acre_refusal *refusal)
{
    const struct request *request = context;
    const char *trace = NULL;

    for (size_t i = 0; trace == NULL && paths[i] != NULL; i++)
        if (acre_begins_as_trace(paths[i]))
            trace = paths[i];
    if (trace != NULL && !check_recorded(request, paths, trace, refusal))
        return false;
    if (trace == NULL && request->is_of_recorded)
        return acre_refuse(refusal,
                           "--process, --symbols and --max-memory are about recorded programs, and "
                           "'%.40s' is none",
                           *paths);
    if (request->exports && paths[1] != NULL)
        return acre_refuse(refusal, "--export takes one run, '%.40s' is a second", paths[1]);
    if (request->exports || request->output == NULL)
        return true;
    return acre_is_page(request->output) ||
           acre_refuse(refusal,
                       "--output: '%.64s' is no name that ends with .html, and --export is "
                       "not given",
                       request->output);
}

static enum acre_exit export_run(const struct acre_run *run, const struct request *request)
{
    char error[1024];

    return acre_export_write(run, request->format, request->output != NULL ? request->output : "-",
                             error, sizeof error)
               ? ACRE_EXIT_OK
               : acre_complain(name, ACRE_EXIT_IO, error);
}

static enum acre_exit show(const char *path, const struct request *request)
{
    struct acre_run run;
    char error[1024];
    enum acre_exit status = acre_run_load(&run, path, error, sizeof error);

    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, error);
    if (request->exports)
        status = export_run(&run, request);
    else if (!acre_run_print(&run, stdout, &request->table))
        status = acre_print_failed(name, errno);
    acre_run_free(&run);
    return status;
}

static enum acre_exit show_all(const void *context, char *const *paths)
{
    const struct request *request = context;
    enum acre_exit status;

    if (acre_begins_as_trace(*paths)) {
        const struct acre_recorded_request of = {*paths, request->process, &request->sites};

        return acre_command_page_of_recorded(name, &of, request->output);
    }
    if (request->output != NULL && !request->exports)
        return acre_command_page_of(name, paths, request->output);
    status = show(*paths, request);

    while (status == ACRE_EXIT_OK && *++paths != NULL) {
        putchar('\n');
        status = show(*paths, request);
    }
    return status;
}

int acre_cmd_report(int argc, char **argv)
{
    static const struct option options[] = {
        {"wide", no_argument, NULL, 'w'},
        {"markdown", no_argument, NULL, 'm'},
        {"export", required_argument, NULL, 'e'},
        {"output", required_argument, NULL, 'o'},
        {"process", required_argument, NULL, OPTION_PROCESS},
        {"symbols", required_argument, NULL, ACRE_OPTION_SYMBOLS},
        {"max-memory", required_argument, NULL, ACRE_OPTION_MAX_MEMORY},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .letters = "o:",
        .wants = "which run? a benchmark's --json FILE writes one, acre record a trace",
        .take = take,
        .check = check,
        .run = show_all,
    };
    const struct acre_terminal terminal = acre_terminal_of(STDOUT_FILENO);
    struct request request = {
        .table =
            {
                .color = terminal.color,
                .unicode = terminal.unicode,
                .width = terminal.width,
            },
    };

    return acre_command_run(&command, &request, argc, argv);
}
