/* What blocks are for, by the names that a file has for it. */
#include "trace/traces.h"

static void put_birth_for(struct recording *recording, uint64_t name, uint32_t purpose)
{
    const struct acre_trace_event event = {
        .kind = ACRE_TRACE_ALLOCATE, .object = name, .layout = {8, 8, purpose}};

    acre_trace_put(&recording->writer, &event);
}

/* Behind those of the header; what acre knows already has its number, whatever the file's is. */
MTest(trace_purposes, purposes_may_be_named_later)
{
    struct recording recording;
    struct acre_trace_reader reader;
    struct acre_trace_event event;

    begin_recording(&recording, INT64_MAX);
    put_text(&recording, ACRE_TRACE_TYPE_PURPOSE, ACRE_PURPOSE_COUNT, "tape");
    put_text(&recording, ACRE_TRACE_TYPE_PURPOSE, ACRE_PURPOSE_COUNT + 1, "data");
    put_text(&recording, ACRE_TRACE_TYPE_PURPOSE, ACRE_PURPOSE_COUNT + 2, "tape");
    for (uint32_t i = 0; i < 3; i++)
        put_birth_for(&recording, 16 + 16 * i, ACRE_PURPOSE_COUNT + i);
    finish_recording(&recording, NULL);

    acre_trace_reader_open(&reader, recording.memory, recording.file.path, 0);
    for (int i = 0; i < 3; i++)
        expect_next(&reader, &event, ACRE_TRACE_OTHER);
    expect_next(&reader, &event, ACRE_TRACE_ALLOCATE);
    cr_assert_eq(event.layout.purpose, ACRE_PURPOSE_COUNT);
    cr_assert_str_eq(reader.purposes.names[event.layout.purpose], "tape");
    expect_next(&reader, &event, ACRE_TRACE_ALLOCATE);
    cr_assert_eq(event.layout.purpose, ACRE_PURPOSE_DATA);
    expect_next(&reader, &event, ACRE_TRACE_ALLOCATE);
    cr_assert_eq(event.layout.purpose, ACRE_PURPOSE_COUNT);
    cr_assert_eq(acre_trace_next(&reader, &event), ACRE_TRACE_COMPLETE);
    acre_trace_reader_close(&reader);
    end_recording(&recording);
}

/* Names `count` purposes from number `first` on, and then one block that is for `purpose`. */
static struct outcome read_named(uint32_t first, uint32_t count, uint32_t purpose)
{
    struct recording recording;
    struct outcome outcome;
    char name[16];

    begin_recording(&recording, INT64_MAX);
    for (uint32_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%u", (unsigned)i);
        put_text(&recording, ACRE_TRACE_TYPE_PURPOSE, first + i, name);
    }
    put_birth_for(&recording, 16, purpose);
    finish_recording(&recording, NULL);
    outcome = read_path(recording.file.path);
    end_recording(&recording);
    return outcome;
}

MTest(trace_purposes, purposes_that_lie)
{
    const uint32_t room = ACRE_TRACE_MOST_PURPOSES - ACRE_PURPOSE_COUNT;

    cr_assert_eq(read_named(ACRE_PURPOSE_COUNT, room, 255).state, ACRE_TRACE_COMPLETE);
    cr_assert_eq(read_named(ACRE_PURPOSE_COUNT, room, 256).state, ACRE_TRACE_DAMAGED);
    cr_assert_eq(read_named(ACRE_PURPOSE_COUNT, 1, ACRE_PURPOSE_COUNT + 1).state,
                 ACRE_TRACE_DAMAGED);
    cr_assert(strstr(read_named(ACRE_PURPOSE_COUNT + 1, 1, 0).sentence,
                     "a purpose is named that is not the next one") != NULL);
    cr_assert_eq(read_named(0, 1, 0).state, ACRE_TRACE_DAMAGED);
}
