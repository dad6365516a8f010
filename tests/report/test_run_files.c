/* Runs as files: what cannot be read or written is told, and a write is all of it or nothing. */
#include "tests/support/mtest.h"

#include "report/run.h"
#include "tests/report/files.h"
#include "tests/report/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

MTest(run, files_that_cannot_be_read)
{
    struct acre_run back;
    char error[256];
    cr_expect_eq(acre_run_load(&back, "/no/such/run.json", error, sizeof error), ACRE_EXIT_IO);
    cr_expect_str_eq(error, "cannot read /no/such/run.json: No such file or directory");
    cr_expect_eq(acre_run_load(&back, "/tmp", error, sizeof error), ACRE_EXIT_IO);
    cr_expect_str_eq(error, "cannot read /tmp: Is a directory");
    /* One byte over the limit, all of it a hole. */
    struct memory_file file = memory_file();
    cr_assert_eq(ftruncate(file.descriptor, ((off_t)256 << 20) + 1), 0);
    cr_expect_eq(acre_run_load(&back, file.path, error, sizeof error), ACRE_EXIT_INPUT);
    cr_expect(strstr(error, "larger than 256 MiB"), "%s", error);
    close(file.descriptor);
}

static void cannot_write(const struct acre_run *run, const char *path, int cause)
{
    char error[512], wanted[512];
    cr_expect_not(acre_run_write(run, path, error, sizeof error), "%.80s", path);
    snprintf(wanted, sizeof wanted, "cannot write %s: %s", path, strerror(cause));
    cr_expect_str_eq(error, wanted);
}

static bool nothing_in_directory(void)
{
    return rmdir(directory) == 0;
}

MTest(run, a_failed_write_leaves_nothing)
{
    struct acre_run run;
    char error[512], long_name[NAME_MAX + 2];
    sample_small(&run);
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    cannot_write(&run, "/dev/full", ENOSPC);
    cannot_write(&run, "/tmp", EISDIR);
    cannot_write(&run, "/no/such/directory/run.json", ENOENT);
    cannot_write(&run, "", ENOENT);
    cannot_write(&run, in_directory(long_name), ENAMETOOLONG);
    cr_expect_not(acre_run_probe("/tmp", error, sizeof error));
    cr_expect_str_eq(error, "cannot write /tmp: Is a directory");
    cr_expect_not(acre_run_probe("/no/such/directory/run.json", error, sizeof error));
    cr_expect_not(acre_run_probe("", error, sizeof error));
    cr_expect_not(acre_run_probe(in_directory(long_name), error, sizeof error));
    cr_expect(acre_run_probe("/dev/full", error, sizeof error));
    if (geteuid() != 0) {
        cr_assert_eq(chmod(directory, 0500), 0);
        cannot_write(&run, in_directory("run.json"), EACCES);
        cr_expect_not(acre_run_probe(in_directory("run.json"), error, sizeof error));
        cr_assert_eq(chmod(directory, 0700), 0);
    }
    /* A full disk, as the kernel plays it: the file may not grow beyond 1000 bytes. */
    struct rlimit old, small;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 1000;
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    cannot_write(&run, in_directory("run.json"), EFBIG);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
    /* Runs that no reader would take are not written. */
    run.cells[0].x_limit.values[0] = NAN;
    cr_expect_not(acre_run_write(&run, in_directory("run.json"), error, sizeof error));
    cr_expect(strstr(error, "not valid: cells[0].x_limit[0]: nan must be finite") ||
                  strstr(error, "not valid: cells[0].x_limit[0]: -nan must be finite"),
              "%s", error);
    run.cells[0].x_limit.values[0] = 1.0;
    run.cells[0].recorded.leaked_bytes = (uint64_t)INT64_MAX + 1;
    cr_expect_not(acre_run_write(&run, in_directory("run.json"), error, sizeof error));
    cr_expect(strstr(error, "cells[0].recorded.leaked_bytes: 9223372036854775808 is above 2^63"),
              "%s", error);
    run.cells[0].recorded.leaked_bytes = INT64_MAX;
    cr_expect(nothing_in_directory(), "something was left in %s", directory);
    acre_run_free(&run);
}

MTest(run, a_write_replaces_the_whole_file_and_nothing_else)
{
    struct acre_run run, back;
    char error[PATH_MAX + 256], path[PATH_MAX], link_path[PATH_MAX];
    struct stat state;
    sample_small(&run);
    snprintf(path, sizeof path, "%s", in_directory("run.json"));
    snprintf(link_path, sizeof link_path, "%s", in_directory("link.json"));
    cr_assert(acre_run_probe(path, error, sizeof error), "%s", error);
    cr_assert(stat(path, &state) != 0, "a probe leaves nothing");
    FILE *stream = fopen(path, "w");
    cr_assert(stream && fputs("kept", stream) >= 0 && fclose(stream) == 0);
    cr_assert(acre_run_probe(path, error, sizeof error), "%s", error);
    cr_assert(stat(path, &state) == 0 && state.st_size == 4, "a probe does not truncate");
    cr_assert_eq(symlink("run.json", link_path), 0);
    /* Text that is no UTF-8 does not cost the run. */
    sample_text(&run.command, "square-chain --json caf\xe9.json");
    cr_assert(acre_run_write(&run, link_path, error, sizeof error), "%s", error);
    cr_assert(lstat(link_path, &state) == 0 && S_ISLNK(state.st_mode), "the link stays a link");
    cr_assert(acre_run_read(&back, path, error, sizeof error), "%s", error);
    cr_assert_str_eq(back.command, "square-chain --json caf?.json");
    acre_run_free(&back);
    /* In place: a device stays a device. */
    cr_assert(acre_run_write(&run, "/dev/null", error, sizeof error), "%s", error);
    cr_assert(stat("/dev/null", &state) == 0 && S_ISCHR(state.st_mode));
    /* Standard output. */
    struct memory_file file = memory_file();
    fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    cr_assert(dup2(file.descriptor, STDOUT_FILENO) >= 0);
    bool probed = acre_run_probe("-", error, sizeof error);
    bool written = acre_run_write(&run, "-", error, sizeof error);
    int full = open("/dev/full", O_WRONLY);
    dup2(full, STDOUT_FILENO);
    char full_error[256] = "";
    bool full_written = acre_run_write(&run, "-", full_error, sizeof full_error);
    close(STDOUT_FILENO);
    bool closed_probed = acre_run_probe("-", error, sizeof error);
    dup2(kept, STDOUT_FILENO);
    clearerr(stdout);
    close(kept);
    close(full);
    cr_assert(probed && written && !full_written && !closed_probed);
    cr_assert_str_eq(full_error, "cannot write standard output: No space left on device");
    cr_assert_str_eq(error, "cannot write standard output: Bad file descriptor");
    cr_assert(acre_run_read(&back, file.path, error, sizeof error), "%s", error);
    acre_run_free(&back);
    close(file.descriptor);
    acre_run_free(&run);
    cr_assert(unlink(path) == 0 && unlink(link_path) == 0);
    cr_assert(nothing_in_directory());
}
