/* acre report: stored runs, as they were shown when they were measured. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "bench/arguments.h"
#include "cli/commands.h"
#include "report/exit_status.h"
#include "report/run.h"
#include "report/streams.h"
#include "report/table.h"

static const char name[] = "acre report";

static const char help_text[] =
    "usage: acre report [options] RUN.json...\n"
    "\n"
    "Prints runs that benchmarks stored: for each set of parameters the sentence and the table, "
    "then\n"
    "how it was measured.\n"
    "\n"
    "    --wide    every column of the table, where the memory is, and memory over time\n"
    "    --help    this text\n"
    "\n"
    "examples:\n"
    "  acre report run.json\n"
    "  acre report --wide run.json | less\n"
    "\n"
    "exit status: 0 shown, 2 wrong command line, 3 out of memory, 4 a file cannot be read or "
    "standard\n"
    "output cannot be written, 5 a file is no run\n";

struct request {
    struct acre_table_options table;
    bool help;
};

static bool read_options(int argc, char **argv, struct request *request, char *error,
                         size_t error_bytes)
{
    static const struct option options[] = {
        {"wide", no_argument, NULL, 'w'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    const struct acre_refusal refusal = {error, error_bytes};
    int option;

    opterr = 0;
    optind = 0;
    while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
        if (option == '?' || option == ':')
            return acre_refuse_option(&refusal, option, argv[optind - 1]);
        request->help |= option == 'h';
        request->table.wide |= option == 'w';
    }
    if (optind == argc && !request->help)
        return acre_refuse(&refusal, "which run? a benchmark's --json FILE writes one");
    return true;
}

static enum acre_exit show(const char *path, const struct acre_table_options *table)
{
    struct acre_run run;
    char error[1024];
    enum acre_exit status = acre_run_load(&run, path, error, sizeof error);

    if (status != ACRE_EXIT_OK) {
        fprintf(stderr, "%s: %s\n", name, error);
        return status;
    }
    if (!acre_run_print(&run, stdout, table)) {
        status = errno == ENOMEM ? ACRE_EXIT_MEMORY : acre_output_failed(name, errno);
        if (status == ACRE_EXIT_MEMORY)
            fprintf(stderr, "%s: out of memory\n", name);
    }
    acre_run_free(&run);
    return status;
}

int acre_cmd_report(int argc, char **argv)
{
    const struct acre_terminal terminal = acre_terminal_of(STDOUT_FILENO);
    struct request request = {
        .table =
            {
                .color = terminal.color,
                .unicode = terminal.unicode,
                .width = terminal.width,
            },
    };
    enum acre_exit status = ACRE_EXIT_OK;
    char error[512];

    if (!read_options(argc, argv, &request, error, sizeof error)) {
        fprintf(stderr, "%s: %s\n", name, error);
        return ACRE_EXIT_USAGE;
    }
    if (request.help) {
        fputs(help_text, stdout);
        return (int)acre_output_end(name);
    }
    for (int i = optind; i < argc && status == ACRE_EXIT_OK; i++) {
        if (i > optind)
            putchar('\n');
        status = show(argv[i], &request.table);
    }
    return status == ACRE_EXIT_OK ? (int)acre_output_end(name) : (int)status;
}
