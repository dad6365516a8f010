/* Profiles of made traces: every figure is that of an independent model, memory is bounded, and
 * what is cut off or finds no memory is told. */
#include "profile/model.h"

#include "profile/timeline.h"
#include "support/stride.h"

/* Against the model ----------------------------------------------------------------------------
 */

static void read_profile(struct acre_profile *profile, struct acre_alloc *memory,
                         const struct recording *recording)
{
    struct acre_trace_reader reader;

    cr_assert_eq(acre_trace_reader_open(&reader, memory, recording->file.path, 0),
                 ACRE_TRACE_READING, "%s", reader.input.sentence);
    cr_assert(acre_profile_read(profile, memory, &reader, NULL, NULL));
    acre_trace_reader_close(&reader);
}

MTest(profile, random_traces_are_those_of_the_model, .timeout = 120)
{
    static struct model model;
    static struct acre_profile profile;
    uint64_t peaks_before_the_end = 0;

    for (uint64_t seed = 1; seed <= 60; seed += test_stride(20)) {
        struct recording recording;

        model_draw(&model, seed);
        model_write(&model, &recording);
        read_profile(&profile, recording.memory, &recording);
        model_expect(&model, &profile);
        peaks_before_the_end += profile.total.peak_bytes > profile.total.live_bytes;
        acre_profile_fini(&profile);
        end_recording(&recording);
        model_end(&model);
    }
    cr_assert_gt(peaks_before_the_end, 0);
}

/* Traces that end early ------------------------------------------------------------------------
 */

/* Whatever it is cut to, a profile is of what was read, and says nothing of leaks. */
MTest(profile, a_cut_trace_gives_what_it_has, .timeout = 120)
{
    static struct model model;
    static struct acre_profile profile;
    struct recording recording;
    unsigned char *bytes;
    size_t count;

    model_draw(&model, 7);
    model_write(&model, &recording);
    bytes = get_bytes_of(&recording.file, &count);
    for (size_t cut = 0; cut < count; cut += test_stride(29)) {
        struct acre_trace_reader reader;

        put_bytes(&recording.file, bytes, cut);
        if (acre_trace_reader_open(&reader, recording.memory, recording.file.path, 0) ==
            ACRE_TRACE_READING) {
            cr_assert(acre_profile_read(&profile, recording.memory, &reader, NULL, NULL));
            cr_assert_eq(profile.state, ACRE_TRACE_INCOMPLETE);
            cr_assert_not(acre_profile_knows_leaks(&profile));
            cr_assert(strstr(profile.sentence, "incomplete: ") != NULL);
            cr_assert_eq(profile.total.blocks - profile.total.freed, profile.total.live_blocks);
            acre_profile_fini(&profile);
        }
        acre_trace_reader_close(&reader);
    }
    free(bytes);
    end_recording(&recording);
    model_end(&model);
}

/* An event that is one too much is not told, though the reader has an object of it already. */
MTest(profile, the_event_that_is_damaged_is_not_counted)
{
    static struct acre_profile profile;
    struct recording recording;

    begin_recording(&recording, INT64_MAX);
    put_birth(&recording, 16, (size_t)1 << 62);
    put_birth(&recording, 32, (size_t)1 << 62);
    finish_recording(&recording, NULL);
    read_profile(&profile, recording.memory, &recording);
    cr_assert_eq(profile.state, ACRE_TRACE_DAMAGED);
    cr_assert(profile.total.blocks == 1 && profile.total.live_bytes == UINT64_C(1) << 62);
    acre_profile_fini(&profile);
    end_recording(&recording);
}

/* Nothing ever happened: one point, no peak. */
MTest(profile, an_empty_trace_is_a_profile)
{
    static struct acre_profile profile;
    struct recording recording;

    begin_recording(&recording, INT64_MAX);
    finish_recording(&recording, NULL);
    read_profile(&profile, recording.memory, &recording);
    cr_assert(acre_profile_knows_leaks(&profile));
    cr_assert(profile.site_count == 0 && profile.thread_count == 0 && profile.point_count == 1);
    cr_assert(profile.peak_event == 0 && profile.points[0].time_ns == 0);
    acre_profile_fini(&profile);
    end_recording(&recording);
}

/* Memory ---------------------------------------------------------------------------------------
 */

/* A large one, with more threads, sites and objects than any table begins with. */
static void record_many(struct recording *recording)
{
    begin_recording(recording, INT64_MAX);
    for (uint32_t i = 1; i <= 500; i++) {
        const struct acre_trace_frame frame = {i - 1, 0, i};
        struct acre_trace_event event = {
            .kind = ACRE_TRACE_ALLOCATE,
            .object = 64 * i,
            .layout = {i, 8, ACRE_PURPOSE_OTHER},
            .stack = i,
        };

        acre_trace_put_frame(&recording->writer, &frame);
        acre_trace_put_at(&recording->writer, &event, 0, 7 * i);
        event = (struct acre_trace_event){.kind = ACRE_TRACE_SCOPE_BEGIN, .scope = i};
        acre_trace_put_at(&recording->writer, &event, 0, 7 * i);
    }
    finish_recording(recording, NULL);
}

MTest(profile, any_many_threads_are_told_apart)
{
    static struct acre_profile profile;
    struct recording recording;

    record_many(&recording);
    read_profile(&profile, recording.memory, &recording);
    cr_assert(profile.thread_count == 500 && profile.site_count == 500);
    for (size_t i = 0; i < profile.thread_count; i++) {
        cr_assert_eq(profile.threads[i].thread, 7 * (i + 1));
        cr_assert(profile.threads[i].events == 2 && profile.threads[i].blocks == 1);
        cr_assert_eq(profile.threads[i].bytes, i + 1);
    }
    acre_profile_fini(&profile);
    end_recording(&recording);
}

/* Each allocation of reading and of profiling fails in turn. */
MTest(profile, memory_that_fails_leaves_nothing_behind, .timeout = 120)
{
    static struct acre_profile profile;
    struct recording recording;
    uint64_t fail_at = 1;

    record_many(&recording);
    for (;; fail_at++) {
        struct acre_fault_plan plan = {.fail_at = fail_at};
        struct acre_alloc *faulty = acre_fault_new(recording.memory, &plan);
        struct acre_trace_reader reader;
        bool is_done =
            acre_trace_reader_open(&reader, faulty, recording.file.path, 0) == ACRE_TRACE_READING &&
            acre_profile_read(&profile, faulty, &reader, NULL, NULL);

        if (is_done)
            acre_profile_fini(&profile);
        acre_trace_reader_close(&reader);
        acre_destroy(faulty);
        cr_assert_eq(plan.live_bytes, 0, "allocation %llu", (unsigned long long)fail_at);
        if (plan.failures == 0)
            break;
        cr_assert_not(is_done, "allocation %llu", (unsigned long long)fail_at);
    }
    cr_assert_gt(fail_at, 30);
    end_recording(&recording);
}

/* The timeline ---------------------------------------------------------------------------------
 */

/* A path up and down, the same each time. */
static uint64_t live_at(size_t event)
{
    uint64_t hash = event * UINT64_C(0x9E3779B97F4A7C15);

    return 1000000 + event % 5000 * 100 + (hash >> 56) * 10 - (event == 77777 ? 900000 : 0) +
           (event == 33333 ? 50000000 : 0);
}

/* Between the two points before and the two behind there is nothing above or below them all. */
static void expect_between(const struct acre_profile_point *points, size_t count, size_t behind,
                           uint64_t live_bytes)
{
    size_t from = behind >= 2 ? behind - 2 : 0;
    size_t to = behind + 2 < count ? behind + 2 : count;
    uint64_t most = 0;
    uint64_t least = UINT64_MAX;

    for (size_t i = from; i < to; i++) {
        most = points[i].live_bytes > most ? points[i].live_bytes : most;
        least = points[i].live_bytes < least ? points[i].live_bytes : least;
    }
    cr_assert(least <= live_bytes && live_bytes <= most, "point %zu", behind);
}

MTest(profile, a_timeline_misses_nothing_however_long_it_is)
{
    static const size_t lengths[] = {1, 2, 1022, 1023, 1024, 5000, 100000, 131072};
    struct acre_alloc *memory = acre_malloc_new();

    for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
        const struct acre_profile_point end = {.time_ns = lengths[l], .live_bytes = 42};
        struct acre_profile_timeline timeline;
        size_t count;
        size_t behind = 0;

        cr_assert(acre_profile_timeline_init(&timeline, memory));
        for (size_t i = 0; i < lengths[l]; i++) {
            const struct acre_profile_point point = {.time_ns = i, .live_bytes = live_at(i)};

            acre_profile_timeline_add(&timeline, &point);
        }
        count = acre_profile_timeline_finish(&timeline, &end);
        cr_assert_leq(count, ACRE_PROFILE_POINTS);
        cr_assert_geq(count, lengths[l] < 1000 ? lengths[l] + 1 : 500);
        cr_assert_eq(memcmp(&timeline.points[count - 1], &end, sizeof end), 0);
        for (size_t i = 0; i + 1 < count; i++) {
            cr_assert_lt(timeline.points[i].time_ns, timeline.points[i + 1].time_ns);
            cr_assert_eq(timeline.points[i].live_bytes, live_at(timeline.points[i].time_ns));
        }
        for (size_t i = 0; i < lengths[l]; i++) {
            while (timeline.points[behind].time_ns < i)
                behind++;
            expect_between(timeline.points, count - 1, behind, live_at(i));
        }
        acre_profile_timeline_free(memory, timeline.points);
    }
    acre_destroy(memory);
}

/* Of equal peaks the last is kept, as in the figures. */
MTest(profile, of_equal_peaks_the_last_is_kept)
{
    struct acre_alloc *memory = acre_malloc_new();
    const struct acre_profile_point end = {.time_ns = 100000};
    struct acre_profile_timeline timeline;
    size_t count;
    size_t last = 0;

    cr_assert(acre_profile_timeline_init(&timeline, memory));
    for (size_t i = 0; i < 100000; i++) {
        const struct acre_profile_point point = {
            .time_ns = i, .live_bytes = i < 1000 && i % 7 == 6 ? 1000 : i % 900};

        acre_profile_timeline_add(&timeline, &point);
    }
    count = acre_profile_timeline_finish(&timeline, &end);
    for (size_t i = 0; i < count; i++)
        if (timeline.points[i].live_bytes == 1000)
            last = timeline.points[i].time_ns;
    cr_assert_eq(last, 993);
    acre_profile_timeline_free(memory, timeline.points);
    acre_destroy(memory);
}
