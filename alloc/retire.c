/* Decorator: what is freed stays mapped and inaccessible for a while. For what regions are made of:
 * blocks of whole pages. */
#include <stdlib.h>
#include <sys/mman.h>

#include "alloc/backends.h"
#include "alloc/decorator.h"

/* A free may not ask for memory, so there is a most; then the oldest goes early. */
enum { MOST_RETIRED = 4096 };

struct retired {
    void *block;
    struct acre_layout layout;
    uint64_t age; /* of the layer when it was freed */
};

struct retire {
    struct acre_decorator decorator;
    uint64_t ages; /* that a block is kept for */
    uint64_t age;
    size_t first, count; /* a ring, oldest first */
    struct retired ring[MOST_RETIRED];
};

static bool release_oldest(struct retire *retire)
{
    struct acre_alloc *below = retire->decorator.inner;
    struct retired *oldest = &retire->ring[retire->first];

    if (retire->count == 0)
        return false;
    retire->first = (retire->first + 1) % MOST_RETIRED;
    retire->count--;
    mprotect(oldest->block, oldest->layout.size, PROT_READ | PROT_WRITE);
    below->ops->free(below, oldest->block, oldest->layout);
    return true;
}

static void *retire_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct retire *retire = (struct retire *)self;
    struct acre_alloc *below = retire->decorator.inner;
    void *block = below->ops->allocate(below, layout);

    while (block == NULL && release_oldest(retire))
        block = below->ops->allocate(below, layout);
    return block;
}

/* Its pages go back at once; what is kept is the room that they had. */
static void retire_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    struct retire *retire = (struct retire *)self;
    struct acre_alloc *below = retire->decorator.inner;

    madvise(block, layout.size, MADV_DONTNEED);
    if (mprotect(block, layout.size, PROT_NONE) != 0) {
        below->ops->free(below, block, layout); /* more borders than the kernel keeps */
        return;
    }
    if (retire->count == MOST_RETIRED)
        release_oldest(retire);
    retire->ring[(retire->first + retire->count) % MOST_RETIRED] =
        (struct retired){block, layout, retire->age};
    retire->count++;
}

void acre_retire_age(struct acre_alloc *self)
{
    struct retire *retire = (struct retire *)self;

    retire->age++;
    while (retire->count > 0 && retire->ring[retire->first].age + retire->ages < retire->age)
        release_oldest(retire);
}

static void retire_destroy(struct acre_alloc *self)
{
    while (release_oldest((struct retire *)self))
        continue;
    free(self);
}

struct acre_alloc *acre_retire_new(struct acre_alloc *below, uint64_t ages)
{
    struct retire *retire = malloc(sizeof *retire);

    if (retire == NULL)
        return NULL;
    retire->ages = ages;
    retire->age = 0;
    retire->first = retire->count = 0;
    acre_decorator_init(&retire->decorator, below);
    retire->decorator.ops.allocate = retire_allocate;
    retire->decorator.ops.free = retire_free;
    retire->decorator.ops.destroy = retire_destroy;
    return &retire->decorator.base;
}
