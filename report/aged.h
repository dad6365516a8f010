/* Cells on an aged heap held against the same cells on a clean one. docs/memory.md explains it. */
#ifndef ACRE_REPORT_AGED_H
#define ACRE_REPORT_AGED_H

#include "report/layout.h"
#include "report/steady.h"

/*
 * A table for each clean group that has aged siblings: the time of each strategy clean and aged,
 * the difference paired by round, and what both hold. Nothing where no cell was aged. False when
 * out of memory.
 */
bool acre_aged_print(const struct acre_page *page, const struct acre_run *run,
                     const struct acre_judging *judging);

#endif
