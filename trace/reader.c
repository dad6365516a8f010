#include "trace/reader.h"

/* From open to close ----------------------------------------------------------------------------
 */

static bool tell_purposes(struct acre_trace_reader *reader)
{
    const char *names = acre_trace_field(reader, "purposes");

    acre_trace_purposes_init(&reader->purposes);
    while (*names != '\0') {
        size_t bytes = strcspn(names, ",");

        if (!acre_trace_purposes_tell(&reader->purposes, names, bytes))
            return false;
        names += bytes;
        names += *names == ',';
    }
    return true;
}

const char *acre_trace_field(const struct acre_trace_reader *reader, const char *key)
{
    return acre_trace_input_field(&reader->input, key);
}

enum acre_trace_state acre_trace_reader_open(struct acre_trace_reader *reader,
                                             struct acre_alloc *memory, const char *path,
                                             uint64_t offset)
{
    const char *objects;

    *reader = (struct acre_trace_reader){0};
    acre_trace_objects_init(&reader->objects, memory);
    acre_trace_frames_init(&reader->frames, memory);
    acre_trace_modules_init(&reader->modules, memory);
    if (acre_trace_input_open(&reader->input, memory, path, offset) != ACRE_TRACE_READING)
        return reader->input.state;
    if (!tell_purposes(reader))
        return acre_trace_input_damaged(&reader->input,
                                        "there are more purposes than a trace can have");
    objects = acre_trace_field(reader, "objects");
    reader->objects.has_ids = strcmp(objects, "id") == 0;
    if (!reader->objects.has_ids && objects[0] != '\0' && strcmp(objects, "address") != 0)
        return acre_trace_input_damaged(&reader->input, "its objects have names of no known kind");
    return ACRE_TRACE_READING;
}

void acre_trace_reader_close(struct acre_trace_reader *reader)
{
    acre_trace_objects_fini(&reader->objects);
    acre_trace_frames_fini(&reader->frames);
    acre_trace_modules_fini(&reader->modules);
    acre_trace_input_close(&reader->input);
}

/* Events ----------------------------------------------------------------------------------------
 */

static enum acre_trace_state damaged(struct acre_trace_reader *reader, const char *why)
{
    return acre_trace_input_damaged(&reader->input, why);
}

static enum acre_trace_state count_requested(struct acre_trace_reader *reader, size_t bytes)
{
    if (__builtin_add_overflow(reader->requested_bytes, bytes, &reader->requested_bytes) ||
        reader->requested_bytes > ACRE_TRACE_MOST_REQUESTED_BYTES)
        return damaged(reader, "more bytes are asked for than can be");
    return ACRE_TRACE_READING;
}

/* A block of that name that still lives has died unseen. */
static void replace(struct acre_trace_reader *reader, struct acre_trace_event *event, uint64_t name)
{
    struct acre_trace_objects *objects = &reader->objects;
    uint32_t id = acre_trace_objects_find(objects, name);

    if (id == ACRE_TRACE_NO_OBJECT)
        return;
    event->replaces = true;
    event->replaced = id;
    event->replaced_layout = objects->slots[id].layout;
    event->replaced_source = objects->slots[id].source;
    acre_trace_objects_remove(objects, id);
}

static enum acre_trace_state bear(struct acre_trace_reader *reader, struct acre_trace_event *event)
{
    uint32_t id;

    replace(reader, event, event->object);
    id = acre_trace_objects_add(&reader->objects, event->object, event->layout, event->source);
    if (id == ACRE_TRACE_NO_OBJECT)
        return acre_trace_input_out_of_memory(&reader->input);
    event->object = id;
    return count_requested(reader, event->layout.size);
}

/* The event is about what was born, whatever it says itself. False: nothing was. */
static bool find(const struct acre_trace_reader *reader, struct acre_trace_event *event,
                 uint64_t name, uint32_t *id)
{
    const struct acre_trace_object *object;

    *id = acre_trace_objects_find(&reader->objects, name);
    event->is_unknown = *id == ACRE_TRACE_NO_OBJECT;
    if (event->is_unknown)
        return false;
    object = &reader->objects.slots[*id];
    event->source = object->source;
    event->old_bytes = object->layout.size;
    event->layout.align = object->layout.align;
    event->layout.purpose = object->layout.purpose;
    event->object = *id;
    return true;
}

static enum acre_trace_state change_size(struct acre_trace_reader *reader,
                                         struct acre_trace_event *event, uint32_t id)
{
    reader->objects.slots[id].layout = event->layout;
    return event->layout.size > event->old_bytes
               ? count_requested(reader, event->layout.size - event->old_bytes)
               : ACRE_TRACE_READING;
}

/* A block that nobody saw being born is born by its move. */
static enum acre_trace_state move(struct acre_trace_reader *reader, struct acre_trace_event *event)
{
    uint64_t name = event->object;
    enum acre_trace_state state;
    uint32_t id;

    if (event->old_object != name)
        replace(reader, event, name);
    if (find(reader, event, event->old_object, &id)) {
        acre_trace_objects_rename(&reader->objects, id, name);
        state = change_size(reader, event, id);
    } else {
        state = bear(reader, event);
    }
    event->old_object = event->object;
    return state;
}

/* An id that nothing was born with yet can only be the next one, so that the table never grows
 * faster than births; and an object keeps its own. */
static const char *judge_id(const struct acre_trace_reader *reader,
                            const struct acre_trace_event *event)
{
    if (event->object > reader->objects.slot_count)
        return "an id is told that no object has";
    if (event->kind == ACRE_TRACE_MOVE && event->object != event->old_object)
        return "an object moves to another id";
    return NULL;
}

/* What the event does to the live objects, and their ids instead of names. */
static enum acre_trace_state follow_object(struct acre_trace_reader *reader,
                                           struct acre_trace_event *event)
{
    const char *why = reader->objects.has_ids ? judge_id(reader, event) : NULL;
    uint32_t id;

    if (why != NULL)
        return damaged(reader, why);
    switch (event->kind) {
    case ACRE_TRACE_FREE:
        if (find(reader, event, event->object, &id)) {
            event->layout.size = event->old_bytes;
            acre_trace_objects_remove(&reader->objects, id);
        }
        return ACRE_TRACE_READING;
    case ACRE_TRACE_RESIZE:
        return find(reader, event, event->object, &id) ? change_size(reader, event, id)
                                                       : ACRE_TRACE_READING;
    case ACRE_TRACE_MOVE:
        return move(reader, event);
    default:
        return bear(reader, event);
    }
}

/* Other events ----------------------------------------------------------------------------------
 */

static enum acre_trace_state add_frame(struct acre_trace_reader *reader,
                                       const struct acre_trace_frame *frame)
{
    if (frame->parent > reader->frames.count)
        return damaged(reader, "a frame is told before the one around it");
    if (frame->module > reader->modules.count)
        return damaged(reader, "a frame lies in a module that was not told");
    if (reader->frames.count == ACRE_TRACE_MOST_FRAMES)
        return damaged(reader, "there are more frames than a trace can have");
    return acre_trace_frames_add(&reader->frames, frame)
               ? ACRE_TRACE_READING
               : acre_trace_input_out_of_memory(&reader->input);
}

static enum acre_trace_state add_purpose(struct acre_trace_reader *reader,
                                         const struct acre_trace_event *event)
{
    if (event->source != reader->purposes.told_count ||
        !acre_trace_purposes_tell(&reader->purposes, event->text, event->text_bytes))
        return damaged(reader, "a purpose is named that is not the next one");
    return ACRE_TRACE_READING;
}

static enum acre_trace_state add_module(struct acre_trace_reader *reader,
                                        const struct acre_trace_module *module)
{
    if (reader->modules.count == ACRE_TRACE_MOST_MODULES)
        return damaged(reader, "there are more modules than a trace can have");
    return acre_trace_modules_add(&reader->modules, module)
               ? ACRE_TRACE_READING
               : acre_trace_input_out_of_memory(&reader->input);
}

/* What the event changes. */
static enum acre_trace_state follow(struct acre_trace_reader *reader,
                                    struct acre_trace_event *event)
{
    switch (event->kind) {
    case ACRE_TRACE_ALLOCATE:
    case ACRE_TRACE_INHERIT:
    case ACRE_TRACE_FREE:
    case ACRE_TRACE_RESIZE:
    case ACRE_TRACE_MOVE:
        return follow_object(reader, event);
    case ACRE_TRACE_RESET:
        reader->resets = true;
        reader->reset_source = event->source;
        return ACRE_TRACE_READING;
    case ACRE_TRACE_SCOPE_BEGIN:
        if (event->scope_name == 0) {
            reader->scope = event->scope;
            reader->is_in_scope = true;
        }
        return ACRE_TRACE_READING;
    case ACRE_TRACE_FRAME:
        return add_frame(reader, &event->frame);
    case ACRE_TRACE_MODULE:
        return add_module(reader, &event->module);
    case ACRE_TRACE_OTHER:
        return event->type == ACRE_TRACE_TYPE_PURPOSE ? add_purpose(reader, event)
                                                      : ACRE_TRACE_READING;
    default:
        return ACRE_TRACE_READING;
    }
}

/* The number of a scope that begins is its own. */
static void set_scope(struct acre_trace_reader *reader, struct acre_trace_event *event)
{
    if (event->kind != ACRE_TRACE_SCOPE_BEGIN)
        event->scope = reader->scope;
    event->is_in_scope = reader->is_in_scope;
    if (event->kind == ACRE_TRACE_SCOPE_END && event->scope_name == 0)
        reader->is_in_scope = false;
}

static enum acre_trace_state read_event(struct acre_trace_reader *reader,
                                        struct acre_trace_event *event)
{
    const char *why =
        acre_trace_decode(&reader->codec, &reader->cursor, reader->purposes.told_count, event);
    enum acre_trace_state state;

    if (why == NULL && event->stack > reader->frames.count)
        why = "a call stack is used before it is told";
    if (why != NULL)
        return damaged(reader, why);
    event->layout.purpose = reader->purposes.told[event->layout.purpose];
    state = follow(reader, event);
    if (state != ACRE_TRACE_READING)
        return state;
    event->number = ++reader->events;
    event->time_ns = reader->last_ns = reader->codec.time_ns;
    event->thread = reader->codec.thread;
    set_scope(reader, event);
    reader->events_left--;
    return ACRE_TRACE_READING;
}

/* From block to block ---------------------------------------------------------------------------
 */

static enum acre_trace_state enter_block(struct acre_trace_reader *reader)
{
    enum acre_trace_state state;

    if (reader->cursor.at != reader->cursor.end)
        return damaged(reader, "a block has more in it than its events");
    state = acre_trace_input_next(&reader->input, &reader->cursor);
    if (state == ACRE_TRACE_READING) {
        reader->events_left = reader->input.block.events;
        acre_trace_codec_begin(&reader->codec, reader->input.block.time_ns,
                               reader->input.block.thread);
    } else if (reader->input.trailer.end != 0) {
        reader->last_ns = reader->input.block.time_ns;
    }
    return state;
}

enum acre_trace_state acre_trace_next(struct acre_trace_reader *reader,
                                      struct acre_trace_event *event)
{
    if (reader->input.state != ACRE_TRACE_READING)
        return reader->input.state;
    if (reader->resets)
        acre_trace_objects_reset(&reader->objects, reader->reset_source);
    reader->resets = false;
    if (reader->events_left == 0 && enter_block(reader) != ACRE_TRACE_READING)
        return reader->input.state;
    return read_event(reader, event);
}
