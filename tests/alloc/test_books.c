/* The decorators and the ledger: exact books, and failures exactly where they were ordered. */
#include "support/mtest.h"

#include "alloc/backends.h"
#include "alloc/ledger.h"
#include "bench/random.h"

static struct acre_layout layout_of(size_t size, enum acre_purpose purpose)
{
    return (struct acre_layout){size, 16, (uint32_t)purpose};
}

static struct acre_counts data_in(const struct acre_ledger *ledger)
{
    return acre_books_of(&ledger->books, ACRE_PURPOSE_DATA);
}

/* Counts: by purpose and by source, with resets. */
MTest(books, counts)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *bottoms[2] = {acre_pool_new(pages, NULL), acre_arena_new(pages, NULL)};
    struct acre_alloc *tops[2];
    struct acre_ledger ledger;
    void *a;
    void *b;

    acre_ledger_init(&ledger);
    for (uint32_t i = 0; i < 2; i++)
        tops[i] = acre_record_new(bottoms[i], &ledger.sink, i);

    a = acre_allocate(tops[0], layout_of(100, ACRE_PURPOSE_DATA));
    b = acre_allocate(tops[0], layout_of(0, ACRE_PURPOSE_NODE)); /* 0 is 1 */
    acre_allocate(tops[1], layout_of(1000, ACRE_PURPOSE_DATA));
    acre_allocate(tops[1], layout_of(24, ACRE_PURPOSE_NODE));
    cr_assert_null(acre_allocate(tops[0], layout_of(SIZE_MAX, ACRE_PURPOSE_DATA)));
    cr_assert_eq(ledger.books.refused, 0, "an invalid layout never reaches an allocator");
    cr_assert_null(acre_allocate(tops[0], layout_of(PTRDIFF_MAX / 2, ACRE_PURPOSE_DATA)));
    cr_assert_eq(ledger.books.refused, 1);

    cr_assert_eq(acre_books_total(&ledger.books).allocations, 4);
    cr_assert_eq(acre_books_total(&ledger.books).requested_bytes, 1125);
    cr_assert_eq(acre_books_total(&ledger.books).live.blocks, 4);
    cr_assert_eq(data_in(&ledger).live.bytes, 1100);
    cr_assert_eq(acre_books_of(&ledger.books, ACRE_PURPOSE_NODE).live.bytes, 25);
    cr_assert_eq(ledger.books.by_source[1][ACRE_PURPOSE_DATA].bytes, 1000);
    cr_assert_eq(ledger.books.by_source[0][ACRE_PURPOSE_DATA].blocks, 1);

    acre_free(tops[0], a, layout_of(100, ACRE_PURPOSE_DATA));
    cr_assert_eq(data_in(&ledger).frees, 1);
    cr_assert_eq(data_in(&ledger).live.bytes, 1000);
    cr_assert_eq(data_in(&ledger).peak.bytes, 1100);
    cr_assert_eq(data_in(&ledger).peak.blocks, 2);

    /* a reset takes the blocks of its own source off the books, and no other */
    acre_reset(tops[1]);
    cr_assert_eq(ledger.books.resets, 1);
    cr_assert_eq(data_in(&ledger).frees, 2);
    cr_assert_eq(data_in(&ledger).live.blocks, 0);
    cr_assert_eq(acre_books_of(&ledger.books, ACRE_PURPOSE_NODE).live.blocks, 1);
    cr_assert_eq(acre_books_total(&ledger.books).live.bytes, 1);
    acre_reset(tops[1]);
    cr_assert_eq(acre_books_total(&ledger.books).live.bytes, 1);
    acre_free(tops[0], b, layout_of(0, ACRE_PURPOSE_NODE));

    /* a resize is no allocation; what it adds was requested */
    a = acre_allocate(tops[0], layout_of(17, ACRE_PURPOSE_DATA));
    cr_assert(acre_resize(tops[0], a, layout_of(17, ACRE_PURPOSE_DATA), 20));
    cr_assert_eq(ledger.books.resizes, 1);
    cr_assert_eq(data_in(&ledger).live.bytes, 20);
    cr_assert_eq(data_in(&ledger).requested_bytes, 1120);
    cr_assert(acre_resize(tops[0], a, layout_of(20, ACRE_PURPOSE_DATA), 18));
    cr_assert_eq(data_in(&ledger).live.bytes, 18);
    cr_assert_eq(data_in(&ledger).requested_bytes, 1120);
    cr_assert_not(acre_resize(tops[0], a, layout_of(18, ACRE_PURPOSE_DATA), 1000));
    cr_assert_eq(ledger.books.resizes, 2);
    acre_free(tops[0], a, layout_of(18, ACRE_PURPOSE_DATA));
    cr_assert_eq(acre_books_total(&ledger.books).live.bytes, 0);
    cr_assert_eq(acre_books_total(&ledger.books).allocations,
                 acre_books_total(&ledger.books).frees);

    /* numbers out of range are kept under the first of their kind */
    a = acre_allocate(tops[0], layout_of(8, (enum acre_purpose)77));
    cr_assert_eq(acre_books_of(&ledger.books, ACRE_PURPOSE_OTHER).live.blocks, 1);
    acre_free(tops[0], a, layout_of(8, (enum acre_purpose)77));
    for (int i = 0; i < 2; i++) {
        acre_destroy(tops[i]);
        acre_destroy(bottoms[i]);
    }
    acre_destroy(pages);
}

/* The naive books: every row is compared after every call. */
struct naive {
    struct acre_live live, peak;
};

static void naive_change(struct naive *row, struct acre_live from, struct acre_live to)
{
    acre_live_take(&row->live, from);
    acre_live_add(&row->live, to);
    if (row->live.blocks > row->peak.blocks)
        row->peak.blocks = row->live.blocks;
    if (row->live.bytes > row->peak.bytes)
        row->peak.bytes = row->live.bytes;
}

static void agree(struct acre_counts counts, const struct naive *row)
{
    cr_assert_eq(counts.live.blocks, row->live.blocks);
    cr_assert_eq(counts.live.bytes, row->live.bytes);
    cr_assert_eq(counts.peak.blocks, row->peak.blocks);
    cr_assert_eq(counts.peak.bytes, row->peak.bytes);
}

/* Peaks are settled late: they are those of books that look after every call, however births,
 * deaths, resizes and resets follow each other. */
MTest(books, peaks)
{
    enum { BLOCKS = 64, PURPOSES = 3, STEPS = 20000 };
    struct {
        bool is_live;
        uint32_t source;
        struct acre_layout layout;
    } blocks[BLOCKS] = {0};
    struct naive total = {0};
    struct naive rows[PURPOSES] = {0};
    struct acre_books books = {0};
    const struct acre_live nothing = {0, 0};
    struct acre_random random;

    acre_random_init(&random, 5, 0);
    for (int step = 0; step < STEPS; step++) {
        size_t i = acre_random_below(&random, BLOCKS);
        struct acre_live before = {1, blocks[i].layout.size};
        uint32_t purpose = (uint32_t)i % PURPOSES;
        struct acre_live after = {1, acre_random_below(&random, 1000)};
        uint64_t dice = acre_random_below(&random, 100);

        if (!blocks[i].is_live) {
            blocks[i].source = (uint32_t)i % 2;
            blocks[i].layout = layout_of(after.bytes, (enum acre_purpose)purpose);
            acre_books_birth(&books, blocks[i].source, blocks[i].layout);
            naive_change(&rows[purpose], nothing, after);
            naive_change(&total, nothing, after);
            blocks[i].is_live = true;
        } else if (dice < 50) {
            acre_books_death(&books, blocks[i].source, blocks[i].layout);
            naive_change(&rows[purpose], before, nothing);
            naive_change(&total, before, nothing);
            blocks[i].is_live = false;
        } else if (dice < 98) {
            blocks[i].layout.size = after.bytes;
            acre_books_resize(&books, blocks[i].source, blocks[i].layout, before.bytes);
            naive_change(&rows[purpose], before, after);
            naive_change(&total, before, after);
        } else {
            acre_books_reset(&books, 1);
            for (size_t j = 0; j < BLOCKS; j++) {
                struct acre_live dropped = {1, blocks[j].layout.size};

                if (!blocks[j].is_live || blocks[j].source != 1)
                    continue;
                naive_change(&rows[j % PURPOSES], dropped, nothing);
                naive_change(&total, dropped, nothing);
                blocks[j].is_live = false;
            }
        }
        agree(acre_books_total(&books), &total);
        for (uint32_t p = 0; p < PURPOSES; p++)
            agree(acre_books_of(&books, p), &rows[p]);
    }
}

MTest(books, full)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *memory = acre_pages_new();
    struct acre_alloc *pool = acre_pool_new(pages, NULL);
    struct acre_alloc *arena = acre_arena_new(pages, NULL);
    struct acre_ledger ledger;
    struct acre_alloc *tops[2];
    uint64_t lifetimes[ACRE_LEDGER_BUCKETS];
    void *kept;
    void *brief;

    cr_assert_eq(acre_ledger_bucket(0), 0);
    cr_assert_eq(acre_ledger_bucket(1), 0);
    cr_assert_eq(acre_ledger_bucket(2), 1);
    cr_assert_eq(acre_ledger_bucket(3), 2);
    cr_assert_eq(acre_ledger_bucket(4), 2);
    cr_assert_eq(acre_ledger_bucket(5), 3);
    cr_assert_eq(acre_ledger_bucket(UINT64_MAX), 64);

    cr_assert(acre_ledger_init_full(&ledger, memory, 3));
    cr_assert_not(acre_ledger_knows(&ledger, ACRE_CAN_HELD));
    tops[0] = acre_record_new(pool, &ledger.sink, 0);
    tops[1] = acre_record_new(arena, &ledger.sink, 1);
    ledger.observed[0] = pool;
    cr_assert(acre_ledger_knows(&ledger, ACRE_CAN_USABLE));
    ledger.observed[1] = arena;
    cr_assert(acre_ledger_knows(&ledger, ACRE_CAN_HELD));
    cr_assert_not(acre_ledger_knows(&ledger, ACRE_CAN_FREE), "the arena cannot");

    acre_ledger_scope_begin(&ledger, 0);
    kept = acre_allocate(tops[0], layout_of(33, ACRE_PURPOSE_NODE));
    cr_assert_eq(ledger.usable_bytes, 48, "classes of a pool: 32, 48, 64, ...");
    brief = acre_allocate(tops[0], layout_of(1024, ACRE_PURPOSE_DATA));
    acre_free(tops[0], brief, layout_of(1024, ACRE_PURPOSE_DATA));
    acre_allocate(tops[1], layout_of(500, ACRE_PURPOSE_DATA));
    acre_ledger_scope_end(&ledger);

    acre_ledger_scope_begin(&ledger, 1);
    acre_allocate(tops[1], layout_of(500, ACRE_PURPOSE_DATA));
    acre_reset(tops[1]);
    acre_free(tops[0], kept, layout_of(33, ACRE_PURPOSE_NODE));
    acre_ledger_scope_end(&ledger);

    cr_assert_eq(ledger.scope_count, 2);
    cr_assert_eq(ledger.scopes[0].allocations, 3);
    cr_assert_eq(ledger.scopes[0].requested_bytes, 1557);
    cr_assert_eq(ledger.scopes[0].peak_bytes, 1057);
    cr_assert_eq(ledger.scopes[0].live[ACRE_PURPOSE_NODE].bytes, 33);
    cr_assert_eq(ledger.scopes[0].live[ACRE_PURPOSE_DATA].bytes, 500);
    cr_assert_eq(ledger.scopes[1].allocations, 1);
    cr_assert_eq(ledger.scopes[1].peak_bytes, 1033);
    cr_assert_eq(ledger.scopes[1].live[ACRE_PURPOSE_DATA].blocks, 0);

    /* outlived: the node, and the first of the two blocks that the reset dropped */
    cr_assert_eq(ledger.outlived[ACRE_PURPOSE_NODE].blocks, 1);
    cr_assert_eq(ledger.outlived[ACRE_PURPOSE_NODE].bytes, 33);
    cr_assert_eq(ledger.outlived[ACRE_PURPOSE_DATA].blocks, 1);
    cr_assert_eq(ledger.outlived[ACRE_PURPOSE_DATA].bytes, 500);

    /* sizes: 33 in (32, 64], 500 in (256, 512] twice, 1024 in (512, 1024] */
    cr_assert_eq(ledger.size_histogram[6], 1);
    cr_assert_eq(ledger.size_histogram[9], 2);
    cr_assert_eq(ledger.size_histogram[10], 1);
    /* lifetimes, in bytes allocated meanwhile: 0 (brief), 500 and 0 (the arena's), 2024 (kept) */
    acre_ledger_lifetimes(&ledger, lifetimes);
    cr_assert_eq(lifetimes[0], 2);
    cr_assert_eq(lifetimes[9], 1);
    cr_assert_eq(lifetimes[11], 1);

    cr_assert_eq(ledger.usable_bytes, 0);
    cr_assert_eq(ledger.peak_usable_bytes, 1072);
    cr_assert_eq(ledger.entry_count, 0);
    cr_assert_eq(ledger.lost, 0);
    {
        size_t held[2];

        cr_assert(acre_held_bytes(pool, &held[0]));
        cr_assert(acre_held_bytes(arena, &held[1]));
        cr_assert_eq(ledger.peak_held_bytes, held[0] + held[1]);
    }

    /* bytes that a block itself gave up or took are no part of its lifetime */
    kept = acre_allocate(tops[0], layout_of(1000, ACRE_PURPOSE_NODE));
    cr_assert(acre_resize(tops[0], kept, layout_of(1000, ACRE_PURPOSE_NODE), 993));
    cr_assert(acre_resize(tops[0], kept, layout_of(993, ACRE_PURPOSE_NODE), 1008));
    cr_assert(acre_resize(tops[0], kept, layout_of(1008, ACRE_PURPOSE_NODE), 994));
    acre_free(tops[0], kept, layout_of(994, ACRE_PURPOSE_NODE));
    acre_ledger_lifetimes(&ledger, lifetimes);
    cr_assert_eq(lifetimes[0], 3);
    cr_assert_eq(ledger.usable_bytes, 0);

    /* more scopes than rows: the totals go on */
    for (uint64_t i = 2; i < 5; i++) {
        acre_ledger_scope_begin(&ledger, i);
        acre_allocate(tops[1], layout_of(8, ACRE_PURPOSE_DATA));
        acre_reset(tops[1]);
        acre_ledger_scope_end(&ledger);
    }
    cr_assert_eq(ledger.scope_count, 3);
    cr_assert_eq(ledger.scopes[2].allocations, 1);
    cr_assert_eq(acre_books_total(&ledger.books).allocations, 8);

    acre_ledger_fini(&ledger);
    cr_assert_eq(acre_books_total(&ledger.books).allocations, 8, "the counts stay readable");
    acre_ledger_fini(&ledger);
    for (int i = 0; i < 2; i++)
        acre_destroy(tops[i]);
    acre_destroy(arena);
    acre_destroy(pool);
    acre_destroy(memory);
    acre_destroy(pages);
}

/* Tens of thousands of live blocks, of which a reset drops every second one and the rest is freed
 * in another order: the table finds each of them. */
MTest(books, many_blocks)
{
    enum { BLOCKS = 20000 };
    static void *blocks[BLOCKS];
    struct acre_alloc *memory = acre_pages_new();
    struct acre_alloc *bottoms[2] = {acre_malloc_new(), acre_arena_new(memory, NULL)};
    struct acre_alloc *tops[2];
    struct acre_ledger ledger;

    cr_assert(acre_ledger_init_full(&ledger, memory, 1));
    for (uint32_t i = 0; i < 2; i++)
        tops[i] = acre_record_new(bottoms[i], &ledger.sink, i);
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = acre_allocate(tops[0], layout_of(1 + i % 100, ACRE_PURPOSE_NODE));
        /* uneven steps: even ones would not collide in the table */
        acre_allocate(tops[1], layout_of(1 + i * i % 1000, ACRE_PURPOSE_DATA));
    }
    cr_assert_eq(ledger.entry_count, 2 * BLOCKS);
    acre_reset(tops[1]);
    cr_assert_eq(ledger.entry_count, BLOCKS);
    cr_assert_eq(ledger.outlived[ACRE_PURPOSE_DATA].blocks, 0);
    ledger.sink.scope = 9;
    for (size_t i = 0, at = 0; i < BLOCKS; i++) {
        acre_free(tops[0], blocks[at], layout_of(1 + at % 100, ACRE_PURPOSE_NODE));
        at = (at + 7919) % BLOCKS; /* a prime: every block once */
    }
    cr_assert_eq(ledger.entry_count, 0);
    cr_assert_eq(ledger.usable_bytes, 0);
    cr_assert_eq(ledger.outlived[ACRE_PURPOSE_NODE].blocks, BLOCKS);
    cr_assert_eq(acre_books_total(&ledger.books).live.bytes, 0);
    acre_ledger_fini(&ledger);
    for (int i = 0; i < 2; i++) {
        acre_destroy(tops[i]);
        acre_destroy(bottoms[i]);
    }
    acre_destroy(memory);
}

/* A ledger whose own memory fails says how much it lost, and its counts are right all the same. */
/* What is alive is told oldest first, by purpose, all or nothing. */
MTest(books, live_blocks)
{
    enum { BLOCKS = 100 };
    const unsigned nodes = 1u << ACRE_PURPOSE_NODE;
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_alloc *bottom = acre_malloc_new();
    struct acre_alloc *top;
    struct acre_live_block live[BLOCKS];
    struct acre_ledger ledger;
    void *blocks[BLOCKS];

    cr_assert(acre_ledger_init_full(&ledger, memory, 1));
    top = acre_record_new(bottom, &ledger.sink, 0);
    cr_assert_eq(acre_ledger_live(&ledger, nodes, NULL, 0), 0);
    for (size_t i = 0; i < BLOCKS; i++)
        blocks[i] = acre_allocate(
            top, layout_of(8 + i % 32, i % 2 == 0 ? ACRE_PURPOSE_NODE : ACRE_PURPOSE_DATA));
    for (size_t i = 0; i < BLOCKS; i += 4) {
        acre_free(top, blocks[i], layout_of(8 + i % 32, ACRE_PURPOSE_NODE));
        blocks[i] = NULL;
    }
    live[0].address = NULL;
    cr_assert_eq(acre_ledger_live(&ledger, nodes, live, 24), 25);
    cr_assert_null(live[0].address);
    cr_assert_eq(acre_ledger_live(&ledger, nodes, live, 25), 25);
    for (size_t i = 0; i < 25; i++) {
        cr_assert_eq(live[i].address, blocks[2 + 4 * i]);
        cr_assert_eq(live[i].size_bytes, 8 + (2 + 4 * i) % 32);
        cr_assert_eq(live[i].purpose, ACRE_PURPOSE_NODE);
        cr_assert(i == 0 || live[i].born_bytes > live[i - 1].born_bytes);
    }
    cr_assert_eq(acre_ledger_live(&ledger, nodes | 1u << ACRE_PURPOSE_DATA, live, BLOCKS), 75);
    for (size_t i = 0; i < BLOCKS; i++)
        acre_free(top, blocks[i],
                  layout_of(8 + i % 32, i % 2 == 0 ? ACRE_PURPOSE_NODE : ACRE_PURPOSE_DATA));
    acre_ledger_fini(&ledger);
    acre_destroy(top);
    acre_destroy(bottom);
    acre_destroy(memory);
}

MTest(books, lost)
{
    struct acre_fault_plan plan = {.fail_at = 1, .forever = true};
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *memory = acre_fault_new(pages, &plan);
    struct acre_alloc *bottom = acre_pool_new(pages, NULL);
    struct acre_alloc *top;
    struct acre_ledger ledger;
    void *blocks[600];

    cr_assert_not(acre_ledger_init_full(&ledger, memory, 1));
    plan.fail_at = plan.calls + 2;
    cr_assert_not(acre_ledger_init_full(&ledger, memory, 1));
    cr_assert_eq(plan.live_bytes, 0, "one table without the other is given back");
    plan.fail_at = 0;
    cr_assert(acre_ledger_init_full(&ledger, memory, 1));
    top = acre_record_new(bottom, &ledger.sink, 0);
    plan.fail_at = 1;
    blocks[0] = acre_allocate(top, layout_of(64, ACRE_PURPOSE_NODE));
    acre_free(top, blocks[0], layout_of(64, ACRE_PURPOSE_NODE));
    cr_assert_eq(ledger.lost, 1);
    plan.fail_at = plan.calls + 2; /* one table, but no larger one */
    for (size_t i = 0; i < 600; i++)
        blocks[i] = acre_allocate(top, layout_of(64, ACRE_PURPOSE_NODE));
    cr_assert_eq(ledger.entry_count, 512);
    cr_assert_eq(ledger.lost, 1 + 88);
    for (size_t i = 0; i < 600; i++)
        acre_free(top, blocks[i], layout_of(64, ACRE_PURPOSE_NODE));
    cr_assert_eq(ledger.entry_count, 0);
    cr_assert_eq(acre_books_total(&ledger.books).allocations, 601);
    cr_assert_eq(acre_books_total(&ledger.books).frees, 601);
    cr_assert_eq(acre_books_total(&ledger.books).live.bytes, 0);
    acre_ledger_fini(&ledger);
    acre_destroy(top);
    acre_destroy(bottom);
    acre_destroy(memory);
    acre_destroy(pages);
}

/* What a sink is told, and when: a free before it happens, since afterwards the address may belong
 * to somebody else. The allocator below writes down its own calls between. */
static char order[64];

static void write_order(char what)
{
    size_t length = strlen(order);

    order[length] = what;
    order[length + 1] = '\0';
}

static void hear(struct acre_sink *sink, const struct acre_event *event)
{
    (void)sink;
    write_order("afzre"[event->kind]);
    cr_assert_eq(event->source, 3);
    if (event->kind == ACRE_EVENT_REFUSE)
        cr_assert_null(event->address);
    if (event->kind == ACRE_EVENT_FREE)
        cr_assert_eq(*(const char *)event->address, 'x');
    if (event->kind == ACRE_EVENT_RESIZE)
        cr_assert_eq(event->old_bytes, 100);
    cr_assert_eq(event->usable_bytes, 0, "not wanted");
}

static char fake_memory[256];

static void *fake_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    (void)self;
    write_order('A');
    return layout.size <= sizeof fake_memory ? fake_memory : NULL;
}

static void fake_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    (void)self;
    (void)layout;
    *(char *)block = '-';
    write_order('F');
}

static bool fake_resize(struct acre_alloc *self, void *block, struct acre_layout old, size_t size)
{
    (void)self;
    (void)block;
    (void)old;
    write_order('Z');
    return size < 200;
}

static void fake_reset(struct acre_alloc *self)
{
    (void)self;
    write_order('R');
}

static size_t fake_usable(const struct acre_alloc *self, const void *block,
                          struct acre_layout layout)
{
    (void)self;
    (void)block;
    (void)layout;
    cr_assert(false, "nobody wanted to know");
    return 0;
}

static void fake_destroy(struct acre_alloc *self)
{
    (void)self;
}

MTest(books, told_before_it_happens)
{
    static const struct acre_alloc_ops ops = {
        .name = "fake",
        .capabilities = ACRE_CAN_FREE | ACRE_CAN_RESET | ACRE_CAN_RESIZE | ACRE_CAN_USABLE,
        .allocate = fake_allocate,
        .free = fake_free,
        .destroy = fake_destroy,
        .resize = fake_resize,
        .reset = fake_reset,
        .usable_bytes = fake_usable,
    };
    struct acre_alloc fake = {.ops = &ops};
    struct acre_sink sink = {.on_event = hear};
    struct acre_alloc *record = acre_record_new(&fake, &sink, 3);
    struct acre_layout layout = layout_of(100, ACRE_PURPOSE_DATA);
    char *block;

    block = acre_allocate(record, layout);
    *block = 'x';
    cr_assert_null(acre_allocate(record, layout_of(1000, ACRE_PURPOSE_DATA)));
    cr_assert(acre_resize(record, block, layout, 150));
    cr_assert_not(acre_resize(record, block, layout, 250));
    acre_free(record, block, layout);
    acre_reset(record);
    /* allocation: first the call, then the news; free and reset: first the news */
    cr_assert_str_eq(order, "Aa"
                            "Ae"
                            "Zz"
                            "Z"
                            "fF"
                            "rR");
    acre_destroy(record);
}

MTest(books, faults)
{
    struct acre_fault_plan plan = {.fail_at = 3};
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *pool = acre_pool_new(pages, NULL);
    struct acre_alloc *arena = acre_arena_new(pages, NULL);
    struct acre_alloc *tops[2] = {acre_fault_new(pool, &plan), acre_fault_new(arena, &plan)};
    struct acre_layout layout = layout_of(100, ACRE_PURPOSE_DATA);
    void *blocks[8];

    /* once: the third, whoever asks */
    for (int i = 0; i < 4; i++) {
        blocks[i] = acre_allocate(tops[i % 2], layout);
        cr_assert_eq(blocks[i] == NULL, i == 2);
    }
    cr_assert_eq(plan.calls, 4);
    cr_assert_eq(plan.failures, 1);
    cr_assert_eq(plan.live_bytes, 300);
    acre_reset(tops[1]);
    cr_assert_eq(plan.live_bytes, 100);
    acre_free(tops[0], blocks[0], layout);
    cr_assert_eq(plan.live_bytes, 0);

    /* for ever */
    plan = (struct acre_fault_plan){.fail_at = 2, .forever = true};
    for (int i = 0; i < 4; i++)
        cr_assert_eq(acre_allocate(tops[1], layout) == NULL, i >= 1);
    cr_assert_eq(plan.failures, 3);
    acre_reset(tops[1]);

    /* a growing resize counts as an allocation, a shrinking one never fails */
    plan = (struct acre_fault_plan){.fail_at = 2, .forever = true};
    blocks[0] = acre_allocate(tops[0], layout);
    cr_assert_not(acre_resize(tops[0], blocks[0], layout, 112));
    cr_assert(acre_resize(tops[0], blocks[0], layout, 97));
    cr_assert_eq(plan.calls, 2);
    cr_assert_eq(plan.live_bytes, 97);
    acre_free(tops[0], blocks[0], layout_of(97, ACRE_PURPOSE_DATA));
    cr_assert_eq(plan.live_bytes, 0);

    /* a budget: to the last byte, and again when something came back */
    plan = (struct acre_fault_plan){.budget_bytes = 250};
    blocks[0] = acre_allocate(tops[0], layout);
    blocks[1] = acre_allocate(tops[0], layout);
    cr_assert_null(acre_allocate(tops[0], layout_of(51, ACRE_PURPOSE_DATA)));
    blocks[2] = acre_allocate(tops[0], layout_of(50, ACRE_PURPOSE_DATA));
    cr_assert_not_null(blocks[2]);
    cr_assert_null(acre_allocate(tops[0], layout_of(1, ACRE_PURPOSE_DATA)));
    acre_free(tops[0], blocks[0], layout);
    blocks[0] = acre_allocate(tops[0], layout);
    cr_assert_not_null(blocks[0]);
    cr_assert_eq(plan.failures, 2);
    acre_free(tops[0], blocks[0], layout);
    acre_free(tops[0], blocks[1], layout);
    acre_free(tops[0], blocks[2], layout_of(50, ACRE_PURPOSE_DATA));

    for (int i = 0; i < 2; i++)
        acre_destroy(tops[i]);
    acre_destroy(arena);
    acre_destroy(pool);
    acre_destroy(pages);
}
