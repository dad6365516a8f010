/*
 * Where the memory is. Our own regions exactly, on situations made by hand; every backend: the
 * terms add up as far as docs/waste.md says, and a live block moves the right ones. And the moment
 * at which a full ledger stops.
 */
#include "support/mtest.h"

#include <malloc.h>
#include <string.h>

#include "alloc/backends.h"
#include "alloc/ledger.h"
#include "alloc/registry.h"
#include "alloc/track.h"

enum { PAGE = 4096, CHUNK = 16 * PAGE, HEADER = 64 };

/* What an arena cuts for a block; under a checker there are red bytes behind it. */
static size_t cut(size_t size)
{
    return acre_align_up(size + (acre_track_is_listening() ? ACRE_TRACK_RED_BYTES : 0), 16);
}

static struct acre_layout layout_of(size_t size)
{
    return (struct acre_layout){size, 16, ACRE_PURPOSE_DATA};
}

static void *take(struct acre_alloc *alloc, size_t size)
{
    void *block = acre_allocate(alloc, layout_of(size));

    cr_assert_not_null(block);
    return block;
}

static void expect_use(const struct acre_region_use *use, const struct acre_region_use *wanted)
{
    cr_expect_eq(use->held_bytes, wanted->held_bytes, "held %zu", use->held_bytes);
    cr_expect_eq(use->header_bytes, wanted->header_bytes, "headers %zu", use->header_bytes);
    cr_expect_eq(use->given_bytes, wanted->given_bytes, "given %zu", use->given_bytes);
    cr_expect_eq(use->listed_bytes, wanted->listed_bytes, "listed %zu", use->listed_bytes);
    cr_expect_eq(use->end_bytes, wanted->end_bytes, "ends %zu", use->end_bytes);
    cr_expect_eq(use->room_bytes, wanted->room_bytes, "room %zu", use->room_bytes);
    cr_expect_eq(use->held_bytes,
                 use->header_bytes + use->given_bytes + use->end_bytes + use->room_bytes);
}

MTest(waste, of_an_arena)
{
    const struct acre_arena_options options = {.chunk_bytes = CHUNK};
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *arena = acre_arena_new(pages, &options);
    struct acre_region_use use = {0};
    const size_t small = cut(16000);
    const size_t large = 100000 + cut(16) - 16; /* not rounded: it has a chunk of its own */

    acre_arena_use(arena, &use);
    expect_use(&use, &(struct acre_region_use){0});

    /* Four to a chunk, so the fifth has another; and one that is larger than a quarter. */
    for (int i = 0; i < 5; i++)
        take(arena, 16000);
    take(arena, 100000);
    acre_arena_use(arena, &use);
    expect_use(&use, &(struct acre_region_use){
                         .held_bytes = 2 * CHUNK + 25 * PAGE,
                         .header_bytes = 3 * HEADER,
                         .given_bytes = 5 * small + large,
                         .end_bytes = CHUNK - HEADER - 4 * small + 25 * PAGE - HEADER - large,
                         .room_bytes = CHUNK - HEADER - small,
                     });

    /* After a reset all is room; a smaller block takes the large chunk, and leaves more of it. */
    acre_reset(arena);
    use = (struct acre_region_use){0};
    acre_arena_use(arena, &use);
    expect_use(&use, &(struct acre_region_use){
                         .held_bytes = 2 * CHUNK + 25 * PAGE,
                         .header_bytes = 3 * HEADER,
                         .room_bytes = 2 * (CHUNK - HEADER) + 25 * PAGE - HEADER,
                     });
    take(arena, 60000);
    use = (struct acre_region_use){0};
    acre_arena_use(arena, &use);
    expect_use(&use, &(struct acre_region_use){
                         .held_bytes = 2 * CHUNK + 25 * PAGE,
                         .header_bytes = 3 * HEADER,
                         .given_bytes = large - 40000,
                         .end_bytes = 25 * PAGE - HEADER - large + 40000,
                         .room_bytes = 2 * (CHUNK - HEADER),
                     });
    acre_destroy(arena);
    acre_destroy(pages);
}

/* A reap lends its room until the first free: what was bumped there is given all the same. */
MTest(waste, of_pools_and_reaps)
{
    const struct acre_arena_options options = {.chunk_bytes = CHUNK};
    struct acre_alloc *pages = acre_pages_new();

    for (int is_reap = 0; is_reap < 2; is_reap++) {
        struct acre_alloc *pool = (is_reap ? acre_reap_new : acre_pool_new)(pages, &options);
        struct acre_region_use use = {0}, table = {0};
        void *small, *other, *medium;

        acre_pool_use(pool, &table);
        cr_assert_eq(table.held_bytes, table.header_bytes, "a table and no chunk");
        cr_assert_gt(table.held_bytes, 0);
        medium = take(pool, 2000); /* of the class of 2,048 */
        small = take(pool, 100);
        other = take(pool, 112);
        acre_pool_use(pool, &use);
        expect_use(&use, &(struct acre_region_use){
                             .held_bytes = CHUNK + table.held_bytes,
                             .header_bytes = HEADER + table.header_bytes,
                             .given_bytes = 2 * cut(112) + cut(2048),
                             .room_bytes = CHUNK - HEADER - 2 * cut(112) - cut(2048),
                         });
        acre_free(pool, small, layout_of(100));
        acre_free(pool, other, layout_of(112));
        acre_free(pool, medium, layout_of(2000));
        use = (struct acre_region_use){0};
        acre_pool_use(pool, &use);
        cr_expect_eq(use.listed_bytes, 2 * 112 + 2048, "%zu", use.listed_bytes);
        cr_expect_eq(use.given_bytes, 2 * cut(112) + cut(2048));
        other = take(pool, 100); /* its lists are as they were */
        use = (struct acre_region_use){0};
        acre_pool_use(pool, &use);
        cr_expect_eq(use.listed_bytes, 112 + 2048);
        acre_destroy(pool);
    }
    acre_destroy(pages);
}

/* Every size of a class is what its blocks have. */
MTest(waste, of_each_class)
{
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *pool = acre_pool_new(pages, NULL);

    for (size_t size = 1; size < 3 << 20; size += size / 16 + 1) {
        struct acre_region_use before = {0}, after = {0};
        void *block = take(pool, size);
        size_t usable = acre_usable_bytes(pool, block, layout_of(size));

        acre_pool_use(pool, &before);
        acre_free(pool, block, layout_of(size));
        acre_pool_use(pool, &after);
        cr_assert_eq(after.listed_bytes - before.listed_bytes, usable, "%zu", size);
    }
    acre_destroy(pool);
    acre_destroy(pages);
}

/* Backends ---------------------------------------------------------------------------------- */

/* How far from adding up each may be: docs/waste.md says why. */
static const struct {
    const char *backend;
    int64_t least, most;
} all[] = {
    {"malloc", 0, 300 << 10}, /* its caches, which count as in use */
    {"malloc-tuned", 0, 300 << 10},
    {"jemalloc", 0, 0},
    {"jemalloc-arena", 0, 0},
    {"mimalloc", 0, 64 << 10}, /* what aligns blocks */
    {"mimalloc-heap", 0, 64 << 10},
    {"tcmalloc", 0, 64 << 10}, /* ends of spans */
    {"pool", 0, 0},
    {"arena", 0, 0},
    {"reap", 0, 0},
};

/* A checker has a malloc of its own, of which mallinfo2 and mallopt know nothing. */
static bool is_a_checkers(const char *backend)
{
    return strncmp(backend, "malloc", 6) == 0 && acre_track_is_listening();
}

struct place {
    struct acre_backend backend;
    struct acre_alloc *pages;
    struct acre_ledger ledger;
    struct acre_alloc *recorders[1 + ACRE_BACKEND_REGIONS];
};

static void open_place(struct place *place, const char *name)
{
    char why[256];

    place->pages = acre_pages_new();
    cr_assert(acre_ledger_init_full(&place->ledger, place->pages, 1));
    cr_assert(acre_backend_open(&place->backend, name, why, sizeof why), "%s", why);
    for (uint32_t i = 0; i <= ACRE_BACKEND_REGIONS; i++) {
        struct acre_alloc *alloc = i == 0 ? place->backend.pinned : place->backend.regions[i - 1];

        place->recorders[i] = alloc != NULL ? acre_record_new(alloc, &place->ledger.sink, i) : NULL;
    }
}

static void close_place(struct place *place)
{
    for (uint32_t i = 0; i <= ACRE_BACKEND_REGIONS; i++)
        acre_destroy(place->recorders[i]);
    acre_backend_close(&place->backend);
    acre_ledger_fini(&place->ledger);
    acre_destroy(place->pages);
}

static struct acre_waste waste_of(const struct place *place)
{
    const struct acre_live live = acre_books_total(&place->ledger.books).live;
    const struct acre_waste_live known = {
        live.blocks,
        live.bytes,
        acre_can(place->backend.pinned, ACRE_CAN_USABLE),
        place->ledger.usable_bytes,
    };
    struct acre_waste waste;

    acre_backend_waste(&place->backend, &known, &waste);
    cr_assert_leq(waste.figure_count, ACRE_MOST_WASTE_FIGURES);
    return waste;
}

static int64_t unexplained(const struct acre_waste *waste)
{
    int64_t rest = (int64_t)waste->parts[ACRE_WASTE_HELD].bytes;

    for (unsigned term = 0; term < ACRE_WASTE_HELD; term++)
        rest -= (int64_t)waste->parts[term].bytes;
    return rest;
}

static void expect_sum(const struct place *place, size_t which)
{
    const struct acre_waste waste = waste_of(place);
    int64_t rest = unexplained(&waste);

    cr_expect(waste.parts[ACRE_WASTE_HELD].is_known);
    cr_expect(rest >= all[which].least && rest <= all[which].most, "%s: %lld are not explained",
              all[which].backend, (long long)rest);
    cr_expect_eq(waste.parts[ACRE_WASTE_REQUESTED].bytes,
                 acre_books_total(&place->ledger.books).live.bytes);
}

/* Both have tables by address, jemalloc one of 2 MiB for each GiB, which come when the kernel puts
 * something far away from what was there; where it does is chance. */
static uint64_t table_bytes(size_t which, unsigned term)
{
    bool has_tables = strncmp(all[which].backend, "jemalloc", 8) == 0 ||
                      strcmp(all[which].backend, "tcmalloc") == 0;

    return has_tables && term == ACRE_WASTE_BOOKKEEPING ? 5 << 19 : 0;
}

/* A block of 3 MB more: asked for, and no more than a quarter of it anywhere else. */
static void expect_a_block_to_move(const struct place *place, size_t which)
{
    const size_t bytes = 3000000;
    const struct acre_waste before = waste_of(place);
    struct acre_waste after;
    void *block = take(place->recorders[0], bytes);

    after = waste_of(place);
    cr_expect_eq(after.parts[ACRE_WASTE_REQUESTED].bytes,
                 before.parts[ACRE_WASTE_REQUESTED].bytes + bytes);
    cr_expect_geq(after.parts[ACRE_WASTE_HELD].bytes + before.parts[ACRE_WASTE_KEPT_FREE].bytes,
                  before.parts[ACRE_WASTE_HELD].bytes + bytes, "%s", all[which].backend);
    for (unsigned term = ACRE_WASTE_ROUNDING; term <= ACRE_WASTE_BOOKKEEPING; term++)
        cr_expect_leq(after.parts[term].bytes,
                      before.parts[term].bytes + bytes / 4 + table_bytes(which, term),
                      "%s: term %u", all[which].backend, term);
    cr_expect(llabs(unexplained(&after) - unexplained(&before)) <= 8192, "%s: %lld, then %lld",
              all[which].backend, (long long)unexplained(&before), (long long)unexplained(&after));
    acre_free(place->recorders[0], block, layout_of(bytes));
    after = waste_of(place);
    cr_expect_eq(after.parts[ACRE_WASTE_REQUESTED].bytes, before.parts[ACRE_WASTE_REQUESTED].bytes);
}

/* Blocks of all sizes in the first region and beside it, of which three fifths are freed again. */
enum { CHURNED = 3000 };
static void *churned[CHURNED];
static size_t churned_bytes[CHURNED];

static struct acre_alloc *owner_of(const struct place *place, size_t index)
{
    return place->recorders[index % 3 == 2 && place->recorders[1] != NULL ? 1 : 0];
}

static void free_churned(const struct place *place, size_t first, size_t step)
{
    for (size_t i = first; i < CHURNED; i += step) {
        acre_free(owner_of(place, i), churned[i], layout_of(churned_bytes[i]));
        churned[i] = NULL;
    }
}

static void churn(const struct place *place)
{
    uint64_t random = 7;

    for (size_t i = 0; i < CHURNED; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        churned_bytes[i] = 1 + (random >> 33) % (i % 50 == 0 ? 200000 : 500);
        churned[i] = take(owner_of(place, i), churned_bytes[i]);
    }
    free_churned(place, 0, 5);
    free_churned(place, 1, 5);
    free_churned(place, 2, 5);
}

MTest(waste, adds_up_everywhere)
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct place place;

        if (is_a_checkers(all[i].backend))
            continue;
        open_place(&place, all[i].backend);
        expect_sum(&place, i);
        expect_a_block_to_move(&place, i);
        churn(&place);
        expect_sum(&place, i);
        expect_a_block_to_move(&place, i);
        free_churned(&place, 0, 1);
        expect_sum(&place, i);
        if (place.recorders[1] != NULL) {
            acre_reset(place.recorders[1]);
            expect_sum(&place, i);
        }
        close_place(&place);
    }
}

/* Not told is not 0; and what the regions of a backend hold is in none of them twice. */
MTest(waste, the_unknown_has_a_reason)
{
    struct place place;
    struct acre_waste waste;
    size_t held[3];

    open_place(&place, "tbbmalloc");
    take(place.recorders[0], 1000);
    waste = waste_of(&place);
    cr_expect(waste.parts[ACRE_WASTE_REQUESTED].is_known &&
              waste.parts[ACRE_WASTE_ROUNDING].is_known);
    for (unsigned term = ACRE_WASTE_SLACK; term < ACRE_WASTE_TERMS; term++) {
        cr_expect_not(waste.parts[term].is_known);
        cr_expect_str_eq(waste.parts[term].source, "not told");
    }
    close_place(&place);

    open_place(&place, "mimalloc");
    waste = waste_of(&place);
    cr_expect_not(waste.parts[ACRE_WASTE_BOOKKEEPING].is_known);
    cr_expect(strstr(waste.parts[ACRE_WASTE_BOOKKEEPING].source, "not told apart") != NULL);
    close_place(&place);

    open_place(&place, "jemalloc-arena");
    take(place.recorders[1], 5000000);
    waste = waste_of(&place);
    cr_assert(acre_held_bytes(place.backend.pinned, &held[0]));
    cr_assert(acre_held_bytes(place.backend.regions[0], &held[1]));
    cr_assert(acre_held_bytes(place.backend.regions[1], &held[2]));
    cr_expect_eq(held[0] + held[1] + held[2], waste.parts[ACRE_WASTE_HELD].bytes);
    cr_expect_gt(held[1], 5000000);
    close_place(&place);
}

/* Reports are text, and looking changes nothing that is told. */
MTest(waste, libraries_report)
{
    static const char *const says[] = {
        "<malloc version=", "<malloc version=", "{\"jemalloc\"", "{\"jemalloc\"", "committed:",
        "committed:",       "MALLOC:",          "pinned: held ", "pinned: held ", "pinned: held "};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct place place;
        char *text = NULL;
        size_t text_bytes;
        FILE *stream;

        if (is_a_checkers(all[i].backend))
            continue;
        stream = open_memstream(&text, &text_bytes);
        open_place(&place, all[i].backend);
        cr_assert_not_null(place.backend.kind->report_suffix);
        place.backend.kind->write_report(&place.backend, stream);
        cr_assert_eq(fclose(stream), 0);
        cr_expect(strstr(text, says[i]) != NULL, "%s: %s", all[i].backend, text);
        free(text);
        close_place(&place);
    }
}

/* The moment -------------------------------------------------------------------------------- */

struct stopped {
    const struct acre_ledger *ledger;
    unsigned times;
    uint64_t live_bytes, call;
};

static void note_stop(void *context)
{
    struct stopped *stopped = context;

    stopped->times++;
    stopped->live_bytes = acre_books_total(&stopped->ledger->books).live.bytes;
    stopped->call = stopped->ledger->calls;
}

MTest(waste, is_looked_at_when_most_is_live)
{
    for (int pass = 0; pass < 2; pass++) {
        struct place place;
        struct stopped stopped = {.ledger = &place.ledger};
        void *first, *second;

        open_place(&place, "pool");
        acre_ledger_stop_at(&place.ledger, pass == 0 ? 0 : 4, note_stop, &stopped);
        first = take(place.recorders[0], 100);                /* 1 */
        second = take(place.recorders[0], 60);                /* 2: 160 */
        acre_free(place.recorders[0], first, layout_of(100)); /* 3 */
        first = take(place.recorders[0], 100);                /* 4: 160 again, the last */
        acre_free(place.recorders[0], second, layout_of(60)); /* 5 */
        second = take(place.recorders[0], 59);                /* 6 */
        acre_free(place.recorders[0], first, layout_of(100)); /* 7 */
        acre_free(place.recorders[0], second, layout_of(59)); /* 8 */
        cr_expect_eq(place.ledger.peak_call, 4);
        cr_expect_eq(place.ledger.calls, 8);
        cr_expect_eq(stopped.times, (unsigned)pass);
        cr_expect(pass == 0 || (stopped.live_bytes == 160 && stopped.call == 4));
        close_place(&place);
    }
}
