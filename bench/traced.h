/* --trace: every call of a workload under one strategy, as a trace (docs/trace-format.md). */
#ifndef ACRE_BENCH_TRACED_H
#define ACRE_BENCH_TRACED_H

#include "bench/bench.h"
#include "report/exit_status.h"

struct acre_trace_request {
    const char *path;
    const char *command;  /* the line that repeats it, for the header */
    uint64_t limit_bytes; /* the most that the file may have */
    uint64_t iterations;
};

/* What was written. */
struct acre_traced {
    uint64_t events, file_bytes;
};

/*
 * Runs so many iterations in this process, from the making of the engine to its end, and writes the
 * trace as it goes. Otherwise than OK: a sentence in `error`; what was written up to there is kept.
 */
enum acre_exit acre_bench_trace(const struct acre_workload *workload,
                                const struct acre_cell_spec *spec,
                                const struct acre_trace_request *request,
                                struct acre_traced *traced, char *error, size_t error_bytes);

#endif
