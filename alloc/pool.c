/*
 * Backends: free lists by size class over an arena of its own; and the same as a reap.
 *
 * Blocks carry no header: the layout on both ends of the contract says which list a freed block
 * goes to. Its first word then links it to the next.
 *
 *   lists[alignment][class] ──> freed block ──> freed block ──> NULL
 *
 * There is a list for each alignment. Classes are multiples of 16 up to 1024, and from there on
 * eight to each power of two, so that rounding costs at most an eighth.
 *
 * A reap has no list until the first free: it shows the room of its arena to its callers, who bump
 * (acre_bump_take rounds to the same classes). The first free takes the room back until the reset.
 *
 *   arena's chunk  │ blocks │ room lent: cursor ──> end │        the arena's own cursor waits
 *
 * Reference: Berger, Zorn, McKinley, Reconsidering Custom Memory Allocation (OOPSLA 2002),
 * section 5.
 */
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "alloc/track.h"

enum {
    STEP_BYTES = ACRE_BUMP_ALIGN,
    SMALL_BYTES = ACRE_BUMP_MOST_BYTES, /* what is bumped has a class of exactly its size */
    SMALL_POWER = 10,
    SMALL_CLASSES = SMALL_BYTES / STEP_BYTES,
    LARGE_POWER = 40, /* blocks of more than 2^40 bytes are refused */
    CLASS_COUNT = SMALL_CLASSES + 8 * (LARGE_POWER - SMALL_POWER),

    LEAST_ALIGN_POWER = 4,
    MOST_ALIGN_POWER = 21,
    ALIGNMENT_COUNT = MOST_ALIGN_POWER - LEAST_ALIGN_POWER + 1,
};

_Static_assert(SMALL_BYTES == 1 << SMALL_POWER, "the small classes end at a power of two");

struct free_block {
    struct free_block *next;
};

struct pool {
    struct acre_alloc base;   /* of a reap: with the room lent by the arena */
    struct acre_alloc *arena; /* owns every block, on a list or not */
    uint32_t used_rows;       /* a bit for each alignment that has lists */
    bool is_reap;
    bool is_tracked;
    struct free_block *lists[ALIGNMENT_COUNT][CLASS_COUNT];
};

/* Where a layout belongs, and the size and alignment of all blocks there. */
struct place {
    unsigned row, class;
    struct acre_layout layout;
};

static bool find_place(struct acre_layout layout, struct place *place)
{
    unsigned power = (unsigned)__builtin_ctz(layout.align);

    place->row = power < LEAST_ALIGN_POWER ? 0 : power - LEAST_ALIGN_POWER;
    place->layout.align = 1u << (place->row + LEAST_ALIGN_POWER);
    place->layout.purpose = layout.purpose;
    if (__builtin_expect(layout.size <= SMALL_BYTES, 1)) {
        place->class = (unsigned)((layout.size - 1) / STEP_BYTES);
        place->layout.size = acre_align_up(layout.size, STEP_BYTES);
    } else {
        unsigned step_power;

        power = 63u - (unsigned)__builtin_clzl(layout.size - 1); /* 2^power < size <= 2^(power+1) */
        if (power >= LARGE_POWER)
            return false;
        step_power = power - 3;
        place->layout.size = acre_align_up(layout.size, (size_t)1 << step_power);
        place->class = SMALL_CLASSES + 8 * (power - SMALL_POWER) +
                       (unsigned)((layout.size - 1) >> step_power) - 8;
    }
    return place->row < ALIGNMENT_COUNT;
}

/* The room of a reap ------------------------------------------------------------------------- */

static void lend_room(struct pool *pool)
{
    if (pool->is_reap && pool->used_rows == 0)
        pool->base.bump = pool->arena->bump;
}

/* Before the arena is asked for anything. */
static void take_room_back(struct pool *pool)
{
    if (pool->base.bump.end == NULL)
        return;
    pool->arena->bump.cursor = pool->base.bump.cursor;
    pool->base.bump = (struct acre_bump){0};
}

static void *allocate_from_arena(struct pool *pool, struct acre_layout layout)
{
    void *block;

    take_room_back(pool);
    block = acre_allocate(pool->arena, layout);
    lend_room(pool);
    return block;
}

/* The lists ---------------------------------------------------------------------------------- */

static void *pool_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct pool *pool = (struct pool *)self;
    struct free_block *block;
    struct place place;

    if (!find_place(layout, &place))
        return NULL;
    block = pool->lists[place.row][place.class];
    if (block == NULL)
        return allocate_from_arena(pool, place.layout);
    if (pool->is_tracked) {
        acre_track_block_begin(pool->arena, block, place.layout.size);
        acre_track_defined(block, sizeof *block);
    }
    pool->lists[place.row][place.class] = block->next;
    if (pool->is_tracked)
        acre_track_undefined(block, sizeof *block);
    return block;
}

static void pool_free(struct acre_alloc *self, void *memory, struct acre_layout layout)
{
    struct pool *pool = (struct pool *)self;
    struct free_block *block = memory;
    struct place place;

    if (!find_place(layout, &place))
        return; /* such a layout was never allocated */
    take_room_back(pool);
    pool->used_rows |= 1u << place.row;
    block->next = pool->lists[place.row][place.class];
    pool->lists[place.row][place.class] = block;
    if (pool->is_tracked)
        acre_free(pool->arena, block, place.layout);
}

static size_t pool_usable_bytes(const struct acre_alloc *self, const void *block,
                                struct acre_layout layout)
{
    struct place place;

    (void)self;
    (void)block;
    return find_place(layout, &place) ? place.layout.size : layout.size;
}

static bool pool_resize(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    struct place before;
    struct place after;

    (void)self;
    (void)block;
    return find_place(old, &before) &&
           find_place((struct acre_layout){size, old.align, 0}, &after) &&
           before.class == after.class;
}

static void pool_reset(struct acre_alloc *self)
{
    struct pool *pool = (struct pool *)self;

    for (unsigned row = 0; pool->used_rows >> row != 0; row++)
        if ((pool->used_rows >> row & 1) != 0)
            memset(pool->lists[row], 0, sizeof pool->lists[row]);
    pool->used_rows = 0;
    take_room_back(pool);
    acre_reset(pool->arena);
    lend_room(pool);
}

/* Its lists are a table worth counting. */
static size_t pool_held_bytes(const struct acre_alloc *self)
{
    size_t bytes = 0;

    acre_held_bytes(((const struct pool *)self)->arena, &bytes);
    return bytes + sizeof(struct pool);
}

/* For a checker a listed block is nobody's memory: its link is read as pool_allocate does. */
static const struct free_block *next_listed(const struct pool *pool, struct free_block *block,
                                            size_t bytes)
{
    struct free_block *next;

    if (!pool->is_tracked)
        return block->next;
    acre_track_block_begin(pool->arena, block, bytes);
    acre_track_defined(block, sizeof *block);
    next = block->next;
    acre_track_block_end(pool->arena, block, bytes);
    return next;
}

/* The size of the blocks of a class: the greatest that find_place puts there. */
static size_t size_of_class(unsigned class)
{
    unsigned step = class - SMALL_CLASSES;

    if (class < SMALL_CLASSES)
        return ((size_t) class + 1) * STEP_BYTES;
    return (size_t)(9 + step % 8) << (SMALL_POWER - 3 + step / 8);
}

static size_t listed_bytes(const struct pool *pool)
{
    size_t bytes = 0;

    for (unsigned row = 0; pool->used_rows >> row != 0; row++)
        for (unsigned class = 0; class < CLASS_COUNT; class ++) {
            const size_t size = size_of_class(class);

            for (const struct free_block *block = pool->lists[row][class]; block != NULL;
                 block = next_listed(pool, (struct free_block *)(uintptr_t)block, size))
                bytes += size;
        }
    return bytes;
}

void acre_pool_use(const struct acre_alloc *self, struct acre_region_use *use)
{
    const struct pool *pool = (const struct pool *)self;

    acre_arena_use(pool->arena, use);
    use->held_bytes += sizeof *pool;
    use->header_bytes += sizeof *pool;
    use->listed_bytes += listed_bytes(pool);
    if (pool->base.bump.end != NULL) { /* lent: the arena's own cursor waits */
        size_t given_bytes = (size_t)(pool->base.bump.cursor - pool->arena->bump.cursor);

        use->given_bytes += given_bytes;
        use->room_bytes -= given_bytes;
    }
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

#define OPERATIONS                                                                                 \
    .capabilities = ACRE_CAN_FREE | ACRE_CAN_RESET | ACRE_CAN_RESIZE | ACRE_CAN_USABLE |           \
                    ACRE_CAN_HELD | ACRE_CAN_CHECK,                                                \
    .allocate = pool_allocate, .free = pool_free, .destroy = pool_destroy, .resize = pool_resize,  \
    .reset = pool_reset, .usable_bytes = pool_usable_bytes, .held_bytes = pool_held_bytes,         \
    .check = pool_check

static const struct acre_alloc_ops pool_ops = {.name = "pool", OPERATIONS};
static const struct acre_alloc_ops reap_ops = {.name = "reap", OPERATIONS};

static struct acre_alloc *new_pool(struct acre_alloc *below,
                                   const struct acre_arena_options *options, bool is_reap)
{
    struct pool *pool = calloc(1, sizeof *pool);

    if (pool == NULL)
        return NULL;
    pool->arena = acre_arena_new(below, options);
    if (pool->arena == NULL) {
        free(pool);
        return NULL;
    }
    pool->is_reap = is_reap;
    pool->is_tracked = acre_track_is_listening();
    pool->base = (struct acre_alloc){.ops = is_reap ? &reap_ops : &pool_ops};
    return &pool->base;
}

struct acre_alloc *acre_pool_new(struct acre_alloc *below, const struct acre_arena_options *options)
{
    return new_pool(below, options, false);
}

struct acre_alloc *acre_reap_new(struct acre_alloc *below, const struct acre_arena_options *options)
{
    return new_pool(below, options, true);
}
