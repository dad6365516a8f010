/*
 * Whether a series of runs has made a step at its end: the newest one, two or three values against
 * those before them.
 *
 *    o   o  o    o o   o   o o   │ x  x       each value the median of one run's rounds
 *      o   o o       o    o      │
 *    before: 5 to 30 runs          newest: 1 to 3
 *
 * Values of one run share whatever was peculiar about that hour, so what tells chance from change
 * is how much runs differ among each other, not how narrow the interval within one run is. The
 * values are logarithms of times or of ratios, the test is Student's for two means with one spread
 * (of a single newest value: for a prediction), and the three places where the step may be are one
 * family with all the cells of a check: their p is threefold, and Holm's adjustment goes over the
 * cells.
 *
 * W. S. Gosset ("Student"), "The probable error of a mean", Biometrika 6(1), 1908.
 */
#ifndef ACRE_HISTORY_STEP_H
#define ACRE_HISTORY_STEP_H

#include "report/verdict.h"

enum {
    ACRE_STEP_FEWEST_BEFORE = 5,
    ACRE_STEP_MOST_BEFORE = 30,
    ACRE_STEP_MOST_NEWEST = 3,
};

struct acre_step {
    size_t before, newest; /* runs on both sides of where a step is likeliest */
    double before_mean;    /* of their logarithms */
    double log_ratio;      /* the newest less those before */
    double low, high;      /* of log_ratio, 95 % */
    double p;              /* of no step: of this series; of all once it was judged */
    enum acre_verdict verdict;
    size_t runs_wanted; /* before the newest, where there are too few */
};

/*
 * `logs`: finite, oldest first, the last one is the newest. With fewer than 5 before it the verdict
 * is TOO_FEW_ROUNDS; else it is given by acre_steps_judge.
 */
void acre_step_of(const double *logs, size_t count, struct acre_step *step);

/*
 * Judges all of one check together, at 99 %: SLOWER and FASTER as for times, the newest are larger
 * or smaller; NO_DIFFERENCE where the interval of 99 % excludes a step of 3 %; else TOO_NOISY.
 * Those with too few runs stay as they are. The pointers come back in another order. False when out
 * of memory.
 */
bool acre_steps_judge(struct acre_step **steps, size_t count);

#endif
