/* One line on a terminal that says how far a run is. */
#ifndef ACRE_BENCH_PROGRESS_H
#define ACRE_BENCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct acre_progress {
    bool shows; /* nothing is written unless this is set */
    size_t done, expected;
    double begin_ns;
};

/* Before visit number `done`: `what` is visited. */
__attribute__((format(printf, 2, 3))) void acre_progress_show(const struct acre_progress *progress,
                                                              const char *what, ...);

/* Takes the line back. */
void acre_progress_end(const struct acre_progress *progress);

#endif
