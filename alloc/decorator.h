/*
 * What decorators have in common: they stand in front of one inner allocator, have its name and
 * its capabilities, and pass on what they do not care about.
 */
#ifndef ACRE_ALLOC_DECORATOR_H
#define ACRE_ALLOC_DECORATOR_H

#include "alloc/alloc.h"

/* Embed first. */
struct acre_decorator {
    struct acre_alloc base;
    struct acre_alloc *inner;
    struct acre_alloc_ops ops; /* base.ops: the inner table's name and capabilities, our calls */
};

/*
 * Every operation passes on to `inner` (borrowed); destroy frees the decorator itself with free().
 * A realloc of the inner one's own is not offered: it is made of the calls that are seen.
 * The caller then puts its own operations into self->ops. What decorators keep, they keep without
 * locks: one over an allocator for any thread is for one at a time.
 */
void acre_decorator_init(struct acre_decorator *self, struct acre_alloc *inner);

#endif
