#include "plot/ticks.h"

#include <math.h>
#include <stdio.h>

void acre_range_hold(struct acre_range *range, double value)
{
    if (!isfinite(value))
        return;
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

/* Far from where a double ends: an axis is multiplied, and written with an exponent. */
static const double least_shown = 1e-200, most_shown = 1e200;

void acre_range_pad_log(struct acre_range *range, double share)
{
    double factor;

    if (!(range->low <= range->high))
        *range = (struct acre_range){1.0, 10.0};
    range->low = fmin(fmax(range->low, least_shown), most_shown);
    range->high = fmin(fmax(range->high, least_shown), most_shown);
    factor = fmax(exp(share * (log(range->high) - log(range->low))), 1.02);
    range->low /= factor;
    range->high *= factor;
}

/* So many that 10 to that power of the step is whole. */
static int decimals_of(double step)
{
    double decimals = ceil(-log10(step) - 1e-9);

    return decimals > 0.0 ? (int)fmin(decimals, 6.0) : 0;
}

static struct acre_number label_of(double value, int decimals)
{
    if (value != 0.0 && (fabs(value) >= 1e9 || fabs(value) < 1e-4))
        return acre_format_exact(value);
    if (fabs(value) >= 1e3 && decimals == 0 && value > 0.0)
        return acre_format_count((uint64_t)(value + 0.5));
    return acre_format_fixed(value, decimals);
}

static void add(struct acre_ticks *ticks, double value, int decimals)
{
    if (ticks->count == ACRE_MOST_TICKS)
        return;
    ticks->at[ticks->count] = value;
    ticks->labels[ticks->count++] = label_of(value, decimals);
}

static const double nearly = 1e-9; /* of a step, which sums of decimals miss by */

static double first_step(const struct acre_range *range, double step)
{
    return ceil(range->low / step - nearly);
}

static double steps_in(const struct acre_range *range, double step)
{
    return floor(range->high / step + nearly) - first_step(range, step) + 1.0;
}

struct acre_ticks acre_ticks_linear(const struct acre_range *range, size_t most)
{
    static const double mantissas[] = {1.0, 2.0, 5.0, 10.0};
    struct acre_ticks ticks = {.count = 0};
    double power = pow(10.0, floor(log10((range->high - range->low) / (double)most)));
    double step = power;

    for (size_t i = 0; i < 4 && steps_in(range, step) > (double)most; i++)
        step = power * mantissas[i];
    for (size_t i = 0; i < most && (double)i < steps_in(range, step); i++)
        add(&ticks, (first_step(range, step) + (double)i) * step, decimals_of(step));
    return ticks;
}

/* Of each power of ten these are shown; from many to few, ended with 0. */
static const double mantissas_of_decade[][9] = {
    {1, 1.5, 2, 3, 4, 5, 7}, {1, 2, 3, 5}, {1, 2, 5}, {1, 3}, {1},
};

enum { DENSITIES = sizeof mantissas_of_decade / sizeof mantissas_of_decade[0] };

/* Every stride-th power of ten; those that find no room are counted all the same. */
static size_t fill_decades(struct acre_ticks *ticks, const struct acre_range *range,
                           const double *mantissas, int stride)
{
    int first = (int)floor(log10(range->low)), last = (int)floor(log10(range->high));
    size_t count = 0;

    ticks->count = 0;
    for (int decade = first; decade <= last; decade++)
        for (size_t i = 0; mantissas[i] > 0.0 && decade % stride == 0; i++) {
            double value = mantissas[i] * pow(10.0, decade);

            if (value < range->low * (1.0 - nearly) || value > range->high * (1.0 + nearly))
                continue;
            add(ticks, value,
                decimals_of(mantissas[i] == 1.5 ? value / 15.0 : value / mantissas[i]));
            count++;
        }
    return count;
}

enum { FEW_TIMES = 5 };

struct acre_ticks acre_ticks_log(const struct acre_range *range, size_t most)
{
    struct acre_ticks ticks;

    if (range->high < FEW_TIMES * range->low)
        return acre_ticks_linear(range, most);
    for (size_t i = 0; i < DENSITIES; i++)
        if (fill_decades(&ticks, range, mantissas_of_decade[i], 1) <= most)
            return ticks;
    for (int stride = 2;
         fill_decades(&ticks, range, mantissas_of_decade[DENSITIES - 1], stride) > most;)
        stride++;
    return ticks;
}

/* The power must not be below 0. */
static struct acre_number bytes_label(int power)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    struct acre_number label;
    int unit = power / 10 < 6 ? power / 10 : 6;

    snprintf(label.text, sizeof label.text, "%.0f %s", ldexp(1.0, power - 10 * unit), units[unit]);
    return label;
}

struct acre_ticks acre_ticks_bytes(const struct acre_range *range, size_t most)
{
    struct acre_ticks ticks = {.count = 0};
    int first = (int)fmax(ceil(log2(range->low) - nearly), 0.0);
    int last = (int)floor(log2(range->high) + nearly);
    int stride = 1;

    while ((last - first) / stride + 1 > (int)most)
        stride++;
    for (int power = first; power <= last && ticks.count < most; power += stride) {
        ticks.at[ticks.count] = ldexp(1.0, power);
        ticks.labels[ticks.count++] = bytes_label(power);
    }
    return ticks;
}

struct acre_time_unit acre_time_unit(double ns)
{
    if (ns >= 1e9)
        return (struct acre_time_unit){"s", 1e9};
    if (ns >= 1e6)
        return (struct acre_time_unit){"ms", 1e6};
    return ns >= 1e3 ? (struct acre_time_unit){"us", 1e3} : (struct acre_time_unit){"ns", 1.0};
}
