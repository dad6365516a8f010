/* What a summary says of what only a trace has: inherited blocks, calls, scopes, remarks, threads.
 */
#include "trace/traces.h"

struct read {
    struct acre_trace_reader reader;
    struct acre_trace_summary summary;
};

/* On the heap: a ledger points into itself. Ended with end_read. */
static struct read *summarise(const struct recording *recording)
{
    struct read *read = malloc(sizeof *read);

    acre_trace_reader_open(&read->reader, recording->memory, recording->file.path, 0);
    cr_assert(acre_trace_summarise(&read->summary, &read->reader, recording->memory));
    return read;
}

static void end_read(struct read *read)
{
    acre_trace_summary_fini(&read->summary);
    acre_trace_reader_close(&read->reader);
    free(read);
}

static void put_inherited(struct recording *recording, uint64_t name, size_t size)
{
    const struct acre_trace_event event = {
        .kind = ACRE_TRACE_INHERIT, .object = name, .layout = {size, 8, ACRE_PURPOSE_NODE}};

    acre_trace_put(&recording->writer, &event);
}

MTest(trace_summary, each_kind_is_counted)
{
    struct recording recording;
    struct read *read;
    const struct acre_trace_summary *summary;

    begin_recording(&recording, INT64_MAX);
    put_each_kind(&recording);
    finish_recording(&recording, NULL);
    read = summarise(&recording);
    summary = &read->summary;
    cr_assert(summary->kinds[ACRE_TRACE_INHERIT] == 1 && summary->kinds[ACRE_TRACE_FRAME] == 2);
    cr_assert(summary->kinds[ACRE_TRACE_MODULE] == 1 && summary->kinds[ACRE_TRACE_ALLOCATE] == 3);
    cr_assert_eq(summary->calls[ACRE_TRACE_CALL_CALLOC], 1);
    cr_assert(summary->scopes[0] == 1 && summary->scopes[1] == 1);
    cr_assert_str_eq(summary->scope_names[1], "request");
    cr_assert_str_eq(summary->sources[1], "region");
    cr_assert_eq(summary->remark_count, 2);
    cr_assert_eq(summary->remarks[0].type, ACRE_TRACE_TYPE_PROCESS);
    cr_assert_str_eq(summary->remarks[0].text, "fork 1234");
    cr_assert_eq(summary->remarks[1].type, ACRE_TRACE_TYPE_UNSEEN);
    cr_assert_str_eq(summary->remarks[1].text, "brk");
    cr_assert_eq(summary->ledger.scope_count, 1);
    cr_assert_eq(summary->unknown + summary->replaced + summary->odd, 0);
    /* Names, modules, frames and remarks are nobody's. */
    cr_assert_eq(summary->thread_count, 1);
    cr_assert_eq(summary->threads[0].thread, (uint32_t)gettid());
    cr_assert_eq(summary->threads[0].events, EACH_KIND_EVENTS - 9);
    end_read(read);
    end_recording(&recording);
}

/* Live and part of the peak, but neither a call nor an iteration's allocation. */
MTest(trace_summary, what_was_inherited_is_no_call)
{
    struct recording recording;
    struct acre_counts total;
    struct read *read;

    begin_recording(&recording, INT64_MAX);
    put_inherited(&recording, 0x1000, 100);
    put_inherited(&recording, 0x2000, 200);
    put_inherited(&recording, 0x1000, 50); /* the first died unseen */
    put_birth(&recording, 0x3000, 10);
    put_death(&recording, 0x2000, 200);
    put_birth(&recording, 0x4000, 20);
    finish_recording(&recording, NULL);
    read = summarise(&recording);
    total = acre_books_total(&read->summary.ledger.books);
    cr_assert_eq(read->summary.ledger.calls, 3);
    cr_assert_eq(read->summary.replaced, 1);
    cr_assert_eq(read->summary.inherited[ACRE_PURPOSE_NODE].blocks, 3);
    cr_assert_eq(read->summary.inherited[ACRE_PURPOSE_NODE].bytes, 350);
    cr_assert(total.live.blocks == 3 && total.live.bytes == 80);
    cr_assert_eq(total.peak.bytes, 300);
    cr_assert_eq(read->summary.peak_event, 2);
    end_read(read);
    end_recording(&recording);
}

/* The last moment at which as much was live as ever, be it one of a block that was inherited. */
MTest(trace_summary, the_peak_is_the_last_one)
{
    struct recording recording;
    struct read *read;

    begin_recording(&recording, INT64_MAX);
    put_inherited(&recording, 0x1000, 100);
    put_death(&recording, 0x1000, 100);
    put_birth(&recording, 0x2000, 60);
    put_birth(&recording, 0x3000, 40);
    put_death(&recording, 0x2000, 60);
    put_death(&recording, 0x3000, 40);
    finish_recording(&recording, NULL);
    read = summarise(&recording);
    cr_assert_eq(read->summary.peak_event, 4);
    cr_assert_eq(acre_books_total(&read->summary.ledger.books).peak.bytes, 100);
    end_read(read);
    end_recording(&recording);
}

/* More than there is room for are counted; their texts are cut, not their number. */
MTest(trace_summary, remarks_and_threads_have_a_room)
{
    enum { MANY = 100 };
    static char text[ACRE_TRACE_MOST_TEXT_BYTES + 1];
    const struct acre_trace_event event = {.kind = ACRE_TRACE_REFUSE, .layout = {8, 8, 0}};
    struct recording recording;
    struct read *read;

    memset(text, 'x', sizeof text - 1);
    begin_recording(&recording, INT64_MAX);
    for (uint32_t i = 0; i < MANY; i++) {
        put_text(&recording, ACRE_TRACE_TYPE_UNSEEN, 0, text);
        acre_trace_put_at(&recording.writer, &event, 0, 1 + i);
    }
    finish_recording(&recording, NULL);
    read = summarise(&recording);
    cr_assert_eq(read->summary.remark_count, MANY);
    cr_assert_eq(strlen(read->summary.remarks[ACRE_TRACE_MOST_REMARKS_TOLD - 1].text),
                 sizeof read->summary.remarks[0].text - 1);
    cr_assert_eq(read->summary.thread_count, ACRE_TRACE_MOST_THREADS_TOLD);
    cr_assert(read->summary.has_more_threads);
    for (size_t i = 0; i < ACRE_TRACE_MOST_THREADS_TOLD; i++)
        cr_assert(read->summary.threads[i].thread == i + 1 && read->summary.threads[i].events == 1);
    end_read(read);
    end_recording(&recording);
}
