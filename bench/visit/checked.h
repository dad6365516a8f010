/*
 * A checked run: a workload under a guard, with memory that fails, or both. Nothing is timed. It is
 * one iteration after the other until memory fails, everything is dropped, and then there must be
 * nothing left and nothing broken.
 */
#ifndef ACRE_BENCH_CHECKED_H
#define ACRE_BENCH_CHECKED_H

#include "bench/bench.h"
#include "bench/rails.h"
#include "report/run.h"

struct acre_checked {
    uint64_t iterations;  /* that were finished */
    uint64_t allocations; /* granted; what grew where it stood is one: the same on all backends */
    uint64_t calls;       /* as a fault counts them: a growth that has to move is two */
    uint64_t failures;    /* asked for and done */
    uint64_t checksum;    /* of a run that was finished */
    enum acre_status status; /* ACRE_OK, or ACRE_NO_MEMORY after a failure */
    char breach[256];        /* "", or what is not as it should be */
};

/*
 * Runs so many iterations. True when all is as it should be: the run is finished, or it ended with
 * ACRE_NO_MEMORY because of a failure that was asked for; then no object and no byte is left (but
 * under the strong lifetime, which leaks by design), dropping asked for no memory, and every
 * allocator is sound. Mistakes that a guard finds end the process, with its sentence on standard
 * error; see acre_explain_faults_of for those that are faults.
 */
bool acre_checked_run(const struct acre_workload *workload, const struct acre_cell_spec *spec,
                      uint64_t iterations, const struct acre_rails *rails,
                      struct acre_checked *result);

/* The same as the answer of a visit: a failure, or the counts as those of a recorded run. False
 * for want of memory. */
bool acre_checked_answer(struct acre_cell *cell, const struct acre_checked *result);

/* What was found, for people: a line for each cell, and a sentence. */
void acre_checked_print(FILE *stream, const struct acre_run *run, const struct acre_rails *rails);

/*
 * From now on a fault in memory that a guard of the family keeps out of reach is explained on
 * standard error before the process dies of it. NULL: no longer. Of the whole process, and so for
 * programs only.
 */
void acre_explain_faults_of(const struct acre_guards *family);

#endif
