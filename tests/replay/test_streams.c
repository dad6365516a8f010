/* Streams of recorded threads: what told traces become, to the last operation; that crews find in
 * every block what was written there, pass after pass; that whoever has no memory stops them all,
 * and nothing is left behind. */
#include "replay/compiled.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "replay/crew.h"
#include "replay/nothing.h"
#include "replay/streams.h"
#include "support/stride.h"

/* With the linker's help (meson.build): the n-th thread cannot be started; 0: all can. */
static unsigned refuse_thread_at;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument)
{
    if (refuse_thread_at > 0 && --refuse_thread_at == 0)
        return EAGAIN;
    return __real_pthread_create(thread, attributes, function, argument);
}

static size_t count_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    size_t count = 0;

    cr_assert_not_null(tasks);
    while (readdir(tasks) != NULL)
        count++;
    closedir(tasks);
    return count;
}

/* Compiled ---------------------------------------------------------------------------------------
 */

/* The result of the streams where the program itself was compiled. */
static enum acre_compiled try_to_stream(struct compiled *compiled,
                                        const struct recording *recording,
                                        struct acre_alloc *memory)
{
    struct acre_compile_request request = {.name = "streams", .watch = acre_turns_note};
    struct acre_trace_reader reader;
    struct acre_turns turns;
    enum acre_compiled result = ACRE_COMPILE_NO_TRACE;

    *compiled = (struct compiled){.file = memfd_create("program", MFD_CLOEXEC)};
    cr_assert_geq(compiled->file, 0);
    request.file = compiled->file;
    request.watcher = &turns;
    acre_turns_init(&turns, memory);
    if (acre_trace_reader_open(&reader, memory, recording->file.path, 0) == ACRE_TRACE_READING)
        result = acre_compile(&request, &reader, memory);
    acre_trace_reader_close(&reader);
    if (result == ACRE_COMPILED)
        result = acre_streams_add(compiled->file, &turns, memory);
    acre_turns_fini(&turns);
    if (result == ACRE_COMPILED)
        map_program(compiled);
    return result;
}

static void stream(struct compiled *compiled, const struct recording *recording)
{
    cr_assert_eq(try_to_stream(compiled, recording, recording->memory), ACRE_COMPILED);
}

struct call {
    uint32_t thread;
    struct acre_trace_event event;
};

static void record_calls(struct recording *recording, const struct call *calls, size_t count)
{
    const struct acre_trace_options options = {.limit_bytes = INT64_MAX};
    const struct acre_trace_ending ending = {.end = ACRE_TRACE_END_FINISHED,
                                             .time_ns = 100 + count};

    recording->memory = acre_malloc_new();
    recording->file = memory_file();
    begin_recording_with(recording, &options, NULL);
    for (size_t i = 0; i < count; i++)
        acre_trace_put_at(&recording->writer, &calls[i].event, 10 + i, calls[i].thread);
    finish_recording(recording, &ending);
}

static struct call born(uint32_t thread, uint64_t address, size_t size)
{
    return (struct call){thread,
                         event_of(ACRE_TRACE_ALLOCATE, address, size, 16, ACRE_TRACE_CALL_MALLOC)};
}

static struct call dies(uint32_t thread, uint64_t address, size_t size)
{
    return (struct call){thread,
                         event_of(ACRE_TRACE_FREE, address, size, 16, ACRE_TRACE_CALL_NONE)};
}

/* What a stream is -------------------------------------------------------------------------------
 */

struct expected {
    enum acre_operation_kind kind;
    uint32_t slot; /* or who is waited for, or an alignment */
    uint64_t size; /* or the place that is waited for, in its own stream */
};

static void expect_stream(const struct acre_program *program, uint32_t number,
                          const struct expected *expected, size_t count)
{
    const struct acre_operation *at = acre_program_chunk(program, number);

    for (size_t i = 0; i < count; i++, at++) {
        enum acre_operation_kind kind = acre_operation_kind_of(*at);

        cr_assert_eq(kind, expected[i].kind, "stream %u, operation %zu: %u", number, i, kind);
        if (kind == ACRE_PLAY_WAIT) {
            cr_assert_eq(acre_operation_awaited(*at), expected[i].slot);
            cr_assert_eq(acre_operation_place(*at) - program->streams_from -
                             expected[i].slot * ACRE_PLAY_CHUNK,
                         expected[i].size, "stream %u, operation %zu: %llu", number, i,
                         (unsigned long long)acre_operation_place(*at));
        } else {
            cr_assert_eq(acre_operation_slot(*at), expected[i].slot, "stream %u, operation %zu: %u",
                         number, i, acre_operation_slot(*at));
            cr_assert_eq(at->size, expected[i].size);
        }
    }
    cr_assert(at->what == ACRE_PLAY_END && at->size == 0);
}

static const struct call told[] = {
    {1, {.kind = ACRE_TRACE_ALLOCATE, .object = 0xa000, .layout = {24, 16, 0}}},
    {1, {.kind = ACRE_TRACE_ALLOCATE, .object = 0xb000, .layout = {40, 16, 0}}},
    {2, {.kind = ACRE_TRACE_FREE, .object = 0xb000, .layout = {40, 16, 0}}},
    {2, {.kind = ACRE_TRACE_FREE, .object = 0xa000, .layout = {24, 16, 0}}}, /* implied */
    {2, {.kind = ACRE_TRACE_ALLOCATE, .object = 0xc000, .layout = {100, 16, 0}}},
    {2,
     {.kind = ACRE_TRACE_ALLOCATE,
      .object = 0xd000,
      .layout = {8, 16, 0},
      .call = ACRE_TRACE_CALL_CALLOC}},
    {2, {.kind = ACRE_TRACE_ALLOCATE, .object = 0xe000, .layout = {64, 16, 0}}},
    {1, {.kind = ACRE_TRACE_ALLOCATE, .object = 0xf000, .layout = {16, 16, 0}}},
    {1, {.kind = ACRE_TRACE_RESIZE, .object = 0xc000, .layout = {200, 16, 0}}},
    {2, {.kind = ACRE_TRACE_FREE, .object = 0xc000, .layout = {200, 16, 0}}},
    {1, {.kind = ACRE_TRACE_ALLOCATE, .object = 0x11000, .layout = {100, 4096, 0}}},
    {2, {.kind = ACRE_TRACE_FREE, .object = 0x11000, .layout = {100, 4096, 0}}},
};

MTest(streams, what_is_told_becomes_these_operations)
{
    static const struct expected first[] = {
        {ACRE_PLAY_ALLOCATE, 0, 24}, {ACRE_PLAY_ALLOCATE, 1, 40},  {ACRE_PLAY_ALLOCATE, 2, 16},
        {ACRE_PLAY_WAIT, 1, 3},      {ACRE_PLAY_RESIZE, 0, 200},   {ACRE_PLAY_OLD_SIZE, 0, 100},
        {ACRE_PLAY_WIDE, 12, 0},     {ACRE_PLAY_ALLOCATE, 3, 100}, {ACRE_PLAY_FREE, 2, 16},
    };
    static const struct expected second[] = {
        {ACRE_PLAY_WAIT, 0, 1},
        {ACRE_PLAY_FREE, 1, 40},
        {ACRE_PLAY_FREE, 0, 24},
        {ACRE_PLAY_ALLOCATE, 0, 100},
        {ACRE_PLAY_ALLOCATE_CLEARED, 1, 8},
        {ACRE_PLAY_ALLOCATE, 8, 64}, /* a line of its own */
        {ACRE_PLAY_WAIT, 0, 4},
        {ACRE_PLAY_FREE, 0, 200},
        {ACRE_PLAY_WAIT, 0, 7},
        {ACRE_PLAY_WIDE, 12, 0},
        {ACRE_PLAY_FREE, 3, 100},
        {ACRE_PLAY_FREE, 8, 64}, /* the end: the newest first */
        {ACRE_PLAY_FREE, 1, 8},
    };
    struct recording recording;
    struct compiled compiled;

    record_calls(&recording, told, sizeof told / sizeof told[0]);
    stream(&compiled, &recording);
    cr_assert_eq(compiled.program->streams, 2);
    cr_assert_eq(compiled.program->stream_slots, 16);
    cr_assert_eq(compiled.program->handed_over, 5);
    cr_assert_eq(compiled.program->waits, 4);
    expect_stream(compiled.program, 0, first, sizeof first / sizeof first[0]);
    expect_stream(compiled.program, 1, second, sizeof second / sizeof second[0]);
    play_all_touches(&compiled, recording.memory, true); /* the program is what it was */
    end_compiled(&compiled);
    end_recording(&recording);
}

/* Who shares a stream ----------------------------------------------------------------------------
 */

enum { MOST_CALLS = 200000 };

struct script {
    struct call calls[MOST_CALLS];
    size_t count;
};

static struct script script; /* of the test */

static void say(struct call call)
{
    cr_assert_lt(script.count, MOST_CALLS);
    script.calls[script.count++] = call;
}

static void expect_streams(uint64_t streams, uint64_t threads)
{
    struct recording recording;
    struct compiled compiled;

    record_calls(&recording, script.calls, script.count);
    stream(&compiled, &recording);
    cr_assert_eq(compiled.program->streams, streams, "%llu",
                 (unsigned long long)compiled.program->streams);
    cr_assert_eq(compiled.program->threads, threads);
    end_compiled(&compiled);
    end_recording(&recording);
    script.count = 0;
}

MTest(streams, threads_that_never_meet_share_one)
{
    say(born(1, 0x1000, 10));
    for (uint32_t i = 0; i < 200; i++) { /* of two that overlap the second one lives on */
        say(born(2 + i, 0x10000 + 16 * i, 10));
        if (i > 0)
            say(dies(1 + i, 0x10000 + 16 * (i - 1), 10));
    }
    say(dies(1, 0x1000, 10));
    expect_streams(3, 201);

    for (uint32_t i = 0; i < 200; i++)
        say(born(1 + i, 0x10000 + 16 * i, 10));
    expect_streams(0, 200); /* one plays them all */

    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 100; i++)
            say(born(1 + i, 0x10000 + 16 * (100 * round + i), 10));
    expect_streams(ACRE_PLAY_MOST_STREAMS, 100);
}

/* Played -----------------------------------------------------------------------------------------
 */

/* Every touch in turn, and some passes of each. */
static void play_crew(const struct acre_program *program, struct acre_alloc *alloc, unsigned passes)
{
    struct acre_alloc *memories[ACRE_PLAY_MOST_STREAMS];
    struct acre_alloc *own = acre_pages_new();

    for (size_t i = 0; i < ACRE_PLAY_MOST_STREAMS; i++)
        memories[i] = alloc;
    for (unsigned touch = 0; touch < ACRE_TOUCHES; touch++) {
        struct acre_crew *crew = acre_crew_new(program, (enum acre_touch)touch, own);

        cr_assert_not_null(crew);
        for (unsigned pass = 0; pass < passes; pass++) {
            cr_assert(acre_crew_play(crew, memories));
            cr_assert(acre_crew_found_all(crew), "touch %u, pass %u", touch, pass);
            cr_assert_eq(acre_crew_failed_event(crew), 0);
        }
        acre_crew_destroy(crew);
    }
    acre_destroy(own);
}

MTest(streams, random_traces_are_found_as_written, .timeout = 120)
{
    static struct model model;

    for (uint64_t seed = 1; seed <= 40; seed += test_stride(13)) {
        struct recording recording;
        struct compiled compiled;

        model_draw(&model, seed);
        model_write(&model, &recording);
        stream(&compiled, &recording);
        if (compiled.program->streams > 0)
            play_crew(compiled.program, recording.memory, 20);
        play_all_touches(&compiled, recording.memory, true);
        end_compiled(&compiled);
        end_recording(&recording);
        model_end(&model);
    }
}

/* Over many chunks: blocks of all shapes are made by one, grown by the next, freed by a third. */
static void say_relay(uint32_t items)
{
    for (uint32_t i = 0; i < items; i++) {
        uint64_t address = 0x100000 + 0x1000 * (uint64_t)i;
        uint32_t align = i % 7 == 0 ? 64 : 16;

        say(born(1, address, 10 + i % 50));
        script.calls[script.count - 1].event.layout.align = align;
        say((struct call){
            2, event_of(ACRE_TRACE_RESIZE, address, 10 + i % 90, align, ACRE_TRACE_CALL_REALLOC)});
        if (i >= 50)
            say(dies(3, address - 50 * 0x1000, 10 + (i - 50) % 90));
    }
}

static size_t count_operations(const struct acre_program *program, uint32_t number,
                               enum acre_operation_kind kind)
{
    const struct acre_operation *at = acre_program_chunk(program, number);
    size_t count = 0;

    while (at->what != ACRE_PLAY_END || at->size != 0) {
        if (at->what == ACRE_PLAY_END) {
            at = acre_program_chunk(program, at->size);
        } else {
            count += acre_operation_kind_of(*at) == kind;
            at++;
        }
    }
    return count;
}

MTest(streams, chunks_follow_each_other, .timeout = 120)
{
    const uint32_t items = 20000;
    struct recording recording;
    struct compiled compiled;

    say_relay(items);
    record_calls(&recording, script.calls, script.count);
    stream(&compiled, &recording);
    cr_assert_eq(compiled.program->streams, 3);
    cr_assert_eq(count_operations(compiled.program, 0, ACRE_PLAY_ALLOCATE), items);
    cr_assert_eq(count_operations(compiled.program, 1, ACRE_PLAY_RESIZE), items);
    cr_assert_eq(count_operations(compiled.program, 1, ACRE_PLAY_OLD_SIZE), items);
    cr_assert_eq(count_operations(compiled.program, 1, ACRE_PLAY_WAIT), items);
    cr_assert_eq(count_operations(compiled.program, 2, ACRE_PLAY_FREE), items - 50);
    cr_assert_eq(count_operations(compiled.program, 1, ACRE_PLAY_FREE), 50);
    cr_assert_eq(compiled.program->handed_over, 2 * items - 50);
    play_crew(compiled.program, recording.memory, 3);
    end_compiled(&compiled);
    end_recording(&recording);
    script.count = 0;
}

/* The limit: each on its own ring. */
MTest(streams, on_nothing_they_come_to_their_end)
{
    struct acre_alloc *own = acre_pages_new();
    struct acre_alloc *memories[3];
    struct recording recording;
    struct compiled compiled;
    struct acre_crew *crew;

    say_relay(500);
    record_calls(&recording, script.calls, script.count);
    script.count = 0;
    stream(&compiled, &recording);
    cr_assert_eq(compiled.program->streams, 3);
    crew = acre_crew_new(compiled.program, ACRE_TOUCH_ALL, own);
    cr_assert_not_null(crew);
    for (size_t i = 0; i < 3; i++) {
        memories[i] = acre_nothing_new(own, compiled.program->largest_bytes);
        cr_assert_not_null(memories[i]);
    }
    for (unsigned pass = 0; pass < 3; pass++)
        cr_assert(acre_crew_play(crew, memories));
    acre_crew_destroy(crew);
    /* ... and by one. */
    for (unsigned touch = 0; touch < ACRE_TOUCHES; touch++) {
        compiled.player.touch = (enum acre_touch)touch;
        cr_assert(acre_play(&compiled.player, memories[0]));
    }
    for (size_t i = 0; i < 3; i++)
        acre_destroy(memories[i]);
    acre_destroy(own);
    end_compiled(&compiled);
    end_recording(&recording);
}

/* An allocator that is in no hurry where it is asked for so many bytes. */
static void *slow_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    (void)self;
    if (layout.size == 24)
        nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
    return malloc(layout.size);
}

static void slow_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    (void)self;
    (void)layout;
    free(block);
}

static const struct acre_alloc_ops slow_ops = {
    .name = "slow",
    .capabilities = ACRE_CAN_FREE,
    .threads = ACRE_THREADS_ANY,
    .allocate = slow_allocate,
    .free = slow_free,
};

MTest(streams, whoever_comes_too_early_waits)
{
    struct acre_alloc slow = {.ops = &slow_ops};
    struct recording recording;
    struct compiled compiled;

    record_calls(&recording, told, sizeof told / sizeof told[0]);
    stream(&compiled, &recording);
    play_crew(compiled.program, &slow, 3);
    end_compiled(&compiled);
    end_recording(&recording);
}

/* Without memory ---------------------------------------------------------------------------------
 */

/* For any thread: counts, and fails at the n-th allocation. */
struct short_of {
    struct acre_alloc base;
    atomic_ulong calls;
    unsigned long fail_at; /* 0: never */
    bool forever;
    atomic_long live_blocks, live_bytes;
};

static void *short_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct short_of *of = (struct short_of *)self;
    unsigned long call = atomic_fetch_add(&of->calls, 1) + 1;

    if (of->fail_at > 0 && (call == of->fail_at || (of->forever && call > of->fail_at)))
        return NULL;
    atomic_fetch_add(&of->live_blocks, 1);
    atomic_fetch_add(&of->live_bytes, (long)layout.size);
    return aligned_alloc(layout.align < 16 ? 16 : layout.align,
                         acre_align_up(layout.size, layout.align < 16 ? 16 : layout.align));
}

static void short_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    struct short_of *of = (struct short_of *)self;

    atomic_fetch_sub(&of->live_blocks, 1);
    atomic_fetch_sub(&of->live_bytes, (long)layout.size);
    free(block);
}

static const struct acre_alloc_ops short_ops = {
    .name = "short",
    .capabilities = ACRE_CAN_FREE,
    .threads = ACRE_THREADS_ANY,
    .allocate = short_allocate,
    .free = short_free,
};

static void fail_everywhere(const struct acre_program *program, bool forever, size_t step)
{
    struct acre_alloc *memories[ACRE_PLAY_MOST_STREAMS];
    struct acre_alloc *own = acre_pages_new();
    struct short_of of = {.base = {.ops = &short_ops}, .forever = forever};
    struct acre_crew *crew = acre_crew_new(program, ACRE_TOUCH_ALL, own);
    unsigned long calls;

    cr_assert_not_null(crew);
    for (size_t i = 0; i < ACRE_PLAY_MOST_STREAMS; i++)
        memories[i] = &of.base;
    cr_assert(acre_crew_play(crew, memories));
    calls = of.calls;
    for (unsigned long fail_at = 1; fail_at <= calls; fail_at += step) {
        of.fail_at = fail_at;
        of.calls = 0;
        cr_assert_not(acre_crew_play(crew, memories));
        cr_assert_neq(acre_crew_failed_event(crew), 0);
        cr_assert_eq(of.live_blocks, 0, "at %lu: %ld blocks", fail_at, (long)of.live_blocks);
        cr_assert_eq(of.live_bytes, 0);
    }
    of.fail_at = 0;
    cr_assert(acre_crew_play(crew, memories) && acre_crew_found_all(crew));
    acre_crew_destroy(crew);
    acre_destroy(own);
}

MTest(streams, a_pass_without_memory_leaves_nothing, .timeout = 120)
{
    struct recording recording;
    struct compiled compiled;

    say_relay(3000);
    record_calls(&recording, script.calls, script.count);
    stream(&compiled, &recording);
    fail_everywhere(compiled.program, false, 97 * test_stride(11));
    fail_everywhere(compiled.program, true, 97 * test_stride(11));
    end_compiled(&compiled);
    end_recording(&recording);
    script.count = 0;

    record_calls(&recording, told, sizeof told / sizeof told[0]);
    stream(&compiled, &recording);
    fail_everywhere(compiled.program, false, 1);
    end_compiled(&compiled);
    end_recording(&recording);
}

/* Threads are as many as they were, whichever of them cannot be started. */
MTest(streams, a_crew_without_memory_or_threads_is_none)
{
    size_t before = count_threads();
    struct recording recording;
    struct compiled compiled;
    struct acre_fault_plan plan = {0};
    struct acre_alloc *pages = acre_pages_new();
    struct acre_alloc *faulty = acre_fault_new(pages, &plan);
    struct acre_crew *crew = NULL;

    say_relay(60);
    record_calls(&recording, script.calls, script.count);
    script.count = 0;
    stream(&compiled, &recording);
    for (uint64_t fail_at = 1; crew == NULL; fail_at++) {
        plan = (struct acre_fault_plan){.fail_at = fail_at};
        crew = acre_crew_new(compiled.program, ACRE_TOUCH_FIRST, faulty);
        cr_assert(crew != NULL || (plan.failures == 1 && plan.live_bytes == 0));
    }
    acre_crew_destroy(crew);
    cr_assert_eq(plan.live_bytes, 0);
    for (unsigned at = 1; at <= 2; at++) {
        refuse_thread_at = at;
        cr_assert_null(acre_crew_new(compiled.program, ACRE_TOUCH_FIRST, faulty));
        cr_assert_eq(plan.live_bytes, 0);
    }
    acre_crew_destroy(NULL);
    cr_assert_eq(count_threads(), before);
    acre_destroy(faulty);
    acre_destroy(pages);
    end_compiled(&compiled);
    end_recording(&recording);
}

MTest(streams, streaming_without_memory_is_told)
{
    struct recording recording;
    struct acre_fault_plan plan = {0};
    struct acre_alloc *faulty;
    enum acre_compiled result = ACRE_COMPILE_NO_MEMORY;

    record_calls(&recording, told, sizeof told / sizeof told[0]);
    faulty = acre_fault_new(recording.memory, &plan);
    for (uint64_t fail_at = 1; result != ACRE_COMPILED; fail_at++) {
        struct compiled compiled;

        plan = (struct acre_fault_plan){.fail_at = fail_at};
        result = try_to_stream(&compiled, &recording, faulty);
        cr_assert(result == ACRE_COMPILED || plan.failures == 1);
        end_compiled(&compiled);
        cr_assert_eq(plan.live_bytes, 0);
    }
    acre_destroy(faulty);
    end_recording(&recording);
}
