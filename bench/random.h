/*
 * Random numbers that are the same on every machine and under every strategy.
 * Generator: xoshiro256++ seeded by splitmix64 (D. Blackman, S. Vigna, "Scrambled linear
 * pseudorandom number generators", ACM TOMS 47, 2021).
 */
#ifndef ACRE_BENCH_RANDOM_H
#define ACRE_BENCH_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct acre_random {
    uint64_t state[4];
};

/* The same seed and stream give the same numbers; different streams are independent. */
void acre_random_init(struct acre_random *random, uint64_t seed, uint64_t stream);

uint64_t acre_random_next(struct acre_random *random);

/* Uniform in 0..bound-1; bound > 0. */
uint64_t acre_random_below(struct acre_random *random, uint64_t bound);

/* Uniform in [-1, 1). */
double acre_random_symmetric(struct acre_random *random);

/* Fills `order` with 0..count-1, every order equally likely. */
void acre_random_shuffle(struct acre_random *random, size_t *order, size_t count);

/*
 * Standard normal numbers, the seed's randn. The polar method (G. Marsaglia, T. A. Bray, SIAM
 * Review 6(3), 1964): no tables, and its one logarithm a pair is the C library's, so that the
 * numbers are the same for every compiler.
 */
void acre_random_normal(struct acre_random *random, double *values, size_t count);

#endif
