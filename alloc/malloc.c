/* Backend: the C library's malloc. */
#include <malloc.h>
#include <stdalign.h>
#include <stdlib.h>

#include "alloc/backends.h"

struct malloc_backend {
    struct acre_alloc base;
    size_t held_before_bytes;
};

static size_t held_by_process_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.arena + info.hblkhd;
}

static void *malloc_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    void *block;

    (void)self;
    if (layout.align <= alignof(max_align_t))
        return malloc(layout.size);
    /* Not aligned_alloc, which by the letter wants a size that is a multiple of the alignment. */
    return posix_memalign(&block, layout.align, layout.size) == 0 ? block : NULL;
}

static void malloc_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    (void)self;
    (void)layout;
    free(block);
}

static size_t malloc_usable_bytes(const struct acre_alloc *self, const void *block,
                                  struct acre_layout layout)
{
    (void)self;
    (void)layout;
    return malloc_usable_size((void *)block);
}

static size_t malloc_held_bytes(const struct acre_alloc *self)
{
    const struct malloc_backend *backend = (const struct malloc_backend *)self;
    size_t now_bytes = held_by_process_bytes();

    return now_bytes > backend->held_before_bytes ? now_bytes - backend->held_before_bytes : 0;
}

static size_t malloc_give_back(struct acre_alloc *self)
{
    size_t before_bytes = malloc_held_bytes(self);
    size_t after_bytes;

    malloc_trim(0);
    after_bytes = malloc_held_bytes(self);
    return before_bytes > after_bytes ? before_bytes - after_bytes : 0;
}

static void malloc_destroy(struct acre_alloc *self)
{
    free(self);
}

static const struct acre_alloc_ops malloc_ops = {
    .name = "malloc",
    .capabilities = ACRE_CAN_FREE | ACRE_CAN_USABLE | ACRE_CAN_HELD | ACRE_CAN_TRIM,
    .allocate = malloc_allocate,
    .free = malloc_free,
    .destroy = malloc_destroy,
    .usable_bytes = malloc_usable_bytes,
    .held_bytes = malloc_held_bytes,
    .trim = malloc_give_back,
};

struct acre_alloc *acre_malloc_new(void)
{
    struct malloc_backend *backend = malloc(sizeof *backend);

    if (backend == NULL)
        return NULL;
    backend->base = (struct acre_alloc){.ops = &malloc_ops};
    backend->held_before_bytes = held_by_process_bytes();
    return &backend->base;
}
