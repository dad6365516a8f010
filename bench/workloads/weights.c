#include "bench/workloads/weights.h"

#include <math.h>
#include <string.h>

#include "bench/random.h"
#include "bench/workloads/hash.h"

static size_t count_of(const struct acre_weight_shape *shape)
{
    return shape->rows == 0 ? shape->columns : shape->rows * shape->columns;
}

/* Streams of random numbers from the end, which no iteration comes to. */
static void begin(const struct acre_weight_shape *shape, uint64_t seed, size_t number, double *data)
{
    size_t count = count_of(shape);
    struct acre_random random;

    if (shape->rows == 0) {
        memset(data, 0, count * sizeof *data);
        return;
    }
    acre_random_init(&random, seed, UINT64_MAX - number);
    acre_random_normal(&random, data, count);
    for (size_t i = 0; i < count; i++)
        data[i] *= 1 / sqrt((double)shape->rows);
}

static void descend(double *data, const double *gradient, size_t count, double rate)
{
    for (size_t i = 0; i < count; i++)
        data[i] -= rate * gradient[i];
}

/* On the tape ------------------------------------------------------------------------------- */

static struct acre_temp make(struct acre_engine *engine, const struct acre_weight_shape *shape,
                             uint64_t seed, size_t number)
{
    struct acre_array *data;
    enum acre_status status = shape->rows == 0
                                  ? acre_array_new(engine, shape->columns, &data)
                                  : acre_array_new_2d(engine, shape->rows, shape->columns, &data);

    if (status == ACRE_OK)
        begin(shape, seed, number, data->elements);
    return acre_variable_taking(engine, status, data);
}

enum acre_status acre_weights_make(struct acre_weights *weights, struct acre_engine *engine,
                                   const struct acre_weight_shapes *shapes, uint64_t seed)
{
    enum acre_status status = ACRE_OK;

    *weights = (struct acre_weights){.count = shapes->count};
    for (size_t i = 0; status == ACRE_OK && i < shapes->count; i++) {
        weights->names[i] = shapes->all[i].name;
        status = acre_assign_as(engine, &weights->all[i], make(engine, &shapes->all[i], seed, i),
                                weights->names[i]);
    }
    if (status != ACRE_OK)
        acre_weights_drop(weights, engine);
    return status;
}

void acre_weights_drop(struct acre_weights *weights, struct acre_engine *engine)
{
    for (size_t i = 0; i < weights->count; i++)
        acre_unref(engine, &weights->all[i]);
}

void acre_weights_clear(const struct acre_weights *weights, struct acre_engine *engine)
{
    for (size_t i = 0; i < weights->count; i++)
        acre_cleargrad(engine, weights->all[i]);
}

void acre_weights_descend(const struct acre_weights *weights, double rate)
{
    for (size_t i = 0; i < weights->count; i++)
        descend(weights->all[i]->data->elements, weights->all[i]->grad->elements,
                weights->all[i]->data->count, rate);
}

uint64_t acre_weights_hash(const struct acre_weights *weights, uint64_t hash)
{
    for (size_t i = 0; i < weights->count; i++) {
        const struct acre_variable *weight = weights->all[i];

        hash = acre_hash_elements(hash, weight->data->elements, weight->data->count);
        hash = acre_hash_elements(hash, weight->grad->elements, weight->data->count);
    }
    return hash;
}

size_t acre_weights_variables(const struct acre_weights *weights,
                              struct acre_drawn_variable *variables, size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < weights->count && count < room; i++)
        if (weights->all[i] != NULL)
            variables[count++] = (struct acre_drawn_variable){.name = weights->names[i],
                                                              .object = &weights->all[i]->object};
    return count;
}

/* For a limit ------------------------------------------------------------------------------- */

double *acre_bare_elements(struct acre_alloc *memory, size_t count)
{
    return acre_allocate_array(memory, count, sizeof(double), ACRE_ARRAY_ALIGN_BYTES,
                               ACRE_PURPOSE_DATA);
}

bool acre_bare_weights_make(struct acre_bare_weights *weights, struct acre_alloc *memory,
                            const struct acre_weight_shapes *shapes, uint64_t seed)
{
    *weights = (struct acre_bare_weights){.count = shapes->count};
    for (size_t i = 0; i < shapes->count; i++) {
        weights->counts[i] = count_of(&shapes->all[i]);
        weights->data[i] = acre_bare_elements(memory, weights->counts[i]);
        weights->gradient[i] = acre_bare_elements(memory, weights->counts[i]);
        if (weights->data[i] == NULL || weights->gradient[i] == NULL)
            return false;
        begin(&shapes->all[i], seed, i, weights->data[i]);
    }
    return true;
}

void acre_bare_weights_descend(const struct acre_bare_weights *weights, double rate)
{
    for (size_t i = 0; i < weights->count; i++)
        descend(weights->data[i], weights->gradient[i], weights->counts[i], rate);
}

uint64_t acre_bare_weights_hash(const struct acre_bare_weights *weights, uint64_t hash)
{
    for (size_t i = 0; i < weights->count; i++) {
        hash = acre_hash_elements(hash, weights->data[i], weights->counts[i]);
        hash = acre_hash_elements(hash, weights->gradient[i], weights->counts[i]);
    }
    return hash;
}
