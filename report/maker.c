#include "report/maker.h"

#include <stdlib.h>
#include <string.h>

#include "profile/character.h"
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

static json_t *mended(const char *text)
{
    static const char mark[] = "\xef\xbf\xbd";
    char *whole = malloc(3 * strlen(text) + 1);
    size_t used = 0;
    json_t *made;

    if (whole == NULL)
        return NULL;
    while (*text != '\0') {
        uint32_t character;
        size_t bytes = acre_character_at(text, &character);

        memcpy(whole + used, bytes > 0 ? text : mark, bytes > 0 ? bytes : 3);
        used += bytes > 0 ? bytes : 3;
        text += bytes > 0 ? bytes : 1;
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
