/* Any bytes are a legal argument: cut, flipped and hostile traces. */
#include "trace/traces.h"

#include <sys/resource.h>

#include "support/stride.h"

/* A sound trace ----------------------------------------------------------------------------------
 */

static void next_text(struct acre_trace_reader *reader, enum acre_trace_type type, uint32_t source,
                      const char *text)
{
    struct acre_trace_event event;

    expect_next(reader, &event, ACRE_TRACE_OTHER);
    cr_assert(event.type == type && event.source == source);
    cr_assert(event.text_bytes == strlen(text) && memcmp(event.text, text, strlen(text)) == 0);
}

static void expect_definitions(struct acre_trace_reader *reader)
{
    struct acre_trace_event event;
    const struct acre_trace_module *module;

    next_text(reader, ACRE_TRACE_TYPE_SOURCE, 0, "pinned");
    next_text(reader, ACRE_TRACE_TYPE_SOURCE, 1, "region");
    expect_next(reader, &event, ACRE_TRACE_MODULE);
    cr_assert(event.module.path_bytes == 13 && reader->modules.count == 1);
    module = acre_trace_module_of(&reader->modules, 1);
    cr_assert_str_eq(module->path, "/usr/bin/some");
    cr_assert(module->build_id_bytes == 2 && memcmp(module->build_id, "\xca\xfe", 2) == 0);
    cr_assert(module->load_bias == 0x555500000000 && module->first_address == 0x555500001000 &&
              module->bytes == 0x2000);
    expect_next(reader, &event, ACRE_TRACE_FRAME);
    expect_next(reader, &event, ACRE_TRACE_FRAME);
    cr_assert_not(event.is_in_scope);
    cr_assert_eq(reader->frames.count, 2);
    cr_assert_eq(acre_trace_frame_of(&reader->frames, 1)->parent, 0);
    cr_assert_eq(acre_trace_frame_of(&reader->frames, 1)->module, 1);
    cr_assert_eq(acre_trace_frame_of(&reader->frames, 1)->offset, 0x1234);
    cr_assert_eq(acre_trace_frame_of(&reader->frames, 2)->parent, 1);
    cr_assert_eq(acre_trace_frame_of(&reader->frames, 2)->module, 0);
    cr_assert_eq(acre_trace_frame_of(&reader->frames, 2)->offset, 0x1000);
    next_text(reader, ACRE_TRACE_TYPE_SCOPE, 1, "request");
}

static void expect_births(struct acre_trace_reader *reader)
{
    struct acre_trace_event event;

    expect_next(reader, &event, ACRE_TRACE_INHERIT);
    cr_assert(event.object == 0 && event.layout.size == 100 && reader->objects.live == 1);
    expect_next(reader, &event, ACRE_TRACE_SCOPE_BEGIN);
    cr_assert(event.scope == 41 && event.scope_name == 0 && event.is_in_scope);
    expect_next(reader, &event, ACRE_TRACE_ALLOCATE);
    cr_assert(event.object == 1 && event.source == 1 && event.stack == 2);
    cr_assert(event.layout.size == 80000 && event.layout.align == 64);
    cr_assert(event.layout.purpose == ACRE_PURPOSE_DATA && event.usable_bytes == 80008);
    cr_assert(event.call == ACRE_TRACE_CALL_CALLOC);
    cr_assert(event.is_in_scope && event.scope == 41 && event.number == 9);
    cr_assert_eq(event.thread, (uint32_t)gettid());
    expect_next(reader, &event, ACRE_TRACE_ALLOCATE);
    cr_assert(event.usable_bytes == 0 && event.call == ACRE_TRACE_CALL_NONE && event.stack == 0);
    expect_next(reader, &event, ACRE_TRACE_ALLOCATE);
    cr_assert(event.object == 3 && event.layout.size == 40);
}

/* What put_each_kind writes, with ids for names and what is known of blocks. */
static void expect_each_kind(struct acre_trace_reader *reader)
{
    struct acre_trace_event event;

    expect_definitions(reader);
    expect_births(reader);
    expect_next(reader, &event, ACRE_TRACE_SCOPE_BEGIN);
    cr_assert(event.scope == 7 && event.scope_name == 1 && event.is_in_scope);
    expect_next(reader, &event, ACRE_TRACE_RESIZE);
    cr_assert(event.object == 2 && event.old_bytes == 40 && event.layout.size == 48);
    cr_assert(event.scope == 41 && event.usable_bytes == 48);
    expect_next(reader, &event, ACRE_TRACE_MOVE);
    cr_assert(event.object == 3 && event.old_object == 3 && event.stack == 1);
    cr_assert(event.old_bytes == 40 && event.layout.size == 24);
    expect_next(reader, &event, ACRE_TRACE_REFUSE);
    cr_assert(event.layout.size == 24 && event.stack == 1);
    next_text(reader, ACRE_TRACE_TYPE_MARK, 0, "here");
    expect_next(reader, &event, ACRE_TRACE_SCOPE_END);
    cr_assert(event.scope_name == 1 && event.is_in_scope);
    expect_next(reader, &event, ACRE_TRACE_SCOPE_END);
    cr_assert(event.scope_name == 0 && event.is_in_scope);
    expect_next(reader, &event, ACRE_TRACE_RESET);
    cr_assert(event.source == 1 && !event.is_in_scope && reader->objects.live == 4);
    next_text(reader, ACRE_TRACE_TYPE_PROCESS, 0, "fork 1234");
    next_text(reader, ACRE_TRACE_TYPE_UNSEEN, 0, "brk");
    expect_next(reader, &event, ACRE_TRACE_FREE);
    cr_assert(event.object == 2 && event.layout.size == 48 && reader->objects.live == 2);
    expect_next(reader, &event, ACRE_TRACE_FREE);
    cr_assert(event.object == 3 && event.layout.size == 24 && reader->objects.live == 1);
    expect_next(reader, &event, ACRE_TRACE_FREE);
    cr_assert(event.object == 0 && event.layout.size == 100 && reader->objects.live == 0);
}

MTest(trace_reader, a_whole_trace_is_complete_and_told_in_order)
{
    size_t count;
    unsigned char *bytes = small_trace(&count);
    struct memory_file file = memory_file();
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_trace_reader reader;
    struct acre_trace_event event;

    put_bytes(&file, bytes, count);
    cr_assert_eq(acre_trace_reader_open(&reader, memory, file.path, 0), ACRE_TRACE_READING);
    cr_assert_str_eq(acre_trace_field(&reader, "strategy"), "malloc/weak");
    cr_assert_str_eq(acre_trace_field(&reader, "allocator_path"), "/usr/lib/libmine.so");
    cr_assert_str_eq(acre_trace_field(&reader, "objects"), "address");
    cr_assert_str_eq(acre_trace_field(&reader, "strat"), "");
    expect_each_kind(&reader);
    cr_assert_eq(acre_trace_next(&reader, &event), ACRE_TRACE_COMPLETE);
    cr_assert_eq(acre_trace_next(&reader, &event), ACRE_TRACE_COMPLETE);
    cr_assert(reader.input.offset == count && reader.events == EACH_KIND_EVENTS);
    acre_trace_reader_close(&reader);
    acre_destroy(memory);
    close(file.descriptor);
    free(bytes);
}

/* A pipe is read as a file is. */
MTest(trace_reader, a_pipe_is_enough)
{
    size_t count;
    unsigned char *bytes = small_trace(&count);
    struct outcome outcome;
    char path[64];
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], bytes, count), (ssize_t)count);
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    outcome = read_path(path);
    cr_assert_eq(outcome.state, ACRE_TRACE_COMPLETE);
    close(ends[0]);
    free(bytes);
}

/* Cut and flipped --------------------------------------------------------------------------------
 */

/* Traces of several blocks, small enough to be cut everywhere. */
static unsigned char *trace_of_three_blocks(size_t *count)
{
    size_t places[4];
    unsigned char *first = small_trace(count);
    size_t blocks = places_of_blocks(first, *count, places, 4);
    size_t block_bytes = places[1] - places[0];
    unsigned char *bytes = malloc(*count + 2 * block_bytes);
    unsigned char *trailer = bytes + places[1] + 2 * block_bytes;

    cr_assert_eq(blocks, 2);
    memcpy(bytes, first, places[1]);
    for (size_t i = 1; i <= 2; i++) {
        unsigned char *block = bytes + places[0] + i * block_bytes;

        memcpy(block, first + places[0], block_bytes);
        acre_trace_put_u64(block + 8, i);
        seal_block(block);
    }
    memcpy(trailer, first + places[1], *count - places[1]);
    acre_trace_put_u64(trailer + 8, 3);
    acre_trace_put_u64(trailer + ACRE_TRACE_BLOCK_HEADER_BYTES + 8, 3);
    acre_trace_put_u64(trailer + ACRE_TRACE_BLOCK_HEADER_BYTES + 16, 3 * EACH_KIND_EVENTS);
    seal_block(trailer);
    *count += 2 * block_bytes;
    free(first);
    return bytes;
}

/* How many blocks of events end at or before a place. */
static uint64_t whole_blocks(const size_t *places, size_t place_count, size_t at)
{
    uint64_t whole = 0;

    for (size_t i = 1; i < place_count; i++)
        whole += places[i] <= at;
    return whole;
}

MTest(trace_reader, a_cut_trace_has_its_whole_blocks_and_is_incomplete, .timeout = 60)
{
    size_t count;
    unsigned char *bytes = trace_of_three_blocks(&count);
    struct memory_file file = memory_file();
    size_t places[5];
    size_t place_count = places_of_blocks(bytes, count, places, 5);

    cr_assert_eq(place_count, 4);
    cr_assert_eq(read_bytes(&file, bytes, count).state, ACRE_TRACE_COMPLETE);
    for (size_t length = 0; length < count; length += test_stride(7)) {
        struct outcome outcome = read_bytes(&file, bytes, length);
        uint64_t whole = whole_blocks(places, place_count, length);

        is_one_line(&outcome);
        cr_assert_eq(outcome.state, length < places[0] ? ACRE_TRACE_FOREIGN : ACRE_TRACE_INCOMPLETE,
                     "%zu bytes: %s", length, outcome.sentence);
        cr_assert_eq(outcome.blocks, whole, "%zu bytes", length);
        cr_assert_eq(outcome.events, whole * EACH_KIND_EVENTS, "%zu bytes", length);
    }
    close(file.descriptor);
    free(bytes);
}

MTest(trace_reader, a_flipped_bit_is_found, .timeout = 120)
{
    size_t count;
    unsigned char *bytes = trace_of_three_blocks(&count);
    struct memory_file file = memory_file();
    size_t places[5];
    size_t place_count = places_of_blocks(bytes, count, places, 5);

    for (size_t bit = 0; bit < 8 * count; bit += test_stride(7)) {
        struct outcome outcome;
        uint64_t whole = whole_blocks(places, place_count, bit / 8);

        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        outcome = read_bytes(&file, bytes, count);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        is_one_line(&outcome);
        cr_assert(outcome.state == ACRE_TRACE_DAMAGED ||
                      (outcome.state == ACRE_TRACE_FOREIGN && bit / 8 < places[0]),
                  "bit %zu: %s", bit, outcome.sentence);
        cr_assert_eq(outcome.events, whole * EACH_KIND_EVENTS, "bit %zu", bit);
        cr_assert_leq(outcome.offset, bit / 8, "bit %zu: %s", bit, outcome.sentence);
    }
    close(file.descriptor);
    free(bytes);
}

/* Hostile: the checksums are right, the rest is not ---------------------------------------------
 */

struct lie {
    size_t at; /* in the header, in the first block, or in the trailer, as the test says */
    unsigned bytes;
    uint64_t value;
    enum acre_trace_state state;
    const char *sentence;
};

static void tell_lie(unsigned char *to, const struct lie *lie)
{
    unsigned char number[8];

    acre_trace_put_u64(number, lie->value);
    memcpy(to + lie->at, number, lie->bytes);
}

static void expect_lie(const struct memory_file *file, const unsigned char *bytes, size_t count,
                       const struct lie *lie)
{
    struct outcome outcome = read_bytes(file, bytes, count);

    is_one_line(&outcome);
    cr_assert_eq(outcome.state, lie->state, "%s", outcome.sentence);
    cr_assert(strstr(outcome.sentence, lie->sentence) != NULL, "%s", outcome.sentence);
}

MTest(trace_reader, headers_that_lie)
{
    static const struct lie lies[] = {
        {0, 1, 0x88, ACRE_TRACE_FOREIGN, "does not begin like one"},
        {8, 4, 1, ACRE_TRACE_FOREIGN, "a trace of version 1, this acre reads version 2"},
        {12, 4, 0x01020304, ACRE_TRACE_FOREIGN, "another order"},
        {16, 4, UINT32_MAX, ACRE_TRACE_DAMAGED, "longer than one can be"},
        {16, 4, ACRE_TRACE_MOST_FIELD_BYTES + 1, ACRE_TRACE_DAMAGED, "longer than one can be"},
        {16, 4, ACRE_TRACE_MOST_FIELD_BYTES, ACRE_TRACE_FOREIGN, "cut off within its header"},
        {16, 4, 0, ACRE_TRACE_DAMAGED, "have no end"},
        {16, 4, 5, ACRE_TRACE_DAMAGED, "have no end"},
    };
    struct memory_file file = memory_file();

    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        size_t count;
        unsigned char *bytes = small_trace(&count);

        tell_lie(bytes, &lies[i]);
        if (acre_trace_u32(bytes + 16) < count - ACRE_TRACE_HEADER_BYTES)
            seal_header(bytes);
        expect_lie(&file, bytes, count, &lies[i]);
        free(bytes);
    }
    close(file.descriptor);
}

MTest(trace_reader, blocks_that_lie)
{
    static const struct lie lies[] = {
        {0, 1, 'b', ACRE_TRACE_DAMAGED, "no block begins there"},
        {4, 4, 3, ACRE_TRACE_DAMAGED, "no such kind of block"},
        {8, 8, 1, ACRE_TRACE_DAMAGED, "missing, or stands there twice"},
        {28, 4, 0, ACRE_TRACE_DAMAGED, "has no events"},
        {28, 4, EACH_KIND_EVENTS - 1, ACRE_TRACE_DAMAGED, "more in it than its events"},
        {28, 4, EACH_KIND_EVENTS + 1, ACRE_TRACE_DAMAGED, "goes on behind the end"},
        {28, 4, UINT32_MAX, ACRE_TRACE_DAMAGED, "goes on behind the end"},
        {32, 4, 0, ACRE_TRACE_DAMAGED, "checksum of a block is wrong"},
        {32, 4, ACRE_TRACE_MOST_PAYLOAD_BYTES, ACRE_TRACE_INCOMPLETE, "cut off in the middle"},
        {32, 4, ACRE_TRACE_MOST_PAYLOAD_BYTES + 1, ACRE_TRACE_DAMAGED, "longer than one can be"},
        {32, 4, UINT32_MAX, ACRE_TRACE_DAMAGED, "longer than one can be"},
        {36, 4, 1, ACRE_TRACE_DAMAGED, "cannot be unpacked"},
        {36, 4, ACRE_TRACE_MOST_PAYLOAD_BYTES, ACRE_TRACE_DAMAGED, "cannot be unpacked"},
        {36, 4, ACRE_TRACE_MOST_PAYLOAD_BYTES + 1, ACRE_TRACE_DAMAGED, "longer than one can be"},
    };
    struct memory_file file = memory_file();

    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        size_t count;
        unsigned char *bytes = small_trace(&count);
        size_t places[4];

        places_of_blocks(bytes, count, places, 4);
        tell_lie(bytes + places[0], &lies[i]);
        acre_trace_put_u64(bytes + places[0] + 48, XXH3_64bits(bytes + places[0], 48));
        expect_lie(&file, bytes, count, &lies[i]);
        free(bytes);
    }
    close(file.descriptor);
}

MTest(trace_reader, trailers_that_lie)
{
    enum { AT = ACRE_TRACE_BLOCK_HEADER_BYTES };
    static const struct lie lies[] = {
        {32, 4, 0, ACRE_TRACE_DAMAGED, "trailer has another length"},
        {36, 4, ACRE_TRACE_TRAILER_BYTES, ACRE_TRACE_DAMAGED, "trailer has another length"},
        {AT, 4, 0, ACRE_TRACE_DAMAGED, "no end that there is"},
        {AT, 4, ACRE_TRACE_ENDS, ACRE_TRACE_DAMAGED, "no end that there is"},
        {AT, 4, ACRE_TRACE_END_LIMIT, ACRE_TRACE_INCOMPLETE, "it reached the most bytes it may"},
        {AT, 4, ACRE_TRACE_END_ERROR, ACRE_TRACE_INCOMPLETE, "it could not be written"},
        {AT, 4, ACRE_TRACE_END_KILLED, ACRE_TRACE_INCOMPLETE, "it was killed"},
        {AT, 4, ACRE_TRACE_END_EXEC, ACRE_TRACE_INCOMPLETE, "it became another program"},
        {AT, 4, ACRE_TRACE_END_RUNNING, ACRE_TRACE_INCOMPLETE, "it was still running"},
        {AT, 4, ACRE_TRACE_END_UNKNOWN, ACRE_TRACE_INCOMPLETE, "it ended, nobody knows how"},
        {AT + 4, 4, UINT32_MAX, ACRE_TRACE_COMPLETE, ""},
        {AT + 8, 8, 2, ACRE_TRACE_DAMAGED, "other blocks and events"},
        {AT + 16, 8, EACH_KIND_EVENTS + 1, ACRE_TRACE_DAMAGED, "other blocks and events"},
        {AT + 24, 8, 1, ACRE_TRACE_INCOMPLETE, "it finished, 1 event was dropped"},
        {AT + 24, 8, 7, ACRE_TRACE_INCOMPLETE, "it finished, 7 events were dropped"},
        {AT + 32, 8, UINT64_MAX, ACRE_TRACE_COMPLETE, ""},
    };
    struct memory_file file = memory_file();

    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        size_t count;
        unsigned char *bytes = small_trace(&count);
        size_t places[4];
        struct outcome outcome;

        places_of_blocks(bytes, count, places, 4);
        tell_lie(bytes + places[1], &lies[i]);
        seal_block(bytes + places[1]);
        outcome = read_bytes(&file, bytes, count);
        cr_assert_eq(outcome.state, lies[i].state, "%zu: %s", i, outcome.sentence);
        cr_assert(strstr(outcome.sentence, lies[i].sentence) != NULL, "%s", outcome.sentence);
        free(bytes);
    }
    close(file.descriptor);
}

MTest(trace_reader, nothing_stands_behind_the_trailer)
{
    size_t count;
    unsigned char *bytes = small_trace(&count);
    struct memory_file file = memory_file();
    struct outcome outcome;

    bytes = realloc(bytes, count + 1);
    bytes[count] = 0;
    outcome = read_bytes(&file, bytes, count + 1);
    cr_assert_eq(outcome.state, ACRE_TRACE_DAMAGED);
    cr_assert_eq(outcome.offset, count);
    cr_assert(strstr(outcome.sentence, "behind the trailer") != NULL, "%s", outcome.sentence);
    close(file.descriptor);
    free(bytes);
}

/* More bytes than all memory: no sum may wrap. */
MTest(trace_reader, sizes_have_a_sum)
{
    struct recording recording;
    struct outcome outcome;

    begin_recording(&recording, INT64_MAX);
    put_birth(&recording, 16, (size_t)1 << 62);
    put_birth(&recording, 32, (size_t)1 << 62);
    finish_recording(&recording, NULL);
    outcome = read_path(recording.file.path);
    cr_assert_eq(outcome.state, ACRE_TRACE_DAMAGED);
    cr_assert_eq(outcome.events, 1);
    cr_assert(strstr(outcome.sentence, "more bytes are asked for than can be") != NULL);
    end_recording(&recording);
}

MTest(trace_reader, what_is_no_file_is_told)
{
    static const char *const paths[] = {"/nonexistent/trace.acre", "/", ""};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct outcome outcome = read_path(paths[i]);

        cr_assert_eq(outcome.state, ACRE_TRACE_UNREADABLE);
        cr_assert(strncmp(outcome.sentence, paths[i], strlen(paths[i])) == 0);
    }
    cr_assert(strstr(read_path("/dev/null").sentence, "the file is empty") != NULL);
}

/* Odd traces ------------------------------------------------------------------------------------
 */

/* Blocks that are older than the recording, and those whose death it did not see. */
MTest(trace_reader, frees_of_the_unknown_and_births_over_the_living)
{
    struct recording recording;
    struct acre_trace_reader reader;
    struct acre_trace_event event;

    begin_recording(&recording, INT64_MAX);
    put_death(&recording, 16, 40);
    put_birth(&recording, 32, 40);
    put_birth(&recording, 32, 48);
    event = (struct acre_trace_event){.kind = ACRE_TRACE_MOVE,
                                      .object = 64,
                                      .old_object = 48,
                                      .layout = {8, 8, ACRE_PURPOSE_OTHER}};
    acre_trace_put(&recording.writer, &event);
    put_birth(&recording, 80, 8);
    event.object = 80; /* moves over a living one */
    event.old_object = 64;
    acre_trace_put(&recording.writer, &event);
    finish_recording(&recording, NULL);

    acre_trace_reader_open(&reader, recording.memory, recording.file.path, 0);
    expect_next(&reader, &event, ACRE_TRACE_FREE);
    cr_assert(event.is_unknown && !event.replaces);
    expect_next(&reader, &event, ACRE_TRACE_ALLOCATE);
    cr_assert(event.object == 0 && !event.replaces);
    expect_next(&reader, &event, ACRE_TRACE_ALLOCATE);
    cr_assert(event.object == 0 && event.replaces && event.replaced == 0);
    cr_assert(event.replaced_layout.size == 40 && reader.objects.live == 1);
    expect_next(&reader, &event, ACRE_TRACE_MOVE);
    cr_assert(event.is_unknown && event.object == 1 && reader.objects.live == 2);
    expect_next(&reader, &event, ACRE_TRACE_ALLOCATE);
    expect_next(&reader, &event, ACRE_TRACE_MOVE);
    cr_assert(event.object == 1 && event.replaces && event.replaced == 2);
    cr_assert_eq(reader.objects.live, 2);
    cr_assert_eq(acre_trace_next(&reader, &event), ACRE_TRACE_COMPLETE);
    acre_trace_reader_close(&reader);
    end_recording(&recording);
}

/* Ids do not grow with events, and a reset gives back those of its own source only. */
MTest(trace_reader, ids_are_dense)
{
    enum { ROUNDS = 50, BLOCKS = 100 };
    struct recording recording;
    struct acre_trace_reader reader;
    struct acre_trace_event event;
    uint64_t most = 0;

    begin_recording(&recording, INT64_MAX);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        for (uint64_t i = 0; i < BLOCKS; i++) {
            event = (struct acre_trace_event){.kind = ACRE_TRACE_ALLOCATE,
                                              .source = 1 + i % 2,
                                              .object = (round * BLOCKS + i) << 20,
                                              .layout = {8 + i, 8, ACRE_PURPOSE_NODE}};
            acre_trace_put(&recording.writer, &event);
        }
        for (uint32_t source = 1; source <= 2; source++) {
            event = (struct acre_trace_event){.kind = ACRE_TRACE_RESET, .source = source};
            acre_trace_put(&recording.writer, &event);
        }
    }
    finish_recording(&recording, NULL);
    acre_trace_reader_open(&reader, recording.memory, recording.file.path, 0);
    while (acre_trace_next(&reader, &event) == ACRE_TRACE_READING) {
        if (event.kind == ACRE_TRACE_ALLOCATE && event.object > most)
            most = event.object;
        if (event.kind == ACRE_TRACE_RESET)
            cr_assert_eq(reader.objects.live, event.source == 1 ? BLOCKS : BLOCKS / 2);
    }
    cr_assert_eq(reader.input.state, ACRE_TRACE_COMPLETE);
    cr_assert(most == BLOCKS - 1 && reader.objects.slot_count == BLOCKS);
    acre_trace_reader_close(&reader);
    end_recording(&recording);
}

/* Each allocation of reading fails in turn. */
MTest(trace_reader, memory_that_fails_is_a_state)
{
    struct recording recording;
    uint64_t fail_at = 1;

    begin_recording(&recording, INT64_MAX);
    for (uint64_t i = 0; i < 5000; i++)
        put_birth(&recording, 64 * i, 40);
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
    cr_assert_gt(fail_at, 10);
    end_recording(&recording);
}
