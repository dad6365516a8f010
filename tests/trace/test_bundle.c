/* Several streams in one file: appended, listed, read one by one, cut and hostile. */
#include "trace/traces.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "support/stride.h"
#include "trace/bundle.h"

enum { STREAMS = 3 };

static const struct acre_trace_options appended = {.limit_bytes = INT64_MAX, .appends = true};

/* A process with so many births behind one of each kind. */
static void append_stream(struct recording *recording, const char *pid, uint64_t births,
                          const struct acre_trace_ending *ending)
{
    const struct acre_trace_field fields[] = {{"pid", pid}, {0}};

    begin_recording_with(recording, &appended, fields);
    put_each_kind(recording);
    for (uint64_t i = 0; i < births; i++)
        put_birth(recording, 0x100000 + 64 * i, 40);
    finish_recording(recording, ending);
}

/* In one file: pid 100 that finished, 200 that became another program, and that. */
static void begin_bundle(struct recording *recording)
{
    const struct acre_trace_ending exec = {.end = ACRE_TRACE_END_EXEC};
    const struct acre_trace_ending killed = {
        .end = ACRE_TRACE_END_KILLED, .error = 9, .dropped = 5};

    *recording = (struct recording){.memory = acre_malloc_new(), .file = memory_file()};
    append_stream(recording, "100", 0, NULL);
    append_stream(recording, "200", 2, &exec);
    append_stream(recording, "200", 1, &killed);
}

static unsigned char *bundle_of_three(size_t *count)
{
    struct recording recording;
    unsigned char *bytes;

    begin_bundle(&recording);
    bytes = get_bytes_of(&recording.file, count);
    end_recording(&recording);
    return bytes;
}

/* Listed from any bytes; ended with acre_trace_bundle_fini and acre_destroy of its memory. */
static struct acre_trace_bundle list(const char *path)
{
    struct acre_trace_bundle bundle;

    acre_trace_bundle_list(&bundle, acre_malloc_new(), path);
    if (bundle.state != ACRE_TRACE_COMPLETE)
        cr_assert_neq(bundle.sentence[0], '\0');
    for (const char *at = bundle.sentence; *at != '\0'; at++)
        cr_assert((unsigned char)*at >= 32 && *at != 127);
    return bundle;
}

static void end_list(struct acre_trace_bundle *bundle)
{
    struct acre_alloc *memory = bundle->memory;

    acre_trace_bundle_fini(bundle);
    acre_destroy(memory);
}

/* Listed ----------------------------------------------------------------------------------------
 */

static void expect_the_three(const struct acre_trace_bundle *bundle, size_t count)
{
    const struct acre_trace_stream *streams = bundle->streams;

    cr_assert_eq(bundle->state, ACRE_TRACE_COMPLETE, "%s", bundle->sentence);
    cr_assert_eq(bundle->count, STREAMS);
    cr_assert(streams[0].offset == 0 && streams[0].pid == 100);
    cr_assert(streams[1].pid == 200 && streams[2].pid == 200);
    for (size_t i = 0; i < STREAMS; i++) {
        size_t end = i + 1 < STREAMS ? streams[i + 1].offset : count;

        cr_assert_eq(streams[i].offset + streams[i].bytes, end);
        cr_assert_str_eq(streams[i].program, "test --trace");
    }
    cr_assert(streams[0].end == ACRE_TRACE_END_FINISHED && streams[0].events == EACH_KIND_EVENTS);
    cr_assert(streams[1].end == ACRE_TRACE_END_EXEC && streams[1].events == EACH_KIND_EVENTS + 2);
    cr_assert(streams[2].end == ACRE_TRACE_END_KILLED && streams[2].error == 9);
    cr_assert(streams[2].dropped == 5 && streams[2].events == EACH_KIND_EVENTS + 1);
}

MTest(trace_bundle, streams_are_listed_and_read_apart)
{
    static const enum acre_trace_state states[] = {ACRE_TRACE_COMPLETE, ACRE_TRACE_INCOMPLETE,
                                                   ACRE_TRACE_INCOMPLETE};
    struct recording recording;
    struct acre_trace_bundle bundle;
    struct outcome outcome;
    struct stat state;

    begin_bundle(&recording);
    cr_assert_eq(fstat(recording.file.descriptor, &state), 0);
    bundle = list(recording.file.path);
    expect_the_three(&bundle, (size_t)state.st_size);
    for (size_t i = 0; i < STREAMS; i++) {
        const struct acre_trace_stream *stream = &bundle.streams[i];

        outcome = read_stream(recording.file.path, stream->offset);
        cr_assert_eq(outcome.state, states[i], "%s", outcome.sentence);
        cr_assert_eq(outcome.events, stream->events);
        cr_assert_eq(outcome.offset, stream->offset + stream->bytes);
    }
    cr_assert(strstr(outcome.sentence, "the stream at byte ") != NULL, "%s", outcome.sentence);
    end_list(&bundle);
    end_recording(&recording);
}

MTest(trace_bundle, a_pipe_can_be_listed)
{
    size_t count;
    unsigned char *bytes = bundle_of_three(&count);
    struct acre_trace_bundle bundle;
    char path[64];
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], bytes, count), (ssize_t)count);
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    bundle = list(path);
    expect_the_three(&bundle, count);
    end_list(&bundle);
    close(ends[0]);
    free(bytes);
}

MTest(trace_bundle, one_is_found_by_pid_or_place)
{
    struct recording recording;
    struct acre_trace_bundle bundle;

    begin_bundle(&recording);
    bundle = list(recording.file.path);
    cr_assert_eq(acre_trace_bundle_find(&bundle, 100), &bundle.streams[0]);
    cr_assert_eq(acre_trace_bundle_find(&bundle, 200), &bundle.streams[1]);
    cr_assert_eq(acre_trace_bundle_find(&bundle, 1), &bundle.streams[0]);
    cr_assert_eq(acre_trace_bundle_find(&bundle, 3), &bundle.streams[2]);
    cr_assert(acre_trace_bundle_find(&bundle, 4) == NULL);
    cr_assert(acre_trace_bundle_find(&bundle, 0) == NULL);
    cr_assert_eq(acre_trace_bundle_largest(&bundle), &bundle.streams[1]);
    end_list(&bundle);
    bundle = list("/dev/null");
    cr_assert(acre_trace_bundle_largest(&bundle) == NULL);
    cr_assert(strstr(bundle.sentence, "the file is empty") != NULL);
    end_list(&bundle);
    end_recording(&recording);
}

/* Appended --------------------------------------------------------------------------------------
 */

MTest(trace_bundle, what_stands_there_is_left_alone)
{
    struct recording recording = {.memory = acre_malloc_new(), .file = memory_file()};
    size_t count, grown_count;
    unsigned char *before;
    unsigned char *after;

    append_stream(&recording, "1", 10, NULL);
    before = get_bytes_of(&recording.file, &count);
    append_stream(&recording, "2", 100000, NULL);
    after = get_bytes_of(&recording.file, &grown_count);
    cr_assert_gt(grown_count, count);
    cr_assert_eq(recording.writer.file_bytes, grown_count);
    cr_assert_eq(memcmp(before, after, count), 0);
    free(before);
    free(after);
    end_recording(&recording);
}

static void expect_refused(struct recording *recording, const struct acre_trace_options *options,
                           const unsigned char *bytes, size_t count, const char *sentence)
{
    struct acre_trace_about about = {0};
    unsigned char *after;
    size_t after_count;
    char error[256];

    put_bytes(&recording->file, bytes, count);
    cr_assert_not(acre_trace_writer_open(&recording->writer, recording->memory,
                                         recording->file.path, options, &about, error,
                                         sizeof error));
    cr_assert(strstr(error, sentence) != NULL, "%s", error);
    after = get_bytes_of(&recording->file, &after_count);
    cr_assert_eq(after_count, count);
    cr_assert_eq(memcmp(bytes, after, count), 0);
    free(after);
}

MTest(trace_bundle, nothing_is_put_behind_what_has_no_end)
{
    static const char no_whole_trace[] = "it does not end with a whole trace";
    struct recording recording = {.memory = acre_malloc_new(), .file = memory_file()};
    struct rlimit before;
    size_t count;
    unsigned char *bytes = bundle_of_three(&count);

    expect_refused(&recording, &appended, bytes, count - 1, no_whole_trace);
    expect_refused(&recording, &appended, bytes, 1, no_whole_trace);
    bytes[count - 1] ^= 1;
    expect_refused(&recording, &appended, bytes, count, no_whole_trace);
    bytes[count - 1] ^= 1;
    expect_refused(&recording,
                   &(struct acre_trace_options){.limit_bytes = count + 100, .appends = true}, bytes,
                   count, "the most bytes that it may have were reached");
    /* A header that cannot be written is taken back. */
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){count + 50, before.rlim_max}), 0);
    expect_refused(&recording, &appended, bytes, count, "File too large");
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    free(bytes);
    end_recording(&recording);
}

/* Cut and flipped --------------------------------------------------------------------------------
 */

/* How many streams begin with a whole header before a place, and how many end there. */
struct progress {
    size_t begun, ended;
    bool is_between; /* two streams, or at the end */
};

static struct progress progress_at(const struct acre_trace_bundle *whole,
                                   const unsigned char *bytes, size_t at)
{
    struct progress progress = {0};

    for (size_t i = 0; i < whole->count; i++) {
        const struct acre_trace_stream *stream = &whole->streams[i];
        uint64_t header_bytes =
            ACRE_TRACE_HEADER_BYTES + acre_trace_u32(bytes + stream->offset + 16);

        progress.begun += stream->offset + header_bytes <= at;
        progress.ended += stream->offset + stream->bytes <= at;
        progress.is_between |= stream->offset + stream->bytes == at;
    }
    return progress;
}

MTest(trace_bundle, a_cut_bundle_has_its_whole_streams)
{
    size_t count;
    unsigned char *bytes = bundle_of_three(&count);
    struct memory_file file = memory_file();
    struct acre_trace_bundle whole;

    put_bytes(&file, bytes, count);
    whole = list(file.path);
    for (size_t length = 0; length <= count; length += test_stride(7)) {
        struct progress progress = progress_at(&whole, bytes, length);
        struct acre_trace_bundle bundle;

        put_bytes(&file, bytes, length);
        bundle = list(file.path);
        cr_assert_eq(bundle.count, progress.begun, "%zu bytes", length);
        cr_assert_eq(bundle.state == ACRE_TRACE_COMPLETE, progress.is_between, "%zu bytes: %s",
                     length, bundle.sentence);
        for (size_t i = 0; i < bundle.count; i++) {
            cr_assert_eq(bundle.streams[i].end, i < progress.ended ? whole.streams[i].end : 0);
            cr_assert_eq(bundle.streams[i].offset, whole.streams[i].offset);
            cr_assert_leq(bundle.streams[i].offset + bundle.streams[i].bytes, length);
        }
        /* A stream in front of one that is cut is what it was. */
        if (progress.ended > 0)
            cr_assert_eq(read_stream(file.path, 0).state, ACRE_TRACE_COMPLETE, "%zu bytes", length);
        end_list(&bundle);
    }
    end_list(&whole);
    close(file.descriptor);
    free(bytes);
}

static bool is_in_payload(const unsigned char *bytes, size_t count, size_t place)
{
    size_t at = 0;

    while (at < count) {
        bool is_header = memcmp(bytes + at, acre_trace_magic, sizeof acre_trace_magic) == 0;
        size_t head_bytes = is_header ? ACRE_TRACE_HEADER_BYTES : ACRE_TRACE_BLOCK_HEADER_BYTES;
        size_t body_bytes = acre_trace_u32(bytes + at + (is_header ? 16 : 32));
        bool is_trailer = !is_header && acre_trace_u32(bytes + at + 4) == ACRE_TRACE_BLOCK_TRAILER;

        if (place < at + head_bytes + body_bytes)
            return !is_header && !is_trailer && place >= at + head_bytes;
        at += head_bytes + body_bytes;
    }
    return false;
}

/* All but payloads is looked at. */
MTest(trace_bundle, a_flipped_bit_is_found)
{
    size_t count;
    unsigned char *bytes = bundle_of_three(&count);
    struct memory_file file = memory_file();

    for (size_t bit = 0; bit < 8 * count; bit += 3 * test_stride(7)) {
        struct acre_trace_bundle bundle;

        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        put_bytes(&file, bytes, count);
        bundle = list(file.path);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        cr_assert_eq(bundle.state == ACRE_TRACE_COMPLETE, is_in_payload(bytes, count, bit / 8),
                     "bit %zu: %s", bit, bundle.sentence);
        cr_assert_leq(bundle.count, STREAMS);
        end_list(&bundle);
    }
    close(file.descriptor);
    free(bytes);
}

/* Hostile ---------------------------------------------------------------------------------------
 */

/* The shortest stream: a header without a field, a trailer of nothing. */
enum {
    SHORTEST =
        ACRE_TRACE_HEADER_BYTES + 1 + ACRE_TRACE_BLOCK_HEADER_BYTES + ACRE_TRACE_TRAILER_BYTES
};

static void make_shortest(unsigned char *bytes)
{
    unsigned char *trailer = bytes + ACRE_TRACE_HEADER_BYTES + 1;

    memset(bytes, 0, SHORTEST);
    memcpy(bytes, acre_trace_magic, sizeof acre_trace_magic);
    acre_trace_put_u32(bytes + 8, ACRE_TRACE_VERSION);
    acre_trace_put_u32(bytes + 12, ACRE_TRACE_PROBE);
    acre_trace_put_u32(bytes + 16, 1);
    seal_header(bytes);
    memcpy(trailer, acre_trace_block_magic, sizeof acre_trace_block_magic);
    acre_trace_put_u32(trailer + 4, ACRE_TRACE_BLOCK_TRAILER);
    acre_trace_put_u32(trailer + 32, ACRE_TRACE_TRAILER_BYTES);
    acre_trace_put_u32(trailer + ACRE_TRACE_BLOCK_HEADER_BYTES, ACRE_TRACE_END_FINISHED);
    seal_block(trailer);
}

MTest(trace_bundle, a_file_has_so_many_streams)
{
    enum { MANY = ACRE_TRACE_MOST_STREAMS + 1 };
    unsigned char *bytes = malloc((size_t)MANY * SHORTEST);
    struct memory_file file = memory_file();
    struct acre_trace_bundle bundle;

    make_shortest(bytes);
    for (size_t i = 1; i < MANY; i++)
        memcpy(bytes + i * SHORTEST, bytes, SHORTEST);
    put_bytes(&file, bytes, (size_t)(MANY - 1) * SHORTEST);
    bundle = list(file.path);
    cr_assert_eq(bundle.state, ACRE_TRACE_COMPLETE, "%s", bundle.sentence);
    cr_assert_eq(bundle.count, ACRE_TRACE_MOST_STREAMS);
    end_list(&bundle);
    put_bytes(&file, bytes, (size_t)MANY * SHORTEST);
    bundle = list(file.path);
    cr_assert_eq(bundle.state, ACRE_TRACE_DAMAGED);
    cr_assert_eq(bundle.count, ACRE_TRACE_MOST_STREAMS);
    cr_assert(strstr(bundle.sentence, "more streams than a file can have") != NULL);
    end_list(&bundle);
    close(file.descriptor);
    free(bytes);
}

MTest(trace_bundle, a_place_without_a_stream_is_told)
{
    static const struct {
        uint64_t offset;
        enum acre_trace_state state;
        const char *sentence;
    } wrong[] = {
        {1, ACRE_TRACE_FOREIGN, "the stream at byte 1: not a trace"},
        {1 << 20, ACRE_TRACE_FOREIGN, "not a trace: the file ends before it"},
        {UINT64_MAX, ACRE_TRACE_UNREADABLE, "Invalid argument"},
    };
    struct recording recording;

    begin_bundle(&recording);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct outcome outcome = read_stream(recording.file.path, wrong[i].offset);

        is_one_line(&outcome);
        cr_assert_eq(outcome.state, wrong[i].state, "%s", outcome.sentence);
        cr_assert(strstr(outcome.sentence, wrong[i].sentence) != NULL, "%s", outcome.sentence);
    }
    end_recording(&recording);
}

MTest(trace_bundle, memory_that_fails_is_a_state)
{
    struct recording recording;
    uint64_t fail_at = 1;

    begin_bundle(&recording);
    for (size_t i = 0; i < 20; i++)
        append_stream(&recording, "7", 0, NULL);
    for (;; fail_at++) {
        struct acre_fault_plan plan = {.fail_at = fail_at};
        struct acre_alloc *faulty = acre_fault_new(recording.memory, &plan);
        struct acre_trace_bundle bundle;
        enum acre_trace_state state = acre_trace_bundle_list(&bundle, faulty, recording.file.path);

        acre_trace_bundle_fini(&bundle);
        acre_destroy(faulty);
        cr_assert_eq(plan.live_bytes, 0);
        if (plan.failures == 0)
            break;
        cr_assert_eq(state, ACRE_TRACE_NO_MEMORY, "allocation %llu", (unsigned long long)fail_at);
    }
    cr_assert_gt(fail_at, 5);
    end_recording(&recording);
}
