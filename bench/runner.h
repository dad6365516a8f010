/*
 * The runner: visits every cell in complete blocks and puts the answers together.
 *
 * Behind guard rails each cell has one checked visit and no other. Without:
 *
 *   first   one recorded visit a cell (exact, so one is enough), and one that looks where the
 *           memory is at the peak that it found
 *   then    one memory visit a cell, in which a child runs alone; while it waits for its last look
 * the next ones run then    for each round, in a new random order: every cell of every workload
 * timed, its pauses and cold, and the reference (the first cell of malloc/weak) a second time: the
 * noise floor. With a time budget as many rounds as it takes: report/group.h says when all is
 *           decided
 *
 * An aged cell comes behind the same one on a clean heap, whose recorded visit says what litter is
 * like.
 *
 * Complete blocks in random order share drift of the machine fairly between the strategies.
 */
#ifndef ACRE_BENCH_RUNNER_H
#define ACRE_BENCH_RUNNER_H

#include "bench/child.h"
#include "bench/options.h"
#include "report/exit_status.h"

struct acre_runner {
    const struct acre_workload *workload; /* NULL: all that have a suite */
    const struct acre_bench_options *options;
    struct acre_launch launch;
    bool shows_progress;
    void (*in_front_of_round)(void *of); /* if not NULL: what is to meet the same weather */
    void *of;
};

/*
 * Runs all cells and fills `run` (the caller's to free). A cell that fails keeps its reason and is
 * not visited again. Anything but ACRE_EXIT_OK comes with a sentence in `error`: ACRE_EXIT_MEMORY,
 * or ACRE_EXIT_IO when a report cannot be written.
 */
enum acre_exit acre_runner_run(const struct acre_runner *runner, struct acre_run *run, char *error,
                               size_t error_bytes);

#endif
