/*
 * Bytes in the making, and names of strangers among them: functions and paths come from files that
 * anybody may have written, and no format may be broken by one.
 */
#ifndef ACRE_EXPORT_TEXT_H
#define ACRE_EXPORT_TEXT_H

#include "alloc/alloc.h"

struct acre_text {
    struct acre_alloc *memory; /* borrowed */
    char *bytes;
    size_t count, capacity;
    bool is_short; /* of memory, at one time or another: something is missing */
};

void acre_text_init(struct acre_text *text, struct acre_alloc *memory);
void acre_text_fini(struct acre_text *text);

/* Empty again; keeps its room. */
static inline void acre_text_clear(struct acre_text *text)
{
    text->count = 0;
}

/* Adds; for want of memory nothing but is_short, which stays. */
void acre_text_put(struct acre_text *text, const void *bytes, size_t count);
void acre_text_put_string(struct acre_text *text, const char *string);
void acre_text_put_number(struct acre_text *text, uint64_t number);
void acre_text_put_hex(struct acre_text *text, uint64_t number);

/* Two hex digits a byte: of a build id. */
void acre_text_put_digits(struct acre_text *text, const unsigned char *bytes, size_t count);

/* What may not stand in a name as it is; 0: nothing more. */
struct acre_notation {
    char escaped[2]; /* have a backslash in front */
    char replaced;   /* is `by` instead */
    char by;
};

/* Between the quotes of a string of JSON. */
extern const struct acre_notation acre_json_notation;

/* Nothing but what is no character. */
extern const struct acre_notation acre_plain_notation;

/*
 * Adds a name, as valid UTF-8 on one line: control characters become question marks, and each byte
 * that is not part of a character U+FFFD, whatever the notation.
 */
void acre_text_put_name(struct acre_text *text, const char *name,
                        const struct acre_notation *notation);

#endif
