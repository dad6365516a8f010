/* acre bench WORKLOAD [options]: the same as the workload's own binary. acre bench all: all of
 * them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/child.h"
#include "cli/commands.h"
#include "report/exit_status.h"
#include "report/streams.h"

static int print_help(void)
{
    puts("usage: acre bench WORKLOAD [options]\n"
         "       acre bench all [options]\n"
         "\n"
         "Measures a workload under every strategy (backend x lifetime), or all workloads in one "
         "run.\n"
         "\n"
         "workloads");
    for (size_t i = 0; acre_workload_at(i) != NULL; i++)
        printf("  %-16s %s\n", acre_workload_at(i)->name, acre_workload_at(i)->about);
    puts("  all              every one of them in one run, and who is best at each\n"
         "\n"
         "examples:\n"
         "  acre bench square-chain --json run.json\n"
         "  acre bench square-chain --help\n"
         "  acre bench all --json all.json\n"
         "  acre bench all --help");
    return (int)acre_output_end("acre bench");
}

static int refuse(const char *name)
{
    for (size_t i = 0; acre_workload_absent_at(i) != NULL; i++)
        if (strcmp(acre_workload_absent_at(i)->name, name) == 0) {
            fprintf(stderr, "acre bench: no workload '%s': %s\n", name,
                    acre_workload_absent_at(i)->why);
            return ACRE_EXIT_USAGE;
        }
    fprintf(stderr, "acre bench: unknown workload '%.40s'; 'acre bench --help' lists them\n", name);
    return ACRE_EXIT_USAGE;
}

int acre_cmd_bench(int argc, char **argv)
{
    const struct acre_workload *workload;
    const char *words[3];
    const struct acre_launch launch = {.words = words, .count = 3, .names_workload = true};
    char *self;
    int status;

    if (argc < 2) {
        fputs("acre bench: which workload? 'acre bench --help' lists them\n", stderr);
        return ACRE_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help();
    workload = acre_workload_find(argv[1]);
    if (workload == NULL && strcmp(argv[1], "all") != 0)
        return refuse(argv[1]);
    self = realpath("/proc/self/exe", NULL);
    words[0] = self != NULL ? self : "acre";
    words[1] = "bench";
    words[2] = argv[1];
    status = acre_bench_main(workload, argc - 1, argv + 1, &launch);
    free(self);
    return status;
}
