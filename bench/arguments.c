#include "bench/arguments.h"

#include "alloc/settings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool acre_refuse(const struct acre_refusal *refusal, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(refusal->text, refusal->bytes, format, arguments);
    va_end(arguments);
    for (char *c = refusal->text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = '?';
    return false;
}

bool acre_refuse_option(const struct acre_refusal *refusal, int option, const char *word)
{
    if (option == ':')
        return acre_refuse(refusal, "option '%.40s' needs a value; --help shows all", word);
    return acre_refuse(refusal, "unknown option '%.40s'; --help shows all", word);
}

bool acre_read_number(const struct acre_refusal *refusal, const char *option, const char *text,
                      uint64_t least, uint64_t most, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || *number < least ||
        *number > most)
        return acre_refuse(refusal, "%s: '%.40s' is not a whole number from %llu to %llu", option,
                           text, (unsigned long long)least, (unsigned long long)most);
    return true;
}

bool acre_read_bytes(const struct acre_refusal *refusal, const char *option, const char *text,
                     uint64_t least, uint64_t most, uint64_t *bytes)
{
    int64_t number;

    if (!acre_settings_read_bytes(text, &number) || number < 0 || (uint64_t)number < least ||
        (uint64_t)number > most)
        return acre_refuse(refusal,
                           "%s: '%.40s' is not a number of bytes, as in 64K, 2M, from %llu to %llu",
                           option, text, (unsigned long long)least, (unsigned long long)most);
    *bytes = (uint64_t)number;
    return true;
}

/* strtod would take "nan", "0x3" and, under some locales, "2,5". */
bool acre_read_decimal(const char *text, double *value)
{
    size_t whole = strspn(text, "0123456789");
    size_t length = whole, fraction = 0;
    double digits = 0.0, scale = 1.0;

    if (text[whole] == '.') {
        fraction = strspn(text + whole + 1, "0123456789");
        length = whole + 1 + fraction;
    }
    if (whole + fraction == 0 || whole > 9 || fraction > 9 || text[length] != '\0')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.')
            continue;
        digits = digits * 10.0 + (double)(text[i] - '0');
        if (i > whole)
            scale *= 10.0;
    }
    *value = digits / scale;
    return true;
}

bool acre_read_seconds(const struct acre_refusal *refusal, const char *option, const char *text,
                       double *seconds)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"", 1}, {"ms", 0.001}, {"s", 1}, {"min", 60}, {"h", 3600}};
    size_t length = strspn(text, "0123456789.");
    char number[32];
    double value;

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text + length, units[i].name) != 0 || length >= sizeof number)
            continue;
        snprintf(number, sizeof number, "%.*s", (int)length, text);
        if (!acre_read_decimal(number, &value))
            break;
        value *= units[i].seconds;
        if (value <= 0 || value > 7 * 24 * 3600.0)
            break;
        *seconds = value;
        return true;
    }
    return acre_refuse(refusal, "%s: '%.40s' is no time such as 90s, 2min or 0.5h, at most a week",
                       option, text);
}

bool acre_next_word(const char **list, char *word, size_t word_bytes)
{
    size_t length = strcspn(*list, ",");

    if (**list == '\0')
        return false;
    snprintf(word, word_bytes, "%.*s", (int)(length < word_bytes ? length : word_bytes), *list);
    *list += length;
    *list += **list == ',';
    return true;
}

bool acre_read_rounds(const struct acre_refusal *refusal, const char *text, uint64_t *rounds)
{
    return acre_read_number(refusal, "--rounds", text, 1, 10000, rounds);
}

bool acre_read_seed(const struct acre_refusal *refusal, const char *text, uint64_t *seed)
{
    return acre_read_number(refusal, "--seed", text, 0, INT64_MAX, seed);
}
