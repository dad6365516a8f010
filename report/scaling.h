/* One workload at several sizes: how each strategy ranks at each of them. */
#ifndef ACRE_REPORT_SCALING_H
#define ACRE_REPORT_SCALING_H

#include "report/group.h"
#include "report/layout.h"

/*
 * A sentence and a table for each set of groups that differ in one parameter alone, which is a
 * number, the one with the most values; nothing where there is no such set. `groups` are of one
 * workload and in the order of acre_cell_key_compare. The ratios of one table are one family. False
 * when out of memory.
 */
bool acre_scaling_print(const struct acre_page *page, const struct acre_group *groups, size_t count,
                        const struct acre_judging *judging);

#endif
