/* Which cells of several files are compared, and whether they may be. */
#ifndef ACRE_REPORT_COMPARE_MATCH_H
#define ACRE_REPORT_COMPARE_MATCH_H

#include "report/compare.h"

/*
 * Fills the comparison's cells with what every file has. INPUT: the files are too unlike for times
 * and counters to mean the same, `error` names the difference. MEMORY. The comparison is to be
 * freed either way.
 */
enum acre_exit acre_compare_match(struct acre_comparison *comparison, char *error,
                                  size_t error_bytes);

#endif
