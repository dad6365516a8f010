/* The allocator contract, held against every backend, layer and decorator in the same way. */
#include "support/mtest.h"

#include "alloc/stacks.h"
#include "bench/random.h"

enum { BLOCKS = 64, SUBJECTS = 2 * STACK_KINDS };

/* Every allocator, and then each behind the decorators. */
static void open_subject(struct stack *s, int subject)
{
    stack_open(s, (enum stack_kind)(subject / 2), subject % 2 != 0);
}

static void close_subject(struct stack *s)
{
    cr_assert_null(acre_check(s->top), "%s", acre_check(s->top));
    stack_close(s);
}

/* A volatile size: the compiler must not reason about absurd ones. */
static void *ask(struct stack *s, volatile size_t size, uint32_t align)
{
    return acre_allocate(s->top, (struct acre_layout){size, align, ACRE_PURPOSE_OTHER});
}

MTest(contract, sizes_and_alignments)
{
    static const size_t sizes[] = {0,    1,      7,       15,      16,      17,      4095,   4096,
                                   4097, 262144, 1048575, 1048576, 1048577, 2097151, 2097153};
    static const uint32_t aligns[] = {1, 8, 16, 64, 4096, 2u << 20};

    for (int subject = 0; subject < SUBJECTS; subject++) {
        struct stack s;

        open_subject(&s, subject);
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
            for (size_t j = 0; j < sizeof aligns / sizeof aligns[0]; j++) {
                struct acre_layout layout = {sizes[i], aligns[j], ACRE_PURPOSE_OTHER};
                char *a = acre_allocate(s.top, layout);
                char *b = acre_allocate(s.top, layout);

                cr_assert(a != NULL && b != NULL && a != b, "%s %zu", s.name, sizes[i]);
                cr_assert_eq((uintptr_t)a % aligns[j], 0, "%s %zu %u", s.name, sizes[i], aligns[j]);
                cr_assert_geq(acre_usable_bytes(s.top, a, layout), sizes[i]);
                memset(a, 1, sizes[i]);
                memset(b, 2, sizes[i]);
                cr_assert(sizes[i] == 0 || (a[0] == 1 && a[sizes[i] - 1] == 1));
                acre_free(s.top, a, layout);
                acre_free(s.top, b, layout);
            }
        cr_assert_null(ask(&s, (size_t)PTRDIFF_MAX + 1, 16));
        cr_assert_null(ask(&s, SIZE_MAX, 16));
        cr_assert_null(ask(&s, SIZE_MAX - 15, 16));
        cr_assert_null(ask(&s, 8, 0));
        cr_assert_null(ask(&s, 8, 3));
        cr_assert_null(ask(&s, 8, 24));
        cr_assert_null(acre_allocate_array(s.top, SIZE_MAX / 8 + 1, 8, 16, ACRE_PURPOSE_OTHER));
        acre_free(s.top, NULL, ACRE_LAYOUT_OF(int, ACRE_PURPOSE_OTHER));
        close_subject(&s);
    }
}

struct block {
    unsigned char *bytes;
    struct acre_layout layout;
    unsigned char pattern;
};

static void verify(const struct stack *s, const struct block *block)
{
    for (size_t i = 0; i < block->layout.size; i++)
        cr_assert_eq(block->bytes[i], block->pattern, "%s: a byte of a live block changed",
                     s->name);
}

static void exchange(struct stack *s, struct block *block, struct acre_random *random)
{
    if (block->bytes != NULL) {
        verify(s, block);
        if (acre_random_below(random, 4) == 0) {
            size_t size = acre_random_below(random, 3000);

            if (!acre_resize(s->top, block->bytes, block->layout, size))
                return;
            block->layout.size = size;
        } else {
            acre_free(s->top, block->bytes, block->layout);
            *block = (struct block){0};
            return;
        }
    } else {
        block->layout = (struct acre_layout){acre_random_below(random, 3000),
                                             1u << acre_random_below(random, 8), 0};
        block->bytes = acre_allocate(s->top, block->layout);
        cr_assert_not_null(block->bytes);
    }
    block->pattern = (unsigned char)acre_random_next(random);
    memset(block->bytes, block->pattern, block->layout.size);
}

/* Overlap would show as a changed byte. */
MTest(contract, content_is_kept)
{
    for (int subject = 0; subject < SUBJECTS; subject++) {
        struct block blocks[BLOCKS] = {0};
        struct acre_random random;
        struct stack s;

        open_subject(&s, subject);
        acre_random_init(&random, 7, (uint64_t)subject);
        for (int i = 0; i < 10000; i++) {
            exchange(&s, &blocks[acre_random_below(&random, BLOCKS)], &random);
            if (i % 1000 == 0)
                cr_assert_null(acre_check(s.top));
        }
        for (int i = 0; i < BLOCKS; i++)
            if (blocks[i].bytes != NULL) {
                verify(&s, &blocks[i]);
                acre_free(s.top, blocks[i].bytes, blocks[i].layout);
            }
        close_subject(&s);
    }
}

/* Two equal passes: the second asks nothing of the layer below. */
MTest(contract, arena_keeps_its_chunks)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_fault_plan plan = {0};
    struct acre_alloc *below = acre_fault_new(pages, &plan);
    const struct acre_arena_options options = {.chunk_bytes = 65536, .limit_bytes = 1 << 20};
    struct acre_alloc *arena = acre_arena_new(below, &options);
    const struct acre_layout small = {1000, 16, 0};
    const struct acre_layout large = {100000, 64, 0};
    uint64_t calls = 0;
    size_t held = 0;

    for (int pass = 0; pass < 3; pass++) {
        for (int i = 0; i < 200; i++)
            cr_assert_not_null(acre_allocate(arena, i % 50 == 0 ? large : small));
        if (pass == 0)
            calls = plan.calls;
        cr_assert_eq(plan.calls, calls);
        cr_assert_eq(arena->epoch, (uint64_t)pass);
        cr_assert(acre_reset(arena));
        cr_assert_null(acre_check(arena));
    }
    cr_assert(acre_held_bytes(arena, &held));
    cr_assert_eq(held, plan.live_bytes);
    /* The limit: nothing beyond a MiB, and nothing lost by the refusal. */
    cr_assert_null(acre_allocate(arena, (struct acre_layout){1 << 20, 16, 0}));
    cr_assert_gt(acre_trim(arena), 0);
    cr_assert_null(acre_check(arena));
    acre_destroy(arena);
    cr_assert_eq(plan.live_bytes, 0);
    acre_destroy(below);
    acre_destroy(pages);
}

MTest(contract, fault_and_ledger)
{
    struct stack s;
    const struct acre_layout layout = {100, 16, ACRE_PURPOSE_DATA};
    void *a;
    void *b;

    stack_open(&s, STACK_POOL, true);
    s.plan.fail_at = 2;
    a = acre_allocate(s.top, layout);
    cr_assert_not_null(a);
    cr_assert_null(acre_allocate(s.top, layout));
    b = acre_allocate(s.top, layout);
    cr_assert_not_null(b);
    s.plan.budget_bytes = 250;
    cr_assert_null(acre_allocate(s.top, layout));
    cr_assert_eq(s.ledger.books.refused, 2);
    cr_assert_eq(acre_books_total(&s.ledger.books).live.bytes, 200);
    acre_free(s.top, a, layout);
    cr_assert_eq(acre_books_of(&s.ledger.books, ACRE_PURPOSE_DATA).live.blocks, 1);
    cr_assert_eq(acre_books_of(&s.ledger.books, ACRE_PURPOSE_DATA).peak.bytes, 200);
    cr_assert(acre_reset(s.top));
    cr_assert_eq(acre_books_total(&s.ledger.books).live.bytes, 0);
    cr_assert_eq(acre_books_total(&s.ledger.books).frees, 2);
    cr_assert_eq(s.plan.live_bytes, 0);
    close_subject(&s);
}
