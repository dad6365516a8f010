/* acre bench WORKLOAD [options]: the same as the workload's own binary. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "cli/commands.h"
#include "report/exit_status.h"
#include "report/streams.h"

static int print_help(void)
{
    puts("usage: acre bench WORKLOAD [options]\n"
         "\n"
         "Measures a workload under every strategy (backend x lifetime).\n"
         "\n"
         "workloads");
    for (size_t i = 0; acre_workload_at(i) != NULL; i++)
        printf("  %-16s %s\n", acre_workload_at(i)->name, acre_workload_at(i)->about);
    puts("\n"
         "examples:\n"
         "  acre bench square-chain --json run.json\n"
         "  acre bench square-chain --help");
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
    const char *launch[3];
    char *self;
    int status;

    if (argc < 2) {
        fputs("acre bench: which workload? 'acre bench --help' lists them\n", stderr);
        return ACRE_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help();
    workload = acre_workload_find(argv[1]);
    if (workload == NULL)
        return refuse(argv[1]);
    self = realpath("/proc/self/exe", NULL);
    launch[0] = self != NULL ? self : "acre";
    launch[1] = "bench";
    launch[2] = workload->name;
    status = acre_bench_main(workload, argc - 1, argv + 1, launch, 3);
    free(self);
    return status;
}
