/* What a profile says of what only a trace has: inherited blocks, calls, scopes, remarks, threads.
 */
#include "trace/traces.h"

#include "profile/profile.h"

static void read_profile(struct acre_profile *profile, const struct recording *recording)
{
    struct acre_trace_reader reader;

    acre_trace_reader_open(&reader, recording->memory, recording->file.path, 0);
    cr_assert(acre_profile_read(profile, recording->memory, &reader, NULL, NULL));
    acre_trace_reader_close(&reader);
}

static void put_inherited(struct recording *recording, uint64_t name, size_t size)
{
    const struct acre_trace_event event = {
        .kind = ACRE_TRACE_INHERIT, .object = name, .layout = {size, 8, ACRE_PURPOSE_NODE}};

    acre_trace_put(&recording->writer, &event);
}

MTest(told, each_kind_is_counted)
{
    struct recording recording;
    static struct acre_profile profile;
    const struct acre_told *told = &profile.told;

    begin_recording(&recording, INT64_MAX);
    put_each_kind(&recording);
    finish_recording(&recording, NULL);
    read_profile(&profile, &recording);
    cr_assert(told->kinds[ACRE_TRACE_INHERIT] == 1 && told->kinds[ACRE_TRACE_FRAME] == 2);
    cr_assert(told->kinds[ACRE_TRACE_MODULE] == 1 && told->kinds[ACRE_TRACE_ALLOCATE] == 3);
    cr_assert_eq(told->calls[ACRE_TRACE_CALL_CALLOC], 1);
    cr_assert(told->scopes_begun[0] == 1 && told->scopes_begun[1] == 1);
    cr_assert_str_eq(told->scope_names[1], "request");
    cr_assert_str_eq(told->sources[1], "region");
    cr_assert_eq(told->remark_count, 2);
    cr_assert_eq(told->remarks[0].type, ACRE_TRACE_TYPE_PROCESS);
    cr_assert_str_eq(told->remarks[0].text, "fork 1234");
    cr_assert_eq(told->remarks[1].type, ACRE_TRACE_TYPE_UNSEEN);
    cr_assert_str_eq(told->remarks[1].text, "brk");
    cr_assert_eq(told->scope_count, 1);
    cr_assert_eq(profile.unknown + profile.replaced + told->odd, 0);
    /* Names, modules, frames, remarks and what was inherited are nobody's. */
    cr_assert_eq(profile.thread_count, 1);
    cr_assert_eq(profile.threads[0].thread, (uint32_t)gettid());
    cr_assert_eq(profile.threads[0].events, EACH_KIND_EVENTS - 10);
    acre_profile_fini(&profile);
    end_recording(&recording);
}

/* Live and part of the peak, but neither a call nor an iteration's allocation. */
MTest(told, what_was_inherited_is_no_call)
{
    struct recording recording;
    static struct acre_profile profile;

    begin_recording(&recording, INT64_MAX);
    put_inherited(&recording, 0x1000, 100);
    put_inherited(&recording, 0x2000, 200);
    put_inherited(&recording, 0x1000, 50); /* the first died unseen */
    put_birth(&recording, 0x3000, 10);
    put_death(&recording, 0x2000, 200);
    put_birth(&recording, 0x4000, 20);
    finish_recording(&recording, NULL);
    read_profile(&profile, &recording);
    cr_assert_eq(profile.calls, 3);
    cr_assert_eq(profile.replaced, 1);
    cr_assert_eq(profile.total.inherited, 3);
    cr_assert_eq(profile.total.inherited_bytes, 350);
    cr_assert(profile.total.live_blocks == 3 && profile.total.live_bytes == 80);
    cr_assert_eq(profile.total.peak_bytes, 300);
    cr_assert_eq(profile.peak_event, 2);
    acre_profile_fini(&profile);
    end_recording(&recording);
}

/* The last moment at which as much was live as ever, be it one of a block that was inherited. */
MTest(told, the_peak_is_the_last_one)
{
    struct recording recording;
    static struct acre_profile profile;

    begin_recording(&recording, INT64_MAX);
    put_inherited(&recording, 0x1000, 100);
    put_death(&recording, 0x1000, 100);
    put_birth(&recording, 0x2000, 60);
    put_birth(&recording, 0x3000, 40);
    put_death(&recording, 0x2000, 60);
    put_death(&recording, 0x3000, 40);
    finish_recording(&recording, NULL);
    read_profile(&profile, &recording);
    cr_assert_eq(profile.peak_event, 4);
    cr_assert_eq(profile.total.peak_bytes, 100);
    acre_profile_fini(&profile);
    end_recording(&recording);
}

/* What a program allocates for has the name that the program gave it. */
MTest(told, purposes_have_their_names)
{
    struct acre_trace_event event = {
        .kind = ACRE_TRACE_ALLOCATE, .object = 16, .layout = {100, 8, ACRE_PURPOSE_COUNT}};
    struct recording recording;
    static struct acre_profile profile;

    begin_recording(&recording, INT64_MAX);
    put_text(&recording, ACRE_TRACE_TYPE_PURPOSE, ACRE_PURPOSE_COUNT, "tape");
    acre_trace_put(&recording.writer, &event);
    event = (struct acre_trace_event){
        .kind = ACRE_TRACE_ALLOCATE, .object = 32, .layout = {7, 8, ACRE_PURPOSE_DATA}};
    acre_trace_put(&recording.writer, &event);
    finish_recording(&recording, NULL);
    read_profile(&profile, &recording);
    cr_assert_eq(profile.purpose_names.count, ACRE_PURPOSE_COUNT + 1);
    cr_assert_str_eq(profile.purpose_names.names[ACRE_PURPOSE_COUNT], "tape");
    cr_assert_eq(profile.purposes[ACRE_PURPOSE_COUNT].bytes, 100);
    cr_assert_eq(profile.purposes[ACRE_PURPOSE_DATA].bytes, 7);
    cr_assert(profile.total.bytes == 107 && profile.told.odd == 0);
    acre_profile_fini(&profile);
    end_recording(&recording);
}

/* More than there is room for are counted; their texts are cut, not their number. */
MTest(told, remarks_have_a_room)
{
    enum { MANY = 100 };
    static char text[ACRE_TRACE_MOST_TEXT_BYTES + 1];
    const struct acre_trace_event event = {.kind = ACRE_TRACE_REFUSE, .layout = {8, 8, 0}};
    struct recording recording;
    static struct acre_profile profile;

    memset(text, 'x', sizeof text - 1);
    begin_recording(&recording, INT64_MAX);
    for (uint32_t i = 0; i < MANY; i++) {
        put_text(&recording, ACRE_TRACE_TYPE_UNSEEN, 0, text);
        acre_trace_put_at(&recording.writer, &event, 0, 1 + i);
    }
    finish_recording(&recording, NULL);
    read_profile(&profile, &recording);
    cr_assert_eq(profile.told.remark_count, MANY);
    cr_assert_eq(strlen(profile.told.remarks[ACRE_TOLD_REMARKS - 1].text),
                 sizeof profile.told.remarks[0].text - 1);
    cr_assert_eq(profile.thread_count, MANY);
    for (size_t i = 0; i < MANY; i++)
        cr_assert(profile.threads[i].thread == i + 1 && profile.threads[i].events == 1);
    acre_profile_fini(&profile);
    end_recording(&recording);
}
