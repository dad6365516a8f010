#include "replay/nothing.h"

#include <stdlib.h>
#include <string.h>

enum { RING_BYTES = 16 * 1024, PAGE = 4096 };

struct nothing {
    struct acre_alloc base; /* shows the ring as its room */
    struct acre_alloc *pages;
    struct acre_layout layout; /* of the ring and what is behind it */
    char *ring;
};

static void show_ring(struct nothing *nothing)
{
    nothing->base.bump = (struct acre_bump){nothing->ring, nothing->ring + RING_BYTES};
}

/* What the room shown does not have: it begins anew, or the block is a large one. */
static void *nothing_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct nothing *nothing = (struct nothing *)self;
    void *block;

    if (layout.size > ACRE_BUMP_MOST_BYTES || layout.align > PAGE)
        return (void *)acre_align_up((size_t)nothing->ring + RING_BYTES, layout.align);
    show_ring(nothing);
    return acre_bump_take(self, layout, &block) ? block : nothing->ring;
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
    return size <= old.size || old.size > ACRE_BUMP_MOST_BYTES;
}

/* In the ring a block may be given out anew where it stands in part. */
static void *nothing_reallocate(struct acre_alloc *self, void *block, struct acre_layout old,
                                size_t size)
{
    void *moved;

    if (nothing_resize(self, block, old, size))
        return block;
    moved = acre_allocate(self, (struct acre_layout){size, old.align, old.purpose});
    if (moved != NULL)
        memmove(moved, block, old.size < size ? old.size : size);
    return moved;
}

/* Its blocks are anybody's already. */
static void nothing_reset(struct acre_alloc *self)
{
    (void)self;
}

static void nothing_destroy(struct acre_alloc *self)
{
    struct nothing *nothing = (struct nothing *)self;

    acre_free(nothing->pages, nothing->ring, nothing->layout);
    free(nothing);
}

static const struct acre_alloc_ops ops = {
    .name = "nothing",
    .capabilities = ACRE_CAN_FREE | ACRE_CAN_RESIZE | ACRE_CAN_RESET | ACRE_CAN_REALLOCATE,
    .threads = ACRE_THREADS_IN_TURN,
    .allocate = nothing_allocate,
    .free = nothing_free,
    .resize = nothing_resize,
    .reallocate = nothing_reallocate,
    .reset = nothing_reset,
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
    if (nothing->ring != NULL) {
        show_ring(nothing);
        return &nothing->base;
    }
    free(nothing);
    return NULL;
}
