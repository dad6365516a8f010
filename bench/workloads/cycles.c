/*
 * Rings: every node refers to the next and the last to the first, so that counts alone free none.
 *
 *   shape      rings of --length nodes, all dropped at once
 *   lifetime   strong: the rings leak. weak, walked: the reference that closes a ring is weak, so
 *              counts free it. collector: a collection frees it. region: the reset does.
 *   stresses   what each answer to cycles costs
 */
#include <stdlib.h>

#include "bench/bench.h"
#include "bench/workloads/hash.h"
#include "core/weak.h"

enum { RINGS, LENGTH, PARAMETERS };

static const struct acre_parameter parameters[PARAMETERS] = {
    [RINGS] = {.name = "rings",
               .argument = "N[,N...]",
               .help = "rings that are alive together (default 1000)",
               .defaults = "1000",
               .is_list = true,
               .least = 1,
               .most = 1000000000000,
               .before = "",
               .after = " rings"},
    [LENGTH] = {.name = "length",
                .argument = "N[,N...]",
                .help = "nodes of each ring (default 3)",
                .defaults = "3",
                .is_list = true,
                .least = 1,
                .most = 1000000,
                .before = "length ",
                .after = ""},
};

struct node {
    struct acre_object object;
    struct node *next;      /* NULL in the last node where `first` closes the ring */
    struct acre_weak first; /* of nothing where `next` does */
    uint64_t number;
};

_Static_assert(sizeof(struct node) == 48, "the documents say 48 bytes");

static const struct acre_slot slots[] = {{"next", offsetof(struct node, next)}};

static const struct acre_type node_type = {
    .name = "Node",
    .size_bytes = sizeof(struct node),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = slots,
    .slot_count = 1,
};

static uint64_t number_of(uint64_t iteration, uint64_t ring, uint64_t node)
{
    return iteration ^ (ring << 32) ^ node;
}

/* The workload ------------------------------------------------------------------------------ */

struct rings {
    struct acre_stage *stage;
    uint64_t count, length;
    bool closes_weakly;
    uint32_t type;
    struct node **first; /* of each ring, owned; NULL: not built */
};

static void rings_close(void *state)
{
    struct rings *rings = state;

    free(rings->first);
    free(rings);
}

static void *rings_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    struct rings *rings = calloc(1, sizeof *rings);

    if (rings == NULL)
        return NULL;
    rings->stage = stage;
    rings->count = spec->values[RINGS];
    rings->length = spec->values[LENGTH];
    rings->closes_weakly =
        spec->lifetime == ACRE_LIFETIME_WEAK || spec->lifetime == ACRE_LIFETIME_WALKED;
    rings->first = calloc(rings->count, sizeof(struct node *));
    if (rings->first != NULL &&
        acre_type_register(stage->engine, &node_type, &rings->type) == ACRE_OK)
        return rings;
    rings_close(rings);
    return NULL;
}

static enum acre_status close_ring(const struct rings *rings, struct node *first, struct node *last)
{
    struct acre_engine *engine = rings->stage->engine;

    if (rings->closes_weakly)
        return acre_weak_of(engine, &first->object, &last->first);
    return acre_slot_set(engine, &last->object, &last->next, &first->object);
}

static enum acre_status build_ring(struct rings *rings, uint64_t iteration, uint64_t ring)
{
    struct acre_engine *engine = rings->stage->engine;
    struct node *last = NULL; /* borrowed: the ring holds it */
    enum acre_status status = ACRE_OK;

    for (uint64_t i = 0; status == ACRE_OK && i < rings->length; i++) {
        struct acre_object *object;
        struct node *node;

        status = acre_object_new(engine, rings->type, &object);
        if (status != ACRE_OK)
            break;
        node = (struct node *)object;
        node->number = number_of(iteration, ring, i);
        if (last == NULL) {
            rings->first[ring] = node;
        } else {
            status = acre_slot_set(engine, &last->object, &last->next, object);
            acre_unref(engine, &object);
        }
        last = node;
    }
    return status == ACRE_OK ? close_ring(rings, rings->first[ring], last) : status;
}

static void drop(struct rings *rings)
{
    for (uint64_t i = 0; i < rings->count; i++)
        acre_unref(rings->stage->engine, &rings->first[i]);
}

static enum acre_status rings_step(void *state, uint64_t iteration)
{
    struct rings *rings = state;
    enum acre_status status;

    drop(rings);
    status = acre_stage_begin(rings->stage, iteration);
    for (uint64_t i = 0; status == ACRE_OK && i < rings->count; i++)
        status = build_ring(rings, iteration, i);
    if (status == ACRE_OK)
        acre_stage_end(rings->stage);
    return status;
}

/* Once around, and back to the first in whichever way the ring is closed. */
static uint64_t rings_checksum(const void *state)
{
    const struct rings *rings = state;
    struct acre_engine *engine = rings->stage->engine;
    uint64_t hash = 0;

    for (uint64_t ring = 0; ring < rings->count; ring++) {
        const struct node *last = NULL;
        const struct node *node = rings->first[ring];

        for (uint64_t i = 0; node != NULL && i < rings->length; i++) {
            hash = acre_hash_number(hash, node->number);
            last = node;
            node = node->next;
        }
        if (node == NULL && last != NULL) {
            struct acre_object *first = acre_weak_get(engine, last->first);

            hash = acre_hash_number(hash, first != NULL ? ((struct node *)first)->number : 0);
            acre_unref(engine, &first);
        } else if (node != NULL) {
            hash = acre_hash_number(hash, node->number);
        }
    }
    return hash;
}

static enum acre_status rings_drain(void *state)
{
    struct rings *rings = state;

    drop(rings);
    return acre_stage_drain(rings->stage);
}

/* Its limit: the same nodes, written one after the other into one array. ---------------------- */

struct limit {
    uint64_t count, length;
    struct node *nodes;
};

static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    struct limit *limit = calloc(1, sizeof *limit);

    if (limit == NULL)
        return NULL;
    limit->count = spec->values[RINGS];
    limit->length = spec->values[LENGTH];
    limit->nodes = acre_allocate_array(memory, limit->count * limit->length, sizeof *limit->nodes,
                                       64, ACRE_PURPOSE_NODE);
    if (limit->nodes != NULL)
        return limit;
    free(limit);
    return NULL;
}

static void limit_step(void *state, uint64_t iteration)
{
    struct limit *limit = state;

    for (uint64_t ring = 0; ring < limit->count; ring++) {
        struct node *nodes = &limit->nodes[ring * limit->length];

        for (uint64_t i = 0; i < limit->length; i++)
            nodes[i] = (struct node){
                .object = {.strong = 1},
                .next = &nodes[i + 1 < limit->length ? i + 1 : 0],
                .number = number_of(iteration, ring, i),
            };
    }
}

static uint64_t limit_checksum(const void *state)
{
    const struct limit *limit = state;
    uint64_t hash = 0;

    for (uint64_t ring = 0; ring < limit->count; ring++) {
        const struct node *node = &limit->nodes[ring * limit->length];

        for (uint64_t i = 0; i <= limit->length; i++, node = node->next)
            hash = acre_hash_number(hash, node->number);
    }
    return hash;
}

/* The nodes go with their arena. */
static void limit_close(void *state)
{
    free(state);
}

static uint64_t nodes_of(const struct acre_cell_spec *spec)
{
    return spec->values[RINGS] * spec->values[LENGTH];
}

/* rings, length */
static const uint64_t tiny[][ACRE_MOST_PARAMETERS] = {{20, 1}, {10, 3}};

static const uint64_t suite[][ACRE_MOST_PARAMETERS] = {{1000, 3}};

static const char *const examples[] = {
    "--json run.json",
    "--length 1,3,100",
    "--lifetimes strong,weak,collector --backends malloc",
    NULL,
};

const struct acre_workload acre_cycles = {
    .name = "cycles",
    .about = "Rings of nodes that refer to each other: what it costs to free cycles",
    .parameters = parameters,
    .parameter_count = PARAMETERS,
    .tiny = tiny,
    .tiny_count = sizeof tiny / sizeof tiny[0],
    .suite = suite,
    .suite_count = sizeof suite / sizeof suite[0],
    .examples = examples,
    .iterations = 10,
    .rounds = 20,
    .unit = "node",
    .units = nodes_of,
    .open = rings_open,
    .step = rings_step,
    .checksum = rings_checksum,
    .drain = rings_drain,
    .close = rings_close,
    .limit_open = limit_open,
    .limit_step = limit_step,
    .limit_checksum = limit_checksum,
    .limit_close = limit_close,
};
