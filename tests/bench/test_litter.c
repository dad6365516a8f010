/* Aged heaps: litter follows the load's histogram, is the same for a seed on every backend, leaves
 * what it is to leave, and is all gone in the end; the workload's own books do not see it. */
#include "support/mtest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "alloc/registry.h"
#include "alloc/track.h"
#include "bench/visit/visit.h"
#include "tests/bench/visits.h"

enum { SMALL = 3, LARGE = 14 }; /* buckets: 5 to 8 bytes, 8193 to 16384 */

static const struct acre_litter_load load = {
    .peak_bytes = 100000,
    .sizes = {[SMALL] = 3, [LARGE] = 1},
};

/* An allocator under full books, littered. */
struct heap {
    struct acre_alloc *pages, *recorder;
    struct acre_ledger ledger;
    struct acre_litter litter;
};

static void spread(struct heap *heap, struct acre_alloc *alloc, const struct acre_litter_plan *plan)
{
    heap->pages = acre_pages_new();
    cr_assert(acre_ledger_init_full(&heap->ledger, heap->pages, 1));
    heap->recorder = acre_record_new(alloc, &heap->ledger.sink, 0);
    cr_assert(acre_litter_spread(&heap->litter, plan, heap->recorder));
}

static void end(struct heap *heap)
{
    acre_litter_end(&heap->litter);
    cr_expect_eq(acre_books_total(&heap->ledger.books).live.blocks, 0);
    acre_ledger_fini(&heap->ledger);
    acre_destroy(heap->recorder);
    acre_destroy(heap->pages);
}

/* Of the sizes that live, in the order of the table. */
static uint64_t digest(const struct acre_litter *litter)
{
    uint64_t sum = litter->count;

    for (size_t i = 0; i < litter->count; i++)
        sum = sum * UINT64_C(0x9E3779B97F4A7C15) + litter->blocks[i].size;
    return sum;
}

MTest(litter, is_the_same_for_a_seed_on_every_backend)
{
    static const char *const backends[] = {"malloc", "pool", "jemalloc", "mimalloc", "arena"};
    struct acre_litter_plan plan = {.cycles = 3, .occupancy_percent = 50, .seed = 7, .load = load};
    uint64_t first = 0;

    for (size_t i = 0; i < sizeof backends / sizeof backends[0]; i++) {
        struct acre_backend backend;
        struct heap heap;
        char why[256];

        cr_assert(acre_backend_open(&backend, backends[i], why, sizeof why), "%s", why);
        spread(&heap, backend.pinned, &plan);
        if (i == 0)
            first = digest(&heap.litter);
        cr_expect_eq(digest(&heap.litter), first, "%s", backends[i]);
        end(&heap);
        plan.seed++;
        spread(&heap, backend.pinned, &plan);
        cr_expect_neq(digest(&heap.litter), first, "another seed: %s", backends[i]);
        end(&heap);
        plan.seed--;
        acre_backend_close(&backend);
    }
}

MTest(litter, leaves_what_it_is_to_leave)
{
    static const uint64_t percents[] = {0, 25, 50, 100};
    struct acre_alloc *alloc = acre_malloc_new();
    uint64_t full_bytes = acre_litter_full_bytes(&load);

    cr_assert_eq(full_bytes, 1 << 20, "ten times the peak, 1 MiB at the least");
    for (size_t i = 0; i < sizeof percents / sizeof percents[0] * 2; i++) {
        const uint64_t percent = percents[i / 2];
        const struct acre_litter_plan plan = {
            .cycles = i % 2 == 0 ? 1 : 4, .occupancy_percent = percent, .seed = 1, .load = load};
        struct heap heap;
        struct acre_counts counts;

        spread(&heap, alloc, &plan);
        counts = acre_books_total(&heap.ledger.books);
        cr_expect_eq(counts.live.blocks, heap.litter.count);
        cr_expect_eq(counts.live.bytes, heap.litter.requested_bytes);
        cr_expect_eq(heap.ledger.usable_bytes, heap.litter.usable_bytes);
        cr_expect_geq(counts.peak.bytes, full_bytes);
        cr_expect_lt(counts.peak.bytes, full_bytes + 16384);
        if (plan.cycles == 1)
            cr_expect_eq(heap.litter.count, counts.peak.blocks * percent / 100, "%zu of %llu",
                         heap.litter.count, (unsigned long long)counts.peak.blocks);
        else if (percent < 100)
            cr_expect_gt(counts.allocations * 2, counts.peak.blocks * 3, "it was filled again");
        for (size_t bucket = 0; bucket < ACRE_LEDGER_BUCKETS; bucket++)
            cr_expect_eq(heap.ledger.size_histogram[bucket] > 0, bucket == SMALL || bucket == LARGE,
                         "%zu", bucket);
        cr_expect_gt(heap.ledger.size_histogram[SMALL], 2 * heap.ledger.size_histogram[LARGE]);
        cr_expect_lt(heap.ledger.size_histogram[SMALL], 4 * heap.ledger.size_histogram[LARGE]);
        end(&heap);
    }
    acre_destroy(alloc);
}

/* Shuffled, or nothing would be between what is left. */
MTest(litter, is_in_no_order)
{
    const struct acre_litter_plan plan = {
        .cycles = 1, .occupancy_percent = 100, .seed = 1, .load = load};
    struct acre_alloc *alloc = acre_malloc_new();
    struct acre_litter litter;
    size_t ascending = 0;

    cr_assert(acre_litter_spread(&litter, &plan, alloc));
    for (size_t i = 1; i < litter.count; i++)
        ascending += litter.blocks[i].bytes > litter.blocks[i - 1].bytes;
    cr_expect_gt(ascending, litter.count / 3);
    cr_expect_lt(ascending, litter.count * 2 / 3, "%zu of %zu", ascending, litter.count);
    acre_litter_end(&litter);
    acre_litter_end(&litter); /* twice is harmless */
    acre_destroy(alloc);
}

MTest(litter, may_fail_at_every_call)
{
    const struct acre_litter_plan plan = {
        .cycles = 2, .occupancy_percent = 50, .seed = 1, .load = load};
    struct acre_alloc *alloc = acre_malloc_new();
    uint64_t step = acre_track_is_listening() ? 97 : 7;
    bool done = false;

    for (uint64_t k = 1; !done; k += step) {
        struct acre_fault_plan faults = {.fail_at = k};
        struct acre_alloc *faulty = acre_fault_new(alloc, &faults);
        struct acre_litter litter;

        done = acre_litter_spread(&litter, &plan, faulty);
        cr_expect_eq(done, faults.failures == 0);
        cr_expect(done || litter.alloc == NULL);
        acre_litter_end(&litter);
        cr_expect_eq(faults.live_bytes, 0);
        acre_destroy(faulty);
    }
    acre_destroy(alloc);
}

MTest(litter, loads_travel_as_text)
{
    char error[256];
    const struct acre_refusal refusal = {error, sizeof error};
    struct acre_litter_load back, greatest = {.peak_bytes = INT64_MAX};
    char many[3 * ACRE_LEDGER_BUCKETS] = "1";

    for (size_t i = 0; i < ACRE_LEDGER_BUCKETS; i++)
        greatest.sizes[i] = INT64_MAX;
    cr_expect_str_eq(acre_litter_load_text(&load).text, "100000,0,0,0,3,0,0,0,0,0,0,0,0,0,0,1");
    cr_assert(acre_litter_load_read(&refusal, acre_litter_load_text(&load).text, &back));
    cr_expect_eq(memcmp(&back, &load, sizeof load), 0);
    cr_assert(acre_litter_load_read(&refusal, acre_litter_load_text(&greatest).text, &back));
    cr_expect_eq(memcmp(&back, &greatest, sizeof back), 0);
    for (size_t i = 0; i < ACRE_LEDGER_BUCKETS; i++)
        strcat(many, ",0");
    cr_expect(acre_litter_load_read(&refusal, many, &back));
    strcat(many, ",0");
    cr_expect_not(acre_litter_load_read(&refusal, many, &back));
    cr_expect_not(acre_litter_load_read(&refusal, "1,x", &back));
    cr_expect_not(acre_litter_load_read(&refusal, "-1", &back));
    /* Nothing was allocated: nothing is littered, whatever is asked for. */
    struct acre_litter litter;
    const struct acre_litter_plan empty = {.cycles = 5, .occupancy_percent = 50};
    cr_expect(acre_litter_spread(&litter, &empty, NULL));
    cr_expect_eq(litter.count, 0);
    acre_litter_end(&litter);
    cr_expect_eq(acre_litter_full_bytes(&greatest), 256 << 20);
}

/* Visits ------------------------------------------------------------------------------------- */

static struct acre_visit short_visit_to(const char *backend, enum acre_lifetime lifetime,
                                        enum acre_visit_kind kind)
{
    struct acre_visit visit = visit_to(backend, lifetime, kind);

    visit.spec.age_occupancy_percent = 50;
    visit.spec.values[0] = 1000;
    visit.iterations = 4;
    return visit;
}

static struct acre_cell *run_visit(const struct acre_visit *visit, struct acre_run *run)
{
    cr_assert(acre_visit_run(visit, run));
    cr_assert_null(run->cells[0].failure, "%s: %s", visit->spec.backend, run->cells[0].failure);
    return &run->cells[0];
}

static uint64_t part(const struct acre_cell *cell, enum acre_waste_term term)
{
    return cell->waste.peak.parts[term].bytes;
}

MTest(aged, books_are_those_of_a_clean_heap)
{
    static const struct {
        const char *backend;
        enum acre_lifetime lifetime;
    } strategies[] = {
        {"malloc", ACRE_LIFETIME_WEAK},   {"jemalloc", ACRE_LIFETIME_COLLECTOR},
        {"mimalloc", ACRE_LIFETIME_WEAK}, {"pool", ACRE_LIFETIME_WEAK},
        {"arena", ACRE_LIFETIME_REGION},  {"reap", ACRE_LIFETIME_WALKED},
        {"pool", ACRE_LIFETIME_STRONG},
    };

    for (size_t i = 0; i < sizeof strategies / sizeof strategies[0]; i++) {
        struct acre_visit visit =
            short_visit_to(strategies[i].backend, strategies[i].lifetime, ACRE_VISIT_RECORDED);
        struct acre_run clean_run, aged_run, waste_run;
        struct acre_cell *clean = run_visit(&visit, &clean_run);
        struct acre_cell *aged, *waste;
        struct acre_recorded *a, *b;

        visit.spec.age_cycles = 2;
        visit.load.peak_bytes = clean->recorded.peak_bytes;
        memcpy(visit.load.sizes, clean->recorded.size_histogram, sizeof visit.load.sizes);
        aged = run_visit(&visit, &aged_run);
        a = &clean->recorded;
        b = &aged->recorded;
        cr_expect_str_eq(a->checksum, b->checksum);
        cr_expect(a->allocations == b->allocations && a->frees == b->frees &&
                      a->requested_bytes == b->requested_bytes && a->peak_bytes == b->peak_bytes &&
                      a->peak_blocks == b->peak_blocks && a->peak_call == b->peak_call &&
                      a->leaked_blocks == b->leaked_blocks && a->leaked_bytes == b->leaked_bytes &&
                      memcmp(a->size_histogram, b->size_histogram, sizeof a->size_histogram) == 0,
                  "%s", strategies[i].backend);
        cr_expect_eq(aged->key.parameter_count, clean->key.parameter_count + 1);
        cr_expect_str_eq(aged->key.parameters[aged->key.parameter_count - 1].title, "age 2");

        /* Where the memory is: the workload's share, which still adds up. */
        visit.kind = ACRE_VISIT_WASTE;
        visit.peak_call = b->peak_call;
        waste = run_visit(&visit, &waste_run);
        cr_expect_eq(part(waste, ACRE_WASTE_REQUESTED), a->peak_bytes);
        if (strategies[i].backend[0] == 'p' || strategies[i].backend[0] == 'r') {
            cr_expect_eq(part(waste, ACRE_WASTE_HELD),
                         part(waste, ACRE_WASTE_REQUESTED) + part(waste, ACRE_WASTE_ROUNDING) +
                             part(waste, ACRE_WASTE_SLACK) + part(waste, ACRE_WASTE_BOOKKEEPING) +
                             part(waste, ACRE_WASTE_KEPT_FREE),
                         "%s", strategies[i].backend);
            cr_expect_gt(part(waste, ACRE_WASTE_KEPT_FREE), 300000, "half of the litter is free");
        }
        acre_run_free(&waste_run);
        acre_run_free(&aged_run);
        acre_run_free(&clean_run);
    }
}

/* It is told where it is not the usual. */
MTest(aged, occupancy_is_in_the_key_of_an_aged_cell)
{
    struct acre_visit visit = short_visit_to("malloc", ACRE_LIFETIME_WEAK, ACRE_VISIT_COLD);
    struct acre_run run;
    const struct acre_cell_key *key;
    size_t clean_count;

    visit.spec.age_occupancy_percent = 25;
    clean_count = run_visit(&visit, &run)->key.parameter_count;
    acre_run_free(&run);
    visit.spec.age_cycles = 1;
    key = &run_visit(&visit, &run)->key;
    cr_assert_eq(key->parameter_count, clean_count + 2);
    cr_expect_str_eq(key->parameters[clean_count + 1].title, "occupancy 25 %");
    acre_run_free(&run);
}
