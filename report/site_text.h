/* Places in a program as a line or two of a terminal can hold them. */
#ifndef ACRE_REPORT_SITE_TEXT_H
#define ACRE_REPORT_SITE_TEXT_H

#include "profile/walk.h"
#include "report/layout.h"

/* The last part of a path. */
const char *acre_last_part(const char *path);

/* The name of a function in front of a table's figures: short, and cut to what the page has room
 * for, unless it is wide. */
void acre_site_name(const struct acre_page *page, const char *function, char *text, size_t room);

/*
 * Where that is and who calls it, to the width of the page: "a.cpp:12 < parse:80 < main
 * main.cpp:31". A file is named where it is another than that before. `depth` frames of the stack
 * are inside. "" where nothing is known. False for want of memory.
 */
bool acre_site_way(const struct acre_page *page, const struct acre_profile *profile,
                   struct acre_names *names, uint32_t stack, uint32_t depth, char *text,
                   size_t room);

#endif
