/* A recording that cannot go on: full disks, limits, forks and kills. What was written stays whole.
 */
#include "trace/traces.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* More events than a block of the file has room for. */
static void put_many(struct recording *recording, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        put_birth(recording, 64 * i, 40);
}

MTest(trace_writer, blocks_are_filled_and_numbered)
{
    enum { EVENTS = 100000 };
    struct recording recording;
    struct outcome outcome;
    size_t places[64];
    size_t count;
    unsigned char *bytes;
    size_t blocks;

    begin_recording(&recording, INT64_MAX);
    put_many(&recording, EVENTS);
    finish_recording(&recording, NULL);
    outcome = read_path(recording.file.path);
    cr_assert(outcome.state == ACRE_TRACE_COMPLETE && outcome.events == EVENTS);
    bytes = get_bytes_of(&recording.file, &count);
    blocks = places_of_blocks(bytes, count, places, 64);
    cr_assert_gt(blocks, 4);
    /* No block but the last has room for one more event. */
    for (size_t i = 0; i + 2 < blocks; i++) {
        cr_assert_leq(places[i + 1] - places[i], ACRE_TRACE_BLOCK_BYTES);
        cr_assert_gt(places[i + 1] - places[i],
                     ACRE_TRACE_BLOCK_BYTES - ACRE_TRACE_MOST_EVENT_BYTES);
    }
    cr_assert_lt((double)count / EVENTS, 4.0, "%zu bytes", count);
    free(bytes);
    end_recording(&recording);
}

MTest(trace_writer, what_cannot_be_opened_is_told)
{
    static const struct {
        const char *path, *sentence;
    } wrong[] = {
        {"/nonexistent/a.acre", "cannot write /nonexistent/a.acre: No such file"},
        {"/", "cannot write /: Is a directory"},
        {"/dev/full", "cannot write /dev/full: No space left on device"},
    };
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_fault_plan plan = {.fail_at = 1};
    struct acre_alloc *faulty = acre_fault_new(memory, &plan);
    const struct acre_trace_about about = {0};
    struct acre_trace_writer writer;
    char error[256];

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_assert_not(acre_trace_writer_open(&writer, memory, wrong[i].path, &unlimited, &about,
                                             error, sizeof error));
        cr_assert(strstr(error, wrong[i].sentence) == error, "%s", error);
    }
    cr_assert_not(acre_trace_writer_open(&writer, faulty, "/tmp/none", &unlimited, &about, error,
                                         sizeof error));
    cr_assert(strstr(error, "Cannot allocate memory") != NULL, "%s", error);
    acre_destroy(faulty);
    acre_destroy(memory);
}

/* An end that was reached early: told, counted, and a trace that says so. */
static void expect_stopped(struct recording *recording, uint64_t put, const char *why,
                           const char *read)
{
    struct outcome outcome;
    char error[256];

    cr_assert_not(acre_trace_writer_close(&recording->writer, NULL, error, sizeof error));
    cr_assert(strstr(error, why) != NULL, "%s", error);
    cr_assert_eq(recording->writer.events + recording->writer.dropped, put);
    cr_assert_gt(recording->writer.dropped, 0);
    outcome = read_path(recording->file.path);
    is_one_line(&outcome);
    cr_assert_eq(outcome.state, ACRE_TRACE_INCOMPLETE, "%s", outcome.sentence);
    cr_assert(strstr(outcome.sentence, read) != NULL, "%s", outcome.sentence);
    cr_assert_eq(outcome.events, recording->writer.events);
    cr_assert_gt(outcome.events, 0);
}

MTest(trace_writer, a_limit_is_kept)
{
    enum { EVENTS = 100000, LIMIT = 200000 };
    struct recording recording;
    struct stat state;

    begin_recording(&recording, LIMIT);
    put_many(&recording, EVENTS);
    expect_stopped(&recording, EVENTS, "the most bytes that it may have were reached; ",
                   "reached the most bytes it may have");
    cr_assert_eq(fstat(recording.file.descriptor, &state), 0);
    cr_assert(state.st_size <= LIMIT && state.st_size > LIMIT - 2 * ACRE_TRACE_BLOCK_BYTES);
    end_recording(&recording);
}

/* As on a full disk: a block is written in part, is cut off, and its room taken for the trailer. */
MTest(trace_writer, a_full_disk_ends_the_recording_only)
{
    enum { EVENTS = 100000, LIMIT = 100000 };
    struct recording recording;
    struct rlimit before;

    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    begin_recording(&recording, INT64_MAX);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){LIMIT, before.rlim_max}), 0);
    put_many(&recording, EVENTS);
    expect_stopped(&recording, EVENTS, "File too large; ", "could not be written (File too large)");
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    end_recording(&recording);
}

/* A reader that has gone away: no signal, no trailer behind half a block. */
MTest(trace_writer, a_pipe_without_reader_ends_the_recording_only)
{
    const struct acre_trace_about about = {0};
    struct recording recording = {.memory = acre_malloc_new()};
    char path[64];
    char error[256];
    int ends[2];

    signal(SIGPIPE, SIG_IGN);
    cr_assert_eq(pipe(ends), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[1]);
    cr_assert(acre_trace_writer_open(&recording.writer, recording.memory, path, &unlimited, &about,
                                     error, sizeof error),
              "%s", error);
    close(ends[0]);
    put_many(&recording, 100000);
    cr_assert_not(acre_trace_writer_close(&recording.writer, NULL, error, sizeof error));
    cr_assert(strstr(error, "Broken pipe; 0 of 100000 events are there") != NULL, "%s", error);
    close(ends[1]);
    acre_destroy(recording.memory);
}

/* A child of fork has the writer and its descriptor, and leaves the file alone. */
MTest(trace_writer, a_forked_child_writes_nothing)
{
    struct recording recording;
    struct outcome outcome;
    char error[256];
    int status;
    pid_t child;

    begin_recording(&recording, INT64_MAX);
    put_many(&recording, 1000);
    child = fork();
    cr_assert(child >= 0);
    if (child == 0) {
        put_many(&recording, 100000);
        acre_trace_writer_close(&recording.writer, NULL, error, sizeof error);
        _exit(recording.writer.dropped == 101000 ? 0 : 1);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert_eq(status, 0);
    put_many(&recording, 1000);
    finish_recording(&recording, NULL);
    outcome = read_path(recording.file.path);
    cr_assert(outcome.state == ACRE_TRACE_COMPLETE && outcome.events == 2000);
    end_recording(&recording);
}

/* A kill loses the open block and nothing else: the child says how far it is after each call. */
MTest(trace_writer, a_kill_loses_one_block_at_most, .timeout = 60)
{
    volatile uint64_t *told =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    cr_assert_neq(told, MAP_FAILED);
    for (uint64_t kill_at = 1; kill_at < 200000; kill_at = kill_at * 3 + 1) {
        struct memory_file file = memory_file();
        struct outcome outcome;
        int status;
        pid_t child;

        *told = 0;
        child = fork();
        cr_assert(child >= 0);
        if (child == 0) {
            const struct acre_trace_about about = {0};
            struct recording recording = {.memory = acre_malloc_new(), .file = file};
            char error[256];

            acre_trace_writer_open(&recording.writer, recording.memory, file.path, &unlimited,
                                   &about, error, sizeof error);
            for (uint64_t i = 0;; i++) {
                put_birth(&recording, 64 * i, 40);
                *told = i + 1;
                if (i + 1 == kill_at)
                    kill(getpid(), SIGKILL);
            }
        }
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        outcome = read_path(file.path);
        cr_assert_eq(outcome.state, ACRE_TRACE_INCOMPLETE, "%s", outcome.sentence);
        cr_assert_eq(*told, kill_at);
        /* An event of this kind has three bytes or more. */
        cr_assert_leq(outcome.events, kill_at);
        cr_assert_leq(kill_at - outcome.events, ACRE_TRACE_BLOCK_BYTES / 3);
        close(file.descriptor);
    }
    munmap((void *)(uintptr_t)told, 4096);
}
