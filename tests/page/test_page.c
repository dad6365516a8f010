/* The page of runs: what it says is what the terminal says, nothing of a run becomes markup, and it
 * stays small whatever is behind it. */
#include "tests/support/mtest.h"

#include "page/maker.h"
#include "page/page.h"
#include "report/compare_notes.h"
#include "report/format.h"
#include "report/group.h"
#include "report/sentence.h"
#include "report/summary.h"
#include "tests/report/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static json_t *model_of(const struct acre_run *run, const char *name)
{
    const struct acre_page_run named = {run, name};
    const struct acre_page_content content = {.runs = &named, .run_count = 1};
    json_t *model = acre_page_model(&content);

    cr_assert(model);
    return model;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    cr_assert(text, "no text '%s'", name);
    return text;
}

static json_t *only_run(const json_t *model)
{
    return json_array_get(json_object_get(model, "runs"), 0);
}

/* The page as it would be on disk, the caller's to free. */
static char *page_of(const struct acre_page_content *content)
{
    char path[] = "/tmp/acre-test-page-XXXXXX", error[256];
    int file = mkstemp(path);
    struct stat state;
    char *bytes;

    cr_assert(file >= 0);
    cr_assert_eq(acre_page_write(content, path, error, sizeof error), ACRE_EXIT_OK, "%s", error);
    close(file); /* it was replaced */
    FILE *page = fopen(path, "r");
    cr_assert(page && fstat(fileno(page), &state) == 0);
    bytes = calloc(1, (size_t)state.st_size + 1);
    cr_assert(bytes);
    cr_assert_eq(fread(bytes, 1, (size_t)state.st_size, page), (size_t)state.st_size);
    cr_assert_eq(strlen(bytes), (size_t)state.st_size, "no byte of a page is 0");
    fclose(page);
    unlink(path);
    return bytes;
}

MTest(page, a_row_says_what_the_table_says)
{
    struct acre_run run;
    struct acre_groups groups;

    sample_full(&run, 9, 1, 1.0);
    cr_assert(acre_groups_init(&groups, &run));
    json_t *model = model_of(&run, "run.json");
    const json_t *shown = json_object_get(only_run(model), "groups");
    cr_assert_eq(json_array_size(shown), groups.count);
    for (size_t g = 0; g < groups.count; g++) {
        const struct acre_group *group = &groups.groups[g];
        const json_t *object = json_array_get(shown, g), *rows = json_object_get(object, "rows");
        char *sentence = acre_group_sentence(group);

        cr_expect_str_eq(text_of(object, "answer"), sentence);
        free(sentence);
        cr_assert_eq(json_array_size(rows), group->row_count);
        for (size_t r = 0; r < group->row_count; r++) {
            const struct acre_group_row *row = &group->rows[r];
            const json_t *json = json_array_get(rows, r);

            cr_expect_str_eq(text_of(json, "strategy"), acre_strategy_name(&row->cell->key).text);
            cr_expect_eq(json_object_get(json, "time_ns") != NULL, row->is_timed);
            if (row->has_x_limit)
                cr_expect_str_eq(text_of(json, "x_limit_text"),
                                 acre_format_ratio(&row->x_limit, 2).text);
            if (row->has_against)
                cr_expect_str_eq(text_of(json_object_get(json, "against"), "words"),
                                 acre_format_verdict(&row->against, true).text);
            cr_expect_eq(json_integer_value(
                             json_object_get(json_object_get(json, "recorded"), "allocations")),
                         (json_int_t)row->cell->recorded.allocations);
        }
    }
    json_decref(model);
    acre_groups_fini(&groups);
    acre_run_free(&run);
}

MTest(page, a_suite_is_answered_as_a_whole)
{
    struct acre_run run;
    struct acre_groups groups;
    struct acre_summary summary;

    sample_suite(&run, 20, 1, 1.0);
    cr_assert(acre_groups_init(&groups, &run) && acre_summary_init(&summary, &groups));
    json_t *model = model_of(&run, "run.json");
    cr_expect_str_eq(text_of(only_run(model), "answer"), acre_summary_sentence(&summary).text);
    cr_expect_eq(json_array_size(json_object_get(only_run(model), "cases")), groups.count);
    json_decref(model);
    acre_summary_fini(&summary);
    acre_groups_fini(&groups);
    acre_run_free(&run);
}

MTest(page, a_run_without_cells_is_a_page)
{
    struct acre_run run = {0};
    json_t *model = model_of(&run, "run.json");

    cr_expect_str_eq(text_of(only_run(model), "answer"), "Nothing was measured.");
    json_decref(model);
}

MTest(page, a_comparison_has_the_verdicts_of_compare)
{
    struct acre_run a, b;
    struct acre_comparison comparison;
    char error[256];
    const char *const before = "a.json", *const after = "b.json";

    sample_full(&a, 20, 1, 1.0);
    sample_full(&b, 20, 2, 1.5);
    cr_assert_eq(acre_compare(&comparison, &(struct acre_runs){&a, 1}, &(struct acre_runs){&b, 1},
                              &(struct acre_compare_options){0}, error, sizeof error),
                 ACRE_EXIT_OK, "%s", error);
    const struct acre_page_run runs[] = {{&a, before}, {&b, after}};
    const struct acre_page_comparison shown = {&comparison, &before, &after};
    json_t *model = acre_page_model(&(struct acre_page_content){runs, 2, &shown, 1});
    cr_assert(model);
    const json_t *object = json_array_get(json_object_get(model, "comparisons"), 0);
    char *sentence = acre_comparison_sentence(&comparison);
    cr_expect_str_eq(text_of(object, "answer"), sentence);
    free(sentence);
    const json_t *cells = json_object_get(object, "cells");
    cr_assert_eq(json_array_size(cells), comparison.cell_count);
    size_t slower = 0;
    for (size_t i = 0; i < comparison.cell_count; i++) {
        const struct acre_compared_cell *cell = &comparison.cells[i];
        const json_t *time = json_object_get(json_array_get(cells, i), "time");

        cr_expect_eq(time != NULL, cell->has_time);
        if (time == NULL)
            continue;
        cr_expect_str_eq(text_of(time, "words"), acre_format_verdict_short(&cell->time).text);
        slower += strcmp(text_of(time, "verdict"), "slower") == 0;
    }
    cr_expect_eq(slower, 4, "arena/region and arena/walked in both groups");
    cr_expect_eq(json_array_size(json_object_get(model, "runs")), 2);
    json_decref(model);
    acre_comparison_free(&comparison);
    acre_run_free(&a);
    acre_run_free(&b);
}

/* How often a page without any name of a run in it has this. */
static size_t in_an_empty_page(const char *part)
{
    struct acre_run run = {0};
    const struct acre_page_run named = {&run, ""};
    char *page = page_of(&(struct acre_page_content){.runs = &named, .run_count = 1});
    size_t count = sample_occurrences(page, part);

    free(page);
    return count;
}

MTest(page, names_stay_text)
{
    static const char hostile[] =
        "</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>\"'`&lt;{{b}}";
    static const char *const parts[] = {"<script", "</script", "<!--", "<img"};
    struct acre_run run;

    sample_full(&run, 9, 1, 1.0);
    for (size_t i = 0; i < run.cell_count; i++) {
        sample_text(&run.cells[i].key.workload, hostile);
        if (strcmp(run.cells[i].key.backend, "jemalloc") == 0)
            sample_text(&run.cells[i].key.backend, hostile);
        for (size_t p = 0; p < run.cells[i].key.parameter_count; p++)
            sample_text(&run.cells[i].key.parameters[p].title, hostile);
    }
    sample_text(&run.command, hostile);
    sample_text(&run.machine[0].name, hostile);
    sample_text(&run.machine[0].value, hostile);
    sample_text(&run.libraries[0].path, hostile);
    const struct acre_page_run named = {&run, hostile};
    char *page = page_of(&(struct acre_page_content){.runs = &named, .run_count = 1});
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        cr_expect_eq(sample_occurrences(page, parts[i]), in_an_empty_page(parts[i]), "%s",
                     parts[i]);
    cr_expect(strstr(page, "<title>&lt;/script>&lt;script>"), "the title is there, as text");
    cr_expect_gt(sample_occurrences(page, "\\u003c/script>\\u003cscript>alert(1)"), 5);
    free(page);
    acre_run_free(&run);
}

MTest(page, names_of_files_may_be_any_bytes)
{
    struct acre_run run;

    sample_full(&run, 9, 1, 1.0);
    json_t *model = model_of(&run, "a\xff\xc3(\xe2\x82\xac\xed\xa0\x80.json");
    cr_expect_str_eq(text_of(only_run(model), "name"),
                     "a\xef\xbf\xbd\xef\xbf\xbd(\xe2\x82\xac\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                     ".json");
    json_decref(model);
    acre_run_free(&run);
}

static const json_t *recorded_of_first(const json_t *model)
{
    const json_t *groups = json_object_get(only_run(model), "groups");
    const json_t *rows = json_object_get(json_array_get(groups, 0), "rows");

    return json_object_get(json_array_get(rows, 0), "recorded");
}

MTest(page, long_lists_are_thinned_and_keep_their_peak)
{
    enum { ITERATIONS = 1000000, PEAK_AT = 765432 };
    struct acre_run run;

    sample_full(&run, 9, 1, 1.0);
    for (size_t i = 0; i < run.cell_count; i++) {
        struct acre_recorded *recorded = &run.cells[i].recorded;

        free(recorded->by_iteration);
        recorded->by_iteration = calloc(ITERATIONS, sizeof *recorded->by_iteration);
        cr_assert(recorded->by_iteration);
        recorded->by_iteration_count = ITERATIONS;
        recorded->by_iteration[PEAK_AT - 1].peak_bytes = 123456789;
    }
    json_t *model = model_of(&run, "run.json");
    const json_t *shown = json_object_get(recorded_of_first(model), "by_iteration");
    const json_t *numbers = json_object_get(shown, "iteration");
    const json_t *peaks = json_object_get(shown, "peak");
    size_t at = 0;
    cr_expect_leq(json_array_size(numbers), 2000);
    cr_expect_geq(json_array_size(numbers), 60);
    while (at < json_array_size(peaks) &&
           json_integer_value(json_array_get(peaks, at)) != 123456789)
        at++;
    cr_expect_eq(json_integer_value(json_array_get(numbers, at)), PEAK_AT);
    char *text = json_dumps(model, JSON_COMPACT);
    cr_expect_lt(strlen(text), 1u << 20, "%zu bytes", strlen(text));
    free(text);
    json_decref(model);
    acre_run_free(&run);
}

MTest(page, what_found_no_memory_is_remembered)
{
    json_t *object = json_object(), *array = json_array();
    struct acre_maker maker = {false};

    acre_put_text(&maker, object, "name", "value");
    acre_add(&maker, array, json_integer(1));
    cr_expect_not(maker.failed);
    acre_put(&maker, object, "name", NULL);
    cr_expect(maker.failed);
    maker.failed = false;
    acre_add(&maker, array, NULL);
    cr_expect(maker.failed);
    json_decref(object);
    json_decref(array);
}

MTest(page, a_full_disk_is_told)
{
    struct acre_run run = {0};
    const struct acre_page_run named = {&run, "run.json"};
    char error[256] = "";

    cr_expect_eq(acre_page_write(&(struct acre_page_content){.runs = &named, .run_count = 1},
                                 "/dev/full", error, sizeof error),
                 ACRE_EXIT_IO);
    cr_expect(strstr(error, "No space left on device"), "%s", error);
}
