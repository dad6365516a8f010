/*
 * The allocator contract.
 *
 * Every place memory can come from is a `struct acre_alloc`: a pointer to a constant table of
 * operations, followed by whatever the implementation keeps (it embeds the struct first). The same
 * interface is spoken by the backends (malloc, jemalloc, mimalloc, arena), by the layers below them
 * (pages) and by the decorators around them (record, fault).
 *
 *   caller ──> front function (this header) ──> decorator ──> backend ──> memory
 *              checks arguments once
 *
 * What every implementation promises:
 *   - A failed call returns NULL or false and has changed nothing. It does not print, set errno
 *     on purpose, or abort.
 *   - The layout given to allocate is given again, unchanged, to free and resize. No backend has
 *     to remember a block's size, and a checking decorator can compare.
 *   - Two live blocks never overlap. A block of size 0 is a distinct block of size 1.
 *   - Threads may do with it what its table states: see enum acre_threads.
 *
 * What the front functions have checked before an operation is called: size is at least 1 and at
 * most PTRDIFF_MAX - align, align is a power of two.
 *
 * A lower layer is borrowed, never owned: whoever composed the stack destroys the outermost first.
 */
#ifndef ACRE_ALLOC_ALLOC_H
#define ACRE_ALLOC_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a block is for. The recorder keeps its books by purpose. */
enum acre_purpose {
    ACRE_PURPOSE_OTHER,
    ACRE_PURPOSE_NODE,     /* objects of types that a user defined */
    ACRE_PURPOSE_VARIABLE, /* struct acre_variable */
    ACRE_PURPOSE_FUNCTION, /* struct acre_function */
    ACRE_PURPOSE_ARRAY,    /* struct acre_array: the object in front of the elements */
    ACRE_PURPOSE_DATA,     /* elements of an array that is data */
    ACRE_PURPOSE_GRADIENT, /* elements of an array that is a gradient */
    ACRE_PURPOSE_WEAK,     /* weak references: their slots, watches, tables of weak values */
    ACRE_PURPOSE_EDGE,     /* logs of references that cross the border of a region */
    ACRE_PURPOSE_ENGINE,   /* the engine itself: type table, work lists */
    ACRE_PURPOSE_COUNT
};

/* "Variable", "Function", ...; "?" for a number that is none of them. */
const char *acre_purpose_name(enum acre_purpose purpose);

/* What the caller asks for, and says again when it gives the block back. 16 bytes: two registers.
 */
struct acre_layout {
    size_t size;
    uint32_t align; /* a power of two; 2 MiB is legal */
    uint32_t purpose;
};

/* A layout for one object of a type. */
#define ACRE_LAYOUT_OF(type, why)                                                                  \
    ((struct acre_layout){sizeof(type), _Alignof(type), (uint32_t)(why)})

/* What an allocator can do. An operation whose bit is clear may be NULL in the table. */
enum acre_capability {
    ACRE_CAN_FREE = 1u << 0,   /* single blocks go back; otherwise free leaves them to the reset */
    ACRE_CAN_RESET = 1u << 1,  /* every block can be dropped at once */
    ACRE_CAN_RESIZE = 1u << 2, /* a block may grow or shrink where it stands */
    ACRE_CAN_USABLE = 1u << 3, /* the usable size of a block is known */
    ACRE_CAN_HELD = 1u << 4,   /* the bytes taken from the system are known */
    ACRE_CAN_TRIM = 1u << 5,   /* unused memory can be given back on request */
    ACRE_CAN_CHECK = 1u << 6,  /* the invariants can be walked */
    ACRE_CAN_REALLOCATE = 1u << 7, /* it has a realloc of its own, which may do more than the rest
                                      of the table: move pages instead of bytes */
};

/*
 * What threads may do with an allocator, and with the blocks of it. Reset and destroy belong, under
 * each of the three, to one thread while no other uses the allocator.
 *
 * In turn: hand-over needs an order that both threads see (a mutex, a join, an atomic with release
 * and acquire), and takes everything along: the allocator and all its blocks. What several
 * allocators share (a layer below, a sink with its books, a plan of faults) is handed over with
 * them, unless it is for any thread itself.
 */
enum acre_threads {
    ACRE_THREADS_IN_TURN, /* one thread at a time */
    ACRE_THREADS_MAKER,   /* only the thread that made it */
    ACRE_THREADS_ANY,     /* several at the same time; a block may be freed, and resized, by another
                             thread than the one that took it, one thread a block at a time */
};

/* "one thread at a time", "only the thread that made it", ... */
const char *acre_threads_name(enum acre_threads threads);

struct acre_alloc;

struct acre_alloc_ops {
    const char *name;
    unsigned capabilities; /* bits of enum acre_capability */
    enum acre_threads threads;

    /* Required. */
    void *(*allocate)(struct acre_alloc *self, struct acre_layout layout);
    void (*free)(struct acre_alloc *self, void *block, struct acre_layout layout);
    void (*destroy)(struct acre_alloc *self);

    /* Each NULL unless its capability bit is set. */
    bool (*resize)(struct acre_alloc *self, void *block, struct acre_layout old, size_t size);
    void (*reset)(struct acre_alloc *self);
    size_t (*usable_bytes)(const struct acre_alloc *self, const void *block,
                           struct acre_layout layout);
    size_t (*held_bytes)(const struct acre_alloc *self);
    size_t (*trim)(struct acre_alloc *self);
    const char *(*check)(const struct acre_alloc *self);

    /* As acre_reallocate, of a block. Decorators, which have to see each call, do not offer it. */
    void *(*reallocate)(struct acre_alloc *self, void *block, struct acre_layout old, size_t size);
};

/*
 * An allocator whose blocks follow each other may show the room in front of it: acre_allocate then
 * takes small blocks there without a call. Elsewhere, and where somebody has to see each call
 * (decorators, checkers), `end` is NULL.
 */
struct acre_bump {
    char *cursor; /* a multiple of ACRE_BUMP_ALIGN; the next block begins at or after it */
    char *end;
};

/* Blocks take a multiple of it, so that most of them begin where the cursor stands. */
enum { ACRE_BUMP_ALIGN = 16, ACRE_BUMP_MOST_BYTES = 1024 };

struct acre_alloc {
    const struct acre_alloc_ops *ops;
    uint64_t epoch; /* resets so far */
    struct acre_bump bump;
};

static inline bool acre_can(const struct acre_alloc *self, enum acre_capability capability)
{
    return (self->ops->capabilities & (unsigned)capability) != 0;
}

static inline bool acre_layout_is_valid(struct acre_layout layout)
{
    return layout.align != 0 && (layout.align & (layout.align - 1)) == 0 &&
           layout.size <= (size_t)PTRDIFF_MAX - layout.align;
}

static inline struct acre_layout acre_layout_at_least_one_byte(struct acre_layout layout)
{
    layout.size += layout.size == 0;
    return layout;
}

static inline size_t acre_align_up(size_t value, size_t align)
{
    return (value + align - 1) & ~(align - 1);
}

/* Takes a block from the room that the allocator shows. For those who have checked the layout. */
static inline bool acre_bump_take(struct acre_alloc *self, struct acre_layout layout, void **block)
{
    /* Numbers, not pointers: without room both ends are NULL, and C knows no NULL + n. */
    size_t begin = (size_t)self->bump.cursor;
    size_t size = acre_align_up(layout.size, ACRE_BUMP_ALIGN);

    if (layout.align > ACRE_BUMP_ALIGN)
        begin = acre_align_up(begin, layout.align);
    if (layout.size > ACRE_BUMP_MOST_BYTES || begin + size > (size_t)self->bump.end)
        return false;
    self->bump.cursor = (char *)begin + size;
    *block = (void *)begin;
    return true;
}

/*
 * A block of at least layout.size bytes at a multiple of layout.align, owned by the caller until
 * acre_free or the next acre_reset. Its bytes are indeterminate.
 * NULL when there is no memory or the layout is invalid; then nothing has changed.
 */
static inline void *acre_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    void *block;

    if (!acre_layout_is_valid(layout))
        return NULL;
    layout = acre_layout_at_least_one_byte(layout);
    return acre_bump_take(self, layout, &block) ? block : self->ops->allocate(self, layout);
}

/*
 * Gives a block back. `layout` is the one it was allocated with, or its resized form. NULL does
 * nothing. Never fails and never allocates.
 */
static inline void acre_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    if (block != NULL)
        self->ops->free(self, block, acre_layout_at_least_one_byte(layout));
}

/*
 * Changes the size of a block without moving it. On true the block's layout is `old` with the new
 * size; on false (no room, or the allocator cannot) nothing has changed.
 */
bool acre_resize(struct acre_alloc *self, void *block, struct acre_layout old, size_t size);

/*
 * A block of the new size that begins with the old one's first min(old, new) bytes: by the
 * allocator's own realloc where it offers one; otherwise the same block where it can be resized in
 * place, or a new one, and the old one is freed.
 * NULL when there is no memory; then the old block is untouched. A NULL block is an allocation.
 */
void *acre_reallocate(struct acre_alloc *self, void *block, struct acre_layout old, size_t size);

/* The same, but always by a new block. */
void *acre_move(struct acre_alloc *self, void *block, struct acre_layout old, size_t size);

/*
 * An uninitialised array of `count` elements; its size in the layout is count * element_bytes.
 * NULL also when that product overflows.
 */
static inline void *acre_allocate_array(struct acre_alloc *self, size_t count, size_t element_bytes,
                                        uint32_t align, enum acre_purpose purpose)
{
    size_t size;

    if (__builtin_mul_overflow(count, element_bytes, &size))
        return NULL;
    return acre_allocate(self, (struct acre_layout){size, align, (uint32_t)purpose});
}

/*
 * Drops every block at once and begins a new epoch. False, with nothing changed, where the
 * allocator has no reset.
 */
bool acre_reset(struct acre_alloc *self);

/* The bytes that may be used at `block`: at least layout.size; layout.size where unknown. */
size_t acre_usable_bytes(const struct acre_alloc *self, const void *block,
                         struct acre_layout layout);

/* Bytes taken from the system. False where the allocator cannot tell: report "not reported". */
bool acre_held_bytes(const struct acre_alloc *self, size_t *bytes);

/* Gives unused memory back to the layer below; returns the bytes given back, 0 where it cannot. */
size_t acre_trim(struct acre_alloc *self);

/* NULL, or a sentence about the first broken invariant. NULL where the allocator cannot check. */
const char *acre_check(const struct acre_alloc *self);

/* Ends an allocator and, for those that own their blocks (reset capability), every block in it. */
void acre_destroy(struct acre_alloc *self);

/* Events, for those who keep books ---------------------------------------------------------- */

enum acre_event_kind {
    ACRE_EVENT_ALLOCATE, /* address, layout, usable_bytes */
    ACRE_EVENT_FREE,     /* address, layout */
    ACRE_EVENT_RESIZE,   /* address, layout (new size), old_bytes, usable_bytes */
    ACRE_EVENT_RESET,    /* every live block of `source` is gone */
    ACRE_EVENT_REFUSE,   /* layout: an allocation that failed */
};

struct acre_event {
    enum acre_event_kind kind;
    uint32_t source; /* which of several allocators under one sink: 0, 1, ... */
    const void *address;
    struct acre_layout layout;
    size_t usable_bytes; /* 0 unless the sink wants it */
    size_t old_bytes;
};

struct acre_books; /* alloc/books.h */

/*
 * Who is told. An implementation embeds the struct first. `books`, if any, are kept before the
 * event is told. `on_event` must not use the allocator that tells it, and must not fail: what it
 * cannot keep it counts as lost. Both are set before a decorator is given the sink.
 */
struct acre_sink {
    struct acre_books *books;                                                 /* or NULL */
    void (*on_event)(struct acre_sink *self, const struct acre_event *event); /* or NULL */
    uint64_t scope;    /* the current iteration; set by the workload, read by the sink */
    bool wants_usable; /* costs the backend a call, so it is asked only on demand */
};

#endif
