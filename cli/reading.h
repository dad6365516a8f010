/* How far the reading of a trace is: a line on standard error where that is a terminal and it takes
 * long, which is taken back at the end. */
#ifndef ACRE_CLI_READING_H
#define ACRE_CLI_READING_H

#include <stdint.h>

#include "bench/progress.h"

struct acre_reading {
    struct acre_progress progress;
    const char *what; /* stands in the line */
};

/* `what` is borrowed; `events`: that there will be, 0: not known. */
void acre_reading_begin(struct acre_reading *reading, const char *what, uint64_t events);

/* For whoever reads: `reading` is the struct. */
void acre_reading_show(void *reading, uint64_t events);

void acre_reading_end(struct acre_reading *reading);

#endif
