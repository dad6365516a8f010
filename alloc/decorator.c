#include "alloc/decorator.h"

#include <stdlib.h>

static struct acre_alloc *inner_of(const struct acre_alloc *self)
{
    return ((const struct acre_decorator *)self)->inner;
}

static void *pass_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    return inner_of(self)->ops->allocate(inner_of(self), layout);
}

static void pass_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    inner_of(self)->ops->free(inner_of(self), block, layout);
}

static bool pass_resize(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    return acre_resize(inner_of(self), block, old, size);
}

static void pass_reset(struct acre_alloc *self)
{
    acre_reset(inner_of(self));
}

static size_t pass_usable_bytes(const struct acre_alloc *self, const void *block,
                                struct acre_layout layout)
{
    return acre_usable_bytes(inner_of(self), block, layout);
}

static size_t pass_held_bytes(const struct acre_alloc *self)
{
    size_t bytes = 0;

    acre_held_bytes(inner_of(self), &bytes);
    return bytes;
}

static size_t pass_trim(struct acre_alloc *self)
{
    return acre_trim(inner_of(self));
}

static const char *pass_check(const struct acre_alloc *self)
{
    return acre_check(inner_of(self));
}

static void free_decorator(struct acre_alloc *self)
{
    free(self);
}

void acre_decorator_init(struct acre_decorator *self, struct acre_alloc *inner)
{
    self->inner = inner;
    self->ops = (struct acre_alloc_ops){
        .name = inner->ops->name,
        .capabilities = inner->ops->capabilities & ~(unsigned)ACRE_CAN_REALLOCATE,
        .threads =
            inner->ops->threads == ACRE_THREADS_ANY ? ACRE_THREADS_IN_TURN : inner->ops->threads,
        .allocate = pass_allocate,
        .free = pass_free,
        .destroy = free_decorator,
        .resize = pass_resize,
        .reset = pass_reset,
        .usable_bytes = pass_usable_bytes,
        .held_bytes = pass_held_bytes,
        .trim = pass_trim,
        .check = pass_check,
    };
    self->base = (struct acre_alloc){.ops = &self->ops, .epoch = inner->epoch};
}
