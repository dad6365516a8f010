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

/* A death that is no call of its own. */
static void tell_death(struct acre_trace_summary *summary, uint64_t id, struct acre_layout layout,
                       uint32_t source)
{
    const struct acre_event death = {
        .kind = ACRE_EVENT_FREE,
        .source = source,
        .address = address_of(id),
        .layout = layout,
    };

    tell(summary, &death);
    summary->ledger.calls--;
}

/* One by one: a ledger that is told of a reset looks at all that is live, and a file may have a
 * reset in every second event. */
static void tell_dropped(struct acre_trace_summary *summary,
                         const struct acre_trace_objects *objects, uint32_t source)
{
    uint32_t id = objects->newest[source];

    while (id != ACRE_TRACE_NO_OBJECT) {
        const struct acre_trace_object *object = &objects->slots[id];

        tell_death(summary, id, object->layout, object->source);
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

    if (event->replaces)
        tell_death(summary, event->replaced, event->replaced_layout, event->replaced_source);
    summary->replaced += event->replaces;
    if (event->kind == ACRE_TRACE_RESET)
        tell_dropped(summary, &reader->objects, event->source);
    summary->unknown += event->is_unknown;
    if (event->is_unknown && event->kind != ACRE_TRACE_MOVE)
        return;
    tell(summary, &call);
    if (summary->ledger.peak_call == summary->ledger.calls) {
        summary->peak_event = event->number;
        summary->peak_scope = event->scope;
        summary->peak_is_in_scope = event->is_in_scope;
    }
}

static void note_other(struct acre_trace_summary *summary, const struct acre_trace_event *event)
{
    char *name = summary->sources[event->source];
    size_t room = sizeof summary->sources[0] - 1;
    size_t bytes = event->text_bytes < room ? event->text_bytes : room;

    if (event->type == ACRE_TRACE_TYPE_SOURCE) {
        memcpy(name, event->text, bytes);
        name[bytes] = '\0';
    } else if (event->type != ACRE_TRACE_TYPE_MARK) {
        summary->odd++;
    }
}

static void note_thread(struct acre_trace_summary *summary, uint32_t thread)
{
    for (size_t i = 0; i < summary->thread_count; i++)
        if (summary->threads[i].thread == thread) {
            summary->threads[i].events++;
            return;
        }
    if (summary->thread_count == ACRE_TRACE_MOST_THREADS_TOLD)
        summary->has_more_threads = true;
    else
        summary->threads[summary->thread_count++] = (struct acre_trace_thread){thread, 1};
}

static void note(struct acre_trace_summary *summary, const struct acre_trace_reader *reader,
                 const struct acre_trace_event *event)
{
    summary->kinds[event->kind]++;
    if (event->number == 1)
        summary->first_ns = event->time_ns;
    note_thread(summary, event->thread);
    switch (event->kind) {
    case ACRE_TRACE_SCOPE_BEGIN:
        summary->scopes++;
        acre_ledger_scope_begin(&summary->ledger, event->scope);
        break;
    case ACRE_TRACE_SCOPE_END:
        acre_ledger_scope_end(&summary->ledger);
        break;
    case ACRE_TRACE_OTHER:
        note_other(summary, event);
        break;
    default:
        tell_call(summary, reader, event);
        break;
    }
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
    if (reader->state != ACRE_TRACE_NO_MEMORY && summary->ledger.lost == 0)
        return true;
    acre_trace_summary_fini(summary);
    return false;
}

void acre_trace_summary_fini(struct acre_trace_summary *summary)
{
    acre_ledger_fini(&summary->ledger);
}
