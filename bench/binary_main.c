/* The benchmark binary of one workload: the build says which. */
#include "bench/bench.h"

int main(int argc, char **argv)
{
    return acre_bench_binary(&ACRE_WORKLOAD, argc, argv);
}
