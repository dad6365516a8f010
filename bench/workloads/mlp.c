/*
 * Training of a perceptron with one hidden layer on the spiral data: DeZero's step 48.
 *
 *   x ─> MatMul w1 ─> AddRow b1 ─> Tanh ─> MatMul w2 ─> AddRow b2 ─> SoftmaxCrossEntropy
 *
 *   shape      one batch forward and backward, then a step down the gradient
 *   lifetime   weights and their gradients outlive iterations, the batch and its activations do not
 *   stresses   a dozen objects of some hundred bytes each, beside a few that stay
 *
 * The spiral: three classes of a hundred points; radius and angle grow with the number of the
 * point, and the angle is noisy (A. Karpathy, "CS231n", neural networks case study).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/random.h"
#include "bench/workloads/hash.h"
#include "bench/workloads/weights.h"
#include "core/elements.h"
#include "core/kernels.h"

enum { HIDDEN, BATCH, PARAMETERS };

enum { CLASSES = 3, POINTS_OF_CLASS = 100, SAMPLES = CLASSES * POINTS_OF_CLASS, COORDINATES = 2 };

static const double noise = 0.2; /* of the angle */
static const double rate = 1.0;  /* of learning, as in the course */

/* A stream that no iteration comes to, and none of bench/workloads/weights.c either. */
static const uint64_t noise_stream = UINT64_C(1) << 63;

static const struct acre_parameter parameters[PARAMETERS] = {
    [HIDDEN] = {.name = "hidden",
                .argument = "N[,N...]",
                .help = "units of the hidden layer (default 10)",
                .defaults = "10",
                .is_list = true,
                .least = 1,
                .most = 1000000,
                .before = "hidden ",
                .after = ""},
    [BATCH] = {.name = "batch",
               .argument = "N[,N...]",
               .help = "samples of an iteration, of 300 in an epoch, whose last\n"
                       "batch has what is left (default 30)",
               .defaults = "30",
               .is_list = true,
               .least = 1,
               .most = SAMPLES,
               .before = "batches of ",
               .after = ""},
};

/* hidden, batch */
static const uint64_t tiny[][ACRE_MOST_PARAMETERS] = {{3, 200}};
static const uint64_t suite[][ACRE_MOST_PARAMETERS] = {{10, 30}};

/* The data ---------------------------------------------------------------------------------- */

struct spiral {
    double points[SAMPLES][COORDINATES];
    double classes[SAMPLES];
    size_t order[SAMPLES]; /* of this epoch */
    size_t batch;
    uint64_t seed;
};

/* What an iteration trains on: samples first .. first + rows - 1 of the order. */
struct batch {
    size_t first, rows;
};

static void wind(struct spiral *spiral, const struct acre_cell_spec *spec)
{
    double angle_noise[SAMPLES];
    struct acre_random random;

    spiral->batch = spec->values[BATCH];
    spiral->seed = spec->seed;
    acre_random_init(&random, spec->seed, noise_stream);
    acre_random_normal(&random, angle_noise, SAMPLES);
    for (size_t i = 0; i < SAMPLES; i++) {
        size_t class = i / POINTS_OF_CLASS;
        double radius = (double)(i % POINTS_OF_CLASS) / POINTS_OF_CLASS;
        double angle = 4.0 * (double)class + 4.0 * radius + noise * angle_noise[i];

        spiral->points[i][0] = radius * sin(angle);
        spiral->points[i][1] = radius * cos(angle);
        spiral->classes[i] = (double)class;
    }
}

/* Each epoch has an order of its own. */
static struct batch next_batch(struct spiral *spiral, uint64_t iteration)
{
    uint64_t batches = (SAMPLES + spiral->batch - 1) / spiral->batch;
    size_t first = iteration % batches * spiral->batch;
    size_t left = SAMPLES - first;
    struct acre_random random;

    if (first == 0) {
        acre_random_init(&random, spiral->seed, iteration / batches);
        acre_random_shuffle(&random, spiral->order, SAMPLES);
    }
    return (struct batch){first, left < spiral->batch ? left : spiral->batch};
}

static void take_points(const struct spiral *spiral, struct batch batch, double *points)
{
    for (size_t i = 0; i < batch.rows; i++)
        memcpy(&points[i * COORDINATES], spiral->points[spiral->order[batch.first + i]],
               sizeof spiral->points[0]);
}

static void take_classes(const struct spiral *spiral, struct batch batch, double *classes)
{
    for (size_t i = 0; i < batch.rows; i++)
        classes[i] = spiral->classes[spiral->order[batch.first + i]];
}

/* The workload ------------------------------------------------------------------------------ */

enum { W1, B1, W2, B2 };

struct mlp {
    struct acre_stage *stage;
    struct spiral spiral;
    struct acre_weights weights;
    struct acre_variable *loss;
};

static struct acre_weight_shapes shapes_of(const struct acre_cell_spec *spec)
{
    size_t hidden = spec->values[HIDDEN];

    return (struct acre_weight_shapes){
        .all = {[W1] = {"w1", COORDINATES, hidden},
                [B1] = {"b1", 0, hidden},
                [W2] = {"w2", hidden, CLASSES},
                [B2] = {"b2", 0, CLASSES}},
        .count = 4,
    };
}

static void *mlp_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    const struct acre_weight_shapes shapes = shapes_of(spec);
    struct mlp *mlp = calloc(1, sizeof *mlp);

    if (mlp == NULL)
        return NULL;
    mlp->stage = stage;
    wind(&mlp->spiral, spec);
    if (acre_weights_make(&mlp->weights, stage->engine, &shapes, spec->seed) == ACRE_OK)
        return mlp;
    free(mlp);
    return NULL;
}

static struct acre_temp points_of(const struct mlp *mlp, struct batch batch)
{
    struct acre_engine *engine = mlp->stage->engine;
    struct acre_array *data;
    enum acre_status status = acre_array_new_2d(engine, batch.rows, COORDINATES, &data);

    if (status == ACRE_OK)
        take_points(&mlp->spiral, batch, data->elements);
    return acre_variable_taking(engine, status, data);
}

static struct acre_temp classes_of(const struct mlp *mlp, struct batch batch)
{
    struct acre_engine *engine = mlp->stage->engine;
    struct acre_array *data;
    enum acre_status status = acre_array_new(engine, batch.rows, &data);

    if (status == ACRE_OK)
        take_classes(&mlp->spiral, batch, data->elements);
    return acre_variable_taking(engine, status, data);
}

static enum acre_status forward(struct mlp *mlp, struct batch batch)
{
    struct acre_engine *e = mlp->stage->engine;
    struct acre_variable *const *w = mlp->weights.all;
    struct acre_temp hidden =
        acre_tanh(e, acre_add_row(e, acre_matmul(e, points_of(mlp, batch), w[W1]), w[B1]));
    struct acre_temp scores = acre_add_row(e, acre_matmul(e, hidden, w[W2]), w[B2]);

    return acre_assign_as(e, &mlp->loss,
                          acre_softmax_cross_entropy(e, scores, classes_of(mlp, batch)), "loss");
}

static enum acre_status mlp_step(void *state, uint64_t iteration)
{
    struct mlp *mlp = state;
    struct acre_engine *engine = mlp->stage->engine;
    enum acre_status status;

    acre_unref(engine, &mlp->loss);
    acre_weights_clear(&mlp->weights, engine);
    status = acre_stage_begin(mlp->stage, iteration);
    if (status == ACRE_OK)
        status = forward(mlp, next_batch(&mlp->spiral, iteration));
    if (status == ACRE_OK)
        status = acre_backward(engine, mlp->loss);
    if (status != ACRE_OK)
        return status;
    acre_weights_descend(&mlp->weights, rate);
    acre_stage_end(mlp->stage);
    return ACRE_OK;
}

/* From the loss back to x: data and gradient of each variable; then the weights. */
static uint64_t mlp_checksum(const void *state)
{
    const struct mlp *mlp = state;
    uint64_t hash = 0;

    for (const struct acre_variable *v = mlp->loss; v != NULL;
         v = v->creator != NULL ? v->creator->inputs[0] : NULL) {
        hash = acre_hash_elements(hash, v->data->elements, v->data->count);
        hash = acre_hash_elements(hash, v->grad->elements, v->grad->count);
    }
    return acre_weights_hash(&mlp->weights, hash);
}

static enum acre_status mlp_drain(void *state)
{
    struct mlp *mlp = state;

    acre_unref(mlp->stage->engine, &mlp->loss);
    acre_weights_drop(&mlp->weights, mlp->stage->engine);
    return acre_stage_drain(mlp->stage);
}

static void mlp_close(void *state)
{
    free(state);
}

static size_t mlp_variables(const void *state, struct acre_drawn_variable *variables, size_t room)
{
    const struct mlp *mlp = state;
    size_t count = 0;

    if (room > 0 && mlp->loss != NULL)
        variables[count++] =
            (struct acre_drawn_variable){.name = "loss", .object = &mlp->loss->object};
    return count + acre_weights_variables(&mlp->weights, variables + count, room - count);
}

/* Its limit --------------------------------------------------------------------------------- */

/* What becomes of x, in the order of the drawing above. */
enum { X, PRODUCT1, SUM1, ACTIVE, PRODUCT2, SCORES, VALUES };

struct limit {
    struct spiral spiral;
    struct acre_bare_weights weights;
    const struct acre_kernels *kernels;
    double *data[VALUES], *gradient[VALUES]; /* AddRow passes its gradient on: not there twice */
    double *classes;
    double loss;
    size_t hidden, rows;
};

static size_t width_of(const struct limit *limit, size_t value)
{
    return value == X ? COORDINATES : value < PRODUCT2 ? limit->hidden : CLASSES;
}

static bool open_values(struct limit *limit, struct acre_alloc *memory)
{
    for (size_t i = 0; i < VALUES; i++) {
        bool passes_on = i == PRODUCT1 || i == PRODUCT2;
        size_t count = limit->spiral.batch * width_of(limit, i);

        limit->data[i] = acre_bare_elements(memory, count);
        limit->gradient[i] = passes_on ? NULL : acre_bare_elements(memory, count);
        if (limit->data[i] == NULL || (limit->gradient[i] == NULL && !passes_on))
            return false;
    }
    limit->gradient[PRODUCT1] = limit->gradient[SUM1];
    limit->gradient[PRODUCT2] = limit->gradient[SCORES];
    limit->classes = acre_bare_elements(memory, limit->spiral.batch);
    return limit->classes != NULL;
}

static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    const struct acre_weight_shapes shapes = shapes_of(spec);
    struct limit *limit = calloc(1, sizeof *limit);

    if (limit == NULL)
        return NULL;
    limit->kernels = acre_kernels_best();
    limit->hidden = spec->values[HIDDEN];
    wind(&limit->spiral, spec);
    if (open_values(limit, memory) &&
        acre_bare_weights_make(&limit->weights, memory, &shapes, spec->seed))
        return limit;
    free(limit);
    return NULL;
}

static void limit_forward(struct limit *limit, struct batch batch)
{
    double *const *v = limit->data;
    double *const *w = limit->weights.data;
    size_t rows = batch.rows;
    size_t hidden = limit->hidden;

    take_points(&limit->spiral, batch, v[X]);
    take_classes(&limit->spiral, batch, limit->classes);
    acre_multiply((struct acre_factor){v[X], rows, COORDINATES, false},
                  (struct acre_factor){w[W1], COORDINATES, hidden, false}, v[PRODUCT1]);
    limit->kernels->add_row(v[SUM1], v[PRODUCT1], w[B1], rows, hidden);
    for (size_t i = 0; i < rows * hidden; i++)
        v[ACTIVE][i] = acre_tanh_of_number(v[SUM1][i]);
    acre_multiply((struct acre_factor){v[ACTIVE], rows, hidden, false},
                  (struct acre_factor){w[W2], hidden, CLASSES, false}, v[PRODUCT2]);
    limit->kernels->add_row(v[SCORES], v[PRODUCT2], w[B2], rows, CLASSES);
    limit->loss = acre_cross_entropy(v[SCORES], limit->classes, rows, CLASSES);
}

static void limit_backward(struct limit *limit)
{
    double *const *v = limit->data;
    double *const *g = limit->gradient;
    double *const *w = limit->weights.data;
    double *const *gw = limit->weights.gradient;
    size_t rows = limit->rows;
    size_t hidden = limit->hidden;
    const struct acre_factor by_scores = {g[SCORES], rows, CLASSES, false};
    const struct acre_factor by_sum1 = {g[SUM1], rows, hidden, false};

    acre_cross_entropy_gradient(limit->kernels, g[SCORES], v[SCORES], limit->classes, rows, CLASSES,
                                1);
    limit->kernels->sum_rows(gw[B2], g[SCORES], rows, CLASSES);
    acre_multiply(by_scores, (struct acre_factor){w[W2], hidden, CLASSES, true}, g[ACTIVE]);
    acre_multiply((struct acre_factor){v[ACTIVE], rows, hidden, true}, by_scores, gw[W2]);
    limit->kernels->tanh_gradient(g[SUM1], v[ACTIVE], g[ACTIVE], rows * hidden);
    limit->kernels->sum_rows(gw[B1], g[SUM1], rows, hidden);
    acre_multiply(by_sum1, (struct acre_factor){w[W1], COORDINATES, hidden, true}, g[X]);
    acre_multiply((struct acre_factor){v[X], rows, COORDINATES, true}, by_sum1, gw[W1]);
}

static void limit_step(void *state, uint64_t iteration)
{
    struct limit *limit = state;
    struct batch batch = next_batch(&limit->spiral, iteration);

    limit->rows = batch.rows;
    limit_forward(limit, batch);
    limit_backward(limit);
    acre_bare_weights_descend(&limit->weights, rate);
}

static uint64_t limit_checksum(const void *state)
{
    const struct limit *limit = state;
    const double one = 1;
    uint64_t hash = acre_hash_elements(acre_hash_elements(0, &limit->loss, 1), &one, 1);

    for (size_t i = VALUES; i-- > 0;) {
        size_t count = limit->rows * width_of(limit, i);

        hash = acre_hash_elements(hash, limit->data[i], count);
        hash = acre_hash_elements(hash, limit->gradient[i], count);
    }
    return acre_bare_weights_hash(&limit->weights, hash);
}

/* Buffers and weights go with their arena. */
static void limit_close(void *state)
{
    free(state);
}

/* What it is ---------------------------------------------------------------------------------- */

static uint64_t samples_of(const struct acre_cell_spec *spec)
{
    return spec->values[BATCH];
}

static const char *const examples[] = {
    "--json run.json",
    "--hidden 10,100,1000 --rounds 8",
    "--batch 1,30,300 --backends malloc,arena",
    NULL,
};

const struct acre_workload acre_mlp = {
    .name = "mlp",
    .about = "A perceptron trained on the spiral: weights stay, activations die (DeZero's step 48)",
    .parameters = parameters,
    .parameter_count = PARAMETERS,
    .tiny = tiny,
    .tiny_count = sizeof tiny / sizeof tiny[0],
    .suite = suite,
    .suite_count = sizeof suite / sizeof suite[0],
    .examples = examples,
    .iterations = 10, /* an epoch */
    .rounds = 20,
    .unit = "sample",
    .units = samples_of,
    .open = mlp_open,
    .step = mlp_step,
    .checksum = mlp_checksum,
    .drain = mlp_drain,
    .close = mlp_close,
    .variables = mlp_variables,
    .limit_open = limit_open,
    .limit_step = limit_step,
    .limit_checksum = limit_checksum,
    .limit_close = limit_close,
};
