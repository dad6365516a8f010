/*
 * The Mann-Whitney U test: do values of one heap tend to be larger than those of another? Unpaired,
 * so it asks nothing of the order in which they were measured.
 *
 * H. B. Mann, D. R. Whitney, "On a test of whether one of two random variables is stochastically
 * larger than the other", Annals of Mathematical Statistics 18(1), 1947; ties and continuity as in
 * Conover, Practical Nonparametric Statistics, 3rd ed., 5.1.
 */
#ifndef ACRE_REPORT_MANN_WHITNEY_H
#define ACRE_REPORT_MANN_WHITNEY_H

#include "report/stats.h"

/* Of as many values in all p is exact where none is there twice; else the normal approximation with
 * corrections for ties and continuity. */
enum { ACRE_EXACT_U_VALUES = 50 };

struct acre_u_test {
    double u; /* pairs in which the first heap's value is the larger one; ties count half */
    double p; /* two-sided */
    bool is_exact;
    bool first_tends_larger; /* u is above half of the pairs */
};

/* EMPTY where either heap is; unless OK *test is zeroed. */
enum acre_stats_status acre_mann_whitney(const struct acre_series *first,
                                         const struct acre_series *second,
                                         struct acre_u_test *test);

#endif
