/* The limit of bench/workloads/rnn.c: the same net, unrolled by hand over buffers that were there
 * before. */
#include <stdlib.h>
#include <string.h>

#include "bench/workloads/hash.h"
#include "bench/workloads/rnn.h"
#include "core/elements.h"
#include "core/kernels.h"

/* Of a step, with one number for each sequence, then those with as many as the state has; _G
 * is a gradient. */
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
    size_t hidden;
    struct acre_wave wave;
    struct acre_sequences sequences;
    struct acre_bare_weights weights;
    const struct acre_kernels *kernels;
    double *(*steps)[BUFFERS]; /* 0: the state before the first, and its gradient */
    double *partial[2];        /* products that are added to a state's gradient, to a weight's */
    double loss;
    size_t last; /* step that was taken */
};

void acre_rnn_limit_close(void *state)
{
    struct limit *limit = state;

    free(limit->sequences.starts);
    free(limit->steps);
    free(limit); /* the buffers and weights go with their arena */
}

/* Step t is taken by sequences of at least this length, of which there are at most so many. */
static bool open_step(struct limit *limit, struct acre_alloc *memory, size_t t)
{
    size_t rows = acre_wave_sequences(&limit->wave, t > 0 ? t : 1);

    for (size_t i = 0; i < BUFFERS; i++) {
        limit->steps[t][i] = acre_bare_elements(memory, i < NARROW ? rows : rows * limit->hidden);
        if (limit->steps[t][i] == NULL)
            return false;
    }
    return true;
}

static bool open_buffers(struct limit *limit, struct acre_alloc *memory)
{
    size_t hidden = limit->hidden;
    size_t rows = acre_wave_sequences(&limit->wave, 1);

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

void *acre_rnn_limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    const struct acre_weight_shapes shapes = acre_rnn_shapes(spec);
    struct limit *limit = calloc(1, sizeof *limit);

    if (limit == NULL)
        return NULL;
    limit->kernels = acre_kernels_best();
    limit->hidden = acre_rnn_hidden(spec);
    acre_rnn_wave(&limit->wave, spec);
    if (open_buffers(limit, memory) &&
        acre_bare_weights_make(&limit->weights, memory, &shapes, spec->seed))
        return limit;
    acre_rnn_limit_close(limit);
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
    size_t hidden = limit->hidden;

    return (struct acre_factor){limit->weights.data[weight], weight == ACRE_RNN_WX ? 1 : hidden,
                                weight == ACRE_RNN_WY ? 1 : hidden, false};
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
    size_t hidden = limit->hidden;
    size_t rows = limit->sequences.count;

    acre_wave_take(&limit->wave, &limit->sequences, t - 1, v[SEEN]);
    acre_multiply(of_batch(limit, v[SEEN], 1), of_weight(limit, ACRE_RNN_WX), v[BY_SEEN]);
    kernels->add_row(v[BIASED], v[BY_SEEN], w[ACRE_RNN_BX], rows, hidden);
    acre_multiply(of_batch(limit, limit->steps[t - 1][STATE], hidden),
                  of_weight(limit, ACRE_RNN_WH), v[BY_STATE]);
    kernels->add(v[BEFORE_TANH], v[BIASED], v[BY_STATE], rows * hidden, ACRE_SINGLE_NONE);
    for (size_t i = 0; i < rows * hidden; i++)
        v[STATE][i] = acre_tanh_of_number(v[BEFORE_TANH][i]);
    acre_multiply(of_batch(limit, v[STATE], hidden), of_weight(limit, ACRE_RNN_WY), v[OUT]);
    kernels->add_row(v[GUESS], v[OUT], w[ACRE_RNN_BY], rows, 1);
    acre_wave_take(&limit->wave, &limit->sequences, t, v[NEXT]);
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
    size_t hidden = limit->hidden;
    size_t rows = limit->sequences.count;
    const struct acre_factor by_guess = of_batch(limit, v[GUESS_G], 1);
    const struct acre_factor by_tanh = of_batch(limit, v[BEFORE_TANH_G], hidden);

    kernels->fill(v[SQUARED_G], gy, rows);
    kernels->square_gradient(v[GUESS_G], v[ERROR], v[SQUARED_G], rows);
    kernels->negate(v[NEXT_G], v[GUESS_G], rows);
    add_rows(limit, is_last, ACRE_RNN_BY, v[GUESS_G]);
    acre_multiply(by_guess, transposed(of_weight(limit, ACRE_RNN_WY)), limit->partial[0]);
    collect(limit, is_last, v[STATE_G], limit->partial[0], rows * hidden);
    add_product(limit, is_last, ACRE_RNN_WY, of_batch(limit, v[STATE], hidden), by_guess);
    kernels->tanh_gradient(v[BEFORE_TANH_G], v[STATE], v[STATE_G], rows * hidden);
    acre_multiply(by_tanh, transposed(of_weight(limit, ACRE_RNN_WH)), before[STATE_G]);
    add_product(limit, is_last, ACRE_RNN_WH, of_batch(limit, before[STATE], hidden), by_tanh);
    acre_multiply(by_tanh, transposed(of_weight(limit, ACRE_RNN_WX)), v[SEEN_G]);
    add_product(limit, is_last, ACRE_RNN_WX, of_batch(limit, v[SEEN], 1), by_tanh);
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
        add_rows(limit, t == first + 1, ACRE_RNN_BX, limit->steps[t][BEFORE_TANH_G]);
    acre_bare_weights_descend(&limit->weights, ACRE_RNN_RATE);
}

void acre_rnn_limit_step(void *state, uint64_t iteration)
{
    struct limit *limit = state;
    size_t steps;

    acre_wave_draw(&limit->wave, iteration, &limit->sequences);
    memset(limit->steps[0][STATE], 0,
           limit->sequences.count * limit->hidden * sizeof *limit->steps[0][STATE]);
    for (size_t first = 0; first < limit->sequences.length; first += steps) {
        steps = acre_wave_part(&limit->wave, first, limit->sequences.length);
        limit_learn(limit, first, steps);
    }
    limit->last = limit->sequences.length;
}

uint64_t acre_rnn_limit_checksum(const void *state)
{
    const struct limit *limit = state;
    double *const *v = limit->steps[limit->last];
    size_t count = limit->sequences.count * limit->hidden;
    uint64_t hash = acre_hash_elements(0, &limit->loss, 1);

    hash = acre_hash_elements(hash, v[STATE], count);
    hash = acre_hash_elements(hash, v[STATE_G], count);
    return acre_bare_weights_hash(&limit->weights, hash);
}
