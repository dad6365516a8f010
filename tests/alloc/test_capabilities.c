/* Resizing, and what the capability bits promise, by every allocator alone and behind
 * decorators. Sizes, alignments and refusals are in test_contract.c. */
#include "support/mtest.h"

#include <stdint.h>

#include "alloc/stacks.h"

static struct stack stack;

static struct acre_layout layout_of(size_t size, size_t align)
{
    return (struct acre_layout){size, (uint32_t)align, ACRE_PURPOSE_DATA};
}

/* One assertion for all bytes: a checker is slow enough. */
static bool is_all(const char *block, char byte, size_t bytes)
{
    size_t differing = 0;

    for (size_t i = 0; i < bytes; i++)
        differing += block[i] != byte;
    return differing == 0;
}

/* Where a block cannot be resized nothing has changed; where it can its layout has the new size. */
static void resize_one(size_t from, size_t to, size_t align)
{
    struct acre_layout layout = layout_of(from, align);
    char *block = acre_allocate(stack.top, layout);
    char *moved;
    size_t kept = from < to ? from : to;

    cr_assert_not_null(block);
    memset(block, 'k', from);
    if (acre_resize(stack.top, block, layout, to)) {
        cr_assert(acre_can(stack.top, ACRE_CAN_RESIZE));
        layout.size = to;
        memset(block + kept, 'n', to - kept);
        cr_assert_geq(acre_usable_bytes(stack.top, block, layout), to);
    }
    cr_assert(is_all(block, 'k', layout.size == to ? kept : from));

    /* and on to the other size, moving if need be */
    moved = acre_reallocate(stack.top, block, layout, layout.size == to ? from : to);
    cr_assert_not_null(moved);
    layout.size = layout.size == to ? from : to;
    cr_assert_eq((uintptr_t)moved % align, 0);
    cr_assert(is_all(moved, 'k', kept), "%s: %zu to %zu", stack.name, from, to);
    memset(moved, 'm', layout.size);
    acre_free(stack.top, moved, layout);
}

MTest(capabilities, resizing)
{
    static const size_t sides[] = {1, 15, 16, 17, 40, 100, 1000, 4096, 10000, 100000, 300000};

    for (enum stack_form form = 0; form < STACK_FORMS; form++)
        for (enum stack_kind kind = 0; kind < STACK_KINDS; kind++) {
            struct acre_layout layout = layout_of(100, 16);
            char *block;

            stack_open(&stack, kind, form);
            for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++)
                for (size_t j = 0; j < sizeof sides / sizeof sides[0]; j++) {
                    resize_one(sides[i], sides[j], 16);
                    resize_one(sides[i], sides[j], 64);
                }
            resize_one(64, 80000, 8192);
            resize_one(80000, 64, 8192);

            block = acre_reallocate(stack.top, NULL, layout, 100); /* an allocation */
            cr_assert_not_null(block);
            memset(block, 'b', 100);
            cr_assert_not(acre_resize(stack.top, NULL, layout, 200));
            cr_assert_not(acre_resize(stack.top, block, layout, SIZE_MAX));
            cr_assert_null(acre_reallocate(stack.top, block, layout, SIZE_MAX));
            cr_assert_null(acre_reallocate(stack.top, block, layout, PTRDIFF_MAX));
            if (form != STACK_BARE) {
                stack.plan.fail_at = 1;
                stack.plan.forever = true;
                cr_assert_null(acre_reallocate(stack.top, block, layout, 500000));
                stack.plan.fail_at = 0;
            }
            cr_assert(is_all(block, 'b', 100));
            acre_free(stack.top, block, layout);
            acre_reset(stack.top);
            cr_assert_null(acre_check(stack.top));
            if (form != STACK_BARE) {
                cr_assert_eq(acre_books_total(&stack.ledger.books).live.blocks, 0);
                cr_assert_eq(acre_books_total(&stack.ledger.books).live.bytes, 0);
                cr_assert_eq(stack.plan.live_bytes, 0);
            }
            stack_close(&stack);
        }
}

/* Its classes go from 32 to 40 KiB, and to 48. What is between them depends on what pages are free.
 */
MTest(capabilities, jemalloc_resizes_within_a_class)
{
    struct acre_layout layout = layout_of(33 << 10, 16);
    void *block;

    stack_open(&stack, STACK_JEMALLOC, STACK_BARE);
    block = acre_allocate(stack.top, layout);
    cr_assert_not_null(block);
    cr_assert_not(acre_resize(stack.top, block, layout, (40 << 10) + 1));
    cr_assert_not(acre_resize(stack.top, block, layout, 32 << 10));
    cr_assert(acre_resize(stack.top, block, layout, 40 << 10));
    layout.size = 40 << 10;
    acre_free(stack.top, block, layout);
    stack_close(&stack);
}

/* Of libraries; not of heaps whose blocks their realloc would move to another, nor of our own. */
MTest(capabilities, a_realloc_of_its_own)
{
    for (enum stack_kind kind = 0; kind < STACK_KINDS; kind++) {
        bool is_library = kind <= STACK_SHARED_OBJECT && kind != STACK_MIMALLOC_HEAP;

        stack_open(&stack, kind, STACK_BARE);
        if (kind != STACK_PLAIN_OBJECT && kind != STACK_ALIGNED_OBJECT)
            cr_assert_eq(acre_can(stack.top, ACRE_CAN_REALLOCATE), is_library, "%s", stack.name);
        stack_close(&stack);
    }
}

/* What the capabilities promise, and that decorators have those of what they decorate. */
MTest(capabilities, kept_promises)
{
    for (enum stack_kind kind = 0; kind < STACK_KINDS; kind++) {
        struct stack plain;
        char *block;
        size_t before = 0;
        size_t held = 0;
        bool tells;

        stack_open(&plain, kind, STACK_BARE);
        stack_open(&stack, kind, STACK_DECORATED);
        cr_assert_eq(stack.top->ops->capabilities,
                     plain.top->ops->capabilities & ~(unsigned)ACRE_CAN_REALLOCATE);
        cr_assert_str_eq(stack.top->ops->name, plain.top->ops->name);

        tells = acre_held_bytes(stack.top, &before);
        cr_assert_eq(tells, acre_can(stack.top, ACRE_CAN_HELD), "%s", stack.name);
        block = acre_allocate(stack.top, layout_of(8 << 20, 64));
        memset(block, 1, 8 << 20);
        cr_assert_eq(acre_held_bytes(stack.top, &held), tells);
#ifdef MTEST_ASAN
        if (kind == STACK_MALLOC)
            held = before + (8 << 20); /* mallinfo2 knows nothing of ASan's own malloc */
#endif
#ifdef ACRE_HAVE_VALGRIND
        if (kind == STACK_MALLOC && RUNNING_ON_VALGRIND)
            held = before + (8 << 20);
#endif
        cr_assert(!tells || held >= before + (8 << 20), "%s: %zu, then %zu", stack.name, before,
                  held);
        acre_free(stack.top, block, layout_of(8 << 20, 64));

        /* an epoch begins with every reset; what cannot reset stays as it is */
        cr_assert_eq(stack.top->epoch, 0);
        cr_assert_eq(acre_reset(stack.top), acre_can(stack.top, ACRE_CAN_RESET));
        cr_assert_eq(stack.top->epoch, acre_can(stack.top, ACRE_CAN_RESET) ? 1 : 0);
        cr_assert_eq(stack.bottom->epoch, stack.top->epoch);

        if (stack_is_arena(kind)) {
            cr_assert_not(acre_can(stack.top, ACRE_CAN_FREE));
            cr_assert_geq(acre_trim(stack.top), (size_t)8 << 20);
            cr_assert(acre_held_bytes(stack.top, &held));
            cr_assert_leq(held, before);
            cr_assert_eq(acre_trim(stack.top), 0);
        } else {
            cr_assert(acre_can(stack.top, ACRE_CAN_FREE));
        }
        if (kind == STACK_PAGES || kind == STACK_HUGE_PAGES) {
            cr_assert(acre_held_bytes(stack.top, &held));
            cr_assert_eq(held, 0, "what is freed is given back at once");
        }
        stack_close(&stack);
        stack_close(&plain);
    }
    cr_assert_str_eq(acre_purpose_name(ACRE_PURPOSE_VARIABLE), "Variable");
    cr_assert_str_eq(acre_purpose_name(ACRE_PURPOSE_COUNT), "?");
    acre_destroy(NULL);
}
