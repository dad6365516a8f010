/* Two recordings of a program, for people: a sentence, and the places that have changed most. */
#ifndef ACRE_REPORT_DIFF_PRINT_H
#define ACRE_REPORT_DIFF_PRINT_H

#include "profile/diff.h"
#include "report/layout.h"

/* All of it is borrowed. */
struct acre_diff_report {
    const struct acre_diff *diff;
    const struct acre_diff_side *sides; /* two, as of acre_diff_make */
    enum acre_site_order order;
    size_t top; /* rows, at most */
};

/* False when out of memory; a write error is left to ferror. */
bool acre_diff_print(const struct acre_diff_report *report, const struct acre_page *page);

#endif
