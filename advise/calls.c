#include "advise/calls.h"

#include <stdio.h>

enum { EVENTS_A_PROGRESS = 1 << 20 };

struct reading {
    const struct acre_calls_reader *request;
    struct acre_trace_reader reader;
    struct acre_walker walker;
    uint64_t calls;
};

static bool take(struct reading *reading, const struct acre_call *call)
{
    reading->calls += call->kind != ACRE_CALL_SCOPE;
    return reading->request->take(reading->request->to, call);
}

static bool die_unseen(struct reading *reading, uint64_t clock, uint64_t object)
{
    struct acre_call call = {.kind = ACRE_CALL_DEATH, .object = (uint32_t)object, .clock = clock};

    return take(reading, &call);
}

/* From the newest of the source to the oldest. */
static bool drop(struct reading *reading, uint64_t clock, uint32_t source)
{
    const struct acre_trace_objects *objects = &reading->reader.objects;

    for (uint32_t id = objects->newest[source]; id != ACRE_TRACE_NO_OBJECT;
         id = objects->slots[id].before)
        if (!die_unseen(reading, clock, id))
            return false;
    return true;
}

static bool take_event(struct reading *reading, const struct acre_trace_event *event)
{
    struct acre_call call = {
        .object = (uint32_t)event->object, .bytes = event->layout.size, .clock = event->number};

    if (!acre_walker_step(&reading->walker, event, &call.at))
        return false;
    if (event->replaces && !die_unseen(reading, call.clock, event->replaced))
        return false;
    switch (event->kind) {
    case ACRE_TRACE_ALLOCATE:
    case ACRE_TRACE_INHERIT:
        return take(reading, &call);
    case ACRE_TRACE_FREE:
        call.kind = event->is_unknown ? ACRE_CALL_ELSE : ACRE_CALL_DEATH;
        return take(reading, &call);
    case ACRE_TRACE_RESIZE:
        call.kind = event->is_unknown ? ACRE_CALL_ELSE : ACRE_CALL_RESIZE;
        call.old_bytes = event->old_bytes;
        return take(reading, &call);
    case ACRE_TRACE_MOVE:
        call.kind = event->is_unknown ? ACRE_CALL_BIRTH : ACRE_CALL_RESIZE; /* born by its move */
        call.old_bytes = event->old_bytes;
        return take(reading, &call);
    case ACRE_TRACE_SCOPE_BEGIN:
        call.kind = ACRE_CALL_SCOPE;
        return take(reading, &call);
    case ACRE_TRACE_RESET:
        return drop(reading, call.clock, event->source);
    default:
        return true;
    }
}

static bool take_events(struct reading *reading)
{
    const struct acre_calls_reader *request = reading->request;
    struct acre_trace_event event;

    while (acre_trace_next(&reading->reader, &event) == ACRE_TRACE_READING) {
        if (!take_event(reading, &event))
            return false;
        if (request->progress != NULL && event.number % EVENTS_A_PROGRESS == 0)
            request->progress(request->of, event.number);
    }
    return reading->reader.input.state != ACRE_TRACE_NO_MEMORY;
}

static void keep_stacks(struct acre_recording *recording, struct acre_trace_reader *reader)
{
    if (recording->has_stacks)
        return;
    recording->has_stacks = true;
    recording->frames = reader->frames;
    recording->modules = reader->modules;
    acre_trace_frames_init(&reader->frames, reader->frames.memory);
    acre_trace_modules_init(&reader->modules, reader->modules.memory);
}

void acre_recording_fini(struct acre_recording *recording, struct acre_alloc *memory)
{
    acre_places_of_fini(&recording->of, memory);
    if (!recording->has_stacks)
        return;
    acre_trace_frames_fini(&recording->frames);
    acre_trace_modules_fini(&recording->modules);
    recording->has_stacks = false;
}

enum acre_calls_read acre_calls_read(const struct acre_calls_reader *request)
{
    struct acre_recording *recording = request->recording;
    const struct acre_layout layout = ACRE_LAYOUT_OF(struct reading, ACRE_PURPOSE_OTHER);
    struct reading *reading = acre_allocate(request->memory, layout);
    enum acre_calls_read result = ACRE_CALLS_NO_TRACE;

    if (reading == NULL)
        return ACRE_CALLS_NO_MEMORY;
    reading->request = request;
    reading->calls = 0;
    acre_walker_init(&reading->walker, request->steps, &recording->of);
    if (acre_trace_reader_open(&reading->reader, request->memory, recording->path,
                               recording->offset) == ACRE_TRACE_READING)
        result = take_events(reading) ? ACRE_CALLS_READ : ACRE_CALLS_NO_MEMORY;
    else if (reading->reader.input.state == ACRE_TRACE_NO_MEMORY)
        result = ACRE_CALLS_NO_MEMORY;
    recording->state = reading->reader.input.state;
    recording->calls = reading->calls;
    snprintf(recording->sentence, sizeof recording->sentence, "%s", reading->reader.input.sentence);
    if (result == ACRE_CALLS_READ && reading->calls == 0 && recording->state != ACRE_TRACE_COMPLETE)
        result = ACRE_CALLS_NO_TRACE;
    if (result == ACRE_CALLS_READ)
        keep_stacks(recording, &reading->reader);
    acre_trace_reader_close(&reading->reader);
    acre_walker_fini(&reading->walker);
    acre_free(request->memory, reading, layout);
    return result;
}
