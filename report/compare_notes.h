/* What a comparison says in words: the sentence above its tables, the notes below them. */
#ifndef ACRE_REPORT_COMPARE_NOTES_H
#define ACRE_REPORT_COMPARE_NOTES_H

#include "report/compare.h"
#include "report/layout.h"

/* "B against A, 12 cells: 2 faster, 10 no difference shown. Results identical. Exact counters
 * equal." The caller frees it; NULL when out of memory. */
char *acre_comparison_sentence(const struct acre_comparison *comparison);

/* Of the first of these files in which the cell failed; NULL: in none. */
const char *acre_failure_of(const struct acre_cell *const *cells, size_t files);

/*
 * Results that differ, the limit itself, counters that differ, what was left aside, what open
 * verdicts mean, regressions; then which files there are and in what their surroundings differ.
 * False when out of memory.
 */
bool acre_comparison_print_notes(const struct acre_page *page,
                                 const struct acre_comparison *comparison,
                                 const struct acre_comparison_view *view);

#endif
