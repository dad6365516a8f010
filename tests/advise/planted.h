/*
 * Programs of which it is known what of them could live in a region, and where it would be reset:
 * what is found in a recording of them is held to that. planted_main.c lists them; what is true of
 * each stands beside it.
 */
#ifndef ACRE_TESTS_ADVISE_PLANTED_H
#define ACRE_TESTS_ADVISE_PLANTED_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Of a function that shall be seen in stacks under its own name: neither inlined, nor cloned, nor
 * folded with another that does the same. */
#if defined(__clang__)
#define APART __attribute__((noinline))
#else
#define APART __attribute__((noipa))
#endif

struct run {
    uint64_t seed;
    unsigned turns;
};

/* Each returns a checksum, which is the same with and without a region. */
uint64_t run_request(const struct run *run);
uint64_t run_kept_result(const struct run *run);
uint64_t run_cache(const struct run *run);
uint64_t run_grown_over_turns(const struct run *run);
uint64_t run_grown_within(const struct run *run);
uint64_t run_leak(const struct run *run);
uint64_t run_second_input(const struct run *run);

uint64_t run_seed_order(const struct run *run);
uint64_t run_phases(const struct run *run);
uint64_t run_nested(const struct run *run);
uint64_t run_middle(const struct run *run);
uint64_t run_interleaved(const struct run *run);
uint64_t run_strided(const struct run *run);

uint64_t run_mixed_site(const struct run *run);
uint64_t run_handoff(const struct run *run);
uint64_t run_one_shot(const struct run *run);
uint64_t run_pool(const struct run *run);

uint64_t run_interpreter(const struct run *run);

/* Pseudo-random numbers. For one thread at a time. */
void draw_from(uint64_t seed);
unsigned draw(unsigned below);

/* How many of something a turn has, and how large a block is. */
static inline unsigned draw_count(void)
{
    return 20 + draw(41);
}

static inline size_t draw_bytes(void)
{
    return 24 + draw(177);
}

static inline void *must(void *block)
{
    if (block == NULL)
        abort();
    return block;
}

struct chunk;

struct arena {
    struct chunk *first;
    struct chunk *current;
    unsigned char *next;
    size_t left_bytes;
};

/* What the sites that may move take their memory from; NULL: from malloc. */
extern struct arena *region;

/* To be called before all else. With two arenas, what was born in a turn outlives the next one's
 * begin. */
void region_start(unsigned arenas);
void region_next_turn(void);
void region_end(void);

/* For what does not fit the chunk in use. */
void *region_take_slowly(size_t room_bytes);
void *region_regrow(void *block, size_t old_bytes, size_t new_bytes);

static inline size_t room_for(size_t bytes)
{
    return (bytes + 15) & ~(size_t)15;
}

static inline void *region_take(size_t bytes)
{
    size_t room_bytes = room_for(bytes);

    if (room_bytes > region->left_bytes)
        return region_take_slowly(room_bytes);

    void *block = region->next;

    region->next += room_bytes;
    region->left_bytes -= room_bytes;
    return block;
}

/* Macros, since debug information tells inlined functions as well: whoever asks for memory shall be
 * the innermost that is told. */
#define take(bytes) (region == NULL ? must(malloc(bytes)) : region_take(bytes))
#define regrow(block, old_bytes, new_bytes)                                                        \
    (region == NULL ? must(realloc(block, new_bytes)) : region_regrow(block, old_bytes, new_bytes))
#define give(block) (region == NULL ? free(block) : (void)(block))

static inline void begin_turn(void)
{
    if (region != NULL)
        region_next_turn();
}

void fill(void *memory, size_t bytes);
uint64_t sum_of(const void *memory, size_t bytes);

/* Lists of blocks. The memory is asked for by whoever calls. */
struct block {
    struct block *next;
    size_t bytes; /* of content */
    unsigned char content[];
};

struct block *put_block(void *memory, size_t bytes, struct block *next);
uint64_t sum_of_all(const struct block *list);
uint64_t sum_of_some(const struct block *list);
void free_blocks(struct block *list);
void give_blocks(struct block *list);

#endif
