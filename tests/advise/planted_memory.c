/* What the planted programs share: the arena that a user would write, numbers, lists of blocks. */
#include "planted.h"

#include <string.h>

enum { CHUNK_BYTES = 64 * 1024 };

struct chunk {
    struct chunk *next;
    size_t bytes;
    _Alignas(16) unsigned char content[];
};

struct arena *region;

static struct arena arenas[2];
static unsigned arenas_in_turn;
static uint64_t state;

static void arena_enter(struct arena *arena, struct chunk *chunk)
{
    arena->current = chunk;
    arena->next = chunk->content;
    arena->left_bytes = chunk->bytes;
}

void region_start(unsigned count)
{
    arenas_in_turn = count;
    region = count > 0 ? &arenas[0] : NULL;
}

void region_next_turn(void)
{
    if (arenas_in_turn == 2)
        region = region == &arenas[0] ? &arenas[1] : &arenas[0];
    if (region->first != NULL)
        arena_enter(region, region->first);
}

void region_end(void)
{
    for (unsigned i = 0; i < 2; i++) {
        struct chunk *next;

        for (struct chunk *chunk = arenas[i].first; chunk != NULL; chunk = next) {
            next = chunk->next;
            free(chunk);
        }
        arenas[i] = (struct arena){0};
    }
    region = NULL;
}

static APART struct chunk *add_chunk(struct chunk *after, size_t room_bytes)
{
    size_t bytes = room_bytes > CHUNK_BYTES ? room_bytes : CHUNK_BYTES;
    struct chunk *chunk = must(malloc(sizeof *chunk + bytes));

    chunk->bytes = bytes;
    chunk->next = after != NULL ? after->next : NULL;
    if (after != NULL)
        after->next = chunk;
    return chunk;
}

void *region_take_slowly(size_t room_bytes)
{
    struct chunk *last = region->current;
    struct chunk *chunk = last != NULL ? last->next : NULL;

    if (chunk == NULL || chunk->bytes < room_bytes)
        chunk = add_chunk(last, room_bytes);
    if (region->first == NULL)
        region->first = chunk;
    arena_enter(region, chunk);
    region->next += room_bytes;
    region->left_bytes -= room_bytes;
    return chunk->content;
}

void *region_regrow(void *block, size_t old_bytes, size_t new_bytes)
{
    size_t old_room = room_for(old_bytes);
    size_t new_room = room_for(new_bytes);

    if (block != NULL && (unsigned char *)block + old_room == region->next &&
        new_room >= old_room && new_room - old_room <= region->left_bytes) {
        region->next += new_room - old_room;
        region->left_bytes -= new_room - old_room;
        return block;
    }

    void *moved = take(new_bytes);

    if (block != NULL)
        memcpy(moved, block, old_bytes < new_bytes ? old_bytes : new_bytes);
    return moved;
}

void draw_from(uint64_t seed)
{
    state = seed * UINT64_C(0x9E3779B97F4A7C15) ^ UINT64_C(0xD1B54A32D192ED03);
    if (state == 0)
        state = 1;
    for (int i = 0; i < 8; i++)
        draw(2);
}

unsigned draw(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % below;
}

void fill(void *memory, size_t bytes)
{
    memset(memory, (int)draw(256), bytes);
}

uint64_t sum_of(const void *memory, size_t bytes)
{
    const unsigned char *byte = memory;
    uint64_t sum = bytes;

    for (size_t i = 0; i < bytes; i++)
        sum += byte[i];
    return sum;
}

struct block *put_block(void *memory, size_t bytes, struct block *next)
{
    struct block *block = memory;

    block->next = next;
    block->bytes = bytes - sizeof *block;
    fill(block->content, block->bytes);
    return block;
}

uint64_t sum_of_all(const struct block *list)
{
    uint64_t sum = 0;

    for (; list != NULL; list = list->next)
        sum += sum_of(list->content, list->bytes);
    return sum;
}

uint64_t sum_of_some(const struct block *list)
{
    uint64_t sum = 0;

    for (; list != NULL; list = list->next)
        if (draw(3) == 0)
            sum += sum_of(list->content, list->bytes);
    return sum;
}

void free_blocks(struct block *list)
{
    while (list != NULL) {
        struct block *next = list->next;

        free(list);
        list = next;
    }
}

void give_blocks(struct block *list)
{
    while (list != NULL) {
        struct block *next = list->next;

        give(list);
        list = next;
    }
}
