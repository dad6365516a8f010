#include "tests/support/mtest.h"

#include "cli/commands.h"
#include "report/compare.h"
#include "report/group.h"
#include "report/streams.h"
#include "tests/report/sample.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char directory[] = "/tmp/acre-test-compare-XXXXXX";
static char path_a[PATH_MAX], path_b[PATH_MAX];

static void write_runs(const struct acre_run *a, const struct acre_run *b)
{
    char error[512];
    if (strstr(directory, "XXXXXX"))
        cr_assert(mkdtemp(directory));
    snprintf(path_a, sizeof path_a, "%s/a.json", directory);
    snprintf(path_b, sizeof path_b, "%s/b.json", directory);
    cr_assert(acre_run_write(a, path_a, error, sizeof error), "%s", error);
    cr_assert(acre_run_write(b, path_b, error, sizeof error), "%s", error);
}

static void remove_runs(void)
{
    cr_assert(unlink(path_a) == 0 && unlink(path_b) == 0 && rmdir(directory) == 0);
}

static struct {
    char out[32768], err[4096];
    int status;
} told;

static void read_back(int file, char *text, size_t bytes)
{
    ssize_t got = pread(file, text, bytes - 1, 0);
    cr_assert(got >= 0);
    text[got] = '\0';
}

/* Runs the command in this process; `output` takes the place of standard output unless negative,
 * then what is printed is caught in told.out. */
static void run_command_to(int output, int argc, char **argv)
{
    int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
    fflush(stdout);
    fflush(stderr);
    int kept_out = dup(STDOUT_FILENO), kept_err = dup(STDERR_FILENO);
    dup2(output >= 0 ? output : out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    told.status = acre_cmd_compare(argc, argv);
    fflush(stdout);
    fflush(stderr);
    dup2(kept_out, STDOUT_FILENO);
    dup2(kept_err, STDERR_FILENO);
    clearerr(stdout);
    close(kept_out);
    close(kept_err);
    read_back(out, told.out, sizeof told.out);
    read_back(err, told.err, sizeof told.err);
    close(out);
    close(err);
}

/* Arguments up to NULL. */
static void compare(const char *first, ...)
{
    char *argv[16] = {(char[]){"acre compare"}};
    int argc = 1;
    va_list arguments;
    va_start(arguments, first);
    for (const char *next = first; next; next = va_arg(arguments, const char *)) {
        cr_assert(argc < 15);
        argv[argc++] = strdup(next);
    }
    va_end(arguments);
    char *owned[16];
    memcpy(owned, argv, sizeof owned); /* getopt reorders argv */
    run_command_to(-1, argc, argv);
    for (int i = 1; i < argc; i++)
        free(owned[i]);
}

static void one_line_on_stderr(const char *part)
{
    const char *end = strchr(told.err, '\n');
    cr_expect(strncmp(told.err, "acre compare: ", 14) == 0 && end && end[1] == '\0', "one line: %s",
              told.err);
    cr_expect(strstr(told.err, part), "wanted '%s', got '%s'", part, told.err);
    cr_expect_str_empty(told.out);
}

static void is_refused(int status, const char *part)
{
    cr_expect_eq(told.status, status, "status %d, not %d: %s", told.status, status, part);
    one_line_on_stderr(part);
}

MTest(compare, a_run_with_itself_shows_no_difference)
{
    struct acre_run run;
    sample_full(&run, 20, 1, 1.0);
    write_runs(&run, &run);
    compare(path_a, path_a, "--fail-above", "0", NULL);
    cr_expect_eq(told.status, ACRE_EXIT_OK);
    cr_expect_str_empty(told.err);
    cr_expect_eq(sample_occurrences(told.out, "1.000 [1.000, 1.000] no difference shown"), 16, "%s",
                 told.out);
    cr_expect(strstr(told.out, "8 no difference shown, 2 not timed. Results identical. Exact "
                               "counters equal.") != NULL,
              "%s", told.out);
    cr_expect(strstr(told.out, "The limit itself: no difference shown"));
    cr_expect(strstr(told.out, "No regression above 0 %."));
    cr_expect(!strstr(told.out, "slower"));
    /* Too few rounds are said to be too few, and no regression is claimed from them. */
    struct acre_run few;
    sample_full(&few, 7, 1, 1.0);
    write_runs(&few, &few);
    compare("--fail-above=3", path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_OK);
    cr_expect(strstr(told.out, "8 too few rounds"), "%s", told.out);
    cr_expect(strstr(told.out, "The time of 8 cells was not judged: about 11 rounds would do."));
    remove_runs();
    acre_run_free(&few);
    acre_run_free(&run);
}

static void set_deaths(struct acre_run *run, const struct acre_death_count *deaths, size_t count)
{
    struct acre_recorded *recorded = &sample_cell(run, "malloc", "weak")->recorded;
    memset(recorded->lifetime_histogram, 0, sizeof recorded->lifetime_histogram);
    recorded->lifetime_histogram[3] = 60;
    recorded->lifetime_histogram[64] = 7;
    recorded->death_count = count; /* as many as the sample has, or fewer */
    for (size_t i = 0; i < count; i++)
        recorded->deaths[i] = deaths[i];
}

/* Blocks of the same lifetimes, but of other sizes: told by both buckets, whichever run has them.
 * An older run, which has no sizes, is no difference. */
MTest(compare, deaths_are_compared_by_size_and_lifetime)
{
    static const struct acre_death_count moved[] = {{6, 3, 60}, {8, 64, 3}, {17, 64, 4}};
    static const struct acre_death_count merged[] = {{6, 3, 60}, {6, 64, 7}};
    struct acre_run a, b;
    sample_full(&a, 20, 1, 1.0);
    sample_full(&b, 20, 1, 1.0);
    set_deaths(&b, moved, 3);
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect(strstr(told.out, "    deaths[size 6, lifetime 64]: 4 -> 0\n"
                               "    deaths[size 8, lifetime 64]: 0 -> 3\n"
                               "    deaths[size 17, lifetime 64]: 3 -> 4\n"),
              "%s", told.out);
    cr_expect_eq(sample_occurrences(told.out, "deaths["), 3, "%s", told.out);
    set_deaths(&b, merged, 2);
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect(strstr(told.out, "    deaths[size 6, lifetime 64]: 4 -> 7\n"
                               "    deaths[size 17, lifetime 64]: 3 -> 0\n"),
              "%s", told.out);
    compare(path_b, path_a, NULL);
    cr_expect(strstr(told.out, "    deaths[size 6, lifetime 64]: 7 -> 4\n"
                               "    deaths[size 17, lifetime 64]: 0 -> 3\n"),
              "%s", told.out);
    cr_expect_eq(sample_occurrences(told.out, "deaths["), 2, "%s", told.out);
    set_deaths(&b, NULL, 0);
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect(strstr(told.out, "Exact counters equal."), "%s", told.out);
    compare(path_b, path_a, NULL);
    cr_expect(strstr(told.out, "Exact counters equal."), "%s", told.out);
    remove_runs();
    acre_run_free(&a);
    acre_run_free(&b);
}

MTest(compare, a_regression_is_found_and_named)
{
    struct acre_run a, b;
    sample_full(&a, 20, 1, 1.0);
    sample_full(&b, 20, 2, 1.05);
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_OK, "a difference alone is no failure");
    cr_expect(strstr(told.out, "B against A, 10 cells: 4 slower, 4 no difference shown"), "%s",
              told.out);
    compare("--fail-above", "3", path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_NO);
    cr_expect_eq(sample_occurrences(told.out, "REGRESSION above 3 %: arena/"), 4, "%s", told.out);
    compare("--fail-above", "10.5", path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_OK, "5 %% is not above 10.5 %%");
    cr_expect(strstr(told.out, "No regression above 10.5 %."), "%s", told.out);
    compare("--fail-above", "3", path_b, path_a, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_OK, "faster is no regression");
    cr_expect(strstr(told.out, "4 faster"));

    /* Counters: exact, and gated as a percentage. */
    struct acre_recorded *recorded = &sample_cell(&b, "malloc", "weak")->recorded;
    recorded->allocations = 103; /* of 101: 1.98 % */
    recorded->purposes[0].frees = 77;
    write_runs(&a, &b);
    compare("--fail-above", "10", path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_OK);
    cr_expect(strstr(told.out, "allocations: 101 -> 103\n    purposes[Variable].frees: 30 -> 77"),
              "%s", told.out);
    cr_expect(strstr(told.out, "Exact counters of malloc/weak of square-chain (10,000 elements"));
    recorded->allocations = 120;
    write_runs(&a, &b);
    compare("--fail-above", "10", path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_NO);
    cr_expect(strstr(told.out, "REGRESSION above 10 %: malloc/weak"), "%s", told.out);
    recorded->allocations = 101;
    recorded->leaked_bytes = 1; /* from nothing: above every percentage */
    write_runs(&a, &b);
    compare("--fail-above", "100", path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_NO);

    /* Results and failures fail without being asked. */
    recorded->leaked_bytes = 0;
    sample_text(&recorded->checksum, "0badc0de0badc0de");
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_NO);
    cr_expect_eq(sample_occurrences(told.out, "RESULTS DIFFER"), 2, "%s", told.out);
    sample_text(&recorded->checksum, "00c0ffee00c0ffee");
    sample_text(&sample_cell(&b, "jemalloc", "weak")->failure, "out of\nmemory \x1b[31m");
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_NO);
    cr_expect(strstr(told.out, "failed in B: out of?memory ?[31m"), "%s", told.out);
    compare(path_b, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_OK, "a failure in both is no news");
    remove_runs();
    acre_run_free(&a);
    acre_run_free(&b);
}

static void scale_times(struct acre_run *run, double factor)
{
    for (size_t i = 0; i < run->cell_count; i++)
        for (size_t r = 0; r < run->cells[i].ns_per_iteration.count; r++) {
            run->cells[i].ns_per_iteration.values[r] *= factor;
            run->cells[i].x_limit.values[r] *= factor;
        }
}

/* The files of a second pair. */
static char path_c[PATH_MAX], path_d[PATH_MAX];

static void write_second(const struct acre_run *c, const struct acre_run *d)
{
    char error[512];
    snprintf(path_c, sizeof path_c, "%s/c.json", directory);
    snprintf(path_d, sizeof path_d, "%s/d.json", directory);
    cr_assert(acre_run_write(c, path_c, error, sizeof error), "%s", error);
    cr_assert(acre_run_write(d, path_d, error, sizeof error), "%s", error);
}

MTest(compare, many_files_are_blocks)
{
    struct acre_run a, b, c, d;
    sample_full(&a, 20, 1, 1.0);
    sample_full(&b, 20, 2, 1.05);
    sample_full(&c, 20, 3, 1.0);
    sample_full(&d, 12, 4, 1.05);
    write_runs(&a, &b);
    write_second(&c, &d);
    compare("--before", path_a, path_c, "--after", path_b, path_d, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_OK, "%s", told.err);
    cr_expect(strstr(told.out, "B against A, 10 cells: 4 slower, 4 no difference shown"), "%s",
              told.out);
    cr_expect_eq(sample_occurrences(told.out, "  slower, p <0.01  "), 4, "%s", told.out);
    cr_expect_eq(sample_occurrences(told.out, " not shown, p "), 4, "%s", told.out);
    cr_expect(strstr(told.out, "  A2  ") && strstr(told.out, "  B2  "), "%s", told.out);
    cr_expect(!strstr(told.out, "disagree") && !strstr(told.out, "without a partner"));
    /* Two files as they were: no other test. */
    compare("--after", path_b, "--before", path_a, NULL);
    cr_expect(!strstr(told.out, "unpaired") && strstr(told.out, "4 slower"), "%s", told.out);
    /* One too many: in the unpaired test only. */
    compare("--before", path_a, path_c, "--after", path_b, NULL);
    cr_expect(strstr(told.out, "1 file of A without a partner: in the unpaired test only."), "%s",
              told.out);

    /* The second pair was made on a slower day, both alike: pairs see the 5 %, heaps do not. */
    scale_times(&c, 1.5);
    scale_times(&d, 1.5);
    write_second(&c, &d);
    compare("--before", path_a, path_c, "--after", path_b, path_d, NULL);
    cr_expect_eq(sample_occurrences(told.out, "The estimators disagree on arena/"), 4, "%s",
                 told.out);
    cr_expect_eq(
        sample_occurrences(told.out, "by pairs of rounds slower, by all times of each side no"), 4,
        "%s", told.out);
    cr_expect(strstr(told.out, "There is more between files than between their rounds"), "%s",
              told.out);

    /* What is exact has to be the same in all files of a side. */
    sample_cell(&c, "arena", "walked")->recorded.frees++;
    sample_text(&sample_cell(&c, "malloc", "weak")->recorded.checksum, "0badc0de0badc0de");
    sample_text(&sample_cell(&d, "jemalloc", "weak")->failure, "killed by signal 9");
    write_second(&c, &d);
    compare("--before", path_a, path_c, "--after", path_b, path_d, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_NO);
    cr_expect(strstr(told.out, "00c0ffee00c0ffee in A1, 0badc0de0badc0de in A2."), "%s", told.out);
    cr_expect(strstr(told.out, "order\n    seed) differ between the files"), "%s", told.out);
    cr_expect(strstr(told.out, "failed in B: killed by signal 9"), "%s", told.out);
    cr_expect(strstr(told.out, "counters differ in 1\n  cell.") ||
                  strstr(told.out, "counters differ in 1 cell."),
              "%s", told.out);
    sample_cell(&c, "arena", "walked")->recorded.iterations = 20;
    write_second(&c, &d);
    compare("--before", path_a, path_c, "--after", path_b, path_d, NULL);
    is_refused(5, "order seed): 10 in A1, 20 in A2");
    sample_cell(&c, "arena", "walked")->recorded.iterations = 10;
    sample_text(&sample_cell(&d, "arena", "region")->key.lifetime, "zealous");
    write_second(&c, &d);
    compare("--before", path_a, path_c, "--after", path_b, path_d, NULL);
    is_refused(5,
               "A1 has arena/region of square-chain (10,000 elements, depth 3, forward, x reused, "
               "order seed) and 1 more cell, B2 does not; --common compares the others");
    compare("--common", "--before", path_a, path_c, "--after", path_b, path_d, NULL);
    cr_expect(strstr(told.out, "Left aside: 2 cells that not every file has."), "%s", told.out);
    cr_expect(strstr(told.out, "B against A, 9 cells:"), "%s", told.out);
    cr_assert(unlink(path_c) == 0 && unlink(path_d) == 0);
    remove_runs();
    acre_run_free(&a);
    acre_run_free(&b);
    acre_run_free(&c);
    acre_run_free(&d);
}

MTest(compare, noise_is_told_from_no_difference)
{
    struct acre_run a, b;
    sample_full(&a, 20, 1, 1.0);
    sample_full(&b, 20, 2, 1.0);
    struct acre_cell *cell = sample_cell(&b, "malloc", "weak");
    for (size_t r = 0; r < 20; r++)
        cell->ns_per_iteration.values[r] *= r % 2 == 0 ? 1.04 : 0.96;
    write_runs(&a, &b);
    compare("--fail-above", "3", path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_OK);
    cr_expect(strstr(told.out, "7 no difference shown, 1 too noisy to say"), "%s", told.out);
    cr_expect(strstr(told.out, "too noisy (") &&
                  strstr(told.out, "Too noisy (N): a step of 3 % may"),
              "%s", told.out);
    cr_expect(strstr(told.out, "The time of 1 cell was not judged: about "), "%s", told.out);
    /* Whoever stopped when he had seen enough needs more. */
    struct acre_run few;
    sample_full(&few, 12, 2, 1.0);
    few.time_budget_seconds = 60;
    write_runs(&a, &few);
    compare(path_a, path_b, NULL);
    cr_expect(strstr(told.out, "8 too few rounds") && strstr(told.out, "too few (14)"), "%s",
              told.out);
    remove_runs();
    acre_run_free(&a);
    acre_run_free(&b);
    acre_run_free(&few);
}

MTest(compare, a_moved_limit_is_told_apart)
{
    struct acre_run a, b;
    sample_full(&a, 20, 1, 1.0);
    sample_full(&b, 20, 2, 1.0);
    for (size_t i = 0; i < b.cell_count; i++) {
        for (size_t r = 0; r < b.cells[i].ns_per_iteration.count; r++) {
            b.cells[i].ns_per_iteration.values[r] *= 1.5;
            b.cells[i].limit_ns_per_iteration.values[r] *= 1.5;
        }
    }
    sample_text(&b.machine[1].value, "Linux 0.1");
    sample_text(&b.libraries[0].version, "2.37");
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_OK);
    cr_expect(strstr(told.out, "The limit itself is 1.50x slower ["), "%s", told.out);
    cr_expect_eq(sample_occurrences(told.out, "] slower"), 8, "times moved");
    cr_expect_eq(sample_occurrences(told.out, "] no difference shown"), 8, "the distance did not");
    cr_expect(strstr(told.out, "kernel: Linux 0.0 in A, Linux 0.1 in B"));
    cr_expect(strstr(told.out, "library of malloc: 2.36 (build id ) in A, 2.37"));
    remove_runs();
    acre_run_free(&a);
    acre_run_free(&b);
}

/* Half of what was above the limit, of calls of another program. */
MTest(compare, what_playing_costs_is_taken_off)
{
    struct acre_run a, b;
    sample_full(&a, 20, 1, 1.0);
    sample_full(&b, 20, 1, 1.0);
    for (size_t i = 0; i < b.cell_count; i++) {
        struct acre_cell *cell = &b.cells[i];
        for (size_t r = 0; r < cell->ns_per_iteration.count; r++) {
            double own_ns = cell->limit_ns_per_iteration.values[r];
            double *ns = &cell->ns_per_iteration.values[r], *x_limit = &cell->x_limit.values[r];
            a.cells[i].ns_per_iteration.values[r] += own_ns;
            a.cells[i].x_limit.values[r] += 1;
            *ns = own_ns + (a.cells[i].ns_per_iteration.values[r] - own_ns) / 2;
            *x_limit = 1 + (a.cells[i].x_limit.values[r] - 1) / 2;
        }
    }
    a.has_played = b.has_played = true;
    a.played.births = b.played.births = 1;
    sample_text(&a.played.region, "");
    sample_text(&b.played.region, "");
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_OK);
    cr_expect_eq(sample_occurrences(told.out, "0.500 [0.500, 0.500] faster"), 16, "%s", told.out);
    cr_expect(strstr(told.out, "Times are those of the calls alone"), "%s", told.out);
    remove_runs();
    acre_run_free(&a);
    acre_run_free(&b);
}

MTest(compare, unlike_runs_are_refused_by_name)
{
    struct acre_run a, b;
    sample_full(&a, 8, 1, 1.0);
    sample_full(&b, 8, 1, 1.0);
    for (size_t i = 0; i < b.cell_count; i++)
        sample_text(&b.cells[i].key.workload, "node-churn");
    write_runs(&a, &b);
    compare(path_a, path_b, "--common", NULL);
    is_refused(5, "the runs have no cell in common: B has arena/region of node-churn (10,000 ");
    for (size_t i = 0; i < b.cell_count; i++)
        sample_text(&b.cells[i].key.workload, "square-chain");
    b.seed = 18;
    write_runs(&a, &b);
    compare(path_a, path_b, "--common", NULL);
    is_refused(5, "the runs differ in seed: 17 in A, 18 in B");
    b.seed = 17;
    sample_text(&b.machine[0].value, "Imaginary 9001");
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    is_refused(5, "the runs differ in machine: cpu 'Imaginary 9000' in A, 'Imaginary 9001' in B");
    sample_text(&b.machine[0].value, "Imaginary 9000");
    b.cells[0].recorded.iterations = 20;
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    is_refused(
        5, "the runs differ in recorded iterations of malloc/weak of square-chain (10,000 elem");
    b.cells[0].recorded.iterations = 10;
    sample_text(&b.cells[0].key.parameters[0].value, "20000");
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    is_refused(5, "the runs differ in cells: only A has malloc/weak of square-chain (10,000 "
                  "elements, depth 3, forward, x reused, order seed) and 1 more cell; --common "
                  "compares the others");
    compare("--common", path_a, path_b, NULL);
    cr_expect_eq(told.status, ACRE_EXIT_OK, "%s", told.err);
    cr_expect(strstr(told.out, "B against A, 9 cells:"), "%s", told.out);
    cr_expect(strstr(told.out, "Left aside: 1 cell only in A, 1 only in B."));
    for (size_t i = 0; i < b.cell_count; i++)
        sample_text(&b.cells[i].key.parameters[0].value, "20000");
    write_runs(&a, &b);
    compare("--common", path_a, path_b, NULL);
    is_refused(5, "the runs have no cell in common: A has arena/region");
    remove_runs();
    acre_run_free(&a);
    acre_run_free(&b);
}

MTest(compare, bad_command_lines_are_one_line)
{
    static const char *const percentages[] = {"",    "-1",  "abc",  "nan",    "inf",       "1e3",
                                              "0x3", "3 %", "2,5",  ".",      "+1",        "1.2.3",
                                              " 1",  "1 ",  "\xff", "1e1000", "9999999999"};
    compare("--fail-above", NULL);
    is_refused(2, "option '--fail-above' needs a value");
    for (size_t i = 0; i < sizeof percentages / sizeof percentages[0]; i++) {
        compare("--fail-above", percentages[i], "a", "b", NULL);
        is_refused(2, "--fail-above wants a percentage such as 3 or 2.5, not '");
    }
    compare("--frobnicate", NULL);
    is_refused(2, "unknown option '--frobnicate'");
    compare("-x", "a", "b", NULL);
    is_refused(2, "unknown option '-x'");
    compare("--common=3", "a", "b", NULL);
    is_refused(2, "unknown option '--common=3'");
    compare("a.json", NULL);
    is_refused(2, "wants two run files, 1 given");
    compare("a", "b", "c", NULL);
    is_refused(2, "wants two run files, 3 given");
    compare("--before", "a", "b", NULL);
    is_refused(2, "no file behind --after; each side wants one or more");
    compare("--after", "a", "--before", NULL);
    is_refused(2, "no file behind --before");
    compare("a", "--after", "b", NULL);
    is_refused(2, "'a' stands before --before and --after");
    compare("--common", "--", "--before", NULL);
    is_refused(2, "wants two run files, 1 given");
    compare("", "", NULL);
    is_refused(4, "cannot read : No such file or directory");
    compare("/no/such\n/run.json", "/tmp", NULL);
    is_refused(4, "cannot read /no/such?/run.json: No such file or directory");
    compare("/tmp", "/tmp", NULL);
    is_refused(4, "cannot read /tmp: Is a directory");
    compare("/dev/null", "/dev/null", NULL);
    is_refused(5, "/dev/null: not a run: the file is empty");
    compare("--help", NULL);
    cr_expect_eq(told.status, 0);
    cr_expect(strstr(told.out, "\nexamples:\n") && !told.err[0]);
}

MTest(compare, output_that_does_not_arrive_is_an_error)
{
    struct acre_run run;
    acre_streams_prepare();
    sample_full(&run, 8, 1, 1.0);
    write_runs(&run, &run);
    char *argv[] = {(char[]){"acre compare"}, path_a, path_b, NULL};
    int full = open("/dev/full", O_WRONLY), ends[2];
    cr_assert(full >= 0 && pipe(ends) == 0);
    run_command_to(full, 3, argv);
    is_refused(4, "cannot write standard output: No space left on device");
    close(ends[0]);
    run_command_to(ends[1], 3, argv);
    is_refused(4, "cannot write standard output: Broken pipe");
    close(ends[1]);
    close(full);
    int readable = open("/dev/null", O_RDONLY);
    char *help[] = {(char[]){"acre compare"}, (char[]){"--help"}, NULL};
    run_command_to(readable, 2, help);
    is_refused(4, "cannot write standard output: Bad file descriptor");
    close(readable);
    remove_runs();
    acre_run_free(&run);
}

MTest(over_time, is_compared)
{
    struct acre_run a, b;
    sample_full(&a, 20, 1, 1.0);
    sample_full(&b, 20, 1, 1.0);
    sample_cell(&b, "malloc", "weak")->memory.later.resident_bytes = 0;
    sample_cell(&b, "malloc", "weak")->pauses.max_ns.values[7] = 1e6;
    sample_cell(&b, "jemalloc", "weak")->has_memory = false;
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect(!strstr(told.out, "Memory over time"), "only when asked for");
    compare("--wide", path_a, path_b, NULL);
    cr_expect_eq(sample_occurrences(told.out, "Memory over time and pauses, one visit a cell: no "
                                              "verdicts."),
                 2);
    cr_expect(
        strstr(told.out, "\n  malloc/weak  A    4.00 KiB   640 KiB  1,200 of 25,000   636 KiB "
                         "  632 KiB  160 KiB ") &&
            strstr(told.out, "     565\n  malloc/weak  B    4.00 KiB   640 KiB  1,200 of 25,000 "
                             "  636 KiB   632 KiB      0 B ") &&
            strstr(told.out, "    1000\n"),
        "%s", told.out);
    /* In the first group the other has none. */
    cr_expect_eq(sample_occurrences(told.out, "jemalloc/weak  A "), 1, "where both know: %s",
                 told.out);
    acre_run_free(&a);
    acre_run_free(&b);
}

MTest(waste, is_compared)
{
    struct acre_run a, b;
    sample_full(&a, 20, 1, 1.0);
    sample_full(&b, 20, 1, 1.0);
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect_eq(sample_occurrences(told.out,
                                    "no term differs by more than 1 % of what is held, in 5 "
                                    "cells."),
                 2, "%s", told.out);
    cr_expect(!strstr(told.out, "where it is"));
    compare("--wide", path_a, path_b, NULL);
    cr_expect_eq(sample_occurrences(told.out, "  A, B "), 10, "%s", told.out);

    /* Less than it takes, then more; and a rest below and above what is held. */
    struct acre_stack_part *parts = sample_cell(&b, "malloc", "weak")->waste.peak.parts;
    parts[ACRE_WASTE_SLACK].bytes += 7000; /* of 747168 */
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect_eq(sample_occurrences(told.out, "no term differs by more than 1 %"), 2, "%s",
                 told.out);
    parts[ACRE_WASTE_SLACK].bytes += 1000;
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect(strstr(told.out, "1 of 5 cells differs by more than 1 % of what is held. Most in\n"
                               "    malloc/weak: slack +7.81 KiB.\n"),
              "%s", told.out);
    cr_expect(strstr(told.out, "730 KiB            0") && strstr(told.out, "730 KiB    -7.81 KiB"),
              "%s", told.out);
    parts[ACRE_WASTE_SLACK].bytes -= 9000;
    write_runs(&a, &b);
    compare("--wide", path_a, path_b, NULL);
    cr_expect(strstr(told.out, "730 KiB      +1000 B"), "%s", told.out);
    /* One that knows nothing has nothing to compare. */
    for (size_t i = 0; i < b.cell_count; i++)
        b.cells[i].has_waste = false;
    write_runs(&a, &b);
    compare("--wide", path_a, path_b, NULL);
    cr_expect(!strstr(told.out, "Where the memory is"));
    cr_expect(strstr(told.out, "Exact counters equal."), "%s", told.out);
    remove_runs();
    acre_run_free(&a);
    acre_run_free(&b);
}
