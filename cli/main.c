/* acre: finds the command and hands over. */
#include <stdio.h>
#include <string.h>

#include "acre_config.h"
#include "cli/commands.h"
#include "report/exit_status.h"
#include "report/streams.h"

static const struct command {
    const char *name;
    const char *title; /* argv[0] of the command */
    const char *about;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"advise", "acre advise", "would a region help, where, at what price", acre_cmd_advise},
    {"bench", "acre bench", "measure a workload under every strategy", acre_cmd_bench},
    {"check", "acre check", "hold allocators against the contract", acre_cmd_check},
    {"classes", "acre classes", "what a backend makes of sizes", acre_cmd_classes},
    {"compare", "acre compare", "hold one run against another", acre_cmd_compare},
    {"diff", "acre diff", "what a program allocates otherwise", acre_cmd_diff},
    {"export", "acre export", "a recorded program's profile for other tools", acre_cmd_export},
    {"history", "acre history", "keep runs and notice change", acre_cmd_history},
    {"import", "acre import", "another recorder's recording as a trace", acre_cmd_import},
    {"info", "acre info", "say what a trace holds", acre_cmd_info},
    {"list", "acre list", "backends and workloads of this machine", acre_cmd_list},
    {"plot", "acre plot", "the figures of a run, for a paper", acre_cmd_plot},
    {"record", "acre record", "record what any program allocates", acre_cmd_record},
    {"replay", "acre replay", "a recorded program on other allocators", acre_cmd_replay},
    {"report", "acre report", "show a stored run", acre_cmd_report},
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static int print_help(void)
{
    puts("usage: acre COMMAND [options]\n"
         "\n"
         "Arena comparison and region experiments: what would another allocator, or a region, do?\n"
         "\n"
         "commands");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].about);
    puts("\n"
         "examples:\n"
         "  acre bench square-chain --json run.json\n"
         "  acre compare before.json after.json\n"
         "\n"
         "'acre COMMAND --help' tells more. Version " ACRE_VERSION ".");
    return (int)acre_output_end("acre");
}

int main(int argc, char **argv)
{
    acre_streams_prepare();
    if (argc < 2) {
        fputs("acre: which command? 'acre --help' lists them\n", stderr);
        return ACRE_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help();
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(argv[1], commands[i].name) == 0) {
            argv[1] = (char *)commands[i].title;
            return commands[i].run(argc - 1, argv + 1);
        }
    fprintf(stderr, "acre: unknown command '%.40s'; 'acre --help' lists them\n", argv[1]);
    return ACRE_EXIT_USAGE;
}
