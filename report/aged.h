/* Cells on an aged heap held against the same cells on a clean one. docs/memory.md explains it. */
#ifndef ACRE_REPORT_AGED_H
#define ACRE_REPORT_AGED_H

#include "report/group.h"
#include "report/layout.h"

struct acre_aged_pair {
    const struct acre_cell *clean, *aged; /* of one strategy */
    bool is_timed;                        /* both are; then valid: */
    double clean_ns, aged_ns;
    struct acre_ratio ratio; /* aged to clean, paired by round; those of a clean group are one
                                family */
};

/* All that a run has, those of a clean group together. */
struct acre_aged {
    struct acre_aged_pair *pairs;
    size_t count;
};

/* False when out of memory; then zeroed. It looks at the run, which is to stay. */
bool acre_aged_init(struct acre_aged *aged, const struct acre_run *run,
                    const struct acre_judging *judging);
void acre_aged_fini(struct acre_aged *aged);

/* "age 3, occupancy 25 %" */
struct acre_group_title acre_aged_heap(const struct acre_cell *aged);

/*
 * A table for each clean group that has aged siblings: the time of each strategy clean and aged,
 * the difference paired by round, and what both hold. Nothing where no cell was aged. False when
 * out of memory.
 */
bool acre_aged_print(const struct acre_page *page, const struct acre_run *run,
                     const struct acre_judging *judging);

#endif
