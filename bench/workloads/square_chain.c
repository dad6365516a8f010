/*
 * The seed's check: y = square(square(...square(x))) in a loop, with or without backward.
 *
 *   shape      one chain of `depth` functions over `elements` float64
 *   lifetime   everything but a reused x dies with its iteration
 *   stresses   few large blocks, and the small objects that link them
 */
#include <stdlib.h>
#include <string.h>

#include "bench/random.h"
#include "bench/workloads/hash.h"
#include "bench/workloads/square_chain.h"
#include "core/kernels.h"
#include "core/variable.h"

/* Its parameters ---------------------------------------------------------------------------- */

static const struct acre_word directions[] = {
    {"false", "forward"},
    {"true", "forward + backward"},
};

static const struct acre_word fills[] = {
    [ACRE_FILL_RANDN] = {"randn", "new x"},
    [ACRE_FILL_REUSE] = {"reuse", "x reused"},
};

static const struct acre_word orders[] = {
    [ACRE_ORDER_SEED] = {"seed", "order seed"},
    [ACRE_ORDER_DROP_FIRST] = {"drop-first", "order drop-first"},
};

static const struct acre_word aligns[] = {
    {"64", "arrays at 64 bytes"},
    {"16", "arrays at 16 bytes"},
};

static const struct acre_parameter parameters[ACRE_CHAIN_PARAMETERS] = {
    [ACRE_CHAIN_ELEMENTS] = {.name = "elements",
                             .argument = "N[,N...]",
                             .help = "float64 elements of x (default 10000)",
                             .defaults = "10000",
                             .is_list = true,
                             .least = 1,
                             /* 8 TiB: more is a slip of the finger. */
                             .most = UINT64_C(1) << 40,
                             .before = "",
                             .after = " elements"},
    [ACRE_CHAIN_DEPTH] = {.name = "depth",
                          .argument = "N",
                          .help = "functions in the chain (default 3)",
                          .defaults = "3",
                          .least = 1,
                          .most = 1000000,
                          .before = "depth ",
                          .after = ""},
    [ACRE_CHAIN_BACKWARD] = {.name = "backward",
                             .help = "forward and backward (default: forward)",
                             .words = directions,
                             .word_count = 2},
    [ACRE_CHAIN_FILL] = {.name = "fill",
                         .argument = "WORD",
                         .help = "randn: a new x in each iteration; reuse: one x; both (default)",
                         .defaults = "both",
                         .is_list = true,
                         .words = fills,
                         .word_count = 2,
                         .all = "both"},
    [ACRE_CHAIN_ORDER] = {.name = "order",
                          .argument = "WORD",
                          .help = "seed: y keeps the old graph while the new one is built "
                                  "(default);\ndrop-first: y lets go before",
                          .defaults = "seed",
                          .words = orders,
                          .word_count = 2},
    [ACRE_CHAIN_ALIGN] = {.name = "align",
                          .argument = "BYTES",
                          .help = "arrays begin at a multiple of 64 (default) or 16, or both:\n"
                                  "what the slow path of a library for more than 16 costs",
                          .defaults = "64",
                          .is_list = true,
                          .is_aside = true,
                          .words = aligns,
                          .word_count = 2,
                          .all = "both"},
};

static enum acre_order order_of(const struct acre_cell_spec *spec)
{
    return (enum acre_order)spec->values[ACRE_CHAIN_ORDER];
}

static uint32_t array_align_of(const struct acre_cell_spec *spec)
{
    return spec->values[ACRE_CHAIN_ALIGN] != 0 ? 16 : 0;
}

struct settings {
    size_t elements, depth;
    bool backward, is_new; /* is_new: x, in each iteration */
    enum acre_order order;
    uint64_t seed;
};

static struct settings settings_of(const struct acre_cell_spec *spec)
{
    return (struct settings){
        .elements = spec->values[ACRE_CHAIN_ELEMENTS],
        .depth = spec->values[ACRE_CHAIN_DEPTH],
        .backward = spec->values[ACRE_CHAIN_BACKWARD] != 0,
        .is_new = spec->values[ACRE_CHAIN_FILL] == ACRE_FILL_RANDN,
        .order = order_of(spec),
        .seed = spec->seed,
    };
}

/* The workload ------------------------------------------------------------------------------ */

struct chain {
    struct acre_stage *stage;
    struct settings settings;
    struct acre_variable *x, *y;
};

static void fill_randn(const struct settings *settings, uint64_t iteration, double *elements)
{
    struct acre_random random;

    acre_random_init(&random, settings->seed, iteration);
    acre_random_normal(&random, elements, settings->elements);
}

static enum acre_status make_x(struct chain *chain, uint64_t iteration)
{
    struct acre_engine *engine = chain->stage->engine;
    struct acre_array *data;
    enum acre_status status = acre_array_new(engine, chain->settings.elements, &data);

    if (status == ACRE_OK)
        fill_randn(&chain->settings, iteration, data->elements);
    return acre_assign_as(engine, &chain->x, acre_variable_taking(engine, status, data), "x");
}

static enum acre_status build(struct chain *chain)
{
    struct acre_engine *engine = chain->stage->engine;
    struct acre_temp y = acre_square(engine, chain->x);

    for (uint64_t i = 1; i < chain->settings.depth; i++)
        y = acre_square(engine, y);
    return acre_assign_as(engine, &chain->y, y, "y");
}

static void *chain_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    struct chain *chain = malloc(sizeof *chain);

    if (chain != NULL)
        *chain = (struct chain){.stage = stage, .settings = settings_of(spec)};
    return chain;
}

/* A reused x outlives the iterations, so it is made before the first scope, in the pinned region.
 */
static enum acre_status prepare(struct chain *chain, uint64_t iteration)
{
    struct acre_engine *engine = chain->stage->engine;
    bool is_new = chain->settings.is_new;
    enum acre_status status;

    if (chain->settings.order == ACRE_ORDER_DROP_FIRST) {
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
    else if (status == ACRE_OK && chain->settings.backward)
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
    if (status == ACRE_OK && chain->settings.backward)
        status = acre_backward(chain->stage->engine, chain->y);
    if (status == ACRE_OK)
        acre_stage_end(chain->stage);
    return status;
}

/* From y back to x: data, then gradient, of each variable. */
static uint64_t chain_checksum(const void *state)
{
    const struct chain *chain = state;
    uint64_t hash = 0;

    for (const struct acre_variable *v = chain->y; v != NULL;
         v = v->creator != NULL ? v->creator->inputs[0] : NULL) {
        hash = acre_hash_elements(hash, v->data->elements, v->data->count);
        if (v->grad != NULL)
            hash = acre_hash_elements(hash, v->grad->elements, v->grad->count);
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
    struct settings settings;
    const struct acre_kernels *kernels;
    double **buffers[MOST_SETS];
    size_t buffer_count;
    unsigned set_count, current;
};

static struct acre_layout layout_of_buffer(const struct limit *limit)
{
    return (struct acre_layout){limit->settings.elements * sizeof(double), ACRE_ARRAY_ALIGN_BYTES,
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
    size_t gradients = limit->settings.depth + 1;

    limit->buffers[set] = calloc(limit->buffer_count, sizeof *limit->buffers[set]);
    if (limit->buffers[set] == NULL)
        return false;
    for (size_t i = 0; i < limit->buffer_count; i++) {
        bool is_pinned = (i == 0 || i == gradients) && !limit->settings.is_new;

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
    unsigned sets = order_of(spec) == ACRE_ORDER_SEED ? 2 : 1;

    if (limit == NULL)
        return NULL;
    limit->memory = memory;
    limit->settings = settings_of(spec);
    limit->kernels = acre_kernels_best();
    limit->buffer_count = (limit->settings.depth + 1) * (limit->settings.backward ? 2 : 1);
    while (limit->set_count < sets) {
        bool is_open = open_set(limit, limit->set_count++);

        if (!is_open) {
            limit_close(limit);
            return NULL;
        }
    }
    if (!limit->settings.is_new)
        fill_randn(&limit->settings, 0, limit->buffers[0][0]);
    return limit;
}

static void limit_step(void *state, uint64_t iteration)
{
    struct limit *limit = state;
    const struct acre_kernels *kernels = limit->kernels;
    size_t count = limit->settings.elements;
    size_t depth = limit->settings.depth;
    double **data;
    double **gradients;

    limit->current = (unsigned)(iteration % limit->set_count);
    data = limit->buffers[limit->current];
    gradients = data + depth + 1;
    if (limit->settings.is_new)
        fill_randn(&limit->settings, iteration, data[0]);
    for (size_t i = 0; i < depth; i++)
        kernels->square(data[i + 1], data[i], count);
    if (!limit->settings.backward)
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

    for (size_t i = limit->settings.depth + 1; i-- > 0;) {
        hash = acre_hash_elements(hash, data[i], limit->settings.elements);
        if (limit->settings.backward)
            hash = acre_hash_elements(hash, data[limit->settings.depth + 1 + i],
                                      limit->settings.elements);
    }
    return hash;
}

/* elements, depth, backward, fill, order */
static const uint64_t tiny[][ACRE_MOST_PARAMETERS] = {
    {10, 3, false, ACRE_FILL_RANDN, ACRE_ORDER_SEED},
    {10, 3, true, ACRE_FILL_REUSE, ACRE_ORDER_SEED},
    {10, 3, true, ACRE_FILL_REUSE, ACRE_ORDER_DROP_FIRST},
};

static const uint64_t suite[][ACRE_MOST_PARAMETERS] = {
    {10000, 3, false, ACRE_FILL_REUSE, ACRE_ORDER_SEED},
    {100000, 3, true, ACRE_FILL_REUSE, ACRE_ORDER_SEED},
};

static const char *const examples[] = {
    "--json run.json",
    "--elements 1000,10000,100000 --fill reuse --backward",
    "--backends malloc,pool --lifetimes strong --iterations 10",
    NULL,
};

const struct acre_workload acre_square_chain = {
    .name = "square-chain",
    .about = "y = square(square(square(x))) in a loop: the seed's check",
    .parameters = parameters,
    .parameter_count = ACRE_CHAIN_PARAMETERS,
    .tiny = tiny,
    .tiny_count = sizeof tiny / sizeof tiny[0],
    .suite = suite,
    .suite_count = sizeof suite / sizeof suite[0],
    .examples = examples,
    .iterations = 10, /* the seed's */
    .rounds = 20,
    .order = order_of,
    .array_align_bytes = array_align_of,
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
