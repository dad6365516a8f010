/* What is said of another program's calls: shares and percentages of figures that are made up here,
 * so that each can be told beforehand. */
#include "tests/support/mtest.h"

#include "report/sentence.h"
#include "tests/report/sample.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 12 };

static char *copy(const char *text)
{
    char *made = strdup(text);
    cr_assert_not_null(made);
    return made;
}

/* In each process the machine has another speed; what is asked of the allocator takes `calls_ns`
 * beside the 100 ns of the limit. */
static void make_cell(struct acre_cell *cell, const char *backend, double calls_ns,
                      const char *touch)
{
    static const double speeds[] = {1.0, 2.0, 1.5, 1.0, 1.9, 1.1, 1.3, 2.0, 1.2, 1.7, 1.4, 1.6};
    *cell = (struct acre_cell){.units_per_iteration = 10};
    cell->key = (struct acre_cell_key){
        .workload = copy("replay"),
        .unit = copy("event"),
        .backend = copy(backend),
        .lifetime = copy(""),
        .parameters = calloc(2, sizeof *cell->key.parameters),
        .parameter_count = 2,
    };
    cr_assert_not_null(cell->key.parameters);
    cell->key.parameters[0] =
        (struct acre_key_parameter){copy("trace"), copy("app.acre"), copy("app.acre")};
    cell->key.parameters[1] =
        (struct acre_key_parameter){copy("touch"), copy(touch), copy("touched somehow")};
    for (size_t i = 0; i < ROUNDS; i++) {
        double speed = speeds[(i + (size_t)calls_ns) % ROUNDS];
        cr_assert(acre_series_append(&cell->ns_per_iteration, (100 + calls_ns) * speed));
        cr_assert(acre_series_append(&cell->limit_ns_per_iteration, 100 * speed));
        cr_assert(acre_series_append(&cell->x_limit, (100 + calls_ns) / 100));
        cr_assert(acre_series_append(&cell->faults_per_iteration, 0));
        cr_assert(acre_series_append(&cell->system_ns_per_iteration, 0));
    }
}

/* malloc 200 ns, better 150, worse 700, alike 200; the run takes 10 us. */
static void make_run(struct acre_run *run, const char *touch)
{
    *run = (struct acre_run){.cells = calloc(4, sizeof *run->cells), .cell_count = 4};
    cr_assert_not_null(run->cells);
    make_cell(&run->cells[0], "malloc", 200, touch);
    make_cell(&run->cells[1], "better", 150, touch);
    make_cell(&run->cells[2], "worse", 700, touch);
    make_cell(&run->cells[3], "alike", 200, touch);
    for (size_t i = 0; i < ROUNDS; i++) {
        cr_assert(acre_series_append(&run->self_log_ratio, i % 2 == 0 ? 0.5 : -0.5));
        cr_assert(acre_series_append(&run->self_x_limit_log_ratio, i % 2 == 0 ? 0.01 : -0.01));
    }
    run->has_played = true;
    run->played = (struct acre_played){.events = 10,
                                       .births = 5,
                                       .deaths = 5,
                                       .threads = 1,
                                       .recorded_ns = 12000,
                                       .overhead_ns = 2000};
}

static char *sentence_of(const struct acre_run *run)
{
    struct acre_groups groups;
    cr_assert(acre_groups_init(&groups, run));
    cr_assert_eq(groups.count, 1);
    char *sentence = acre_group_sentence(&groups.groups[0]);
    cr_assert_not_null(sentence);
    acre_groups_fini(&groups);
    return sentence;
}

static void expect_part(const struct acre_run *run, const char *part)
{
    char *sentence = sentence_of(run);
    cr_expect(strstr(sentence, part) != NULL, "no '%s' in: %s", part, sentence);
    free(sentence);
}

MTest(played, times_are_those_of_the_calls_alone)
{
    struct acre_run run;
    struct acre_groups groups;
    make_run(&run, "first+last");
    cr_assert(acre_groups_init(&groups, &run));
    const struct acre_group *group = &groups.groups[0];
    cr_assert_not_null(group->reference);
    cr_assert_str_eq(group->reference->cell->key.backend, "malloc");
    cr_assert_float_eq(group->reference->ns_per_iteration, 2 * group->limit_ns, 1e-9);
    cr_assert_str_eq(group->rows[0].cell->key.backend, "better");
    cr_assert_float_eq(group->rows[0].against.point, 0.75, 1e-9);
    cr_assert_float_eq(group->rows[0].x_limit.point, 2.5, 1e-9); /* as measured */
    acre_groups_fini(&groups);
    /* As measured: the limit of the same round is taken off. */
    run.self_x_limit_log_ratio.count = 0;
    cr_assert(acre_groups_init(&groups, &run));
    cr_assert_float_eq(groups.groups[0].rows[0].times.values[1],
                       run.cells[1].ns_per_iteration.values[1] -
                           run.cells[1].limit_ns_per_iteration.values[1],
                       1e-9);
    acre_groups_fini(&groups);
    acre_run_free(&run);
}

MTest(played, the_sentence_says_share_and_win)
{
    struct acre_run run;
    make_run(&run, "first+last");
    expect_part(&run, "For this program's calls, of 4 allocators: better takes 25 % less time than "
                      "malloc [25, 25]; alike: no difference shown; worse 3.50 times the time "
                      "[3.50, 3.50].");
    /* The limit's median is 145 ns, so malloc's calls take 290 of 10,000 ns; a quarter of that is
     * won. */
    expect_part(&run, "The calls are 2.9 % of the run (290 ns on malloc, of 10.0 us: recorded in "
                      "12.0 us, less 2.00 us for recording; --run-time says it better), so that "
                      "cheaper calls alone can win at most 0.72 % of it;");
    run.played.has_run_ns = true;
    run.played.run_ns = 5000;
    expect_part(&run, "The calls are 5.8 % of the run (290 ns on malloc, of 5.00 us), so that");
    run.played.run_ns = 200;
    expect_part(&run, "so that nothing can be said of their share.");
    run.played.threads = 3;
    expect_part(&run, "The calls of 3 threads were played by one, in their order.");
    acre_run_free(&run);
}

MTest(played, what_cannot_be_known_is_not_said)
{
    struct acre_run run;
    make_run(&run, "none");
    expect_part(&run, "No block was touched, so that where blocks lie cannot show at all.");
    run.played.overhead_ns = run.played.recorded_ns;
    char *sentence = sentence_of(&run);
    cr_expect(strstr(sentence, "of the run") == NULL, "%s", sentence);
    free(sentence);
    for (size_t i = 0; i < 4; i++)
        run.cells[i].ns_per_iteration.count = run.cells[i].x_limit.count =
            run.cells[i].limit_ns_per_iteration.count = 3;
    expect_part(&run, "Too few rounds for a verdict");
    acre_run_free(&run);
}

/* Where nothing is left of a time but noise it is told to be a hundredth of the limit, and has a
 * logarithm. */
MTest(played, times_at_the_limit_are_a_hundredth_of_it)
{
    struct acre_run run;
    struct acre_groups groups;
    make_run(&run, "first");
    for (size_t i = 0; i < ROUNDS; i++)
        run.cells[1].x_limit.values[i] = i % 2 == 0 ? 0.99 : 1.005;
    cr_assert(acre_groups_init(&groups, &run));
    const struct acre_group_row *best = &groups.groups[0].rows[0];
    cr_assert_str_eq(best->cell->key.backend, "better");
    cr_assert(best->has_against);
    cr_assert_float_eq(best->against.point, 0.01 / 2, 1e-9);
    acre_groups_fini(&groups);
    expect_part(&run, "better takes 99.5 % less time than malloc [99.5, 99.5];");
    acre_run_free(&run);
}

MTest(played, a_plan_is_told_with_its_price)
{
    struct acre_run run;
    make_run(&run, "first");
    free(run.cells[1].key.backend);
    free(run.cells[1].key.lifetime);
    run.cells[1].key.backend = copy("malloc");
    run.cells[1].key.lifetime = copy("region");
    run.played.region = copy("handle");
    run.played.rotation = 1;
    run.played.births = 1000;
    run.played.absorbed = 900;
    run.played.resets = 2000;
    run.played.peak_bytes = 1 << 20;
    run.played.planned_peak_bytes = 3 << 20;
    expect_part(&run,
                "of 3 allocators, also with a region: malloc/region takes 25 % less time than "
                "malloc [25, 25];");
    expect_part(&run, "The region of handle takes 900 of 1,000 births (90 %) and is reset 2,000 "
                      "times; the peak is 2.00 MiB higher with it, and nothing outlives a reset.");
    run.played.rotation = 2;
    run.played.moved_out = 40;
    expect_part(&run,
                "The regions of handle take 900 of 1,000 births (90 %) and are reset 2,000 "
                "times; the peak is 2.00 MiB higher with them. 40 blocks outlive a reset, and "
                "are copied out.");
    run.played.reap = run.played.rotation = 1;
    run.played.planned_peak_bytes = run.played.peak_bytes;
    expect_part(&run, "The reap of handle takes 900 of 1,000 births (90 %) and is reset 2,000 "
                      "times; the peak is as high with it. 40 blocks");
    acre_run_free(&run);
}

/* The second parameter of all cells is the threads that played. */
static void play_by_recorded_threads(struct acre_run *run)
{
    for (size_t i = 0; i < run->cell_count; i++) {
        struct acre_key_parameter *parameter = &run->cells[i].key.parameters[1];
        free(parameter->name);
        free(parameter->value);
        parameter->name = copy("threads");
        parameter->value = copy("recorded");
    }
}

MTest(played, who_played_is_said)
{
    struct acre_run run;
    make_run(&run, "first");
    run.played.threads = 1200;
    expect_part(&run, " The calls of 1,200 threads were played by one, in their order.");
    play_by_recorded_threads(&run);
    expect_part(&run, " No two of the 1,200 threads lived at one time, so that one played them "
                      "all.");
    run.played.players = 8;
    run.played.handed_over = 5000;
    run.played.waits = 40;
    expect_part(&run, " 1,200 threads were played by 8 at a time, those whose lives do not "
                      "overlap by the same one, in the recorded order of hand-overs: 5,000 calls "
                      "about blocks that another one had last, 40 waits for these.");
    run.played.threads = 8;
    expect_part(&run, " 8 threads were played, each on its own, in the recorded order of "
                      "hand-overs: 5,000 calls");
    run.played.threads = 1;
    run.played.players = 0;
    expect_part(&run, " There is one thread, which was played by one.");
    acre_run_free(&run);
}
