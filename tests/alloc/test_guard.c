/* What the guard tells, with a hook instead of abort(): each defect with its whole sentence, and
 * that nothing has changed afterwards. How a program ends of it: tests/misuse. */
#include "support/mtest.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>

#include "alloc/backends.h"
#include "alloc/guard.h"
#include "alloc/track.h"

enum { MOST_REPORTS = 8 };

/* Two guards that know each other, over malloc and over a region. */
static struct {
    struct acre_alloc *pages, *retiring, *malloc, *region;
    struct acre_alloc *plain, *top; /* the guards */
    struct acre_guards family;
    uint64_t scope;
    struct acre_guard_report reports[MOST_REPORTS];
    char sentences[MOST_REPORTS][512];
    size_t count;
} w;

static const struct acre_layout some = {48, 16, ACRE_PURPOSE_FUNCTION};

static void keep(void *context, const struct acre_guard_report *report)
{
    cr_assert_eq(context, &w);
    cr_assert_lt(w.count, MOST_REPORTS);
    snprintf(w.sentences[w.count], sizeof w.sentences[0], "%s", report->sentence);
    w.reports[w.count++] = *report;
}

enum region { ARENA, POOL };

static void open_world(enum region region)
{
    struct acre_guard_options options = {
        .family = &w.family, .scope = &w.scope, .on_defect = keep, .context = &w, .resets = 2};

    memset(&w, 0, sizeof w);
    w.pages = acre_pages_new();
    w.retiring = acre_retire_new(w.pages, 2);
    w.malloc = acre_malloc_new();
    w.region = region == ARENA ? acre_arena_new(w.retiring, NULL) : acre_pool_new(w.pages, NULL);
    w.plain = acre_guard_new(w.malloc, &options);
    options.owner = "region:iter";
    options.retiring = region == ARENA ? w.retiring : NULL;
    w.top = acre_guard_new(w.region, &options);
    cr_assert(w.plain != NULL && w.top != NULL);
}

static void close_world(void)
{
    size_t count = w.count;

    acre_destroy(w.top);
    acre_destroy(w.plain);
    cr_assert_eq(w.count, count, "%s", w.sentences[count]);
    cr_assert_null(w.family.first);
    acre_destroy(w.region);
    acre_destroy(w.malloc);
    acre_destroy(w.retiring);
    acre_destroy(w.pages);
}

/* The last thing that was told; `format` has one %s, for the address of the block. */
static void expect_told(enum acre_defect defect, const void *block, const char *format)
{
    char sentence[512];
    char address[24];

    snprintf(address, sizeof address, "0x%" PRIxPTR, (uintptr_t)block);
    snprintf(sentence, sizeof sentence, format, address);
    cr_assert_eq(w.count, 1, "%zu reports: %s", w.count, w.count > 0 ? w.sentences[0] : format);
    cr_assert_str_eq(w.sentences[0], sentence);
    cr_assert_eq(w.reports[0].defect, defect);
    cr_assert_eq(w.reports[0].address, block);
    w.count = 0;
}

/* Wrong calls --------------------------------------------------------------------------------- */

MTest(guard, tells_wrong_frees_and_does_nothing)
{
    char local[64] = "";

    for (enum region region = ARENA; region <= POOL; region++) {
        char *block;

        open_world(region);
        acre_free(w.top, acre_allocate(w.top, some), some);
        w.scope = 5;
        block = acre_allocate(w.top, some);
        strcpy(block, "content");

        acre_free(w.plain, block, some);
        expect_told(ACRE_DEFECT_WRONG_ALLOCATOR, block,
                    "acre guard: wrong allocator: block %s (48 bytes, align 16, Function) of "
                    "'region:iter': given back to 'malloc'; allocated as #2 in scope 5; likely "
                    "cause: the block came from its maker, not from who frees it");
        acre_free(w.top, block, (struct acre_layout){40, 16, ACRE_PURPOSE_FUNCTION});
        expect_told(ACRE_DEFECT_SIZE_MISMATCH, block,
                    "acre guard: size mismatch: block %s (48 bytes, align 16, Function) of "
                    "'region:iter': given back as (40 bytes, align 16, Function); allocated as #2 "
                    "in scope 5; likely cause: the size was computed again, or a resize was "
                    "forgotten");
        acre_free(w.top, block, (struct acre_layout){48, 8, ACRE_PURPOSE_FUNCTION});
        expect_told(ACRE_DEFECT_ALIGNMENT_MISMATCH, block,
                    "acre guard: alignment mismatch: block %s (48 bytes, align 16, Function) of "
                    "'region:iter': given back as (48 bytes, align 8, Function); allocated as #2 "
                    "in scope 5; likely cause: the layout was written down twice and not the same "
                    "way");
        acre_free(w.top, block, (struct acre_layout){48, 16, ACRE_PURPOSE_DATA});
        expect_told(ACRE_DEFECT_PURPOSE_MISMATCH, block,
                    "acre guard: purpose mismatch: block %s (48 bytes, align 16, Function) of "
                    "'region:iter': given back as (48 bytes, align 16, data); allocated as #2 in "
                    "scope 5; likely cause: the layout was written down twice and not the same "
                    "way");
        acre_free(w.top, block + 8, some);
        expect_told(ACRE_DEFECT_INTERIOR_POINTER, block,
                    "acre guard: interior pointer: block %s (48 bytes, align 16, Function) of "
                    "'region:iter': given back by the address of byte 8; allocated as #2 in scope "
                    "5; likely cause: a pointer that was moved on, or a member's address");
        acre_free(w.top, local, some);
        expect_told(ACRE_DEFECT_FOREIGN_POINTER, local,
                    "acre guard: foreign pointer: %s given to 'region:iter': no block of it, nor "
                    "of any guard beside it; likely cause: memory of the stack, a static, another "
                    "library, or a block that was freed long ago");

        /* nothing has changed: it is there, whole, and can be freed, once */
        cr_assert_str_eq(block, "content");
        cr_assert_eq(acre_guard_live_blocks(w.top), 1);
        cr_assert_null(acre_check(w.top));
        w.scope = 6;
        acre_free(w.top, block, some);
        cr_assert_eq(w.count, 0);
        acre_free(w.top, block, some);
        expect_told(ACRE_DEFECT_DOUBLE_FREE, block,
                    "acre guard: double free: block %s (48 bytes, align 16, Function) of "
                    "'region:iter': given back again; allocated as #2 in scope 5; freed after #2 "
                    "in scope 6; likely cause: two owners, or a free on the way out of a failure "
                    "and another");
        cr_assert_eq(acre_guard_live_blocks(w.top), 0);
        close_world();
    }
}

/* Resizing is a call with a layout as well. */
MTest(guard, tells_wrong_resizes)
{
    char *block;

    open_world(POOL);
    block = acre_allocate(w.top, some);
    cr_assert_not(acre_resize(w.top, block, (struct acre_layout){40, 16, 3}, 44));
    expect_told(ACRE_DEFECT_SIZE_MISMATCH, block,
                "acre guard: size mismatch: block %s (48 bytes, align 16, Function) of "
                "'region:iter': given back as (40 bytes, align 16, Function); allocated as #1 in "
                "scope 0; likely cause: the size was computed again, or a resize was forgotten");
    /* where it may stay the red bytes move with its end: no byte of it is seen as damage */
    cr_assert(acre_resize(w.top, block, some, 41));
    cr_assert_eq(acre_usable_bytes(w.top, block, (struct acre_layout){41, 16, 3}), 41);
    memset(block, 1, 41);
    cr_assert_null(acre_check(w.top));
    block[41] = 1; /* its own byte before */
    cr_assert(acre_check(w.top) != NULL && strstr(acre_check(w.top), "byte 41 overwritten"));
    block[41] = (char)0xFD;
    cr_assert(acre_resize(w.top, block, (struct acre_layout){41, 16, 3}, 47));
    memset(block, 2, 47);
    cr_assert_null(acre_check(w.top));
    acre_free(w.top, block, (struct acre_layout){47, 16, 3});
    cr_assert_eq(w.count, 0);
    close_world();
}

/* Damage -------------------------------------------------------------------------------------- */

/* Writes `bytes` at `at`, looks, frees: told by acre_check without a report, and by the free once.
 */
static void expect_damage(struct acre_layout layout, ptrdiff_t at, size_t bytes,
                          enum acre_defect defect, const char *words)
{
    char *block = acre_allocate(w.top, layout);

    memset(block + at, 1, bytes);
    cr_assert(acre_check(w.top) != NULL && strstr(acre_check(w.top), words), "%s", words);
    cr_assert_eq(w.count, 0);
    acre_free(w.top, block, layout);
    cr_assert_eq(w.count, 1);
    cr_assert_eq(w.reports[0].defect, defect);
    cr_assert(strstr(w.sentences[0], words) != NULL, "%s", w.sentences[0]);
    cr_assert_null(acre_check(w.top), "mended");
    w.count = 0;
}

MTest(guard, finds_damage_on_both_sides)
{
    static const size_t sizes[] = {0, 1, 7, 48, 4096, 100000};
    static const uint32_t aligns[] = {1, 8, 16, 64, 4096, 2u << 20};

    for (enum region region = ARENA; region <= POOL; region++) {
        open_world(region);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            for (size_t j = 0; j < sizeof aligns / sizeof *aligns; j++) {
                const struct acre_layout layout = {sizes[i], aligns[j], ACRE_PURPOSE_DATA};
                ptrdiff_t end = sizes[i] > 0 ? (ptrdiff_t)sizes[i] : 1;
                char one[64];
                char eight[64];

                snprintf(one, sizeof one, "': byte %td overwritten", end);
                snprintf(eight, sizeof eight, "': bytes %td to %td overwritten", end, end + 7);
                expect_damage(layout, end, 1, ACRE_DEFECT_OVERRUN, one);
                expect_damage(layout, end, 8, ACRE_DEFECT_OVERRUN, eight);
                expect_damage(layout, -1, 1, ACRE_DEFECT_UNDERRUN, "': byte -1 overwritten");
                expect_damage(layout, -8, 8, ACRE_DEFECT_UNDERRUN, "': bytes -8 to -1 overwritten");
            }
        close_world();
    }
}

MTest(guard, finds_writes_after_a_free)
{
    char *block;

    open_world(POOL);
    block = acre_allocate(w.top, some);
    acre_free(w.top, block, some);
    for (size_t i = 0; i < some.size; i++)
        cr_assert_eq((unsigned char)block[i], 0xDD, "what is read there is no value");
    block[3] = block[5] = 1;
    cr_assert(acre_check(w.top) != NULL && strstr(acre_check(w.top), "write after free"));
    acre_destroy(w.top); /* the quarantine ends */
    expect_told(ACRE_DEFECT_WRITE_AFTER_FREE, block,
                "acre guard: write after free: block %s (48 bytes, align 16, Function) of "
                "'region:iter': bytes 3 to 5 overwritten; allocated as #1 in scope 0; freed after "
                "#1 in scope 0; likely cause: a pointer kept after the free");
    w.top = NULL;
    close_world();
}

/* A block is not given out again while others have not filled the quarantine. */
MTest(guard, keeps_freed_blocks_back)
{
    struct acre_guard_options options = {.quarantine_bytes = 1000};
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *pool = acre_pool_new(pages, NULL);
    struct acre_alloc *guard = acre_guard_new(pool, &options);
    char *first = acre_allocate(guard, some);
    unsigned others = 0;

    acre_free(guard, first, some);
    for (char *block = NULL; block != first; others++) {
        block = acre_allocate(guard, some);
        acre_free(guard, block, some);
    }
    /* each has 112 bytes with its zones: eight fit, and the next one gets the first one's memory */
    cr_assert_eq(others, 9);
    acre_destroy(guard);
    acre_destroy(pool);
    acre_destroy(pages);
}

/* Resets -------------------------------------------------------------------------------------- */

MTest(guard, finds_writes_after_a_reset)
{
    char *block;

    open_world(POOL);
    w.scope = 1;
    block = acre_allocate(w.top, some);
    cr_assert(acre_reset(w.top));
    cr_assert_eq(w.top->epoch, 1);
    acre_free(w.top, block, some);
    expect_told(ACRE_DEFECT_FREE_AFTER_RESET, block,
                "acre guard: free after reset: block %s (48 bytes, align 16, Function) of "
                "'region:iter': given back again; allocated as #1 in scope 1; dropped by reset 1 "
                "after #1 in scope 1; likely cause: an owner that does not know of the region's "
                "reset");
    w.scope = 2;
    cr_assert(acre_reset(w.top));
    block[47] = 1;
    cr_assert(acre_reset(w.top)); /* the second since: looked at, and released with the next */
    expect_told(ACRE_DEFECT_WRITE_AFTER_RESET, block,
                "acre guard: write after reset: block %s (48 bytes, align 16, Function) of "
                "'region:iter': byte 47 overwritten; allocated as #1 in scope 1; dropped by reset "
                "1 after #1 in scope 1; likely cause: a pointer into the region kept after its "
                "reset");
    close_world();
}

/* Kept for two resets: its memory is nobody's, and then somebody's again. */
MTest(guard, gives_a_region_back_in_the_end)
{
    for (enum region region = ARENA; region <= POOL; region++) {
        size_t held[8] = {0};

        open_world(region);
        for (unsigned i = 0; i < 8; i++) {
            for (unsigned j = 0; j < 1000; j++)
                cr_assert_not_null(acre_allocate(w.top, some));
            acre_reset(w.top);
            cr_assert_eq(acre_guard_live_blocks(w.top), 0);
            acre_held_bytes(w.pages, &held[i]);
        }
        cr_assert_eq(held[7], held[4], "%zu, then %zu", held[4], held[7]);
        close_world();
    }
}

static sigjmp_buf back;
static volatile const void *faulted;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    faulted = info->si_addr;
    siglongjmp(back, 1);
}

static bool reading_faults(const volatile char *address)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    struct sigaction before;
    volatile bool faults = true;

    sigaction(SIGSEGV, &action, &before);
    if (sigsetjmp(back, 1) == 0) {
        (void)address[0];
        faults = false;
    }
    sigaction(SIGSEGV, &before, NULL);
    return faults;
}

MTest(guard, arenas_are_out_of_reach_after_a_reset)
{
    char sentence[512];
    char expected[512];
    char *block;

    if (acre_track_is_listening())
        return; /* a checker would take the fault for one of ours */
    open_world(ARENA);
    block = acre_allocate(w.top, some);
    cr_assert_not(acre_guards_explain(&w.family, block, sentence, sizeof sentence));
    for (int resets = 0; resets < 2; resets++) {
        acre_reset(w.top);
        cr_assert(reading_faults(block + 8));
        cr_assert_eq(faulted, block + 8);
        cr_assert(acre_guards_explain(&w.family, block + 8, sentence, sizeof sentence));
        snprintf(expected, sizeof expected,
                 "acre guard: use after reset: block 0x%" PRIxPTR
                 " (48 bytes, align 16, Function) of 'region:iter': read or written at byte 8; "
                 "allocated as #1 in scope 0; dropped by reset 1 after #1 in scope 0; likely "
                 "cause: a pointer into the region kept after its reset",
                 (uintptr_t)block);
        cr_assert_str_eq(sentence, expected);
        cr_assert_neq(acre_allocate(w.top, some), block, "its address is nobody else's");
    }
    cr_assert_not(acre_guards_explain(&w.family, sentence, sentence, sizeof sentence));
    acre_reset(w.top);
    cr_assert_not(acre_guards_explain(&w.family, block, sentence, sizeof sentence), "forgotten");
    close_world();
}

/* Memory -------------------------------------------------------------------------------------- */

/* The quarantine is no reason to be out of memory, and a refusal changes nothing. */
MTest(guard, gives_the_quarantine_up_for_an_allocation)
{
    const struct acre_arena_options options = {.chunk_bytes = 1 << 16, .limit_bytes = 1 << 18};
    const struct acre_layout large = {200000, 16, ACRE_PURPOSE_DATA};
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *pool = acre_pool_new(pages, &options);
    struct acre_alloc *guard = acre_guard_new(pool, NULL);

    for (int i = 0; i < 3; i++) {
        char *block = acre_allocate(guard, large);

        cr_assert_not_null(block);
        cr_assert_null(acre_allocate(guard, large));
        cr_assert_eq(acre_guard_live_blocks(guard), 1);
        cr_assert_null(acre_check(guard));
        acre_free(guard, block, large);
    }
    acre_destroy(guard);
    acre_destroy(pool);
    acre_destroy(pages);
    cr_assert_str_eq(acre_defect_name(ACRE_DEFECT_DOUBLE_FREE), "double free");
    cr_assert_str_eq(acre_defect_name(ACRE_DEFECT_COUNT), "?");
}
