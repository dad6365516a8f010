#include "export/words.h"

#include <string.h>
#include <xxhash.h>

#include "alloc/grow.h"

void acre_words_init(struct acre_words *words, struct acre_alloc *memory)
{
    *words = (struct acre_words){0};
    acre_text_init(&words->letters, memory);
    acre_index_init(&words->index, memory);
}

void acre_words_fini(struct acre_words *words)
{
    acre_free_elements(words->letters.memory, words->spans, words->capacity, sizeof *words->spans);
    acre_text_fini(&words->letters);
    acre_index_fini(&words->index);
    acre_words_init(words, words->letters.memory);
}

static bool is_word(const void *wanted, const void *words_of, uint32_t word)
{
    const struct acre_words *words = words_of;
    const struct acre_words_span *span = wanted;
    size_t bytes;
    const char *letters = acre_words_of(words, word, &bytes);

    return bytes == span->bytes && memcmp(letters, words->letters.bytes + span->begin, bytes) == 0;
}

uint32_t acre_words_end(struct acre_words *words)
{
    struct acre_words_span span = {0};
    uint64_t hash;
    uint32_t found;

    if (words->letters.is_short || words->count == UINT32_MAX)
        return 0;
    if (words->count > 0)
        span.begin = words->spans[words->count - 1].begin + words->spans[words->count - 1].bytes;
    span.bytes = words->letters.count - span.begin;
    hash = XXH3_64bits(words->letters.bytes + span.begin, span.bytes);
    found = acre_index_find(&words->index, hash, is_word, &span, words);
    if (found != 0) {
        words->letters.count = span.begin;
        return found;
    }
    if (!acre_grow(words->letters.memory, &words->spans, words->count, &words->capacity,
                   sizeof span) ||
        !acre_index_add(&words->index, hash, (uint32_t)words->count + 1))
        return 0;
    words->spans[words->count++] = span;
    return (uint32_t)words->count;
}
