#include "tests/support/mtest.h"

#include "cli/commands.h"
#include "report/compare.h"
#include "report/group.h"
#include "report/streams.h"
#include "report/table.h"
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

static size_t occurrences(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
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
    cr_expect_eq(occurrences(told.out, "1.000 [1.000, 1.000] no difference shown"), 16, "%s",
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
    cr_expect_eq(occurrences(told.out, "REGRESSION above 3 %: arena/"), 4, "%s", told.out);
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
    cr_expect_eq(occurrences(told.out, "RESULTS DIFFER"), 2, "%s", told.out);
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
    cr_expect_eq(occurrences(told.out, "  slower, p <0.01  "), 4, "%s", told.out);
    cr_expect_eq(occurrences(told.out, " not shown, p "), 4, "%s", told.out);
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
    cr_expect_eq(occurrences(told.out, "The estimators disagree on arena/"), 4, "%s", told.out);
    cr_expect_eq(occurrences(told.out, "by pairs of rounds slower, by all times of each side no"),
                 4, "%s", told.out);
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
    cr_expect_eq(occurrences(told.out, "] slower"), 8, "times moved");
    cr_expect_eq(occurrences(told.out, "] no difference shown"), 8, "the distance did not");
    cr_expect(strstr(told.out, "kernel: Linux 0.0 in A, Linux 0.1 in B"));
    cr_expect(strstr(told.out, "library of malloc: 2.36 (build id ) in A, 2.37"));
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
    is_refused(2, "--fail-above wants a value");
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
    cr_expect(strstr(told.out, "Examples:\n") && !told.err[0]);
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

/* What the table says of the sample, by its parts: the form may change, these facts may not. */
static char *printed(const struct acre_run *run, const struct acre_table_options *options)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    cr_assert(stream && acre_run_print(run, stream, options));
    fclose(stream);
    return text;
}

static size_t widest_line(const char *text)
{
    size_t widest = 0;
    while (*text) {
        size_t width = strcspn(text, "\n");
        cr_expect(width == 0 || text[width - 1] != ' ', "a line ends in a blank");
        widest = width > widest ? width : widest;
        text += width + (text[width] == '\n');
    }
    return widest;
}

MTest(table, says_what_was_measured)
{
    struct acre_run run;
    sample_full(&run, 20, 1, 1.0);
    char *text = printed(&run, NULL);
    static const char *const facts[] = {
        "square-chain  10,000 elements, depth 3, forward, x reused, order seed  20 rounds\n",
        "\n  arena/region runs at 1.01 of the hand-written limit and is 1.1",
        "x faster than malloc [1.1",
        "It holds 704 KiB more. jemalloc is 1.0",
        "arena    walked",
        "not reported",
        "malloc   strong        -  leaks 3.05 MiB in 10 iterations (by design: step 16)\n",
        "cold (the first 10 iterations of a fresh process):",
        "Results bit-identical under all 5 recorded strategies.",
        "Noise floor 0.",
        "Left out: malloc/region: malloc has no reset",
        "machine   cpu Imaginary 9000, kernel Linux 0.0",
        "libraries malloc 2.36, /lib/libc.so.6\n",
        "20 rounds, seed 17, acre 0.1.0",
        "repeat    square-chain --backends malloc,arena --fill reuse",
    };
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        cr_expect(strstr(text, facts[i]), "no '%s' in:\n%s", facts[i], text);
    cr_expect(widest_line(text) <= 100, "%zu columns", widest_line(text));
    cr_expect(!strstr(text, "RSS") && !strchr(text, '\033'));
    cr_expect(strstr(text, "arena    region") < strstr(text, "malloc   weak"), "sorted by time");
    free(text);

    text = printed(&run, &(struct acre_table_options){.wide = true, .color = true});
    cr_expect(strstr(text, "RSS") && strstr(text, "sys us/iter") && strstr(text, "\033[1m"));
    cr_expect(strstr(text, "\033[32m1.1") && strstr(text, "\033[31m1.0"));
    free(text);
    text = printed(&run, &(struct acre_table_options){.width = 80});
    cr_expect(widest_line(text) <= 80, "%zu columns: %s", widest_line(text), text);
    cr_expect(strstr(text, "vs malloc"));
    free(text);

    /* A unit has a column, and a collector a sentence. */
    for (size_t i = 0; i < run.cell_count; i++) {
        sample_text(&run.cells[i].key.unit, "node");
        run.cells[i].units_per_iteration = 1000;
    }
    sample_text(&sample_cell(&run, "jemalloc", "weak")->key.lifetime, "collector");
    sample_text(&sample_cell(&run, "jemalloc", "collector")->key.backend, "malloc");
    text = printed(&run, NULL);
    cr_expect(strstr(text, "us/iter  ns/node  x limit"), "%s", text);
    cr_expect(strstr(text, " 4.65     4.65  1\n"), "%s", text);
    cr_expect(strstr(text, "A collector instead of weak references costs "), "%s", text);
    free(text);
    for (size_t i = 0; i < run.cell_count; i++)
        sample_text(&run.cells[i].key.unit, "");
    sample_text(&sample_cell(&run, "malloc", "collector")->key.backend, "jemalloc");
    sample_text(&sample_cell(&run, "jemalloc", "collector")->key.lifetime, "weak");

    /* What should be noticed is. */
    sample_text(&sample_cell(&run, "arena", "walked")->recorded.checksum, "0badc0de0badc0de");
    sample_cell(&run, "arena", "region")->recorded.leaked_blocks = 3;
    sample_text(&sample_cell(&run, "jemalloc", "weak")->failure, "killed by signal 9");
    text = printed(&run, NULL);
    cr_expect(strstr(text, "RESULTS DIFFER: "), "%s", text);
    cr_expect(strstr(text, "arena/region leaks 0 B in 10 iterations (3 blocks)."));
    cr_expect(strstr(text, "failed: killed by signal 9"));
    free(text);
    acre_run_free(&run);

    sample_full(&run, 4, 1, 1.0);
    text = printed(&run, NULL);
    cr_expect(strstr(text, "Too few rounds for a verdict: 4 measured, 10 needed."), "%s", text);
    cr_expect(strstr(text, "Noise floor unknown: 4 of 6 rounds."));
    free(text);
    FILE *full = fopen("/dev/full", "w");
    cr_assert(full);
    cr_expect_not(acre_run_print(&run, full, NULL));
    fclose(full);
    acre_run_free(&run);
    run = (struct acre_run){0};
    text = printed(&run, NULL);
    free(text);
}

MTest(table, a_run_is_decided_when_no_verdict_is_open)
{
    struct acre_run run;
    bool is_decided;
    sample_full(&run, 20, 1, 1.0);
    cr_assert(acre_run_is_decided(&run, &is_decided) && is_decided);
    /* Noise in one row, of the second table, in the cold part only. */
    struct acre_series *cold = &run.cells[7].cold_ns;
    const struct acre_series *reference = &sample_cell(&run, "malloc", "weak")->cold_ns;
    for (size_t r = 0; r < cold->count; r++)
        cold->values[r] = reference->values[r] * (r % 2 == 0 ? 2.0 : 0.5);
    cr_assert(acre_run_is_decided(&run, &is_decided) && !is_decided);
    sample_text(&run.cells[7].failure, "out of memory");
    cr_assert(acre_run_is_decided(&run, &is_decided) && is_decided, "nothing more will come");
    acre_run_free(&run);
    /* 3 rows and a half percent of noise: nine rounds are too few, ten do, who watches wants more.
     */
    sample_full(&run, 9, 1, 1.0);
    cr_assert(acre_run_is_decided(&run, &is_decided) && !is_decided);
    acre_run_free(&run);
    sample_full(&run, 11, 1, 2.0);
    for (size_t i = 0; i < run.cell_count; i++)
        run.cells[i].cold_iterations = i; /* not comparable */
    cr_assert(acre_run_is_decided(&run, &is_decided) && is_decided);
    run.time_budget_seconds = 1;
    cr_assert(acre_run_is_decided(&run, &is_decided) && !is_decided);
    acre_run_free(&run);
    run = (struct acre_run){0};
    cr_assert(acre_run_is_decided(&run, &is_decided) && is_decided);
}

static void expect_ranks(const struct acre_run *run, const char *const *facts, size_t count)
{
    char *text = printed(run, NULL);
    for (size_t i = 0; i < count; i++)
        cr_expect(strstr(text, facts[i]), "no '%s' in:\n%s", facts[i], text);
    free(text);
}

/* The two groups of a sample at two sizes. */
static void sample_sizes(struct acre_run *run, size_t rounds)
{
    sample_full(run, rounds, 1, 1.0);
    for (size_t i = 0; i < run->cell_count; i++) {
        struct acre_key_parameter *parameters = run->cells[i].key.parameters;
        if (strcmp(parameters[2].value, "false") == 0)
            sample_text(&parameters[0].value, "2000");
        sample_text(&parameters[2].value, "true");
        sample_text(&parameters[2].title, "forward + backward");
    }
}

MTest(table, ranks_strategies_at_several_sizes)
{
    static const char *const alike[] = {
        "\nby elements, otherwise depth 3, forward + backward, x reused, order seed\n\n"
        "  Over all 2 values of elements arena/region is nearest to the fastest: at most 1.00 "
        "times",
        "slower at 2 of them.\n\n"
        "  rank, x the fastest    2,000   10,000\n"
        "  arena/region         1= 1.00  1= 1.00\n"
        "  arena/walked         2  1.01  2= 1.01\n"
        "  malloc/weak          3  1.12  3  1.12\n"
        "  jemalloc/weak        4  1.22  4  1.22\n"
        "  =: no difference from the fastest shown.\n",
    };
    static const char *const slow[] = {
        "Over all 2 values of elements arena/walked is nearest to the fastest: at most 1.01 times",
        "  arena/walked         2  1.01  1= 1.00\n",
        "  arena/region         1= 1.00  4  1.98\n",
        "  jemalloc/weak              -  3  1.21\n",
    };
    static const char *const few[] = {
        "and the fastest at 2 of them.",
        "  arena/walked         2? 1.00  2? 1.01\n",
        "  =: the fastest. ?: too few rounds, or too noisy, to say who ties.\n",
    };
    struct acre_run run;
    sample_sizes(&run, 20);
    expect_ranks(&run, alike, 2);

    for (size_t i = 0; i < run.cell_count; i++) {
        struct acre_cell *cell = &run.cells[i];
        if (strcmp(cell->key.parameters[0].value, "10000") == 0 &&
            strcmp(cell->key.lifetime, "region") == 0)
            for (size_t r = 0; r < cell->ns_per_iteration.count; r++)
                cell->ns_per_iteration.values[r] *= 2.0;
    }
    sample_text(&sample_cell(&run, "jemalloc", "weak")->failure, "killed by signal 9");
    expect_ranks(&run, slow, 4);
    acre_run_free(&run);

    sample_sizes(&run, 7);
    expect_ranks(&run, few, 3);
    acre_run_free(&run);

    sample_full(&run, 20, 1, 1.0); /* groups that differ in a word */
    char *text = printed(&run, NULL);
    cr_expect(!strstr(text, "rank, x the fastest"));
    free(text);
    acre_run_free(&run);
}

static struct acre_cell *cell_of(struct acre_run *run, const char *workload, const char *backend,
                                 const char *lifetime)
{
    for (size_t i = 0; i < run->cell_count; i++)
        if (strcmp(run->cells[i].key.workload, workload) == 0 &&
            strcmp(run->cells[i].key.backend, backend) == 0 &&
            strcmp(run->cells[i].key.lifetime, lifetime) == 0)
            return &run->cells[i];
    cr_assert(false, "no %s %s/%s", workload, backend, lifetime);
    return NULL;
}

static void expect_summary(const struct acre_run *run, int width, const char *wanted)
{
    char *text = printed(run, &(struct acre_table_options){.width = width});
    cr_expect(strncmp(text, wanted, strlen(wanted)) == 0, "not\n%s\nbut\n%s", wanted, text);
    cr_expect(widest_line(text) <= (size_t)width, "%zu columns", widest_line(text));
    free(text);
}

/* One workload has two groups, told apart by what they differ in; in one group the region is slower
 * than all, in one as fast as jemalloc. */
MTest(summary, comes_before_the_tables)
{
    struct acre_run run;
    sample_suite(&run, 20, 1, 1.0);
    struct acre_cell *region = cell_of(&run, "node-churn", "arena", "region");
    struct acre_cell *jemalloc = cell_of(&run, "square-chain", "jemalloc", "weak");
    for (size_t r = 0; r < 20; r++) {
        region->ns_per_iteration.values[r] *= 2.0;
        jemalloc->ns_per_iteration.values[r] =
            cell_of(&run, "square-chain", "arena", "region")->ns_per_iteration.values[r] *
            (r % 2 == 0 ? 1.01 : 0.99);
    }
    expect_summary(
        &run, 150,
        "2 workloads, 3 cases  20 rounds\n"
        "\n"
        "  Over 3 cases of equal weight, arena/region is the fastest in 2. Against malloc: "
        "1.13x slower [1.12, 1.13]. Against the best malloc-like of each:\n"
        "  1.17x slower [1.16, 1.17].\n"
        "\n"
        "  workload      case                            fastest       ties  x limit  vs "
        "malloc     vs malloc-like  which is\n"
        "  node-churn    10,000 elements, depth 3, f...  arena/walked     0     1.02  "
        "1.79x slower  1.79x slower    malloc/weak\n"
        "  square-chain  forward                         arena/region     1     1.01  "
        "1.12x faster  =               jemalloc/weak\n"
        "  square-chain  forward + backward              arena/region     1     1.01  "
        "1.12x faster  1.12x faster    malloc/weak\n");
    expect_summary(
        &run, 80,
        "2 workloads, 3 cases  20 rounds\n"
        "\n"
        "  Over 3 cases of equal weight, arena/region is the fastest in 2. Against\n"
        "  malloc: 1.13x slower [1.12, 1.13]. Against the best malloc-like of each: 1.17x\n"
        "  slower [1.16, 1.17].\n"
        "\n"
        "  workload      case                            fastest       vs malloc\n"
        "  node-churn    10,000 elements, depth 3, f...  arena/walked  1.79x slower\n"
        "  square-chain  forward                         arena/region  1.12x faster\n"
        "  square-chain  forward + backward              arena/region  1.12x faster\n");

    char *text = printed(&run, &(struct acre_table_options){.wide = true});
    const char *first = strstr(text, "\nnode-churn  10,000 elements");
    const char *second = strstr(text, "\nsquare-chain  10,000 elements");
    cr_expect(first && second && first < second, "%s", text);
    cr_expect(strncmp(text, "2 workloads, 3 cases", 20) == 0);
    free(text);

    /* What should be noticed is, with its workload. */
    sample_text(&region->failure, "killed by signal 9");
    jemalloc->recorded.leaked_blocks = 3;
    sample_text(&cell_of(&run, "node-churn", "arena", "walked")->recorded.checksum, "0");
    text = printed(&run, &(struct acre_table_options){.width = 200});
    static const char *const facts[] = {
        "\n  FAILED: arena/region of node-churn (10,000 elements, depth 3, forward, x reused, "
        "order "
        "seed): killed by signal 9\n",
        "\n  jemalloc/weak of square-chain (10,000 elements, depth 3, forward, x reused, order "
        "seed) "
        "leaks 0 B in 10 iterations (3 blocks).\n",
        "\n  RESULTS DIFFER: arena/walked gives checksum 0, malloc/weak of node-churn (10,000 "
        "elements",
        "\n  Over 2 cases of equal weight, arena/region is the fastest in 2.",
    };
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        cr_expect(strstr(text, facts[i]), "no '%s' in:\n%s", facts[i], text);
    cr_expect(!strstr(text, "bit-identical"));
    free(text);
    for (size_t i = 0; i < run.cell_count; i++)
        if (strcmp(run.cells[i].key.lifetime, "region") == 0)
            sample_text(&run.cells[i].failure, "out of memory");
    text = printed(&run, NULL);
    cr_expect(strstr(text, "\n  arena/region was not measured here: the table has "), "%s", text);
    free(text);
    for (size_t i = 0; i < run.cell_count; i++)
        sample_text(&run.cells[i].failure, "out of memory");
    text = printed(&run, NULL);
    cr_expect(strstr(text, "\n  Nothing was timed here.\n"), "%s", text);
    cr_expect_eq(occurrences(text, "  nothing was timed\n"), 3, "%s", text);
    free(text);
    acre_run_free(&run);

    sample_suite(&run, 7, 1, 1.0);
    region = cell_of(&run, "node-churn", "arena", "region");
    for (size_t r = 0; r < 7; r++)
        region->ns_per_iteration.values[r] *= 1.5;
    text = printed(&run, &(struct acre_table_options){.width = 200});
    cr_expect(strstr(text, "is the fastest in 2, and in 1 nobody can say. Against malloc: too few "
                           "rounds (12 would do)."),
              "%s", text);
    cr_expect(strstr(text, "  arena/walked  0, 3?     1.02  ?          ?  "), "%s", text);
    free(text);
    acre_run_free(&run);
}

/* In 3 cases the region is held against malloc and against the best that frees singly, and 3
 * strategies against the fastest; then there are the two over all: 17 ratios. 11 rounds are enough
 * for 10 of them, 12 for 20. */
MTest(summary, is_one_family)
{
    struct acre_run run;
    sample_suite(&run, 11, 1, 1.0);
    char *text = printed(&run, NULL);
    cr_expect(strstr(text, "Too few rounds for any verdict on so many ratios: 11 measured, 12 "
                           "needed.\n"),
              "%s", text);
    cr_expect(!strstr(text, "x faster"), "%s", text);
    free(text);
    acre_run_free(&run);
    sample_suite(&run, 12, 1, 1.0);
    text = printed(&run, NULL);
    cr_expect(!strstr(text, "Too few rounds"), "%s", text);
    cr_expect(occurrences(text, "x faster") > 3, "%s", text);
    free(text);
    /* Who looked when to stop has to look longer. */
    run.time_budget_seconds = 60;
    text = printed(&run, NULL);
    cr_expect(strstr(text, "any verdict on so many ratios: 12 measured, 15 needed."), "%s", text);
    free(text);
    acre_run_free(&run);
}

MTest(over_time, is_told_and_compared)
{
    struct acre_run a, b;
    sample_full(&a, 20, 1, 1.0);
    sample_full(&b, 20, 1, 1.0);
    char *text = printed(&a, &(struct acre_table_options){.wide = true});
    static const char *const facts[] = {
        /* Median and most of the rounds: 2 + 0.1 * (9 + 10) / 2 times 5.65 us, and 100 times. */
        "p99 us  max us\n",
        "    16.7     565\n",
        "A second after all was dropped malloc/weak keeps least resident, 160 KiB, and "
        "arena/region "
        "most,\n  384 KiB.\n",
        "\n  resident          start      most     at iteration       end   drained    later   "
        "held "
        "drained  held later   held/live  res/live\n",
        /* Half of 1310720 in the third row, after 1,200 iterations. */
        "\n  malloc/weak    4.00 KiB   640 KiB  1,200 of 25,000   636 KiB   632 KiB  160 KiB       "
        "1.23 MiB     320 KiB        1.17     0.938\n",
        "1.49 MiB  384 KiB              ?           ?           ?     0.938\n",
    };
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        cr_expect(strstr(text, facts[i]), "no '%s' in:\n%s", facts[i], text);
    cr_expect(!strstr(text, "█"), "no curve where nobody said that it can be shown");
    free(text);
    text = printed(&a, &(struct acre_table_options){.wide = true, .unicode = true});
    cr_expect(strstr(text, "0.938   ▁▂█▄\n"), "%s", text);
    free(text);
    text = printed(&a, NULL);
    cr_expect(!strstr(text, "at iteration"), "only in a wide table");
    free(text);

    /* Where nobody told, nothing is made up. */
    for (size_t i = 0; i < a.cell_count; i++) {
        struct acre_cell_memory *memory = &a.cells[i].memory;
        memory->later.has_resident = memory->end.has_resident = false;
        a.cells[i].has_waste = false;
        a.cells[i].has_pauses = false;
    }
    text = printed(&a, &(struct acre_table_options){.wide = true});
    cr_expect(strstr(text, "What stays resident when all is dropped was not told.\n"), "%s", text);
    cr_expect(strstr(text, "    ?             ?    ?   632 KiB      ?  "), "%s", text);
    cr_expect(strstr(text, "      ?         ?\n") && strstr(text, "       -       -\n"), "%s",
              text);
    free(text);
    acre_run_free(&a);

    sample_full(&a, 20, 1, 1.0);
    sample_cell(&b, "malloc", "weak")->memory.later.resident_bytes = 0;
    sample_cell(&b, "malloc", "weak")->pauses.max_ns.values[7] = 1e6;
    sample_cell(&b, "jemalloc", "weak")->has_memory = false;
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect(!strstr(told.out, "Memory over time"), "only when asked for");
    compare("--wide", path_a, path_b, NULL);
    cr_expect_eq(occurrences(told.out, "Memory over time and pauses, one visit a cell: no "
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
    cr_expect_eq(occurrences(told.out, "jemalloc/weak  A "), 1, "where both know: %s", told.out);
    acre_run_free(&a);
    acre_run_free(&b);
}

/* The second group of a sample made to the aged first one. */
static void sample_aged(struct acre_run *run, const char *cycles, size_t rounds)
{
    sample_full(run, rounds, 1, 1.0);
    for (size_t i = run->cell_count / 2; i < run->cell_count; i++) {
        struct acre_cell_key *key = &run->cells[i].key;
        struct acre_key_parameter *grown =
            realloc(key->parameters, (key->parameter_count + 1) * sizeof *grown);
        cr_assert(grown);
        key->parameters = grown;
        sample_text(&key->parameters[2].value, "false");
        sample_text(&key->parameters[2].title, "forward");
        grown[key->parameter_count] = (struct acre_key_parameter){0};
        sample_text(&grown[key->parameter_count].name, "age");
        sample_text(&grown[key->parameter_count].value, cycles);
        sample_text(&grown[key->parameter_count].title, "age 3");
        key->parameter_count++;
        run->cells[i].recorded.peak_held_bytes += 1 << 20;
        for (size_t r = 0; r < run->cells[i].ns_per_iteration.count; r++)
            run->cells[i].ns_per_iteration.values[r] *=
                strcmp(key->backend, "malloc") == 0 ? 2.0 : 1.0;
    }
}

MTest(aged, stands_beside_the_clean)
{
    struct acre_run run;
    sample_aged(&run, "3", 20);
    char *text = printed(&run, NULL);
    static const char *const facts[] = {
        "square-chain  10,000 elements, depth 3, forward, x reused, order seed  20 rounds\n",
        "square-chain  10,000 elements, depth 3, forward, x reused, order seed, age 3  20 rounds\n",
        "\nAged heaps against clean ones: 10,000 elements, depth 3, forward, x reused, order "
        "seed\n",
        "x slower [1.9",
        "]     704 KiB   1.69 MiB\n",
        "  malloc/strong  age 3         -        -  -",
        "no difference shown  ",
    };
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        cr_expect(strstr(text, facts[i]), "no '%s' in:\n%s", facts[i], text);
    cr_expect(strstr(text, "\n  malloc/weak    age 3      5.27     10.5  1.99x slower [1.9"), "%s",
              text);
    cr_expect(widest_line(text) <= 100, "%zu columns", widest_line(text));
    free(text);

    /* Without a clean one there is nothing to hold it against. */
    for (size_t i = 0; i < run.cell_count / 2; i++)
        sample_text(&run.cells[i].key.parameters[0].value, "77");
    text = printed(&run, NULL);
    cr_expect(!strstr(text, "Aged heaps"));
    free(text);
    acre_run_free(&run);

    /* The table is one family: for four ratios nine rounds are too few. */
    sample_aged(&run, "3", 9);
    text = printed(&run, NULL);
    cr_expect(strstr(text, "  too few (10)     704 KiB   1.69 MiB\n"), "%s", text);
    free(text);
    acre_run_free(&run);
}

MTest(waste, is_told_and_compared)
{
    struct acre_run a, b;
    sample_full(&a, 20, 1, 1.0);
    sample_full(&b, 20, 1, 1.0);
    char *text = printed(&a, &(struct acre_table_options){.wide = true});
    static const char *const facts[] = {
        /* 640000 + 1024 + 2048 + 4096 + 100000, and 300000 more */
        "malloc/weak holds least for what is requested, 730 KiB for 625 KiB; 97.7 KiB of",
        "arena/region holds most, 1023 KiB for 625 KiB; 391 KiB\n",
        "\n  where it is    requested  rounding     slack  bookkeeping  kept free    = held",
        "\n  arena/region     625 KiB  1.00 KiB  2.00 KiB     4.00 KiB    391 KiB  1023 KiB  ",
        "\n  malloc/strong    625 KiB         ?         ?            ?          ?         ?  "
        "          ?    586 KiB         ?\n",
    };
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        cr_expect(strstr(text, facts[i]), "no '%s' in:\n%s", facts[i], text);
    free(text);
    text = printed(&a, NULL);
    cr_expect(!strstr(text, "where it is"), "only in a wide table");
    free(text);

    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect_eq(occurrences(told.out, "no term differs by more than 1 % of what is held, in 5 "
                                       "cells."),
                 2, "%s", told.out);
    cr_expect(!strstr(told.out, "where it is"));
    compare("--wide", path_a, path_b, NULL);
    cr_expect_eq(occurrences(told.out, "  A, B "), 10, "%s", told.out);

    /* Less than it takes, then more; and a rest below and above what is held. */
    struct acre_stack_part *parts = sample_cell(&b, "malloc", "weak")->waste.peak.parts;
    parts[ACRE_WASTE_SLACK].bytes += 7000; /* of 747168 */
    write_runs(&a, &b);
    compare(path_a, path_b, NULL);
    cr_expect_eq(occurrences(told.out, "no term differs by more than 1 %"), 2, "%s", told.out);
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
