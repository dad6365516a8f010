#include "alloc/malloc_like.h"

#include <stdlib.h>

#include "alloc/track.h"

static const struct acre_malloc_functions *functions_of(const struct acre_alloc *self)
{
    return &((const struct acre_malloc_like *)self)->functions;
}

/* Not aligned_alloc, which by the letter wants a size that is a multiple of the alignment. */
static void *allocate(struct acre_alloc *self, struct acre_layout layout)
{
    const struct acre_malloc_functions *functions = functions_of(self);
    void *block = NULL;

    if (acre_malloc_aligns(layout))
        block = functions->malloc(layout.size);
    else if (functions->posix_memalign(&block, layout.align, layout.size) != 0)
        return NULL;
    acre_track_taken(block, layout.size);
    return block;
}

static void give_back(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    acre_track_freed(block, layout.size);
    functions_of(self)->free(block);
}

/* For what malloc itself aligns; otherwise a new block, since realloc promises no more. */
static void *reallocate(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    void *moved;

    if (!acre_malloc_aligns(old) ||
        !acre_malloc_aligns((struct acre_layout){size, old.align, old.purpose}))
        return acre_move(self, block, old, size);
    acre_track_freed(block, old.size);
    moved = functions_of(self)->realloc(block, size);
    acre_track_taken(moved != NULL ? moved : block, moved != NULL ? size : old.size);
    return moved;
}

static size_t usable_bytes(const struct acre_alloc *self, const void *block,
                           struct acre_layout layout)
{
    (void)layout;
    return functions_of(self)->usable_size((void *)(uintptr_t)block);
}

static void destroy(struct acre_alloc *self)
{
    free(self);
}

bool acre_malloc_like_resize(struct acre_alloc *self, void *block, struct acre_layout old,
                             size_t size)
{
    size_t usable = usable_bytes(self, block, old);

    return size <= usable && size >= usable / 2;
}

void acre_malloc_like_init(struct acre_malloc_like *self, const char *name,
                           const struct acre_malloc_functions *functions)
{
    *self = (struct acre_malloc_like){
        .base.ops = &self->ops,
        .ops =
            {
                .name = name,
                .capabilities = ACRE_CAN_FREE,
                .threads = ACRE_THREADS_ANY,
                .allocate = allocate,
                .free = give_back,
                .destroy = destroy,
            },
        .functions = *functions,
    };
    if (functions->realloc != NULL) {
        self->ops.capabilities |= ACRE_CAN_REALLOCATE;
        self->ops.reallocate = reallocate;
    }
    if (functions->usable_size != NULL) {
        self->ops.capabilities |= ACRE_CAN_USABLE;
        self->ops.usable_bytes = usable_bytes;
    }
}
