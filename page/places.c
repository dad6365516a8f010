#include "page/places.h"

#include <stdio.h>
#include <string.h>

#include "profile/short_name.h"

/* Names of templates may have thousands of characters: of those nobody reads the end. */
enum { MOST_TEXT_BYTES = 400, SHORT_BYTES = 160, NO_TEXT = UINT32_MAX };

void acre_page_places_init(struct acre_page_places *places, struct acre_maker *maker,
                           struct acre_alloc *memory)
{
    places->maker = maker;
    places->texts = json_array();
    places->places = json_array();
    acre_page_index_init(&places->text_index, memory);
    acre_page_index_init(&places->place_index, memory);
}

void acre_page_places_put(struct acre_page_places *places, json_t *object)
{
    acre_put(places->maker, object, "texts", places->texts);
    acre_put(places->maker, object, "places", places->places);
    acre_page_index_fini(&places->text_index);
    acre_page_index_fini(&places->place_index);
}

json_t *acre_page_text(const char *text)
{
    char copy[MOST_TEXT_BYTES + sizeof "..."];
    size_t bytes = strlen(text);

    if (bytes <= MOST_TEXT_BYTES)
        return acre_text(text);
    bytes = MOST_TEXT_BYTES;
    while (bytes > 0 && ((unsigned char)text[bytes] & 0xc0) == 0x80)
        bytes--;
    snprintf(copy, sizeof copy, "%.*s...", (int)bytes, text);
    return acre_text(copy);
}

/* Both forms of a function's name where they differ. */
static json_t *function_text(struct acre_maker *maker, const char *function)
{
    char brief[SHORT_BYTES];
    json_t *both;

    acre_short_name(function, brief, sizeof brief);
    if (strcmp(brief, function) == 0)
        return acre_page_text(function);
    both = json_array();
    acre_add(maker, both, acre_text(brief));
    acre_add(maker, both, acre_page_text(function));
    return both;
}

static uint32_t number_of_text(struct acre_page_places *places, const char *text, bool is_function)
{
    uint32_t before = places->text_index.count;
    uint32_t number;

    if (text == NULL || text[0] == '\0')
        return NO_TEXT;
    if (!acre_page_index_of(&places->text_index, (uint64_t)(uintptr_t)text, is_function, &number)) {
        places->maker->failed = true;
        return NO_TEXT;
    }
    if (number == before)
        acre_add(places->maker, places->texts,
                 is_function ? function_text(places->maker, text) : acre_page_text(text));
    return number;
}

static json_t *text_or_null(uint32_t number)
{
    return number == NO_TEXT ? json_null() : json_integer(number);
}

uint32_t acre_page_place(struct acre_page_places *places, const struct acre_frame *frame,
                         const char *module)
{
    uint32_t before = places->place_index.count;
    uint32_t function = number_of_text(places, frame->function, true);
    uint32_t file = number_of_text(places, frame->file, false);
    uint32_t path = number_of_text(places, module, false);
    uint32_t number;
    json_t *row;

    if (!acre_page_index_of(&places->place_index, (uint64_t)function << 32 | file,
                            (uint64_t)frame->line << 32 | path, &number)) {
        places->maker->failed = true;
        return 0;
    }
    if (number != before)
        return number;
    row = json_array();
    acre_add(places->maker, row, text_or_null(function));
    acre_add(places->maker, row, text_or_null(file));
    acre_add(places->maker, row, json_integer(frame->line));
    acre_add(places->maker, row, text_or_null(path));
    acre_add(places->maker, places->places, row);
    return number;
}
