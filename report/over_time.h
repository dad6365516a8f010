/* What memory visits saw: memory from the first iteration to a second after the drain, told and
 * compared. docs/memory.md explains it. */
#ifndef ACRE_REPORT_OVER_TIME_H
#define ACRE_REPORT_OVER_TIME_H

#include "report/compare.h"
#include "report/group.h"
#include "report/layout.h"

/* A sentence and a table of a group's strategies. Nothing where no cell was looked at. False when
 * out of memory. */
bool acre_over_time_print(const struct acre_page *page, const struct acre_group *group);

/* A table of the cells that were looked at in both runs, and of their pauses; no verdict: they are
 * single values. Only where the page is wide. False when out of memory. */
bool acre_over_time_print_compared(const struct acre_page *page,
                                   const struct acre_compared_cell *cells, size_t count);

#endif
