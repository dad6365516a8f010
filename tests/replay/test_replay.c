/* Replay: what random traces are compiled to, against the model of profiles; that what is found in
 * blocks is what was written there, on allocators that keep it and on some that do not. */
#include "replay/compiled.h"

#include "alloc/backends.h"
#include "replay/nothing.h"
#include "replay/touch.h"
#include "support/stride.h"

/* The contents ---------------------------------------------------------------------------------
 */

MTest(replay, what_is_read_is_what_was_written)
{
    char block[512];

    for (unsigned touch = 0; touch < ACRE_TOUCHES; touch++)
        for (size_t size = 0; size <= 400; size++)
            for (uint64_t number = 1; number < UINT64_C(1) << 40; number = number * 37 + 5) {
                memset(block, 0xa5, sizeof block);
                acre_touch_write((enum acre_touch)touch, block, size, number);
                cr_assert_eq(acre_touch_read((enum acre_touch)touch, block, size),
                             acre_touch_expected((enum acre_touch)touch, size, number),
                             "touch %u, %zu bytes", touch, size);
                cr_assert_eq((unsigned char)block[size], 0xa5);
                if (touch != ACRE_TOUCH_NONE)
                    cr_assert_eq(acre_touch_read_first(block, size),
                                 acre_touch_expected_first(size, number));
            }
}

/* Against the model ----------------------------------------------------------------------------
 */

static void expect_counts(const struct model *model, const struct acre_program *program)
{
    uint64_t resizes = 0, remaining = 0, inherited = 0, requested = 0, peak = 0;

    for (size_t b = 0; b < model->block_count; b++) {
        const struct model_block *block = &model->blocks[b];

        resizes += block->resizes;
        requested += block->born_bytes + block->grown_bytes;
        remaining += block->died == MODEL_EVENTS;
        inherited += block->is_inherited;
    }
    for (size_t at = 0; at < model->count; at++) {
        uint64_t live = 0;

        for (size_t b = 0; b < model->block_count; b++)
            live += model->blocks[b].lives[at] ? model->blocks[b].bytes[at] : 0;
        peak = live > peak ? live : peak;
    }
    cr_assert_eq(program->births, model->block_count);
    cr_assert_eq(program->deaths, model->block_count);
    cr_assert_eq(program->resizes, resizes);
    cr_assert_eq(program->events, 2 * model->block_count + resizes);
    cr_assert_eq(program->remaining, remaining);
    cr_assert_eq(program->inherited, inherited);
    cr_assert_eq(program->requested_bytes, requested);
    cr_assert_eq(program->peak_bytes, peak);
    cr_assert_eq(program->unknown, model->unknown);
    cr_assert_eq(program->refused, model->refused);
    cr_assert_eq(program->recorded_ns, model->end_ns - MODEL_BEGIN_NS);
    cr_assert_str_eq(program->name, "a?name");
}

/* What a ledger sees of a pass is what the program says of itself. */
static void expect_calls(struct compiled *compiled, struct acre_alloc *below)
{
    const struct acre_program *program = compiled->program;
    struct acre_ledger ledger;
    struct acre_alloc *recorded;
    struct acre_counts counts;

    acre_ledger_init(&ledger);
    recorded = acre_record_new(below, &ledger.sink, 0);
    cr_assert_not_null(recorded);
    compiled->player.touch = ACRE_TOUCH_FIRST_LAST;
    cr_assert(acre_play(&compiled->player, recorded));
    counts = acre_books_total(&ledger.books);
    cr_assert_eq(counts.live.blocks, 0);
    cr_assert_eq(counts.live.bytes, 0);
    cr_assert_geq(counts.allocations, program->births); /* a move is a birth as well */
    cr_assert_leq(counts.allocations, program->births + program->resizes);
    cr_assert_geq(counts.peak.bytes, program->peak_bytes);
    acre_destroy(recorded);
}

MTest(replay, random_traces_are_those_of_the_model, .timeout = 120)
{
    static struct model model;
    struct acre_alloc *pages = acre_pages_new();

    for (uint64_t seed = 1; seed <= 40; seed += test_stride(13)) {
        struct recording recording;
        struct compiled compiled;
        struct acre_alloc *nothing;
        struct acre_alloc *pool;

        model_draw(&model, seed);
        model_write(&model, &recording);
        compile(&compiled, &recording);
        cr_assert_eq(compiled.state, ACRE_TRACE_COMPLETE);
        expect_counts(&model, compiled.program);
        pool = acre_pool_new(recording.memory, NULL);
        nothing = acre_nothing_new(pages, compiled.program->largest_bytes);
        cr_assert(pool != NULL && nothing != NULL);
        play_all_touches(&compiled, recording.memory, true);
        play_all_touches(&compiled, pool, true);
        play_all_touches(&compiled, nothing, false);
        expect_calls(&compiled, recording.memory);
        acre_destroy(nothing);
        acre_destroy(pool);
        end_compiled(&compiled);
        end_recording(&recording);
        model_end(&model);
    }
    acre_destroy(pages);
}

/* Of any front part of a trace what is there is played. */
MTest(replay, a_cut_trace_gives_what_it_has, .timeout = 120)
{
    static struct model model;
    struct recording recording;
    unsigned char *bytes;
    size_t count, played = 0;

    model_draw(&model, 5);
    model_write(&model, &recording);
    bytes = get_bytes_of(&recording.file, &count);
    for (size_t cut = 0; cut < count; cut += test_stride(31)) {
        struct compiled compiled;

        put_bytes(&recording.file, bytes, cut);
        if (try_to_compile(&compiled, &recording, NULL, recording.memory) == ACRE_COMPILED) {
            cr_assert_eq(compiled.state, ACRE_TRACE_INCOMPLETE);
            play_all_touches(&compiled, recording.memory, true);
            played++;
        }
        end_compiled(&compiled);
    }
    cr_assert_gt(played, 0);
    free(bytes);
    end_recording(&recording);
    model_end(&model);
}

/* What a few calls become ----------------------------------------------------------------------
 */

/* In its ring a block may be made larger where it stands in part. */
MTest(replay, nothing_moves_what_overlaps)
{
    const struct acre_layout small = {16, 16, ACRE_PURPOSE_OTHER}, large = {200, 16, 0};
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *nothing = acre_nothing_new(pages, large.size);
    unsigned char *block, *moved;

    cr_assert_not_null(nothing);
    block = acre_allocate(nothing, large);
    cr_assert_not_null(block);
    while (acre_allocate(nothing, small) != block) /* until it comes round */
        continue;
    for (size_t i = 0; i < large.size; i++)
        block[i] = (unsigned char)i;
    moved = acre_reallocate(nothing, block, large, 2 * large.size);
    cr_assert_eq(moved, block + small.size);
    for (size_t i = 0; i < large.size; i++)
        cr_assert_eq(moved[i], i);
    acre_destroy(nothing);
    acre_destroy(pages);
}

/* An allocator that writes down what it is asked for, and has bytes in its blocks that nobody has
 * written. */
struct witness {
    struct acre_alloc base;
    struct acre_alloc *inner;
    struct acre_layout asked[16], freed[16];
    bool was_cleared[16];
    size_t asked_count, freed_count;
};

static void *witness_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct witness *witness = (struct witness *)self;
    void *block = NULL;

    cr_assert_lt(witness->asked_count, 16);
    witness->asked[witness->asked_count++] = layout;
    if (layout.size < UINT32_MAX)
        block = acre_allocate(witness->inner, layout);
    else
        block = acre_allocate(witness->inner, (struct acre_layout){64, 64, 0});
    if (block != NULL && layout.size < UINT32_MAX)
        memset(block, 0xee, layout.size);
    return block;
}

static void witness_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    struct witness *witness = (struct witness *)self;
    const unsigned char *bytes = block;
    bool is_cleared = true;

    for (size_t i = 0; layout.size < UINT32_MAX && i < layout.size; i++)
        is_cleared &= bytes[i] == 0;
    witness->was_cleared[witness->freed_count] = is_cleared;
    witness->freed[witness->freed_count++] = layout;
    acre_free(witness->inner, block,
              layout.size < UINT32_MAX ? layout : (struct acre_layout){64, 64, 0});
}

static const struct acre_alloc_ops witness_ops = {
    .name = "witness",
    .capabilities = ACRE_CAN_FREE,
    .allocate = witness_allocate,
    .free = witness_free,
};

MTest(replay, sizes_alignments_and_cleared_blocks_are_those_of_the_program)
{
    const size_t huge = (size_t)5 << 32 | 7;
    const struct acre_trace_event events[] = {
        event_of(ACRE_TRACE_ALLOCATE, 0x1000, 24, 16, ACRE_TRACE_CALL_MALLOC),
        event_of(ACRE_TRACE_ALLOCATE, 0x2000, 100, 4096, ACRE_TRACE_CALL_MEMALIGN),
        event_of(ACRE_TRACE_ALLOCATE, 0x3000, 40, 16, ACRE_TRACE_CALL_CALLOC),
        event_of(ACRE_TRACE_ALLOCATE, 0x4000, huge, 16, ACRE_TRACE_CALL_MALLOC),
        event_of(ACRE_TRACE_REFUSE, 0, 1, 16, ACRE_TRACE_CALL_MALLOC),
        event_of(ACRE_TRACE_FREE, 0x9000, 1, 16, ACRE_TRACE_CALL_NONE), /* nobody's */
        event_of(ACRE_TRACE_FREE, 0x2000, 100, 4096, ACRE_TRACE_CALL_NONE),
        event_of(ACRE_TRACE_FREE, 0x3000, 40, 16, ACRE_TRACE_CALL_NONE),
    };
    struct recording recording;
    struct compiled compiled;
    struct witness witness = {.base = {.ops = &witness_ops}};

    record_events(&recording, events, sizeof events / sizeof events[0]);
    witness.inner = recording.memory;
    compile(&compiled, &recording);
    cr_assert(acre_play(&compiled.player, &witness.base));
    cr_assert_eq(witness.asked_count, 4);
    cr_assert_eq(witness.asked[0].size, 24);
    cr_assert_eq(witness.asked[0].align, ACRE_PLAY_ALIGN);
    cr_assert_eq(witness.asked[1].align, 4096);
    cr_assert_eq(witness.asked[3].size, huge);
    cr_assert_eq(witness.freed_count, 4);
    cr_assert_eq(witness.freed[0].align, 4096);
    cr_assert_eq(witness.freed[1].size, 40);
    cr_assert(witness.was_cleared[1]);
    cr_assert_not(witness.was_cleared[0]);
    cr_assert_eq(witness.freed[2].size, huge); /* behind the end: the newest first */
    cr_assert_eq(witness.freed[3].size, 24);
    cr_assert_eq(compiled.program->refused, 1);
    cr_assert_eq(compiled.program->unknown, 1);
    cr_assert_eq(compiled.program->remaining, 2);
    cr_assert_eq(compiled.program->largest_bytes, huge);
    end_compiled(&compiled);
    end_recording(&recording);
}

MTest(replay, a_trace_without_calls_is_told)
{
    const struct acre_trace_event event =
        event_of(ACRE_TRACE_FREE, 0x9000, 1, 16, ACRE_TRACE_CALL_NONE);
    struct recording recording;
    struct compiled compiled;

    record_events(&recording, &event, 1);
    cr_assert_eq(try_to_compile(&compiled, &recording, NULL, recording.memory), ACRE_COMPILE_EMPTY);
    cr_assert_null(acre_program_map(compiled.file));
    end_compiled(&compiled);
    end_recording(&recording);
}

/* Allocators that are wrong --------------------------------------------------------------------
 */

/* Gives the same block to everybody; or a fresh one, and forgets what stood in the last one. */
struct wrong {
    struct acre_alloc base;
    struct acre_alloc *inner;
    bool forgets;
    char *shared, *last;
};

static void *wrong_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct wrong *wrong = (struct wrong *)self;

    if (!wrong->forgets)
        return wrong->shared;
    if (wrong->last != NULL)
        memset(wrong->last, 0, 1);
    wrong->last = acre_allocate(wrong->inner, layout);
    return wrong->last;
}

static void wrong_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    struct wrong *wrong = (struct wrong *)self;

    if (wrong->forgets && wrong->last == block)
        wrong->last = NULL;
    if (wrong->forgets)
        acre_free(wrong->inner, block, layout);
}

static const struct acre_alloc_ops wrong_ops = {
    .name = "wrong",
    .capabilities = ACRE_CAN_FREE,
    .allocate = wrong_allocate,
    .free = wrong_free,
};

MTest(replay, contents_that_are_lost_are_found_out)
{
    static char shared[1 << 19];
    static struct model model;
    struct recording recording;
    struct compiled compiled;

    model_draw(&model, 3);
    model_write(&model, &recording);
    compile(&compiled, &recording);
    cr_assert_leq(compiled.program->largest_bytes, sizeof shared);
    for (unsigned forgets = 0; forgets < 2; forgets++) {
        struct wrong wrong = {.base = {.ops = &wrong_ops},
                              .inner = recording.memory,
                              .forgets = forgets,
                              .shared = shared};

        play_all_touches(&compiled, &wrong.base, false);
    }
    end_compiled(&compiled);
    end_recording(&recording);
    model_end(&model);
}

/* Without memory -------------------------------------------------------------------------------
 */

MTest(replay, compiling_without_memory_is_told, .timeout = 120)
{
    static struct model model;
    struct recording recording;
    struct acre_fault_plan plan = {0};
    struct acre_alloc *faulty;
    enum acre_compiled result = ACRE_COMPILE_NO_MEMORY;

    model_draw(&model, 11);
    model_write(&model, &recording);
    faulty = acre_fault_new(recording.memory, &plan);
    for (uint64_t fail_at = 1; result != ACRE_COMPILED; fail_at++) {
        struct compiled compiled;

        plan = (struct acre_fault_plan){.fail_at = fail_at};
        result = try_to_compile(&compiled, &recording, NULL, faulty);
        cr_assert(result == ACRE_COMPILED || plan.failures == 1);
        end_compiled(&compiled);
        cr_assert_eq(plan.live_bytes, 0);
    }
    acre_destroy(faulty);
    end_recording(&recording);
    model_end(&model);
}
