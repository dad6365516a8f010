/*
 * A run as a page: one file that needs no network, opened from disk. Its own script draws what
 * model.h tells, with ECharts where acre was built with it; without, the tables are there.
 */
#ifndef ACRE_PAGE_PAGE_H
#define ACRE_PAGE_PAGE_H

#include "report/run.h"

/*
 * Writes the page as acre_file_write does (report/write_file.h). `name` is what the run's file was
 * called. OK, IO or MEMORY, with a sentence in `error`; then no file is left behind.
 */
enum acre_exit acre_page_write(const struct acre_run *run, const char *name, const char *path,
                               char *error, size_t error_bytes);

/* Whether charts are built in. */
bool acre_page_has_charts(void);

#endif
