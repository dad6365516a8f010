/* acre report of a recorded program. */
#ifndef ACRE_CLI_REPORT_RECORDED_H
#define ACRE_CLI_REPORT_RECORDED_H

#include "cli/site_options.h"

/* Whether the file begins as a trace does. What is no file, or cannot be read, does not. */
bool acre_begins_as_trace(const char *path);

struct acre_recorded_request {
    const char *path;
    uint64_t process; /* a pid, or a place from 1; 0: the one with most events */
    const struct acre_site_options *sites;
};

/* Writes the page and says so on standard output. What it says of a failure is told already. NO:
 * the trace is incomplete, and so is its page. */
enum acre_exit acre_command_page_of_recorded(const char *command,
                                             const struct acre_recorded_request *request,
                                             const char *output);

#endif
