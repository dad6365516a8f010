/* The file behind a history: what was stored comes back, and what is no history is refused. */
#include "tests/support/mtest.h"

#include "history/check.h"
#include "tests/report/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[] = "/tmp/acre-test-history-XXXXXX";
static char path[64], run_path[64];
static char error[1024];

static void begin(struct acre_history *history)
{
    cr_assert(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/history.db", directory);
    snprintf(run_path, sizeof run_path, "%s/run.json", directory);
    if (history)
        cr_assert_eq(acre_history_open(history, path, true, error, sizeof error), ACRE_EXIT_OK,
                     "%s", error);
}

static void end(struct acre_history *history)
{
    if (history)
        acre_history_close(history);
    unlink(path);
    unlink(run_path);
    cr_assert_eq(rmdir(directory), 0, "nothing else is left");
}

/* A run of that seed, whose arena is so much slower. */
static int64_t add(struct acre_history *history, uint64_t seed, double slowdown, bool *was_there)
{
    struct acre_run run;
    int64_t id = 0;

    sample_full(&run, 20, seed, slowdown);
    cr_assert(acre_run_write(&run, run_path, error, sizeof error), "%s", error);
    cr_assert_eq(acre_history_add(history, run_path, "abc123", &id, was_there, error, sizeof error),
                 ACRE_EXIT_OK, "%s", error);
    acre_run_free(&run);
    return id;
}

MTest(store, gives_back_what_it_got)
{
    struct acre_history history;
    struct acre_history_run *runs;
    struct acre_history_series series;
    struct acre_run run;
    size_t count;
    bool was_there;

    begin(&history);
    cr_expect_eq(add(&history, 1, 1.0, &was_there), 1);
    cr_expect_not(was_there);
    cr_expect_eq(add(&history, 2, 1.0, &was_there), 2);
    cr_expect_eq(add(&history, 1, 1.0, &was_there), 1);
    cr_expect(was_there, "the same bytes are the same run");
    acre_history_close(&history);

    cr_assert_eq(acre_history_open(&history, path, false, error, sizeof error), ACRE_EXIT_OK);
    cr_assert_eq(acre_history_list(&history, &runs, &count, error, sizeof error), ACRE_EXIT_OK);
    cr_assert_eq(count, 2);
    cr_expect(runs[0].id == 1 && runs[1].id == 2 && runs[0].cells == 10);
    cr_expect_str_eq(runs[0].commit, "abc123");
    cr_expect_str_eq(runs[0].started, "2001-02-03T04:05:06Z");
    cr_expect_str_eq(runs[0].machine, "Imaginary 9000,  cores");
    acre_history_free_runs(runs, count);

    cr_assert_eq(acre_history_get(&history, 2, &run, error, sizeof error), ACRE_EXIT_OK, "%s",
                 error);
    cr_expect_eq(run.cell_count, 10);
    const struct acre_cell *cell = sample_cell(&run, "malloc", "weak");
    cr_assert_eq(acre_history_series_of(&history, 2, &cell->key, &series, error, sizeof error),
                 ACRE_EXIT_OK);
    cr_assert_eq(series.count, 2);
    cr_expect(series.values[0].run == 1 && series.values[1].run == 2);
    cr_expect_eq(series.values[1].numbers[ACRE_METRIC_ALLOCATIONS],
                 (double)cell->recorded.allocations);
    free(series.values);
    cr_assert_eq(acre_history_series_of(&history, 1, &cell->key, &series, error, sizeof error),
                 ACRE_EXIT_OK);
    cr_expect_eq(series.count, 1, "up to the run");
    free(series.values);
    acre_run_free(&run);
    cr_expect_eq(acre_history_get(&history, 3, &run, error, sizeof error), ACRE_EXIT_INPUT);
    cr_expect(strstr(error, "there is no run 3"), "%s", error);
    end(&history);
}

MTest(store, keeps_machines_apart)
{
    struct acre_history history;
    struct acre_history_series series;
    struct acre_run run;
    bool was_there;
    int64_t id;

    begin(&history);
    add(&history, 1, 1.0, &was_there);
    sample_full(&run, 20, 2, 1.0);
    sample_text(&run.machine[0].value, "Imaginary 9001");
    cr_assert(acre_run_write(&run, run_path, error, sizeof error), "%s", error);
    cr_assert_eq(acre_history_add(&history, run_path, "", &id, &was_there, error, sizeof error),
                 ACRE_EXIT_OK);
    cr_assert_eq(acre_history_series_of(&history, id, &sample_cell(&run, "malloc", "weak")->key,
                                        &series, error, sizeof error),
                 ACRE_EXIT_OK);
    cr_expect_eq(series.count, 1);
    free(series.values);
    acre_run_free(&run);
    end(&history);
}

MTest(store, refuses_what_is_no_history)
{
    struct acre_history history;
    sqlite3 *base;
    bool was_there;
    int64_t id;

    begin(NULL);
    cr_expect_eq(acre_history_open(&history, path, false, error, sizeof error), ACRE_EXIT_IO);
    cr_expect(strstr(error, "No such file or directory"), "%s", error);
    FILE *file = fopen(path, "w");
    cr_assert(file);
    for (int i = 0; i < 1000; i++)
        fputs("not a database\n", file);
    fclose(file);
    cr_expect_eq(acre_history_open(&history, path, true, error, sizeof error), ACRE_EXIT_INPUT);
    cr_expect(strstr(error, "not a history, or damaged"), "%s", error);
    unlink(path);

    cr_assert_eq(sqlite3_open(path, &base), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(base, "CREATE TABLE cats (name TEXT)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(base);
    cr_expect_eq(acre_history_open(&history, path, true, error, sizeof error), ACRE_EXIT_INPUT);
    cr_expect(strstr(error, "a database, but not a history"), "%s", error);
    unlink(path);

    cr_assert_eq(acre_history_open(&history, path, true, error, sizeof error), ACRE_EXIT_OK);
    cr_expect_eq(acre_history_add(&history, path, "", &id, &was_there, error, sizeof error),
                 ACRE_EXIT_INPUT, "a history is no run");
    cr_assert_eq(sqlite3_exec(history.base, "PRAGMA user_version = 2", NULL, NULL, NULL),
                 SQLITE_OK);
    acre_history_close(&history);
    cr_expect_eq(acre_history_open(&history, path, true, error, sizeof error), ACRE_EXIT_INPUT);
    cr_expect(strstr(error, "a history of version 2, this acre knows 1"), "%s", error);
    end(NULL);
}

MTest(history_check, finds_what_changed)
{
    struct acre_history history;
    struct acre_history_check check;
    struct acre_run run;
    bool was_there;
    int64_t id;

    begin(&history);
    cr_expect_eq(
        acre_history_check_run(&history, 0, ACRE_METRIC_X_LIMIT, &check, error, sizeof error),
        ACRE_EXIT_INPUT);
    cr_expect(strstr(error, "no run was added yet"), "%s", error);
    for (uint64_t seed = 1; seed <= 12; seed++)
        add(&history, seed, 1.0, &was_there);
    cr_assert_eq(
        acre_history_check_run(&history, 0, ACRE_METRIC_X_LIMIT, &check, error, sizeof error),
        ACRE_EXIT_OK, "%s", error);
    cr_expect_eq(check.id, 12);
    cr_expect_eq(acre_history_check_exit(&check), ACRE_EXIT_OK);
    for (size_t i = 0; i < check.count; i++)
        cr_expect(!check.findings[i].is_measured ||
                  !acre_verdict_differs(check.findings[i].step.verdict));
    acre_history_check_end(&check);

    sample_full(&run, 20, 13, 1.1);
    sample_cell(&run, "malloc", "weak")->recorded.allocations += 1;
    cr_assert(acre_run_write(&run, run_path, error, sizeof error), "%s", error);
    acre_run_free(&run);
    cr_assert_eq(acre_history_add(&history, run_path, "", &id, &was_there, error, sizeof error),
                 ACRE_EXIT_OK);
    cr_assert_eq(
        acre_history_check_run(&history, 0, ACRE_METRIC_X_LIMIT, &check, error, sizeof error),
        ACRE_EXIT_OK);
    cr_expect_eq(acre_history_check_exit(&check), ACRE_EXIT_NO);
    size_t slower = 0, changes = 0;
    for (size_t i = 0; i < check.count; i++) {
        const struct acre_history_finding *finding = &check.findings[i];
        bool is_arena = strcmp(finding->cell->key.backend, "arena") == 0;
        slower += finding->step.verdict == ACRE_VERDICT_SLOWER;
        cr_expect(!finding->is_measured || acre_verdict_differs(finding->step.verdict) == is_arena);
        changes += finding->change_count;
    }
    cr_expect_eq(slower, 4);
    cr_expect_eq(changes, 1);
    acre_history_check_end(&check);
    /* The run before it is as it was. */
    cr_assert_eq(
        acre_history_check_run(&history, 12, ACRE_METRIC_X_LIMIT, &check, error, sizeof error),
        ACRE_EXIT_OK);
    cr_expect_eq(acre_history_check_exit(&check), ACRE_EXIT_OK);
    acre_history_check_end(&check);
    end(&history);
}
