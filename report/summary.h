/* Several workloads at once: who is best at each, and what a region of an arena is worth over all.
 */
#ifndef ACRE_REPORT_SUMMARY_H
#define ACRE_REPORT_SUMMARY_H

#include "report/group.h"
#include "report/layout.h"

/*
 * One sentence and one table, a row for each group: its fastest strategy, and arena/region against
 * malloc/weak and against the fastest that frees singly (lifetimes weak and collector). Then what
 * failed, what leaks, and whether results agree. `groups` stand in the order of
 * acre_cell_key_compare. All verdicts are one family. False when out of memory.
 *
 * Over all groups: in each round the mean of the log ratios of the groups, so that each group
 * weighs the same, whatever its time; the rounds then as everywhere (report/stats.h).
 */
bool acre_summary_print(const struct acre_page *page, const struct acre_group *groups, size_t count,
                        const struct acre_judging *judging);

#endif
