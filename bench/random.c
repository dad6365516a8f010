#include "bench/random.h"

#include <math.h>

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void acre_random_init(struct acre_random *random, uint64_t seed, uint64_t stream)
{
    uint64_t mixed = seed;

    mixed = splitmix(&mixed) ^ (stream * 0xD1342543DE82EF95u);
    for (int i = 0; i < 4; i++)
        random->state[i] = splitmix(&mixed);
}

static uint64_t rotate_left(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

uint64_t acre_random_next(struct acre_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    uint64_t shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* The remainder's bias is below 2^-32 for the small bounds of this program. */
uint64_t acre_random_below(struct acre_random *random, uint64_t bound)
{
    return (acre_random_next(random) >> 32) % bound;
}

void acre_random_shuffle(struct acre_random *random, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i-- > 1;) {
        size_t j = acre_random_below(random, i + 1);
        size_t swapped = order[i];

        order[i] = order[j];
        order[j] = swapped;
    }
}

double acre_random_symmetric(struct acre_random *random)
{
    return (double)(int64_t)acre_random_next(random) * 0x1p-63;
}

void acre_random_normal(struct acre_random *random, double *values, size_t count)
{
    size_t i = 0;

    while (i < count) {
        double u = acre_random_symmetric(random);
        double v = acre_random_symmetric(random);
        double s = u * u + v * v;
        double scale;

        if (s >= 1.0 || s == 0.0)
            continue;
        scale = sqrt(-2.0 * log(s) / s);
        values[i++] = u * scale;
        if (i < count)
            values[i++] = v * scale;
    }
}
