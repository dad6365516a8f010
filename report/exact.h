/* The exact counters of two cells, field by field. */
#ifndef ACRE_REPORT_EXACT_H
#define ACRE_REPORT_EXACT_H

#include "report/compare.h"

/* Adds every counter that differs to the list, the checksum aside. False when out of memory; the
 * list then holds what was found so far. */
bool acre_exact_differences(const struct acre_recorded *before, const struct acre_recorded *after,
                            struct acre_difference **list, size_t *count);

void acre_exact_free(struct acre_difference *list, size_t count);

#endif
