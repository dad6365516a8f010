/* The files that every page has in it, as bytes of the program. */
#ifndef ACRE_PAGE_PARTS_H
#define ACRE_PAGE_PARTS_H

#include <stddef.h>

struct acre_page_part {
    const char *begin, *end;
};

extern const struct acre_page_part acre_page_style;
extern const struct acre_page_part acre_page_charts; /* empty: built without them */

/* In the order in which they are to run. */
extern const struct acre_page_part acre_page_scripts[];
extern const size_t acre_page_script_count;

#endif
