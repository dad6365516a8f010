/* The adviser as a part: what it cannot advise on, that it says the same twice, its pictures, and
 * that wherever memory fails nothing is left. */
#include "advise/asked.h"

#include "advise/picture.h"
#include "alloc/ledger.h"
#include "support/stride.h"

/* What cannot be advised on ----------------------------------------------------------------------
 */

MTest(adviser, without_call_stacks_there_are_no_regions)
{
    struct advised advised = {0};
    struct told *told = &advised.told[0];

    begin_told(told, 0, false);
    for (size_t i = 0; i < 100; i++) {
        struct block block = bear(told, 0, 32);

        drop(told, 0, &block);
    }
    finish_told(told);
    advise_within(&advised, 1, UINT64_MAX);
    cr_assert_eq(advised.advice->births, 100);
    cr_assert_eq(advised.advice->known_births, 0);
    cr_assert_eq(advised.advice->region_count, 0);
    cr_assert_eq(advised.advice->markers, 0);
    end_advised(&advised);
}

static void expect_result(struct advised *advised, enum acre_advised result)
{
    advised->memory = acre_malloc_new();
    ask(advised, UINT64_MAX);
    cr_assert_eq(advised->result, result);
    end_asking(advised);
    acre_destroy(advised->memory);
}

static void tell_nothing(struct told *told)
{
    begin_told(told, 0, false);
    finish_told(told);
}

MTest(adviser, what_cannot_be_read_is_no_trace)
{
    static struct advised advised;
    static const char garbage[] = "this is no trace, whatever its name may say of it";

    advised.count = 1;
    tell_nothing(&advised.told[0]);
    expect_result(&advised, ACRE_ADVISE_EMPTY);
    put_bytes(&advised.told[0].recording.file, garbage, sizeof garbage);
    expect_result(&advised, ACRE_ADVISE_NO_TRACE);
    cr_assert_neq(advised.recordings[0].sentence[0], 0);
    put_bytes(&advised.told[0].recording.file, garbage, 0);
    expect_result(&advised, ACRE_ADVISE_NO_TRACE);
    end_told(&advised.told[0]);
    strcpy(advised.told[0].recording.file.path, "/nowhere/to/be/found");
    expect_result(&advised, ACRE_ADVISE_NO_TRACE);
    cr_assert_neq(advised.recordings[0].sentence[0], 0);
    /* The second one. */
    advised.count = 2;
    tell_turns(&advised.told[0], &forty);
    strcpy(advised.told[1].recording.file.path, "/nowhere/to/be/found");
    expect_result(&advised, ACRE_ADVISE_NO_TRACE);
    cr_assert_eq(advised.recordings[0].sentence[0], 0);
    cr_assert_neq(advised.recordings[1].sentence[0], 0);
    tell_nothing(&advised.told[1]);
    expect_result(&advised, ACRE_ADVISE_EMPTY);
    end_told(&advised.told[0]);
    end_told(&advised.told[1]);
}

/* Again and again --------------------------------------------------------------------------------
 */

static void expect_same_sites(const struct acre_advised_site *a, const struct acre_advised_site *b,
                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(a[i].place, b[i].place);
        cr_assert_eq(a[i].births, b[i].births);
        cr_assert_eq(a[i].outliving, b[i].outliving);
        cr_assert(a[i].has_threads == b[i].has_threads && a[i].is_refuted == b[i].is_refuted);
    }
}

static void expect_same_region(const struct acre_advised_region *a,
                               const struct acre_advised_region *b)
{
    cr_assert_eq(a->marker.kind, b->marker.kind);
    cr_assert_eq(a->marker.place, b->marker.place);
    cr_assert_eq(memcmp(&a->marker.tally, &b->marker.tally, sizeof a->marker.tally), 0);
    cr_assert(a->rotation == b->rotation && a->stride == b->stride && a->top == b->top);
    cr_assert_eq(a->site_count, b->site_count);
    expect_same_sites(a->sites, b->sites, a->site_count);
    cr_assert_eq(a->staying_count, b->staying_count);
    expect_same_sites(a->staying, b->staying, a->staying_count);
    cr_assert_eq(a->refuted_births, b->refuted_births);
    cr_assert_eq(memcmp(a->counts, b->counts, sizeof a->counts), 0);
    cr_assert_eq(a->doubts, b->doubts);
}

/* Names of the programs are those of their files. */
MTest(adviser, the_same_recordings_have_the_same_advice)
{
    static struct advised first, second;
    struct turns confirming = forty;

    confirming.is_turned_round = true;
    confirming.has_state = true;
    tell_turns(&first.told[0], &forty);
    tell_turns(&first.told[1], &confirming);
    second.told[0] = first.told[0];
    second.told[1] = first.told[1];
    advise_within(&first, 2, UINT64_MAX);
    advise_within(&second, 2, UINT64_MAX);
    cr_assert_eq(first.advice->region_count, 1);
    cr_assert_eq(second.advice->region_count, 1);
    expect_same_region(&first.advice->regions[0], &second.advice->regions[0]);
    cr_assert_eq(
        memcmp(first.advice->programs, second.advice->programs, sizeof first.advice->programs), 0);
    cr_assert_eq(first.advice->markers, second.advice->markers);
    cr_assert_eq(first.advice->budget_bytes, second.advice->budget_bytes);
    cr_assert_eq(first.advice->threaded_births, second.advice->threaded_births);
    end_asking(&second);
    acre_destroy(second.memory);
    end_advised(&first);
}

/* Pictures ---------------------------------------------------------------------------------------
 */

static void draw(const struct advised *advised, size_t recording, struct acre_picture *picture)
{
    const struct acre_advised_program wanted = {
        .recording = recording,
        .is_planned = true,
        .file = -1,
        .watch = acre_picture_watch,
        .watcher = picture,
    };
    const struct acre_program *program = &advised->advice->programs[recording];
    uint64_t live_bytes = 0, planned_bytes = 0;
    struct acre_program header;

    acre_picture_begin(picture, advised->advice, recording);
    cr_assert_eq(acre_adviser_compile(advised->adviser, &wanted, &header), ACRE_ADVISED);
    cr_assert_gt(picture->point_count, 0);
    for (uint32_t i = 0; i < picture->point_count; i++) {
        const struct acre_picture_point *point = &picture->points[i];

        cr_assert(i == 0 || point->event > picture->points[i - 1].event);
        cr_assert_leq(point->live_bytes, point->planned_bytes);
        if (point->live_bytes > live_bytes)
            live_bytes = point->live_bytes;
        if (point->planned_bytes > planned_bytes)
            planned_bytes = point->planned_bytes;
    }
    cr_assert_eq(live_bytes, program->live_peak_bytes, "thinning keeps what is most");
    cr_assert_eq(planned_bytes, program->peak_bytes, "thinning keeps what is most");
}

/* Six turns of forty, all of whose blocks are born and die between two resets. */
MTest(adviser, a_picture_shows_turns_from_the_middle)
{
    static struct acre_picture picture;
    const struct acre_picture_window *window = &picture.windows[0];
    struct advised advised = {0};

    advise_on(&advised, &forty, NULL);
    draw(&advised, 0, &picture);
    cr_assert_eq(picture.window_count, 1);
    cr_assert_eq(window->first_reset, 20);
    cr_assert_eq(window->reset_count, ACRE_PICTURE_TURNS + 1);
    cr_assert_eq(window->block_count, ACRE_PICTURE_TURNS * 15);
    for (uint32_t i = 0; i < window->block_count; i++) {
        const struct acre_picture_block *block = &window->blocks[i];
        uint32_t turn = i / 15;

        cr_assert(block->is_in);
        cr_assert_geq(block->born, window->resets[turn]);
        cr_assert_gt(block->died, block->born);
        cr_assert_lt(block->died, window->resets[turn + 1]);
    }
    end_advised(&advised);
}

MTest(adviser, a_picture_has_room_for_any_number_of_events)
{
    static struct acre_picture picture;
    struct advised advised = {0};

    tell_sevenfold(&advised.told[0], true);
    advise_within(&advised, 1, UINT64_MAX);
    cr_assert_eq(advised.advice->region_count, 1);
    draw(&advised, 0, &picture);
    cr_assert_geq(picture.point_count, ACRE_PICTURE_POINTS / 2);
    end_advised(&advised);
}

/* Without memory ---------------------------------------------------------------------------------
 */

static bool ask_with_failure(struct advised *advised, struct acre_ledger *ledger,
                             struct acre_fault_plan *plan, uint64_t fail_at)
{
    struct acre_program header;
    bool is_done;

    *plan = (struct acre_fault_plan){.fail_at = fail_at, .forever = fail_at % 2 == 0};
    ask(advised, UINT64_MAX);
    is_done = advised->result == ACRE_ADVISED;
    cr_assert(is_done || advised->result == ACRE_ADVISE_NO_MEMORY, "failure %llu: %d",
              (unsigned long long)fail_at, advised->result);
    if (is_done) {
        enum acre_advised result = compile_again(advised, 0, true, &header);

        is_done = result == ACRE_ADVISED;
        cr_assert(is_done || result == ACRE_ADVISE_NO_MEMORY);
    }
    end_asking(advised);
    cr_assert_eq(acre_books_total(&ledger->books).live.blocks, 0, "failure %llu",
                 (unsigned long long)fail_at);
    return is_done && plan->failures == 0;
}

static void fail_everywhere(struct advised *advised, size_t stride)
{
    struct acre_alloc *below = acre_malloc_new();
    struct acre_fault_plan plan = {0};
    struct acre_ledger ledger;
    struct acre_alloc *recorded;
    uint64_t fail_at = 1;

    acre_ledger_init(&ledger);
    recorded = acre_record_new(below, &ledger.sink, 0);
    advised->memory = acre_fault_new(recorded, &plan);
    cr_assert(recorded != NULL && advised->memory != NULL);
    while (!ask_with_failure(advised, &ledger, &plan, fail_at))
        fail_at += stride;
    cr_assert_gt(fail_at, 50);
    acre_destroy(advised->memory);
    acre_destroy(recorded);
    acre_destroy(below);
    for (size_t i = 0; i < advised->count; i++)
        end_told(&advised->told[i]);
}

MTest(adviser, wherever_memory_fails_nothing_is_left, .timeout = 120)
{
    static struct advised advised;
    struct turns turns = {.turns = 10, .nodes = 10, .texts = 5, .has_state = true};

    tell_turns(&advised.told[0], &turns);
    turns.is_turned_round = true;
    tell_turns(&advised.told[1], &turns);
    advised.count = 2;
    fail_everywhere(&advised, test_stride(11));
    /* With a choice among many boundaries before. */
    tell_phases(&advised.told[0], 70, 9);
    advised.count = 1;
    fail_everywhere(&advised, 1 + test_stride(11));
}
