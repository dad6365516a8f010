/* Which range is the innermost: against a search that looks at all of them. */
#include "support/mtest.h"

#include "alloc/backends.h"
#include "symbols/spans.h"

enum { SPANS = 40, ADDRESSES = 200 };

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

struct range {
    uint64_t begin, end;
    uint32_t value;
};

/* Of those that hold the address: what begins last, of these what ends first, of these the last. */
static uint32_t innermost(const struct range *ranges, size_t count, uint64_t address)
{
    const struct range *best = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct range *range = &ranges[i];

        if (address < range->begin || address >= range->end)
            continue;
        if (best == NULL || range->begin > best->begin ||
            (range->begin == best->begin && range->end <= best->end))
            best = range;
    }
    return best != NULL ? best->value : ACRE_SPANS_NONE;
}

/* Nested ones, below `outer`. */
static size_t nest(struct range *ranges, uint64_t *random)
{
    size_t count = 1;

    ranges[0] = (struct range){10, ADDRESSES - 10, 0};
    while (count < SPANS) {
        const struct range *outer = &ranges[next_random(random) % count];
        uint64_t bytes = outer->end - outer->begin;
        uint64_t begin = outer->begin + next_random(random) % bytes;
        struct range range = {begin, begin + 1 + next_random(random) % (outer->end - begin),
                              (uint32_t)count};
        bool is_nested = true;

        for (size_t i = 0; i < count; i++) {
            bool is_apart = range.end <= ranges[i].begin || range.begin >= ranges[i].end;
            bool is_in = range.begin >= ranges[i].begin && range.end <= ranges[i].end;
            bool is_around = range.begin <= ranges[i].begin && range.end >= ranges[i].end &&
                             (range.begin != ranges[i].begin || range.end != ranges[i].end);

            is_nested = is_nested && (is_apart || is_in || is_around);
        }
        if (is_nested)
            ranges[count++] = range;
    }
    return count;
}

static void fill(struct acre_spans *spans, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_assert(acre_spans_add(spans, ranges[i].begin, ranges[i].end, ranges[i].value));
    cr_assert(acre_spans_seal(spans));
}

MTest(spans, the_innermost_of_nested_ones)
{
    struct acre_alloc *memory = acre_malloc_new();
    uint64_t random = 1;

    for (int round = 0; round < 200; round++) {
        struct range ranges[SPANS];
        size_t count = nest(ranges, &random);
        struct acre_spans spans;

        acre_spans_init(&spans, memory);
        fill(&spans, ranges, count);
        for (uint64_t address = 0; address < ADDRESSES; address++)
            cr_assert_eq(acre_spans_find(&spans, address), innermost(ranges, count, address),
                         "round %d, address %d", round, (int)address);
        acre_spans_fini(&spans);
    }
    acre_destroy(memory);
}

static uint32_t find_of(struct acre_alloc *memory, const struct range *ranges, size_t count,
                        uint64_t address)
{
    struct acre_spans spans;
    uint32_t value;

    acre_spans_init(&spans, memory);
    fill(&spans, ranges, count);
    value = acre_spans_find(&spans, address);
    acre_spans_fini(&spans);
    return value;
}

MTest(spans, odd_ones)
{
    static const struct range overlapping[] = {{10, 20, 1}, {15, 30, 2}, {0, 100, 3}};
    static const struct range ends[] = {
        {0, 1, 1}, {UINT64_MAX - 1, UINT64_MAX, 2}, {5, 5, 3}, {9, 2, 4}};
    struct acre_alloc *memory = acre_malloc_new();

    cr_assert_eq(find_of(memory, NULL, 0, 7), ACRE_SPANS_NONE);
    cr_assert_eq(find_of(memory, overlapping, 3, 9), 3);
    cr_assert_eq(find_of(memory, overlapping, 3, 14), 1);
    cr_assert_eq(find_of(memory, overlapping, 3, 15), 2);
    cr_assert_eq(find_of(memory, overlapping, 3, 29), 2);
    cr_assert_eq(find_of(memory, overlapping, 3, 30), 3);
    cr_assert_eq(find_of(memory, overlapping, 3, 100), ACRE_SPANS_NONE);
    cr_assert_eq(find_of(memory, ends, 4, 0), 1);
    cr_assert_eq(find_of(memory, ends, 4, 1), ACRE_SPANS_NONE);
    cr_assert_eq(find_of(memory, ends, 4, 5), ACRE_SPANS_NONE);
    cr_assert_eq(find_of(memory, ends, 4, UINT64_MAX - 1), 2);
    cr_assert_eq(find_of(memory, ends, 4, UINT64_MAX), ACRE_SPANS_NONE);
    acre_destroy(memory);
}

/* A hundred thousand in one another, as no compiler makes them. */
MTest(spans, deep_ones_need_no_stack)
{
    enum { DEPTH = 100000 };
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_spans spans;

    acre_spans_init(&spans, memory);
    for (uint32_t i = 0; i < DEPTH; i++)
        cr_assert(acre_spans_add(&spans, i, 2 * DEPTH - i, i));
    cr_assert(acre_spans_seal(&spans));
    cr_assert_eq(acre_spans_find(&spans, 7), 7);
    cr_assert_eq(acre_spans_find(&spans, DEPTH), DEPTH - 1);
    cr_assert_eq(acre_spans_find(&spans, 2 * DEPTH - 8), 7);
    acre_spans_fini(&spans);
    acre_destroy(memory);
}

MTest(spans, memory_that_fails_changes_nothing)
{
    struct acre_alloc *below = acre_malloc_new();
    uint64_t fail_at = 1;

    for (;; fail_at++) {
        struct acre_fault_plan plan = {.fail_at = fail_at};
        struct acre_alloc *faulty = acre_fault_new(below, &plan);
        struct acre_spans spans;

        acre_spans_init(&spans, faulty);
        for (uint32_t i = 0; i < 1000; i++)
            if (!acre_spans_add(&spans, 10 * i, 10 * i + 5, i))
                cr_assert(acre_spans_add(&spans, 10 * i, 10 * i + 5, i));
        if (!acre_spans_seal(&spans))
            cr_assert(acre_spans_seal(&spans));
        for (uint32_t i = 0; i < 1000; i++)
            cr_assert_eq(acre_spans_find(&spans, 10 * i + 4), i);
        acre_spans_fini(&spans);
        acre_destroy(faulty);
        cr_assert_eq(plan.live_bytes, 0);
        if (plan.failures == 0)
            break;
    }
    cr_assert_geq(fail_at, 5);
    acre_destroy(below);
}
