/*
 * The engine as a peer: acre-peer STRATEGY TASK NODES REPETITIONS.
 *
 *    region      an arena's bulk region: nothing is counted down, the reset ends the graph
 *    walked      an arena's counted region: counts free the graph, the reset takes the memory back
 *    pool        counts free each node, on free lists
 *    malloc, jemalloc, mimalloc: the same on these
 */
#include "alloc/registry.h"
#include "bench/child.h"
#include "bench/peers/peer.h"
#include "core/collect.h"
#include "core/inline.h"

struct node {
    struct acre_object object;
    struct node *left, *right;
    uint64_t value;
};

static const struct acre_slot slots[] = {
    {"left", offsetof(struct node, left)},
    {"right", offsetof(struct node, right)},
};

static const struct acre_type node_type = {
    .name = "Node",
    .size_bytes = sizeof(struct node),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = slots,
    .slot_count = 2,
};

static const struct strategy {
    const char *name, *backend;
    bool has_region;
    enum acre_region_mode mode;
} strategies[] = {
    {"region", "arena", true, ACRE_REGION_BULK},
    {"walked", "arena", true, ACRE_REGION_COUNTED},
    {"pool", "arena", false, 0},
    {"malloc", "malloc", false, 0},
    {"jemalloc", "jemalloc", false, 0},
    {"mimalloc", "mimalloc", false, 0},
};

static const struct strategy *chosen;

/* What a task needs, made by open_bench. */
struct bench {
    struct acre_backend backend;
    struct acre_engine *engine;
    uint32_t type, region;
};

static bool open_bench(struct bench *bench, enum acre_collector collector,
                       struct peer_answer *answer)
{
    static char why[256];
    const struct acre_engine_options options = {.collector = collector};

    *bench = (struct bench){.region = ACRE_REGION_PINNED};
    answer->failed = why;
    if (!acre_backend_open(&bench->backend, chosen->backend, why, sizeof why))
        return false;
    answer->failed = "the engine could not be made";
    if (acre_engine_new(&bench->engine, bench->backend.pinned, &options) != ACRE_OK ||
        acre_type_register(bench->engine, &node_type, &bench->type) != ACRE_OK)
        return false;
    if (chosen->has_region && acre_region_new(bench->engine, bench->backend.regions[0],
                                              chosen->mode, "graph", &bench->region) != ACRE_OK)
        return false;
    acre_region_enter(bench->engine, bench->region);
    answer->failed = NULL;
    return true;
}

static void close_bench(struct bench *bench, struct peer_answer *answer)
{
    if (acre_live_objects(bench->engine) != 0)
        answer->failed = "objects were left over";
    acre_engine_destroy(bench->engine);
    acre_backend_close(&bench->backend);
}

/* At the end of a graph, all of whose references are gone. */
static void end_graph(struct bench *bench, struct peer_answer *answer)
{
    if (chosen->has_region && acre_region_reset(bench->engine, bench->region) != ACRE_OK)
        answer->failed = "the region could not be reset";
}

/* The engine and the type by value: in registers, whatever is written through pointers. */
#define INLINE static inline __attribute__((always_inline))

INLINE struct node *node_new(struct acre_engine *engine, uint32_t type, uint64_t value)
{
    struct acre_object *object;

    if (acre_object_new_sized(engine, type, sizeof(struct node), &object) != ACRE_OK)
        abort();
    ((struct node *)object)->value = value;
    return (struct node *)object;
}

INLINE void set(struct acre_engine *engine, struct node *holder, struct node **slot,
                struct node *target)
{
    if (acre_slot_set(engine, &holder->object, slot, &target->object) != ACRE_OK)
        abort();
}

INLINE void give(struct acre_engine *engine, struct node *holder, struct node **slot,
                 struct node *target)
{
    if (acre_slot_give(engine, &holder->object, slot, &target->object) != ACRE_OK)
        abort();
}

/* Each node is given the one before it; in a dag it refers to the one before that as well. */
INLINE struct node *build(struct acre_engine *engine, uint32_t type, uint32_t nodes, uint32_t salt,
                          bool is_dag)
{
    struct node *last = NULL;

    for (uint32_t i = 0; i < nodes; i++) {
        struct node *node = node_new(engine, type, i ^ salt);

        if (last != NULL) {
            if (is_dag)
                set(engine, node, &node->right, last->left);
            give(engine, node, &node->left, last);
        }
        last = node;
    }
    return last;
}

static uint64_t sum(const struct node *last)
{
    if (last == NULL)
        return 0;
    return last->value + (last->left != NULL ? last->left->value : 0) +
           (last->right != NULL ? last->right->value : 0);
}

/* Compiled twice, so that nothing is asked of is_dag for each node. */
INLINE void build_drop(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer,
                       bool is_dag)
{
    struct bench bench;
    double begin_ns;

    if (!open_bench(&bench, ACRE_COLLECTOR_NONE, answer))
        return;
    begin_ns = peer_now_ns();
    for (uint32_t i = 0; i < repetitions; i++) {
        struct node *last = build(bench.engine, bench.type, nodes, i, is_dag);

        answer->checksum += sum(last);
        acre_unref(bench.engine, &last);
        end_graph(&bench, answer);
    }
    answer->ns = peer_now_ns() - begin_ns;
    answer->objects = (double)nodes * repetitions;
    close_bench(&bench, answer);
}

static void list(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer)
{
    build_drop(nodes, repetitions, answer, false);
}

static void dag(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer)
{
    build_drop(nodes, repetitions, answer, true);
}

static void upgrade_all(struct acre_engine *engine, const struct acre_weak *handles, uint32_t nodes,
                        uint32_t repetitions, struct peer_answer *answer)
{
    uint64_t checksum = 0;
    double begin_ns = peer_now_ns();

    for (uint32_t i = 0; i < repetitions; i++)
        for (uint32_t j = 0; j < nodes; j++) {
            struct acre_object *target = acre_weak_get(engine, handles[j]);

            if (target != NULL) {
                checksum += ((struct node *)target)->value ^ i;
                acre_unref(engine, &target);
            }
        }
    answer->ns = peer_now_ns() - begin_ns;
    answer->checksum = checksum;
    answer->objects = (double)nodes * repetitions;
}

static void weak_upgrade(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer)
{
    struct bench bench;
    struct node **targets = calloc(nodes, sizeof *targets);
    struct acre_weak *handles = calloc(nodes, sizeof *handles);
    uint32_t *order = peer_order(nodes);

    if (targets == NULL || handles == NULL)
        abort();
    if (open_bench(&bench, ACRE_COLLECTOR_NONE, answer)) {
        for (uint32_t i = 0; i < nodes; i++)
            targets[i] = node_new(bench.engine, bench.type, i);
        for (uint32_t i = 0; i < nodes; i++)
            if (acre_weak_of(bench.engine, &targets[order[i]]->object, &handles[i]) != ACRE_OK)
                abort();
        upgrade_all(bench.engine, handles, nodes, repetitions, answer);
        for (uint32_t i = 0; i < nodes; i++)
            acre_unref(bench.engine, &targets[i]);
        end_graph(&bench, answer);
        close_bench(&bench, answer);
    }
    free(order);
    free(handles);
    free(targets);
}

static uint64_t build_rings(struct bench *bench, uint32_t rings)
{
    uint64_t checksum = 0;

    for (uint32_t i = 0; i < rings; i++) {
        struct node *a = node_new(bench->engine, bench->type, i);
        struct node *b = node_new(bench->engine, bench->type, i);
        struct node *c = node_new(bench->engine, bench->type, i);

        set(bench->engine, a, &a->left, b);
        set(bench->engine, b, &b->left, c);
        set(bench->engine, c, &c->left, a);
        checksum += a->value;
        acre_unref(bench->engine, &a);
        acre_unref(bench->engine, &b);
        acre_unref(bench->engine, &c);
    }
    return checksum;
}

static void collect_rings(uint32_t rings, uint32_t repetitions, struct peer_answer *answer,
                          bool includes_building)
{
    struct bench bench;

    if (!open_bench(&bench, ACRE_COLLECTOR_MANUAL, answer))
        return;
    for (uint32_t i = 0; i < repetitions; i++) {
        struct acre_collection found = {0};
        double begin_ns = peer_now_ns();
        double built_ns;

        answer->checksum += build_rings(&bench, rings);
        built_ns = peer_now_ns();
        acre_collect(bench.engine, &found);
        end_graph(&bench, answer);
        answer->ns += peer_now_ns() - (includes_building ? begin_ns : built_ns);
        if (found.freed != 3ull * rings)
            answer->failed = "the collection freed another number of objects";
    }
    answer->objects = 3.0 * rings * repetitions;
    close_bench(&bench, answer);
}

static void collect(uint32_t rings, uint32_t repetitions, struct peer_answer *answer)
{
    collect_rings(rings, repetitions, answer, false);
}

static void build_collect(uint32_t rings, uint32_t repetitions, struct peer_answer *answer)
{
    collect_rings(rings, repetitions, answer, true);
}

static void deep_drop(uint32_t nodes, uint32_t repetitions, struct peer_answer *answer)
{
    struct bench bench;

    if (!open_bench(&bench, ACRE_COLLECTOR_NONE, answer))
        return;
    for (uint32_t i = 0; i < repetitions; i++) {
        struct node *last = node_new(bench.engine, bench.type, 0);
        double begin_ns;

        for (uint32_t j = 1; j < nodes; j++) {
            struct node *node = node_new(bench.engine, bench.type, j);

            give(bench.engine, node, &node->left, last);
            last = node;
        }
        answer->checksum += last->value;
        begin_ns = peer_now_ns();
        acre_unref(bench.engine, &last);
        end_graph(&bench, answer);
        answer->ns += peer_now_ns() - begin_ns;
    }
    answer->objects = (double)nodes * repetitions;
    close_bench(&bench, answer);
}

static const struct peer_task tasks[] = {
    {"list", list},
    {"dag", dag},
    {"weak", weak_upgrade},
    {"collect", collect},
    {"build-collect", build_collect},
    {"deep-drop", deep_drop},
    {NULL, NULL},
};

int main(int argc, char **argv)
{
    acre_restart_with_static_tls((const char *const *)argv);
    for (size_t i = 0; argc > 1 && i < sizeof strategies / sizeof *strategies; i++)
        if (strcmp(strategies[i].name, argv[1]) == 0)
            chosen = &strategies[i];
    if (chosen == NULL) {
        fprintf(stderr, "usage: acre-peer STRATEGY TASK NODES REPETITIONS\n");
        return 2;
    }
    return peer_main(argc - 1, argv + 1, tasks);
}
