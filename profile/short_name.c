#include "profile/short_name.h"

#include <stdbool.h>
#include <string.h>

static const char anonymous[] = "(anonymous namespace)";

static bool begins_with(const char *text, const char *what)
{
    return strncmp(text, what, strlen(what)) == 0;
}

static bool is_in_name(char character)
{
    return character == '_' || (character >= '0' && character <= '9') ||
           ((character | 0x20) >= 'a' && (character | 0x20) <= 'z') || (character & 0x80) != 0;
}

/* The bytes of "operator<<", "operator()", "operator new[]", "operator std::string", whose signs
 * and blanks are none of the grammar; 0: no operator stands there. `before` is the character in
 * front. */
static size_t operator_at(const char *text, char before)
{
    static const char word[] = "operator";
    size_t bytes = sizeof word - 1;

    if (!begins_with(text, word) || is_in_name(before) || is_in_name(text[bytes]))
        return 0;
    if (begins_with(text + bytes, "()"))
        return bytes + 2;
    while (text[bytes] == '<' || text[bytes] == '-')
        bytes++;
    while (text[bytes] != '\0' && text[bytes] != '(' && text[bytes] != '<')
        bytes++;
    return bytes;
}

/* The bytes up to the bracket that closes the one at the begin, with it, or to the end. */
static size_t bracket(const char *text, char opens, char closes)
{
    size_t bytes = 0;
    int depth = 0;

    do {
        depth +=
            (text[bytes] == opens) - (text[bytes] == closes && bytes > 0 && text[bytes - 1] != '-');
        bytes++;
    } while (depth > 0 && text[bytes] != '\0');
    return bytes;
}

/* What a function's name is made of. */
enum part { TEXT, TYPES, ARGUMENTS };

/* The bytes of the part that stands there. Arguments of an outer function, whose name a lambda has
 * in its own, are there as well. */
static size_t part_at(const char *text, char before, enum part *part)
{
    size_t bytes = operator_at(text, before);

    *part = TEXT;
    if (bytes > 0)
        return bytes;
    if (begins_with(text, anonymous))
        return sizeof anonymous - 1;
    switch (*text) {
    case '{':
        return bracket(text, '{', '}');
    case '<':
        *part = TYPES;
        return bracket(text, '<', '>');
    case '(':
        *part = ARGUMENTS;
        return bracket(text, '(', ')');
    default:
        bytes = 1;
        while (((unsigned char)text[bytes] & 0xc0) == 0x80)
            bytes++;
        return bytes;
    }
}

/* Behind the last blank in front of the arguments. */
const char *acre_name_begin(const char *function)
{
    const char *begin = function;
    const char *at = function;
    char before = '\0';

    while (*at != '\0') {
        enum part part;
        size_t bytes = part_at(at, before, &part);

        if (part == ARGUMENTS && !begins_with(at + bytes, "::") &&
            !begins_with(function, "decltype("))
            break;
        if (*at == ' ')
            begin = at + 1;
        at += bytes;
        before = at[-1];
    }
    return *begin != '\0' && *begin != '(' ? begin : function;
}

/* So many bytes, or fewer where a character would be cut in two. */
static size_t whole_characters(const char *text, size_t bytes)
{
    while (bytes > 0 && ((unsigned char)text[bytes] & 0xc0) == 0x80)
        bytes--;
    return bytes;
}

static size_t add(char *text, size_t room, size_t used, const char *more, size_t bytes)
{
    if (bytes > room - 1 - used)
        bytes = whole_characters(more, room - 1 - used);
    memcpy(text + used, more, bytes);
    return used + bytes;
}

size_t acre_short_name(const char *function, char *text, size_t room)
{
    const char *at = acre_name_begin(function);
    size_t used = 0;
    char before = '\0';

    while (*at != '\0') {
        enum part part;
        size_t bytes = part_at(at, before, &part);

        if (part == ARGUMENTS && !begins_with(at + bytes, "::"))
            break;
        if (part == TEXT)
            used = add(text, room, used, at, bytes);
        else if (part == TYPES)
            used = add(text, room, used, "<>", 2);
        at += bytes;
        before = at[-1];
    }
    if (used == 0)
        used = add(text, room, 0, function, strlen(function));
    text[used] = '\0';
    return used;
}
