/* What the recurrent net on the tape (rnn.c) and its limit (rnn_limit.c) have in common. */
#ifndef ACRE_BENCH_RNN_H
#define ACRE_BENCH_RNN_H

#include "bench/bench.h"
#include "bench/workloads/wave.h"
#include "bench/workloads/weights.h"

enum {
    ACRE_RNN_WX,
    ACRE_RNN_BX,
    ACRE_RNN_WH,
    ACRE_RNN_WY,
    ACRE_RNN_BY,
};

#define ACRE_RNN_RATE 0.1 /* of learning */

size_t acre_rnn_hidden(const struct acre_cell_spec *spec);
struct acre_weight_shapes acre_rnn_shapes(const struct acre_cell_spec *spec);
void acre_rnn_wave(struct acre_wave *wave, const struct acre_cell_spec *spec);

/* The limit, for struct acre_workload. */
void *acre_rnn_limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec);
void acre_rnn_limit_step(void *limit, uint64_t iteration);
uint64_t acre_rnn_limit_checksum(const void *limit);
void acre_rnn_limit_close(void *limit);

#endif
