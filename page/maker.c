#include "page/maker.h"

#include <stdio.h>
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

json_t *acre_ratio_object(struct acre_maker *maker, const struct acre_ratio *ratio)
{
    json_t *object = json_object();

    acre_put_number(maker, object, "point", ratio->point);
    if (ratio->has_interval) {
        acre_put_number(maker, object, "low", ratio->low);
        acre_put_number(maker, object, "high", ratio->high);
    }
    return object;
}

json_t *acre_judged_ratio(struct acre_maker *maker, const struct acre_ratio *ratio)
{
    json_t *object = acre_ratio_object(maker, ratio);

    acre_put_text(maker, object, "verdict", acre_verdict_words(ratio->verdict));
    acre_put_text(maker, object, "words", acre_format_verdict(ratio, true).text);
    return object;
}

json_t *acre_thinned(struct acre_maker *maker, const struct acre_series *series, size_t most)
{
    json_t *array = json_array();
    size_t stride = 1 + series->count / (most + 1);

    for (size_t i = 0; i < series->count; i += stride)
        acre_add(maker, array, json_real(series->values[i]));
    return array;
}

/* What has been printed, a line each. */
static json_t *lines_of(struct acre_maker *maker, const char *text)
{
    json_t *array = json_array();

    while (*text != '\0') {
        size_t length = strcspn(text, "\n"), indent = strspn(text, " ");

        if (indent < length)
            acre_add(maker, array, json_stringn(text + indent, length - indent));
        text += length + (text[length] != '\0');
    }
    return array;
}

json_t *acre_paragraphs(struct acre_maker *maker, const struct acre_said *said)
{
    enum { NEVER_WRAPPED = 1 << 28 };
    char *text = NULL;
    size_t bytes = 0;
    const struct acre_page page = {
        .stream = open_memstream(&text, &bytes),
        .width = NEVER_WRAPPED,
    };
    json_t *lines = NULL;
    bool is_said = page.stream != NULL && said->say(&page, said->context);

    is_said = page.stream != NULL && fclose(page.stream) == 0 && is_said;
    if (is_said)
        lines = lines_of(maker, text);
    free(text);
    return lines;
}
