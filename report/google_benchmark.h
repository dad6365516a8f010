/*
 * Files of Google Benchmark (--benchmark_out=FILE --benchmark_out_format=json): read as runs, and
 * runs written as such. A repetition is a round, a benchmark a cell:
 *
 *   read      backend: the whole name, without a lifetime; ns_per_iteration: real_time. Aggregates
 *             are left aside. A file that acre exported comes back with its keys
 *   written   workload/backend/lifetime/parameter:value..., `%2F` for a slash inside of one;
 *             cpu_time repeats real_time, since CPU time is not measured; further series are
 *             counters under their names in the run
 */
#ifndef ACRE_REPORT_GOOGLE_BENCHMARK_H
#define ACRE_REPORT_GOOGLE_BENCHMARK_H

#include "report/run.h"

#include <jansson.h>

bool acre_is_google_benchmark(const json_t *root);

/* Fills a zeroed run, as acre_run_decode does. */
enum acre_exit acre_run_from_google_benchmark(struct acre_run *run, const json_t *root, char *error,
                                              size_t error_bytes);

/* NULL when out of memory. Cells without a time are left out, but for failed ones. The caller owns
 * the value. */
json_t *acre_run_to_google_benchmark(const struct acre_run *run);

/* Whether it was read from such a file. */
bool acre_run_is_foreign(const struct acre_run *run);

#endif
