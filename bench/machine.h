/* Where and when a run is made, and by which acre. */
#ifndef ACRE_BENCH_MACHINE_H
#define ACRE_BENCH_MACHINE_H

#include "report/run.h"

/* Fills run->machine (processor, kernel, huge pages, C library, compiler), `started` and
 * `acre_version`. False for want of memory; what was made is freed with the run. */
bool acre_machine_describe(struct acre_run *run);

/* Half of the machine's memory: the limit of every child process. 0 where it is unknown. */
uint64_t acre_machine_memory_limit_bytes(void);

#endif
