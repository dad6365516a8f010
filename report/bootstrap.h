/*
 * Ratios of sums, with an interval by the bootstrap.
 *
 * A median says what a usual round costs; where costs add up, as of processes that are started one
 * after the other, it is their sum that is paid, rare slow ones included. The ratio of two sums has
 * no order statistics, so its interval is found by resampling: rounds are drawn with replacement,
 * whole, so that what was measured together stays together (a block bootstrap whose blocks are the
 * rounds; percentile interval: B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993,
 * ch. 13). It is no exact interval: with 20 rounds of skewed costs it covers a few percent less
 * than it promises, so no verdict rests on it.
 */
#ifndef ACRE_REPORT_BOOTSTRAP_H
#define ACRE_REPORT_BOOTSTRAP_H

#include "report/stats.h"

#include <stdint.h>

enum {
    ACRE_BOOTSTRAP_RESAMPLES = 10000,
    ACRE_BOOTSTRAP_MIN_ROUNDS = 8, /* fewer have no interval */
    ACRE_BOOTSTRAP_BLOCKS = 1000,  /* of more rounds as many that follow each other are a block */
};

/* The seed of every report, which says so: a stored run gives the same interval each time. */
#define ACRE_BOOTSTRAP_SEED UINT32_C(1)

struct acre_sum_ratio {
    double point;     /* sum of the numerators / sum of the denominators */
    double low, high; /* 95 %, valid with has_interval */
    bool has_interval;
    size_t n;
};

/*
 * Of paired rounds; of unequal series the common front is used. Unless OK *ratio is zeroed. Random
 * numbers are those of POSIX nrand48, the same on every machine, seeded as by srand48(seed).
 */
enum acre_stats_status acre_ratio_of_sums(const struct acre_series *numerator,
                                          const struct acre_series *denominator, uint32_t seed,
                                          struct acre_sum_ratio *ratio);

#endif
