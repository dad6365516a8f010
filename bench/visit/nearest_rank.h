/* Percentiles of numbers that were all measured: each is one of them, none is made up between two.
 */
#ifndef ACRE_BENCH_NEAREST_RANK_H
#define ACRE_BENCH_NEAREST_RANK_H

#include <stddef.h>

/*
 * The smallest of `count` > 0 sorted numbers that at least `percent` of 100 of them do not exceed:
 * number ceil(count * percent / 100), from 1.
 */
double acre_nearest_rank(const double *sorted, size_t count, unsigned percent);

#endif
