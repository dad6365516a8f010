#include "trace/summary.h"

/* Ids as addresses: not NULL, and apart as blocks are. */
static const void *address_of(uint64_t id)
{
    return (const void *)(uintptr_t)((id + 1) * 16);
}

/* As the record decorator does. */
static void keep_books(struct acre_books *books, const struct acre_event *event)
{
    switch (event->kind) {
    case ACRE_EVENT_ALLOCATE:
        acre_books_birth(books, event->source, event->layout);
        break;
    case ACRE_EVENT_FREE:
        acre_books_death(books, event->source, event->layout);
        break;
    case ACRE_EVENT_RESIZE:
        acre_books_resize(books, event->source, event->layout, event->old_bytes);
        break;
    case ACRE_EVENT_RESET:
        books->resets++;
        break;
    case ACRE_EVENT_REFUSE:
        books->refused++;
        break;
    }
}

static void tell(struct acre_trace_summary *summary, const struct acre_event *event)
{
    struct acre_ledger *ledger = &summary->ledger;
    struct acre_event told = *event;

    keep_books(&ledger->books, event);
    if (told.kind == ACRE_EVENT_RESET)
        told.kind = ACRE_EVENT_REFUSE; /* a call that changes nothing: its deaths have been told */
    ledger->sink.on_event(&ledger->sink, &told);
}

/* What is no call of its own: a death that was not seen, a block that was inherited. */
static void tell_aside(struct acre_trace_summary *summary, enum acre_event_kind kind, uint64_t id,
                       struct acre_layout layout, uint32_t source)
{
    struct acre_ledger *ledger = &summary->ledger;
    const struct acre_event aside = {
        .kind = kind,
        .source = source,
        .address = address_of(id),
        .layout = layout,
    };

    tell(summary, &aside);
    ledger->calls--;
    if (ledger->peak_call > ledger->calls)
        ledger->peak_call = ledger->calls;
}

/* One by one: a ledger that is told of a reset looks at all that is live, and a file may have a
 * reset in every second event. */
static void tell_dropped(struct acre_trace_summary *summary,
                         const struct acre_trace_objects *objects, uint32_t source)
{
    uint32_t id = objects->newest[source];

    while (id != ACRE_TRACE_NO_OBJECT) {
        const struct acre_trace_object *object = &objects->slots[id];

        tell_aside(summary, ACRE_EVENT_FREE, id, object->layout, object->source);
        id = object->before;
    }
}

static enum acre_event_kind kind_of(const struct acre_trace_event *event)
{
    switch (event->kind) {
    case ACRE_TRACE_FREE:
        return ACRE_EVENT_FREE;
    case ACRE_TRACE_RESIZE:
        return ACRE_EVENT_RESIZE;
    case ACRE_TRACE_MOVE:
        return event->is_unknown ? ACRE_EVENT_ALLOCATE : ACRE_EVENT_RESIZE;
    case ACRE_TRACE_RESET:
        return ACRE_EVENT_RESET;
    case ACRE_TRACE_REFUSE:
        return ACRE_EVENT_REFUSE;
    default:
        return ACRE_EVENT_ALLOCATE;
    }
}

/* Of calls the ledger knows it as well; what is inherited is no call. */
static void note_peak(struct acre_trace_summary *summary, const struct acre_trace_event *event)
{
    uint64_t live_bytes = acre_tally_live(&summary->ledger.books.total).bytes;

    if (live_bytes < summary->peak_bytes)
        return;
    summary->peak_bytes = live_bytes;
    summary->peak_event = event->number;
    summary->peak_scope = event->scope;
    summary->peak_is_in_scope = event->is_in_scope;
}

static void note_unseen_death(struct acre_trace_summary *summary,
                              const struct acre_trace_event *event)
{
    if (!event->replaces)
        return;
    tell_aside(summary, ACRE_EVENT_FREE, event->replaced, event->replaced_layout,
               event->replaced_source);
    summary->replaced++;
}

static void tell_call(struct acre_trace_summary *summary, const struct acre_trace_reader *reader,
                      const struct acre_trace_event *event)
{
    const struct acre_event call = {
        .kind = kind_of(event),
        .source = event->source,
        .address = address_of(event->object),
        .layout = event->layout,
        .usable_bytes = event->usable_bytes,
        .old_bytes = event->old_bytes,
    };

    note_unseen_death(summary, event);
    if (event->kind == ACRE_TRACE_RESET)
        tell_dropped(summary, &reader->objects, event->source);
    summary->calls[event->call]++;
    summary->unknown += event->is_unknown;
    if (event->is_unknown && event->kind != ACRE_TRACE_MOVE)
        return;
    tell(summary, &call);
    note_peak(summary, event);
}

static void note_inherited(struct acre_trace_summary *summary, const struct acre_trace_event *event)
{
    const struct acre_live block = {1, event->layout.size};

    note_unseen_death(summary, event);
    acre_live_add(&summary->inherited[event->layout.purpose], block);
    tell_aside(summary, ACRE_EVENT_ALLOCATE, event->object, event->layout, event->source);
    note_peak(summary, event);
}

static void copy_text(char *to, size_t room, const struct acre_trace_event *event)
{
    size_t bytes = event->text_bytes < room - 1 ? event->text_bytes : room - 1;

    memcpy(to, event->text, bytes);
    to[bytes] = '\0';
}

static void note_remark(struct acre_trace_summary *summary, const struct acre_trace_event *event)
{
    uint64_t place = summary->remark_count++;
    struct acre_trace_remark *remark;

    if (place >= ACRE_TRACE_MOST_REMARKS_TOLD)
        return;
    remark = &summary->remarks[place];
    remark->type = event->type;
    copy_text(remark->text, sizeof remark->text, event);
}

static void note_other(struct acre_trace_summary *summary, const struct acre_trace_event *event)
{
    switch (event->type) {
    case ACRE_TRACE_TYPE_SOURCE:
        copy_text(summary->sources[event->source], sizeof summary->sources[0], event);
        break;
    case ACRE_TRACE_TYPE_SCOPE:
        copy_text(summary->scope_names[event->source], sizeof summary->scope_names[0], event);
        break;
    case ACRE_TRACE_TYPE_PROCESS:
    case ACRE_TRACE_TYPE_UNSEEN:
        note_remark(summary, event);
        break;
    case ACRE_TRACE_TYPE_MARK:
        break;
    default:
        summary->odd++;
        break;
    }
}

static void find_thread(struct acre_trace_summary *summary, uint32_t thread)
{
    size_t i = 0;

    while (i < summary->thread_count && summary->threads[i].thread != thread)
        i++;
    if (i == ACRE_TRACE_MOST_THREADS_TOLD) {
        summary->has_more_threads = true;
        return;
    }
    if (i == summary->thread_count)
        summary->threads[summary->thread_count++].thread = thread;
    summary->thread_at = i;
}

/* Mostly that of the event before. */
static void note_thread(struct acre_trace_summary *summary, uint32_t thread)
{
    const struct acre_trace_thread *threads = summary->threads;

    if (summary->thread_count == 0 || threads[summary->thread_at].thread != thread)
        find_thread(summary, thread);
    if (threads[summary->thread_at].thread == thread)
        summary->threads[summary->thread_at].events++;
}

static void note_scope(struct acre_trace_summary *summary, const struct acre_trace_event *event)
{
    bool begins = event->kind == ACRE_TRACE_SCOPE_BEGIN;

    summary->scopes[event->scope_name] += begins;
    if (event->scope_name != 0)
        return;
    if (begins)
        acre_ledger_scope_begin(&summary->ledger, event->scope);
    else
        acre_ledger_scope_end(&summary->ledger);
}

static void note(struct acre_trace_summary *summary, const struct acre_trace_reader *reader,
                 const struct acre_trace_event *event)
{
    summary->kinds[event->kind]++;
    if (event->number == 1)
        summary->first_ns = event->time_ns;
    switch (event->kind) {
    case ACRE_TRACE_FRAME:
    case ACRE_TRACE_MODULE:
        return;
    case ACRE_TRACE_OTHER:
        note_other(summary, event);
        return;
    case ACRE_TRACE_SCOPE_BEGIN:
    case ACRE_TRACE_SCOPE_END:
        note_scope(summary, event);
        break;
    case ACRE_TRACE_INHERIT:
        note_inherited(summary, event);
        break;
    default:
        tell_call(summary, reader, event);
        break;
    }
    note_thread(summary, event->thread);
}

bool acre_trace_summarise(struct acre_trace_summary *summary, struct acre_trace_reader *reader,
                          struct acre_alloc *memory)
{
    struct acre_trace_event event;

    *summary = (struct acre_trace_summary){0};
    if (!acre_ledger_init_full(&summary->ledger, memory, ACRE_TRACE_SCOPES_TOLD))
        return false;
    while (acre_trace_next(reader, &event) == ACRE_TRACE_READING)
        note(summary, reader, &event);
    summary->last_ns = reader->last_ns;
    if (reader->input.state != ACRE_TRACE_NO_MEMORY && summary->ledger.lost == 0)
        return true;
    acre_trace_summary_fini(summary);
    return false;
}

void acre_trace_summary_fini(struct acre_trace_summary *summary)
{
    acre_ledger_fini(&summary->ledger);
}
