/* The clock of all measurements. */
#ifndef ACRE_BENCH_CLOCK_H
#define ACRE_BENCH_CLOCK_H

#include <time.h>

/* Since some moment in the past; only differences mean anything. */
static inline double acre_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

#endif
