/* A character of UTF-8. */
#ifndef ACRE_PROFILE_CHARACTER_H
#define ACRE_PROFILE_CHARACTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The bytes, 1 to 4, of the character that a text begins with, and its number; the '\0' at the end
 * of the text is one, too. 0: there is none, as it is cut, longer than it need be, half a pair, or
 * beyond U+10FFFF.
 */
static inline size_t acre_character_at(const char *text, uint32_t *number)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* of so many bytes */
    unsigned char first = (unsigned char)text[0];
    size_t bytes = first < 0x80   ? 1
                   : first < 0xc0 ? 0
                   : first < 0xe0 ? 2
                   : first < 0xf0 ? 3
                   : first < 0xf8 ? 4
                                  : 0;
    uint32_t character = bytes <= 1 ? first : first & (0x7fu >> bytes);

    for (size_t i = 1; i < bytes; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80) /* the end of the text is none, too */
            return 0;
        character = character << 6 | ((unsigned char)text[i] & 0x3f);
    }
    if (bytes == 0 || character < least[bytes] || character > 0x10ffff ||
        (character >= 0xd800 && character < 0xe000))
        return 0;
    *number = character;
    return bytes;
}

/* Whether it may move a terminal's cursor: U+0080 to U+009F may as well. */
static inline bool acre_is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0);
}

#endif
