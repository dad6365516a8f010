/* acre report: stored runs, as they were shown when they were measured. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
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
    "    --wide    every column of the table, and where the memory is\n"
    "    --help    this text\n"
    "\n"
    "examples:\n"
    "  acre report run.json\n"
    "  acre report --wide run.json | less\n"
    "\n"
    "exit status: 0 shown, 2 wrong command line, 3 out of memory, 4 a file cannot be read or "
    "standard\n"
    "output cannot be written, 5 a file is no run\n";

/* --wide */
static bool take(void *table, int option, const struct acre_refusal *refusal)
{
    (void)option;
    (void)refusal;
    ((struct acre_table_options *)table)->wide = true;
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

static enum acre_exit show_all(const void *table, char *const *paths)
{
    enum acre_exit status = show(*paths, table);

    while (status == ACRE_EXIT_OK && *++paths != NULL) {
        putchar('\n');
        status = show(*paths, table);
    }
    return status;
}

int acre_cmd_report(int argc, char **argv)
{
    static const struct option options[] = {
        {"wide", no_argument, NULL, 'w'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .wants = "which run? a benchmark's --json FILE writes one",
        .take = take,
        .run = show_all,
    };
    const struct acre_terminal terminal = acre_terminal_of(STDOUT_FILENO);
    struct acre_table_options table = {.color = terminal.color, .width = terminal.width};

    return acre_command_run(&command, &table, argc, argv);
}
