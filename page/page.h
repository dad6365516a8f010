/*
 * Runs, or a recorded program, as a page: one HTML file that needs no network, opened from disk.
 * The answer stands in it as text; its own script draws what model.h or recorded.h tells, with
 * ECharts where acre was built with it; without, the tables are there. docs/page.md describes it.
 */
#ifndef ACRE_PAGE_PAGE_H
#define ACRE_PAGE_PAGE_H

#include "page/advised.h"
#include "page/model.h"
#include "page/recorded.h"

/*
 * Writes the page as acre_file_write does (report/write_file.h). OK, IO or MEMORY, with a sentence
 * in `error`; then no file is left behind. Nothing that stands in a run becomes markup.
 */
enum acre_exit acre_page_write(const struct acre_page_content *content, const char *path,
                               char *error, size_t error_bytes);

/* The same of a recorded program: nothing that stands in a trace, or in a file of code, becomes
 * markup. */
enum acre_exit acre_page_write_recording(const struct acre_page_recording *recording,
                                         const char *path, char *error, size_t error_bytes);

/* The same of an advice. */
enum acre_exit acre_page_write_advice(const struct acre_page_advice *advice, const char *path,
                                      char *error, size_t error_bytes);

/* Whether charts are built in. */
bool acre_page_has_charts(void);

#endif
