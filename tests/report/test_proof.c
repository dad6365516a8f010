/* What regions save, of figures that are made up here, so that each can be told beforehand. */
#include "tests/support/mtest.h"

#include "report/proof.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 12, MOST_CELLS = 40 };

static char *copy(const char *text)
{
    char *made = strdup(text);

    cr_assert_not_null(made);
    return made;
}

/* The limit takes `limit_ns`; the calls `calls_ns` beside it, in every third round 10 % more and in
 * every third 10 % less. Rounds are in the order of `shift`, so that ratios of pairs vary. */
static struct acre_cell *add_limited_cell(struct acre_run *run, const char *backend,
                                          const char *lifetime, double calls_ns, double limit_ns,
                                          size_t shift)
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

        cr_assert(acre_series_append(&cell->ns_per_iteration, limit_ns + calls));
        cr_assert(acre_series_append(&cell->limit_ns_per_iteration, limit_ns));
        cr_assert(acre_series_append(&cell->x_limit, (limit_ns + calls) / limit_ns));
        cr_assert(acre_series_append(&cell->faults_per_iteration, 0));
        cr_assert(acre_series_append(&cell->system_ns_per_iteration, 0));
    }
    return cell;
}

static void add_cell(struct acre_run *run, const char *backend, const char *lifetime,
                     double calls_ns, size_t shift)
{
    add_limited_cell(run, backend, lifetime, calls_ns, 100, shift);
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

/* Passes -----------------------------------------------------------------------------------------
 */

static void add_touched(struct acre_run *run, const char *backend, const char *lifetime,
                        const char *touch, double calls_ns)
{
    bool is_all = strcmp(touch, "all") == 0;
    struct acre_cell *cell =
        add_limited_cell(run, backend, lifetime, calls_ns, is_all ? 180 : 100, 0);

    cell->key.parameters = calloc(1, sizeof *cell->key.parameters);
    cr_assert_not_null(cell->key.parameters);
    cell->key.parameter_count = 1;
    cell->key.parameters[0].name = copy("touch");
    cell->key.parameters[0].value = copy(touch);
}

/* Of calls with both ends and with all touched. */
static void make_touched_run(struct acre_run *run)
{
    begin_run(run);
    add_touched(run, "malloc", "", "all", 220);
    add_touched(run, "malloc", "region", "all", 110);
    add_touched(run, "better", "", "all", 165);
    add_touched(run, "better", "region", "all", 130);
    add_touched(run, "malloc", "", "first+last", 200);
    add_touched(run, "malloc", "region", "first+last", 100);
    add_touched(run, "better", "", "first+last", 160);
    add_touched(run, "better", "region", "first+last", 120);
}

/* A run of 1,000 ns, 200 of which are calls; 80 and 20 more touch all: there is time for 8 passes,
 * each of which saves what is saved with all touched and not with both ends. */
MTest(proof, passes_over_large_blocks_widen_what_is_expected)
{
    struct acre_run run;
    struct acre_proof proof;

    make_touched_run(&run);
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert(proof.has_points && proof.passes.is_known);
    cr_assert_eq(proof.row_count, 2);
    cr_assert_float_eq(proof.rows[0].ns, 200, 1e-9);
    cr_assert_float_eq(proof.passes.pass_percent, 10, 1e-9);
    cr_assert_float_eq(proof.passes.most, 8, 1e-9);
    cr_assert_float_eq(proof.gained.point, 10, 1e-9);
    cr_assert_float_eq(proof.passes.gained.point, 11, 1e-9);
    cr_assert_float_eq(proof.gained.least, 10 - 4, 1e-9);
    cr_assert_float_eq(proof.gained.most, 10 + 4 + 8, 1e-9);
    cr_assert_float_eq(proof.alone.point, 4, 1e-9);
    cr_assert_float_eq(proof.passes.alone.point, 5.5, 1e-9);
    cr_assert_float_eq(proof.alone.most, 4 + 1.6 + 8 * 1.5, 1e-9);
    cr_assert_float_eq(proof.alone.least, 4 - 1.6, 1e-9);
    /* Beside the better one less is saved with all touched: 3.5 for 4. */
    cr_assert_float_eq(proof.on_best.least, 4 - 1.6 - 8 * 0.5, 1e-9);
    cr_assert_float_eq(proof.on_best.most, 4 + 1.6, 1e-9);
    acre_run_free(&run);
}

/* It is not told of calls alone, nor where to touch all takes no time that could be told. */
MTest(proof, passes_are_not_made_up)
{
    struct acre_run run;
    struct acre_proof proof;

    make_run(&run);
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert_not(proof.passes.is_known);
    acre_run_free(&run);
    begin_run(&run); /* somebody asked for that alone */
    add_touched(&run, "malloc", "", "all", 220);
    add_touched(&run, "malloc", "region", "all", 110);
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert(proof.has_points);
    cr_assert_float_eq(proof.rows[0].ns, 220, 1e-9);
    cr_assert_not(proof.passes.is_known);
    acre_run_free(&run);
    begin_run(&run);
    add_touched(&run, "malloc", "", "all", 110);
    add_touched(&run, "malloc", "region", "all", 90);
    add_touched(&run, "malloc", "", "first+last", 200);
    add_touched(&run, "malloc", "region", "first+last", 100);
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert(proof.has_points);
    cr_assert_not(proof.passes.is_known);
    cr_assert_float_eq(proof.gained.most, 10 + 4, 1e-9);
    acre_run_free(&run);
}

/* The better one failed with all touched. */
MTest(proof, passes_want_the_allocators_of_both)
{
    struct acre_run run;
    struct acre_proof proof;

    make_touched_run(&run);
    run.cells[2].failure = copy("killed by signal 9");
    cr_assert(acre_proof_of(&run, &all_of_it, &not_told, &proof));
    cr_assert(proof.has_points);
    cr_assert_eq(proof.best, 1);
    cr_assert_not(proof.passes.is_known);
    acre_run_free(&run);
}

MTest(proof, blocks_are_large_by_their_mean)
{
    struct acre_program planned = {.absorbed = 10, .absorbed_bytes = 10 * 1024};

    cr_assert(acre_proof_has_large_blocks(&planned));
    planned.absorbed_bytes--;
    cr_assert_not(acre_proof_has_large_blocks(&planned));
    planned = (struct acre_program){.requested_bytes = 1 << 20};
    cr_assert_not(acre_proof_has_large_blocks(&planned));
}
