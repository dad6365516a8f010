/* The files that every page has in it, as bytes of the program (parts.c). */
#ifndef ACRE_PAGE_PARTS_H
#define ACRE_PAGE_PARTS_H

#include <stddef.h>

struct acre_page_part {
    const char *begin, *end;
};

struct acre_page_part acre_page_style(void);
struct acre_page_part acre_page_script(void);
struct acre_page_part acre_page_charts(void); /* empty: built without */

#endif
