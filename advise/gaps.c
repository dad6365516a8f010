#include "advise/gaps.h"

enum { FIRST_PERCENTILE = 8, TIMES = 4 };

/* Four classes to an octave, those of 0 to 3 exact. */
static uint32_t class_of(uint32_t gap)
{
    uint32_t octave;

    if (gap < 4)
        return gap;
    octave = 31u - (uint32_t)__builtin_clz(gap);
    return 4 * (octave - 1) + (gap >> (octave - 2) & 3);
}

/* The greatest gap of a class. */
static uint64_t most_of(uint32_t class)
{
    uint32_t octave = class / 4 + 1;

    if (class < 4)
        return class;
    return ((uint64_t)(class & 3) + 5) << (octave - 2);
}

static uint64_t percentile_95(const struct acre_gaps *gaps)
{
    uint64_t count = gaps->firings - 1;
    uint64_t wanted = (95 * count + 99) / 100;
    uint64_t seen = 0;
    uint32_t class = 0;

    for (; class < ACRE_GAPS_CLASSES - 1; class ++) {
        seen += gaps->classes[class];
        if (seen >= wanted)
            break;
    }
    return most_of(class);
}

static uint32_t reach_of(uint64_t gap)
{
    return gap < ACRE_GAPS_FAR / TIMES ? (uint32_t)(TIMES * gap) + 1 : (uint32_t)ACRE_GAPS_FAR;
}

/* The percentile is looked for at powers of two; the reach stays in between. */
uint32_t acre_gaps_fire(struct acre_gaps *gaps, uint32_t gap)
{
    gaps->firings++;
    if (gaps->firings == 1)
        return ACRE_GAPS_FAR;
    gaps->classes[class_of(gap)]++;
    if (gap > gaps->greatest)
        gaps->greatest = gap;
    if (gaps->firings <= FIRST_PERCENTILE)
        return gaps->reach = reach_of(gaps->greatest);
    if ((gaps->firings & (gaps->firings - 1)) == 0)
        gaps->reach = reach_of(percentile_95(gaps));
    return gaps->reach;
}
