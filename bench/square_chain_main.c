/* The benchmark binary square-chain. */
#include <stdlib.h>

#include "bench/bench.h"
#include "report/streams.h"

int main(int argc, char **argv)
{
    char *self = realpath("/proc/self/exe", NULL);
    const char *launch[] = {self != NULL ? self : "square-chain"};
    char *no_name[] = {(char *)"square-chain", NULL};
    int status;

    acre_streams_prepare();
    status = argc > 0 ? acre_bench_main(&acre_square_chain, argc, argv, launch, 1)
                      : acre_bench_main(&acre_square_chain, 1, no_name, launch, 1);
    free(self);
    return status;
}
