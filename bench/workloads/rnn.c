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
#include "bench/workloads/rnn.h"

#include <stdlib.h>
#include <string.h>

#include "bench/workloads/hash.h"

enum { HIDDEN, LONGEST, STEPS, TRUNCATE, PARAMETERS };

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
                 .most = ACRE_WAVE_LONGEST,
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
                  .most = ACRE_WAVE_LONGEST,
                  .before = "truncated: ",
                  .after = ""},
};

/* hidden, longest, steps, truncate */
static const uint64_t tiny[][ACRE_MOST_PARAMETERS] = {{2, 1, 3, 0}, {2, 3, 3, 2}};
static const uint64_t suite[][ACRE_MOST_PARAMETERS] = {{10, 30, 60, 0}};

/* The workload ------------------------------------------------------------------------------ */

struct rnn {
    struct acre_stage *stage;
    size_t hidden;
    struct acre_wave wave;
    struct acre_sequences sequences;
    struct acre_weights weights;
    struct acre_variable *state, *loss; /* h; of the part under way */
};

size_t acre_rnn_hidden(const struct acre_cell_spec *spec)
{
    return spec->values[HIDDEN];
}

struct acre_weight_shapes acre_rnn_shapes(const struct acre_cell_spec *spec)
{
    size_t hidden = acre_rnn_hidden(spec);

    return (struct acre_weight_shapes){
        .all = {[ACRE_RNN_WX] = {"wx", 1, hidden},
                [ACRE_RNN_BX] = {"bx", 0, hidden},
                [ACRE_RNN_WH] = {"wh", hidden, hidden},
                [ACRE_RNN_WY] = {"wy", hidden, 1},
                [ACRE_RNN_BY] = {"by", 0, 1}},
        .count = 5,
    };
}

void acre_rnn_wave(struct acre_wave *wave, const struct acre_cell_spec *spec)
{
    wave->longest = spec->values[LONGEST];
    wave->steps = spec->values[STEPS];
    wave->truncate = spec->values[TRUNCATE];
    wave->seed = spec->seed;
    acre_wave_swing(wave);
}

static void rnn_close(void *state)
{
    struct rnn *rnn = state;

    free(rnn->sequences.starts);
    free(rnn);
}

static void *rnn_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    const struct acre_weight_shapes shapes = acre_rnn_shapes(spec);
    struct rnn *rnn = calloc(1, sizeof *rnn);

    if (rnn == NULL)
        return NULL;
    rnn->stage = stage;
    rnn->hidden = acre_rnn_hidden(spec);
    acre_rnn_wave(&rnn->wave, spec);
    rnn->sequences.starts = calloc(rnn->wave.steps, sizeof *rnn->sequences.starts);
    if (rnn->sequences.starts != NULL &&
        acre_weights_make(&rnn->weights, stage->engine, &shapes, spec->seed) == ACRE_OK)
        return rnn;
    rnn_close(rnn);
    return NULL;
}

/* Row i of an array belongs to sequence i. */
static struct acre_temp points_at(const struct rnn *rnn, size_t step)
{
    struct acre_engine *engine = rnn->stage->engine;
    struct acre_array *data;
    enum acre_status status = acre_array_new_2d(engine, rnn->sequences.count, 1, &data);

    if (status == ACRE_OK)
        acre_wave_take(&rnn->wave, &rnn->sequences, step, data->elements);
    return acre_variable_taking(engine, status, data);
}

static struct acre_temp first_state(const struct rnn *rnn)
{
    struct acre_engine *engine = rnn->stage->engine;
    struct acre_array *data;
    enum acre_status status = acre_array_new_2d(engine, rnn->sequences.count, rnn->hidden, &data);

    if (status == ACRE_OK)
        memset(data->elements, 0, data->count * sizeof *data->elements);
    return acre_variable_taking(engine, status, data);
}

/* The state of the step before becomes that of `step`; returns the sum of the squared errors. */
static struct acre_temp unroll(struct rnn *rnn, size_t step)
{
    struct acre_engine *e = rnn->stage->engine;
    struct acre_variable *const *w = rnn->weights.all;
    struct acre_temp kept = acre_matmul(e, rnn->state, w[ACRE_RNN_WH]);
    struct acre_temp seen =
        acre_add_row(e, acre_matmul(e, points_at(rnn, step), w[ACRE_RNN_WX]), w[ACRE_RNN_BX]);
    enum acre_status status =
        acre_assign_as(e, &rnn->state, acre_tanh(e, acre_add(e, seen, kept)), "state");
    struct acre_temp guess;

    if (status != ACRE_OK)
        return (struct acre_temp){NULL, status};
    guess = acre_add_row(e, acre_matmul(e, rnn->state, w[ACRE_RNN_WY]), w[ACRE_RNN_BY]);
    return acre_sum(e, acre_square(e, acre_sub(e, guess, points_at(rnn, step + 1))));
}

/* `steps` of them from `first` on, forward; the loss is their mean. */
static enum acre_status forward(struct rnn *rnn, size_t first, size_t steps)
{
    struct acre_engine *e = rnn->stage->engine;
    double errors = (double)(rnn->sequences.count * steps);
    struct acre_temp total = unroll(rnn, first);

    for (size_t t = first + 1; total.status == ACRE_OK && t < first + steps; t++)
        total = acre_add(e, total, unroll(rnn, t));
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
        acre_weights_descend(&rnn->weights, ACRE_RNN_RATE);
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
    acre_wave_draw(&rnn->wave, iteration, &rnn->sequences);
    status = acre_assign_as(engine, &rnn->state, first_state(rnn), "state");
    for (size_t first = 0; status == ACRE_OK && first < rnn->sequences.length; first += steps) {
        steps = acre_wave_part(&rnn->wave, first, rnn->sequences.length);
        status = learn(rnn, first, steps);
    }
    if (status == ACRE_OK)
        acre_stage_end(rnn->stage);
    return status;
}

/* The last part's loss and state; the weights, to whose gradients every step has added. */
static uint64_t rnn_checksum(const void *state)
{
    const struct rnn *rnn = state;
    const struct acre_array *h = rnn->state->data;
    uint64_t hash = acre_hash_elements(0, rnn->loss->data->elements, 1);

    hash = acre_hash_elements(hash, h->elements, h->count);
    hash = acre_hash_elements(hash, rnn->state->grad->elements, h->count);
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
    const struct rnn *rnn = state;
    size_t count = 0;

    if (count < room && rnn->loss != NULL)
        variables[count++] =
            (struct acre_drawn_variable){.name = "loss", .object = &rnn->loss->object};
    if (count < room && rnn->state != NULL)
        variables[count++] =
            (struct acre_drawn_variable){.name = "state", .object = &rnn->state->object};
    return count + acre_weights_variables(&rnn->weights, variables + count, room - count);
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
    .suite = suite,
    .suite_count = sizeof suite / sizeof suite[0],
    .examples = examples,
    .iterations = 10,
    .rounds = 12,
    .open = rnn_open,
    .step = rnn_step,
    .checksum = rnn_checksum,
    .drain = rnn_drain,
    .close = rnn_close,
    .variables = rnn_variables,
    .limit_open = acre_rnn_limit_open,
    .limit_step = acre_rnn_limit_step,
    .limit_checksum = acre_rnn_limit_checksum,
    .limit_close = acre_rnn_limit_close,
};
