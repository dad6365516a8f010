/* The files that every page has in it, as bytes of the program. */
#ifndef ACRE_PAGE_PARTS_H
#define ACRE_PAGE_PARTS_H

#include <stddef.h>

struct acre_page_part {
    const char *begin, *end;
};

extern const struct acre_page_part acre_page_style;
extern const struct acre_page_part acre_page_charts; /* empty: built without them */

/* Scripts in the order in which they are to run. */
struct acre_page_scripts {
    const struct acre_page_part *parts;
    size_t count;
};

extern const struct acre_page_scripts acre_page_scripts_of_runs;
extern const struct acre_page_scripts acre_page_scripts_of_recordings;
extern const struct acre_page_scripts acre_page_scripts_of_advice;

#endif
