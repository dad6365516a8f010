/* Where the memory of backends was (alloc/waste.h), told and compared. docs/waste.md explains it.
 */
#ifndef ACRE_REPORT_WASTE_H
#define ACRE_REPORT_WASTE_H

#include "report/compare.h"
#include "report/group.h"
#include "report/layout.h"

/* What the known terms leave of what is held, or have too much of it (below 0). False where it is
 * not known what is held. */
bool acre_waste_unexplained(const struct acre_waste_stack *stack, double *bytes);

/* A sentence and a table of a group's strategies at their peak. Nothing where no cell was looked
 * at. False when out of memory. */
bool acre_waste_print(const struct acre_page *page, const struct acre_group *group);

/* The same of cells that are compared: those that differ, or all where the page is wide. Nothing
 * where only one run knows. False when out of memory. */
bool acre_waste_print_compared(const struct acre_page *page, const struct acre_compared_cell *cells,
                               size_t count);

#endif
