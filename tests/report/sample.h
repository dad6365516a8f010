/*
 * Runs made up for tests: no number in them was measured. Every field of the format is in use, and
 * with some value that a careless writer would lose.
 */
#ifndef ACRE_TESTS_REPORT_SAMPLE_H
#define ACRE_TESTS_REPORT_SAMPLE_H

#include "report/run.h"

#include <stddef.h>
#include <stdint.h>

/* A seeded generator: the same numbers on every machine. */
struct sample_random {
    uint64_t state;
};
uint64_t sample_next(struct sample_random *random);
double sample_uniform(struct sample_random *random); /* (0, 1) */
double sample_normal(struct sample_random *random);

/* Two cells, one of them recorded: small enough to be cut at every byte. */
void sample_small(struct acre_run *run);

/*
 * Two groups, five strategies: malloc/weak, jemalloc/weak, arena/region, arena/walked and
 * malloc/strong, which leaks. Times carry noise of 0.4 % from `seed` and are multiplied by
 * `slowdown` where the backend is "arena".
 */
void sample_full(struct acre_run *run, size_t rounds, uint64_t seed, double slowdown);

/* The same, and a third group of another workload: node-churn. */
void sample_suite(struct acre_run *run, size_t rounds, uint64_t seed, double slowdown);

/* Replaces an owned string. */
void sample_text(char **text, const char *value);

/* The cell of the first group of that strategy; aborts without one. */
struct acre_cell *sample_cell(struct acre_run *run, const char *backend, const char *lifetime);

/* How often a part stands in a text. */
size_t sample_occurrences(const char *text, const char *part);

#endif
