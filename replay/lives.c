#include "replay/lives.h"

#include "alloc/grow.h"

void acre_lives_init(struct acre_lives *lives, struct acre_alloc *memory)
{
    *lives = (struct acre_lives){.memory = memory};
    for (size_t i = 0; i < ACRE_LIVES_REGIONS; i++)
        lives->newest[i] = ACRE_NO_SLOT;
}

void acre_lives_fini(struct acre_lives *lives)
{
    acre_free_elements(lives->memory, lives->lives, lives->capacity, sizeof *lives->lives);
}

struct acre_life *acre_lives_at(struct acre_lives *lives, uint32_t slot)
{
    while (lives->count <= slot) {
        if (!acre_grow(lives->memory, &lives->lives, lives->count, &lives->capacity,
                       sizeof *lives->lives))
            return NULL;
        lives->lives[lives->count++] = (struct acre_life){0};
    }
    return &lives->lives[slot];
}

void acre_lives_enter(struct acre_lives *lives, uint32_t slot, uint32_t region)
{
    struct acre_life *life = &lives->lives[slot];
    uint32_t *newest = &lives->newest[region - 1];

    life->region = region;
    life->before = *newest;
    life->after = ACRE_NO_SLOT;
    if (*newest != ACRE_NO_SLOT)
        lives->lives[*newest].after = slot;
    *newest = slot;
    lives->held_bytes[region - 1] += life->layout.size;
    lives->live_bytes[region - 1] += life->layout.size;
}

void acre_lives_leave(struct acre_lives *lives, uint32_t slot)
{
    struct acre_life *life = &lives->lives[slot];

    if (life->before != ACRE_NO_SLOT)
        lives->lives[life->before].after = life->after;
    if (life->after != ACRE_NO_SLOT)
        lives->lives[life->after].before = life->before;
    else
        lives->newest[life->region - 1] = life->before;
    lives->live_bytes[life->region - 1] -= life->layout.size;
    life->region = 0;
}
