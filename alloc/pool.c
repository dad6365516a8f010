/*
 * Backend: free lists by size class over an arena of its own.
 *
 * A class is a size; four of them to each power of two (16, 20, 24, 28, 32, 40, ...), rounded up
 * to the alignment. Blocks carry no header: the layout on both ends of the contract says which
 * list a freed block goes to. Its first word then links it to the next.
 *
 *   lists[alignment][class] ──> freed block ──> freed block ──> NULL
 */
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "alloc/track.h"

enum {
    SMALLEST_BYTES = 16,
    CLASS_COUNT = 4 * (64 - 4), /* from 2^4 to 2^64, four a doubling */
    ALIGNMENT_COUNT = 4,
};

static const uint32_t alignments[ALIGNMENT_COUNT] = {16, 64, 4096, 2u << 20};

struct free_block {
    struct free_block *next;
};

struct pool {
    struct acre_alloc base;
    struct acre_alloc *arena; /* owns every block, on a list or not */
    struct free_block *lists[ALIGNMENT_COUNT][CLASS_COUNT];
    bool is_tracked;
};

/* Where a layout belongs. */
struct place {
    struct free_block **list;
    unsigned alignment, class;
};

/* The layout asked of the arena for all blocks of a list. */
static struct acre_layout layout_of(const struct place *place)
{
    return (struct acre_layout){(size_t)(4 + place->class % 4) << (place->class / 4 + 2),
                                alignments[place->alignment], 0};
}

static bool find_place(struct pool *pool, struct acre_layout layout, struct place *place)
{
    size_t size = layout.size < SMALLEST_BYTES ? SMALLEST_BYTES : layout.size;
    unsigned power = 63u - (unsigned)__builtin_clzl(size);
    size_t step = (size_t)1 << (power - 2);
    size_t quarters = (size + step - 1) >> (power - 2); /* 4..8; a division would cost the most */

    place->class = 4 * (power - 4) + (unsigned)quarters - 4;
    place->alignment = 0;
    while (place->alignment < ALIGNMENT_COUNT && alignments[place->alignment] < layout.align)
        place->alignment++;
    if (place->alignment == ALIGNMENT_COUNT || place->class >= CLASS_COUNT)
        return false;
    place->list = &pool->lists[place->alignment][place->class];
    return true;
}

static void *pool_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct pool *pool = (struct pool *)self;
    struct place place;
    struct free_block *block;

    if (!find_place(pool, layout, &place))
        return NULL;
    block = *place.list;
    if (block == NULL)
        return acre_allocate(pool->arena, layout_of(&place));
    if (pool->is_tracked) {
        acre_track_block_begin(pool->arena, block, layout_of(&place).size);
        acre_track_defined(block, sizeof *block);
    }
    *place.list = block->next;
    if (pool->is_tracked)
        acre_track_undefined(block, sizeof *block);
    return block;
}

static void pool_free(struct acre_alloc *self, void *memory, struct acre_layout layout)
{
    struct pool *pool = (struct pool *)self;
    struct free_block *block = memory;
    struct place place;

    if (!find_place(pool, layout, &place))
        return; /* such a layout was never allocated */
    block->next = *place.list;
    *place.list = block;
    if (pool->is_tracked)
        acre_free(pool->arena, block, layout_of(&place));
}

static size_t pool_usable_bytes(const struct acre_alloc *self, const void *block,
                                struct acre_layout layout)
{
    struct place place;

    (void)block;
    return find_place((struct pool *)self, layout, &place) ? layout_of(&place).size : layout.size;
}

static bool pool_resize(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    struct place before;
    struct place after;

    (void)block;
    return find_place((struct pool *)self, old, &before) &&
           find_place((struct pool *)self, (struct acre_layout){size, old.align, 0}, &after) &&
           before.list == after.list;
}

static void pool_reset(struct acre_alloc *self)
{
    struct pool *pool = (struct pool *)self;

    memset(pool->lists, 0, sizeof pool->lists);
    acre_reset(pool->arena);
}

static size_t pool_held_bytes(const struct acre_alloc *self)
{
    size_t bytes = 0;

    acre_held_bytes(((const struct pool *)self)->arena, &bytes);
    return bytes;
}

static const char *pool_check(const struct acre_alloc *self)
{
    return acre_check(((const struct pool *)self)->arena);
}

static void pool_destroy(struct acre_alloc *self)
{
    acre_destroy(((struct pool *)self)->arena);
    free(self);
}

static const struct acre_alloc_ops pool_ops = {
    .name = "pool",
    .capabilities = ACRE_CAN_FREE | ACRE_CAN_RESET | ACRE_CAN_RESIZE | ACRE_CAN_USABLE |
                    ACRE_CAN_HELD | ACRE_CAN_CHECK,
    .allocate = pool_allocate,
    .free = pool_free,
    .destroy = pool_destroy,
    .resize = pool_resize,
    .reset = pool_reset,
    .usable_bytes = pool_usable_bytes,
    .held_bytes = pool_held_bytes,
    .check = pool_check,
};

struct acre_alloc *acre_pool_new(struct acre_alloc *below)
{
    struct pool *pool = calloc(1, sizeof *pool);

    if (pool == NULL)
        return NULL;
    pool->arena = acre_arena_new(below, NULL);
    if (pool->arena == NULL) {
        free(pool);
        return NULL;
    }
    pool->is_tracked = acre_track_is_listening();
    pool->base = (struct acre_alloc){.ops = &pool_ops};
    return &pool->base;
}
