/*
 * Backend: a bump region over the layer below.
 *
 *   chunks in the order of use                        blocks over a quarter of a chunk
 *   ┌────────┬──────────────┐  ┌────────┬───────────┐  ┌────────┬───────────────┐
 *   │ header │ blocks ──>   │─>│ header │           │  │ header │ one block     │─> ...
 *   └────────┴──────────────┘  └────────┴───────────┘  └────────┴───────────────┘
 *             ^ first           ^ current: cursor..end   large_used
 *
 * Chunks grow: a new one is as large as all before together, up to a limit, so that a large region
 * has few of them, and large ones can have huge pages (pages.c). At most half of the row waits
 * unused.
 *
 * A reset makes the first chunk current again and the used large ones spare; nothing is given back
 * and nothing is touched, so that the next iteration finds its pages mapped and warm.
 *
 * What it cannot do: free or resize a single block (the last one can be resized in place, since the
 * cursor stands at its end).
 */
#include <stdlib.h>

#include "alloc/backends.h"
#include "alloc/chunks.h"
#include "alloc/track.h"

enum { DEFAULT_CHUNK_BYTES = 1 << 20, DEFAULT_LARGEST_BYTES = 32 << 20 };

struct arena {
    struct acre_alloc base; /* its cursor stands in the current chunk */
    struct acre_chunk_source source;
    struct acre_chunk *first;
    struct acre_chunk *current;
    struct acre_chunk *large_used;
    size_t chunk_bytes; /* of the first one */
    size_t largest_bytes;
    size_t row_bytes;   /* of all chunks from `first` on */
    size_t small_bytes; /* a quarter of the first chunk; more has a chunk of its own */
};

static void make_current(struct arena *arena, struct acre_chunk *chunk)
{
    arena->current = chunk;
    arena->base.bump.cursor = acre_chunk_blocks(chunk);
    /* A checker is to see each block. */
    arena->base.bump.end = arena->source.is_tracked ? NULL : acre_chunk_end(chunk);
}

/* Where the next one begins: see ACRE_BUMP_ALIGN. Chunks end at a multiple of it. */
static char *end_of_block(char *block, size_t size)
{
    return block + acre_align_up(size, ACRE_BUMP_ALIGN);
}

/* Each block on its own pages: kept over a reset, used again best fit. */
static void *allocate_large(struct arena *arena, struct acre_layout layout)
{
    size_t room_bytes = layout.align > ACRE_CHUNK_HEADER_BYTES ? layout.align : 0;
    size_t bytes =
        acre_align_up(ACRE_CHUNK_HEADER_BYTES + room_bytes + layout.size, arena->source.page_bytes);
    struct acre_chunk *chunk;
    char *block;

    /* The front function bounds size + align by PTRDIFF_MAX, so the sum above cannot wrap. */
    chunk = acre_chunk_take_spare(&arena->source, bytes);
    if (chunk == NULL)
        chunk = acre_chunk_take(&arena->source, bytes);
    if (chunk == NULL)
        return NULL;
    chunk->next = arena->large_used;
    arena->large_used = chunk;
    block = (char *)acre_align_up((size_t)acre_chunk_blocks(chunk), layout.align);
    chunk->end_bytes = (size_t)(acre_chunk_end(chunk) - block) - layout.size;
    return block;
}

/* The next of the row. Where there is no memory for a large one, the least may still be had. */
static struct acre_chunk *add_to_row(struct arena *arena)
{
    size_t bytes = arena->row_bytes < arena->chunk_bytes     ? arena->chunk_bytes
                   : arena->row_bytes > arena->largest_bytes ? arena->largest_bytes
                                                             : arena->row_bytes;
    struct acre_chunk *chunk = acre_chunk_take(&arena->source, bytes);

    if (chunk == NULL && bytes > arena->chunk_bytes)
        chunk = acre_chunk_take(&arena->source, arena->chunk_bytes);
    if (chunk == NULL)
        return NULL;
    arena->row_bytes += chunk->bytes;
    *(arena->current != NULL ? &arena->current->next : &arena->first) = chunk;
    return chunk;
}

/* Reached once per chunk, or for a large block: kept out of line so that the bump stays short. */
static __attribute__((noinline)) void *allocate_slowly(struct arena *arena,
                                                       struct acre_layout layout)
{
    struct acre_chunk *next;
    char *block;

    if (layout.size > arena->small_bytes || layout.align > arena->small_bytes)
        return allocate_large(arena, layout);
    next = arena->current != NULL ? arena->current->next : arena->first;
    if (next == NULL)
        next = add_to_row(arena);
    if (next == NULL)
        return NULL;
    if (arena->current != NULL)
        arena->current->end_bytes =
            (size_t)(acre_chunk_end(arena->current) - arena->base.bump.cursor);
    make_current(arena, next);
    /* At most a quarter for the block and a quarter for its alignment: it fits. */
    block = (char *)acre_align_up((size_t)arena->base.bump.cursor, layout.align);
    arena->base.bump.cursor = end_of_block(block, layout.size);
    return block;
}

static char *room_end(const struct arena *arena)
{
    return arena->current != NULL ? acre_chunk_end(arena->current) : NULL;
}

/* For decorators, checkers, and where the front function found no room in the current chunk. */
static void *arena_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct arena *arena = (struct arena *)self;
    /* Numbers, not pointers: before the first chunk both ends are NULL, and C knows no NULL + n. */
    size_t begin = acre_align_up((size_t)self->bump.cursor, layout.align);

    if (layout.size > arena->small_bytes ||
        begin + acre_align_up(layout.size, ACRE_BUMP_ALIGN) > (size_t)room_end(arena))
        return allocate_slowly(arena, layout);
    self->bump.cursor = end_of_block((char *)begin, layout.size);
    return (char *)begin;
}

static void arena_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    (void)self; /* memory comes back at the reset */
    (void)block;
    (void)layout;
}

/* Under a checker: the block is announced, and bytes behind it are not to be touched. Shadow bytes
 * describe 8 bytes each, so it begins at a multiple of 8. */
static void *tracked_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct acre_layout padded = {layout.size + ACRE_TRACK_RED_BYTES,
                                 layout.align < 8 ? 8 : layout.align, layout.purpose};
    void *block = arena_allocate(self, padded);

    if (block != NULL)
        acre_track_block_begin(self, block, layout.size);
    return block;
}

static void tracked_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    acre_track_block_end(self, block, layout.size);
}

/* The last block of the current chunk, since the cursor stands at its end; and any shrink. */
static bool arena_resize(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    struct arena *arena = (struct arena *)self;
    char *begin = block;

    if (end_of_block(begin, old.size) != arena->base.bump.cursor)
        return size <= old.size;
    if (size > arena->small_bytes || size > (size_t)(room_end(arena) - begin))
        return false;
    arena->base.bump.cursor = end_of_block(begin, size);
    return true;
}

static void arena_reset(struct acre_alloc *self)
{
    struct arena *arena = (struct arena *)self;

    acre_chunks_clear(&arena->source, arena, arena->first);
    acre_chunks_clear(&arena->source, arena, arena->large_used);
    acre_chunks_keep(&arena->source, &arena->large_used);
    if (arena->first != NULL)
        make_current(arena, arena->first);
}

static size_t arena_usable_bytes(const struct acre_alloc *self, const void *block,
                                 struct acre_layout layout)
{
    (void)self; /* the next block begins right behind */
    (void)block;
    return layout.size;
}

static size_t arena_held_bytes(const struct acre_alloc *self)
{
    return acre_chunks_held(&((const struct arena *)self)->source);
}

/* Since the reset, or since it was made. */
static bool is_untouched(const struct arena *arena)
{
    return arena->current == arena->first &&
           arena->base.bump.cursor == acre_chunk_blocks(arena->current);
}

static size_t arena_trim(struct acre_alloc *self)
{
    struct arena *arena = (struct arena *)self;
    size_t large_bytes = acre_spares_give_back(&arena->source);
    size_t bytes = 0;

    if (arena->current != NULL && is_untouched(arena)) {
        arena->current = NULL;
        self->bump = (struct acre_bump){0};
        bytes = acre_chunks_give_back(&arena->source, &arena->first);
    } else if (arena->current != NULL) {
        bytes = acre_chunks_give_back(&arena->source, &arena->current->next);
    }
    arena->row_bytes -= bytes;
    return large_bytes + bytes;
}

static const char *arena_check(const struct acre_alloc *self)
{
    const struct arena *arena = (const struct arena *)self;
    const struct acre_chunk *lists[] = {arena->first, arena->large_used};
    const char *breach = acre_chunks_check(&arena->source);
    size_t used_bytes = 0;
    size_t row_bytes = 0;
    bool saw_current = arena->current == NULL;

    if (breach != NULL)
        return breach;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (const struct acre_chunk *c = lists[i]; c != NULL; c = c->next) {
            if (c->bytes < ACRE_CHUNK_HEADER_BYTES || c->bytes % arena->source.page_bytes != 0)
                return "arena: the size of a chunk is not a number of pages";
            used_bytes += c->bytes;
            row_bytes += i == 0 ? c->bytes : 0;
            if (used_bytes > arena->source.used_bytes)
                return "arena: its chunks hold more bytes than it counts, or form a ring";
            saw_current |= c == arena->current;
        }
    if (used_bytes != arena->source.used_bytes)
        return "arena: its chunks hold fewer bytes than it counts";
    if (row_bytes != arena->row_bytes)
        return "arena: it miscounts the bytes of the chunks that follow each other";
    if (!saw_current)
        return "arena: the current chunk is in no list";
    if (arena->current != NULL && (arena->base.bump.cursor < acre_chunk_blocks(arena->current) ||
                                   arena->base.bump.cursor > room_end(arena)))
        return "arena: the cursor is outside the current chunk";
    if ((size_t)arena->base.bump.cursor % ACRE_BUMP_ALIGN != 0)
        return "arena: the cursor is not aligned";
    return NULL;
}

static void add_chunks(struct acre_region_use *use, const struct acre_chunk *first,
                       const struct acre_chunk *end, bool are_full)
{
    for (const struct acre_chunk *c = first; c != end; c = c->next) {
        size_t room_bytes = c->bytes - ACRE_CHUNK_HEADER_BYTES;

        use->held_bytes += c->bytes;
        use->header_bytes += ACRE_CHUNK_HEADER_BYTES;
        use->end_bytes += are_full ? c->end_bytes : 0;
        use->given_bytes += are_full ? room_bytes - c->end_bytes : 0;
        use->room_bytes += are_full ? 0 : room_bytes;
    }
}

void acre_arena_use(const struct acre_alloc *self, struct acre_region_use *use)
{
    const struct arena *arena = (const struct arena *)self;
    size_t given_bytes;

    add_chunks(use, arena->large_used, NULL, true);
    if (arena->source.spares == &arena->source.own_spares)
        add_chunks(use, arena->source.spares->first, NULL, false);
    add_chunks(use, arena->first, arena->current, true);
    if (arena->current == NULL)
        return;
    add_chunks(use, arena->current, NULL, false);
    given_bytes = (size_t)(arena->base.bump.cursor - acre_chunk_blocks(arena->current));
    use->given_bytes += given_bytes;
    use->room_bytes -= given_bytes;
}

static void arena_destroy(struct acre_alloc *self)
{
    struct arena *arena = (struct arena *)self;

    arena_reset(self);
    acre_chunks_give_back(&arena->source, &arena->first);
    acre_chunks_end(&arena->source);
    if (arena->source.is_tracked)
        acre_track_pool_end(arena);
    free(arena);
}

/* Red bytes are in the way of resizing. */
static const struct acre_alloc_ops tracked_ops = {
    .name = "arena",
    .capabilities =
        ACRE_CAN_RESET | ACRE_CAN_USABLE | ACRE_CAN_HELD | ACRE_CAN_TRIM | ACRE_CAN_CHECK,
    .allocate = tracked_allocate,
    .free = tracked_free,
    .destroy = arena_destroy,
    .reset = arena_reset,
    .usable_bytes = arena_usable_bytes,
    .held_bytes = arena_held_bytes,
    .trim = arena_trim,
    .check = arena_check,
};

static const struct acre_alloc_ops arena_ops = {
    .name = "arena",
    .capabilities = ACRE_CAN_RESET | ACRE_CAN_RESIZE | ACRE_CAN_USABLE | ACRE_CAN_HELD |
                    ACRE_CAN_TRIM | ACRE_CAN_CHECK,
    .allocate = arena_allocate,
    .free = arena_free,
    .destroy = arena_destroy,
    .resize = arena_resize,
    .reset = arena_reset,
    .usable_bytes = arena_usable_bytes,
    .held_bytes = arena_held_bytes,
    .trim = arena_trim,
    .check = arena_check,
};

struct acre_alloc *acre_arena_new(struct acre_alloc *below,
                                  const struct acre_arena_options *options)
{
    struct arena *arena = malloc(sizeof *arena);
    size_t chunk_bytes = options != NULL ? options->chunk_bytes : 0;
    size_t largest_bytes = options != NULL ? options->largest_chunk_bytes : 0;

    if (arena == NULL)
        return NULL;
    *arena = (struct arena){.base = {.ops = &arena_ops}};
    acre_chunks_begin(&arena->source, below, options != NULL ? options->limit_bytes : 0,
                      options != NULL && options->beside != NULL
                          ? &((struct arena *)options->beside)->source
                          : NULL);
    if (chunk_bytes == 0)
        chunk_bytes = DEFAULT_CHUNK_BYTES;
    /* A quarter is more than what the front function takes by itself. */
    if (chunk_bytes < 4 * arena->source.page_bytes)
        chunk_bytes = 4 * arena->source.page_bytes;
    if (chunk_bytes > (size_t)PTRDIFF_MAX / 2)
        chunk_bytes = (size_t)PTRDIFF_MAX / 2;
    arena->chunk_bytes = acre_align_up(chunk_bytes, arena->source.page_bytes);
    arena->small_bytes = arena->chunk_bytes / 4;
    if (largest_bytes == 0)
        largest_bytes = DEFAULT_LARGEST_BYTES;
    if (largest_bytes > (size_t)PTRDIFF_MAX / 2)
        largest_bytes = (size_t)PTRDIFF_MAX / 2;
    arena->largest_bytes = largest_bytes <= arena->chunk_bytes
                               ? arena->chunk_bytes
                               : acre_align_up(largest_bytes, arena->source.page_bytes);
    if (arena->source.is_tracked) {
        arena->base.ops = &tracked_ops;
        acre_track_pool_begin(arena);
    }
    return &arena->base;
}
