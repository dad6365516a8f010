/*
 * Training of a recurrent net to say what comes next in a noisy sine wave: DeZero's step 59.
 *
 *            h[t-1] ─> MatMul wh ──────────┐
 *   x[t] ─> MatMul wx ─> AddRow bx ─────> Add ─> Tanh ─> h[t] ─> MatMul wy ─> AddRow by ─> y[t]
 *
 *   loss = the mean over all steps and sequences of Square(y[t] - x[t+1])
 *
 *   shape      a batch of sequences, unrolled; how long they are is drawn for each iteration, and
 *              the longer they are, the fewer: batches of equally many steps
 *   lifetime   weights and their gradients outlive iterations, the unrolled graph does not
 *   stresses   graphs of another depth and arrays of other sizes in each iteration
 *
 * Backward goes through whole sequences, or --truncate steps at a time: then the graph is cut
 * behind the loss (acre_unchain_backward), and only the state goes on.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/hash.h"
#include "bench/random.h"
#include "bench/weights.h"
#include "core/elements.h"
#include "core/kernels.h"

enum { HIDDEN, LONGEST, STEPS, TRUNCATE, PARAMETERS };

enum { POINTS = 1000, PERIOD = 50, LONGEST_OF_ALL = 500 };

static const double noise = 0.05; /* its standard deviation; the wave goes from -1 to 1 */
static const double rate = 0.1;   /* of learning */
static const uint64_t noise_stream = UINT64_MAX - ACRE_MOST_WEIGHTS;

static const struct acre_parameter parameters[PARAMETERS] = {
    [HIDDEN] = {.name = "hidden",
                .argument = "N[,N...]",
                .help = "numbers in the state of a sequence (default 10,100)",
                .defaults = "10,100",
                .is_list = true,
                .least = 1,
                .most = 100000,
                .before = "hidden ",
                .after = ""},
    [LONGEST] = {.name = "longest",
                 .argument = "N[,N...]",
                 .help = "lengths are drawn from 1 to N steps (default 30)",
                 .defaults = "30",
                 .is_list = true,
                 .least = 1,
                 .most = LONGEST_OF_ALL,
                 .before = "lengths to ",
                 .after = ""},
    [STEPS] = {.name = "steps",
               .argument = "N[,N...]",
               .help = "of all sequences of an iteration: of length L there are\n"
                       "N / L, but at least one (default 60)",
               .defaults = "60",
               .is_list = true,
               .least = 1,
               .most = 1000000,
               .before = "",
               .after = " steps"},
    [TRUNCATE] = {.name = "truncate",
                  .argument = "N[,N...]",
                  .help = "backward after each N steps, and the graph is cut there;\n"
                          "0: whole sequences (default 0)",
                  .defaults = "0",
                  .is_list = true,
                  .is_aside = true,
                  .least = 0,
                  .most = LONGEST_OF_ALL,
                  .before = "truncated: ",
                  .after = ""},
};

/* hidden, longest, steps, truncate */
static const uint64_t tiny[][ACRE_MOST_PARAMETERS] = {{2, 1, 3, 0}, {2, 3, 3, 2}};

/* The data ---------------------------------------------------------------------------------- */

struct wave {
    double points[POINTS];
    size_t hidden, longest, steps, truncate;
    uint64_t seed;
};

/* What an iteration trains on. Those of a batch are equally long. */
struct sequences {
    size_t length, count;
    size_t *starts; /* in the wave, of each */
};

static void swing(struct wave *wave, const struct acre_cell_spec *spec)
{
    struct acre_random random;

    wave->hidden = spec->values[HIDDEN];
    wave->longest = spec->values[LONGEST];
    wave->steps = spec->values[STEPS];
    wave->truncate = spec->values[TRUNCATE];
    wave->seed = spec->seed;
    acre_random_init(&random, spec->seed, noise_stream);
    acre_random_normal(&random, wave->points, POINTS);
    for (size_t i = 0; i < POINTS; i++)
        wave->points[i] = noise * wave->points[i] + sin(2 * M_PI / PERIOD * (double)i);
}

static size_t sequences_of_length(const struct wave *wave, size_t length)
{
    return wave->steps > length ? wave->steps / length : 1;
}

/* `sequences` has room for as many starts as there are steps. */
static void draw(const struct wave *wave, uint64_t iteration, struct sequences *sequences)
{
    struct acre_random random;

    acre_random_init(&random, wave->seed, iteration);
    sequences->length = 1 + acre_random_below(&random, wave->longest);
    sequences->count = sequences_of_length(wave, sequences->length);
    for (size_t i = 0; i < sequences->count; i++)
        sequences->starts[i] = acre_random_below(&random, POINTS - sequences->length);
}

/* How many steps from `step` on backward goes through at once. */
static size_t part_from(const struct wave *wave, size_t step, size_t length)
{
    return wave->truncate != 0 && wave->truncate < length - step ? wave->truncate : length - step;
}

/* Of each sequence the point at `step`. */
static void take_points(const struct wave *wave, const struct sequences *sequences, size_t step,
                        double *points)
{
    for (size_t i = 0; i < sequences->count; i++)
        points[i] = wave->points[sequences->starts[i] + step];
}

/* The workload ------------------------------------------------------------------------------ */

enum { WX, BX, WH, WY, BY };

struct rnn {
    struct acre_stage *stage;
    struct wave wave;
    struct sequences sequences;
    struct acre_weights weights;
    struct acre_variable *state, *loss; /* h; of the part under way */
};

static struct acre_weight_shapes shapes_of(const struct acre_cell_spec *spec)
{
    size_t hidden = spec->values[HIDDEN];

    return (struct acre_weight_shapes){
        .all = {[WX] = {1, hidden},
                [BX] = {0, hidden},
                [WH] = {hidden, hidden},
                [WY] = {hidden, 1},
                [BY] = {0, 1}},
        .count = 5,
    };
}

static void rnn_close(void *state)
{
    struct rnn *rnn = state;

    free(rnn->sequences.starts);
    free(rnn);
}

static void *rnn_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    const struct acre_weight_shapes shapes = shapes_of(spec);
    struct rnn *rnn = calloc(1, sizeof *rnn);

    if (rnn == NULL)
        return NULL;
    rnn->stage = stage;
    swing(&rnn->wave, spec);
    rnn->sequences.starts = calloc(rnn->wave.steps, sizeof *rnn->sequences.starts);
    if (rnn->sequences.starts != NULL &&
        acre_weights_make(&rnn->weights, stage->engine, &shapes, spec->seed) == ACRE_OK)
        return rnn;
    rnn_close(rnn);
    return NULL;
}

/* A Variable over an array of which row i belongs to sequence i. Fills it with the points at
 * `step`, or with zeros. */
enum content { CONTENT_POINTS, CONTENT_ZEROS };

static struct acre_temp batch_of(const struct rnn *rnn, size_t columns, enum content content,
                                 size_t step)
{
    struct acre_engine *engine = rnn->stage->engine;
    struct acre_array *data;
    struct acre_temp made = {NULL, acre_array_new_2d(engine, rnn->sequences.count, columns, &data)};

    if (made.status != ACRE_OK)
        return made;
    if (content == CONTENT_POINTS)
        take_points(&rnn->wave, &rnn->sequences, step, data->elements);
    else
        memset(data->elements, 0, data->count * sizeof *data->elements);
    made = acre_variable_new(engine, &data->object);
    acre_unref(engine, &data);
    return made;
}

/* The state of the step before becomes that of `step`; returns the sum of the squared errors. */
static struct acre_temp unroll(struct rnn *rnn, size_t step, enum acre_status *status)
{
    struct acre_engine *e = rnn->stage->engine;
    struct acre_variable *const *w = rnn->weights.all;
    struct acre_temp seen =
        acre_add_row(e, acre_matmul(e, batch_of(rnn, 1, CONTENT_POINTS, step), w[WX]), w[BX]);
    struct acre_temp guess;

    *status =
        acre_assign_as(e, &rnn->state,
                       acre_tanh(e, acre_add(e, seen, acre_matmul(e, rnn->state, w[WH]))), "state");
    if (*status != ACRE_OK)
        return (struct acre_temp){NULL, *status};
    guess = acre_add_row(e, acre_matmul(e, rnn->state, w[WY]), w[BY]);
    return acre_sum(e,
                    acre_square(e, acre_sub(e, guess, batch_of(rnn, 1, CONTENT_POINTS, step + 1))));
}

/* `steps` of them from `first` on, forward; the loss is their mean. */
static enum acre_status forward(struct rnn *rnn, size_t first, size_t steps)
{
    struct acre_engine *e = rnn->stage->engine;
    double errors = (double)(rnn->sequences.count * steps);
    enum acre_status status;
    struct acre_temp total = unroll(rnn, first, &status);

    for (size_t t = first + 1; status == ACRE_OK && t < first + steps; t++) {
        struct acre_temp squared = unroll(rnn, t, &status);

        total = acre_add(e, total, squared);
    }
    return acre_assign_as(e, &rnn->loss, acre_mul(e, total, 1 / errors), "loss");
}

/* One step down. What a cut leaves of the part before goes with its loss. */
static enum acre_status learn(struct rnn *rnn, size_t first, size_t steps)
{
    struct acre_engine *engine = rnn->stage->engine;
    enum acre_status status;

    acre_unref(engine, &rnn->loss);
    acre_weights_clear(&rnn->weights, engine);
    acre_cleargrad(engine, rnn->state);
    status = forward(rnn, first, steps);
    if (status == ACRE_OK)
        status = acre_backward(engine, rnn->loss);
    if (status == ACRE_OK && rnn->wave.truncate != 0)
        status = acre_unchain_backward(engine, rnn->loss);
    if (status == ACRE_OK)
        acre_weights_descend(&rnn->weights, rate);
    return status;
}

static void drop(struct rnn *rnn)
{
    acre_unref(rnn->stage->engine, &rnn->loss);
    acre_unref(rnn->stage->engine, &rnn->state);
}

static enum acre_status rnn_step(void *state, uint64_t iteration)
{
    struct rnn *rnn = state;
    struct acre_engine *engine = rnn->stage->engine;
    size_t steps;
    enum acre_status status;

    drop(rnn);
    acre_weights_clear(&rnn->weights, engine);
    status = acre_stage_begin(rnn->stage, iteration);
    if (status != ACRE_OK)
        return status;
    draw(&rnn->wave, iteration, &rnn->sequences);
    status = acre_assign_as(engine, &rnn->state, batch_of(rnn, rnn->wave.hidden, CONTENT_ZEROS, 0),
                            "state");
    for (size_t first = 0; status == ACRE_OK && first < rnn->sequences.length; first += steps) {
        steps = part_from(&rnn->wave, first, rnn->sequences.length);
        status = learn(rnn, first, steps);
    }
    if (status == ACRE_OK)
        acre_stage_end(rnn->stage);
    return status;
}

static uint64_t hash_elements(uint64_t hash, const double *elements, size_t count)
{
    return acre_hash_bytes(hash, elements, count * sizeof *elements);
}

/* The last part's loss and state; the weights, to whose gradients every step has added. */
static uint64_t rnn_checksum(const void *state)
{
    const struct rnn *rnn = state;
    const struct acre_array *h = rnn->state->data;
    uint64_t hash = hash_elements(0, rnn->loss->data->elements, 1);

    hash = hash_elements(hash, h->elements, h->count);
    hash = hash_elements(hash, rnn->state->grad->elements, h->count);
    return acre_weights_hash(&rnn->weights, hash);
}

static enum acre_status rnn_drain(void *state)
{
    struct rnn *rnn = state;

    drop(rnn);
    acre_weights_drop(&rnn->weights, rnn->stage->engine);
    return acre_stage_drain(rnn->stage);
}

static size_t rnn_variables(const void *state, struct acre_drawn_variable *variables, size_t room)
{
    static const char *const names[] = {
        [WX] = "wx", [BX] = "bx", [WH] = "wh", [WY] = "wy", [BY] = "by"};
    const struct rnn *rnn = state;
    size_t count = 0;

    if (count < room && rnn->loss != NULL)
        variables[count++] =
            (struct acre_drawn_variable){.name = "loss", .object = &rnn->loss->object};
    if (count < room && rnn->state != NULL)
        variables[count++] =
            (struct acre_drawn_variable){.name = "state", .object = &rnn->state->object};
    for (size_t i = 0; i < rnn->weights.count && count < room; i++)
        if (rnn->weights.all[i] != NULL)
            variables[count++] = (struct acre_drawn_variable){
                .name = names[i], .object = &rnn->weights.all[i]->object};
    return count;
}

/* Its limit --------------------------------------------------------------------------------- */

/* Of a step, with one number for each sequence, then those with as many as the state has. S_ is
 * the gradient of what comes before. */
enum {
    SEEN, /* x[t] */
    NEXT, /* x[t+1] */
    OUT,  /* h times wy */
    GUESS,
    ERROR,
    SQUARED,
    SQUARED_G,
    GUESS_G,
    NEXT_G,
    SEEN_G,
    NARROW,
    BY_SEEN = NARROW, /* x times wx */
    BIASED,
    BY_STATE, /* h[t-1] times wh */
    BEFORE_TANH,
    STATE, /* h[t] */
    STATE_G,
    BEFORE_TANH_G,
    BUFFERS
};

struct limit {
    struct wave wave;
    struct sequences sequences;
    struct acre_bare_weights weights;
    const struct acre_kernels *kernels;
    double *(*steps)[BUFFERS]; /* 0: the state before the first, and its gradient */
    double *partial[2];        /* products that are added to a state's gradient, to a weight's */
    double loss;
    size_t last; /* step that was taken */
};

static void limit_close(void *state)
{
    struct limit *limit = state;

    free(limit->sequences.starts);
    free(limit->steps);
    free(limit); /* the buffers and weights go with their arena */
}

/* Step t is taken by sequences of at least this length, of which there are at most so many. */
static bool open_step(struct limit *limit, struct acre_alloc *memory, size_t t)
{
    size_t rows = sequences_of_length(&limit->wave, t > 0 ? t : 1);

    for (size_t i = 0; i < BUFFERS; i++) {
        limit->steps[t][i] =
            acre_bare_elements(memory, i < NARROW ? rows : rows * limit->wave.hidden);
        if (limit->steps[t][i] == NULL)
            return false;
    }
    return true;
}

static bool open_buffers(struct limit *limit, struct acre_alloc *memory)
{
    size_t hidden = limit->wave.hidden;
    size_t rows = sequences_of_length(&limit->wave, 1);

    limit->sequences.starts = calloc(limit->wave.steps, sizeof *limit->sequences.starts);
    limit->steps = calloc(limit->wave.longest + 1, sizeof *limit->steps);
    limit->partial[0] = acre_bare_elements(memory, rows * hidden);
    limit->partial[1] = acre_bare_elements(memory, hidden * hidden);
    if (limit->sequences.starts == NULL || limit->steps == NULL || limit->partial[0] == NULL ||
        limit->partial[1] == NULL)
        return false;
    for (size_t t = 0; t <= limit->wave.longest; t++)
        if (!open_step(limit, memory, t))
            return false;
    return true;
}

static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    const struct acre_weight_shapes shapes = shapes_of(spec);
    struct limit *limit = calloc(1, sizeof *limit);

    if (limit == NULL)
        return NULL;
    limit->kernels = acre_kernels_best();
    swing(&limit->wave, spec);
    if (open_buffers(limit, memory) &&
        acre_bare_weights_make(&limit->weights, memory, &shapes, spec->seed))
        return limit;
    limit_close(limit);
    return NULL;
}

/* A matrix with a row for each sequence; a weight. */
static struct acre_factor of_batch(const struct limit *limit, const double *elements,
                                   size_t columns)
{
    return (struct acre_factor){elements, limit->sequences.count, columns, false};
}

static struct acre_factor of_weight(const struct limit *limit, size_t weight)
{
    size_t hidden = limit->wave.hidden;

    return (struct acre_factor){limit->weights.data[weight], weight == WX ? 1 : hidden,
                                weight == WY ? 1 : hidden, false};
}

static struct acre_factor transposed(struct acre_factor factor)
{
    factor.is_transposed = true;
    return factor;
}

/* Step t, from 1 on, forward. Returns the sum of its squared errors. */
static double limit_unroll(struct limit *limit, size_t t)
{
    const struct acre_kernels *kernels = limit->kernels;
    double *const *w = limit->weights.data;
    double *const *v = limit->steps[t];
    size_t hidden = limit->wave.hidden;
    size_t rows = limit->sequences.count;

    take_points(&limit->wave, &limit->sequences, t - 1, v[SEEN]);
    acre_multiply(of_batch(limit, v[SEEN], 1), of_weight(limit, WX), v[BY_SEEN]);
    kernels->add_row(v[BIASED], v[BY_SEEN], w[BX], rows, hidden);
    acre_multiply(of_batch(limit, limit->steps[t - 1][STATE], hidden), of_weight(limit, WH),
                  v[BY_STATE]);
    kernels->add(v[BEFORE_TANH], v[BIASED], v[BY_STATE], rows * hidden, ACRE_SINGLE_NONE);
    for (size_t i = 0; i < rows * hidden; i++)
        v[STATE][i] = acre_tanh_of_number(v[BEFORE_TANH][i]);
    acre_multiply(of_batch(limit, v[STATE], hidden), of_weight(limit, WY), v[OUT]);
    kernels->add_row(v[GUESS], v[OUT], w[BY], rows, 1);
    take_points(&limit->wave, &limit->sequences, t, v[NEXT]);
    kernels->subtract(v[ERROR], v[GUESS], v[NEXT], rows, ACRE_SINGLE_NONE);
    kernels->square(v[SQUARED], v[ERROR], rows);
    return kernels->sum(v[SQUARED], rows);
}

/* gradient = partial, or more of it. */
static void collect(struct limit *limit, bool is_first, double *gradient, const double *partial,
                    size_t count)
{
    if (is_first)
        memcpy(gradient, partial, count * sizeof *gradient);
    else
        limit->kernels->accumulate(gradient, partial, count);
}

static void add_product(struct limit *limit, bool is_first, size_t weight, struct acre_factor a,
                        struct acre_factor b)
{
    acre_multiply(transposed(a), b, limit->partial[1]);
    collect(limit, is_first, limit->weights.gradient[weight], limit->partial[1],
            limit->weights.counts[weight]);
}

static void add_rows(struct limit *limit, bool is_first, size_t weight, const double *rows)
{
    limit->kernels->sum_rows(limit->partial[1], rows, limit->sequences.count,
                             limit->weights.counts[weight]);
    collect(limit, is_first, limit->weights.gradient[weight], limit->partial[1],
            limit->weights.counts[weight]);
}

/* Step t backward: from its squared errors, and from what the step after it has put into the
 * gradient of its state, to the gradient of the state before. */
static void limit_unroll_backward(struct limit *limit, size_t t, bool is_last, double gy)
{
    const struct acre_kernels *kernels = limit->kernels;
    double *const *v = limit->steps[t];
    double *const *before = limit->steps[t - 1];
    size_t hidden = limit->wave.hidden;
    size_t rows = limit->sequences.count;
    const struct acre_factor by_guess = of_batch(limit, v[GUESS_G], 1);
    const struct acre_factor by_tanh = of_batch(limit, v[BEFORE_TANH_G], hidden);

    kernels->fill(v[SQUARED_G], gy, rows);
    kernels->square_gradient(v[GUESS_G], v[ERROR], v[SQUARED_G], rows);
    kernels->negate(v[NEXT_G], v[GUESS_G], rows);
    add_rows(limit, is_last, BY, v[GUESS_G]);
    acre_multiply(by_guess, transposed(of_weight(limit, WY)), limit->partial[0]);
    collect(limit, is_last, v[STATE_G], limit->partial[0], rows * hidden);
    add_product(limit, is_last, WY, of_batch(limit, v[STATE], hidden), by_guess);
    kernels->tanh_gradient(v[BEFORE_TANH_G], v[STATE], v[STATE_G], rows * hidden);
    acre_multiply(by_tanh, transposed(of_weight(limit, WH)), before[STATE_G]);
    add_product(limit, is_last, WH, of_batch(limit, before[STATE], hidden), by_tanh);
    acre_multiply(by_tanh, transposed(of_weight(limit, WX)), v[SEEN_G]);
    add_product(limit, is_last, WX, of_batch(limit, v[SEEN], 1), by_tanh);
}

/* Steps first + 1 .. first + steps. */
static void limit_learn(struct limit *limit, size_t first, size_t steps)
{
    size_t last = first + steps;
    double scale = 1 / (double)(limit->sequences.count * steps);
    double total = limit_unroll(limit, first + 1);

    for (size_t t = first + 2; t <= last; t++)
        total = total + limit_unroll(limit, t);
    limit->loss = total * scale;
    for (size_t t = last; t > first; t--)
        limit_unroll_backward(limit, t, t == last, scale);
    /* The tape meets these last, and in this order: their generation is that of a leaf's use. */
    for (size_t t = first + 1; t <= last; t++)
        add_rows(limit, t == first + 1, BX, limit->steps[t][BEFORE_TANH_G]);
    acre_bare_weights_descend(&limit->weights, rate);
}

static void limit_step(void *state, uint64_t iteration)
{
    struct limit *limit = state;
    size_t steps;

    draw(&limit->wave, iteration, &limit->sequences);
    memset(limit->steps[0][STATE], 0,
           limit->sequences.count * limit->wave.hidden * sizeof *limit->steps[0][STATE]);
    for (size_t first = 0; first < limit->sequences.length; first += steps) {
        steps = part_from(&limit->wave, first, limit->sequences.length);
        limit_learn(limit, first, steps);
    }
    limit->last = limit->sequences.length;
}

static uint64_t limit_checksum(const void *state)
{
    const struct limit *limit = state;
    double *const *v = limit->steps[limit->last];
    size_t count = limit->sequences.count * limit->wave.hidden;
    uint64_t hash = hash_elements(0, &limit->loss, 1);

    hash = hash_elements(hash, v[STATE], count);
    hash = hash_elements(hash, v[STATE_G], count);
    return acre_bare_weights_hash(&limit->weights, hash);
}

/* What it is ---------------------------------------------------------------------------------- */

static const char *const examples[] = {
    "--json run.json",
    "--hidden 100 --rounds 8",
    "--longest 100 --truncate 0,10 --steps 200 --backends malloc,arena",
    NULL,
};

const struct acre_workload acre_rnn = {
    .name = "rnn",
    .about = "A recurrent net trained on sequences of other lengths each time (DeZero's step 59)",
    .parameters = parameters,
    .parameter_count = PARAMETERS,
    .tiny = tiny,
    .tiny_count = sizeof tiny / sizeof tiny[0],
    .examples = examples,
    .iterations = 10,
    .rounds = 12,
    .open = rnn_open,
    .step = rnn_step,
    .checksum = rnn_checksum,
    .drain = rnn_drain,
    .close = rnn_close,
    .variables = rnn_variables,
    .limit_open = limit_open,
    .limit_step = limit_step,
    .limit_checksum = limit_checksum,
    .limit_close = limit_close,
};
