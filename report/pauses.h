/* What the pauses of a cell come to over its rounds. */
#ifndef ACRE_REPORT_PAUSES_H
#define ACRE_REPORT_PAUSES_H

#include "report/layout.h"
#include "report/run.h"

/*
 * Two cells of a row, in microseconds: the median of the rounds' 99th percentiles and the longest
 * iteration of all rounds; "-": not known. False when out of memory.
 */
bool acre_pauses_set(struct acre_grid *grid, size_t p99_column, size_t max_column,
                     const struct acre_cell *cell);

#endif
