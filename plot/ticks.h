/* Where an axis has its ticks, and what stands there. */
#ifndef ACRE_PLOT_TICKS_H
#define ACRE_PLOT_TICKS_H

#include "report/format.h"

#include <stddef.h>

enum { ACRE_MOST_TICKS = 12 };

struct acre_ticks {
    double at[ACRE_MOST_TICKS];
    struct acre_number labels[ACRE_MOST_TICKS];
    size_t count;
};

/* What an axis shows: both ends are finite, and the first is less. */
struct acre_range {
    double low, high;
};

/*
 * Ticks that lie inside, as many as `most` (4 to ACRE_MOST_TICKS) allows, at numbers that people
 * count in. On a logarithmic axis (then above 0) of less than a factor of five they are those of a
 * linear one: powers of ten alone would leave an axis from 1.01 to 1.5 without any.
 */
struct acre_ticks acre_ticks_linear(const struct acre_range *range, size_t most);
struct acre_ticks acre_ticks_log(const struct acre_range *range, size_t most);

/* On a logarithmic axis of bytes: powers of two, "64 KiB". */
struct acre_ticks acre_ticks_bytes(const struct acre_range *range, size_t most);

/* Grows the range to hold a value; what is not finite changes nothing. A range that has held none
 * yet is {INFINITY, -INFINITY}. */
void acre_range_hold(struct acre_range *range, double value);

/* Room at both ends, a share of what is there, and some even if there is nothing; of a range that
 * held nothing: 1 to 10. Logarithmic ones are above 0. */
void acre_range_pad_log(struct acre_range *range, double share);

/* A unit of time in which a number of ns is easily read. */
struct acre_time_unit {
    const char *name; /* "us" */
    double ns;
};
struct acre_time_unit acre_time_unit(double ns);

#endif
