/* Every workload, by name. */
#include <string.h>

#include "bench/bench.h"

static const struct acre_workload *const workloads[] = {&acre_square_chain};

enum { WORKLOAD_COUNT = sizeof workloads / sizeof workloads[0] };

const struct acre_workload *acre_workload_at(size_t index)
{
    return index < WORKLOAD_COUNT ? workloads[index] : NULL;
}

const struct acre_workload *acre_workload_find(const char *name)
{
    for (size_t i = 0; i < WORKLOAD_COUNT; i++)
        if (strcmp(workloads[i]->name, name) == 0)
            return workloads[i];
    return NULL;
}
