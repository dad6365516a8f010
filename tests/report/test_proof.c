/* What regions save, of figures that are made up here, so that each can be told beforehand; and the
 * verdict on them. */
#include "tests/support/mtest.h"

#include "report/advised.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 12, MOST_CELLS = 40 };

static char *copy(const char *text)
{
    char *made = strdup(text);

    cr_assert_not_null(made);
    return made;
}

/* The limit takes 100 ns; the calls `calls_ns` beside it, in every third round 10 % more and in
 * every third 10 % less. Rounds are in the order of `shift`, so that ratios of pairs vary. */
static void add_cell(struct acre_run *run, const char *backend, const char *lifetime,
                     double calls_ns, size_t shift)
{
    static const double factors[] = {1.0, 1.1, 0.9};
    struct acre_cell *cell = &run->cells[run->cell_count++];

    cr_assert_leq(run->cell_count, MOST_CELLS);
    *cell = (struct acre_cell){.units_per_iteration = 10};
    cell->key = (struct acre_cell_key){
        .workload = copy("replay"),
        .unit = copy("event"),
        .backend = copy(backend),
        .lifetime = copy(lifetime),
    };
    for (size_t i = 0; i < ROUNDS; i++) {
        double calls = calls_ns * factors[(i + shift) % 3];

        cr_assert(acre_series_append(&cell->ns_per_iteration, 100 + calls));
        cr_assert(acre_series_append(&cell->limit_ns_per_iteration, 100));
        cr_assert(acre_series_append(&cell->x_limit, (100 + calls) / 100));
        cr_assert(acre_series_append(&cell->faults_per_iteration, 0));
        cr_assert(acre_series_append(&cell->system_ns_per_iteration, 0));
    }
}

static void begin_run(struct acre_run *run)
{
    *run = (struct acre_run){.cells = calloc(MOST_CELLS, sizeof *run->cells)};
    cr_assert_not_null(run->cells);
    for (size_t i = 0; i < ROUNDS; i++) {
        cr_assert(acre_series_append(&run->self_log_ratio, i % 2 == 0 ? 0.5 : -0.5));
        cr_assert(acre_series_append(&run->self_x_limit_log_ratio, i % 2 == 0 ? 0.01 : -0.01));
    }
    run->has_played = true;
    run->played = (struct acre_played){.events = 10,
                                       .births = 5,
                                       .deaths = 5,
                                       .threads = 1,
                                       .recorded_ns = 1200,
                                       .overhead_ns = 200};
}

/* malloc 200 ns, better 160, slower 300; with regions 100, 120, 90. */
static void make_run(struct acre_run *run)
{
    begin_run(run);
    add_cell(run, "slower", "", 300, 0);
    add_cell(run, "slower", "region", 90, 0);
    add_cell(run, "malloc", "region", 100, 1);
    add_cell(run, "malloc", "", 200, 0);
    add_cell(run, "better", "region", 120, 0);
    add_cell(run, "better", "", 160, 0);
}

/* Of what make_run plays. */
static const struct acre_program all_of_it = {
    .events = 10, .births = 5, .deaths = 5, .recorded_ns = 1200, .overhead_ns = 200};

static const struct acre_proof_time not_told = {0};

static void expect_points(const struct acre_points *points, double percent, double ratio)
{
    cr_assert_float_eq(points->point, percent * (1 - ratio), 1e-9);
    cr_assert_leq(points->low, points->point);
    cr_assert_geq(points->high, points->point);
    cr_assert(points->has_interval);
}

/* Calls and program are slowed down together: a tenth stays a tenth. Told is what is not timed. */
MTest(proof, what_is_timed_meets_the_speed_of_its_round)
{
    static const double factors[] = {1.0, 1.1, 0.9};
    struct acre_series timed = {0};
    const struct acre_proof_time time = {.seconds = 1, .timed = &timed};
    struct acre_run run;
    struct acre_proof proof;

    make_run(&run);
    for (size_t i = 0; i < ROUNDS; i++)
        cr_assert(acre_series_append(&timed, 2000e-9 * factors[i % 3]));
    cr_assert(acre_proof_of(&run, &all_of_it, &time, &proof));
    cr_assert(proof.is_run_told && proof.has_points);
    cr_assert_float_eq(proof.share_percent, 10, 1e-9);
    cr_assert_float_eq(proof.run_ns, 2000, 1e-6);
    timed.values[0] *= 100; /* one round alone is no matter */
    cr_assert(acre_proof_of(&run, &all_of_it, &time, &proof));
    cr_assert_float_eq(proof.share_percent, 10, 1e-9);
    free(timed.values);
    acre_run_free(&run);
}

MTest(proof, a_row_each_and_malloc_first)
{
    static const struct {
        const char *backend;
        double ns, region_ns;
    } wanted[] = {{"malloc", 200, 100}, {"better", 160, 120}, {"slower", 300, 90}};
    struct acre_run run;
    struct acre_proof proof;

    make_run(&run);
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert_eq(proof.row_count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct acre_proof_row *row = &proof.rows[i];

        cr_assert_str_eq(row->backend, wanted[i].backend);
        cr_assert_float_eq(row->ns, wanted[i].ns, 1e-9);
        cr_assert_float_eq(row->region_ns, wanted[i].region_ns, 1e-9);
        cr_assert_float_eq(row->region.point, wanted[i].region_ns / wanted[i].ns, 0.1);
        cr_assert_eq(row->has_alone, i > 0);
        if (i > 0)
            cr_assert_float_eq(row->alone.point, wanted[i].ns / 200, 1e-9);
    }
    cr_assert_eq(proof.best, 1);
    acre_run_free(&run);
}

MTest(proof, points_are_per_cent_of_the_run_on_malloc)
{
    struct acre_run run;
    struct acre_proof proof;

    make_run(&run);
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert_eq(proof.events, 10);
    cr_assert_eq(proof.all_events, 10);
    cr_assert_not(proof.is_run_told);
    cr_assert_float_eq(proof.run_ns, 1000, 1e-9);
    cr_assert_float_eq(proof.share_percent, 20, 1e-9);
    cr_assert(proof.has_points);
    expect_points(&proof.gained, 20, proof.rows[0].region.point);
    expect_points(&proof.alone, 20, 0.8);
    expect_points(&proof.on_best, 16, 0.75);
    /* The rounds of malloc's region are in another order: its ratios are wide. */
    cr_assert_lt(proof.gained.low, proof.gained.point - 0.1);
    cr_assert_gt(proof.gained.high, proof.gained.point + 2);
    cr_assert_float_eq(proof.gained.low, 20 * (1 - proof.rows[0].region.high), 1e-9);
    cr_assert_float_eq(proof.gained.high, 20 * (1 - proof.rows[0].region.low), 1e-9);
    acre_run_free(&run);
}

MTest(proof, what_is_to_be_expected_is_wider)
{
    struct acre_run run;
    struct acre_proof proof;

    make_run(&run);
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert_float_eq(proof.on_best.point, 4, 1e-9);
    cr_assert_float_eq(proof.on_best.least, 4 - 1.6, 1e-9);
    cr_assert_float_eq(proof.on_best.most, 4 + 1.6, 1e-9);
    cr_assert_float_eq(proof.gained.least, proof.gained.low - 0.4 * proof.gained.point, 1e-9);
    cr_assert_float_eq(proof.gained.most, proof.gained.high + 0.4 * proof.gained.point, 1e-9);
    acre_run_free(&run);
    /* What is lost has a margin as well, and none is wider than 14 points. */
    begin_run(&run);
    add_cell(&run, "malloc", "", 900, 0);
    add_cell(&run, "malloc", "region", 90, 0);
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert_float_eq(proof.gained.point, 81, 1e-9);
    cr_assert_float_eq(proof.gained.least, 81 - 14, 1e-9);
    cr_assert_float_eq(proof.gained.most, 81 + 14, 1e-9);
    cr_assert_eq(proof.best, 0);
    cr_assert_eq(proof.alone.point, 0, "malloc is the best itself");
    expect_points(&proof.on_best, 90, 0.1);
    acre_run_free(&run);
    begin_run(&run);
    add_cell(&run, "malloc", "", 100, 0);
    add_cell(&run, "malloc", "region", 150, 0);
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert_float_eq(proof.gained.point, -5, 1e-9);
    cr_assert_float_eq(proof.gained.least, -7, 1e-9);
    cr_assert_float_eq(proof.gained.most, -3, 1e-9);
    acre_run_free(&run);
}

MTest(proof, the_run_is_told_or_what_recording_left_of_it)
{
    struct acre_run run;
    struct acre_proof proof;
    struct acre_program whole = all_of_it;

    make_run(&run);
    cr_assert(acre_proof_of(&run, &whole, &(struct acre_proof_time){.seconds = 2e-6}, &proof));
    cr_assert(proof.is_run_told);
    cr_assert_float_eq(proof.run_ns, 2000, 1e-6);
    cr_assert_float_eq(proof.share_percent, 10, 1e-6);
    /* A sample: a quarter of the events, in a third of the time. */
    whole.events = 40;
    whole.recorded_ns = 3600;
    whole.overhead_ns = 800;
    cr_assert(acre_proof_of(&run, &whole, &not_told, &proof));
    cr_assert_eq(proof.events, 10);
    cr_assert_eq(proof.all_events, 40);
    cr_assert_float_eq(proof.run_ns, 1000, 1e-9);
    cr_assert(acre_proof_of(&run, &whole, &(struct acre_proof_time){.seconds = 2.4e-6}, &proof));
    cr_assert_float_eq(proof.run_ns, 800, 1e-6);
    cr_assert_float_eq(proof.share_percent, 25, 1e-6);
    /* Recording took all of it. */
    whole.overhead_ns = 4 * 1200;
    cr_assert(acre_proof_of(&run, &whole, &not_told, &proof));
    cr_assert_eq(proof.run_ns, 0);
    cr_assert_not(proof.has_points);
    cr_assert_eq(proof.row_count, 3);
    /* Calls that take longer than the run they are of have no share. */
    cr_assert(acre_proof_of(&run, &whole, &(struct acre_proof_time){.seconds = 0.6e-6}, &proof));
    cr_assert_float_eq(proof.share_percent, 100, 1e-6);
    cr_assert(acre_proof_of(&run, &whole, &(struct acre_proof_time){.seconds = 0.5e-6}, &proof));
    cr_assert_gt(proof.share_percent, 100);
    cr_assert_not(proof.has_points);
    acre_run_free(&run);
}

MTest(proof, without_times_there_are_no_rows)
{
    struct acre_run run;
    struct acre_proof proof;

    begin_run(&run);
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert_eq(proof.row_count, 0);
    add_cell(&run, "better", "", 160, 0);
    add_cell(&run, "better", "region", 120, 0);
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert_eq(proof.row_count, 0, "nothing to hold it against");
    cr_assert_not(proof.has_points);
    /* One that failed, and one that was never played with regions. */
    add_cell(&run, "malloc", "", 200, 0);
    add_cell(&run, "malloc", "region", 100, 0);
    add_cell(&run, "alone", "", 10, 0);
    run.cells[1].failure = copy("killed by signal 9");
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert_eq(proof.row_count, 1);
    cr_assert_str_eq(proof.rows[0].backend, "malloc");
    cr_assert(proof.has_points);
    acre_run_free(&run);
}

MTest(proof, few_rounds_have_no_interval)
{
    struct acre_run run;
    struct acre_proof proof;

    make_run(&run);
    for (size_t i = 0; i < run.cell_count; i++)
        run.cells[i].ns_per_iteration.count = run.cells[i].x_limit.count =
            run.cells[i].limit_ns_per_iteration.count = 3;
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert_eq(proof.row_count, 3);
    cr_assert(proof.has_points);
    cr_assert_not(proof.gained.has_interval || proof.on_best.has_interval);
    acre_run_free(&run);
}

MTest(proof, there_are_rows_for_so_many)
{
    struct acre_run run;
    struct acre_proof proof;
    char name[16];

    begin_run(&run);
    add_cell(&run, "malloc", "", 500, 0);
    add_cell(&run, "malloc", "region", 100, 0);
    for (unsigned i = 0; i < ACRE_PROOF_MOST_ROWS + 2; i++) {
        snprintf(name, sizeof name, "number-%u", i);
        add_cell(&run, name, "", 400 - i, 0);
        add_cell(&run, name, "region", 100, 0);
    }
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert_eq(proof.row_count, ACRE_PROOF_MOST_ROWS);
    cr_assert_str_eq(proof.rows[0].backend, "malloc");
    acre_run_free(&run);
}

/* Verdicts ---------------------------------------------------------------------------------------
 */

struct judged {
    struct acre_advice advice;
    struct acre_proof proofs[2];
    struct acre_advised_report report;
};

static struct acre_points points_between(double least, double most)
{
    double point = (least + most) / 2;

    return (struct acre_points){.point = point,
                                .has_interval = true,
                                .low = point,
                                .high = point,
                                .least = least,
                                .most = most};
}

/* A region in each of so many recordings, and much to gain. */
static void make_judged(struct judged *judged, size_t recordings)
{
    *judged = (struct judged){
        .advice = {.region_count = 1,
                   .recording_count = recordings,
                   .births = 100,
                   .known_births = 100},
    };
    judged->report.advice = &judged->advice;
    judged->report.proofs = judged->proofs;
    for (size_t i = 0; i < recordings; i++)
        judged->proofs[i] = (struct acre_proof){
            .is_run_told = true,
            .has_points = true,
            .gained = points_between(5, 9),
            .on_best = points_between(0.5, 4),
        };
}

static void expect_verdict(const struct judged *judged, enum acre_advice_verdict verdict)
{
    enum acre_advice_verdict told = acre_advice_verdict(&judged->report);

    cr_assert_eq(told, verdict, "%s, not %s", acre_advice_verdict_name(told),
                 acre_advice_verdict_name(verdict));
}

MTest(proof, a_verdict_is_given_where_all_agree)
{
    struct judged judged;

    make_judged(&judged, 2);
    expect_verdict(&judged, ACRE_ADVICE_WORTH_IT);
    judged.proofs[1].gained = points_between(1, 3);
    expect_verdict(&judged, ACRE_ADVICE_WORTH_IT);
    judged.proofs[1].gained = points_between(0.9, 3);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    judged.proofs[1].gained = points_between(-3, 0.9);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL); /* the other recording says it is */
    judged.proofs[0].gained = points_between(0, 0.99);
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
    make_judged(&judged, 1);
    judged.proofs[0].gained = points_between(0.5, 1);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
}

MTest(proof, what_a_better_allocator_gives_is_no_gain)
{
    struct judged judged;

    make_judged(&judged, 1);
    judged.proofs[0].on_best = points_between(-2, 0);
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
    judged.proofs[0].on_best = points_between(-2, 0.1);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    judged.proofs[0].on_best = points_between(0, 2);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    judged.proofs[0].on_best = points_between(0.1, 2);
    expect_verdict(&judged, ACRE_ADVICE_WORTH_IT);
}

/* What is recorded takes longer than what is not, and the calls are a smaller part of it. */
MTest(proof, a_run_that_was_not_told_may_be_shorter)
{
    struct judged judged;

    make_judged(&judged, 1);
    judged.proofs[0].is_run_told = false;
    expect_verdict(&judged, ACRE_ADVICE_WORTH_IT);
    judged.proofs[0].gained = points_between(0, 0.99);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    judged.proofs[0].gained = points_between(0, 0.25);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    judged.proofs[0].gained = points_between(0, 0.24);
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
}

MTest(proof, what_is_not_known_cannot_be_told)
{
    struct judged judged;

    make_judged(&judged, 1);
    judged.report.proofs = NULL;
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    make_judged(&judged, 1);
    judged.proofs[0].has_points = false;
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    make_judged(&judged, 1);
    judged.proofs[0].gained.has_interval = false;
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    make_judged(&judged, 2);
    judged.proofs[1].on_best.has_interval = false;
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
}

MTest(proof, without_a_region_nothing_is_worth_it)
{
    struct judged judged;

    make_judged(&judged, 1);
    judged.advice.region_count = 0;
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
    judged.report.proofs = NULL;
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
    judged.advice.known_births = 50;
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
    judged.advice.known_births = 49; /* most of it was not looked at */
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
}

/* Of another program, or another build, nothing can be said. */
MTest(proof, strangers_say_nothing)
{
    struct judged judged;

    make_judged(&judged, 2);
    judged.advice.region_count = 0;
    judged.advice.programs[1].births = 1000;
    judged.advice.matched_births[1] = 100;
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
    judged.advice.matched_births[1] = 99;
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    judged.advice.programs[1].births = 0;
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
}

MTest(proof, a_doubt_is_no_reason_against)
{
    struct judged judged;

    for (unsigned i = 0; acre_doubt_text(i) != NULL; i++) {
        make_judged(&judged, 1);
        judged.advice.region_count = 2;
        judged.advice.regions[1].doubts = 1u << i;
        cr_assert_eq(acre_advice_doubts(&judged.advice), 1u << i);
        expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
        judged.proofs[0].gained = points_between(-1, 0.5);
        expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
        cr_assert_eq(acre_doubt_text(i + 1) == NULL, 1u << i == ACRE_DOUBT_THREADS);
    }
    judged.advice.region_count = 1; /* of another choice */
    cr_assert_eq(acre_advice_doubts(&judged.advice), 0);
}
