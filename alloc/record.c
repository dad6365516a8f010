/* Decorator: passes every call on, keeps the sink's books and tells it. The layout on both ends of
 * the contract means that it needs no memory of its own, however many blocks are live. */
#include <stdlib.h>

#include "alloc/backends.h"
#include "alloc/books.h"
#include "alloc/decorator.h"

struct record {
    struct acre_decorator decorator;
    struct acre_sink *sink;
    uint32_t source;
};

static __attribute__((noinline)) void tell(const struct record *record, struct acre_event event)
{
    event.source = record->source;
    if (record->sink->wants_usable)
        event.usable_bytes =
            acre_usable_bytes(record->decorator.inner, event.address, event.layout);
    record->sink->on_event(record->sink, &event);
}

static void *record_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct record *record = (struct record *)self;
    struct acre_alloc *inner = record->decorator.inner;
    void *block = inner->ops->allocate(inner, layout);
    struct acre_books *books = record->sink->books;

    if (books != NULL && block != NULL)
        acre_books_birth(books, record->source, layout);
    else if (books != NULL)
        books->refused++;
    if (record->sink->on_event != NULL)
        tell(record, (struct acre_event){
                         .kind = block != NULL ? ACRE_EVENT_ALLOCATE : ACRE_EVENT_REFUSE,
                         .address = block,
                         .layout = layout,
                     });
    return block;
}

/* Told before the block goes: afterwards its address may belong to somebody else. */
static void record_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    struct record *record = (struct record *)self;
    struct acre_alloc *inner = record->decorator.inner;

    if (record->sink->books != NULL)
        acre_books_death(record->sink->books, record->source, layout);
    if (record->sink->on_event != NULL)
        tell(record,
             (struct acre_event){.kind = ACRE_EVENT_FREE, .address = block, .layout = layout});
    inner->ops->free(inner, block, layout);
}

static bool record_resize(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    struct record *record = (struct record *)self;
    struct acre_alloc *inner = record->decorator.inner;
    struct acre_layout layout = {size, old.align, old.purpose};

    if (!inner->ops->resize(inner, block, old, size))
        return false;
    if (record->sink->books != NULL)
        acre_books_resize(record->sink->books, record->source, layout, old.size);
    if (record->sink->on_event != NULL)
        tell(record, (struct acre_event){
                         .kind = ACRE_EVENT_RESIZE,
                         .address = block,
                         .layout = layout,
                         .old_bytes = old.size,
                     });
    return true;
}

static void record_reset(struct acre_alloc *self)
{
    struct record *record = (struct record *)self;

    if (record->sink->books != NULL)
        acre_books_reset(record->sink->books, record->source);
    if (record->sink->on_event != NULL)
        tell(record, (struct acre_event){.kind = ACRE_EVENT_RESET});
    acre_reset(record->decorator.inner);
}

struct acre_alloc *acre_record_new(struct acre_alloc *inner, struct acre_sink *sink,
                                   uint32_t source)
{
    struct record *record = malloc(sizeof *record);

    if (record == NULL)
        return NULL;
    record->sink = sink;
    record->source = source;
    acre_decorator_init(&record->decorator, inner);
    record->decorator.ops.allocate = record_allocate;
    record->decorator.ops.free = record_free;
    record->decorator.ops.resize = record_resize;
    record->decorator.ops.reset = record_reset;
    return &record->decorator.base;
}
