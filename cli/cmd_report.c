/* acre report: stored runs, as they were shown when they were measured. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/report_page.h"
#include "report/export.h"
#include "report/run.h"
#include "report/streams.h"
#include "report/table.h"

static const char name[] = "acre report";

static const char help_text[] =
    "usage: acre report [options] RUN.json...\n"
    "       acre report RUN.json... -o PAGE.html\n"
    "\n"
    "Prints runs that benchmarks stored: for each set of parameters the sentence and the table,\n"
    "then how it was measured. A file may be one of Google Benchmark, in JSON.\n"
    "\n"
    "    --wide             every column of the table, where the memory is, and memory over time\n"
    "    --markdown         the same as Markdown, for a review or an issue\n"
    "    --export FORMAT    the run for another program instead: benchstat (the format of Go's\n"
    "                       benchmarks), csv, google-benchmark (its JSON)\n"
    "    -o, --output FILE  where that is written; - is standard output (the default). Without\n"
    "                       --export a name that ends with .html: the runs as a page with charts,\n"
    "                       one file that needs no network; of several runs each is compared with\n"
    "                       the first, by the cells that both have\n"
    "    --help             this text\n"
    "\n"
    "examples:\n"
    "  acre report run.json\n"
    "  acre report run.json -o run.html\n"
    "  acre report before.json after.json -o compared.html\n"
    "  acre report --wide run.json | less\n"
    "  acre report --export benchstat run.json >run.txt; benchstat -col /backend run.txt\n"
    "  acre report --export csv --output run.csv run.json\n"
    "\n"
    "exit status: 0 shown, 2 wrong command line, 3 out of memory, 4 a file cannot be read or\n"
    "written, 5 a file is no run\n";

struct request {
    struct acre_table_options table;
    bool exports;
    enum acre_export_format format;
    const char *output; /* NULL: not named */
};

static bool take(void *context, int option, const struct acre_refusal *refusal)
{
    struct request *request = context;

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

static bool check(const void *context, char *const *paths, const struct acre_refusal *refusal)
{
    const struct request *request = context;

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
        {"wide", no_argument, NULL, 'w'},         {"markdown", no_argument, NULL, 'm'},
        {"export", required_argument, NULL, 'e'}, {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},         {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .letters = "o:",
        .wants = "which run? a benchmark's --json FILE writes one",
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
