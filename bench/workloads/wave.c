#include "bench/workloads/wave.h"

#include <math.h>

#include "bench/random.h"

enum { PERIOD = 50 };

static const double noise = 0.05; /* its standard deviation; the wave goes from -1 to 1 */

/* A stream that no iteration comes to, and none of bench/workloads/weights.c either. */
static const uint64_t noise_stream = UINT64_C(1) << 63;

void acre_wave_swing(struct acre_wave *wave)
{
    struct acre_random random;

    acre_random_init(&random, wave->seed, noise_stream);
    acre_random_normal(&random, wave->points, ACRE_WAVE_POINTS);
    for (size_t i = 0; i < ACRE_WAVE_POINTS; i++)
        wave->points[i] = noise * wave->points[i] + sin(2 * M_PI / PERIOD * (double)i);
}

size_t acre_wave_sequences(const struct acre_wave *wave, size_t length)
{
    return wave->steps > length ? wave->steps / length : 1;
}

void acre_wave_draw(const struct acre_wave *wave, uint64_t iteration,
                    struct acre_sequences *sequences)
{
    struct acre_random random;

    acre_random_init(&random, wave->seed, iteration);
    sequences->length = 1 + acre_random_below(&random, wave->longest);
    sequences->count = acre_wave_sequences(wave, sequences->length);
    for (size_t i = 0; i < sequences->count; i++)
        sequences->starts[i] = acre_random_below(&random, ACRE_WAVE_POINTS - sequences->length);
}

void acre_wave_take(const struct acre_wave *wave, const struct acre_sequences *sequences,
                    size_t step, double *points)
{
    for (size_t i = 0; i < sequences->count; i++)
        points[i] = wave->points[sequences->starts[i] + step];
}

size_t acre_wave_part(const struct acre_wave *wave, size_t step, size_t length)
{
    return wave->truncate != 0 && wave->truncate < length - step ? wave->truncate : length - step;
}
