/*
 * The seed's check: y = square(square(...square(x))) in a loop, with or without backward.
 *
 *   shape      one chain of `depth` functions over `elements` float64
 *   lifetime   everything but a reused x dies with its iteration
 *   stresses   few large blocks, and the small objects that link them
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "bench/bench.h"
#include "bench/random.h"
#include "core/kernels.h"
#include "core/variable.h"

/* The workload ------------------------------------------------------------------------------ */

struct chain {
    struct acre_stage *stage;
    struct acre_cell_spec spec;
    struct acre_variable *x, *y;
};

static void fill_randn(const struct acre_cell_spec *spec, uint64_t iteration, double *elements)
{
    struct acre_random random;

    acre_random_init(&random, spec->seed, iteration);
    acre_random_normal(&random, elements, spec->elements);
}

static enum acre_status make_x(struct chain *chain, uint64_t iteration)
{
    struct acre_engine *engine = chain->stage->engine;
    struct acre_array *data;
    enum acre_status status = acre_array_new(engine, chain->spec.elements, &data);

    if (status != ACRE_OK)
        return status;
    fill_randn(&chain->spec, iteration, data->elements);
    status = acre_assign_as(engine, &chain->x, acre_variable_new(engine, &data->object), "x");
    acre_unref(engine, &data);
    return status;
}

static enum acre_status build(struct chain *chain)
{
    struct acre_engine *engine = chain->stage->engine;
    struct acre_temp y = acre_square(engine, chain->x);

    for (uint64_t i = 1; i < chain->spec.depth; i++)
        y = acre_square(engine, y);
    return acre_assign_as(engine, &chain->y, y, "y");
}

static void *chain_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    struct chain *chain = malloc(sizeof *chain);

    if (chain != NULL)
        *chain = (struct chain){.stage = stage, .spec = *spec};
    return chain;
}

/* A reused x outlives the iterations, so it is made before the first scope, in the pinned region.
 */
static enum acre_status prepare(struct chain *chain, uint64_t iteration)
{
    struct acre_engine *engine = chain->stage->engine;
    bool is_new = chain->spec.fill == ACRE_FILL_RANDN;
    enum acre_status status;

    if (chain->spec.order == ACRE_ORDER_DROP_FIRST) {
        acre_unref(engine, &chain->y);
        if (is_new)
            acre_unref(engine, &chain->x);
    }
    if (!is_new && chain->x == NULL) {
        status = make_x(chain, 0);
        if (status != ACRE_OK)
            return status;
    }
    status = acre_stage_begin(chain->stage, iteration);
    if (status == ACRE_OK && is_new)
        status = make_x(chain, iteration);
    else if (status == ACRE_OK && chain->spec.backward)
        acre_cleargrad(engine, chain->x);
    return status;
}

static enum acre_status chain_step(void *state, uint64_t iteration)
{
    struct chain *chain = state;
    enum acre_status status = prepare(chain, iteration);

    if (status == ACRE_OK)
        status = build(chain);
    if (status == ACRE_OK)
        status = acre_stage_settle(chain->stage);
    if (status == ACRE_OK && chain->spec.backward)
        status = acre_backward(chain->stage->engine, chain->y);
    if (status == ACRE_OK)
        acre_stage_end(chain->stage);
    return status;
}

/* Chained: the hash so far is the seed of the next. */
static uint64_t hash_elements(uint64_t hash, const double *elements, size_t count)
{
    return XXH3_64bits_withSeed(elements, count * sizeof *elements, hash);
}

/* From y back to x: data, then gradient, of each variable. */
static uint64_t chain_checksum(const void *state)
{
    const struct chain *chain = state;
    uint64_t hash = 0;

    for (const struct acre_variable *v = chain->y; v != NULL;
         v = v->creator != NULL ? v->creator->inputs[0] : NULL) {
        hash = hash_elements(hash, v->data->elements, v->data->count);
        if (v->grad != NULL)
            hash = hash_elements(hash, v->grad->elements, v->grad->count);
    }
    return hash;
}

static enum acre_status chain_drain(void *state)
{
    struct chain *chain = state;

    acre_unref(chain->stage->engine, &chain->y);
    acre_unref(chain->stage->engine, &chain->x);
    return acre_stage_drain(chain->stage);
}

static void chain_close(void *state)
{
    free(state);
}

static size_t chain_variables(const void *state, struct acre_drawn_variable *variables, size_t room)
{
    const struct chain *chain = state;
    const struct acre_drawn_variable own[] = {
        {.name = "y", .object = chain->y != NULL ? &chain->y->object : NULL},
        {.name = "x", .object = chain->x != NULL ? &chain->x->object : NULL},
    };
    size_t count = sizeof own / sizeof own[0] < room ? sizeof own / sizeof own[0] : room;

    memcpy(variables, own, count * sizeof own[0]);
    return count;
}

/* Its limit --------------------------------------------------------------------------------- */

enum { MOST_SETS = 2 };

/* Buffers 0..depth: data of x, the intermediates, y; then as many for gradients. A reused x and its
 * gradient are the same buffers in both sets, as they are pinned for the engine. */
struct limit {
    struct acre_alloc *memory;
    struct acre_cell_spec spec;
    const struct acre_kernels *kernels;
    double **buffers[MOST_SETS];
    size_t buffer_count;
    unsigned set_count, current;
};

static struct acre_layout layout_of_buffer(const struct limit *limit)
{
    return (struct acre_layout){limit->spec.elements * sizeof(double), ACRE_ARRAY_ALIGN_BYTES,
                                ACRE_PURPOSE_DATA};
}

static void limit_close(void *state)
{
    struct limit *limit = state;

    if (limit == NULL)
        return;
    for (unsigned s = 0; s < limit->set_count; s++)
        free(limit->buffers[s]); /* the buffers themselves go with their arena */
    free(limit);
}

static bool open_set(struct limit *limit, unsigned set)
{
    size_t gradients = limit->spec.depth + 1;

    limit->buffers[set] = calloc(limit->buffer_count, sizeof *limit->buffers[set]);
    if (limit->buffers[set] == NULL)
        return false;
    for (size_t i = 0; i < limit->buffer_count; i++) {
        bool is_pinned = (i == 0 || i == gradients) && limit->spec.fill == ACRE_FILL_REUSE;

        limit->buffers[set][i] = is_pinned && set > 0
                                     ? limit->buffers[0][i]
                                     : acre_allocate(limit->memory, layout_of_buffer(limit));
        if (limit->buffers[set][i] == NULL)
            return false;
    }
    return true;
}

static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    struct limit *limit = calloc(1, sizeof *limit);
    unsigned sets = spec->order == ACRE_ORDER_SEED ? 2 : 1;

    if (limit == NULL)
        return NULL;
    limit->memory = memory;
    limit->spec = *spec;
    limit->kernels = acre_kernels_best();
    limit->buffer_count = (spec->depth + 1) * (spec->backward ? 2 : 1);
    while (limit->set_count < sets) {
        bool is_open = open_set(limit, limit->set_count++);

        if (!is_open) {
            limit_close(limit);
            return NULL;
        }
    }
    if (spec->fill == ACRE_FILL_REUSE)
        fill_randn(spec, 0, limit->buffers[0][0]);
    return limit;
}

static void limit_step(void *state, uint64_t iteration)
{
    struct limit *limit = state;
    const struct acre_kernels *kernels = limit->kernels;
    size_t count = limit->spec.elements;
    size_t depth = limit->spec.depth;
    double **data;
    double **gradients;

    limit->current = (unsigned)(iteration % limit->set_count);
    data = limit->buffers[limit->current];
    gradients = data + depth + 1;
    if (limit->spec.fill == ACRE_FILL_RANDN)
        fill_randn(&limit->spec, iteration, data[0]);
    for (size_t i = 0; i < depth; i++)
        kernels->square(data[i + 1], data[i], count);
    if (!limit->spec.backward)
        return;
    kernels->fill(gradients[depth], 1.0, count);
    for (size_t i = depth; i-- > 0;)
        kernels->square_gradient(gradients[i], data[i], gradients[i + 1], count);
}

static uint64_t limit_checksum(const void *state)
{
    const struct limit *limit = state;
    double **data = limit->buffers[limit->current];
    uint64_t hash = 0;

    for (size_t i = limit->spec.depth + 1; i-- > 0;) {
        hash = hash_elements(hash, data[i], limit->spec.elements);
        if (limit->spec.backward)
            hash = hash_elements(hash, data[limit->spec.depth + 1 + i], limit->spec.elements);
    }
    return hash;
}

const struct acre_workload acre_square_chain = {
    .name = "square-chain",
    .about = "y = square(square(square(x))) in a loop: the seed's check",
    .open = chain_open,
    .step = chain_step,
    .checksum = chain_checksum,
    .drain = chain_drain,
    .close = chain_close,
    .variables = chain_variables,
    .limit_open = limit_open,
    .limit_step = limit_step,
    .limit_checksum = limit_checksum,
    .limit_close = limit_close,
};
