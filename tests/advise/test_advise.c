/* Advice on recordings of which the truth is known: what is in a region, when it is reset, what it
 * costs; and what makes it doubtful. */
#include "advise/asked.h"

/* Turns --------------------------------------------------------------------------------------- */

MTest(advise, what_lives_for_a_turn_is_in_one_region)
{
    struct advised advised = {0};
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
    struct advised advised = {0};

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

/* Three loops after each other, each with a call of its own: what the scope of their turns is used
 * for all the time no site is alone. */
MTest(advise, several_loops_share_a_scope)
{
    enum { LOOPS = 3, TURNS = 30, NODES = 10 };
    const struct turns scopes = {.has_scopes = true};
    struct advised advised = {0};
    struct told *told = &advised.told[0];

    begin_told(told, LOOPS, false);
    for (size_t turn = 0; turn < LOOPS * TURNS; turn++) {
        struct block blocks[NODES];

        begin_scope(told, &scopes, turn);
        for (size_t i = 0; i < NODES; i++)
            blocks[i] = bear(told, AT_PHASE + turn / TURNS, 48);
        for (size_t i = 0; i < NODES; i++)
            drop(told, AT_PHASE + turn / TURNS, &blocks[i]);
    }
    finish_told(told);
    advise_within(&advised, 1, UINT64_MAX);
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_not_null(acre_place_scope(&acre_adviser_steps(advised.adviser)->places,
                                        advised.advice->regions[0].marker.place));
    cr_assert_eq(advised.advice->regions[0].site_count, LOOPS);
    cr_assert_eq(advised.advice->programs[0].absorbed, LOOPS * TURNS * NODES);
    end_advised(&advised);
}

/* What is dropped when the new is there lives through the next boundary, and through no other. */
MTest(advise, the_old_is_dropped_after_the_new_is_built)
{
    const struct turns turns = {
        .turns = 40, .nodes = 10, .texts = 5, .node_turns = 1, .text_turns = 1};
    struct advised advised = {0};

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
    struct advised advised = {0};
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

/* Four blocks by the nodes' line that are there before the loop and behind it, and four that are
 * gone before it. Those of another line do not matter. */
MTest(advise, what_lasts_and_is_made_by_the_same_line_is_told)
{
    const struct turns turns = {.turns = 40, .nodes = 10, .texts = 5, .first = 8};
    const struct acre_advised_region *region;
    struct advised advised = {0};

    advise_on(&advised, &turns, NULL);
    cr_assert_eq(advised.advice->region_count, 1);
    region = &advised.advice->regions[0];
    cr_assert_eq(region->site_count, 2);
    cr_assert_eq(region->lasting_count, 1);
    cr_assert_eq(region->lasting[0].place, place_at(&advised, AT_FIRST));
    cr_assert_eq(region->lasting[0].blocks, 4);
    cr_assert_eq(region->lasting[0].common, 1);
    end_advised(&advised);
    advise_on(&advised, &forty, NULL);
    cr_assert_eq(advised.advice->regions[0].lasting_count, 0);
    end_advised(&advised);
}

/* Blocks of the loop's own site that are made long after its last turn, and never freed. */
MTest(advise, what_follows_the_loop_is_out_of_scope)
{
    const struct turns turns = {.turns = 40, .nodes = 10, .texts = 5, .tail = 1000};
    const struct acre_region_counts *counts;
    struct advised advised = {0};

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
    struct advised advised = {0};

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
    struct advised advised = {0};

    advise_on(&advised, &turns, NULL);
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_eq(advised.advice->regions[0].doubts, ACRE_DOUBT_ONE_RECORDING | ACRE_DOUBT_UNEVEN);
    cr_assert_eq(advised.advice->regions[0].counts[0].most_births, 400);
    end_advised(&advised);
}

MTest(advise, what_several_threads_make_is_left_alone)
{
    const struct turns turns = {.turns = 40, .nodes = 10, .texts = 5, .has_threads = true};
    struct advised advised = {0};

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
    struct advised advised = {0};

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
    struct advised advised = {0};

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
    struct advised advised = {0};

    tell_foreign_frees(&advised.told[0]);
    advise_within(&advised, 1, UINT64_MAX);
    cr_assert_eq(advised.advice->region_count, 1);
    cr_assert_eq(advised.advice->regions[0].marker.kind, ACRE_MARKER_BIRTH);
    cr_assert_eq(advised.advice->regions[0].marker.place, place_at(&advised, AT_DROP));
    cr_assert_eq(advised.advice->programs[0].unknown, 20);
    end_advised(&advised);
}

/* More boundaries than are looked at closely; and one function that calls all of them. */
MTest(advise, a_sample_says_which_boundaries_are_worth_a_look)
{
    struct advised advised = {0};

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
    struct advised advised = {0};

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

/* What was tried last is as little in the advice as what was tried before. */
MTest(advise, after_so_many_choices_it_is_given_up)
{
    struct advised advised = {0};

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
    struct advised advised = {0};
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
    struct advised advised = {0};
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
