#include "alloc/books.h"

static struct acre_counts counts_of(struct acre_tally tally)
{
    acre_tally_settle(&tally);
    return (struct acre_counts){
        .allocations = tally.born.blocks,
        .frees = tally.dead.blocks,
        .requested_bytes = tally.born.bytes,
        .live = acre_tally_live(&tally),
        .peak = tally.peak,
    };
}

struct acre_counts acre_books_total(const struct acre_books *books)
{
    return counts_of(books->total);
}

struct acre_counts acre_books_of(const struct acre_books *books, uint32_t purpose)
{
    return counts_of(books->by_purpose[purpose]);
}

/* What a block gained counts as requested, what it gave up as dead. */
static void resize_tally(struct acre_tally *tally, size_t from_bytes, size_t to_bytes)
{
    if (to_bytes > from_bytes) {
        tally->born.bytes += to_bytes - from_bytes;
        acre_tally_settle(tally);
    } else {
        acre_tally_deaths(tally, (struct acre_live){0, from_bytes - to_bytes});
    }
}

void acre_books_resize(struct acre_books *books, uint32_t source, struct acre_layout layout,
                       size_t old_bytes)
{
    uint32_t purpose = acre_books_purpose(layout.purpose);

    books->resizes++;
    books->by_source[acre_books_source(source)][purpose].bytes += layout.size - old_bytes;
    resize_tally(&books->by_purpose[purpose], old_bytes, layout.size);
    resize_tally(&books->total, old_bytes, layout.size);
}

void acre_books_reset(struct acre_books *books, uint32_t source)
{
    struct acre_live *by_purpose = books->by_source[acre_books_source(source)];
    struct acre_live all = {0, 0};

    books->resets++;
    for (size_t p = 0; p < ACRE_PURPOSE_COUNT; p++) {
        if (by_purpose[p].blocks == 0)
            continue;
        acre_tally_deaths(&books->by_purpose[p], by_purpose[p]);
        acre_live_add(&all, by_purpose[p]);
        by_purpose[p] = (struct acre_live){0, 0};
    }
    acre_tally_deaths(&books->total, all);
}
