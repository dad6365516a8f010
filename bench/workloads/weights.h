/*
 * The weights of a net: what outlives the iterations of a training loop. They begin with random
 * numbers and go down the gradient, w = w - rate * gradient.
 *
 *    pinned      w0, w1, ... and their gradients
 *                ^
 *    iteration   x ─> MatMul ─> AddRow ─> ... ─> loss
 */
#ifndef ACRE_BENCH_WEIGHTS_H
#define ACRE_BENCH_WEIGHTS_H

#include "core/draw.h"
#include "core/variable.h"

enum { ACRE_MOST_WEIGHTS = 5 };

/* A matrix begins with normal numbers divided by the root of its rows (Y. LeCun et al., "Efficient
 * BackProp", 1998), a bias with zeros. */
struct acre_weight_shape {
    const char *name;     /* in pictures */
    size_t rows, columns; /* rows 0: a bias, an array of rank 1 */
};

struct acre_weight_shapes {
    struct acre_weight_shape all[ACRE_MOST_WEIGHTS];
    size_t count;
};

/* On the tape. All zero: none is made. */
struct acre_weights {
    struct acre_variable *all[ACRE_MOST_WEIGHTS]; /* owned */
    const char *names[ACRE_MOST_WEIGHTS];
    size_t count;
};

/* In the current region, which is to be one that no iteration ends. On failure nothing is left. */
enum acre_status acre_weights_make(struct acre_weights *weights, struct acre_engine *engine,
                                   const struct acre_weight_shapes *shapes, uint64_t seed);
void acre_weights_drop(struct acre_weights *weights, struct acre_engine *engine);

/* Their gradients are none again. */
void acre_weights_clear(const struct acre_weights *weights, struct acre_engine *engine);

/* One step down, in place. All of them have gradients. */
void acre_weights_descend(const struct acre_weights *weights, double rate);

/* Adds data and gradients to a checksum. */
uint64_t acre_weights_hash(const struct acre_weights *weights, uint64_t hash);

/* Those that are there, for acre_workload.variables: writes up to `room`, returns how many. */
size_t acre_weights_variables(const struct acre_weights *weights,
                              struct acre_drawn_variable *variables, size_t room);

/* The same for a limit: in memory that was there before. */
struct acre_bare_weights {
    double *data[ACRE_MOST_WEIGHTS], *gradient[ACRE_MOST_WEIGHTS];
    size_t counts[ACRE_MOST_WEIGHTS];
    size_t count;
};

/* False: no memory. What was taken goes with `memory`. */
bool acre_bare_weights_make(struct acre_bare_weights *weights, struct acre_alloc *memory,
                            const struct acre_weight_shapes *shapes, uint64_t seed);
void acre_bare_weights_descend(const struct acre_bare_weights *weights, double rate);
uint64_t acre_bare_weights_hash(const struct acre_bare_weights *weights, uint64_t hash);

/* `count` elements for a limit, or NULL. */
double *acre_bare_elements(struct acre_alloc *memory, size_t count);

#endif
