/* One line on a terminal that says how far a run, or what else takes long, is. */
#ifndef ACRE_BENCH_PROGRESS_H
#define ACRE_BENCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct acre_progress {
    bool shows;            /* nothing is written unless this is set */
    const char *unit;      /* what is counted; NULL: visits */
    size_t done, expected; /* expected 0: nobody knows how many there will be */
    double begin_ns;
};

/* Where `done` of them are behind us, and `what` is in work. A character that would move the cursor
 * is a question mark. */
__attribute__((format(printf, 2, 3))) void acre_progress_show(const struct acre_progress *progress,
                                                              const char *what, ...);

/* Takes the line back. */
void acre_progress_end(const struct acre_progress *progress);

#endif
