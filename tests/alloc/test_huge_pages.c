/* Pages that are asked for as huge ones: how blocks are rounded, and arenas on them. */
#include "support/mtest.h"

#include "alloc/backends.h"

static const size_t huge = ACRE_HUGE_PAGE_BYTES;
static const size_t page = 4096;

static size_t usable_of(struct acre_alloc *pages, size_t size)
{
    const struct acre_layout layout = {size, 1, ACRE_PURPOSE_OTHER};
    char *block = acre_allocate(pages, layout);
    size_t usable, held;

    cr_assert_not_null(block);
    usable = acre_usable_bytes(pages, block, layout);
    block[0] = block[usable - 1] = 1;
    cr_assert(acre_held_bytes(pages, &held));
    cr_assert_eq(held, usable);
    acre_free(pages, block, layout);
    cr_assert(acre_held_bytes(pages, &held));
    cr_assert_eq(held, 0);
    return usable;
}

/* Up to a multiple of 2 MiB where that adds at most an eighth of the pages. */
MTest(huge_pages, round_where_it_costs_little)
{
    struct acre_alloc *pages = acre_huge_pages_new();
    struct acre_alloc *small = acre_pages_new();
    void *block;

    cr_assert_eq(usable_of(pages, 1), page);
    cr_assert_eq(usable_of(pages, huge - page), huge - page, "less than one is none");
    cr_assert_eq(usable_of(pages, huge), huge);
    cr_assert_eq(usable_of(pages, huge + 1), huge + page);
    cr_assert_eq(usable_of(pages, 8000064), 4 * huge);
    cr_assert_eq(usable_of(pages, 16 * huge / 9 * 4), 8 * huge, "8/9 of it are just enough");
    cr_assert_eq(usable_of(pages, 7 * huge), 7 * huge);
    cr_assert_eq(usable_of(pages, 7 * huge + 1), 7 * huge + page, "8/7 are too much");
    cr_assert_eq(usable_of(pages, 8 * huge + 1), 9 * huge);
    cr_assert_eq(usable_of(small, 8000064), 8003584);
    block = acre_allocate(pages, (struct acre_layout){huge, 1, ACRE_PURPOSE_OTHER});
    cr_assert_eq((size_t)block % huge, 0);
    acre_free(pages, block, (struct acre_layout){huge, 1, ACRE_PURPOSE_OTHER});
    acre_destroy(pages);
    acre_destroy(small);
}

/* An arena has all that it was given, and a limit means that. */
MTest(huge_pages, of_an_arena)
{
    const struct acre_layout block = {8000000, 64, ACRE_PURPOSE_OTHER};
    const struct acre_layout longer = {8300000, 64, ACRE_PURPOSE_OTHER};
    const struct acre_arena_options tight = {.limit_bytes = 4 * huge - page};
    const struct acre_arena_options enough = {.limit_bytes = 4 * huge};
    struct acre_alloc *pages = acre_huge_pages_new();
    struct acre_alloc *arena = acre_arena_new(pages, &tight);
    size_t held;

    cr_assert_null(acre_allocate(arena, block), "4 huge pages are more than the limit");
    cr_assert(acre_held_bytes(arena, &held));
    cr_assert_eq(held, 0);
    cr_assert(acre_held_bytes(pages, &held));
    cr_assert_eq(held, 0);
    acre_destroy(arena);

    arena = acre_arena_new(pages, &enough);
    cr_assert_not_null(acre_allocate(arena, block));
    cr_assert(acre_held_bytes(arena, &held));
    cr_assert_eq(held, 4 * huge);
    acre_reset(arena);
    cr_assert_not_null(acre_allocate(arena, longer), "its chunk has more than was asked for");
    cr_assert(acre_held_bytes(arena, &held));
    cr_assert_eq(held, 4 * huge);
    cr_assert_null(acre_check(arena));
    acre_reset(arena);
    cr_assert_eq(acre_trim(arena), 4 * huge);
    cr_assert(acre_held_bytes(pages, &held));
    cr_assert_eq(held, 0);
    acre_destroy(arena);
    acre_destroy(pages);
}
