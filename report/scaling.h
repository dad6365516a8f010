/* One workload at several sizes: how each strategy ranks at each of them. */
#ifndef ACRE_REPORT_SCALING_H
#define ACRE_REPORT_SCALING_H

#include "report/group.h"
#include "report/layout.h"

enum { ACRE_MOST_SIZES = 12 };

/* Groups that differ in one parameter alone, which is a number; by its size. */
struct acre_size_set {
    const struct acre_group *groups[ACRE_MOST_SIZES];
    size_t count; /* two at least */
    size_t parameter;
};

/* The next set whose first group is the one at *at or behind it, where *at moves to; false: none
 * is left. `groups` are of one workload and in the order of acre_cell_key_compare. */
bool acre_size_set_next(const struct acre_group *groups, size_t count, size_t *at,
                        struct acre_size_set *set);

/* What the parameter is in the group of that number. */
uint64_t acre_size_set_value(const struct acre_size_set *set, size_t index);

/* "Over all 3 values of elements arena/region is nearest to the fastest: ..." Nothing where nothing
 * was timed. False when out of memory. */
bool acre_scaling_say(const struct acre_page *page, const struct acre_size_set *set,
                      const struct acre_judging *judging);

/*
 * A sentence and a table for each set of groups that differ in one parameter alone, which is a
 * number, the one with the most values; nothing where there is no such set. `groups` are of one
 * workload and in the order of acre_cell_key_compare. The ratios of one table are one family. False
 * when out of memory.
 */
bool acre_scaling_print(const struct acre_page *page, const struct acre_group *groups, size_t count,
                        const struct acre_judging *judging);

#endif
