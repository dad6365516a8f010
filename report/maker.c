#include "report/maker.h"

#include <stdlib.h>
#include <string.h>

#include "report/format.h"

void acre_put(struct acre_maker *maker, json_t *object, const char *name, json_t *value)
{
    if (value == NULL || json_object_set_new(object, name, value) != 0)
        maker->failed = true;
}

void acre_add(struct acre_maker *maker, json_t *array, json_t *value)
{
    if (value == NULL || json_array_append_new(array, value) != 0)
        maker->failed = true;
}

/* How many bytes a character of UTF-8 takes, by its first; 0: none begins so. */
static size_t length_of(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/* Jansson itself is asked, character by character, what is none. */
static json_t *mended(const char *text)
{
    static const char mark[] = "\xef\xbf\xbd";
    size_t bytes = strlen(text), used = 0;
    char *whole = malloc(3 * bytes + 1);
    json_t *made;

    if (whole == NULL)
        return NULL;
    for (size_t at = 0; at < bytes;) {
        size_t length = length_of((unsigned char)text[at]);
        json_t *one = length > 0 && length <= bytes - at ? json_stringn(text + at, length) : NULL;

        memcpy(whole + used, one != NULL ? text + at : mark, one != NULL ? length : 3);
        used += one != NULL ? length : 3;
        at += one != NULL ? length : 1;
        json_decref(one);
    }
    made = json_stringn(whole, used);
    free(whole);
    return made;
}

json_t *acre_text(const char *text)
{
    json_t *made = json_string(acre_or_empty(text));

    return made != NULL ? made : mended(acre_or_empty(text));
}

void acre_put_text(struct acre_maker *maker, json_t *object, const char *name, const char *text)
{
    acre_put(maker, object, name, acre_text(text));
}

void acre_put_number(struct acre_maker *maker, json_t *object, const char *name, double number)
{
    acre_put(maker, object, name, json_real(number));
}

void acre_put_count(struct acre_maker *maker, json_t *object, const char *name, uint64_t count)
{
    acre_put(maker, object, name, json_integer((json_int_t)count));
}

void acre_put_flag(struct acre_maker *maker, json_t *object, const char *name, bool flag)
{
    acre_put(maker, object, name, json_boolean(flag));
}
