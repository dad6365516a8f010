/* Texts that are each kept once, under a number: equal texts have the same. */
#ifndef ACRE_EXPORT_WORDS_H
#define ACRE_EXPORT_WORDS_H

#include <stdio.h>

#include "export/index.h"
#include "export/text.h"

/* Numbered from 1; element 0 of `spans` is word 1. */
struct acre_words {
    struct acre_text letters; /* one word behind the other; what is put there becomes one */
    struct acre_words_span {
        size_t begin, bytes;
    } * spans;
    size_t count, capacity;
    struct acre_index index;
};

/* `memory` is borrowed. */
void acre_words_init(struct acre_words *words, struct acre_alloc *memory);
void acre_words_fini(struct acre_words *words);

/* The number of what was put into `letters` behind the last word; 0 for want of memory, also of
 * what was put. */
uint32_t acre_words_end(struct acre_words *words);

/* Not terminated, until the next is put. */
static inline const char *acre_words_of(const struct acre_words *words, uint32_t word,
                                        size_t *bytes)
{
    *bytes = words->spans[word - 1].bytes;
    return words->letters.bytes + words->spans[word - 1].begin;
}

static inline void acre_words_write(const struct acre_words *words, uint32_t word, FILE *stream)
{
    size_t bytes;
    const char *letters = acre_words_of(words, word, &bytes);

    fwrite(letters, 1, bytes, stream);
}

#endif
