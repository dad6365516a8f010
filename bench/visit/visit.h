/*
 * One visit to a cell: what a child process does. The answer is a run of one cell, so that it
 * travels as the same JSON that a user keeps; the runner puts many of them together.
 *
 *   timed     warm up, then batches of the strategy and of the limit in turn; no recording
 *   cold      the first iterations of this process, from the first to the last, nothing before
 *   recorded  the same iterations with a full ledger; exact books, no clock
 *   waste     the same as recorded, and where the memory is at its peak and after the drain
 *   memory    with a full ledger for a while, what is held published iteration by iteration for
 *             whoever looks on from outside (gauge.h); then after the drain, and a second later
 *   pauses    each iteration timed by itself, after a warm-up; no recording
 *   checked   the same iterations behind guard rails; counts, no clock (checked.h)
 *   cost-of-* as timed, but the limit is the strategy itself, unrecorded, and what is held against
 *             it is the strategy recorded: not at all (the noise floor), in counts, in full, as a
 *             trace (whose events and iterations stand in `recorded` then)
 */
#ifndef ACRE_BENCH_VISIT_H
#define ACRE_BENCH_VISIT_H

#include "bench/bench.h"
#include "bench/gauge.h"
#include "bench/litter.h"
#include "bench/rails.h"
#include "bench/visit/waste.h"
#include "report/run.h"

enum acre_visit_kind {
    ACRE_VISIT_TIMED,
    ACRE_VISIT_COLD,
    ACRE_VISIT_RECORDED,
    ACRE_VISIT_WASTE,
    ACRE_VISIT_MEMORY,
    ACRE_VISIT_PAUSES,
    ACRE_VISIT_CHECKED,
    ACRE_VISIT_COST_OF_NOTHING,
    ACRE_VISIT_COST_OF_COUNTS,
    ACRE_VISIT_COST_OF_FULL,
    ACRE_VISIT_COST_OF_TRACE,
    ACRE_VISIT_KIND_COUNT
};

struct acre_visit {
    enum acre_visit_kind kind;
    const struct acre_workload *workload;
    struct acre_cell_spec spec;
    uint64_t iterations;      /* of the cold, recorded, waste and checked kinds */
    struct acre_rails rails;  /* of the checked kind */
    uint64_t timed_ms;        /* budget of what is timed after a warm-up; of the memory kind: how
                                 long it runs, two iterations at the least */
    double spin_percent;      /* of the timed kind: a batch of the strategy is made to last so much
                                 longer, by waiting: a slowdown of known size */
    double wait_seconds;      /* of the memory kind: from the drain to the last look */
    struct acre_gauge *gauge; /* of the memory kind; NULL: nobody looks on. Borrowed */
    struct acre_litter_load load; /* of an aged heap: what its litter is like */
    uint64_t peak_call;           /* of the waste kind: where the recorded visit had its peak */
    const char *report_paths[ACRE_MOMENTS]; /* of the waste kind; NULL: not kept. Borrowed */
    uint64_t memory_limit_bytes;            /* of this process's address space; 0: none */
};

/* The strong lifetime leaks by design: it always runs this many iterations. */
enum { ACRE_STRONG_ITERATIONS = 10, ACRE_MOST_ITERATION_ROWS = 1000 };

/*
 * Runs the visit in this process. A failure of the cell itself (out of memory, results that differ
 * from the limit's) is an answer: cell.failure says what. False only when the answer itself cannot
 * be put together, for want of memory. `run` is the caller's to free, either way.
 */
bool acre_visit_run(const struct acre_visit *visit, struct acre_run *run);

#endif
