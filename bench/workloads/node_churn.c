/*
 * Small nodes, born and dropped by the thousand: what an allocator and a count cost where nothing
 * is computed.
 *
 *   shape      chains, or dags in which every node but the first has two references
 *   lifetime   everything dies with its iteration
 *   stresses   birth, references, death of objects of 40 bytes
 *
 * The "1000 x 1000 build and drop": --graphs 1000 --nodes 1000 builds a thousand graphs of a
 * thousand nodes, all alive at the same time, and then drops them one after the other.
 */
#include "bench/workloads/graphs.h"

enum { SHAPE, NODES, GRAPHS, PARAMETERS };
enum { CHAIN, DAG };

static const struct acre_word shapes[] = {
    [CHAIN] = {"chain", "chain"},
    [DAG] = {"dag", "dag"},
};

static const struct acre_parameter parameters[PARAMETERS] = {
    [SHAPE] = {.name = "shape",
               .argument = "WORD",
               .help = "chain: each node refers to the one before; dag: to one more,\n"
                       "anywhere before; both (default)",
               .defaults = "both",
               .is_list = true,
               .words = shapes,
               .word_count = 2,
               .all = "both"},
    [NODES] = {.name = "nodes",
               .argument = "N[,N...]",
               .help = "nodes of each graph (default 1000)",
               .defaults = "1000",
               .is_list = true,
               .least = 1,
               .most = UINT32_MAX,
               .before = "",
               .after = " nodes"},
    [GRAPHS] = {.name = "graphs",
                .argument = "N[,N...]",
                .help = "graphs that are alive together (default 1)",
                .defaults = "1",
                .is_list = true,
                .least = 1,
                .most = 1000000,
                .before = "graphs at a time: ",
                .after = ""},
};

static struct acre_graphs_size size_of(const struct acre_cell_spec *spec)
{
    return (struct acre_graphs_size){
        .graphs = spec->values[GRAPHS],
        .nodes = spec->values[NODES],
        .has_second = spec->values[SHAPE] == DAG,
    };
}

static uint64_t nodes_of(const struct acre_cell_spec *spec)
{
    return spec->values[GRAPHS] * spec->values[NODES];
}

static void *churn_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    return acre_graphs_open(stage, size_of(spec), spec->seed);
}

static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    return acre_graphs_limit_open(memory, size_of(spec), spec->seed);
}

/* shape, nodes, graphs */
static const uint64_t tiny[][ACRE_MOST_PARAMETERS] = {{CHAIN, 20, 2}, {DAG, 20, 2}};

static const uint64_t suite[][ACRE_MOST_PARAMETERS] = {{CHAIN, 1000, 1}, {DAG, 1000, 30}};

static const char *const examples[] = {
    "--json run.json",
    "--shape chain --nodes 100,10000",
    "--graphs 1000 --nodes 1000 --shape dag --rounds 12 --iterations 3",
    NULL,
};

const struct acre_workload acre_node_churn = {
    .name = "node-churn",
    .about = "Graphs of small nodes, built and dropped: what birth, count and death cost",
    .parameters = parameters,
    .parameter_count = PARAMETERS,
    .tiny = tiny,
    .tiny_count = sizeof tiny / sizeof tiny[0],
    .suite = suite,
    .suite_count = sizeof suite / sizeof suite[0],
    .examples = examples,
    .iterations = 10,
    .rounds = 20,
    .units = nodes_of,
    .open = churn_open,
    .limit_open = limit_open,
    ACRE_GRAPHS_WORKLOAD,
};
