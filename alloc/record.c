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

/* Out of line, and six registers to call, so that a sink that has only books hardly pays for it. */
static __attribute__((noinline)) void tell(const struct record *record, enum acre_event_kind kind,
                                           const void *address, struct acre_layout layout,
                                           size_t old_bytes)
{
    struct acre_event event = {
        .kind = kind,
        .source = record->source,
        .address = address,
        .layout = layout,
        .old_bytes = old_bytes,
    };

    if (record->sink->wants_usable)
        event.usable_bytes = acre_usable_bytes(record->decorator.inner, address, layout);
    record->sink->on_event(record->sink, &event);
}

static void *record_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct record *record = (struct record *)self;
    struct acre_alloc *inner = record->decorator.inner;
    void *block = inner->ops->allocate(inner, layout);
    struct acre_books *books = record->books;

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
    struct record *record = (struct record *)self;
    struct acre_alloc *inner = record->decorator.inner;

    if (record->books != NULL)
        acre_books_death(record->books, record->source, layout);
    if (record->tells)
        tell(record, ACRE_EVENT_FREE, block, layout, 0);
    inner->ops->free(inner, block, layout);
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

    if (record == NULL)
        return NULL;
    record->books = sink->books;
    record->sink = sink;
    record->tells = sink->on_event != NULL;
    record->source = source;
    acre_decorator_init(&record->decorator, inner);
    record->decorator.ops.allocate = record_allocate;
    record->decorator.ops.free = record_free;
    record->decorator.ops.resize = record_resize;
    record->decorator.ops.reset = record_reset;
    return &record->decorator.base;
}
