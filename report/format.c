#include "report/format.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void add(struct acre_number *to, const char *format,
                                                      ...)
{
    size_t used = strlen(to->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(to->text + used, sizeof to->text - used, format, arguments);
    va_end(arguments);
}

struct acre_number acre_format_fixed(double value, int decimals)
{
    struct acre_number number;
    if (!isfinite(value)) {
        snprintf(number.text, sizeof number.text, "?");
        return number;
    }
    static const double scales[] = {1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    if (decimals < 0)
        decimals = 0;
    if (decimals > 6)
        decimals = 6;
    double scaled = round(fabs(value) * scales[decimals]);
    if (scaled > 9e17) { /* beyond the integers below; an exponent has no decimal point here */
        snprintf(number.text, sizeof number.text, "%.0e", value);
        return number;
    }
    uint64_t digits = (uint64_t)scaled, scale = (uint64_t)scales[decimals];
    const char *sign = value < 0.0 && digits > 0 ? "-" : "";
    if (decimals == 0)
        snprintf(number.text, sizeof number.text, "%s%" PRIu64, sign, digits);
    else
        snprintf(number.text, sizeof number.text, "%s%" PRIu64 ".%0*" PRIu64, sign, digits / scale,
                 decimals, digits % scale);
    return number;
}

/* How many decimals make three significant digits; what rounds up to the next power of ten has
 * one digit more before the point already (9.996 is 10.0). */
static int decimals_for(double value)
{
    double size = fabs(value);
    if (size >= 99.95)
        return 0;
    if (size >= 9.995)
        return 1;
    if (size >= 0.9995)
        return 2;
    return size >= 0.09995 ? 3 : 4;
}

struct acre_number acre_format_digits(double value)
{
    if (value > 0.0 && value < 0.0001)
        return (struct acre_number){"<0.0001"};
    return value == 0.0 ? (struct acre_number){"0"} : acre_format_fixed(value, decimals_for(value));
}

struct acre_number acre_format_count(uint64_t value)
{
    struct acre_number number;
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, value);
    size_t at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            number.text[at++] = ',';
        number.text[at++] = digits[i];
    }
    number.text[at] = '\0';
    return number;
}

static struct acre_number with_unit(double value, const char *unit)
{
    struct acre_number number = acre_format_digits(value);
    add(&number, " %s", unit);
    return number;
}

/* A unit ends where the next one would read nicer: 1023.6 KiB is 1.00 MiB. */
struct acre_number acre_format_bytes(double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    size_t unit = 0;
    while (fabs(bytes) >= 1023.5 && unit + 1 < sizeof units / sizeof units[0]) {
        bytes /= 1024.0;
        unit++;
    }
    if (unit == 0) {
        struct acre_number number = acre_format_fixed(bytes, 0);
        add(&number, " B");
        return number;
    }
    return with_unit(bytes, units[unit]);
}

struct acre_number acre_format_ns(double ns)
{
    if (fabs(ns) < 999.5)
        return with_unit(ns, "ns");
    if (fabs(ns) < 999.5e3)
        return with_unit(ns / 1e3, "us");
    if (fabs(ns) < 999.5e6)
        return with_unit(ns / 1e6, "ms");
    return with_unit(ns / 1e9, "s");
}

struct acre_number acre_format_seconds(double seconds)
{
    if (seconds < 119.5 || seconds > 1e9) {
        struct acre_number number = acre_format_fixed(seconds, seconds < 9.95 ? 1 : 0);
        add(&number, " s");
        return number;
    }
    struct acre_number number = {""};
    uint64_t whole = (uint64_t)round(seconds);
    add(&number, "%" PRIu64 " min %" PRIu64 " s", whole / 60, whole % 60);
    return number;
}

struct acre_number acre_format_short(double value)
{
    if (value > 0.0 && value < 0.01)
        return (struct acre_number){"<0.01"};
    struct acre_number number = value < 99.95 ? acre_format_fixed(value, value < 9.995 ? 2 : 1)
                                              : acre_format_fixed(value, 0);
    if (strchr(number.text, '.')) {
        size_t length = strlen(number.text);
        while (number.text[length - 1] == '0')
            length--;
        if (number.text[length - 1] == '.')
            length--;
        number.text[length] = '\0';
    }
    return number;
}

/* Point and interval share their decimals, or their ends could not be compared by eye. */
static int ratio_decimals(const struct acre_ratio *ratio, int near_one)
{
    if (ratio->point < 0.3)
        return decimals_for(ratio->point);
    return ratio->point >= 99.95 ? 0 : ratio->point >= 9.995 ? 1 : near_one;
}

static void add_interval(struct acre_number *number, const struct acre_ratio *ratio, int decimals)
{
    add(number, "[%s, %s]", acre_format_fixed(ratio->low, decimals).text,
        acre_format_fixed(ratio->high, decimals).text);
}

struct acre_number acre_format_ratio(const struct acre_ratio *ratio, int decimals)
{
    decimals = ratio_decimals(ratio, decimals);
    struct acre_number number = acre_format_fixed(ratio->point, decimals);
    if (ratio->has_interval) {
        add(&number, " ");
        add_interval(&number, ratio, decimals);
    }
    return number;
}

/* The factor by which the faster one is faster, never below 1 by its point. */
static struct acre_ratio as_factor(const struct acre_ratio *ratio)
{
    if (ratio->verdict != ACRE_VERDICT_FASTER)
        return *ratio;
    struct acre_ratio factor = *ratio;
    factor.point = 1.0 / ratio->point;
    factor.low = 1.0 / ratio->high;
    factor.high = 1.0 / ratio->low;
    return factor;
}

static struct acre_number percent_words(const struct acre_ratio *factor, const char *word,
                                        bool with_interval)
{
    double percent = (factor->point - 1.0) * 100.0;
    int decimals = percent < 0.0995 ? 2 : 1;
    struct acre_number words = acre_format_fixed(percent, decimals);
    add(&words, " %% %s", word);
    if (with_interval && factor->has_interval)
        add(&words, " [%s %%, %s %%]",
            acre_format_fixed((factor->low - 1.0) * 100.0, decimals).text,
            acre_format_fixed((factor->high - 1.0) * 100.0, decimals).text);
    return words;
}

struct acre_number acre_format_rounds(size_t rounds)
{
    struct acre_number words = {""};
    if (rounds > ACRE_MOST_ROUNDS)
        add(&words, "more than %s rounds", acre_format_count(ACRE_MOST_ROUNDS).text);
    else
        add(&words, "%s rounds", acre_format_count(rounds).text);
    return words;
}

struct acre_number acre_format_verdict_short(const struct acre_ratio *ratio)
{
    struct acre_number words = {""};
    bool is_beyond = ratio->rounds_wanted > ACRE_MOST_ROUNDS;
    if (acre_verdict_is_open(ratio->verdict))
        add(&words, "too %s (%s%s)", ratio->verdict == ACRE_VERDICT_TOO_NOISY ? "noisy" : "few",
            is_beyond ? ">" : "",
            acre_format_count(is_beyond ? ACRE_MOST_ROUNDS : ratio->rounds_wanted).text);
    else
        add(&words, "%s", acre_verdict_words(ratio->verdict));
    return words;
}

struct acre_number acre_format_verdict_long(const struct acre_ratio *ratio)
{
    struct acre_number words = {""};
    add(&words, "%s", acre_verdict_words(ratio->verdict));
    if (ratio->verdict == ACRE_VERDICT_TOO_NOISY)
        add(&words, " (%s would do)", acre_format_rounds(ratio->rounds_wanted).text);
    else if (ratio->verdict == ACRE_VERDICT_TOO_FEW_ROUNDS)
        add(&words, " (%zu would do)", ratio->rounds_wanted);
    return words;
}

struct acre_number acre_format_exact(double value)
{
    struct acre_number number = {"?"};
    if (!isfinite(value))
        return number;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(number.text, sizeof number.text, "%.*g", digits, value);
        if (strtod(number.text, NULL) == value)
            break;
    }
    /* Whatever a locale has between the digits. */
    char *point = number.text + strspn(number.text, "+-0123456789e");
    size_t length = strcspn(point, "+-0123456789e");
    if (length > 0) {
        memmove(point + 1, point + length, strlen(point + length) + 1);
        *point = '.';
    }
    return number;
}

struct acre_number acre_format_verdict(const struct acre_ratio *ratio, bool with_interval)
{
    struct acre_number words = {""};
    const char *word = acre_verdict_words(ratio->verdict);
    if (!acre_verdict_differs(ratio->verdict))
        return acre_format_verdict_short(ratio);
    struct acre_ratio factor = as_factor(ratio);
    if (factor.point < 1.00995)
        return percent_words(&factor, word, with_interval);
    int decimals = ratio_decimals(&factor, 2);
    add(&words, "%sx %s", acre_format_fixed(factor.point, decimals).text, word);
    if (with_interval && factor.has_interval) {
        add(&words, " ");
        add_interval(&words, &factor, decimals);
    }
    return words;
}

const char *acre_format_block(size_t eighths)
{
    static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    return blocks[eighths];
}
