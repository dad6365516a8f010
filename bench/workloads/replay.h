/* The workload replay: its parameters, by their places, and what a run says of its program. */
#ifndef ACRE_BENCH_REPLAY_H
#define ACRE_BENCH_REPLAY_H

#include "bench/bench.h"
#include "report/run.h"

enum acre_replay_parameter {
    ACRE_REPLAY_TOUCH,
    ACRE_REPLAY_PROCESS,
    ACRE_REPLAY_THREADS,
    ACRE_REPLAY_PARAMETERS
};

/* Values of ACRE_REPLAY_THREADS. */
enum acre_replay_threads { ACRE_REPLAY_ONE_THREAD, ACRE_REPLAY_RECORDED_THREADS };

/* `region`: of the plan, NULL: none; `run_seconds`: what the program takes without a recorder, 0:
 * not known. Its string is the caller's to free, NULL for want of memory. */
struct acre_played acre_played_of(const struct acre_workload *workload, const char *region,
                                  double run_seconds);

#endif
