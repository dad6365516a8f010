/*
 * What a recurrent net is trained on: sequences of points of a noisy sine wave. How long they are
 * is drawn for each iteration, and the longer they are the fewer they are, so that iterations have
 * about as many steps.
 */
#ifndef ACRE_BENCH_WAVE_H
#define ACRE_BENCH_WAVE_H

#include <stddef.h>
#include <stdint.h>

enum { ACRE_WAVE_POINTS = 1000, ACRE_WAVE_LONGEST = 500 };

struct acre_wave {
    size_t longest;  /* lengths are drawn from 1 to this, at most ACRE_WAVE_LONGEST */
    size_t steps;    /* of all sequences of an iteration, or one sequence that is longer */
    size_t truncate; /* backward goes through so many steps at once; 0: through all */
    uint64_t seed;
    double points[ACRE_WAVE_POINTS];
};

/* Of one length, at least one. */
struct acre_sequences {
    size_t length, count;
    size_t *starts; /* where in the wave each begins; room for `steps` of them */
};

/* Draws the points, with the seed. */
void acre_wave_swing(struct acre_wave *wave);

/* How many sequences there are of this length. */
size_t acre_wave_sequences(const struct acre_wave *wave, size_t length);

/* Those of an iteration; the same for the same seed. */
void acre_wave_draw(const struct acre_wave *wave, uint64_t iteration,
                    struct acre_sequences *sequences);

/* Of each sequence the point at `step`, which may be `length`: what comes after the last. */
void acre_wave_take(const struct acre_wave *wave, const struct acre_sequences *sequences,
                    size_t step, double *points);

/* How many steps of a sequence from `step` on backward goes through at once. */
size_t acre_wave_part(const struct acre_wave *wave, size_t step, size_t length);

#endif
