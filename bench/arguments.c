#include "bench/arguments.h"

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
