/* What commands that write a page share. */
#ifndef ACRE_CLI_REPORT_PAGE_H
#define ACRE_CLI_REPORT_PAGE_H

#include "page/page.h"

/* Whether the name ends with .html. */
bool acre_is_page(const char *path);

/* "wrote PAGE", on standard output; and whether charts are missing. */
void acre_say_page(const char *path);

/* Writes the page and says so on standard output. What it says of a failure is told already. */
enum acre_exit acre_command_page(const char *command, const struct acre_page_content *content,
                                 const char *path);

/* The page of these files: one is shown, of several each other is compared with the first, by the
 * cells that both have. */
enum acre_exit acre_command_page_of(const char *command, char *const *paths, const char *path);

#endif
