#include "bench/workloads/graphs.h"

#include <stdlib.h>

#include "bench/random.h"
#include "bench/workloads/hash.h"

struct node {
    struct acre_object object;
    struct node *before, *second;
    uint64_t number;
};

_Static_assert(sizeof(struct node) == 40, "the documents say 40 bytes");

static const struct acre_slot slots[] = {
    {"before", offsetof(struct node, before)},
    {"second", offsetof(struct node, second)},
};

static const struct acre_type node_type = {
    .name = "Node",
    .size_bytes = sizeof(struct node),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = slots,
    .slot_count = 2,
};

/* Which node each one's second reference goes to: the same in every graph and iteration. */
static uint32_t *draw_seconds(struct acre_graphs_size size, uint64_t seed)
{
    uint32_t *seconds = calloc(size.nodes, sizeof *seconds);
    struct acre_random random;

    acre_random_init(&random, seed, 0);
    for (uint64_t i = 1; seconds != NULL && i < size.nodes; i++)
        seconds[i] = (uint32_t)acre_random_below(&random, i);
    return seconds;
}

static uint64_t number_of(uint64_t iteration, uint64_t graph, uint64_t node)
{
    return iteration ^ (graph << 32) ^ node;
}

/* Down the chain: every node's number, and that of its second. */
static uint64_t hash_graph(uint64_t hash, const struct node *node)
{
    for (; node != NULL; node = node->before) {
        const uint64_t numbers[2] = {node->number, node->second != NULL ? node->second->number : 0};

        hash = acre_hash_bytes(hash, numbers, sizeof numbers);
    }
    return hash;
}

/* The workload ------------------------------------------------------------------------------ */

struct graphs {
    struct acre_stage *stage;
    struct acre_graphs_size size;
    uint32_t type;
    struct node **last;  /* of each graph, owned; NULL: not built */
    struct node **nodes; /* of a dag under construction, borrowed */
    uint32_t *seconds;   /* of a dag */
};

void *acre_graphs_open(struct acre_stage *stage, struct acre_graphs_size size, uint64_t seed)
{
    struct graphs *graphs = calloc(1, sizeof *graphs);

    if (graphs == NULL)
        return NULL;
    graphs->stage = stage;
    graphs->size = size;
    graphs->last = calloc(size.graphs, sizeof *graphs->last);
    if (size.has_second) {
        graphs->nodes = calloc(size.nodes, sizeof *graphs->nodes);
        graphs->seconds = draw_seconds(size, seed);
    }
    if (graphs->last == NULL ||
        (size.has_second && (graphs->nodes == NULL || graphs->seconds == NULL)) ||
        acre_type_register(stage->engine, &node_type, &graphs->type) != ACRE_OK) {
        acre_graphs_close(graphs);
        return NULL;
    }
    return graphs;
}

void acre_graphs_close(void *state)
{
    struct graphs *graphs = state;

    free(graphs->last);
    free(graphs->nodes);
    free(graphs->seconds);
    free(graphs);
}

/* A node in front of *last, which moves on to it. */
static inline enum acre_status extend(struct graphs *graphs, struct node **last, uint64_t number)
{
    struct acre_engine *engine = graphs->stage->engine;
    struct acre_object *object;
    struct node *node;
    enum acre_status status = acre_object_new(engine, graphs->type, &object);

    if (status != ACRE_OK)
        return status;
    node = (struct node *)object;
    node->number = number;
    if (*last != NULL)
        status = acre_slot_set(engine, object, &node->before, &(*last)->object);
    if (status != ACRE_OK) {
        acre_unref(engine, &node);
        return status;
    }
    acre_unref(engine, last);
    *last = node;
    return ACRE_OK;
}

static enum acre_status build_graph(struct graphs *graphs, uint64_t iteration, uint64_t graph)
{
    struct acre_engine *engine = graphs->stage->engine;
    struct node **last = &graphs->last[graph];
    enum acre_status status = ACRE_OK;

    for (uint64_t i = 0; status == ACRE_OK && i < graphs->size.nodes; i++) {
        status = extend(graphs, last, number_of(iteration, graph, i));
        if (status != ACRE_OK || !graphs->size.has_second)
            continue;
        graphs->nodes[i] = *last;
        if (i > 0)
            status = acre_slot_set(engine, &(*last)->object, &(*last)->second,
                                   &graphs->nodes[graphs->seconds[i]]->object);
    }
    return status;
}

static void drop(struct graphs *graphs)
{
    for (uint64_t g = 0; g < graphs->size.graphs; g++)
        acre_unref(graphs->stage->engine, &graphs->last[g]);
}

enum acre_status acre_graphs_step(void *state, uint64_t iteration)
{
    struct graphs *graphs = state;
    enum acre_status status;

    drop(graphs);
    status = acre_stage_begin(graphs->stage, iteration);
    for (uint64_t g = 0; status == ACRE_OK && g < graphs->size.graphs; g++)
        status = build_graph(graphs, iteration, g);
    if (status == ACRE_OK)
        acre_stage_end(graphs->stage);
    return status;
}

uint64_t acre_graphs_checksum(const void *state)
{
    const struct graphs *graphs = state;
    uint64_t hash = 0;

    for (uint64_t g = 0; g < graphs->size.graphs; g++)
        hash = hash_graph(hash, graphs->last[g]);
    return hash;
}

enum acre_status acre_graphs_drain(void *state)
{
    struct graphs *graphs = state;

    drop(graphs);
    return acre_stage_drain(graphs->stage);
}

/* Its limit --------------------------------------------------------------------------------- */

struct limit {
    struct acre_graphs_size size;
    struct node *nodes;
    uint32_t *seconds; /* of a dag */
};

void *acre_graphs_limit_open(struct acre_alloc *memory, struct acre_graphs_size size, uint64_t seed)
{
    struct limit *limit = calloc(1, sizeof *limit);

    if (limit == NULL)
        return NULL;
    limit->size = size;
    limit->nodes = acre_allocate_array(memory, size.graphs * size.nodes, sizeof *limit->nodes, 64,
                                       ACRE_PURPOSE_NODE);
    limit->seconds = size.has_second ? draw_seconds(size, seed) : NULL;
    if (limit->nodes != NULL && (limit->seconds != NULL || !size.has_second))
        return limit;
    acre_graphs_limit_close(limit);
    return NULL;
}

void acre_graphs_limit_step(void *state, uint64_t iteration)
{
    struct limit *limit = state;

    for (uint64_t g = 0; g < limit->size.graphs; g++) {
        struct node *nodes = &limit->nodes[g * limit->size.nodes];

        for (uint64_t i = 0; i < limit->size.nodes; i++)
            nodes[i] = (struct node){
                .object = {.strong = 1},
                .before = i > 0 ? &nodes[i - 1] : NULL,
                .second = i > 0 && limit->seconds != NULL ? &nodes[limit->seconds[i]] : NULL,
                .number = number_of(iteration, g, i),
            };
    }
}

uint64_t acre_graphs_limit_checksum(const void *state)
{
    const struct limit *limit = state;
    uint64_t hash = 0;

    for (uint64_t g = 1; g <= limit->size.graphs; g++)
        hash = hash_graph(hash, &limit->nodes[g * limit->size.nodes - 1]);
    return hash;
}

/* The nodes go with their arena. */
void acre_graphs_limit_close(void *state)
{
    struct limit *limit = state;

    free(limit->seconds);
    free(limit);
}
