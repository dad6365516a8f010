#include "trace/codec.h"

static const char cut_off[] = "an event goes on behind the end of its block";
static const char too_large[] = "a number has more than 64 bits";

/* Each of these: NULL, or what is wrong. */

static const char *get_varint(struct acre_trace_cursor *cursor, uint64_t *number)
{
    uint64_t value = 0;

    for (unsigned shift = 0; cursor->at < cursor->end; shift += 7) {
        uint64_t byte = *cursor->at++;
        uint64_t bits = byte & 0x7f;

        if (shift > 63 || (shift == 63 && bits > 1))
            return too_large;
        value |= bits << shift;
        if (byte < 0x80) {
            *number = value;
            return NULL;
        }
    }
    return cut_off;
}

static const char *get_u32(struct acre_trace_cursor *cursor, uint32_t *number, const char *wrong)
{
    uint64_t value;
    const char *why = get_varint(cursor, &value);

    if (why == NULL && value > UINT32_MAX)
        why = wrong;
    if (why == NULL)
        *number = (uint32_t)value;
    return why;
}

static const char *get_byte(struct acre_trace_cursor *cursor, unsigned char *byte)
{
    if (cursor->at == cursor->end)
        return cut_off;
    *byte = *cursor->at++;
    return NULL;
}

static uint64_t unzigzag(uint64_t number)
{
    return number >> 1 ^ (0 - (number & 1));
}

static const char *get_source(struct acre_trace_cursor *cursor, uint32_t *source)
{
    const char *why = get_u32(cursor, source, "there is no such source");

    if (why == NULL && *source >= ACRE_TRACE_MOST_SOURCES)
        why = "there is no such source";
    return why;
}

/* Shapes ----------------------------------------------------------------------------------------
 */

static const char *define_shape(struct acre_trace_cursor *cursor, uint32_t purposes,
                                struct acre_trace_shape *shape)
{
    struct acre_layout layout = {0};
    unsigned char log2_align = 0;
    uint64_t size = 0;
    const char *why = get_varint(cursor, &size);

    if (why == NULL)
        why = get_byte(cursor, &log2_align);
    if (why == NULL)
        why = get_u32(cursor, &layout.purpose, "there is no such purpose");
    if (why == NULL)
        why = get_source(cursor, &shape->source);
    if (why != NULL)
        return why;
    if (layout.purpose >= purposes)
        return "there is no such purpose";
    if (log2_align > 31)
        return "there is no such alignment";
    layout.size = size;
    layout.align = UINT32_C(1) << log2_align;
    if (!acre_layout_is_valid(layout))
        return "a block is larger than memory can be";
    shape->layout = layout;
    return NULL;
}

static const char *get_shape(struct acre_trace_codec *codec, struct acre_trace_cursor *cursor,
                             unsigned char tag, uint32_t purposes, struct acre_trace_shape **shape)
{
    unsigned char slot = 0;
    const char *why = get_byte(cursor, &slot);

    if (why == NULL && slot >= ACRE_TRACE_SHAPES)
        why = "there is no such slot for a shape";
    if (why != NULL)
        return why;
    *shape = &codec->shapes[slot];
    if ((tag & ACRE_TRACE_DEFINES) != 0) {
        (*shape)->last = codec->last;
        return define_shape(cursor, purposes, *shape);
    }
    return (*shape)->layout.align != 0 ? NULL : "a shape is used before it is told";
}

/* Events ----------------------------------------------------------------------------------------
 */

/* What has no meaning today may get one: an old reader must not read over it. */
static bool has_odd_flags(unsigned char tag)
{
    unsigned flags = tag & 0xf0u;

    switch (tag & 15) {
    case ACRE_TRACE_ALLOCATE:
    case ACRE_TRACE_FREE:
    case ACRE_TRACE_RESIZE:
    case ACRE_TRACE_MOVE:
        return false;
    case ACRE_TRACE_REFUSE:
        return (flags & ~(unsigned)ACRE_TRACE_DEFINES) != 0;
    default:
        return flags != 0;
    }
}

static const char *get_new_size(struct acre_trace_cursor *cursor, struct acre_layout *layout)
{
    uint64_t size = 0;
    const char *why = get_varint(cursor, &size);

    layout->size = size;
    if (why == NULL && !acre_layout_is_valid(*layout))
        why = "a block is larger than memory can be";
    return why;
}

static const char *get_old_object(struct acre_trace_cursor *cursor, struct acre_trace_event *event)
{
    uint64_t difference = 0;
    const char *why = get_varint(cursor, &difference);

    event->old_object = event->object + unzigzag(difference);
    return why;
}

static const char *get_usable(struct acre_trace_cursor *cursor, struct acre_trace_event *event)
{
    uint64_t more_bytes = 0;
    const char *why = get_varint(cursor, &more_bytes);

    if (why == NULL && more_bytes > (uint64_t)PTRDIFF_MAX - event->layout.size)
        why = "a block is larger than memory can be";
    event->usable_bytes = event->layout.size + more_bytes;
    return why;
}

static const char *get_block_event(struct acre_trace_codec *codec, struct acre_trace_cursor *cursor,
                                   unsigned char tag, uint32_t purposes,
                                   struct acre_trace_event *event)
{
    struct acre_trace_shape *shape = NULL;
    uint64_t difference = 0;
    const char *why = get_shape(codec, cursor, tag, purposes, &shape);

    if (why == NULL && event->kind != ACRE_TRACE_REFUSE)
        why = get_varint(cursor, &difference);
    if (why != NULL)
        return why;
    event->layout = shape->layout;
    event->source = shape->source;
    if (event->kind == ACRE_TRACE_REFUSE)
        return NULL;
    difference = unzigzag(difference);
    if ((tag & ACRE_TRACE_SIXTEENTHS) != 0)
        difference *= 16;
    shape->last += difference;
    codec->last = event->object = shape->last;
    event->old_bytes = event->layout.size;
    if (event->kind == ACRE_TRACE_RESIZE)
        why = get_new_size(cursor, &event->layout);
    else if (event->kind == ACRE_TRACE_MOVE)
        why = get_old_object(cursor, event);
    if (why == NULL && (tag & ACRE_TRACE_USABLE) != 0)
        why = get_usable(cursor, event);
    if (why == NULL && (tag & ACRE_TRACE_STACK) != 0)
        why = get_varint(cursor, &event->stack);
    return why;
}

static const char *get_other(struct acre_trace_cursor *cursor, struct acre_trace_event *event)
{
    uint64_t bytes = 0;
    const char *why = get_u32(cursor, &event->type, "there is no such type of event");

    if (why == NULL)
        why = get_source(cursor, &event->source);
    if (why == NULL)
        why = get_varint(cursor, &bytes);
    if (why == NULL && bytes > (uint64_t)(cursor->end - cursor->at))
        why = cut_off;
    if (why != NULL)
        return why;
    event->text = (const char *)cursor->at;
    event->text_bytes = bytes;
    cursor->at += bytes;
    return NULL;
}

static const char *get_time(struct acre_trace_codec *codec, struct acre_trace_cursor *cursor)
{
    uint64_t difference = 0;
    const char *why = get_varint(cursor, &difference);

    if (why == NULL && __builtin_add_overflow(codec->time_ns, difference, &codec->time_ns))
        why = too_large;
    return why;
}

const char *acre_trace_decode(struct acre_trace_codec *codec, struct acre_trace_cursor *cursor,
                              uint32_t purposes, struct acre_trace_event *event)
{
    for (;;) {
        unsigned char tag = 0;
        const char *why = get_byte(cursor, &tag);

        if (why == NULL && has_odd_flags(tag))
            why = "an event has flags that have no meaning";
        if (why != NULL)
            return why;
        *event = (struct acre_trace_event){.kind = (enum acre_trace_kind)(tag & 15)};
        switch (event->kind) {
        case ACRE_TRACE_ALLOCATE:
        case ACRE_TRACE_FREE:
        case ACRE_TRACE_RESIZE:
        case ACRE_TRACE_MOVE:
        case ACRE_TRACE_REFUSE:
            return get_block_event(codec, cursor, tag, purposes, event);
        case ACRE_TRACE_RESET:
            return get_source(cursor, &event->source);
        case ACRE_TRACE_SCOPE_BEGIN:
            return get_varint(cursor, &event->scope);
        case ACRE_TRACE_SCOPE_END:
            return NULL;
        case ACRE_TRACE_OTHER:
            return get_other(cursor, event);
        case ACRE_TRACE_TIME:
            why = get_time(codec, cursor);
            break;
        case ACRE_TRACE_THREAD:
            why = get_u32(cursor, &codec->thread, "there is no such thread");
            break;
        default:
            why = "there is no such kind of event";
            break;
        }
        if (why != NULL)
            return why;
    }
}
