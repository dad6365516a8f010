/* Gaps and lags: against models that keep every gap, every firing and every block. */
#include "advise/tree.h"

#include "advise/lags.h"
#include "alloc/grow.h"
#include "bench/random.h"

/* Gaps -------------------------------------------------------------------------------------------
 */

enum { FIRINGS = 3000 };

static int by_size(const void *left, const void *right)
{
    const uint32_t *a = left;
    const uint32_t *b = right;

    return (*a > *b) - (*a < *b);
}

static uint64_t sorted_percentile(const uint32_t *gaps, size_t count)
{
    static uint32_t sorted[FIRINGS];

    memcpy(sorted, gaps, count * sizeof *gaps);
    qsort(sorted, count, sizeof *sorted, by_size);
    return sorted[(95 * count + 99) / 100 - 1];
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Between four times the percentile, and a quarter more. */
static void expect_reach(uint32_t reach, uint64_t gap)
{
    cr_assert_geq(reach, least(4 * gap, ACRE_GAPS_FAR), "reach %u of %llu", reach,
                  (unsigned long long)gap);
    cr_assert_leq(reach, least(5 * gap + 1, ACRE_GAPS_FAR), "reach %u of %llu", reach,
                  (unsigned long long)gap);
}

static uint32_t draw_gap(struct acre_random *random, unsigned kind)
{
    switch (kind) {
    case 0:
        return 17;
    case 1:
        return (uint32_t)acre_random_below(random, 6);
    case 2: /* of any octave */
        return (uint32_t)acre_random_next(random) >> acre_random_below(random, 32);
    case 3: /* a slow one now and then */
        return acre_random_below(random, 20) == 0 ? 1000000 : 1 + (uint32_t)(random->state[0] % 9);
    default:
        return UINT32_MAX - (uint32_t)acre_random_below(random, 2);
    }
}

MTest(lags, the_reach_is_four_times_a_percentile)
{
    static uint32_t gaps[FIRINGS];

    for (unsigned kind = 0; kind < 5; kind++) {
        struct acre_gaps told = {0};
        struct acre_random random;
        uint32_t greatest = 0, before = 0;

        acre_random_init(&random, kind + 1, 1);
        cr_assert_eq(acre_gaps_fire(&told, draw_gap(&random, 4)), ACRE_GAPS_FAR, "no gap yet");
        for (uint32_t firing = 2; firing <= FIRINGS; firing++) {
            uint32_t gap = draw_gap(&random, kind);
            uint32_t reach = acre_gaps_fire(&told, gap);

            gaps[firing - 2] = gap;
            greatest = gap > greatest ? gap : greatest;
            if (firing <= 8)
                expect_reach(reach, greatest);
            else if ((firing & (firing - 1)) == 0)
                expect_reach(reach, sorted_percentile(gaps, firing - 1));
            else
                cr_assert_eq(reach, before, "it stays in between");
            before = reach;
        }
        cr_assert_eq(told.firings, FIRINGS);
    }
}

/* Lags -------------------------------------------------------------------------------------------
 */

enum {
    PLACES = 40,
    MARKERS = 21, /* more than are in a row of lanes */
    SITES = 25,
    THREADS = 3,
    CALLS = 3000,
    MOST_LIVE = 120,
};

struct told_block {
    uint32_t place, thread;
    size_t born, died; /* calls; CALLS: not */
    bool is_seen;      /* its death is told with its thread */
    uint64_t bytes;    /* of its birth, and of what it grew to */
};

struct story {
    struct tree tree;
    struct acre_random random;
    struct acre_markers markers;
    struct acre_sites sites;
    struct acre_call calls[CALLS];
    struct told_block blocks[CALLS];
    size_t block_count;

    /* While it is drawn. */
    uint32_t lasts[THREADS + 1];
    size_t block_of_object[MOST_LIVE]; /* and one; 0: none */
    uint64_t bytes[MOST_LIVE];
    uint64_t clock;

    /* The model's: whether a marker fires at a call, how often it has then, and whether a birth
     * there is in its scope. */
    bool fires[CALLS];
    uint32_t epochs[CALLS];
    bool is_in_scope[CALLS];
};

static uint64_t below(struct story *story, uint64_t bound)
{
    return acre_random_below(&story->random, bound);
}

static void make_tree(struct story *story)
{
    struct tree *tree = &story->tree;

    begin_tree(tree);
    for (uint32_t i = 1; i <= PLACES; i++)
        add_node(tree, &tree->of, i < 4 ? 0 : 1 + (uint32_t)below(story, i - 1), 0, i);
}

/* Both kinds at some places, one at others. */
static void make_markers(struct story *story)
{
    size_t order[2 * PLACES];

    acre_random_shuffle(&story->random, order, 2 * PLACES);
    acre_markers_init(&story->markers, story->tree.memory);
    for (size_t i = 0; i < MARKERS; i++)
        story->markers.markers[story->markers.count++] = (struct acre_marker){
            .kind = order[i] % 2 == 0 ? ACRE_MARKER_ENTRY : ACRE_MARKER_BIRTH,
            .place = 1 + (uint32_t)(order[i] / 2),
        };
    cr_assert(acre_markers_index(&story->markers, &story->tree.steps));
}

static void make_sites(struct story *story)
{
    struct acre_sites *sites = &story->sites;
    size_t order[PLACES];

    acre_random_shuffle(&story->random, order, PLACES);
    *sites = (struct acre_sites){.memory = story->tree.memory, .place_count = PLACES};
    sites->of_place =
        acre_allocate(sites->memory, acre_layout_of_elements(PLACES, sizeof *sites->of_place));
    cr_assert_not_null(sites->of_place);
    memset(sites->of_place, 0, PLACES * sizeof *sites->of_place);
    for (size_t i = 0; i < SITES; i++) {
        sites->places[sites->count++] = (uint32_t)order[i] + 1;
        sites->of_place[order[i]] = (uint16_t)sites->count;
    }
}

static struct acre_step_at draw_at(struct story *story)
{
    struct acre_step_at at = {.thread = 1 + (uint32_t)below(story, THREADS)};

    if (below(story, 12) == 0)
        return at; /* without a stack */
    at.place = 1 + (uint32_t)below(story, below(story, 2) == 0 ? PLACES : 8);
    if (at.place % 4 != 0) /* the others are called in all threads */
        at.thread = 1 + at.place % THREADS;
    at.step = acre_number_of(&story->tree.steps.numbers,
                             (struct acre_key){story->lasts[at.thread], at.place});
    story->lasts[at.thread] = at.place;
    return at;
}

/* Most blocks are made and freed by one thread; that is what is looked for. */
static void follow_owner(struct story *story, struct acre_call *call,
                         const struct told_block *block)
{
    if (below(story, 50) == 0)
        return;
    call->at.thread = block->thread;
    if (call->at.place == 0)
        return;
    call->at.step = acre_number_of(&story->tree.steps.numbers,
                                   (struct acre_key){story->lasts[block->thread], call->at.place});
    story->lasts[block->thread] = call->at.place;
}

static void draw_birth(struct story *story, struct acre_call *call, size_t at)
{
    call->kind = ACRE_CALL_BIRTH;
    call->at = draw_at(story);
    call->bytes = 1 + below(story, 1000);
    story->blocks[story->block_count++] = (struct told_block){
        .place = call->at.place,
        .thread = call->at.thread,
        .born = at,
        .died = CALLS,
        .bytes = call->bytes,
    };
    story->block_of_object[call->object] = story->block_count;
    story->bytes[call->object] = call->bytes;
}

static void draw_resize(struct story *story, struct acre_call *call, struct told_block *block)
{
    call->kind = ACRE_CALL_RESIZE;
    call->at = draw_at(story);
    call->old_bytes = story->bytes[call->object];
    call->bytes = 1 + below(story, 1000);
    block->bytes += call->bytes > call->old_bytes ? call->bytes : 0;
    story->bytes[call->object] = call->bytes;
}

static void draw_death(struct story *story, struct acre_call *call, struct told_block *block,
                       size_t at)
{
    uint32_t lasts[THREADS + 1];

    call->kind = ACRE_CALL_DEATH;
    block->died = at;
    block->is_seen = below(story, 20) != 0;
    story->block_of_object[call->object] = 0;
    if (!block->is_seen)
        return;
    memcpy(lasts, story->lasts, sizeof lasts);
    call->at = draw_at(story);
    if (call->at.thread == block->thread)
        return;
    memcpy(story->lasts, lasts, sizeof lasts); /* another thread's turn than was drawn */
    follow_owner(story, call, block);
    if (call->at.thread != block->thread && call->at.place != 0)
        story->lasts[call->at.thread] = call->at.place;
}

static void draw_calls(struct story *story, uint64_t first_clock)
{
    story->clock = first_clock;
    for (size_t at = 0; at < CALLS; at++) {
        struct acre_call *call = &story->calls[at];
        size_t number;

        story->clock += 1 + (below(story, 8) == 0 ? below(story, 5) : 0);
        if (below(story, 200) == 0)
            story->clock += below(story, 20000);
        *call = (struct acre_call){.clock = story->clock};
        if (below(story, 30) == 0) {
            call->kind = below(story, 2) == 0 ? ACRE_CALL_ELSE : ACRE_CALL_SCOPE;
            call->object = UINT32_MAX; /* none */
            call->at = draw_at(story);
            continue;
        }
        call->object = (uint32_t)below(story, 1 + least(at, MOST_LIVE - 1));
        number = story->block_of_object[call->object];
        if (number == 0)
            draw_birth(story, call, at);
        else if (below(story, 4) == 0)
            draw_resize(story, call, &story->blocks[number - 1]);
        else
            draw_death(story, call, &story->blocks[number - 1], at);
    }
}

static struct story *draw_story(uint64_t seed)
{
    struct story *story = calloc(1, sizeof *story);

    cr_assert_not_null(story);
    acre_random_init(&story->random, seed, 4);
    make_tree(story);
    make_markers(story);
    make_sites(story);
    /* Lower halves of clocks begin anew in the middle of every other one. */
    draw_calls(story, seed % 2 == 0 ? UINT32_MAX - (uint64_t)5000 : 1);
    return story;
}

static void end_story(struct story *story)
{
    acre_sites_fini(&story->sites);
    acre_markers_fini(&story->markers);
    end_tree(&story->tree);
    free(story);
}

static bool fires_at(const struct story *story, const struct acre_marker *marker,
                     const struct acre_call *call)
{
    const struct acre_places *places = &story->tree.steps.places;
    uint32_t from, to;

    if (call->at.step == 0)
        return false;
    from = acre_step_from(&story->tree.steps, call->at.step);
    to = acre_step_to(&story->tree.steps, call->at.step);
    cr_assert_eq(to, call->at.place);
    if (marker->kind == ACRE_MARKER_BIRTH)
        return call->kind == ACRE_CALL_BIRTH && to == marker->place;
    return is_on_path(places, to, marker->place) && !is_on_path(places, from, marker->place);
}

static void follow_marker(struct story *story, const struct acre_marker *marker)
{
    struct acre_gaps gaps = {0};
    uint64_t last = 0, reach = 0;
    uint32_t epoch = 0;

    for (size_t at = 0; at < CALLS; at++) {
        const struct acre_call *call = &story->calls[at];

        story->fires[at] = fires_at(story, marker, call);
        if (story->fires[at]) {
            reach = acre_gaps_fire(&gaps, (uint32_t)(call->clock - last));
            last = call->clock;
            epoch++;
        }
        story->epochs[at] = epoch;
        story->is_in_scope[at] = epoch > 0 && call->clock - last <= reach;
    }
}

struct cell {
    uint32_t births, epochs, lags[ACRE_LAGS_MOST_K];
};

/* Of the marker that was followed. */
static struct cell cell_of(const struct story *story, uint32_t place)
{
    struct cell cell = {0};
    uint32_t last_epoch = 0;

    for (size_t i = 0; i < story->block_count; i++) {
        const struct told_block *block = &story->blocks[i];
        uint32_t epoch = story->epochs[block->born];
        uint32_t lag = story->epochs[block->died == CALLS ? CALLS - 1 : block->died] - epoch;

        if (block->place != place || !story->is_in_scope[block->born])
            continue;
        cell.births++;
        cell.epochs += epoch != last_epoch;
        last_epoch = epoch;
        cell.lags[0] += lag >= 1;
        cell.lags[1] += lag >= 2;
    }
    return cell;
}

static void take_all(const struct story *story, struct acre_lags *lags)
{
    for (size_t at = 0; at < CALLS; at++)
        cr_assert(acre_lags_take(lags, &story->calls[at]));
    acre_lags_end(lags);
}

static struct cell told_cell(const struct acre_lags *lags, uint32_t site, uint32_t marker)
{
    size_t at = acre_lag_cell(lags, site, marker);

    return (struct cell){lags->cells.births[at],
                         lags->cells.epochs[at],
                         {lags->cells.lags[0][at], lags->cells.lags[1][at]}};
}

static void expect_cells(struct story *story, const struct acre_lags *lags, struct cell *sum)
{
    for (uint32_t marker = 0; marker < MARKERS; marker++) {
        follow_marker(story, &story->markers.markers[marker]);
        cr_assert_eq(lags->now[marker], story->epochs[CALLS - 1], "firings of %u", marker);
        for (uint32_t site = 0; site < SITES; site++) {
            struct cell wanted = cell_of(story, story->sites.places[site]);
            struct cell told = told_cell(lags, site, marker);

            cr_assert_eq(told.births, wanted.births, "births of %u, %u", site, marker);
            cr_assert_eq(told.epochs, wanted.epochs, "epochs of %u, %u", site, marker);
            cr_assert_eq(told.lags[0], wanted.lags[0], "lags of %u, %u", site, marker);
            cr_assert_eq(told.lags[1], wanted.lags[1], "lags of %u, %u", site, marker);
            sum->births += wanted.births;
            sum->lags[0] += wanted.lags[0];
            sum->lags[1] += wanted.lags[1];
        }
    }
}

static struct acre_site_lags site_by_blocks(const struct story *story, uint32_t place)
{
    struct acre_site_lags site = {0};

    for (size_t i = 0; i < story->block_count; i++) {
        const struct told_block *block = &story->blocks[i];

        if (block->place != place)
            continue;
        site.has_threads |= site.births > 0 && block->thread != site.thread;
        site.thread = block->thread;
        site.births++;
        site.bytes += block->bytes;
        site.elsewhere += block->died < CALLS && block->is_seen &&
                          story->calls[block->died].at.thread != block->thread;
    }
    return site;
}

static uint32_t expect_sites(const struct story *story, const struct acre_lags *lags)
{
    uint32_t of_one_thread = 0;

    for (uint32_t i = 0; i < SITES; i++) {
        struct acre_site_lags wanted = site_by_blocks(story, story->sites.places[i]);
        const struct acre_site_lags *told = &lags->of_sites[i];

        cr_assert_eq(told->births, wanted.births);
        cr_assert_eq(told->bytes, wanted.bytes);
        cr_assert_eq(told->elsewhere, wanted.elsewhere);
        cr_assert_eq(told->has_threads, wanted.has_threads);
        cr_assert_eq(acre_site_has_one_thread(told), !wanted.has_threads && wanted.elsewhere == 0);
        of_one_thread += wanted.births > 0 && acre_site_has_one_thread(told);
    }
    return of_one_thread;
}

/* Of the blocks that are born at sites. */
static uint32_t most_that_live(const struct story *story)
{
    uint32_t most = 0;

    for (size_t at = 0; at < CALLS; at++) {
        uint32_t live = 0;

        for (size_t i = 0; i < story->block_count; i++) {
            const struct told_block *block = &story->blocks[i];

            live += block->born <= at && at < block->died && block->place != 0 &&
                    story->sites.of_place[block->place - 1] != 0;
        }
        most = live > most ? live : most;
    }
    return most;
}

MTest(lags, every_lag_is_that_of_a_model)
{
    struct cell sum = {0};
    uint32_t of_one_thread = 0;

    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct story *story = draw_story(seed);
        struct acre_lags lags;

        cr_assert(acre_lags_init(&lags, story->tree.memory, &story->markers, &story->sites,
                                 &story->tree.steps, 0, 0));
        take_all(story, &lags);
        cr_assert_eq(lags.born, story->block_count);
        expect_cells(story, &lags, &sum);
        of_one_thread += expect_sites(story, &lags);
        cr_assert_eq(lags.row_count, most_that_live(story), "rows are used again");
        cr_assert_eq(lags.free_count, lags.row_count, "nothing lives behind the end");
        acre_lags_fini(&lags);
        end_story(story);
    }
    /* It is no test of zeros. */
    cr_assert(of_one_thread > 6 && of_one_thread < 5 * SITES, "%u", of_one_thread);
    cr_assert_gt(sum.lags[1], 1000);
    cr_assert_gt(sum.lags[0], sum.lags[1] + 1000);
    cr_assert_gt(sum.births, sum.lags[0] + 1000);
}

static void expect_part(const struct acre_lags *part, const struct acre_lags *whole,
                        uint64_t *births)
{
    for (uint32_t site = 0; site < SITES; site++) {
        cr_assert_eq(part->of_sites[site].births, whole->of_sites[site].births);
        cr_assert_eq(part->of_sites[site].bytes, whole->of_sites[site].bytes);
        for (uint32_t marker = 0; marker < MARKERS; marker++) {
            struct cell some = told_cell(part, site, marker);
            struct cell all = told_cell(whole, site, marker);

            cr_assert_leq(some.births, all.births);
            cr_assert_leq(some.epochs, all.epochs);
            cr_assert_leq(some.lags[0], all.lags[0]);
            cr_assert_leq(some.lags[1], all.lags[1]);
            *births += some.births;
        }
    }
    cr_assert_eq(memcmp(part->now, whole->now, MARKERS * sizeof *part->now), 0, "firings are all");
}

/* A sample has some of the blocks, and all that is told of sites and markers. */
MTest(lags, a_sample_is_a_part)
{
    static const uint64_t masks[] = {0, 1, 3, 15};
    struct story *story = draw_story(11);
    struct acre_lags lags[4];
    uint64_t births[4] = {0};

    for (size_t i = 0; i < 4; i++) {
        cr_assert(acre_lags_init(&lags[i], story->tree.memory, &story->markers, &story->sites,
                                 &story->tree.steps, masks[i], 0));
        take_all(story, &lags[i]);
        expect_part(&lags[i], &lags[i == 0 ? 0 : i - 1], &births[i]);
    }
    for (size_t i = 1; i < 4; i++) {
        /* A half, a quarter, a sixteenth, about. */
        cr_assert_gt(births[i], births[0] / (2 * masks[i] + 2));
        cr_assert_lt(births[i], 3 * births[0] / (2 * masks[i] + 2));
    }
    for (size_t i = 0; i < 4; i++)
        acre_lags_fini(&lags[i]);
    end_story(story);
}

/* Wherever memory fails, what was taken is given back. */
MTest(lags, without_memory_nothing_is_left)
{
    struct story *story = draw_story(12);
    struct acre_fault_plan plan = {0};
    struct acre_alloc *faulty = acre_fault_new(story->tree.memory, &plan);
    bool is_done = false;

    acre_markers_fini(&story->markers);
    story->markers.memory = faulty;
    story->markers.count = MARKERS; /* they are where they were */
    for (uint64_t fail_at = 1; !is_done; fail_at++) {
        struct acre_lags lags;

        plan.fail_at = 0;
        cr_assert(acre_markers_index(&story->markers, &story->tree.steps));
        plan.fail_at = plan.calls + fail_at;
        plan.failures = 0;
        is_done =
            acre_lags_init(&lags, faulty, &story->markers, &story->sites, &story->tree.steps, 0, 0);
        for (size_t at = 0; at < CALLS && is_done; at++)
            is_done = acre_lags_take(&lags, &story->calls[at]);
        if (lags.of_sites != NULL && lags.cells.last_epoch != NULL)
            acre_lags_end(&lags);
        acre_lags_fini(&lags);
        cr_assert(is_done || plan.failures == 1);
        is_done = is_done && plan.failures == 0;
    }
    acre_markers_fini(&story->markers);
    cr_assert_eq(plan.live_bytes, 0);
    acre_destroy(faulty);
    acre_markers_init(&story->markers, story->tree.memory);
    end_story(story);
}
