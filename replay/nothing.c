#include "replay/nothing.h"

#include <stdlib.h>

enum { RING_BYTES = 16 * 1024, MOST_SMALL_BYTES = 4 * 1024, PAGE = 4096 };

struct nothing {
    struct acre_alloc base;
    struct acre_alloc *pages;
    struct acre_layout layout; /* of the ring and what is behind it */
    char *ring;
    size_t at;
};

static void *nothing_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct nothing *nothing = (struct nothing *)self;
    size_t at = acre_align_up(nothing->at, layout.align);

    if (__builtin_expect(layout.size > MOST_SMALL_BYTES || layout.align > PAGE, 0))
        return (void *)acre_align_up((size_t)nothing->ring + RING_BYTES, layout.align);
    if (at + layout.size > RING_BYTES)
        at = 0;
    nothing->at = at + layout.size;
    return nothing->ring + at;
}

static void nothing_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    (void)self;
    (void)block;
    (void)layout;
}

/* Only where the ring has the room: a small block does not become a large one. */
static bool nothing_resize(struct acre_alloc *self, void *block, struct acre_layout old,
                           size_t size)
{
    (void)self;
    (void)block;
    return size <= old.size || old.size > MOST_SMALL_BYTES;
}

static void nothing_destroy(struct acre_alloc *self)
{
    struct nothing *nothing = (struct nothing *)self;

    acre_free(nothing->pages, nothing->ring, nothing->layout);
    free(nothing);
}

static const struct acre_alloc_ops ops = {
    .name = "nothing",
    .capabilities = ACRE_CAN_FREE | ACRE_CAN_RESIZE,
    .threads = ACRE_THREADS_IN_TURN,
    .allocate = nothing_allocate,
    .free = nothing_free,
    .resize = nothing_resize,
    .destroy = nothing_destroy,
};

struct acre_alloc *acre_nothing_new(struct acre_alloc *pages, size_t largest_bytes)
{
    struct nothing *nothing = malloc(sizeof *nothing);

    if (nothing == NULL)
        return NULL;
    *nothing = (struct nothing){
        .base = {.ops = &ops},
        .pages = pages,
        .layout = {RING_BYTES + largest_bytes, PAGE, ACRE_PURPOSE_OTHER},
    };
    nothing->ring = acre_allocate(pages, nothing->layout);
    if (nothing->ring != NULL)
        return &nothing->base;
    free(nothing);
    return NULL;
}
