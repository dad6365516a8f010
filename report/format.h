/*
 * Numbers for people: three significant digits, the same text under every locale (the decimal
 * point never comes from printf).
 */
#ifndef ACRE_REPORT_FORMAT_H
#define ACRE_REPORT_FORMAT_H

#include "report/stats.h"

#include <stdbool.h>
#include <stdint.h>

/* A formatted number with its unit; returned by value, so that calls can be nested in the
 * arguments of one printf. */
struct acre_number {
    char text[96];
};

struct acre_number acre_format_fixed(double value, int decimals); /* 0 to 6 decimals */
struct acre_number acre_format_digits(double value);    /* three significant digits; 0 is "0" */
struct acre_number acre_format_count(uint64_t value);   /* 10,000 */
struct acre_number acre_format_bytes(double bytes);     /* 640 B, 625 KiB, 1.53 MiB */
struct acre_number acre_format_ns(double ns);           /* 650 ns, 4.65 us, 1.90 ms, 2.10 s */
struct acre_number acre_format_seconds(double seconds); /* 0.4 s, 31 s, 4 min 10 s */

/* Two significant decimals at most and no zeros behind them: "3", "2.5", "0.05", "<0.01". */
struct acre_number acre_format_short(double value);

/*
 * "1.12", and with the 95 % interval "1.12 [1.10, 1.15]". `decimals` is what a ratio near 1 gets;
 * one far from 1 gets three significant digits.
 */
struct acre_number acre_format_ratio(const struct acre_ratio *ratio, int decimals);

/*
 * A verdict on a ratio of times in words: "1.12x faster", "0.4 % slower" (below 1 %: a factor
 * would read 1.00x), and without a factor as acre_format_verdict_short. The interval in
 * `with_interval` is one of the factor that is named: "1.12x faster [1.10, 1.15]".
 */
struct acre_number acre_format_verdict(const struct acre_ratio *ratio, bool with_interval);

/*
 * The verdict without how much, with the number of rounds that would do where it is open:
 *   short, for tables     "faster", "no difference shown", "too noisy (140)", "too few (11)"
 *   long, for sentences   ..., "too noisy to say (140 rounds would do)"
 */
struct acre_number acre_format_verdict_short(const struct acre_ratio *ratio);
struct acre_number acre_format_verdict_long(const struct acre_ratio *ratio);

/* "140 rounds", "more than 10,000 rounds". */
struct acre_number acre_format_rounds(size_t rounds);

/* A block character so many eighths high, 0 to 8: curves are rows of them. */
const char *acre_format_block(size_t eighths);

/* Seventeen significant digits at most, as few as come back as the same double: "0.1", "4650.25",
 * "1e-300". For programs; what is not finite is "?". */
struct acre_number acre_format_exact(double value);

/* Texts of a run that nobody filled in are NULL. */
static inline const char *acre_or_empty(const char *text)
{
    return text ? text : "";
}

#endif
