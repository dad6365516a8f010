/* Checksums of results: chained, the hash so far is the seed of the next. */
#ifndef ACRE_BENCH_HASH_H
#define ACRE_BENCH_HASH_H

#include <stdint.h>
#include <xxhash.h>

static inline uint64_t acre_hash_bytes(uint64_t hash, const void *data, size_t bytes)
{
    return XXH3_64bits_withSeed(data, bytes, hash);
}

static inline uint64_t acre_hash_elements(uint64_t hash, const double *elements, size_t count)
{
    return acre_hash_bytes(hash, elements, count * sizeof *elements);
}

static inline uint64_t acre_hash_number(uint64_t hash, uint64_t number)
{
    return acre_hash_bytes(hash, &number, sizeof number);
}

#endif
