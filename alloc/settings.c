#include "alloc/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct words {
    const char *name, *value; /* value is NULL without a '=' */
    int name_length, value_length;
};

/* The words up to the next comma; returns what comes behind it, or NULL at the end. */
static const char *next_words(const char *text, struct words *words)
{
    size_t length = strcspn(text, ",");
    const char *equals = memchr(text, '=', length);
    size_t name_length = equals != NULL ? (size_t)(equals - text) : length;

    *words = (struct words){.name = text, .name_length = (int)name_length};
    if (equals != NULL) {
        words->value = equals + 1;
        words->value_length = (int)(length - name_length - 1);
    }
    return text[length] == ',' ? text + length + 1 : NULL;
}

static bool is_name(const struct words *words, const char *name)
{
    return strlen(name) == (size_t)words->name_length &&
           strncmp(words->name, name, (size_t)words->name_length) == 0;
}

/* How many times 1024 a letter stands for; 0: it is none. */
static unsigned power_of(char letter)
{
    static const char letters[] = "KMGT";
    const char *found = letter != '\0' ? strchr(letters, letter) : NULL;

    return found != NULL ? (unsigned)(found - letters) + 1 : 0;
}

static bool read_number(const struct words *words, bool takes_letters, int64_t *number)
{
    const char *end_of_value = words->value + words->value_length;
    unsigned power = 0;
    char *end;
    long long value;

    /* strtoll would take blanks and a plus. */
    if (words->value_length == 0 || strspn(words->value, "-0123456789") == 0)
        return false;
    errno = 0;
    value = strtoll(words->value, &end, 10);
    if (takes_letters && end < end_of_value)
        power = power_of(*end);
    if (power > 0)
        end++;
    if (errno != 0 || end != end_of_value)
        return false;
    *number = value;
    return !__builtin_mul_overflow(value, INT64_C(1) << 10 * power, number);
}

static bool refuse(char *why, size_t why_bytes, const struct words *words, const char *what)
{
    snprintf(why, why_bytes, "setting '%.*s' %s", words->name_length < 40 ? words->name_length : 40,
             words->name, what);
    return false;
}

static bool read_value(const struct acre_setting *setting, const struct words *words,
                       struct acre_setting_value *value, char *why, size_t why_bytes)
{
    char range[128];

    if (value->is_set)
        return refuse(why, why_bytes, words, "stands there twice");
    value->is_set = true;
    value->number = 1;
    if (setting->kind == ACRE_SETTING_FLAG)
        return words->value == NULL || refuse(why, why_bytes, words, "takes no value");
    if (words->value == NULL ||
        !read_number(words, setting->kind == ACRE_SETTING_BYTES, &value->number))
        return refuse(why, why_bytes, words,
                      setting->kind == ACRE_SETTING_BYTES ? "wants bytes, as in 64K, 2M"
                                                          : "wants a whole number");
    if (value->number >= setting->least && value->number <= setting->most)
        return true;
    snprintf(range, sizeof range, "goes from %lld to %lld", (long long)setting->least,
             (long long)setting->most);
    return refuse(why, why_bytes, words, range);
}

static bool refuse_name(const struct acre_setting *settings, size_t count,
                        const struct words *words, char *why, size_t why_bytes)
{
    char known[256] = "is unknown; there is none";
    size_t used = 0;

    for (size_t i = 0; i < count && used < sizeof known; i++) {
        int written = snprintf(known + used, sizeof known - used, "%s%s",
                               i == 0 ? "is unknown; there are " : ", ", settings[i].name);

        used += written > 0 ? (size_t)written : 0;
    }
    return refuse(why, why_bytes, words, known);
}

bool acre_settings_read(const struct acre_setting *settings, size_t count, const char *text,
                        struct acre_setting_value *values, char *why, size_t why_bytes)
{
    struct words words;

    memset(values, 0, count * sizeof *values);
    while (text != NULL) {
        size_t i = 0;

        text = next_words(text, &words);
        while (i < count && !is_name(&words, settings[i].name))
            i++;
        if (i == count)
            return refuse_name(settings, count, &words, why, why_bytes);
        if (!read_value(&settings[i], &words, &values[i], why, why_bytes))
            return false;
    }
    return true;
}

bool acre_settings_read_bytes(const char *text, int64_t *bytes)
{
    const struct words words = {.value = text, .value_length = (int)strlen(text)};

    return read_number(&words, true, bytes);
}
