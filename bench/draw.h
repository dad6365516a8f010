/* --draw: a picture of the objects of a workload under one strategy (core/draw.h), as a file. */
#ifndef ACRE_BENCH_DRAW_H
#define ACRE_BENCH_DRAW_H

#include "bench/bench.h"
#include "report/exit_status.h"

/*
 * Runs the workload in this process and writes the picture of what is alive after iteration 1, or,
 * under the lifetime strong, of what is still there when it has let go of everything after ten
 * iterations. Text for Graphviz is written as it is (- is standard output); for the rest the
 * program `dot` is run. Otherwise than OK: a sentence in `error`, and no file.
 */
enum acre_exit acre_bench_draw(const struct acre_workload *workload,
                               const struct acre_cell_spec *spec, const char *path, char *error,
                               size_t error_bytes);

#endif
