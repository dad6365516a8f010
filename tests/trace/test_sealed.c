/* Traces of other programs, sealed: ids for names, call stacks, modules, times and threads that are
 * told, an end that somebody else knows. */
#include "trace/traces.h"

static const struct acre_trace_field sealed[] = {
    {"objects", "id"}, {"pid", "4321"}, {"started", ""}, {"executable", "/usr/bin/some"}, {0}};

static const struct acre_trace_options begun_at_1000 = {.limit_bytes = INT64_MAX, .begin_ns = 1000};

static void begin_sealed(struct recording *recording)
{
    recording->memory = acre_malloc_new();
    recording->file = memory_file();
    begin_recording_with(recording, &begun_at_1000, sealed);
}

static void put_block(struct recording *recording, enum acre_trace_kind kind, uint64_t object,
                      size_t size)
{
    const struct acre_trace_event event = {
        .kind = kind,
        .object = object,
        .old_object = object,
        .layout = {size, 16, ACRE_PURPOSE_OTHER},
    };

    acre_trace_put_at(&recording->writer, &event, 1000, 7);
}

static void open_reader(struct acre_trace_reader *reader, const struct recording *recording)
{
    cr_assert_eq(acre_trace_reader_open(reader, recording->memory, recording->file.path, 0),
                 ACRE_TRACE_READING, "%s", reader->input.sentence);
}

static void next(struct acre_trace_reader *reader, struct acre_trace_event *event)
{
    cr_assert_eq(acre_trace_next(reader, event), ACRE_TRACE_READING, "%s", reader->input.sentence);
}

MTest(trace_sealed, ids_are_what_the_file_says)
{
    struct recording recording;
    struct acre_trace_reader reader;
    struct acre_trace_event event;

    begin_sealed(&recording);
    put_block(&recording, ACRE_TRACE_ALLOCATE, 0, 40);
    put_block(&recording, ACRE_TRACE_ALLOCATE, 1, 48);
    put_block(&recording, ACRE_TRACE_FREE, 0, 40);
    put_block(&recording, ACRE_TRACE_FREE, 0, 40); /* unknown: it is not live */
    put_block(&recording, ACRE_TRACE_FREE, 2, 40); /* and nobody ever was 2 */
    put_block(&recording, ACRE_TRACE_MOVE, 1, 96);
    put_block(&recording, ACRE_TRACE_ALLOCATE, 1, 8); /* 1 died unseen */
    put_block(&recording, ACRE_TRACE_ALLOCATE, 0, 16);
    put_block(&recording, ACRE_TRACE_MOVE, 2, 32); /* born by its move */
    put_block(&recording, ACRE_TRACE_RESIZE, 2, 64);
    finish_recording(&recording, NULL);

    open_reader(&reader, &recording);
    next(&reader, &event);
    next(&reader, &event);
    cr_assert(event.object == 1 && !event.is_unknown && reader.objects.live == 2);
    next(&reader, &event);
    cr_assert(event.object == 0 && !event.is_unknown && reader.objects.live == 1);
    next(&reader, &event);
    cr_assert(event.is_unknown);
    next(&reader, &event);
    cr_assert(event.is_unknown && reader.objects.slot_count == 2);
    next(&reader, &event);
    cr_assert(event.object == 1 && event.old_object == 1 && event.old_bytes == 48);
    cr_assert(event.layout.size == 96 && !event.is_unknown && !event.replaces);
    next(&reader, &event);
    cr_assert(event.object == 1 && event.replaces && event.replaced == 1);
    cr_assert(event.replaced_layout.size == 96 && reader.objects.live == 1);
    next(&reader, &event);
    cr_assert(event.object == 0 && !event.replaces);
    next(&reader, &event);
    cr_assert(event.object == 2 && event.is_unknown && reader.objects.live == 3);
    next(&reader, &event);
    cr_assert(event.object == 2 && event.old_bytes == 32 && event.layout.size == 64);
    cr_assert_eq(acre_trace_next(&reader, &event), ACRE_TRACE_COMPLETE);
    cr_assert_eq(reader.objects.slot_count, 3);
    acre_trace_reader_close(&reader);
    end_recording(&recording);
}

/* A reset takes what is live of its source, and no id that is dead. */
MTest(trace_sealed, a_reset_leaves_other_sources)
{
    struct recording recording;
    struct acre_trace_reader reader;
    struct acre_trace_event event = {.kind = ACRE_TRACE_ALLOCATE, .layout = {8, 8, 0}};

    begin_sealed(&recording);
    for (uint32_t i = 0; i < 200; i++) {
        event.object = i;
        event.source = 1 + i % 2;
        acre_trace_put(&recording.writer, &event);
    }
    put_block(&recording, ACRE_TRACE_FREE, 101, 8);
    event = (struct acre_trace_event){.kind = ACRE_TRACE_RESET, .source = 2};
    acre_trace_put(&recording.writer, &event);
    put_block(&recording, ACRE_TRACE_FREE, 3, 8);
    put_block(&recording, ACRE_TRACE_FREE, 4, 8);
    finish_recording(&recording, NULL);
    open_reader(&reader, &recording);
    for (uint32_t i = 0; i < 202; i++)
        next(&reader, &event);
    cr_assert(event.kind == ACRE_TRACE_RESET && reader.objects.live == 199);
    next(&reader, &event);
    cr_assert(event.is_unknown && reader.objects.live == 100);
    next(&reader, &event);
    cr_assert(!event.is_unknown && reader.objects.live == 99);
    acre_trace_reader_close(&reader);
    end_recording(&recording);
}

/* Times and threads are those that were told; none goes back. */
MTest(trace_sealed, times_and_threads_are_told)
{
    static const struct {
        uint64_t time_ns, read_ns;
        uint32_t thread;
    } told[] = {{1500, 1500, 7}, {1500, 1500, 8}, {1400, 1500, 8}, {0, 1500, 7}, {9000, 9000, 7}};
    enum { TOLD = sizeof told / sizeof told[0], ROUNDS = 20000 };
    struct recording recording;
    struct acre_trace_reader reader;
    struct acre_trace_event event = {.kind = ACRE_TRACE_RESET};
    const struct acre_trace_ending ending = {.end = ACRE_TRACE_END_FINISHED,
                                             .time_ns = 20000 * UINT64_C(10000)};

    begin_sealed(&recording);
    acre_trace_put_module(&recording.writer, &some_module);
    for (uint64_t i = 0; i < TOLD * ROUNDS; i++)
        acre_trace_put_at(&recording.writer, &event,
                          i / TOLD * 10000 * (told[i % TOLD].time_ns != 0) + told[i % TOLD].time_ns,
                          told[i % TOLD].thread);
    finish_recording(&recording, &ending);
    cr_assert_gt(recording.writer.blocks, 2);
    open_reader(&reader, &recording);
    next(&reader, &event);
    cr_assert(event.kind == ACRE_TRACE_MODULE && event.time_ns == 1000);
    for (uint64_t i = 0; i < TOLD * ROUNDS; i++) {
        next(&reader, &event);
        cr_assert_eq(event.time_ns, i / TOLD * 10000 + told[i % TOLD].read_ns, "event %llu",
                     (unsigned long long)i);
        cr_assert_eq(event.thread, told[i % TOLD].thread);
    }
    cr_assert_eq(acre_trace_next(&reader, &event), ACRE_TRACE_COMPLETE);
    cr_assert_eq(reader.last_ns, ROUNDS * UINT64_C(10000));
    acre_trace_reader_close(&reader);
    end_recording(&recording);
}

static size_t places_of(const char *text, size_t count, const char *key)
{
    size_t found = 0;

    for (size_t at = 0; at < count; at += strlen(text + at) + 1)
        found += strncmp(text + at, key, strlen(key)) == 0 && text[at + strlen(key)] == '=';
    return found;
}

/* What is given stands in the place of what the writer would have said. */
MTest(trace_sealed, a_header_tells_of_another_process)
{
    struct recording recording;
    struct acre_trace_reader reader;

    begin_sealed(&recording);
    finish_recording(&recording, NULL);
    open_reader(&reader, &recording);
    cr_assert_str_eq(acre_trace_field(&reader, "objects"), "id");
    cr_assert_str_eq(acre_trace_field(&reader, "pid"), "4321");
    cr_assert_str_eq(acre_trace_field(&reader, "started"), "");
    cr_assert_str_eq(acre_trace_field(&reader, "executable"), "/usr/bin/some");
    cr_assert_str_eq(acre_trace_field(&reader, "clock"), "CLOCK_MONOTONIC");
    cr_assert_eq(places_of(reader.input.fields, reader.input.field_bytes, "objects"), 1);
    cr_assert_eq(places_of(reader.input.fields, reader.input.field_bytes, "pid"), 1);
    cr_assert_eq(places_of(reader.input.fields, reader.input.field_bytes, "started"), 0);
    acre_trace_reader_close(&reader);
    end_recording(&recording);
}

/* What there is no room for is left out, and the rest is there. */
MTest(trace_sealed, a_header_has_room_for_so_much)
{
    static char value[40000];
    const struct acre_trace_field fields[] = {
        {"first", value}, {"second", value}, {"third", "short"}, {0}};
    struct recording recording = {.memory = acre_malloc_new(), .file = memory_file()};
    struct acre_trace_reader reader;

    memset(value, 'x', sizeof value - 1);
    begin_recording_with(&recording, &unlimited, fields);
    finish_recording(&recording, NULL);
    open_reader(&reader, &recording);
    cr_assert_eq(strlen(acre_trace_field(&reader, "first")), sizeof value - 1);
    cr_assert_str_eq(acre_trace_field(&reader, "second"), "");
    cr_assert_str_eq(acre_trace_field(&reader, "third"), "short");
    cr_assert_str_eq(acre_trace_field(&reader, "strategy"), "malloc/weak");
    acre_trace_reader_close(&reader);
    end_recording(&recording);
}

MTest(trace_sealed, the_end_is_what_the_sealer_says)
{
    const struct acre_trace_ending endings[] = {
        {.end = ACRE_TRACE_END_KILLED, .error = 9, .dropped = 3, .overhead_ns = 5},
        {.end = ACRE_TRACE_END_KILLED},
        {.end = ACRE_TRACE_END_EXEC},
        {.end = ACRE_TRACE_END_RUNNING},
        {.end = ACRE_TRACE_END_UNKNOWN},
        {.end = ACRE_TRACE_END_FINISHED, .dropped = 1},
    };
    static const char *const sentences[] = {
        "incomplete: it was killed by signal 9, 3 events were dropped",
        "incomplete: it was killed",
        "incomplete: it became another program",
        "incomplete: it was still running",
        "incomplete: it ended, nobody knows how",
        "incomplete: it finished, 1 event was dropped",
    };

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        struct recording recording;
        struct acre_trace_reader reader;
        struct acre_trace_event event;

        begin_sealed(&recording);
        put_block(&recording, ACRE_TRACE_ALLOCATE, 0, 40);
        finish_recording(&recording, &endings[i]);
        open_reader(&reader, &recording);
        next(&reader, &event);
        cr_assert_eq(acre_trace_next(&reader, &event), ACRE_TRACE_INCOMPLETE);
        cr_assert(strstr(reader.input.sentence, sentences[i]) != NULL, "%s", reader.input.sentence);
        cr_assert(reader.input.trailer.end == endings[i].end &&
                  reader.input.trailer.error == endings[i].error &&
                  reader.input.trailer.dropped == endings[i].dropped &&
                  reader.input.trailer.overhead_ns == endings[i].overhead_ns);
        acre_trace_reader_close(&reader);
        end_recording(&recording);
    }
}

/* A recording that is over gives no numbers. */
MTest(trace_sealed, numbers_end_with_the_recording)
{
    struct recording recording = {.memory = acre_malloc_new(), .file = memory_file()};
    const struct acre_trace_options small = {.limit_bytes = 100000};
    const struct acre_trace_ending killed = {.end = ACRE_TRACE_END_KILLED, .dropped = 2};
    struct acre_trace_frame frame = {.module = 1};
    uint32_t told = 0;
    char error[256];

    begin_recording_with(&recording, &small, sealed);
    cr_assert_eq(acre_trace_put_module(&recording.writer, &some_module), 1);
    cr_assert_eq(acre_trace_put_module(&recording.writer, &some_module), 2);
    for (frame.parent = acre_trace_put_frame(&recording.writer, &frame); frame.parent != 0;
         frame.parent = acre_trace_put_frame(&recording.writer, &frame)) {
        told++;
        cr_assert_eq(frame.parent, told);
        frame.offset += UINT64_C(0x123456789);
    }
    cr_assert_gt(told, 5000);
    cr_assert_eq(acre_trace_put_module(&recording.writer, &some_module), 0);
    /* The writer's own end is told, and what was dropped before it as well. */
    cr_assert_not(acre_trace_writer_close(&recording.writer, &killed, error, sizeof error));
    cr_assert(strstr(error, "the most bytes that it may have were reached") != NULL, "%s", error);
    cr_assert(strstr(read_path(recording.file.path).sentence, "it reached the most bytes") != NULL);
    end_recording(&recording);
}

/* Hostile ---------------------------------------------------------------------------------------
 */

struct lie {
    struct acre_trace_event event;
    const char *sentence;
};

/* Behind a module, a frame in it, and the births of 0 and 1. */
MTest(trace_sealed, numbers_that_lie)
{
    static const struct lie lies[] = {
        {{.kind = ACRE_TRACE_ALLOCATE, .object = 3, .layout = {8, 8, 0}}, "no object has"},
        {{.kind = ACRE_TRACE_ALLOCATE, .object = UINT64_MAX, .layout = {8, 8, 0}}, "no object has"},
        {{.kind = ACRE_TRACE_INHERIT, .object = UINT32_MAX, .layout = {8, 8, 0}}, "no object has"},
        {{.kind = ACRE_TRACE_FREE, .object = 3, .layout = {8, 8, 0}}, "no object has"},
        {{.kind = ACRE_TRACE_RESIZE, .object = UINT64_C(1) << 32, .layout = {8, 8, 0}},
         "no object has"},
        {{.kind = ACRE_TRACE_MOVE, .object = 3, .old_object = 3, .layout = {8, 8, 0}},
         "no object has"},
        {{.kind = ACRE_TRACE_MOVE, .object = 0, .old_object = 1, .layout = {8, 8, 0}},
         "moves to another id"},
        {{.kind = ACRE_TRACE_FREE, .object = 0, .layout = {8, 8, 0}, .stack = 2},
         "a call stack is used before it is told"},
        {{.kind = ACRE_TRACE_REFUSE, .layout = {8, 8, 0}, .stack = UINT32_MAX},
         "a call stack is used before it is told"},
        {{.kind = ACRE_TRACE_FRAME, .frame = {.parent = 2}}, "before the one around it"},
        {{.kind = ACRE_TRACE_FRAME, .frame = {.parent = UINT32_MAX}}, "before the one around it"},
        {{.kind = ACRE_TRACE_FRAME, .frame = {.module = 2}}, "a module that was not told"},
    };

    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct recording recording;
        struct outcome outcome;

        begin_sealed(&recording);
        acre_trace_put_module(&recording.writer, &some_module);
        acre_trace_put_frame(&recording.writer, &(struct acre_trace_frame){.module = 1});
        put_block(&recording, ACRE_TRACE_ALLOCATE, 0, 8);
        put_block(&recording, ACRE_TRACE_ALLOCATE, 1, 8);
        acre_trace_put(&recording.writer, &lies[i].event);
        finish_recording(&recording, NULL);
        outcome = read_path(recording.file.path);
        is_one_line(&outcome);
        cr_assert_eq(outcome.state, ACRE_TRACE_DAMAGED, "%zu: %s", i, outcome.sentence);
        cr_assert(strstr(outcome.sentence, lies[i].sentence) != NULL, "%s", outcome.sentence);
        cr_assert_eq(outcome.events, 4);
        end_recording(&recording);
    }
}

/* More modules than a trace can have: the writer gives no number, and a reader takes none. */
MTest(trace_sealed, modules_have_a_limit)
{
    struct recording recording;
    struct outcome outcome;
    struct acre_trace_event event = {.kind = ACRE_TRACE_MODULE};

    begin_sealed(&recording);
    for (uint32_t i = 1; i <= ACRE_TRACE_MOST_MODULES; i++)
        cr_assert_eq(acre_trace_put_module(&recording.writer, &event.module), i);
    cr_assert_eq(acre_trace_put_module(&recording.writer, &event.module), 0);
    acre_trace_put(&recording.writer, &event);
    finish_recording(&recording, NULL);
    outcome = read_path(recording.file.path);
    cr_assert_eq(outcome.state, ACRE_TRACE_DAMAGED);
    cr_assert_eq(outcome.events, ACRE_TRACE_MOST_MODULES);
    cr_assert(strstr(outcome.sentence, "more modules than a trace can have") != NULL);
    end_recording(&recording);
}

MTest(trace_sealed, names_of_objects_are_of_a_known_kind)
{
    static const struct acre_trace_field fields[] = {{"objects", "color"}, {0}};
    struct recording recording = {.memory = acre_malloc_new(), .file = memory_file()};
    struct outcome outcome;

    begin_recording_with(&recording, &unlimited, fields);
    finish_recording(&recording, NULL);
    outcome = read_path(recording.file.path);
    cr_assert_eq(outcome.state, ACRE_TRACE_DAMAGED);
    cr_assert(strstr(outcome.sentence, "names of no known kind") != NULL, "%s", outcome.sentence);
    end_recording(&recording);
}

/* Memory ----------------------------------------------------------------------------------------
 */

/* Each allocation of reading fails in turn. */
MTest(trace_sealed, memory_that_fails_is_a_state)
{
    struct recording recording;
    uint64_t fail_at = 1;

    begin_sealed(&recording);
    for (uint32_t i = 0; i < 200; i++)
        acre_trace_put_module(&recording.writer, &some_module);
    for (uint32_t i = 0; i < 5000; i++) {
        acre_trace_put_frame(&recording.writer, &(struct acre_trace_frame){i, 1 + i % 200, i});
        put_block(&recording, ACRE_TRACE_ALLOCATE, i, 40);
    }
    finish_recording(&recording, NULL);
    for (;; fail_at++) {
        struct acre_fault_plan plan = {.fail_at = fail_at};
        struct acre_alloc *faulty = acre_fault_new(recording.memory, &plan);
        struct acre_trace_reader reader;
        struct acre_trace_event event;
        bool is_open =
            acre_trace_reader_open(&reader, faulty, recording.file.path, 0) == ACRE_TRACE_READING;
        bool is_done;

        while (is_open && acre_trace_next(&reader, &event) == ACRE_TRACE_READING)
            continue;
        is_done = reader.input.state == ACRE_TRACE_COMPLETE;
        cr_assert(is_done || reader.input.state == ACRE_TRACE_NO_MEMORY);
        acre_trace_reader_close(&reader);
        acre_destroy(faulty);
        cr_assert_eq(plan.live_bytes, 0);
        if (plan.failures == 0)
            break;
        cr_assert_not(is_done, "allocation %llu", (unsigned long long)fail_at);
    }
    cr_assert_gt(fail_at, 200);
    end_recording(&recording);
}
