/*
 * Graphs of small nodes, built and dropped: what node-churn and deep-chain do.
 *
 *   chain   n[0] <── n[1] <── n[2] <── ... <── the last node, the only one that C code holds
 *   dag     the same, and each node also refers to a second one somewhere before it
 *
 * A node is 40 bytes: the header, two references, a number. An iteration drops the graphs of the
 * one before, graph by graph, and then builds its own.
 */
#ifndef ACRE_BENCH_GRAPHS_H
#define ACRE_BENCH_GRAPHS_H

#include "bench/bench.h"

struct acre_graphs_size {
    uint64_t graphs, nodes; /* nodes: of each graph */
    bool has_second;        /* reference, of each node: a dag */
};

/* The operations of a workload that is built on these, but for open. */
void *acre_graphs_open(struct acre_stage *stage, struct acre_graphs_size size, uint64_t seed);
enum acre_status acre_graphs_step(void *state, uint64_t iteration);
uint64_t acre_graphs_checksum(const void *state);
enum acre_status acre_graphs_drain(void *state);
void acre_graphs_close(void *state);

/*
 * The limit: the same nodes, written one after the other into one array that was there before. To
 * drop them is to forget them, so it costs nothing.
 */
void *acre_graphs_limit_open(struct acre_alloc *memory, struct acre_graphs_size size,
                             uint64_t seed);
void acre_graphs_limit_step(void *limit, uint64_t iteration);
uint64_t acre_graphs_limit_checksum(const void *limit);
void acre_graphs_limit_close(void *limit);

/* What workloads built on these have in common, for their initializers. */
#define ACRE_GRAPHS_WORKLOAD                                                                       \
    .unit = "node", .step = acre_graphs_step, .checksum = acre_graphs_checksum,                    \
    .drain = acre_graphs_drain, .close = acre_graphs_close, .limit_step = acre_graphs_limit_step,  \
    .limit_checksum = acre_graphs_limit_checksum, .limit_close = acre_graphs_limit_close,          \
    .unsuited = {[ACRE_LIFETIME_STRONG] = "no node refers back here: the same as weak"}

#endif
