/*
 * Expression trees of numbers, evaluated and differentiated: the smallest arrays that there are.
 *
 *            product                product    a * b
 *           /       \               mean       (a + b) * 0.5
 *       mean         half           half       (a - b) * 0.5
 *      /    \       /    \
 *     x     half   x      x         x is a leaf, a number in [-1, 1): so is then every value
 *          /    \
 *         x      x
 *
 *   shape      two of the trees that are left, drawn at random, become one, until one is left
 *   lifetime   the trees die with their iteration, the leaves too (new) or not (kept)
 *   stresses   a Variable, an array, its one element, and a Function for each step of arithmetic
 */
#include <stdlib.h>

#include "bench/bench.h"
#include "bench/random.h"
#include "bench/workloads/hash.h"
#include "core/variable.h"

enum { LEAVES, TREES, INPUTS, PARAMETERS };
enum { NEW, KEPT };

static const struct acre_word inputs[] = {
    [NEW] = {"new", "new leaves"},
    [KEPT] = {"kept", "leaves kept"},
};

static const struct acre_parameter parameters[PARAMETERS] = {
    [LEAVES] = {.name = "leaves",
                .argument = "N[,N...]",
                .help = "of each tree (default 100)",
                .defaults = "100",
                .is_list = true,
                .least = 2,
                .most = 1000000,
                .before = "",
                .after = " leaves"},
    [TREES] = {.name = "trees",
               .argument = "N[,N...]",
               .help = "that are alive together (default 10)",
               .defaults = "10",
               .is_list = true,
               .least = 1,
               .most = 1000000,
               .before = "trees at a time: ",
               .after = ""},
    [INPUTS] = {.name = "inputs",
                .argument = "WORD",
                .help = "new: each tree makes its leaves; kept: all trees of all\n"
                        "iterations have the same; both (default)",
                .defaults = "both",
                .is_list = true,
                .words = inputs,
                .word_count = 2,
                .all = "both"},
};

/* leaves, trees, inputs */
static const uint64_t tiny[][ACRE_MOST_PARAMETERS] = {{3, 1, NEW}, {2, 2, KEPT}};
static const uint64_t suite[][ACRE_MOST_PARAMETERS] = {{100, 10, NEW}};

/* The shapes -------------------------------------------------------------------------------- */

struct size {
    size_t leaves, trees;
    bool are_new; /* the leaves */
    uint64_t seed;
};

static const uint64_t kept_stream = UINT64_MAX;

static struct size size_of(const struct acre_cell_spec *spec)
{
    return (struct size){
        .leaves = spec->values[LEAVES],
        .trees = spec->values[TREES],
        .are_new = spec->values[INPUTS] == NEW,
        .seed = spec->seed,
    };
}

enum operation { PRODUCT, MEAN, HALF_DIFFERENCE, OPERATIONS };

/* Which two of those that are left become one, and how. It takes the place of the first; the last
 * takes that of the second. */
struct merger {
    size_t left, right;
    enum operation operation;
};

static struct merger draw_merger(struct acre_random *random, size_t left_over)
{
    struct merger merger;

    merger.left = acre_random_below(random, left_over);
    merger.right = acre_random_below(random, left_over - 1);
    merger.right += merger.right >= merger.left;
    merger.operation = (enum operation)acre_random_below(random, OPERATIONS);
    return merger;
}

/* The workload ------------------------------------------------------------------------------ */

struct forest {
    struct acre_stage *stage;
    struct size size;
    struct acre_variable **trees;  /* owned; NULL: not built */
    struct acre_variable **leaves; /* of each tree, borrowed; or the kept ones, owned */
    struct acre_temp *growing;     /* what is left of the tree under construction */
};

static size_t leaves_in_all(struct size size)
{
    return size.are_new ? size.trees * size.leaves : size.leaves;
}

static void drop_kept(struct forest *forest)
{
    for (size_t i = 0; !forest->size.are_new && i < forest->size.leaves; i++)
        acre_unref(forest->stage->engine, &forest->leaves[i]);
}

static void forest_close(void *state)
{
    struct forest *forest = state;

    free(forest->trees);
    free(forest->leaves);
    free(forest->growing);
    free(forest);
}

static enum acre_status make_kept(struct forest *forest)
{
    struct acre_random random;
    enum acre_status status = ACRE_OK;

    acre_random_init(&random, forest->size.seed, kept_stream);
    for (size_t i = 0; status == ACRE_OK && i < forest->size.leaves; i++) {
        struct acre_temp leaf =
            acre_variable_of(forest->stage->engine, acre_random_symmetric(&random));

        forest->leaves[i] = leaf.variable;
        status = leaf.status;
    }
    if (status != ACRE_OK)
        drop_kept(forest);
    return status;
}

static void *forest_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    struct forest *forest = calloc(1, sizeof *forest);

    if (forest == NULL)
        return NULL;
    forest->stage = stage;
    forest->size = size_of(spec);
    forest->trees = calloc(forest->size.trees, sizeof *forest->trees);
    forest->leaves = calloc(leaves_in_all(forest->size), sizeof *forest->leaves);
    forest->growing = calloc(forest->size.leaves, sizeof *forest->growing);
    if (forest->trees != NULL && forest->leaves != NULL && forest->growing != NULL &&
        (forest->size.are_new || make_kept(forest) == ACRE_OK))
        return forest;
    forest_close(forest);
    return NULL;
}

/* All of them are there afterwards, or what was made is dropped. */
static enum acre_status make_leaves(struct forest *forest, size_t tree, struct acre_random *random)
{
    struct acre_engine *engine = forest->stage->engine;
    enum acre_status status = ACRE_OK;

    for (size_t i = 0; i < forest->size.leaves; i++) {
        struct acre_temp *leaf = &forest->growing[i];

        if (forest->size.are_new) {
            if (status == ACRE_OK)
                *leaf = acre_variable_of(engine, acre_random_symmetric(random));
            else
                *leaf = (struct acre_temp){NULL, status};
            status = leaf->status;
            forest->leaves[tree * forest->size.leaves + i] = leaf->variable;
        } else {
            *leaf = (struct acre_temp){forest->leaves[i], ACRE_OK};
            acre_ref(engine, &leaf->variable->object);
        }
    }
    return status;
}

static struct acre_temp merge(struct acre_engine *engine, enum operation operation,
                              struct acre_temp a, struct acre_temp b)
{
    switch (operation) {
    case PRODUCT:
        return acre_mul(engine, a, b);
    case MEAN:
        return acre_mul(engine, acre_add(engine, a, b), 0.5);
    default:
        return acre_mul(engine, acre_sub(engine, a, b), 0.5);
    }
}

/* Goes on to the end after a failure, which consumes what is left. */
static enum acre_status grow(struct forest *forest, size_t tree, struct acre_random *random)
{
    struct acre_temp *growing = forest->growing;
    enum acre_status status = make_leaves(forest, tree, random);

    for (size_t count = forest->size.leaves; count > 1; count--) {
        struct merger merger = draw_merger(random, count);

        growing[merger.left] = merge(forest->stage->engine, merger.operation, growing[merger.left],
                                     growing[merger.right]);
        if (status == ACRE_OK)
            status = growing[merger.left].status;
        growing[merger.right] = growing[count - 1];
    }
    forest->trees[tree] = growing[0].variable;
    return status;
}

static void drop(struct forest *forest)
{
    for (size_t i = 0; i < forest->size.trees; i++)
        acre_unref(forest->stage->engine, &forest->trees[i]);
}

static void clear_kept(struct forest *forest)
{
    for (size_t i = 0; !forest->size.are_new && i < forest->size.leaves; i++)
        acre_cleargrad(forest->stage->engine, forest->leaves[i]);
}

static enum acre_status forest_step(void *state, uint64_t iteration)
{
    struct forest *forest = state;
    struct acre_random random;
    enum acre_status status;

    drop(forest);
    clear_kept(forest);
    status = acre_stage_begin(forest->stage, iteration);
    acre_random_init(&random, forest->size.seed, iteration);
    for (size_t tree = 0; status == ACRE_OK && tree < forest->size.trees; tree++) {
        status = grow(forest, tree, &random);
        if (status == ACRE_OK)
            status = acre_backward(forest->stage->engine, forest->trees[tree]);
    }
    if (status == ACRE_OK)
        acre_stage_end(forest->stage);
    return status;
}

static uint64_t hash_numbers(uint64_t hash, double value, double gradient)
{
    const double numbers[2] = {value, gradient};

    return acre_hash_bytes(hash, numbers, sizeof numbers);
}

static uint64_t hash_variable(uint64_t hash, const struct acre_variable *variable)
{
    return hash_numbers(hash, variable->data->elements[0], variable->grad->elements[0]);
}

/* The trees' values and the leaves' gradients, which depend on all that is between. */
static uint64_t forest_checksum(const void *state)
{
    const struct forest *forest = state;
    uint64_t hash = 0;

    for (size_t i = 0; i < forest->size.trees; i++)
        hash = hash_variable(hash, forest->trees[i]);
    for (size_t i = 0; i < leaves_in_all(forest->size); i++)
        hash = hash_variable(hash, forest->leaves[i]);
    return hash;
}

static enum acre_status forest_drain(void *state)
{
    struct forest *forest = state;

    drop(forest);
    drop_kept(forest);
    return acre_stage_drain(forest->stage);
}

static size_t forest_variables(const void *state, struct acre_drawn_variable *variables,
                               size_t room)
{
    const struct forest *forest = state;

    if (room == 0 || forest->trees[0] == NULL)
        return 0;
    variables[0] =
        (struct acre_drawn_variable){.name = "tree", .object = &forest->trees[0]->object};
    return 1;
}

/* Its limit: nodes in one array, each tree's leaves first and its root last. ------------------- */

struct node {
    double value, gradient;
    double sum, sum_gradient, half_gradient; /* but of a product: a + b or a - b, and 0.5 */
    uint32_t left, right;                    /* of the same tree; of a leaf: nothing */
    enum operation operation;
};

struct limit {
    struct size size;
    struct node *nodes;
    double *kept, *kept_gradients;
    uint32_t *growing;
};

static size_t nodes_of_tree(struct size size)
{
    return 2 * size.leaves - 1;
}

/* The rest goes with its arena. */
static void limit_close(void *state)
{
    free(state);
}

static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    struct limit *limit = calloc(1, sizeof *limit);
    struct acre_random random;

    if (limit == NULL)
        return NULL;
    limit->size = size_of(spec);
    limit->nodes = acre_allocate_array(memory, limit->size.trees * nodes_of_tree(limit->size),
                                       sizeof *limit->nodes, 64, ACRE_PURPOSE_NODE);
    limit->kept = acre_allocate_array(memory, 2 * limit->size.leaves, sizeof *limit->kept, 64,
                                      ACRE_PURPOSE_DATA);
    limit->growing = acre_allocate_array(memory, limit->size.leaves, sizeof *limit->growing, 64,
                                         ACRE_PURPOSE_OTHER);
    if (limit->nodes == NULL || limit->kept == NULL || limit->growing == NULL) {
        limit_close(limit);
        return NULL;
    }
    limit->kept_gradients = limit->kept + limit->size.leaves;
    acre_random_init(&random, limit->size.seed, kept_stream);
    for (size_t i = 0; i < limit->size.leaves; i++)
        limit->kept[i] = acre_random_symmetric(&random);
    return limit;
}

static void evaluate(struct node *nodes, struct node *node)
{
    double a = nodes[node->left].value;
    double b = nodes[node->right].value;

    if (node->operation == PRODUCT) {
        node->value = a * b;
        return;
    }
    node->sum = node->operation == MEAN ? a + b : a - b;
    node->value = node->sum * 0.5;
}

static void differentiate(struct node *nodes, struct node *node)
{
    struct node *a = &nodes[node->left];
    struct node *b = &nodes[node->right];

    if (node->operation == PRODUCT) {
        a->gradient = node->gradient * b->value;
        b->gradient = node->gradient * a->value;
        return;
    }
    node->sum_gradient = node->gradient * 0.5;
    node->half_gradient = node->gradient * node->sum;
    a->gradient = node->sum_gradient;
    b->gradient = node->operation == MEAN ? node->sum_gradient : -node->sum_gradient;
}

static void limit_grow(struct limit *limit, struct node *nodes, struct acre_random *random)
{
    uint32_t *growing = limit->growing;
    uint32_t next = (uint32_t)limit->size.leaves;

    for (uint32_t i = 0; i < next; i++) {
        nodes[i].value = limit->size.are_new ? acre_random_symmetric(random) : limit->kept[i];
        growing[i] = i;
    }
    for (size_t count = limit->size.leaves; count > 1; count--, next++) {
        struct merger merger = draw_merger(random, count);

        nodes[next].left = growing[merger.left];
        nodes[next].right = growing[merger.right];
        nodes[next].operation = merger.operation;
        evaluate(nodes, &nodes[next]);
        growing[merger.left] = next;
        growing[merger.right] = growing[count - 1];
    }
}

static void limit_backward(struct limit *limit, struct node *nodes, bool is_first)
{
    size_t root = nodes_of_tree(limit->size) - 1;

    nodes[root].gradient = 1;
    for (size_t i = root; i >= limit->size.leaves; i--)
        differentiate(nodes, &nodes[i]);
    for (size_t i = 0; !limit->size.are_new && i < limit->size.leaves; i++)
        limit->kept_gradients[i] =
            is_first ? nodes[i].gradient : limit->kept_gradients[i] + nodes[i].gradient;
}

static void limit_step(void *state, uint64_t iteration)
{
    struct limit *limit = state;
    struct acre_random random;

    acre_random_init(&random, limit->size.seed, iteration);
    for (size_t tree = 0; tree < limit->size.trees; tree++) {
        struct node *nodes = &limit->nodes[tree * nodes_of_tree(limit->size)];

        limit_grow(limit, nodes, &random);
        limit_backward(limit, nodes, tree == 0);
    }
}

static uint64_t limit_checksum(const void *state)
{
    const struct limit *limit = state;
    size_t nodes_of_each = nodes_of_tree(limit->size);
    uint64_t hash = 0;

    for (size_t tree = 1; tree <= limit->size.trees; tree++)
        hash = hash_numbers(hash, limit->nodes[tree * nodes_of_each - 1].value,
                            limit->nodes[tree * nodes_of_each - 1].gradient);
    for (size_t i = 0; i < leaves_in_all(limit->size); i++) {
        const struct node *leaf =
            &limit->nodes[i / limit->size.leaves * nodes_of_each + i % limit->size.leaves];

        hash = hash_numbers(hash, leaf->value,
                            limit->size.are_new ? leaf->gradient : limit->kept_gradients[i]);
    }
    return hash;
}

/* What it is ---------------------------------------------------------------------------------- */

static uint64_t nodes_of(const struct acre_cell_spec *spec)
{
    return spec->values[TREES] * nodes_of_tree(size_of(spec));
}

static const char *const examples[] = {
    "--json run.json",
    "--leaves 10,100,1000 --trees 1 --inputs new",
    "--inputs kept --backends malloc,arena",
    NULL,
};

const struct acre_workload acre_tree = {
    .name = "tree",
    .about = "Random expression trees of numbers, evaluated and differentiated: tiny arrays only",
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
    .open = forest_open,
    .step = forest_step,
    .checksum = forest_checksum,
    .drain = forest_drain,
    .close = forest_close,
    .variables = forest_variables,
    .limit_open = limit_open,
    .limit_step = limit_step,
    .limit_checksum = limit_checksum,
    .limit_close = limit_close,
};
