/*
 * How the times of a run are held against each other, and the machine's speed taken out of them.
 *
 * A processor that others share changes its speed within seconds, often twofold, and the strategies
 * of a round meet it at different moments. The limit is measured in the process of each strategy,
 * in turn with it, and meets the same speed; so the distance to it has nothing of that:
 *
 *    as measured    ns_per_iteration
 *    steady         x_limit, times what the limit takes in the median of its group: the time at one
 *                   speed of the machine
 *
 * What is won by that is paid with the limit's own noise: where its buffers come to lie differs
 * from process to process. The noise floor decides, in which nothing is compared that could differ:
 * the narrower one is taken, for the whole run.
 *
 * Where another program's calls were played, the limit is what playing costs by itself, and is no
 * part of what an allocator is asked for: it is taken off, times and noise floor are those of the
 * calls alone, and a hundredth of the limit at the least, since less is not told from nothing.
 */
#ifndef ACRE_REPORT_STEADY_H
#define ACRE_REPORT_STEADY_H

#include "report/stats.h"

/* A noise floor: how far the same cell, measured twice in each round, was from itself. */
struct acre_noise {
    struct acre_ratio self; /* second to first */
    bool is_known;          /* there were enough rounds; then valid: */
    double ratio;           /* the farther end of the interval of `self`, above 1 */
};

struct acre_judging {
    const struct acre_played *played; /* the run's; NULL: none */
    bool is_watched;                  /* acre_run_is_watched */
    bool is_steady;                   /* times are, where they can be */
    struct acre_noise measured, steady;
};

/* Of a run's self_log_ratio or self_x_limit_log_ratio. False when out of memory. */
bool acre_noise_of(const struct acre_series *logs, struct acre_noise *noise);

/* False when out of memory. */
bool acre_judging_of(const struct acre_run *run, struct acre_judging *judging);

/* Whether when to stop was decided by looking at the results. */
bool acre_run_is_watched(const struct acre_run *run);

/* What the limit takes in the median of all rounds of these cells; *is_known: there is one. False
 * when out of memory. */
bool acre_limit_of(const struct acre_cell *const *cells, size_t count, bool *is_known,
                   double *limit_ns);

/* Whether a cell that has times has the distance to the limit for each of them. */
bool acre_cell_can_be_steady(const struct acre_cell *cell);

/* A copy of the times of a cell, of which the caller frees the values: with `limit_ns` steady,
 * NULL: as measured; of what was played without the limit. False when out of memory. */
bool acre_times_of(const struct acre_cell *cell, const struct acre_judging *judging,
                   const double *limit_ns, struct acre_series *times);

#endif
