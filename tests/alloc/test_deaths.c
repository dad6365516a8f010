/* What a full ledger says of deaths: how many blocks of each size lived how long. */
#include "support/mtest.h"

#include "alloc/backends.h"
#include "alloc/ledger.h"

struct deaths {
    unsigned size, lifetime; /* buckets */
    uint64_t blocks;
};

static struct acre_layout layout_of(size_t size)
{
    return (struct acre_layout){size, 16, ACRE_PURPOSE_DATA};
}

/* These, and no others; and by lifetime alone the same. */
static void expect_deaths(const struct acre_ledger *ledger, const struct deaths *wanted,
                          size_t count)
{
    uint64_t table[ACRE_LEDGER_BUCKETS][ACRE_LEDGER_BUCKETS] = {0};
    uint64_t lifetimes[ACRE_LEDGER_BUCKETS] = {0};
    uint64_t told[ACRE_LEDGER_BUCKETS];

    for (size_t i = 0; i < count; i++) {
        table[wanted[i].size][wanted[i].lifetime] += wanted[i].blocks;
        lifetimes[wanted[i].lifetime] += wanted[i].blocks;
    }
    acre_ledger_lifetimes(ledger, told);
    for (unsigned i = 0; i < ACRE_LEDGER_BUCKETS; i++) {
        cr_expect_eq(told[i], lifetimes[i], "lifetime %u: %llu", i, (unsigned long long)told[i]);
        for (unsigned j = 0; j < ACRE_LEDGER_BUCKETS; j++)
            cr_expect_eq(ledger->deaths[i][j], table[i][j], "size %u, lifetime %u: %llu", i, j,
                         (unsigned long long)ledger->deaths[i][j]);
    }
}

/* Blocks of one byte are of the first bucket, and so are lifetimes in which nothing was born. */
MTest(deaths, of_single_blocks)
{
    struct acre_alloc *memory = acre_pages_new();
    struct acre_alloc *bottom = acre_malloc_new();
    struct acre_alloc *top;
    struct acre_ledger ledger;
    void *small, *large;

    cr_assert(acre_ledger_init_full(&ledger, memory, 1));
    top = acre_record_new(bottom, &ledger.sink, 0);
    expect_deaths(&ledger, NULL, 0);

    small = acre_allocate(top, layout_of(1));
    acre_free(top, small, layout_of(1));
    expect_deaths(&ledger, (const struct deaths[]){{0, 0, 1}}, 1);

    small = acre_allocate(top, layout_of(33));                     /* (32, 64] */
    large = acre_allocate(top, layout_of(4096));                   /* (2048, 4096] */
    expect_deaths(&ledger, (const struct deaths[]){{0, 0, 1}}, 1); /* births are no deaths */
    acre_free(top, small, layout_of(33));                          /* lived for 4096 bytes */
    small = acre_allocate(top, layout_of(48));
    acre_free(top, large, layout_of(4096)); /* for 48 */
    acre_free(top, small, layout_of(48));   /* for none */
    expect_deaths(&ledger, (const struct deaths[]){{0, 0, 1}, {6, 12, 1}, {12, 6, 1}, {6, 0, 1}},
                  4);

    acre_ledger_fini(&ledger);
    cr_assert_null(ledger.deaths);
    acre_destroy(top);
    acre_destroy(bottom);
    acre_destroy(memory);
}

/* A block is of the size that it has when it dies; the bytes that it took itself are no lifetime.
 */
MTest(deaths, of_resized_blocks)
{
    struct acre_alloc *memory = acre_pages_new();
    struct acre_alloc *arena = acre_arena_new(memory, NULL);
    struct acre_alloc *top;
    struct acre_ledger ledger;
    void *block;

    cr_assert(acre_ledger_init_full(&ledger, memory, 1));
    top = acre_record_new(arena, &ledger.sink, 0);
    block = acre_allocate(top, layout_of(100)); /* (64, 128] */
    if (acre_can(top, ACRE_CAN_RESIZE)) {       /* red bytes are in the way */
        cr_assert(acre_resize(top, block, layout_of(100), 5000));
        cr_assert(acre_resize(top, block, layout_of(5000), 300)); /* (256, 512] */
        acre_allocate(top, layout_of(20));                        /* (16, 32] */
        expect_deaths(&ledger, NULL, 0);                          /* to grow is not to die */
        cr_assert(acre_reset(top));
        expect_deaths(&ledger, (const struct deaths[]){{9, 5, 1}, {5, 0, 1}}, 2);
    }

    acre_ledger_fini(&ledger);
    acre_destroy(top);
    acre_destroy(arena);
    acre_destroy(memory);
}

/* What a reset drops died in it, in its own source only; the rest dies when it is freed. */
MTest(deaths, by_a_reset)
{
    enum { BLOCKS = 100 };
    struct acre_alloc *memory = acre_pages_new();
    struct acre_alloc *bottoms[2] = {acre_malloc_new(), acre_arena_new(memory, NULL)};
    struct acre_alloc *tops[2];
    struct acre_ledger ledger;
    void *kept;

    cr_assert(acre_ledger_init_full(&ledger, memory, 1));
    for (uint32_t i = 0; i < 2; i++)
        tops[i] = acre_record_new(bottoms[i], &ledger.sink, i);
    kept = acre_allocate(tops[0], layout_of(10)); /* (8, 16] */
    for (size_t i = 0; i < BLOCKS; i++)
        acre_allocate(tops[1],
                      layout_of(64)); /* the last one lives for 0 bytes, that before for 64 */
    cr_assert(acre_reset(tops[1]));
    expect_deaths(&ledger,
                  (const struct deaths[]){{6, 0, 1},
                                          {6, 6, 1},
                                          {6, 7, 1},
                                          {6, 8, 2},
                                          {6, 9, 4},
                                          {6, 10, 8},
                                          {6, 11, 16},
                                          {6, 12, 32},
                                          {6, 13, 35}},
                  9);
    acre_free(tops[0], kept, layout_of(10)); /* for 6400 bytes */
    cr_assert_eq(ledger.deaths[4][13], 1);
    cr_assert(acre_reset(tops[1]));
    cr_assert_eq(ledger.deaths[6][13], 35, "nobody dies twice");

    acre_ledger_fini(&ledger);
    for (int i = 0; i < 2; i++) {
        acre_destroy(tops[i]);
        acre_destroy(bottoms[i]);
    }
    acre_destroy(memory);
}
