/* The allocator contract, held against every backend, layer and decorator in the same way. */
#include "support/mtest.h"
#include "support/stride.h"

#include "alloc/registry.h"
#include "alloc/stacks.h"
#include "bench/conformance/conformance.h"

enum { SUBJECTS = STACK_FORMS * STACK_KINDS };

/* Every allocator, bare and behind decorators. */
static void open_subject(struct stack *s, int subject)
{
    stack_open(s, (enum stack_kind)(subject / STACK_FORMS),
               (enum stack_form)(subject % STACK_FORMS));
}

static void close_subject(struct stack *s)
{
    cr_assert_null(acre_check(s->top), "%s", acre_check(s->top));
    stack_close(s);
}

/* Under memcheck every other one: of three forms each kind has one or two. */
MTest(contract, is_kept)
{
    for (int subject = 0; subject < SUBJECTS; subject += (int)test_stride(2)) {
        struct acre_conformance conformance = {
            .seed = 7,
            .steps = acre_track_is_listening() ? 1000 : 10000,
        };
        struct stack s;

        open_subject(&s, subject);
        cr_assert(acre_conformance_check(s.top, &conformance), "%s, call %llu: %s", s.name,
                  (unsigned long long)conformance.calls, conformance.breach);
        if (subject % STACK_FORMS != STACK_BARE)
            cr_assert_eq(acre_books_total(&s.ledger.books).live.blocks, 0);
        close_subject(&s);
    }
}

/* What threads may do is stated by each table, by each kind for its strategies, and never more of a
 * decorator than of what it decorates. */
MTest(contract, threads)
{
    const struct acre_backend_kind *kind;

    for (int subject = 0; subject < SUBJECTS; subject++) {
        struct stack s;

        open_subject(&s, subject);
        cr_assert_eq(s.bottom->ops->threads,
                     stack_threads((enum stack_kind)(subject / STACK_FORMS)), "%s", s.name);
        cr_assert_neq(s.top->ops->threads == ACRE_THREADS_ANY,
                      subject % STACK_FORMS != STACK_BARE ||
                          s.bottom->ops->threads != ACRE_THREADS_ANY,
                      "%s", s.name);
        cr_assert_eq(s.top->ops->threads == ACRE_THREADS_MAKER,
                     s.bottom->ops->threads == ACRE_THREADS_MAKER, "%s", s.name);
        close_subject(&s);
    }
    for (size_t i = 0; (kind = acre_backend_kind_at(i)) != NULL; i++) {
        struct acre_backend backend;
        const struct acre_alloc *alloc;
        char why[256];

        if (kind->takes_path)
            continue;
#ifdef __SANITIZE_ADDRESS__
        if (kind == &acre_kind_malloc_tuned)
            continue; /* the sanitizer's malloc takes no settings */
#endif
        cr_assert(acre_backend_open(&backend, kind->name, why, sizeof why), "%s", why);
        alloc = kind->has_reset ? backend.regions[0] : backend.pinned;
        cr_assert_eq(alloc->ops->threads, kind->threads, "%s", kind->name);
        acre_backend_close(&backend);
    }
    cr_assert_str_eq(acre_threads_name(ACRE_THREADS_IN_TURN), "one thread at a time");
    cr_assert_str_eq(acre_threads_name((enum acre_threads)99), "?");
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

    stack_open(&s, STACK_POOL, STACK_DECORATED);
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
