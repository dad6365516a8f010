#include "report/bootstrap.h"

#include <math.h>
#include <stdlib.h>

/* Of 10,000 sorted resamples these two enclose 95 %. */
enum { LOW = ACRE_BOOTSTRAP_RESAMPLES / 40 - 1, HIGH = ACRE_BOOTSTRAP_RESAMPLES - 1 - LOW };

struct block {
    double numerator, denominator; /* sums over its rounds */
};

struct blocks {
    struct block *blocks;
    size_t count;
    struct block total;
};

static enum acre_stats_status check(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            return ACRE_STATS_NOT_FINITE;
        if (values[i] <= 0.0)
            return ACRE_STATS_NOT_POSITIVE;
    }
    return ACRE_STATS_OK;
}

static bool make_blocks(struct blocks *blocks, const double *numerator, const double *denominator,
                        size_t n)
{
    size_t rounds = (n - 1) / ACRE_BOOTSTRAP_BLOCKS + 1; /* of a block */
    *blocks = (struct blocks){.count = (n - 1) / rounds + 1};
    blocks->blocks = calloc(blocks->count, sizeof *blocks->blocks);
    if (!blocks->blocks)
        return false;
    for (size_t i = 0; i < n; i++) {
        blocks->blocks[i / rounds].numerator += numerator[i];
        blocks->blocks[i / rounds].denominator += denominator[i];
    }
    for (size_t i = 0; i < blocks->count; i++) {
        blocks->total.numerator += blocks->blocks[i].numerator;
        blocks->total.denominator += blocks->blocks[i].denominator;
    }
    return true;
}

static double resample(const struct blocks *blocks, unsigned short state[3])
{
    struct block sum = {0};
    for (size_t i = 0; i < blocks->count; i++) {
        uint64_t random = (uint64_t)nrand48(state); /* below 2^31 */
        const struct block *drawn = &blocks->blocks[random * blocks->count >> 31];
        sum.numerator += drawn->numerator;
        sum.denominator += drawn->denominator;
    }
    return sum.numerator / sum.denominator;
}

static bool find_interval(const struct blocks *blocks, uint32_t seed, struct acre_sum_ratio *ratio)
{
    /* What srand48 makes of a seed. */
    unsigned short state[3] = {0x330E, (unsigned short)(seed & 0xFFFF),
                               (unsigned short)(seed >> 16)};
    double *ratios = calloc(ACRE_BOOTSTRAP_RESAMPLES, sizeof *ratios);
    if (!ratios)
        return false;
    for (size_t i = 0; i < ACRE_BOOTSTRAP_RESAMPLES; i++)
        ratios[i] = resample(blocks, state);
    acre_sort_doubles(ratios, ACRE_BOOTSTRAP_RESAMPLES);
    ratio->low = ratios[LOW];
    ratio->high = ratios[HIGH];
    ratio->has_interval = true;
    free(ratios);
    return true;
}

enum acre_stats_status acre_ratio_of_sums(const struct acre_series *numerator,
                                          const struct acre_series *denominator, uint32_t seed,
                                          struct acre_sum_ratio *ratio)
{
    size_t n = numerator->count < denominator->count ? numerator->count : denominator->count;
    struct blocks blocks;
    *ratio = (struct acre_sum_ratio){0};
    if (n == 0)
        return ACRE_STATS_EMPTY;
    enum acre_stats_status status = check(numerator->values, n);
    if (status == ACRE_STATS_OK)
        status = check(denominator->values, n);
    if (status != ACRE_STATS_OK)
        return status;
    if (!make_blocks(&blocks, numerator->values, denominator->values, n))
        return ACRE_STATS_NO_MEMORY;
    struct acre_sum_ratio found = {.n = n,
                                   .point = blocks.total.numerator / blocks.total.denominator};
    /* Then no resample's sum overflows either: none is larger than n times the largest. */
    if (!isfinite(found.point) || found.point <= 0.0 ||
        !isfinite((double)n * blocks.total.numerator) ||
        !isfinite((double)n * blocks.total.denominator))
        status = ACRE_STATS_NOT_FINITE;
    else if (n >= ACRE_BOOTSTRAP_MIN_ROUNDS && !find_interval(&blocks, seed, &found))
        status = ACRE_STATS_NO_MEMORY;
    free(blocks.blocks);
    if (status == ACRE_STATS_OK)
        *ratio = found;
    return status;
}
