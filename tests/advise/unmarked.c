/* A workload that marks nothing for a recorder: the first argument is its name, the others are
 * those of its own program. */
#include <stdio.h>

#include "bench/bench.h"
#include "bench/child.h"
#include "record/acre/mark.h"
#include "report/streams.h"

void acre_record_mark(enum acre_mark mark, uint64_t number, const char *name);

/* The recorder's own is not found where the program has one. */
void acre_record_mark(enum acre_mark mark, uint64_t number, const char *name)
{
    (void)mark, (void)number, (void)name;
}

int main(int argc, char **argv)
{
    const struct acre_workload *workload = argc > 1 ? acre_workload_find(argv[1]) : NULL;
    const char *words[] = {argv[0], argc > 1 ? argv[1] : NULL};
    const struct acre_launch again = {.words = words, .count = 2};

    acre_streams_prepare();
    if (workload != NULL)
        return acre_bench_main(workload, argc - 1, argv + 1, &again);
    fputs("usage: unmarked WORKLOAD [OPTION...]\n", stderr);
    return 2;
}
