/* Blocks that are packed: read as if they were not, smaller, cut, flipped, hostile. */
#include "trace/traces.h"

#include "support/stride.h"

static const struct acre_trace_options packing = {.limit_bytes = INT64_MAX, .packing_level = 3};

static struct recording begin_packed(void)
{
    struct recording recording = {.memory = acre_malloc_new(), .file = memory_file()};

    begin_recording_with(&recording, &packing, NULL);
    return recording;
}

/* Two blocks and more, of what packs well. */
static void put_many(struct recording *recording)
{
    put_each_kind(recording);
    for (uint64_t i = 0; i < 50000; i++)
        put_birth(recording, 64 * i, 40);
}

static unsigned char *packed_trace(size_t *count)
{
    struct recording recording = begin_packed();
    unsigned char *bytes;

    put_each_kind(&recording);
    for (uint64_t i = 0; i < 100; i++)
        put_birth(&recording, 64 * i, 40);
    finish_recording(&recording, NULL);
    bytes = get_bytes_of(&recording.file, count);
    end_recording(&recording);
    return bytes;
}

enum { PACKED_EVENTS = EACH_KIND_EVENTS + 100 };

MTest(trace_packed, it_is_read_as_it_was_told)
{
    struct recording packed = begin_packed();
    struct recording plain;
    struct acre_trace_reader readers[2];
    struct acre_trace_event events[2];

    begin_recording(&plain, INT64_MAX);
    put_many(&packed);
    put_many(&plain);
    finish_recording(&packed, NULL);
    finish_recording(&plain, NULL);
    cr_assert_lt(packed.writer.file_bytes, plain.writer.file_bytes / 4);
    acre_trace_reader_open(&readers[0], packed.memory, packed.file.path, 0);
    acre_trace_reader_open(&readers[1], plain.memory, plain.file.path, 0);
    while (acre_trace_next(&readers[0], &events[0]) == ACRE_TRACE_READING) {
        cr_assert_eq(acre_trace_next(&readers[1], &events[1]), ACRE_TRACE_READING);
        cr_assert_eq(events[0].kind, events[1].kind);
        cr_assert_eq(events[0].object, events[1].object);
        cr_assert_eq(events[0].layout.size, events[1].layout.size);
        cr_assert_eq(events[0].stack, events[1].stack);
    }
    cr_assert_eq(readers[0].input.state, ACRE_TRACE_COMPLETE, "%s", readers[0].input.sentence);
    cr_assert_eq(acre_trace_next(&readers[1], &events[1]), ACRE_TRACE_COMPLETE);
    cr_assert_eq(readers[0].input.offset, packed.writer.file_bytes);
    cr_assert_eq(readers[0].events, readers[1].events);
    acre_trace_reader_close(&readers[0]);
    acre_trace_reader_close(&readers[1]);
    end_recording(&packed);
    end_recording(&plain);
}

/* What packing would make longer is written as it is. */
MTest(trace_packed, what_gains_nothing_stays)
{
    struct recording recording = begin_packed();
    size_t places[4];
    size_t count;
    unsigned char *bytes;

    put_birth(&recording, 16, 40);
    finish_recording(&recording, NULL);
    bytes = get_bytes_of(&recording.file, &count);
    places_of_blocks(bytes, count, places, 4);
    cr_assert_eq(acre_trace_u32(bytes + places[0] + 36), 0);
    cr_assert_eq(read_path(recording.file.path).state, ACRE_TRACE_COMPLETE);
    free(bytes);
    end_recording(&recording);
}

/* The limit is one of the file: packed, more events are there. */
MTest(trace_packed, a_limit_is_of_packed_bytes)
{
    enum { LIMIT = 60000 };
    const struct acre_trace_options options[] = {{.limit_bytes = LIMIT},
                                                 {.limit_bytes = LIMIT, .packing_level = 1}};
    uint64_t events[2];

    for (size_t i = 0; i < 2; i++) {
        struct recording recording = {.memory = acre_malloc_new(), .file = memory_file()};
        char error[256];

        begin_recording_with(&recording, &options[i], NULL);
        for (uint64_t k = 0; k < 200000; k++)
            put_birth(&recording, 64 * (k * k % 1000), 40);
        acre_trace_writer_close(&recording.writer, NULL, error, sizeof error);
        cr_assert_leq(recording.writer.file_bytes, LIMIT);
        events[i] = recording.writer.events;
        end_recording(&recording);
    }
    cr_assert_gt(events[1], events[0]);
}

MTest(trace_packed, cut_anywhere_it_has_no_part_of_a_block)
{
    size_t count;
    unsigned char *bytes = packed_trace(&count);
    struct memory_file file = memory_file();
    size_t places[4];

    cr_assert_eq(places_of_blocks(bytes, count, places, 4), 2);
    cr_assert_gt(acre_trace_u32(bytes + places[0] + 36), acre_trace_u32(bytes + places[0] + 32));
    cr_assert_eq(read_bytes(&file, bytes, count).events, PACKED_EVENTS);
    for (size_t length = 0; length < count; length += test_stride(7)) {
        struct outcome outcome = read_bytes(&file, bytes, length);

        is_one_line(&outcome);
        cr_assert_eq(outcome.state, length < places[0] ? ACRE_TRACE_FOREIGN : ACRE_TRACE_INCOMPLETE,
                     "%zu bytes: %s", length, outcome.sentence);
        cr_assert_eq(outcome.events, length < places[1] ? 0 : PACKED_EVENTS, "%zu bytes", length);
    }
    close(file.descriptor);
    free(bytes);
}

/* Flipped under checksums that are right: whatever zstd makes of it, there is one clear end. */
MTest(trace_packed, a_flipped_bit_is_found_or_harmless)
{
    size_t count;
    unsigned char *bytes = packed_trace(&count);
    struct memory_file file = memory_file();
    size_t places[4];
    uint64_t refused = 0;

    places_of_blocks(bytes, count, places, 4);
    for (size_t bit = 8 * (places[0] + ACRE_TRACE_BLOCK_HEADER_BYTES); bit < 8 * places[1];
         bit += 5 * test_stride(7)) {
        struct outcome outcome;

        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        cr_assert_eq(read_bytes(&file, bytes, count).state, ACRE_TRACE_DAMAGED, "bit %zu", bit);
        seal_block(bytes + places[0]);
        outcome = read_bytes(&file, bytes, count);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        seal_block(bytes + places[0]);
        if (outcome.state != ACRE_TRACE_COMPLETE)
            is_one_line(&outcome);
        cr_assert(outcome.state == ACRE_TRACE_DAMAGED || outcome.state == ACRE_TRACE_COMPLETE,
                  "bit %zu: %s", bit, outcome.sentence);
        refused += strstr(outcome.sentence, "cannot be unpacked") != NULL;
    }
    cr_assert_gt(refused, 5);
    close(file.descriptor);
    free(bytes);
}

/* It unpacks to more, or to less, than the header says. */
MTest(trace_packed, lengths_that_lie)
{
    static const int lies[] = {-1, 1, 1000};
    struct memory_file file = memory_file();

    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        size_t count;
        unsigned char *bytes = packed_trace(&count);
        size_t places[4];
        unsigned char *block;
        struct outcome outcome;

        places_of_blocks(bytes, count, places, 4);
        block = bytes + places[0];
        acre_trace_put_u32(block + 36, acre_trace_u32(block + 36) + (uint32_t)lies[i]);
        seal_block(block);
        outcome = read_bytes(&file, bytes, count);
        cr_assert_eq(outcome.state, ACRE_TRACE_DAMAGED);
        cr_assert(strstr(outcome.sentence, "cannot be unpacked") != NULL, "%s", outcome.sentence);
        free(bytes);
    }
    close(file.descriptor);
}

/* All that zstd needs is there when the file is open. */
MTest(trace_packed, memory_that_fails_is_told_when_it_is_opened)
{
    struct acre_alloc *memory = acre_malloc_new();
    const struct acre_trace_about about = {0};
    uint64_t fail_at = 1;

    for (;; fail_at++) {
        struct acre_fault_plan plan = {.fail_at = fail_at};
        struct acre_alloc *faulty = acre_fault_new(memory, &plan);
        struct recording recording = {.memory = faulty, .file = memory_file()};
        char error[256];
        bool is_open = acre_trace_writer_open(&recording.writer, faulty, recording.file.path,
                                              &packing, &about, error, sizeof error);

        if (is_open) {
            put_many(&recording);
            finish_recording(&recording, NULL);
            cr_assert_eq(read_path(recording.file.path).state, ACRE_TRACE_COMPLETE);
        } else {
            cr_assert(strstr(error, "Cannot allocate memory") != NULL, "%s", error);
        }
        acre_destroy(faulty);
        close(recording.file.descriptor);
        cr_assert_eq(plan.live_bytes, 0);
        cr_assert_eq(is_open, plan.failures == 0);
        if (is_open)
            break;
    }
    cr_assert_eq(fail_at, 4); /* the block, the packed one, zstd's room */
    acre_destroy(memory);
}
