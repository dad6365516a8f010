/*
 * How far apart a marker's firings are, so that a birth long after the last of them is told from
 * one within the loop: else the last turn of a loop would have all that follows it.
 *
 *    fired    fired   fired           fired                        4 x the 95th percentile of gaps
 *      │<─gap─>│<─gap─>│<───── gap ────>│<─────────── reach ───────────>│   births are out of scope
 */
#ifndef ACRE_ADVISE_GAPS_H
#define ACRE_ADVISE_GAPS_H

#include <stdint.h>

enum { ACRE_GAPS_CLASSES = 256, ACRE_GAPS_FAR = INT32_MAX };

/* Clocks are the low halves of those of calls. */
struct acre_gaps {
    uint32_t firings, greatest, reach;
    uint32_t classes[ACRE_GAPS_CLASSES]; /* four to an octave */
};

/* A firing `gap` calls after the last one, or the first, of which the gap does not count. Returns
 * the reach from here on. */
uint32_t acre_gaps_fire(struct acre_gaps *gaps, uint32_t gap);

#endif
