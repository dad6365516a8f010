/*
 * random_blocks [OPERATIONS [SEED]]: 100,000 random allocations, frees, resizes and resets on every
 * allocator. Each block is filled from a place of its own in a table of noise, which must be there
 * until it goes; live blocks must not overlap.
 *
 * A failure prints the seed that repeats it.
 */
#include "alloc/stacks.h"
#include "alloc/track.h"
#include "bench/random.h"
#include "tests/core/check.h"

#include <string.h>

enum { MOST_BLOCKS = 300, MOST_BYTES = 1500000, PLACES = 4096 };

struct block {
    unsigned char *bytes;
    struct acre_layout layout;
    const unsigned char *noise; /* what it is filled with */
};

static unsigned char noise[PLACES + MOST_BYTES];
static struct block blocks[MOST_BLOCKS];
static int count;
static struct acre_random state;
static struct stack stack;
static uint64_t seed;
static uint64_t step;

#define agree(condition)                                                                           \
    check(condition, "%s, step %llu; repeat with: random_blocks %llu %llu", stack.name,            \
          (unsigned long long)step, (unsigned long long)step + 1, (unsigned long long)seed)

static uint64_t below(uint64_t bound)
{
    return acre_random_below(&state, bound);
}

/* Mostly small, seldom larger than a chunk. */
static size_t any_size(void)
{
    uint64_t kind = below(100);

    if (kind < 80)
        return below(200);
    if (kind < 99)
        return below(5000);
    return below(below(8) == 0 ? MOST_BYTES : 300000);
}

static uint32_t any_align(void)
{
    return below(50) == 0 ? 1u << below(18) : 1u << below(8);
}

static void make_noise(void)
{
    acre_random_init(&state, seed, STACK_KINDS);
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (unsigned char)acre_random_next(&state);
}

static void fill(const struct block *block, size_t from)
{
    memcpy(block->bytes + from, block->noise + from, block->layout.size - from);
}

static void verify(const struct block *block, size_t size)
{
    agree(memcmp(block->bytes, block->noise, size) == 0);
}

static void no_overlap(const struct block *block)
{
    for (int i = 0; i < count; i++)
        agree(&blocks[i] == block || blocks[i].bytes + blocks[i].layout.size <= block->bytes ||
              block->bytes + block->layout.size <= blocks[i].bytes);
}

static void give_back(int which)
{
    verify(&blocks[which], blocks[which].layout.size);
    acre_free(stack.top, blocks[which].bytes, blocks[which].layout);
    blocks[which] = blocks[--count];
}

static void take(void)
{
    struct block *block = &blocks[count];

    if (count == MOST_BLOCKS) {
        give_back((int)below(MOST_BLOCKS));
        return;
    }
    block->layout = (struct acre_layout){any_size(), any_align(), (uint32_t)below(5)};
    block->noise = noise + below(PLACES);
    block->bytes = acre_allocate(stack.top, block->layout);
    agree(block->bytes != NULL);
    agree((uintptr_t)block->bytes % block->layout.align == 0);
    agree(acre_usable_bytes(stack.top, block->bytes, block->layout) >= block->layout.size);
    count++;
    no_overlap(block);
    fill(block, 0);
}

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void change(int which)
{
    struct block *block = &blocks[which];
    size_t longer = lesser(block->layout.size + below(64), MOST_BYTES);
    size_t size = below(3) == 0 ? longer : any_size();
    size_t kept = lesser(block->layout.size, size);

    if (below(2) == 0) {
        if (!acre_resize(stack.top, block->bytes, block->layout, size)) {
            verify(block, block->layout.size);
            return;
        }
    } else {
        block->bytes = acre_reallocate(stack.top, block->bytes, block->layout, size);
        agree(block->bytes != NULL);
        agree((uintptr_t)block->bytes % block->layout.align == 0);
    }
    block->layout.size = size;
    verify(block, kept);
    no_overlap(block);
    fill(block, kept);
}

static void start_over(void)
{
    for (int i = 0; i < count; i++)
        verify(&blocks[i], blocks[i].layout.size);
    if (acre_reset(stack.top))
        count = 0;
    if (below(10) == 0)
        acre_trim(stack.top);
}

static void one_step(void)
{
    uint64_t choice = below(1000);

    if (choice < 500)
        take();
    else if (choice < 850 && count > 0)
        give_back((int)below((uint64_t)count));
    else if (choice < 990 && count > 0)
        change((int)below((uint64_t)count));
    else if (choice < 993)
        start_over();
    else
        agree(acre_check(stack.top) == NULL);
}

static void run(enum stack_kind kind, enum stack_form form, uint64_t steps)
{
    static const char *const forms[] = {"", ", decorated", ", guarded"};
    uint64_t bytes = 0;

    stack_open(&stack, kind, form);
    acre_random_init(&state, seed, (uint64_t)kind);
    count = 0;
    for (step = 0; step < steps; step++)
        one_step();
    for (int i = 0; i < count; i++)
        bytes += blocks[i].layout.size + (blocks[i].layout.size == 0);
    if (form != STACK_BARE) {
        agree(acre_books_total(&stack.ledger.books).live.blocks == (uint64_t)count);
        agree(acre_books_total(&stack.ledger.books).live.bytes == bytes);
        agree(stack.plan.live_bytes == bytes);
    }
    while (count > 0)
        give_back(count - 1);
    agree(acre_check(stack.top) == NULL);
    if (form == STACK_GUARDED)
        agree(acre_guard_live_blocks(stack.guard) == 0);
    printf("%s%s: %llu steps, seed %llu\n", stack.name, forms[form], (unsigned long long)steps,
           (unsigned long long)seed);
    stack_close(&stack);
}

int main(int argc, char **argv)
{
    uint64_t steps = acre_track_is_listening() ? 3000 : 100000;

    seed = 1;
    if (argc > 1)
        steps = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        seed = strtoull(argv[2], NULL, 10);
    make_noise();
    for (enum stack_kind kind = 0; kind < STACK_KINDS; kind++) {
        run(kind, STACK_BARE, steps);
        run(kind, STACK_DECORATED, steps / 4);
        run(kind, STACK_GUARDED, steps / 20);
    }
    printf("figure: %d allocators, %llu steps each and %llu decorated, seed %llu\n", STACK_KINDS,
           (unsigned long long)steps, (unsigned long long)steps / 4, (unsigned long long)seed);
    return 0;
}
