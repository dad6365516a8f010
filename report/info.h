/* What is known of a trace, for people: a sentence, where memory comes from, tables. */
#ifndef ACRE_REPORT_INFO_H
#define ACRE_REPORT_INFO_H

#include "profile/group.h"
#include "profile/leaks.h"
#include "report/layout.h"

/* All of it is borrowed. */
struct acre_info {
    const struct acre_profile *profile;
    const struct acre_trace_reader *reader; /* read to its end; for its header and its length */
    struct acre_names *names;
    const struct acre_leaks *leaks;
    struct acre_alloc *memory;

    size_t top;        /* rows of a table of sites; 0: as many as are usual */
    bool is_sorted;    /* one table of sites, in this order; else one for each */
    bool shows_stacks; /* each call stack is a row, and is shown as a whole */
    enum acre_site_order order;
};

/*
 * Prints it all. What is not freed is told of a complete trace only. False when out of memory; a
 * write error is left to ferror.
 */
bool acre_info_print(const struct acre_info *info, const struct acre_page *page);

/*
 * The same for programs, as docs/info.md says: one JSON object, with a new line behind it. False
 * when out of memory; a write error is left to ferror.
 */
bool acre_info_write_json(const struct acre_info *info, FILE *to);

#endif
