#include "trace/codec.h"

static const char cut_off[] = "an event goes on behind the end of its block";
static const char too_large[] = "a number has more than 64 bits";
static const char too_large_a_block[] = "a block is larger than memory can be";

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

/* A length and so many bytes, which stay where they are. */
static const char *get_bytes(struct acre_trace_cursor *cursor, uint64_t most, const char *wrong,
                             const void **bytes, size_t *count)
{
    uint64_t length = 0;
    const char *why = get_varint(cursor, &length);

    if (why == NULL && length > most)
        why = wrong;
    if (why == NULL && length > (uint64_t)(cursor->end - cursor->at))
        why = cut_off;
    if (why != NULL)
        return why;
    *bytes = cursor->at;
    *count = length;
    cursor->at += length;
    return NULL;
}

/* Shapes ----------------------------------------------------------------------------------------
 */

static const char *judge_shape(const struct acre_trace_shape *shape, uint64_t log2_align,
                               uint32_t purposes)
{
    if (shape->layout.purpose >= purposes)
        return "there is no such purpose";
    if (log2_align > 31)
        return "there is no such alignment";
    if (shape->call >= ACRE_TRACE_CALLS)
        return "there is no such call";
    return NULL;
}

static const char *define_shape(struct acre_trace_cursor *cursor, uint32_t purposes,
                                struct acre_trace_shape *shape)
{
    struct acre_trace_shape told = {.last = shape->last};
    unsigned char log2_align = 0;
    unsigned char call = 0;
    uint64_t size = 0;
    const char *why = get_varint(cursor, &size);

    if (why == NULL)
        why = get_byte(cursor, &log2_align);
    if (why == NULL)
        why = get_u32(cursor, &told.layout.purpose, "there is no such purpose");
    if (why == NULL)
        why = get_source(cursor, &told.source);
    if (why == NULL)
        why = get_byte(cursor, &call);
    told.call = call;
    if (why == NULL)
        why = get_varint(cursor, &told.usable);
    if (why == NULL)
        why = judge_shape(&told, log2_align, purposes);
    if (why != NULL)
        return why;
    told.layout.size = size;
    told.layout.align = UINT32_C(1) << log2_align;
    if (!acre_layout_is_valid(told.layout))
        return too_large_a_block;
    *shape = told;
    return NULL;
}

static const char *get_shape(struct acre_trace_codec *codec, struct acre_trace_cursor *cursor,
                             unsigned char tag, uint32_t purposes, struct acre_trace_shape **shape)
{
    unsigned char slot = 0;
    const char *why = get_byte(cursor, &slot);

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
    enum {
        REFUSED = ACRE_TRACE_DEFINES | ACRE_TRACE_STACK,
        LIVE = REFUSED | ACRE_TRACE_SIXTEENTHS,
    };
    static const unsigned char flags[ACRE_TRACE_KINDS] = {
        [ACRE_TRACE_ALLOCATE] = LIVE, [ACRE_TRACE_FREE] = LIVE,    [ACRE_TRACE_RESIZE] = LIVE,
        [ACRE_TRACE_MOVE] = LIVE,     [ACRE_TRACE_INHERIT] = LIVE, [ACRE_TRACE_REFUSE] = REFUSED,
    };

    return (tag & 0xf0 & ~flags[tag & 15]) != 0;
}

static const char *get_new_size(struct acre_trace_cursor *cursor, struct acre_layout *layout)
{
    uint64_t size = 0;
    const char *why = get_varint(cursor, &size);

    layout->size = size;
    if (why == NULL && !acre_layout_is_valid(*layout))
        why = too_large_a_block;
    return why;
}

static const char *get_old_object(struct acre_trace_cursor *cursor, struct acre_trace_event *event)
{
    uint64_t difference = 0;
    const char *why = get_varint(cursor, &difference);

    event->old_object = event->object + unzigzag(difference);
    return why;
}

/* Above the size, which of a resize is the new one. */
static const char *set_usable(const struct acre_trace_shape *shape, struct acre_trace_event *event)
{
    if (shape->usable == 0)
        return NULL;
    if (shape->usable - 1 > (uint64_t)PTRDIFF_MAX - event->layout.size)
        return too_large_a_block;
    event->usable_bytes = event->layout.size + (shape->usable - 1);
    return NULL;
}

static const char *get_name(struct acre_trace_codec *codec, struct acre_trace_cursor *cursor,
                            unsigned char tag, struct acre_trace_shape *shape,
                            struct acre_trace_event *event)
{
    uint64_t difference = 0;
    const char *why = get_varint(cursor, &difference);

    difference = unzigzag(difference);
    if ((tag & ACRE_TRACE_SIXTEENTHS) != 0)
        difference *= 16;
    shape->last += difference;
    codec->last = event->object = shape->last;
    return why;
}

static const char *get_block_event(struct acre_trace_codec *codec, struct acre_trace_cursor *cursor,
                                   unsigned char tag, uint32_t purposes,
                                   struct acre_trace_event *event)
{
    struct acre_trace_shape *shape = NULL;
    const char *why = get_shape(codec, cursor, tag, purposes, &shape);

    if (why == NULL && event->kind != ACRE_TRACE_REFUSE)
        why = get_name(codec, cursor, tag, shape, event);
    if (why != NULL)
        return why;
    event->layout = shape->layout;
    event->source = shape->source;
    event->call = (enum acre_trace_call)shape->call;
    event->old_bytes = event->kind != ACRE_TRACE_REFUSE ? event->layout.size : 0;
    if (event->kind == ACRE_TRACE_RESIZE)
        why = get_new_size(cursor, &event->layout);
    else if (event->kind == ACRE_TRACE_MOVE)
        why = get_old_object(cursor, event);
    if (why == NULL)
        why = set_usable(shape, event);
    if (why == NULL && (tag & ACRE_TRACE_STACK) != 0)
        why = get_u32(cursor, &event->stack, "there is no such call stack");
    return why;
}

static const char *get_scope(struct acre_trace_cursor *cursor, struct acre_trace_event *event)
{
    static const char no_name[] = "there is no such name of a scope";
    const char *why = get_u32(cursor, &event->scope_name, no_name);

    if (why == NULL && event->scope_name >= ACRE_TRACE_MOST_SCOPE_NAMES)
        why = no_name;
    if (why == NULL && event->kind == ACRE_TRACE_SCOPE_BEGIN)
        why = get_varint(cursor, &event->scope);
    return why;
}

static const char *get_frame(struct acre_trace_codec *codec, struct acre_trace_cursor *cursor,
                             struct acre_trace_frame *frame)
{
    uint64_t difference = 0;
    const char *why = get_u32(cursor, &frame->parent, "there is no such frame");

    if (why == NULL)
        why = get_u32(cursor, &frame->module, "there is no such module");
    if (why == NULL)
        why = get_varint(cursor, &difference);
    codec->last_offset += unzigzag(difference);
    frame->offset = codec->last_offset;
    return why;
}

static const char *get_module(struct acre_trace_cursor *cursor, struct acre_trace_module *module)
{
    const void *path = NULL;
    const void *build_id = NULL;
    const char *why =
        get_bytes(cursor, ACRE_TRACE_MOST_PATH_BYTES,
                  "the path of a module is longer than one can be", &path, &module->path_bytes);

    if (why == NULL)
        why = get_bytes(cursor, ACRE_TRACE_MOST_BUILD_ID_BYTES,
                        "the build id of a module is longer than one can be", &build_id,
                        &module->build_id_bytes);
    if (why == NULL)
        why = get_varint(cursor, &module->load_bias);
    if (why == NULL)
        why = get_varint(cursor, &module->first_address);
    if (why == NULL)
        why = get_varint(cursor, &module->bytes);
    if (why == NULL && memchr(path, 0, module->path_bytes) != NULL)
        why = "the path of a module has a zero byte";
    module->path = path;
    module->build_id = build_id;
    return why;
}

static const char *get_other(struct acre_trace_cursor *cursor, struct acre_trace_event *event)
{
    const void *text = NULL;
    const char *why = get_u32(cursor, &event->type, "there is no such type of event");

    if (why == NULL)
        why = get_source(cursor, &event->source);
    if (why == NULL)
        why = get_bytes(cursor, UINT64_MAX, cut_off, &text, &event->text_bytes);
    event->text = text;
    return why;
}

static const char *get_time(struct acre_trace_codec *codec, struct acre_trace_cursor *cursor)
{
    uint64_t difference = 0;
    const char *why = get_varint(cursor, &difference);

    if (why == NULL && __builtin_add_overflow(codec->time_ns, difference, &codec->time_ns))
        why = too_large;
    return why;
}

/* What the answer may leave out is 0, field by field: as one struct it would be cleared by a loop
 * that costs more than all else here. A frame, a module and `replaced_*` have no meaning where they
 * are not told. */
static void clear(struct acre_trace_event *event, enum acre_trace_kind kind)
{
    event->kind = kind;
    event->source = 0;
    event->object = event->old_object = 0;
    event->layout = (struct acre_layout){0};
    event->old_bytes = 0;
    event->usable_bytes = 0;
    event->call = ACRE_TRACE_CALL_NONE;
    event->stack = 0;
    event->scope = 0;
    event->scope_name = 0;
    event->type = 0;
    event->text = NULL;
    event->text_bytes = 0;
    event->is_in_scope = event->is_unknown = event->replaces = false;
}

static const char *get_event(struct acre_trace_codec *codec, struct acre_trace_cursor *cursor,
                             unsigned char tag, uint32_t purposes, struct acre_trace_event *event)
{
    clear(event, (enum acre_trace_kind)(tag & 15));
    switch (event->kind) {
    case ACRE_TRACE_ALLOCATE:
    case ACRE_TRACE_FREE:
    case ACRE_TRACE_RESIZE:
    case ACRE_TRACE_MOVE:
    case ACRE_TRACE_REFUSE:
    case ACRE_TRACE_INHERIT:
        return get_block_event(codec, cursor, tag, purposes, event);
    case ACRE_TRACE_RESET:
        return get_source(cursor, &event->source);
    case ACRE_TRACE_SCOPE_BEGIN:
    case ACRE_TRACE_SCOPE_END:
        return get_scope(cursor, event);
    case ACRE_TRACE_FRAME:
        return get_frame(codec, cursor, &event->frame);
    case ACRE_TRACE_MODULE:
        return get_module(cursor, &event->module);
    case ACRE_TRACE_OTHER:
        return get_other(cursor, event);
    default:
        return "there is no such kind of event";
    }
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
        if ((tag & 15) == ACRE_TRACE_TIME)
            why = get_time(codec, cursor);
        else if ((tag & 15) == ACRE_TRACE_THREAD)
            why = get_u32(cursor, &codec->thread, "there is no such thread");
        else
            return get_event(codec, cursor, tag, purposes, event);
        if (why != NULL)
            return why;
    }
}

const char *acre_trace_call_name(enum acre_trace_call call)
{
    static const char *const names[ACRE_TRACE_CALLS] = {
        [ACRE_TRACE_CALL_NONE] = "?",
        [ACRE_TRACE_CALL_MALLOC] = "malloc",
        [ACRE_TRACE_CALL_CALLOC] = "calloc",
        [ACRE_TRACE_CALL_REALLOC] = "realloc",
        [ACRE_TRACE_CALL_REALLOCARRAY] = "reallocarray",
        [ACRE_TRACE_CALL_MEMALIGN] = "memalign",
        [ACRE_TRACE_CALL_POSIX_MEMALIGN] = "posix_memalign",
        [ACRE_TRACE_CALL_ALIGNED_ALLOC] = "aligned_alloc",
        [ACRE_TRACE_CALL_VALLOC] = "valloc",
        [ACRE_TRACE_CALL_PVALLOC] = "pvalloc",
        [ACRE_TRACE_CALL_NEW] = "new",
    };

    return (unsigned)call < ACRE_TRACE_CALLS ? names[call] : "?";
}
