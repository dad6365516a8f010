#include "trace/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include <xxhash.h>

static const struct acre_layout fields_layout = {ACRE_TRACE_MOST_FIELD_BYTES, 1,
                                                 ACRE_PURPOSE_OTHER};
static const struct acre_layout payload_layout = {ACRE_TRACE_MOST_PAYLOAD_BYTES, 16,
                                                  ACRE_PURPOSE_OTHER};

/* The reader reaches a state, with "PATH: " and a sentence; what comes from a file or a path cannot
 * make two lines of it. */
__attribute__((format(printf, 3, 4))) static enum acre_trace_state
end(struct acre_trace_reader *reader, enum acre_trace_state state, const char *format, ...)
{
    const size_t room = sizeof reader->sentence;
    int used = snprintf(reader->sentence, room, "%.200s: ", reader->path);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reader->sentence + used, room - (size_t)used, format, arguments);
    va_end(arguments);
    for (char *at = reader->sentence; *at != '\0'; at++)
        if ((unsigned char)*at < 32 || *at == 127)
            *at = '?';
    reader->state = state;
    return state;
}

static enum acre_trace_state damaged(struct acre_trace_reader *reader, const char *why)
{
    return end(reader, ACRE_TRACE_DAMAGED, "damaged at byte %" PRIu64 ": %s", reader->offset, why);
}

static enum acre_trace_state incomplete(struct acre_trace_reader *reader, const char *why)
{
    return end(reader, ACRE_TRACE_INCOMPLETE, "incomplete: %s", why);
}

static enum acre_trace_state out_of_memory(struct acre_trace_reader *reader)
{
    return end(reader, ACRE_TRACE_NO_MEMORY, "out of memory");
}

/* Reads so many bytes, fewer only where the file ends. READING unless the system refuses. */
static enum acre_trace_state get_bytes(struct acre_trace_reader *reader, void *bytes, size_t wanted,
                                       size_t *got)
{
    *got = 0;
    while (*got < wanted) {
        ssize_t count = read(reader->file, (char *)bytes + *got, wanted - *got);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return end(reader, ACRE_TRACE_UNREADABLE, "%s", strerror(errno));
        if (count == 0)
            break;
        *got += (size_t)count;
    }
    return ACRE_TRACE_READING;
}

/* The header ------------------------------------------------------------------------------------
 */

static enum acre_trace_state cut_in_header(struct acre_trace_reader *reader)
{
    return end(reader, ACRE_TRACE_FOREIGN,
               "cut off within its header, so that nothing of it can be read");
}

static enum acre_trace_state judge_header(struct acre_trace_reader *reader,
                                          const unsigned char *header, size_t got)
{
    uint32_t version = acre_trace_u32(header + 8);

    if (got == 0)
        return end(reader, ACRE_TRACE_FOREIGN, "not a trace: the file is empty");
    if (memcmp(header, acre_trace_magic, got < 8 ? got : 8) != 0)
        return end(reader, ACRE_TRACE_FOREIGN, "not a trace: it does not begin like one");
    if (got < ACRE_TRACE_HEADER_BYTES)
        return cut_in_header(reader);
    if (acre_trace_u32(header + 12) != ACRE_TRACE_PROBE)
        return end(reader, ACRE_TRACE_FOREIGN, "a trace whose bytes are in another order");
    if (version != ACRE_TRACE_VERSION)
        return end(reader, ACRE_TRACE_FOREIGN,
                   "a trace of version %" PRIu32 ", this acre reads version %d", version,
                   ACRE_TRACE_VERSION);
    if (acre_trace_u32(header + 16) > ACRE_TRACE_MOST_FIELD_BYTES)
        return damaged(reader, "the header is longer than one can be");
    return ACRE_TRACE_READING;
}

/* The purposes of the file by those of this acre; one that is new to it is "other". */
static bool map_purposes(struct acre_trace_reader *reader)
{
    const char *names = acre_trace_field(reader, "purposes");

    while (*names != '\0') {
        size_t bytes = strcspn(names, ",");
        uint32_t purpose = ACRE_PURPOSE_OTHER;

        if (reader->purpose_count == ACRE_TRACE_MOST_PURPOSES)
            return false;
        for (uint32_t p = 0; p < ACRE_PURPOSE_COUNT; p++) {
            const char *name = acre_purpose_name((enum acre_purpose)p);

            if (strlen(name) == bytes && memcmp(name, names, bytes) == 0)
                purpose = p;
        }
        reader->purposes[reader->purpose_count++] = purpose;
        names += bytes;
        names += *names == ',';
    }
    return true;
}

static enum acre_trace_state read_header(struct acre_trace_reader *reader)
{
    unsigned char header[ACRE_TRACE_HEADER_BYTES] = {0};
    size_t field_bytes;
    size_t got;
    enum acre_trace_state state = get_bytes(reader, header, sizeof header, &got);

    if (state == ACRE_TRACE_READING)
        state = judge_header(reader, header, got);
    if (state != ACRE_TRACE_READING)
        return state;
    field_bytes = acre_trace_u32(header + 16);
    state = get_bytes(reader, reader->fields, field_bytes, &got);
    if (state != ACRE_TRACE_READING)
        return state;
    if (got < field_bytes)
        return cut_in_header(reader);
    if (acre_trace_u64(header + 24) !=
        XXH3_64bits_withSeed(reader->fields, got, XXH3_64bits(header, 24)))
        return damaged(reader, "the checksum of the header is wrong");
    if (got == 0 || reader->fields[got - 1] != '\0')
        return damaged(reader, "the fields of the header have no end");
    reader->field_bytes = field_bytes;
    if (!map_purposes(reader))
        return damaged(reader, "there are more purposes than a trace can have");
    reader->offset = sizeof header + got;
    return ACRE_TRACE_READING;
}

const char *acre_trace_field(const struct acre_trace_reader *reader, const char *key)
{
    size_t key_bytes = strlen(key);
    size_t at = 0;

    while (at < reader->field_bytes) {
        const char *field = reader->fields + at;

        if (strncmp(field, key, key_bytes) == 0 && field[key_bytes] == '=')
            return field + key_bytes + 1;
        at += strlen(field) + 1;
    }
    return "";
}

enum acre_trace_state acre_trace_reader_open(struct acre_trace_reader *reader,
                                             struct acre_alloc *memory, const char *path)
{
    *reader = (struct acre_trace_reader){.memory = memory, .path = path, .file = -1};
    acre_trace_objects_init(&reader->objects, memory);
    reader->fields = acre_allocate(memory, fields_layout);
    reader->payload = acre_allocate(memory, payload_layout);
    if (reader->fields == NULL || reader->payload == NULL)
        return out_of_memory(reader);
    reader->file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (reader->file < 0)
        return end(reader, ACRE_TRACE_UNREADABLE, "%s", strerror(errno));
    return read_header(reader);
}

void acre_trace_reader_close(struct acre_trace_reader *reader)
{
    acre_trace_objects_fini(&reader->objects);
    acre_free(reader->memory, reader->fields, fields_layout);
    acre_free(reader->memory, reader->payload, payload_layout);
    if (reader->file >= 0)
        close(reader->file);
    *reader = (struct acre_trace_reader){.memory = reader->memory, .file = -1};
}

/* Blocks ----------------------------------------------------------------------------------------
 */

static enum acre_trace_state judge_block(struct acre_trace_reader *reader,
                                         const unsigned char *header)
{
    struct acre_trace_block *block = &reader->block;

    if (memcmp(header, acre_trace_block_magic, 4) != 0)
        return damaged(reader, "no block begins there");
    if (acre_trace_u64(header + 48) != XXH3_64bits(header, 48))
        return damaged(reader, "the checksum of a block's header is wrong");
    *block = (struct acre_trace_block){
        .kind = acre_trace_u32(header + 4),
        .sequence = acre_trace_u64(header + 8),
        .time_ns = acre_trace_u64(header + 16),
        .thread = acre_trace_u32(header + 24),
        .events = acre_trace_u32(header + 28),
        .payload_bytes = acre_trace_u32(header + 32),
        .payload_check = acre_trace_u64(header + 40),
    };
    if (block->kind != ACRE_TRACE_BLOCK_EVENTS && block->kind != ACRE_TRACE_BLOCK_TRAILER)
        return damaged(reader, "there is no such kind of block");
    if (block->sequence != reader->blocks)
        return damaged(reader, "a block is missing, or stands there twice");
    if (block->payload_bytes > ACRE_TRACE_MOST_PAYLOAD_BYTES)
        return damaged(reader, "a block is longer than one can be");
    if (block->kind == ACRE_TRACE_BLOCK_TRAILER && block->payload_bytes != ACRE_TRACE_TRAILER_BYTES)
        return damaged(reader, "the trailer has another length");
    return ACRE_TRACE_READING;
}

/* The next block with its payload. The end of the file in the middle of one, or in front of one, is
 * the end of what was written. */
static enum acre_trace_state read_block(struct acre_trace_reader *reader)
{
    unsigned char header[ACRE_TRACE_BLOCK_HEADER_BYTES];
    size_t got;
    enum acre_trace_state state = get_bytes(reader, header, sizeof header, &got);

    if (state == ACRE_TRACE_READING && got == 0)
        return incomplete(reader, "its trailer is missing; the recording was cut off or goes on");
    if (state == ACRE_TRACE_READING && got < sizeof header)
        return incomplete(reader, "it is cut off in the middle of a block");
    if (state == ACRE_TRACE_READING)
        state = judge_block(reader, header);
    if (state == ACRE_TRACE_READING)
        state = get_bytes(reader, reader->payload, reader->block.payload_bytes, &got);
    if (state != ACRE_TRACE_READING)
        return state;
    if (got < reader->block.payload_bytes)
        return incomplete(reader, "it is cut off in the middle of a block");
    if (reader->block.payload_check != XXH3_64bits(reader->payload, got))
        return damaged(reader, "the checksum of a block is wrong");
    return ACRE_TRACE_READING;
}

static enum acre_trace_state judge_trailer(struct acre_trace_reader *reader)
{
    const struct acre_trace_trailer *trailer = &reader->trailer;

    if (trailer->blocks != reader->blocks || trailer->events != reader->events)
        return damaged(reader, "the trailer tells of other blocks and events than there are");
    if (trailer->end < ACRE_TRACE_END_FINISHED || trailer->end > ACRE_TRACE_END_ERROR)
        return damaged(reader, "the trailer tells of no end that there is");
    if (trailer->end == ACRE_TRACE_END_LIMIT)
        return end(reader, ACRE_TRACE_INCOMPLETE,
                   "incomplete: it reached the most bytes it may have, %" PRIu64
                   " events were dropped",
                   trailer->dropped);
    if (trailer->end == ACRE_TRACE_END_ERROR || trailer->dropped > 0)
        return end(reader, ACRE_TRACE_INCOMPLETE,
                   "incomplete: it could not be written (%.80s), %" PRIu64 " events were dropped",
                   strerror((int)(trailer->error & 0xffff)), trailer->dropped);
    reader->state = ACRE_TRACE_COMPLETE;
    return reader->state;
}

static enum acre_trace_state read_trailer(struct acre_trace_reader *reader)
{
    const unsigned char *at = reader->payload;
    size_t got;
    char more;
    enum acre_trace_state state = get_bytes(reader, &more, 1, &got);

    if (state != ACRE_TRACE_READING)
        return state;
    reader->trailer = (struct acre_trace_trailer){
        .end = acre_trace_u32(at),
        .error = acre_trace_u32(at + 4),
        .blocks = acre_trace_u64(at + 8),
        .events = acre_trace_u64(at + 16),
        .dropped = acre_trace_u64(at + 24),
    };
    state = judge_trailer(reader);
    if (state == ACRE_TRACE_DAMAGED)
        return state;
    reader->last_ns = reader->block.time_ns;
    reader->offset += ACRE_TRACE_BLOCK_HEADER_BYTES + ACRE_TRACE_TRAILER_BYTES;
    return got == 0 ? state : damaged(reader, "something stands behind the trailer");
}

/* READING: there is an event to decode. */
static enum acre_trace_state enter_block(struct acre_trace_reader *reader)
{
    enum acre_trace_state state = read_block(reader);

    if (state != ACRE_TRACE_READING)
        return state;
    if (reader->block.kind == ACRE_TRACE_BLOCK_TRAILER)
        return read_trailer(reader);
    if (reader->block.events == 0)
        return damaged(reader, "a block has no events");
    reader->cursor =
        (struct acre_trace_cursor){reader->payload, reader->payload + reader->block.payload_bytes};
    reader->events_left = reader->block.events;
    acre_trace_codec_begin(&reader->codec, reader->block.time_ns, reader->block.thread);
    return ACRE_TRACE_READING;
}

/* Events ----------------------------------------------------------------------------------------
 */

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
        return out_of_memory(reader);
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
    uint32_t id;

    if (event->old_object != name)
        replace(reader, event, name);
    if (!find(reader, event, event->old_object, &id))
        return bear(reader, event);
    acre_trace_objects_rename(&reader->objects, id, name);
    return change_size(reader, event, id);
}

/* What the event does to the live objects, and their ids instead of names. */
static enum acre_trace_state follow(struct acre_trace_reader *reader,
                                    struct acre_trace_event *event)
{
    uint32_t id;

    switch (event->kind) {
    case ACRE_TRACE_ALLOCATE:
        return bear(reader, event);
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
    case ACRE_TRACE_RESET:
        reader->resets = true;
        reader->reset_source = event->source;
        return ACRE_TRACE_READING;
    case ACRE_TRACE_SCOPE_BEGIN:
        reader->scope = event->scope;
        reader->is_in_scope = true;
        return ACRE_TRACE_READING;
    default:
        return ACRE_TRACE_READING;
    }
}

static enum acre_trace_state read_event(struct acre_trace_reader *reader,
                                        struct acre_trace_event *event)
{
    const char *why =
        acre_trace_decode(&reader->codec, &reader->cursor, reader->purpose_count, event);
    enum acre_trace_state state;

    if (why != NULL)
        return damaged(reader, why);
    event->layout.purpose = reader->purposes[event->layout.purpose];
    state = follow(reader, event);
    if (state != ACRE_TRACE_READING)
        return state;
    event->number = ++reader->events;
    event->time_ns = reader->last_ns = reader->codec.time_ns;
    event->thread = reader->codec.thread;
    event->scope = reader->scope;
    event->is_in_scope = reader->is_in_scope;
    if (event->kind == ACRE_TRACE_SCOPE_END)
        reader->is_in_scope = false;
    reader->events_left--;
    return ACRE_TRACE_READING;
}

/* A block's last event is behind us: there is nothing more in it. */
static enum acre_trace_state leave_block(struct acre_trace_reader *reader)
{
    if (reader->cursor.at != reader->cursor.end)
        return damaged(reader, "a block has more in it than its events");
    reader->offset += ACRE_TRACE_BLOCK_HEADER_BYTES + reader->block.payload_bytes;
    reader->blocks++;
    reader->cursor = (struct acre_trace_cursor){0};
    return ACRE_TRACE_READING;
}

enum acre_trace_state acre_trace_next(struct acre_trace_reader *reader,
                                      struct acre_trace_event *event)
{
    if (reader->state != ACRE_TRACE_READING)
        return reader->state;
    if (reader->resets)
        acre_trace_objects_reset(&reader->objects, reader->reset_source);
    reader->resets = false;
    if (reader->events_left == 0 && reader->cursor.end != NULL &&
        leave_block(reader) != ACRE_TRACE_READING)
        return reader->state;
    if (reader->events_left == 0 && enter_block(reader) != ACRE_TRACE_READING)
        return reader->state;
    return read_event(reader, event);
}
