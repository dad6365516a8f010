#include "alloc/books.h"

static void resize_counts(struct acre_counts *counts, size_t from_bytes, size_t to_bytes)
{
    counts->live.bytes += to_bytes - from_bytes;
    if (to_bytes > from_bytes)
        counts->requested_bytes += to_bytes - from_bytes;
    if (counts->live.bytes > counts->peak_bytes)
        counts->peak_bytes = counts->live.bytes;
}

void acre_books_resize(struct acre_books *books, uint32_t source, struct acre_layout layout,
                       size_t old_bytes)
{
    uint32_t purpose = acre_books_purpose(layout.purpose);

    books->resizes++;
    books->by_source[acre_books_source(source)][purpose].bytes += layout.size - old_bytes;
    resize_counts(&books->by_purpose[purpose], old_bytes, layout.size);
    resize_counts(&books->total, old_bytes, layout.size);
}

void acre_books_reset(struct acre_books *books, uint32_t source)
{
    books->resets++;
    for (size_t p = 0; p < ACRE_PURPOSE_COUNT; p++) {
        struct acre_live *live = &books->by_source[acre_books_source(source)][p];

        if (live->blocks == 0)
            continue;
        acre_counts_deaths(&books->by_purpose[p], *live);
        acre_counts_deaths(&books->total, *live);
        *live = (struct acre_live){0, 0};
    }
}
