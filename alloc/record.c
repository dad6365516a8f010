/* Decorator: passes every call on, keeps the sink's books and tells it. The layout on both ends of
 * the contract means that it needs no memory of its own, however many blocks are live. */
#include <stdlib.h>

#include "alloc/backends.h"
#include "alloc/books.h"
#include "alloc/decorator.h"

struct record {
    struct acre_decorator decorator;
    struct acre_books *books; /* the sink's, or NULL */
    struct acre_sink *sink;
    uint32_t source;
    bool tells; /* the sink wants to know */
};

static inline void tell(const struct record *record, enum acre_event_kind kind, const void *address,
                        struct acre_layout layout, size_t old_bytes)
{
    struct acre_event event = {
        .kind = kind,
        .source = record->source,
        .address = address,
        .layout = layout,
        .old_bytes = old_bytes,
    };

    if (__builtin_expect(record->sink->wants_usable, 0))
        event.usable_bytes = acre_usable_bytes(record->decorator.inner, address, layout);
    record->sink->on_event(record->sink, &event);
}

/* A recorder is no reason to make a call for the room that the inner allocator shows. */
static inline void *allocate_below(const struct record *record, struct acre_layout layout)
{
    struct acre_alloc *inner = record->decorator.inner;
    void *block;

    return acre_bump_take(inner, layout, &block) ? block : inner->ops->allocate(inner, layout);
}

static inline void free_below(const struct record *record, void *block, struct acre_layout layout)
{
    struct acre_alloc *inner = record->decorator.inner;

    inner->ops->free(inner, block, layout);
}

static void *record_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    const struct record *record = (struct record *)self;
    struct acre_books *books = record->books;
    void *block = allocate_below(record, layout);

    if (books != NULL && block != NULL)
        acre_books_birth(books, record->source, layout);
    else if (books != NULL)
        books->refused++;
    if (record->tells)
        tell(record, block != NULL ? ACRE_EVENT_ALLOCATE : ACRE_EVENT_REFUSE, block, layout, 0);
    return block;
}

/* Told before the block goes: afterwards its address may belong to somebody else. */
static void record_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    const struct record *record = (struct record *)self;

    if (record->books != NULL)
        acre_books_death(record->books, record->source, layout);
    if (record->tells)
        tell(record, ACRE_EVENT_FREE, block, layout, 0);
    free_below(record, block, layout);
}

/* For a sink that has only books, which should hardly slow a loop down: without a call, and so
 * without a register to save, unless the inner allocator needs one. */
static __attribute__((noinline)) void *count_call(const struct record *record,
                                                  struct acre_layout layout)
{
    struct acre_alloc *inner = record->decorator.inner;
    void *block = inner->ops->allocate(inner, layout);

    if (block != NULL)
        acre_books_birth(record->books, record->source, layout);
    else
        record->books->refused++;
    return block;
}

static void *count_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    const struct record *record = (struct record *)self;
    void *block;

    if (!acre_bump_take(record->decorator.inner, layout, &block))
        return count_call(record, layout);
    acre_books_birth(record->books, record->source, layout);
    return block;
}

static void count_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    const struct record *record = (struct record *)self;

    acre_books_death(record->books, record->source, layout);
    free_below(record, block, layout);
}

static bool record_resize(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    struct record *record = (struct record *)self;
    struct acre_alloc *inner = record->decorator.inner;
    struct acre_layout layout = {size, old.align, old.purpose};

    if (!inner->ops->resize(inner, block, old, size))
        return false;
    if (record->books != NULL)
        acre_books_resize(record->books, record->source, layout, old.size);
    if (record->tells)
        tell(record, ACRE_EVENT_RESIZE, block, layout, old.size);
    return true;
}

static void record_reset(struct acre_alloc *self)
{
    struct record *record = (struct record *)self;

    if (record->books != NULL)
        acre_books_reset(record->books, record->source);
    if (record->tells)
        tell(record, ACRE_EVENT_RESET, NULL, (struct acre_layout){0}, 0);
    acre_reset(record->decorator.inner);
}

struct acre_alloc *acre_record_new(struct acre_alloc *inner, struct acre_sink *sink,
                                   uint32_t source)
{
    struct record *record = malloc(sizeof *record);
    bool only_counts = sink->books != NULL && sink->on_event == NULL;

    if (record == NULL)
        return NULL;
    record->books = sink->books;
    record->sink = sink;
    record->tells = sink->on_event != NULL;
    record->source = source;
    acre_decorator_init(&record->decorator, inner);
    record->decorator.ops.allocate = only_counts ? count_allocate : record_allocate;
    record->decorator.ops.free = only_counts ? count_free : record_free;
    record->decorator.ops.resize = record_resize;
    record->decorator.ops.reset = record_reset;
    return &record->decorator.base;
}
