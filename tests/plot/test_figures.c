/* The figures of a run as scripts: what is in them is what the tables say, whoever named it. */
#include "tests/support/mtest.h"

#include "plot/figure.h"
#include "report/format.h"
#include "tests/report/facts.h"
#include "tests/report/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The caller frees it. */
static char *script_of(const struct acre_run *run, enum acre_figure figure, size_t group,
                       double width_mm)
{
    struct acre_groups all;
    char *text = NULL;
    size_t bytes;
    FILE *script = open_memstream(&text, &bytes);

    cr_assert(script && acre_groups_init(&all, run));
    cr_assert(acre_figure_is_there(figure, &all, group), "no %s", acre_figure_name(figure));
    cr_assert(acre_figure_write(figure, &all, group, width_mm, script));
    cr_assert(fclose(script) == 0);
    acre_groups_fini(&all);
    return text;
}

static bool is_there(const struct acre_run *run, enum acre_figure figure, size_t group)
{
    struct acre_groups all;
    bool answer;

    cr_assert(acre_groups_init(&all, run));
    answer = acre_figure_is_there(figure, &all, group);
    acre_groups_fini(&all);
    return answer;
}

#define EXPECT_FACTS(text, ...)                                                                    \
    do {                                                                                           \
        const char *const facts[] = {__VA_ARGS__};                                                 \
        expect_facts(text, facts, sizeof facts / sizeof facts[0]);                                 \
    } while (0)

/* Groups that differ in their elements alone. */
static void sample_sizes(struct acre_run *run)
{
    sample_full(run, 9, 1, 1.0);
    for (size_t i = 0; i < run->cell_count; i++) {
        struct acre_key_parameter *parameters = run->cells[i].key.parameters;

        if (strcmp(parameters[2].value, "true") == 0) {
            sample_text(&parameters[0].value, "300");
            sample_text(&parameters[0].title, "300 elements");
        }
        sample_text(&parameters[2].value, "false");
        sample_text(&parameters[2].title, "forward");
    }
}

/* A number as it stands in a script, with a blank behind it. */
static struct acre_number cell_of(double value)
{
    struct acre_number text = acre_format_exact(value);

    strncat(text.text, " ", sizeof text.text - strlen(text.text) - 1);
    return text;
}

MTest(ranking, shows_the_numbers_of_the_table)
{
    struct acre_run run;
    struct acre_groups all;
    char *script;

    sample_full(&run, 9, 1, 1.0);
    sample_text(&sample_cell(&run, "jemalloc", "weak")->failure, "killed by signal 9");
    script = script_of(&run, ACRE_FIGURE_RANKING, 0, ACRE_PAGE_MM);
    EXPECT_FACTS(script, "set logscale x\n", "'malloc/weak'", "'arena/region'",
                 "'1.00' at first 1,", "'time / time of the limit (ratio), log scale'",
                 "'square-chain: 10,000 elements, depth 3, forward, x reused, order seed'",
                 "Left out: ", "jemalloc/weak (failed: killed by signal 9)",
                 "malloc/strong (leaks)", "noise floor");
    cr_assert(acre_groups_init(&all, &run));
    for (size_t i = 0; i < all.groups[0].row_count; i++) {
        const struct acre_group_row *row = &all.groups[0].rows[i];

        if (row->is_timed)
            EXPECT_FACTS(script, cell_of(row->x_limit.point).text, cell_of(row->x_limit.low).text,
                         cell_of(row->x_limit.high).text);
    }
    acre_groups_fini(&all);
    free(script);
    acre_run_free(&run);
}

MTest(ranking, marks_by_the_verdict_of_the_table)
{
    struct acre_run run;
    struct acre_groups all;
    char *script, *faster, *slower;

    sample_full(&run, 20, 1, 1.0);
    for (size_t i = 0; i < run.cell_count; i++)
        if (strcmp(run.cells[i].key.backend, "jemalloc") == 0)
            for (size_t r = 0; r < 20; r++) {
                run.cells[i].x_limit.values[r] *= 2.0;
                run.cells[i].ns_per_iteration.values[r] *= 2.0;
            }
    script = script_of(&run, ACRE_FIGURE_RANKING, 0, ACRE_PAGE_MM);
    EXPECT_FACTS(script, "'faster than malloc/weak'", "'slower than it'");
    faster = strstr(script, "$rows1 << END\n");
    slower = strstr(script, "$rows2 << END\n");
    cr_assert(faster && slower && faster < slower && acre_groups_init(&all, &run));
    for (size_t i = 0; i < all.groups[0].row_count; i++) {
        const struct acre_group_row *row = &all.groups[0].rows[i];
        const char *place = strstr(faster, cell_of(row->x_limit.point).text);

        if (row->is_timed && strcmp(row->cell->key.backend, "arena") == 0)
            cr_expect(place && place < slower, "the arena is faster");
        if (row->is_timed && strcmp(row->cell->key.backend, "jemalloc") == 0)
            cr_expect(place && place > slower, "jemalloc is slower");
    }
    acre_groups_fini(&all);
    free(script);
    acre_run_free(&run);
}

MTest(ranking, shows_times_where_there_is_no_limit)
{
    struct acre_run run;
    char *script;

    sample_full(&run, 9, 1, 1.0);
    for (size_t i = 0; i < run.cell_count; i++)
        run.cells[i].x_limit.count = run.cells[i].limit_ns_per_iteration.count = 0;
    script = script_of(&run, ACRE_FIGURE_RANKING, 0, ACRE_COLUMN_MM);
    EXPECT_FACTS(script, "'time per iteration (us), log scale'");
    cr_expect_not(strstr(script, "Dashed"));
    free(script);
    acre_run_free(&run);
}

MTest(memory, is_drawn_with_one_plot_a_strategy)
{
    struct acre_run run;
    char *script;

    sample_full(&run, 2, 1, 1.0);
    script = script_of(&run, ACRE_FIGURE_MEMORY, 0, ACRE_PAGE_MM);
    EXPECT_FACTS(script, "$looks0 << END\n", "'memory (bytes), log scale'",
                 "'time since the first iteration (", "'requested: live'", "KiB'");
    cr_expect_eq(sample_occurrences(script, "plot $looks"),
                 sample_occurrences(script, " << END\n"));
    free(script);
    acre_run_free(&run);
}

MTest(waste, is_a_stack_that_ends_at_what_is_held)
{
    struct acre_run run;
    char *script;

    sample_full(&run, 2, 1, 1.0);
    script = script_of(&run, ACRE_FIGURE_WASTE, 0, ACRE_PAGE_MM);
    EXPECT_FACTS(script, "'kept free'", "'requested'", "with boxxyerror", "$parts << END\n",
                 "'held when most is live (");
    free(script);
    acre_run_free(&run);
}

MTest(waste, cuts_what_would_hide_the_others)
{
    struct acre_run run;
    struct acre_stack_part *parts;
    char *script;

    sample_full(&run, 2, 1, 1.0);
    script = script_of(&run, ACRE_FIGURE_WASTE, 0, ACRE_PAGE_MM);
    cr_expect_eq(sample_occurrences(script, "set arrow from graph 1,"), 0);
    free(script);
    parts = sample_cell(&run, "arena", "region")->waste.peak.parts;
    parts[ACRE_WASTE_KEPT_FREE].bytes = parts[ACRE_WASTE_HELD].bytes = 1ull << 30;
    script = script_of(&run, ACRE_FIGURE_WASTE, 0, ACRE_PAGE_MM);
    cr_expect_eq(sample_occurrences(script, "set arrow from graph 1,"), 1);
    EXPECT_FACTS(script, "'1.00 GiB'", "(KiB)'");
    free(script);
    acre_run_free(&run);
}

MTest(growth, divides_by_the_size)
{
    struct acre_run run;
    struct acre_groups all;
    char *script;

    sample_sizes(&run);
    cr_expect_not(is_there(&run, ACRE_FIGURE_GROWTH, 1), "it is drawn once");
    script = script_of(&run, ACRE_FIGURE_GROWTH, 0, ACRE_PAGE_MM);
    EXPECT_FACTS(script, "'300' at first 300,", "'10,000' at first 10000,",
                 "'elements (number), log scale'", "'time of an iteration / elements (",
                 "'limit, written by hand'", "'arena/walked'",
                 "'square-chain: depth 3, forward, x reused, order seed'");
    cr_assert(acre_groups_init(&all, &run));
    for (size_t i = 0; i < all.groups[1].row_count; i++)
        if (all.groups[1].rows[i].is_timed) {
            char line[128];

            snprintf(line, sizeof line, "10000 %s\n",
                     acre_format_exact(all.groups[1].rows[i].ns_per_iteration / 10000.0).text);
            EXPECT_FACTS(script, line);
        }
    acre_groups_fini(&all);
    free(script);
    acre_run_free(&run);
}

MTest(growth, is_per_unit_where_there_is_one)
{
    struct acre_run run;
    char *script;

    sample_sizes(&run);
    for (size_t i = 0; i < run.cell_count; i++) {
        sample_text(&run.cells[i].key.unit, "node");
        run.cells[i].units_per_iteration = 100;
    }
    script = script_of(&run, ACRE_FIGURE_GROWTH, 0, ACRE_PAGE_MM);
    EXPECT_FACTS(script, "'time per node (ns), log scale'");
    free(script);
    acre_run_free(&run);
}

MTest(rounds, are_in_their_order)
{
    struct acre_run run;
    struct acre_cell *cell;
    double median;
    char *script, line[128];

    sample_full(&run, 9, 1, 1.0);
    cell = sample_cell(&run, "malloc", "weak");
    cell->ns_per_iteration.values[3] *= 1.75;
    cr_assert_eq(acre_series_median(&cell->ns_per_iteration, &median), ACRE_STATS_OK);
    script = script_of(&run, ACRE_FIGURE_ROUNDS, 0, ACRE_PAGE_MM);
    snprintf(line, sizeof line, "\n4 %s\n5 ",
             acre_format_exact(cell->ns_per_iteration.values[3] / median).text);
    EXPECT_FACTS(script, line, "'round'", "'time of a round / median (ratio), log scale'",
                 "'malloc/weak, median ");
    free(script);
    acre_run_free(&run);
}

MTest(figures, are_there_where_something_was_measured)
{
    struct acre_run run;

    sample_full(&run, 9, 1, 1.0);
    for (int f = 0; f < ACRE_FIGURE_COUNT; f++)
        cr_expect_eq(is_there(&run, (enum acre_figure)f, 0), f != ACRE_FIGURE_GROWTH, "%s",
                     acre_figure_name((enum acre_figure)f));
    for (size_t i = 0; i < run.cell_count; i++)
        run.cells[i].has_memory = run.cells[i].has_waste = false;
    cr_expect_not(is_there(&run, ACRE_FIGURE_MEMORY, 0));
    cr_expect_not(is_there(&run, ACRE_FIGURE_WASTE, 0));
    for (size_t i = 0; i < run.cell_count; i++) {
        run.cells[i].has_memory = run.cells[i].has_waste = true;
        sample_text(&run.cells[i].failure, "killed by signal 9");
    }
    cr_expect_not(is_there(&run, ACRE_FIGURE_RANKING, 0));
    cr_expect_not(is_there(&run, ACRE_FIGURE_ROUNDS, 0));
    acre_run_free(&run);
}

/* Between quotes there is one line, and outside of them nothing that could be run. */
static void expect_harmless(const char *script)
{
    bool is_quoted = false;

    for (const char *at = script; *at != '\0'; at++) {
        if (*at == '\'')
            is_quoted = !is_quoted;
        cr_assert_not(is_quoted && (unsigned char)*at < ' ', "a text of two lines: %.60s", at);
        cr_assert_not(!is_quoted && strchr("`\"@!", *at), "outside of quotes: %.60s", at);
    }
    cr_assert_not(is_quoted);
}

MTest(figures, do_not_believe_names)
{
    static const char hostile[] =
        "`touch x`'.system(\"touch x\").'\n!touch x\n@ARG1 {\\_^} \xff\033";
    struct acre_run run;

    sample_sizes(&run);
    for (size_t i = 0; i < run.cell_count; i++) {
        struct acre_cell_key *key = &run.cells[i].key;

        sample_text(&key->workload, hostile);
        sample_text(&key->unit, hostile);
        run.cells[i].units_per_iteration = 3;
        for (size_t p = 0; p < key->parameter_count; p++) {
            sample_text(&key->parameters[p].name, hostile);
            sample_text(&key->parameters[p].title, hostile);
        }
        if (strcmp(key->backend, "arena") == 0)
            sample_text(&key->backend, hostile);
        if (strcmp(key->backend, "jemalloc") == 0)
            sample_text(&run.cells[i].failure, hostile);
    }
    for (int f = 0; f < ACRE_FIGURE_COUNT; f++)
        for (double width_mm = ACRE_LEAST_MM; width_mm <= ACRE_MOST_MM; width_mm *= 4.0) {
            char *script = script_of(&run, (enum acre_figure)f, 0, width_mm);

            expect_harmless(script);
            EXPECT_FACTS(script, "`touch x`''.system(");
            free(script);
        }
    acre_run_free(&run);
}

/* As many strategies as nobody has, and numbers as nobody measures. */
MTest(figures, have_a_size_that_can_be_drawn)
{
    struct acre_run run;
    size_t count = 300;

    sample_small(&run);
    run.cells = realloc(run.cells, count * sizeof *run.cells);
    cr_assert(run.cells);
    for (size_t i = 2; i < count; i++) {
        struct acre_cell *cell = &run.cells[i];
        char backend[32];

        *cell = (struct acre_cell){0};
        snprintf(backend, sizeof backend, "so:%zu", i);
        sample_text(&cell->key.workload, run.cells[0].key.workload);
        sample_text(&cell->key.unit, "");
        sample_text(&cell->key.backend, backend);
        sample_text(&cell->key.lifetime, "weak");
        cell->key.parameters = calloc(5, sizeof *cell->key.parameters);
        cell->key.parameter_count = 5;
        for (size_t p = 0; p < 5; p++) {
            sample_text(&cell->key.parameters[p].name, run.cells[0].key.parameters[p].name);
            sample_text(&cell->key.parameters[p].value, run.cells[0].key.parameters[p].value);
            sample_text(&cell->key.parameters[p].title, run.cells[0].key.parameters[p].title);
        }
        cr_assert(acre_series_append(&cell->ns_per_iteration, i == 2 ? 5e-324 : 1.7e308) &&
                  acre_series_append(&cell->ns_per_iteration, 1e-300));
    }
    run.cell_count = count;
    for (int f = 0; f < ACRE_FIGURE_COUNT; f++) {
        char *script;

        if (!is_there(&run, (enum acre_figure)f, 0))
            continue;
        script = script_of(&run, (enum acre_figure)f, 0, ACRE_COLUMN_MM);
        cr_expect_not(strstr(script, "inf") || strstr(script, "nan"), "%s",
                      acre_figure_name((enum acre_figure)f));
        free(script);
    }
    acre_run_free(&run);
}
