#include "core/dot_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Past its continuation bytes, the first byte of a sequence tells their number. */
static size_t length_told_by(unsigned char first)
{
    return first < 0x80   ? 1
           : first < 0xc2 ? 0
           : first < 0xe0 ? 2
           : first < 0xf0 ? 3
           : first < 0xf5 ? 4
                          : 0;
}

/* Whether XML has it and it can be seen: no surrogate, no C1 control, none of the last two. */
static bool is_printable(uint32_t code, size_t length)
{
    static const uint32_t least[] = {0, 0x20, 0xa0, 0x800, 0x10000};

    return code >= least[length] && code != 0x7f && (code < 0xd800 || code > 0xdfff) &&
           (code & 0xfffe) != 0xfffe && code <= 0x10ffff;
}

/* The length of the printable character that `text` begins with; 0: it begins with none. */
static size_t printable_length(const unsigned char *text)
{
    size_t length = length_told_by(text[0]);
    uint32_t code = length < 2 ? text[0] : text[0] & (0x7fu >> length);

    if (length == 0)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) /* the end of the string is none, too */
            return 0;
        code = code << 6 | (text[i] & 0x3f);
    }
    return is_printable(code, length) ? length : 0;
}

/* What stands for a character that means something to XML, or to Graphviz behind it. */
static const char *substitute_of(unsigned char character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\\\n";
    default:
        return NULL;
    }
}

void acre_dot_text(FILE *stream, const char *text)
{
    const unsigned char *rest = (const unsigned char *)(text != NULL ? text : "?");

    while (*rest != '\0') {
        const char *substitute = substitute_of(*rest);
        size_t length = printable_length(rest);

        if (substitute != NULL)
            fputs(substitute, stream);
        else if (length > 0)
            fwrite(rest, 1, length, stream);
        else
            fprintf(stream, "\\\\x%02x", *rest);
        rest += length > 0 ? length : 1;
    }
}
