/*
 * What an arena and a pool promise beyond the contract: chunks kept over a reset, the limit, the
 * trim, addresses, and a check that sees corruption. The arena's own file is included, so that its
 * inside can be spoilt.
 */
#include "support/mtest.h"

#include "alloc/arena.c"
#include "alloc/ledger.h"

static struct acre_alloc *pages;
static struct acre_alloc *below; /* pages, with books */
static struct acre_ledger ledger;

static void open_below(void)
{
    pages = acre_pages_new();
    acre_ledger_init(&ledger);
    below = acre_record_new(pages, &ledger.sink, 0);
}

static void close_below(void)
{
    cr_assert_eq(acre_books_total(&ledger.books).live.blocks, 0);
    acre_destroy(below);
    acre_destroy(pages);
}

static struct acre_layout layout_of(size_t size)
{
    return (struct acre_layout){size, 16, ACRE_PURPOSE_DATA};
}

/* One iteration: small blocks over several chunks, and large ones of several sizes. */
static void one_pass(struct acre_alloc *alloc, bool frees)
{
    void *blocks[40];

    for (size_t i = 0; i < 40; i++) {
        size_t size = i % 8 == 0 ? 400000 + 10000 * i : 100000;

        blocks[i] = acre_allocate(alloc, layout_of(size));
        cr_assert_not_null(blocks[i]);
        memset(blocks[i], (int)i, size);
    }
    for (size_t i = 0; frees && i < 40; i++)
        acre_free(alloc, blocks[i], layout_of(i % 8 == 0 ? 400000 + 10000 * i : 100000));
}

MTest(arena, keeps_its_chunks)
{
    struct acre_alloc *arena;
    struct acre_alloc *pool;
    uint64_t calls;
    size_t held = 0;
    size_t again = 0;

    open_below();
    arena = acre_arena_new(below, NULL);
    cr_assert_eq(acre_books_total(&ledger.books).allocations, 0,
                 "nothing is taken before it is wanted");
    one_pass(arena, false);
    acre_held_bytes(arena, &held);
    cr_assert_eq(held, acre_books_total(&ledger.books).live.bytes);
    calls = acre_books_total(&ledger.books).allocations;
    for (int i = 0; i < 10; i++) {
        cr_assert(acre_reset(arena));
        cr_assert_null(acre_check(arena));
        one_pass(arena, i % 2 == 0);
    }
    cr_assert_eq(acre_books_total(&ledger.books).allocations, calls,
                 "a second identical pass asks for nothing");
    cr_assert_eq(acre_books_total(&ledger.books).frees, 0);
    acre_held_bytes(arena, &again);
    cr_assert_eq(again, held);
    acre_destroy(arena);
    cr_assert_eq(acre_books_total(&ledger.books).live.blocks, 0);

    pool = acre_pool_new(below, NULL);
    one_pass(pool, true);
    calls = acre_books_total(&ledger.books).allocations;
    for (int i = 0; i < 10; i++)
        one_pass(pool, true);
    cr_assert_eq(acre_books_total(&ledger.books).allocations, calls);
    acre_destroy(pool);
    close_below();
}

MTest(arena, same_addresses_after_a_reset)
{
    struct acre_alloc *arena;
    void *first[3];

    open_below();
    arena = acre_arena_new(below, NULL);
    for (int pass = 0; pass < 3; pass++) {
        for (size_t i = 0; i < 3; i++) {
            void *block = acre_allocate(arena, layout_of(100 + 300000 * i));

            if (pass == 0)
                first[i] = block;
            cr_assert_eq(block, first[i]);
        }
        acre_reset(arena);
    }
    cr_assert_eq(arena->epoch, 3);
    acre_destroy(arena);
    close_below();
}

MTest(arena, resizes_the_last_block)
{
    struct acre_alloc *arena;
    char *first;
    char *last;

    open_below();
    arena = acre_arena_new(below, NULL);
    first = acre_allocate(arena, layout_of(100));
    last = acre_allocate(arena, layout_of(100));
    if (acre_can(arena, ACRE_CAN_RESIZE)) { /* red bytes are in the way */
        cr_assert_not(acre_resize(arena, first, layout_of(100), 101));
        cr_assert(acre_resize(arena, first, layout_of(100), 60));
        cr_assert(acre_resize(arena, last, layout_of(100), 5000));
        cr_assert(acre_resize(arena, last, layout_of(5000), 32));
        cr_assert_eq((char *)acre_allocate(arena, layout_of(16)), last + 32);
        cr_assert_not(acre_resize(arena, last, layout_of(32), 33));
        /* not beyond the chunk, not beyond what is small */
        last = acre_allocate(arena, layout_of(16));
        cr_assert_not(acre_resize(arena, last, layout_of(16), 2 << 20));
        cr_assert_not(acre_resize(arena, last, layout_of(16), (1 << 18) + 1));
        cr_assert(acre_resize(arena, last, layout_of(16), 1 << 18));
    }
    cr_assert_null(acre_check(arena));
    acre_destroy(arena);
    close_below();
}

MTest(arena, limit_and_trim)
{
    const struct acre_arena_options three = {.chunk_bytes = 1 << 16, .limit_bytes = 3 << 16};
    const struct acre_arena_options none = {.chunk_bytes = 1 << 16, .limit_bytes = 1};
    struct acre_alloc *arena;
    size_t held = 0;
    unsigned blocks = 0;

    open_below();
    arena = acre_arena_new(below, &three);
    for (int pass = 0; pass < 2; pass++) {
        unsigned count = 0;

        while (acre_allocate(arena, layout_of(10000)) != NULL)
            count++;
        cr_assert_geq(count, 15);
        cr_assert(pass == 0 || count == blocks);
        blocks = count;
        acre_held_bytes(arena, &held);
        cr_assert_eq(held, 3 << 16);
        cr_assert_null(acre_allocate(arena, layout_of(100000)));
        cr_assert_null(acre_check(arena));
        acre_reset(arena);
    }
    /* the first chunk is in use; the others go, and a large block finds room under the limit */
    cr_assert_not_null(acre_allocate(arena, layout_of(10)));
    cr_assert_eq(acre_trim(arena), 2 << 16);
    cr_assert_eq(acre_books_total(&ledger.books).live.bytes, 1 << 16);
    cr_assert_not_null(acre_allocate(arena, layout_of(100000)));
    cr_assert_null(acre_allocate(arena, layout_of(100000)));
    acre_reset(arena);
    cr_assert_eq(acre_trim(arena), 102400 + (1 << 16), "25 pages, and the first chunk");
    cr_assert_eq(acre_books_total(&ledger.books).live.bytes, 0);
    cr_assert_null(acre_check(arena));
    cr_assert_not_null(acre_allocate(arena, layout_of(10)));
    acre_destroy(arena);

    arena = acre_arena_new(below, &none);
    cr_assert_null(acre_allocate(arena, layout_of(1)));
    cr_assert_eq(acre_trim(arena), 0);
    cr_assert(acre_reset(arena));
    cr_assert_null(acre_check(arena));
    acre_destroy(arena);
    close_below();
}

/* Allocates until the arena holds another number of bytes, which it returns; 0: it refuses. */
static size_t next_held(struct acre_alloc *arena)
{
    size_t before = 0;
    size_t held = 0;

    acre_held_bytes(arena, &before);
    do {
        if (acre_allocate(arena, layout_of(10000)) == NULL)
            return 0;
        acre_held_bytes(arena, &held);
    } while (held == before);
    cr_assert_null(acre_check(arena));
    return held;
}

/* A chunk is as large as all before it, up to the largest; in units of 64 KiB. */
MTest(arena, chunks_grow)
{
    static const size_t grown[] = {1, 2, 4, 8, 12, 16};
    const struct acre_arena_options options = {.chunk_bytes = 1 << 16,
                                               .largest_chunk_bytes = 4 << 16};
    struct acre_alloc *arena;
    size_t held = 0;

    open_below();
    arena = acre_arena_new(below, &options);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < sizeof grown / sizeof grown[0]; i++)
            cr_assert_eq(next_held(arena), grown[i] << 16);
        cr_assert_eq(acre_books_total(&ledger.books).live.blocks, 6);
        acre_reset(arena);
        cr_assert_eq(acre_trim(arena), (size_t)16 << 16);
    }
    /* Large blocks are not in the row, and a row that was cut grows from what is left of it. */
    cr_assert_not_null(acre_allocate(arena, layout_of(1 << 20)));
    acre_held_bytes(arena, &held);
    cr_assert_eq(next_held(arena), held + (1 << 16));
    for (int i = 0; i < 3; i++)
        next_held(arena);
    acre_reset(arena);
    cr_assert_not_null(acre_allocate(arena, layout_of(10)));
    acre_trim(arena);
    cr_assert_eq(next_held(arena), (size_t)2 << 16);
    acre_destroy(arena);
    close_below();
}

/* Where a large chunk is refused, by the limit or from below, the least one serves. */
MTest(arena, grows_by_less_where_more_is_refused)
{
    const struct acre_arena_options limited = {.chunk_bytes = 1 << 16, .limit_bytes = 5 << 16};
    const struct acre_arena_options free = {.chunk_bytes = 1 << 16};
    struct acre_fault_plan plan = {0};
    struct acre_alloc *faulty, *arena;

    open_below();
    arena = acre_arena_new(below, &limited);
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(next_held(arena), ((const size_t[]){1, 2, 4, 5})[i] << 16);
    cr_assert_eq(next_held(arena), 0);
    acre_destroy(arena);

    faulty = acre_fault_new(below, &plan);
    arena = acre_arena_new(faulty, &free);
    for (size_t i = 0; i < 3; i++)
        next_held(arena);
    plan.fail_at = plan.calls + 1;
    cr_assert_eq(next_held(arena), (size_t)5 << 16);
    acre_destroy(arena);
    acre_destroy(faulty);
    close_below();
}

/* When the layer below refuses, nothing has changed, and the next call may succeed. */
MTest(arena, survives_refusals_from_below)
{
    const struct acre_arena_options steady = {.largest_chunk_bytes = 1};
    struct acre_fault_plan plan = {.fail_at = 2};
    struct acre_alloc *faulty;
    struct acre_alloc *arena;
    unsigned refused = 0;

    open_below();
    faulty = acre_fault_new(below, &plan);
    arena = acre_arena_new(faulty, &steady);
    for (int i = 0; i < 60; i++) {
        plan.fail_at = plan.calls + (i % 3 == 0 ? 1 : 0);
        refused += acre_allocate(arena, layout_of(i % 2 == 0 ? 200000 : 300000)) == NULL;
        cr_assert_null(acre_check(arena));
    }
    cr_assert_eq(refused, plan.failures);
    cr_assert_gt(refused, 10);
    acre_destroy(arena);
    acre_destroy(faulty);
    close_below();
}

/* Each kind of damage is seen; the arena is then made whole, so that it can end. */
MTest(arena, check_sees_corruption)
{
    struct acre_alloc *alloc;
    struct arena *arena;
    struct acre_chunk stranger = {.bytes = 1 << 16};
    struct arena whole;

    open_below();
    alloc = acre_arena_new(below, NULL);
    arena = (struct arena *)alloc;
    for (int i = 0; i < 20; i++)
        acre_allocate(alloc, layout_of(100000));
    acre_allocate(alloc, layout_of(1 << 20));
    cr_assert_null(acre_check(alloc));
    whole = *arena;

    arena->source.used_bytes -= arena->source.page_bytes;
    cr_assert_not_null(strstr(acre_check(alloc), "more bytes than it counts"));
    *arena = whole;
    arena->source.used_bytes += arena->source.page_bytes;
    cr_assert_not_null(strstr(acre_check(alloc), "fewer bytes than it counts"));
    *arena = whole;
    arena->first->bytes -= 1;
    cr_assert_not_null(strstr(acre_check(alloc), "number of pages"));
    arena->first->bytes += 1;
    arena->large_used->next = arena->large_used;
    cr_assert_not_null(strstr(acre_check(alloc), "ring"));
    arena->large_used->next = NULL;
    arena->current = &stranger;
    cr_assert_not_null(strstr(acre_check(alloc), "no list"));
    *arena = whole;
    arena->base.bump.cursor = acre_chunk_end(arena->current) + 1;
    cr_assert_not_null(strstr(acre_check(alloc), "cursor"));
    *arena = whole;
    arena->base.bump.cursor = acre_chunk_blocks(arena->current) - 1;
    cr_assert_not_null(strstr(acre_check(alloc), "cursor"));
    arena->base.bump.cursor = acre_chunk_blocks(arena->current) + 8;
    cr_assert_not_null(strstr(acre_check(alloc), "not aligned"));
    *arena = whole;
    acre_reset(alloc);
    cr_assert_null(acre_check(alloc));
    arena->source.spares->bytes -= arena->source.page_bytes;
    cr_assert_not_null(strstr(acre_check(alloc), "spare chunks hold more bytes"));
    arena->source.spares->bytes += 2 * arena->source.page_bytes;
    cr_assert_not_null(strstr(acre_check(alloc), "spare chunks hold fewer bytes"));
    arena->source.spares->bytes -= arena->source.page_bytes;
    arena->source.spares->first->bytes -= 1;
    cr_assert_not_null(strstr(acre_check(alloc), "spare chunk is not a number of pages"));
    arena->source.spares->first->bytes += 1;
    cr_assert_null(acre_check(alloc));
    acre_destroy(alloc);
    close_below();
}

static size_t held_by(const struct acre_alloc *alloc)
{
    size_t bytes;

    cr_assert(acre_held_bytes(alloc, &bytes));
    return bytes;
}

/* What one drops serves the other, the last first; both together hold it once. */
MTest(arena, keeps_large_chunks_with_the_one_beside)
{
    struct acre_arena_options options = {.largest_chunk_bytes = 1};
    struct acre_alloc *first, *second;
    char *blocks[3];
    size_t held;

    open_below();
    first = acre_arena_new(below, &options);
    options.beside = first;
    second = acre_arena_new(below, &options);
    for (int i = 0; i < 3; i++)
        blocks[i] = acre_allocate(second, layout_of(500000));
    held = held_by(second);
    acre_reset(second);
    cr_assert_eq(held_by(second), 0);
    cr_assert_eq(held_by(first), held);
    for (int i = 2; i >= 0; i--)
        cr_assert_eq(acre_allocate(i == 1 ? second : first, layout_of(500000)), blocks[i]);
    cr_assert_eq(held_by(second), held / 3);
    cr_assert_eq(held_by(first), held / 3 * 2);
    cr_assert_null(acre_check(first));
    cr_assert_null(acre_check(second));
    acre_reset(second);
    cr_assert_eq(acre_trim(second), held / 3, "either gives back what both keep");
    cr_assert_eq(held_by(first), held / 3 * 2);
    acre_destroy(second);
    acre_destroy(first);
    close_below();
}

/* Spare chunks are no reason to fail: they go where a limit or the layer below is in the way. */
MTest(arena, gives_spare_chunks_back_before_it_fails)
{
    const struct acre_arena_options limited = {.limit_bytes = 1 << 20};
    const struct acre_arena_options free = {0};
    struct acre_fault_plan plan = {0};
    struct acre_alloc *faulty, *arena;

    open_below();
    arena = acre_arena_new(below, &limited);
    cr_assert_not_null(acre_allocate(arena, layout_of(600000)));
    cr_assert_null(acre_allocate(arena, layout_of(700000)), "it is in use");
    acre_reset(arena);
    cr_assert_not_null(acre_allocate(arena, layout_of(700000)));
    cr_assert_leq(held_by(arena), limited.limit_bytes);
    acre_destroy(arena);

    faulty = acre_fault_new(below, &plan);
    arena = acre_arena_new(faulty, &free);
    cr_assert_not_null(acre_allocate(arena, layout_of(600000)));
    acre_reset(arena);
    plan.fail_at = plan.calls + 1;
    cr_assert_not_null(acre_allocate(arena, layout_of(700000)));
    cr_assert_eq(plan.failures, 1);
    cr_assert_lt(held_by(arena), 800000);
    acre_destroy(arena);
    acre_destroy(faulty);
    close_below();
}

/* A freed block serves the next request of its class, last in first out; classes waste at most an
 * eighth, or what is missing to a multiple of 16. */
MTest(arena, pool_classes)
{
    struct acre_alloc *pool;
    void *a;
    void *b;

    open_below();
    pool = acre_pool_new(below, NULL);
    for (size_t size = 16; size < 300000; size += size / 7 + 1) {
        size_t usable;

        a = acre_allocate(pool, layout_of(size));
        b = acre_allocate(pool, layout_of(size));
        usable = acre_usable_bytes(pool, a, layout_of(size));
        cr_assert_geq(usable, size);
        cr_assert_leq(usable - size, size < 128 ? 15 : size / 8);
        acre_free(pool, a, layout_of(size));
        acre_free(pool, b, layout_of(size));
        cr_assert_eq(acre_allocate(pool, layout_of(usable)), b);
        cr_assert_eq(acre_allocate(pool, layout_of(size)), a);
        /* inside a class a block resizes where it stands, across classes not at all */
        cr_assert(acre_resize(pool, a, layout_of(size), usable));
        cr_assert_not(acre_resize(pool, a, layout_of(usable), usable + 1));
        acre_free(pool, a, layout_of(usable));
        acre_free(pool, b, layout_of(usable));
    }
    /* alignments have lists of their own */
    a = acre_allocate(pool, (struct acre_layout){64, 64, ACRE_PURPOSE_DATA});
    acre_free(pool, a, (struct acre_layout){64, 64, ACRE_PURPOSE_DATA});
    b = acre_allocate(pool, layout_of(64));
    cr_assert_neq(a, b);
    b = acre_allocate(pool, (struct acre_layout){64, 32, ACRE_PURPOSE_DATA});
    cr_assert_neq(a, b);
    cr_assert_eq(acre_allocate(pool, (struct acre_layout){64, 64, ACRE_PURPOSE_DATA}), a);
    cr_assert_null(acre_allocate(pool, layout_of((size_t)1 << 41)));
    cr_assert_null(acre_allocate(pool, (struct acre_layout){64, 4u << 20, ACRE_PURPOSE_DATA}));
    acre_destroy(pool);
    /* a reset forgets the lists with the blocks */
    pool = acre_pool_new(below, NULL);
    a = acre_allocate(pool, layout_of(64));
    b = acre_allocate(pool, layout_of(64));
    acre_free(pool, b, layout_of(64));
    cr_assert(acre_reset(pool));
    cr_assert_eq(acre_allocate(pool, layout_of(64)), a);
    cr_assert_eq(acre_allocate(pool, layout_of(64)), b);
    cr_assert_null(acre_check(pool));
    acre_destroy(pool);
    close_below();
}

/* Blocks follow each other until one is freed; then freed ones are taken again, until the reset. */
MTest(arena, a_reap)
{
    struct acre_alloc *reap;
    char *blocks[4];

    open_below();
    reap = acre_reap_new(below, NULL);
    for (int pass = 0; pass < 3; pass++) {
        for (int i = 0; i < 4; i++) {
            blocks[i] = acre_allocate(reap, layout_of(100));
            memset(blocks[i], 'b', 100);
        }
        if (!acre_track_is_listening()) { /* red bytes are in the way */
            cr_assert_eq(blocks[1] - blocks[0], 112);
            cr_assert_eq(blocks[3] - blocks[2], 112);
            cr_assert_not_null(reap->bump.end, "it is bumped without a call");
        }
        acre_free(reap, blocks[2], layout_of(100));
        acre_free(reap, blocks[0], layout_of(97)); /* the same class */
        cr_assert_null(reap->bump.end);
        cr_assert_eq((char *)acre_allocate(reap, layout_of(112)), blocks[0]);
        cr_assert_eq((char *)acre_allocate(reap, layout_of(112)), blocks[2]);
        if (!acre_track_is_listening())
            cr_assert_eq((char *)acre_allocate(reap, layout_of(16)), blocks[3] + 112);
        /* more than a chunk, aligned more, large */
        for (size_t i = 0; i < 20; i++)
            memset(acre_allocate(reap, (struct acre_layout){100000, 4096, 0}), 1, 100000);
        memset(acre_allocate(reap, layout_of(3 << 20)), 1, 3 << 20);
        cr_assert_null(acre_check(reap));
        cr_assert(acre_reset(reap));
    }
    /* from chunk to chunk without a free */
    for (int i = 0; i < 100000; i++)
        memset(acre_allocate(reap, layout_of(40)), 1, 40);
    cr_assert_null(acre_check(reap));
    acre_destroy(reap);
    close_below();
}
