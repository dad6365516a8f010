/*
 * The plan of a run: its cells, in the order in which the run lists them.
 *
 *   one workload    every combination of the values that were asked for
 *   all of them     the sets that each workload declares as its suite
 *
 *   workload ──> strategies that can run it ──> sets of values ──> a cell each, on a clean heap
 *                                                                  and behind it on aged ones
 */
#ifndef ACRE_BENCH_PLAN_H
#define ACRE_BENCH_PLAN_H

#include "bench/options.h"
#include "report/run.h"

struct acre_planned_cell {
    const struct acre_workload *workload;
    struct acre_cell_spec spec;
    size_t clean;        /* index of the same cell on a clean heap, maybe this one */
    uint64_t iterations; /* of the cold, recorded and checked visits */
};

struct acre_plan {
    struct acre_planned_cell *cells; /* one for each cell of the run */
    size_t count;
};

/*
 * Plans the cells of the workload, or of all where it is NULL, and gives the run a cell with its
 * key for each, and what is left out. `run` has neither yet, and owns both afterwards. False when
 * out of memory. Either way the plan is to be freed.
 */
bool acre_plan_make(struct acre_plan *plan, const struct acre_workload *workload,
                    const struct acre_bench_options *options, struct acre_run *run);

void acre_plan_free(struct acre_plan *plan);

#endif
