/* Advice on recordings of which the truth is known: what is in a region, when it is reset, what it
 * costs; what makes it doubtful; and that wherever memory fails nothing is left. */
#include "advise/turns.h"

#include "advise/picture.h"
#include "alloc/ledger.h"
#include "bench/random.h"
#include "support/stride.h"

enum { MOST_TOLD = 2 };

struct advised {
    struct told told[MOST_TOLD];
    size_t count;
    struct acre_alloc *memory;
    struct acre_recording recordings[MOST_TOLD];
    struct acre_advise_request request;
    uint64_t most_row_bytes; /* of requests */
    struct acre_adviser *adviser;
    enum acre_advised result;
    const struct acre_advice *advice;
    unsigned stages;
};

static void count_stage(void *to, const char *what, const struct acre_recording *recording)
{
    struct advised *advised = to;

    cr_assert_not_null(what);
    cr_assert(recording >= advised->recordings && recording < advised->recordings + advised->count);
    advised->stages++;
}

static void ask(struct advised *advised, uint64_t budget_bytes)
{
    for (size_t i = 0; i < advised->count; i++)
        advised->recordings[i] = (struct acre_recording){
            .path = advised->told[i].recording.file.path, .of = {.recording = (uint32_t)i}};
    advised->request = (struct acre_advise_request){
        .recordings = advised->recordings,
        .recording_count = advised->count,
        .budget_bytes = budget_bytes,
        .most_row_bytes = advised->most_row_bytes,
        .stage = count_stage,
        .to = advised,
    };
    advised->adviser = acre_adviser_new(advised->memory);
    if (advised->adviser == NULL) {
        advised->result = ACRE_ADVISE_NO_MEMORY;
        return;
    }
    advised->result = acre_advise(advised->adviser, &advised->request);
    advised->advice = acre_adviser_advice(advised->adviser);
}

static void end_asking(struct advised *advised)
{
    acre_adviser_destroy(advised->adviser);
    for (size_t i = 0; i < advised->count; i++)
        acre_recording_fini(&advised->recordings[i], advised->memory);
}

/* What follows from every advice. */
static void expect_sums(const struct advised *advised, const struct acre_advised_region *region)
{
    const struct acre_region_counts *counts = &region->counts[0];
    uint64_t births = 0;

    for (size_t i = 0; i < region->site_count; i++) {
        births += region->sites[i].births;
        cr_assert_eq(region->sites[i].outliving, 0);
        cr_assert_not(region->sites[i].has_threads || region->sites[i].is_refuted);
        cr_assert(i == 0 || region->sites[i].births <= region->sites[i - 1].births);
    }
    cr_assert_eq(births, counts->births, "the plan has other births than the lags");
    cr_assert_eq(counts->firings, region->marker.tally.calls);
    cr_assert_eq((region->doubts & ACRE_DOUBT_ONE_RECORDING) != 0, advised->count == 1);
    for (size_t i = 0; i < advised->count; i++) {
        counts = &region->counts[i];
        cr_assert_eq(counts->resets, (counts->firings + region->stride - 1) / region->stride);
        cr_assert_leq(counts->epochs_used, counts->resets);
    }
}

static void expect_price(const struct advised *advised, size_t recording)
{
    const struct acre_advice *advice = advised->advice;
    const struct acre_program *program = &advice->programs[recording];
    uint64_t births = 0, resets = 0;
    unsigned doubts = 0;

    for (uint32_t i = 0; i < advice->region_count; i++) {
        births += advice->regions[i].counts[recording].births;
        resets += advice->regions[i].counts[recording].resets + advice->regions[i].rotation;
        doubts |= advice->regions[i].doubts;
    }
    cr_assert_eq(program->births, advised->told[recording].births);
    cr_assert_eq(program->absorbed, births);
    cr_assert_eq(program->resets, resets);
    cr_assert_eq(program->moved_out, 0);
    cr_assert_eq(doubts & ACRE_DOUBT_ESCAPES, 0);
    cr_assert_leq(acre_advice_extra_bytes(advice, recording), advice->budget_bytes);
    cr_assert_geq(acre_advice_most_extra_bytes(advice, recording),
                  acre_advice_extra_bytes(advice, recording));
}

static enum acre_advised compile_again(const struct advised *advised, size_t recording,
                                       bool is_planned, struct acre_program *header)
{
    const struct acre_advised_program wanted = {
        .recording = recording,
        .is_planned = is_planned,
        .file = memfd_create("program", MFD_CLOEXEC),
    };
    enum acre_advised result;

    cr_assert_geq(wanted.file, 0);
    result = acre_adviser_compile(advised->adviser, &wanted, header);
    close(wanted.file);
    return result;
}

static void expect_programs(const struct advised *advised, size_t recording)
{
    const struct acre_program *priced = &advised->advice->programs[recording];
    const struct acre_advised_program nowhere = {
        .recording = recording, .is_planned = true, .file = -1};
    struct acre_program planned = {0}, plain = {0};

    cr_assert_eq(acre_adviser_compile(advised->adviser, &nowhere, &planned), ACRE_ADVISED);
    cr_assert_eq(memcmp(&planned, priced, sizeof planned), 0);
    cr_assert_eq(compile_again(advised, recording, true, &planned), ACRE_ADVISED);
    cr_assert_eq(memcmp(&planned, priced, sizeof planned), 0);
    cr_assert_eq(compile_again(advised, recording, false, &plain), ACRE_ADVISED);
    cr_assert_eq(plain.absorbed, 0);
    cr_assert_eq(plain.resets, 0);
    cr_assert_eq(plain.peak_bytes, priced->live_peak_bytes);
    cr_assert_eq(plain.events, priced->events);
}

static void expect_consistent(const struct advised *advised)
{
    cr_assert_eq(advised->result, ACRE_ADVISED);
    cr_assert_eq(advised->advice->recording_count, advised->count);
    cr_assert_eq(advised->advice->births, advised->told[0].births);
    cr_assert_gt(advised->stages, 0);
    for (uint32_t i = 0; i < advised->advice->region_count; i++)
        expect_sums(advised, &advised->advice->regions[i]);
    for (size_t i = 0; i < advised->count; i++) {
        expect_price(advised, i);
        expect_programs(advised, i);
    }
}

/* Asks of what was told. */
static void advise_within(struct advised *advised, size_t count, uint64_t budget_bytes)
{
    advised->count = count;
    advised->memory = acre_malloc_new();
    advised->stages = 0;
    ask(advised, budget_bytes);
    expect_consistent(advised);
}

static void advise_on(struct advised *advised, const struct turns *first,
                      const struct turns *second)
{
    tell_turns(&advised->told[0], first);
    if (second != NULL)
        tell_turns(&advised->told[1], second);
    advise_within(advised, second != NULL ? 2 : 1, UINT64_MAX);
}

static void end_advised(struct advised *advised)
{
    end_asking(advised);
    acre_destroy(advised->memory);
    for (size_t i = 0; i < advised->count; i++)
        end_told(&advised->told[i]);
}

/* The place of a frame, in any recording that was read. */
static uint32_t place_at(const struct advised *advised, size_t frame)
{
    return acre_place_of_node(&advised->recordings[0].of, advised->told[0].nodes[frame]);
}

static bool is_site(const struct advised *advised, const struct acre_advised_site *sites,
                    size_t count, size_t frame)
{
    for (size_t i = 0; i < count; i++)
        if (sites[i].place == place_at(advised, frame))
            return true;
    return false;
}

static bool is_member(const struct advised *advised, size_t frame)
{
    const struct acre_advised_region *region = &advised->advice->regions[0];

    return is_site(advised, region->sites, region->site_count, frame);
}

static const struct acre_advised_site *staying_at(const struct advised *advised, size_t frame)
{
    const struct acre_advised_region *region = &advised->advice->regions[0];

    for (size_t i = 0; i < region->staying_count; i++)
        if (region->staying[i].place == place_at(advised, frame))
            return &region->staying[i];
    return NULL;
}

static const struct turns forty = {.turns = 40, .nodes = 10, .texts = 5};

/* Turns --------------------------------------------------------------------------------------- */

MTest(advise, what_lives_for_a_turn_is_in_one_region)
{
    struct advised advised;
    const struct acre_advised_region *region;

    advise_on(&advised, &forty, NULL);
    cr_assert_eq(advised.advice->region_count, 1);
    region = &advised.advice->regions[0];
    cr_assert_eq(region->marker.kind, ACRE_MARKER_ENTRY);
    cr_assert_eq(region->marker.place, place_at(&advised, AT_BUILD));
    cr_assert_eq(region->rotation, 1);
    cr_assert_eq(region->stride, 1);
    cr_assert_eq(region->top, place_at(&advised, AT_BUILD));
    cr_assert_eq(region->site_count, 2);
    cr_assert(is_member(&advised, AT_NODE) && is_member(&advised, AT_TEXT));
    cr_assert_eq(region->staying_count, 0);
    cr_assert_eq(region->counts[0].births, 40 * 15);
    cr_assert_eq(region->counts[0].bytes, 40 * (10 * 48 + 5 * 100));
    cr_assert_eq(region->counts[0].firings, 40);
    cr_assert_eq(region->counts[0].most_births, 15);
    cr_assert_eq(region->counts[0].epochs_used, 40);
    cr_assert_float_eq(acre_region_effective_epochs(&region->counts[0]), 40, 1e-9);
    cr_assert_eq(region->doubts, ACRE_DOUBT_ONE_RECORDING);
    cr_assert_eq(acre_advice_extra_bytes(advised.advice, 0), 0, "it is full when most lives");
    cr_assert_eq(advised.advice->known_births, advised.advice->births);
    end_advised(&advised);
}

/* What the program says of itself is a boundary before all that is found. */
MTest(advise, a_scope_is_a_boundary)
{
    struct turns turns = forty;
    struct turns second = forty;
    const struct acre_advised_region *region;
    struct advised advised;

    turns.has_scopes = second.has_scopes = second.is_turned_round = true;
    second.turns = 20;
    advise_on(&advised, &turns, &second);
    cr_assert_eq(advised.advice->region_count, 1);
    region = &advised.advice->regions[0];
    cr_assert_str_eq(
        acre_place_scope(&acre_adviser_steps(advised.adviser)->places, region->marker.place),
        "turn");
    cr_assert_eq(region->marker.kind, ACRE_MARKER_ENTRY);
    cr_assert_eq(region->doubts, 0);
    cr_assert_eq(region->counts[0].firings, 40);
    cr_assert_eq(region->counts[0].births, 40 * 15);
    cr_assert_eq(region->counts[1].firings, 20);
    end_advised(&advised);
}

/* What is dropped when the new is there lives through the next boundary, and through no other. */
MTest(advise, the_old_is_dropped_after_the_new_is_built)
{
    const struct turns turns = {
        .turns = 40, .nodes = 10, .texts = 5, .node_turns = 1, .text_turns = 1};
    struct advised advised;

    advise_on(&advised, &turns, NULL);
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_eq(advised.advice->regions[0].rotation, 2);
    cr_assert_eq(advised.advice->regions[0].marker.place, place_at(&advised, AT_BUILD));
    cr_assert_eq(advised.advice->programs[0].absorbed, 40 * 15);
    cr_assert_eq(advised.advice->programs[0].rotation[0], 2);
    end_advised(&advised);
}

MTest(advise, what_lives_longer_stays)
{
    const struct turns turns = {
        .turns = 40, .nodes = 10, .texts = 5, .text_turns = 3, .has_state = true};
    struct advised advised;
    const struct acre_advised_site *texts, *states;

    advise_on(&advised, &turns, NULL);
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_eq(advised.advice->regions[0].rotation, 1);
    cr_assert_eq(advised.advice->regions[0].site_count, 1);
    cr_assert(is_member(&advised, AT_NODE));
    cr_assert_eq(advised.advice->programs[0].absorbed, 40 * 10);
    texts = staying_at(&advised, AT_TEXT);
    states = staying_at(&advised, AT_KEEP);
    cr_assert(texts != NULL && states != NULL);
    cr_assert_null(staying_at(&advised, AT_INIT), "it is none of the loop");
    cr_assert_eq(texts->births, 40 * 5);
    cr_assert_eq(texts->outliving, 39 * 5, "all but those of the last turn");
    cr_assert_eq(states->outliving, 39);
    end_advised(&advised);
}

/* Blocks of the loop's own site that are made long after its last turn, and never freed. */
MTest(advise, what_follows_the_loop_is_out_of_scope)
{
    const struct turns turns = {.turns = 40, .nodes = 10, .texts = 5, .tail = 1000};
    const struct acre_region_counts *counts;
    struct advised advised;

    advise_on(&advised, &turns, NULL);
    cr_assert_eq(advised.advice->region_count, 1);
    counts = &advised.advice->regions[0].counts[0];
    cr_assert_eq(counts->firings, 41);
    /* The gap is 30 calls: its reach four to five times that. */
    cr_assert_geq(counts->births, 40 * 15 + 4 * 30);
    cr_assert_leq(counts->births, 40 * 15 + 5 * 30 + 2);
    end_advised(&advised);
}

/* A turn of two blocks is no epoch: four of them are. */
MTest(advise, small_turns_are_put_together)
{
    const struct turns turns = {.turns = 64, .nodes = 1, .texts = 1};
    struct advised advised;

    advise_on(&advised, &turns, NULL);
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_eq(advised.advice->regions[0].stride, 4);
    cr_assert_eq(advised.advice->regions[0].counts[0].firings, 64);
    cr_assert_eq(advised.advice->regions[0].counts[0].resets, 16);
    cr_assert_eq(advised.advice->regions[0].counts[0].most_births, 8);
    cr_assert_eq(advised.advice->programs[0].absorbed, 128);
    end_advised(&advised);
}

MTest(advise, two_great_turns_are_told)
{
    const struct turns turns = {.turns = 40, .nodes = 8, .first_nodes = 400};
    struct advised advised;

    advise_on(&advised, &turns, NULL);
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_eq(advised.advice->regions[0].doubts, ACRE_DOUBT_ONE_RECORDING | ACRE_DOUBT_UNEVEN);
    cr_assert_eq(advised.advice->regions[0].counts[0].most_births, 400);
    end_advised(&advised);
}

MTest(advise, what_several_threads_make_is_left_alone)
{
    const struct turns turns = {.turns = 40, .nodes = 10, .texts = 5, .has_threads = true};
    struct advised advised;

    advise_on(&advised, &turns, NULL);
    cr_assert_eq(advised.advice->region_count, 0);
    cr_assert_eq(advised.advice->threaded_births, 40 * 15);
    end_advised(&advised);
}

/* Both come to the boundary, each with sites of its own. */
static void tell_two_threads(struct told *told)
{
    enum { TURNS = 40, NODES = 10 };
    struct block blocks[NODES];

    begin_told(told, 0, false);
    for (size_t turn = 0; turn < TURNS; turn++) {
        told->thread = 2;
        blocks[0] = bear(told, AT_TEXT, 100);
        drop(told, AT_DROP, &blocks[0]);
        told->thread = 1;
        for (size_t i = 0; i < NODES; i++)
            blocks[i] = bear(told, AT_NODE, 48);
        for (size_t i = 0; i < NODES; i++)
            drop(told, AT_DROP, &blocks[i]);
    }
    finish_told(told);
}

MTest(advise, a_boundary_of_several_threads_is_doubtful)
{
    struct advised advised;

    tell_two_threads(&advised.told[0]);
    advise_within(&advised, 1, UINT64_MAX);
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_eq(advised.advice->regions[0].marker.place, place_at(&advised, AT_BUILD));
    cr_assert_eq(advised.advice->regions[0].counts[0].firings, 80);
    cr_assert_eq(advised.advice->regions[0].counts[0].elsewhere, 40);
    cr_assert_eq(advised.advice->regions[0].doubts, ACRE_DOUBT_ONE_RECORDING | ACRE_DOUBT_THREADS);
    end_advised(&advised);
}

/* Phases -----------------------------------------------------------------------------------------
 */

/* What the first phase builds is dropped when the second is over; what the third builds, within
 * the first of the next turn. So it is the third, before which nothing lives. */
static void tell_three_phases(struct told *told)
{
    enum { TURNS = 40, EACH = 5 };
    struct block blocks[3][EACH] = {{{0}}};

    begin_told(told, 3, false);
    for (size_t turn = 0; turn < TURNS; turn++)
        for (size_t phase = 0; phase < 3; phase++) {
            for (size_t i = 0; i < EACH; i++)
                blocks[phase][i] = bear(told, AT_PHASE + phase, 32 + phase);
            for (size_t i = 0; i < EACH; i++) {
                if (phase == 0)
                    drop(told, AT_PHASE, &blocks[2][i]);
                if (phase == 1) {
                    drop(told, AT_PHASE + 1, &blocks[1][i]);
                    drop(told, AT_PHASE + 1, &blocks[0][i]);
                }
            }
        }
    finish_told(told);
}

MTest(advise, a_region_begins_where_it_is_empty)
{
    const struct acre_advised_region *region;
    struct advised advised;

    tell_three_phases(&advised.told[0]);
    advise_within(&advised, 1, UINT64_MAX);
    cr_assert_eq(advised.advice->region_count, 1);
    region = &advised.advice->regions[0];
    cr_assert_eq(region->marker.place, place_at(&advised, AT_PHASE + 2));
    cr_assert_eq(region->rotation, 1);
    cr_assert_eq(region->site_count, 3);
    cr_assert_eq(region->top, place_at(&advised, AT_TURN));
    cr_assert_eq(region->counts[0].births, 40 * 15 - 10, "it begins with the third phase");
    cr_assert_eq(region->staying_count, 0);
    end_advised(&advised);
}

/* In later turns somebody frees what was there before the recording, in the middle of what a turn
 * builds, at the place that was entered once a turn before. */
static void tell_foreign_frees(struct told *told)
{
    enum { TURNS = 40, EACH = 5 };
    struct block foreign, hold, scratch, blocks[2 * EACH];

    begin_told(told, 0, false);
    for (size_t turn = 0; turn < TURNS; turn++) {
        scratch = bear(told, AT_DROP, 16);
        drop(told, AT_DROP, &scratch);
        hold = bear(told, AT_KEEP, 16);
        for (size_t i = 0; i < EACH; i++)
            blocks[i] = bear(told, AT_NODE, 48);
        foreign = (struct block){0x10, 48};
        if (turn >= TURNS / 2)
            drop(told, AT_DROP, &foreign);
        for (size_t i = EACH; i < 2 * EACH; i++)
            blocks[i] = bear(told, AT_NODE, 48);
        for (size_t i = 0; i < 2 * EACH; i++)
            drop(told, AT_NODE, &blocks[i]);
        drop(told, AT_NODE, &hold);
    }
    finish_told(told);
}

/* Where it was called counts, whosesoever the block is. */
MTest(advise, calls_about_foreign_blocks_pass_boundaries)
{
    struct advised advised;

    tell_foreign_frees(&advised.told[0]);
    advise_within(&advised, 1, UINT64_MAX);
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_eq(advised.advice->regions[0].marker.kind, ACRE_MARKER_BIRTH);
    cr_assert_eq(advised.advice->regions[0].marker.place, place_at(&advised, AT_DROP));
    cr_assert_eq(advised.advice->programs[0].unknown, 20);
    end_advised(&advised);
}

/* Each in a function of its own: two blocks that are dropped at once. */
static void tell_phases(struct told *told, size_t phases, size_t turns)
{
    begin_told(told, phases, false);
    for (size_t turn = 0; turn < turns; turn++)
        for (size_t phase = 0; phase < phases; phase++)
            for (size_t i = 0; i < 2; i++) {
                struct block block = bear(told, AT_PHASE + phase, 64);

                drop(told, AT_PHASE + phase, &block);
            }
    finish_told(told);
}

/* More boundaries than are looked at closely; and one function that calls all of them. */
MTest(advise, a_sample_says_which_boundaries_are_worth_a_look)
{
    struct advised advised;

    tell_phases(&advised.told[0], 70, 12);
    advise_within(&advised, 1, UINT64_MAX);
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_gt(advised.advice->markers, 0);
    cr_assert_lt(advised.advice->markers, 128, "all are looked at");
    cr_assert_eq(advised.advice->regions[0].site_count, 70);
    cr_assert(advised.advice->regions[0].doubts & ACRE_DOUBT_INTERPRETER);
    end_advised(&advised);
    tell_phases(&advised.told[0], 20, 12);
    advise_within(&advised, 1, UINT64_MAX);
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_not(advised.advice->regions[0].doubts & ACRE_DOUBT_INTERPRETER);
    end_advised(&advised);
}

/* Budgets ----------------------------------------------------------------------------------------
 */

static void expect_nothing_planned(const struct advised *advised)
{
    cr_assert_eq(advised->advice->region_count, 0);
    cr_assert_gt(advised->advice->over_budget, 0);
    cr_assert_eq(advised->advice->budget_bytes, 0);
    cr_assert_eq(advised->advice->programs[0].peak_bytes,
                 advised->advice->programs[0].live_peak_bytes);
}

/* Where rows of all that lives would be too many, what fits nothing is looked at in part, and what
 * fits as a whole: one more reading, and the same region. */
MTest(advise, what_lives_long_is_looked_at_in_part)
{
    const struct turns turns = {
        .turns = 40, .nodes = 10, .texts = 30, .text_turns = 30, .has_state = true};
    static struct advised all, part;
    const struct acre_advised_site *whole, *sample;

    advise_on(&all, &turns, NULL);
    part.most_row_bytes = 64 * 64;
    advise_on(&part, &turns, NULL);
    cr_assert_eq(all.advice->region_count, 1);
    cr_assert_eq(part.advice->region_count, 1);
    cr_assert_eq(part.stages, all.stages + 1);
    cr_assert(is_member(&part, AT_NODE) && !is_member(&part, AT_TEXT));
    cr_assert_eq(part.advice->programs[0].absorbed, all.advice->programs[0].absorbed);
    cr_assert_eq(part.advice->regions[0].sites[0].births, all.advice->regions[0].sites[0].births);
    whole = staying_at(&all, AT_TEXT);
    sample = staying_at(&part, AT_TEXT);
    cr_assert(whole != NULL && sample != NULL, "it is named all the same");
    cr_assert_eq(whole->births, 40 * 30);
    cr_assert_float_eq((double)sample->births, 40 * 30, 400);
    end_advised(&all);
    end_advised(&part);
}

MTest(advise, what_costs_more_than_the_budget_is_given_up)
{
    struct turns turns = forty;
    struct advised advised;

    tell_turns(&advised.told[0], &turns);
    advise_within(&advised, 1, 0);
    cr_assert_eq(advised.advice->region_count, 1, "it costs nothing");
    cr_assert_eq(advised.advice->over_budget, 0);
    end_advised(&advised);
    turns.drops_at_once = true;
    advise_on(&advised, &turns, NULL);
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_eq(advised.advice->budget_bytes, 1 << 20);
    cr_assert_gt(acre_advice_extra_bytes(advised.advice, 0), 0);
    end_advised(&advised);
    tell_turns(&advised.told[0], &turns);
    advise_within(&advised, 1, 0);
    expect_nothing_planned(&advised);
    end_advised(&advised);
    tell_phases(&advised.told[0], 40, 12);
    advise_within(&advised, 1, 0);
    expect_nothing_planned(&advised);
    end_advised(&advised);
}

/* Seven boundaries of which each keeps four fifths of what the one before keeps, and of which the
 * first to fire is preferred; others that keep more. A burst, which is all of them over a budget
 * that none was over before. */
static void tell_sevenfold(struct told *told, bool has_burst)
{
    static const size_t visits[] = {256, 322, 405, 508, 637, 798, 1000};
    enum { TURNS = 1000, SEVEN = 7, OTHERS = 32, OTHERS_A_TURN = 8, SIZE = 87 };
    struct block block;

    begin_told(told, SEVEN + OTHERS, false);
    for (size_t turn = 0; turn < TURNS; turn++) {
        for (size_t i = 0; i < OTHERS_A_TURN; i++) {
            size_t frame = AT_PHASE + SEVEN + (turn * OTHERS_A_TURN + i) % OTHERS;

            block = bear(told, frame, SIZE);
            drop(told, frame, &block);
        }
        for (size_t i = 0; i < SEVEN; i++) {
            size_t births = turn == 0 || turn * visits[i] / TURNS > (turn - 1) * visits[i] / TURNS;

            if (has_burst && turn == TURNS / 2 && i == SEVEN - 1)
                births = 40;
            for (size_t j = 0; j < births; j++) {
                block = bear(told, AT_PHASE + i, births == 1 ? SIZE : 1000);
                drop(told, AT_PHASE + i, &block);
            }
        }
    }
    finish_told(told);
}

/* What was tried last is as little in the advice as what was tried before. */
MTest(advise, after_so_many_choices_it_is_given_up)
{
    struct advised advised;

    tell_sevenfold(&advised.told[0], false);
    tell_sevenfold(&advised.told[1], true);
    advise_within(&advised, 2, 8000);
    cr_assert_eq(advised.advice->region_count, 0);
    cr_assert_eq(advised.advice->over_budget, 7);
    for (size_t i = 0; i < 2; i++)
        cr_assert_eq(acre_advice_extra_bytes(advised.advice, i), 0);
    end_advised(&advised);
}

/* Several recordings -----------------------------------------------------------------------------
 */

MTest(advise, a_second_recording_confirms)
{
    struct turns second = forty;
    struct advised advised;
    const struct acre_advised_region *region;

    second.turns = 25;
    second.is_turned_round = true;
    advise_on(&advised, &forty, &second);
    region = &advised.advice->regions[0];
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_eq(region->doubts, 0);
    cr_assert_eq(region->site_count, 2);
    cr_assert_eq(region->counts[0].births, 40 * 15);
    cr_assert_eq(region->counts[1].births, 25 * 15);
    cr_assert_eq(region->counts[1].firings, 25);
    end_advised(&advised);
    /* What is not seen in it is not confirmed. */
    second.texts = 0;
    advise_on(&advised, &forty, &second);
    region = &advised.advice->regions[0];
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_eq(region->site_count, 1);
    cr_assert(is_member(&advised, AT_NODE));
    cr_assert_eq(region->doubts, 0);
    end_advised(&advised);
}

MTest(advise, a_second_recording_refutes)
{
    struct turns second = forty;
    struct advised advised;
    const struct acre_advised_region *region;
    const struct acre_advised_site *texts;

    second.is_turned_round = true;
    second.text_turns = 3;
    advise_on(&advised, &forty, &second);
    region = &advised.advice->regions[0];
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_eq(region->site_count, 1);
    cr_assert(is_member(&advised, AT_NODE));
    cr_assert_eq(region->refuted_births, 40 * 5);
    cr_assert_eq(region->doubts, ACRE_DOUBT_WITHDRAWN);
    texts = staying_at(&advised, AT_TEXT);
    cr_assert(texts != NULL && texts->is_refuted);
    cr_assert_eq(texts->outliving, 0, "in the first one");
    end_advised(&advised);
    /* All of it. */
    second.node_turns = second.text_turns = 3;
    advise_on(&advised, &forty, &second);
    cr_assert_eq(advised.advice->region_count, 0);
    end_advised(&advised);
}

/* What cannot be advised on ----------------------------------------------------------------------
 */

MTest(advise, without_call_stacks_there_are_no_regions)
{
    struct advised advised;
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

MTest(advise, what_cannot_be_read_is_no_trace)
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
MTest(advise, the_same_recordings_have_the_same_advice)
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
MTest(advise, a_picture_shows_turns_from_the_middle)
{
    static struct acre_picture picture;
    const struct acre_picture_window *window = &picture.windows[0];
    struct advised advised;

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

MTest(advise, a_picture_has_room_for_any_number_of_events)
{
    static struct acre_picture picture;
    struct advised advised;

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

MTest(advise, wherever_memory_fails_nothing_is_left, .timeout = 120)
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
