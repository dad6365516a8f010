/*
 * One long chain, dropped at its head: death goes through a million nodes without recursion.
 *
 *   shape      one chain
 *   lifetime   the chain dies with its iteration
 *   stresses   deaths one after the other, in memory that no cache holds
 */
#include "bench/workloads/graphs.h"

enum { NODES, PARAMETERS };

static const struct acre_parameter parameters[PARAMETERS] = {
    [NODES] = {.name = "nodes",
               .argument = "N[,N...]",
               .help = "of the chain (default 1000000)",
               .defaults = "1000000",
               .is_list = true,
               .least = 1,
               .most = UINT32_MAX,
               .before = "",
               .after = " nodes"},
};

static struct acre_graphs_size size_of(const struct acre_cell_spec *spec)
{
    return (struct acre_graphs_size){.graphs = 1, .nodes = spec->values[NODES]};
}

static uint64_t nodes_of(const struct acre_cell_spec *spec)
{
    return spec->values[NODES];
}

static void *deep_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    return acre_graphs_open(stage, size_of(spec), spec->seed);
}

static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    return acre_graphs_limit_open(memory, size_of(spec), spec->seed);
}

/* nodes */
static const uint64_t tiny[][ACRE_MOST_PARAMETERS] = {{60}};

static const uint64_t suite[][ACRE_MOST_PARAMETERS] = {{100000}};

static const char *const examples[] = {
    "--json run.json",
    "--nodes 1000,1000000",
    "--backends malloc,arena --nodes 10000000 --rounds 8",
    NULL,
};

const struct acre_workload acre_deep_chain = {
    .name = "deep-chain",
    .about = "A long chain, built and dropped at its head: death without recursion",
    .parameters = parameters,
    .parameter_count = PARAMETERS,
    .tiny = tiny,
    .tiny_count = sizeof tiny / sizeof tiny[0],
    .suite = suite,
    .suite_count = sizeof suite / sizeof suite[0],
    .examples = examples,
    .iterations = 2,
    .rounds = 12,
    .units = nodes_of,
    .open = deep_open,
    .limit_open = limit_open,
    ACRE_GRAPHS_WORKLOAD,
};
