#include "export/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "profile/character.h"

enum { FIRST_CAPACITY = 256 };

const struct acre_notation acre_json_notation = {.escaped = {'"', '\\'}};
const struct acre_notation acre_plain_notation = {.replaced = '\0'};

static struct acre_layout layout_of(size_t capacity)
{
    return (struct acre_layout){capacity, 1, ACRE_PURPOSE_OTHER};
}

void acre_text_init(struct acre_text *text, struct acre_alloc *memory)
{
    *text = (struct acre_text){.memory = memory};
}

void acre_text_fini(struct acre_text *text)
{
    acre_free(text->memory, text->bytes, layout_of(text->capacity));
    acre_text_init(text, text->memory);
}

/* What is told is a size that something in memory has: twice of it is no overflow. */
static bool make_room(struct acre_text *text, size_t more)
{
    size_t capacity = text->capacity == 0 ? FIRST_CAPACITY : text->capacity;
    char *bytes;

    if (text->is_short || more <= text->capacity - text->count)
        return !text->is_short;
    while (capacity - text->count < more)
        capacity *= 2;
    bytes = acre_reallocate(text->memory, text->bytes, layout_of(text->capacity), capacity);
    if (bytes == NULL) {
        text->is_short = true;
        return false;
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void acre_text_put(struct acre_text *text, const void *bytes, size_t count)
{
    if (count == 0 || !make_room(text, count))
        return;
    memcpy(text->bytes + text->count, bytes, count);
    text->count += count;
}

void acre_text_put_string(struct acre_text *text, const char *string)
{
    acre_text_put(text, string, strlen(string));
}

void acre_text_put_number(struct acre_text *text, uint64_t number)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRIu64, number);
    acre_text_put_string(text, digits);
}

void acre_text_put_hex(struct acre_text *text, uint64_t number)
{
    char digits[24];

    snprintf(digits, sizeof digits, "0x%" PRIx64, number);
    acre_text_put_string(text, digits);
}

void acre_text_put_digits(struct acre_text *text, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        const char pair[] = {digits[bytes[i] >> 4], digits[bytes[i] & 15]};

        acre_text_put(text, pair, sizeof pair);
    }
}

/* How many bytes of a name begin with characters that are put as they are. */
static size_t count_plain(const char *name, const struct acre_notation *notation)
{
    const char *at = name;
    uint32_t character;

    for (size_t bytes; *at != '\0'; at += bytes) {
        bytes = acre_character_at(at, &character);
        if (bytes == 0 || acre_is_control(character) || *at == notation->escaped[0] ||
            *at == notation->escaped[1] || *at == notation->replaced)
            break;
    }
    return (size_t)(at - name);
}

void acre_text_put_name(struct acre_text *text, const char *name,
                        const struct acre_notation *notation)
{
    for (;;) {
        size_t plain = count_plain(name, notation), bytes;
        uint32_t character;

        acre_text_put(text, name, plain);
        name += plain;
        if (*name == '\0')
            return;
        bytes = acre_character_at(name, &character);
        if (bytes == 0) {
            acre_text_put_string(text, "\xef\xbf\xbd");
        } else if (acre_is_control(character)) {
            acre_text_put_string(text, "?");
        } else if (*name == notation->replaced) {
            acre_text_put(text, &notation->by, 1);
        } else {
            acre_text_put_string(text, "\\");
            acre_text_put(text, name, bytes);
        }
        name += bytes > 0 ? bytes : 1;
    }
}
