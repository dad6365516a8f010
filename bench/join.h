/* The answers of visits, runs of one cell, put together to one run. */
#ifndef ACRE_BENCH_JOIN_H
#define ACRE_BENCH_JOIN_H

#include "report/run.h"

/*
 * Takes what the visit to cell `index` has answered over into the run, whose libraries have room
 * for each backend; the rest of the answer is left to be freed. A failure of the visit is that of
 * the cell, which then has no times. False for want of memory.
 */
bool acre_join(struct acre_run *run, size_t index, struct acre_run *answer);

#endif
