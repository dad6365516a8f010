/*
 * Events as bytes. An event about a block is told by what most events share with one before it:
 *
 *    tag   slot  [shape]              name        [size]    [stack]
 *    1     1     size, log2 of        zigzag      of a      varint
 *                alignment, purpose,  varint      resize:
 *                source, call,                    varint; of a move: old name, zigzag
 *                usable
 *
 * A shape (layout, source, which function was called, what is usable) is told once a block of the
 * file and stands in one of 256 slots then. The name of an object (its address, or its id) is the
 * difference to the last name of that shape, since objects of a kind lie near each other; to the
 * last name of any where the shape is told. Usable bytes are those above the size, and one; 0: not
 * told.
 *
 * Everything begins anew with each block of the file, so that a block needs none before it. Varints
 * are LEB128: seven bits a byte, the least first, the high bit says that more follow. Zigzag is
 * that of Google's protocol buffers: 0, -1, 1, -2 are 0, 1, 2, 3.
 */
#ifndef ACRE_TRACE_CODEC_H
#define ACRE_TRACE_CODEC_H

#include "trace/format.h"
#include "trace/frames.h"

struct acre_trace_event {
    enum acre_trace_kind kind;
    uint32_t source; /* which of several allocators, 0, 1, ...; of a scope's name: its number */

    /* Allocate, inherit, free, resize, move. In a file the name of the block; a reader gives out
     * ids instead: from 0, without gaps, used again. */
    uint64_t object, old_object; /* old: of a move */
    struct acre_layout layout;   /* of a resize or move the new one; also of a refused allocation */
    size_t old_bytes;            /* of a resize or move; a reader's answer */
    uint64_t usable_bytes;       /* 0: not told */
    enum acre_trace_call call;
    uint32_t stack; /* its innermost node; 0: not told. Of a refused allocation as well */

    /* Begin: number and name of the scope; end: its name. Of others, in a reader's answer: the
     * number of the iteration (name 0) that they are in. */
    uint64_t scope;
    uint32_t scope_name;

    /* Strings are not terminated; in a reader's answer there until the next event. */
    union {
        struct {           /* other */
            uint32_t type; /* enum acre_trace_type, or one that is not known */
            const char *text;
            size_t text_bytes;
        };
        struct acre_trace_frame frame;
        struct acre_trace_module module;
    };

    /* A reader's answer. */
    uint64_t number; /* of all events of the stream, from 1 */
    uint64_t time_ns;
    uint32_t thread;
    bool is_in_scope; /* of name 0 */
    bool is_unknown;  /* free, resize, move: of a block that was not seen to be born */
    bool replaces;    /* a birth, a move: a block of that name lived; `replaced` was not freed */
    uint64_t replaced;
    struct acre_layout replaced_layout;
    uint32_t replaced_source;
};

enum { ACRE_TRACE_SHAPES = 256 };

/* What events under a slot have in common. */
struct acre_trace_shape {
    struct acre_layout layout; /* align 0: the slot is empty */
    uint32_t source;
    uint32_t call;
    uint64_t usable; /* bytes above the size, and one; 0: not told */
    uint64_t last;   /* name of the last object */
};

/* What both ends remember within a block of the file. */
struct acre_trace_codec {
    uint64_t time_ns;
    uint32_t thread;
    uint64_t last;        /* name of the last object of any shape */
    uint64_t last_offset; /* of the last frame */
    struct acre_trace_shape shapes[ACRE_TRACE_SHAPES];
};

static inline void acre_trace_codec_begin(struct acre_trace_codec *codec, uint64_t time_ns,
                                          uint32_t thread)
{
    memset(codec, 0, sizeof *codec);
    codec->time_ns = time_ns;
    codec->thread = thread;
}

/* The most bytes that one event needs: with a time, a thread, and all that it can have. What has a
 * path is longer than what has a shape or a text. */
enum {
    ACRE_TRACE_MOST_EVENT_BYTES = 2 * (1 + ACRE_TRACE_MOST_VARINT_BYTES) + 3 +
                                  9 * ACRE_TRACE_MOST_VARINT_BYTES + ACRE_TRACE_MOST_PATH_BYTES +
                                  ACRE_TRACE_MOST_BUILD_ID_BYTES
};

/* Encoding: inline, since a recorder does it in the middle of every call. ---------------------- */

/* A loop: without branches (spreading all bits at once) an event took a third longer, since most
 * numbers have one byte or two. */
static inline unsigned char *acre_trace_put_varint(unsigned char *at, uint64_t number)
{
    while (number >= 0x80) {
        *at++ = (unsigned char)(number | 0x80);
        number >>= 7;
    }
    *at++ = (unsigned char)number;
    return at;
}

static inline uint64_t acre_trace_zigzag(uint64_t difference)
{
    return difference << 1 ^ (0 - (difference >> 63));
}

static inline unsigned char *acre_trace_put_time(struct acre_trace_codec *codec, uint64_t time_ns,
                                                 unsigned char *at)
{
    *at++ = ACRE_TRACE_TIME;
    at = acre_trace_put_varint(at, time_ns - codec->time_ns);
    codec->time_ns = time_ns;
    return at;
}

static inline unsigned char *acre_trace_put_thread(struct acre_trace_codec *codec, uint32_t thread,
                                                   unsigned char *at)
{
    *at++ = ACRE_TRACE_THREAD;
    codec->thread = thread;
    return acre_trace_put_varint(at, thread);
}

/* What is usable, as a shape has it. */
static inline uint64_t acre_trace_usable(const struct acre_trace_event *event)
{
    bool is_told = event->usable_bytes != 0 && event->usable_bytes >= event->layout.size;

    return is_told ? event->usable_bytes - event->layout.size + 1 : 0;
}

/* Which slot is the writer's choice. Sizes, alignments, purposes, sources, calls and what is usable
 * as programs have them fall on bits of their own. */
static inline unsigned acre_trace_slot(const struct acre_trace_shape *shape)
{
    uint64_t key = shape->layout.size ^ (uint64_t)shape->layout.align << 20 ^ shape->usable << 36 ^
                   (uint64_t)shape->call << 46 ^ (uint64_t)shape->layout.purpose << 52 ^
                   (uint64_t)shape->source << 58;

    return (unsigned)(key * UINT64_C(0x9E3779B97F4A7C15) >> 56);
}

/* One branch, not six. */
static inline bool acre_trace_is_shape(const struct acre_trace_shape *shape,
                                       const struct acre_trace_shape *wanted)
{
    return ((shape->layout.size ^ wanted->layout.size) |
            (shape->layout.align ^ wanted->layout.align) |
            (shape->layout.purpose ^ wanted->layout.purpose) | (shape->source ^ wanted->source) |
            (shape->call ^ wanted->call) | (shape->usable ^ wanted->usable)) == 0;
}

static inline unsigned char *acre_trace_define_shape(struct acre_trace_codec *codec,
                                                     struct acre_trace_shape *shape,
                                                     const struct acre_trace_shape *wanted,
                                                     unsigned char *at)
{
    *shape = *wanted;
    shape->last = codec->last;
    at = acre_trace_put_varint(at, shape->layout.size);
    *at++ = (unsigned char)__builtin_ctz(shape->layout.align);
    at = acre_trace_put_varint(at, shape->layout.purpose);
    at = acre_trace_put_varint(at, shape->source);
    *at++ = (unsigned char)shape->call;
    return acre_trace_put_varint(at, shape->usable);
}

/* Tag, slot, and the shape where the slot has another. */
static inline struct acre_trace_shape *acre_trace_put_shape(struct acre_trace_codec *codec,
                                                            unsigned char kind,
                                                            const struct acre_trace_shape *wanted,
                                                            unsigned char **at)
{
    unsigned slot = acre_trace_slot(wanted);
    struct acre_trace_shape *shape = &codec->shapes[slot];
    unsigned char *tag = *at;

    tag[0] = kind;
    tag[1] = (unsigned char)slot;
    *at += 2;
    if (__builtin_expect(!acre_trace_is_shape(shape, wanted), 0)) {
        tag[0] |= ACRE_TRACE_DEFINES;
        *at = acre_trace_define_shape(codec, shape, wanted, *at);
    }
    return shape;
}

/* The object's name, behind its shape. Of a multiple of 16 the zigzag of a sixteenth is a sixteenth
 * of the zigzag, rounded down, whichever the sign: no branch. */
static inline unsigned char *acre_trace_put_name(struct acre_trace_codec *codec,
                                                 struct acre_trace_shape *shape, uint64_t object,
                                                 unsigned char *tag, unsigned char *at)
{
    uint64_t difference = object - shape->last;
    unsigned is_sixteenths = (difference & 15) == 0;

    shape->last = codec->last = object;
    *tag |= (unsigned char)(is_sixteenths * ACRE_TRACE_SIXTEENTHS);
    return acre_trace_put_varint(at, acre_trace_zigzag(difference) >> 4 * is_sixteenths);
}

/* A birth or a death of which nothing but the name is to be told, since its shape is known; NULL
 * where that is not so. Same bytes as from acre_trace_encode, in half the instructions. */
static inline unsigned char *acre_trace_encode_known(struct acre_trace_codec *codec,
                                                     enum acre_trace_kind kind,
                                                     struct acre_layout layout, uint32_t source,
                                                     uint64_t object, unsigned char *at)
{
    const struct acre_trace_shape wanted = {.layout = layout, .source = source};
    unsigned slot = acre_trace_slot(&wanted);
    struct acre_trace_shape *shape = &codec->shapes[slot];

    if (!acre_trace_is_shape(shape, &wanted))
        return NULL;
    at[0] = (unsigned char)kind;
    at[1] = (unsigned char)slot;
    return acre_trace_put_name(codec, shape, object, at, at + 2);
}

static inline unsigned char *acre_trace_put_stack(uint32_t stack, unsigned char *tag,
                                                  unsigned char *at)
{
    if (stack == 0)
        return at;
    *tag |= ACRE_TRACE_STACK;
    return acre_trace_put_varint(at, stack);
}

static inline unsigned char *acre_trace_put_block_event(struct acre_trace_codec *codec,
                                                        const struct acre_trace_event *event,
                                                        unsigned char *at)
{
    unsigned char *tag = at;
    struct acre_trace_shape wanted = {
        .layout = event->layout,
        .source = event->source,
        .call = event->call,
        .usable = acre_trace_usable(event),
    };
    struct acre_trace_shape *shape;

    if (event->kind == ACRE_TRACE_RESIZE)
        wanted.layout.size = event->old_bytes; /* the shape under which its name is known */
    shape = acre_trace_put_shape(codec, (unsigned char)event->kind, &wanted, &at);
    if (event->kind != ACRE_TRACE_REFUSE)
        at = acre_trace_put_name(codec, shape, event->object, tag, at);
    if (event->kind == ACRE_TRACE_RESIZE)
        at = acre_trace_put_varint(at, event->layout.size);
    else if (event->kind == ACRE_TRACE_MOVE)
        at = acre_trace_put_varint(at, acre_trace_zigzag(event->old_object - event->object));
    return acre_trace_put_stack(event->stack, tag, at);
}

static inline size_t acre_trace_at_most(size_t count, size_t most)
{
    return count < most ? count : most;
}

/* A length, and so many bytes. */
static inline unsigned char *acre_trace_put_bytes(unsigned char *at, const void *bytes,
                                                  size_t count)
{
    at = acre_trace_put_varint(at, count);
    if (count > 0)
        memcpy(at, bytes, count);
    return at + count;
}

static inline unsigned char *acre_trace_put_frame_event(struct acre_trace_codec *codec,
                                                        const struct acre_trace_frame *frame,
                                                        unsigned char *at)
{
    *at++ = ACRE_TRACE_FRAME;
    at = acre_trace_put_varint(at, frame->parent);
    at = acre_trace_put_varint(at, frame->module);
    at = acre_trace_put_varint(at, acre_trace_zigzag(frame->offset - codec->last_offset));
    codec->last_offset = frame->offset;
    return at;
}

static inline unsigned char *acre_trace_put_module_event(const struct acre_trace_module *module,
                                                         unsigned char *at)
{
    *at++ = ACRE_TRACE_MODULE;
    at = acre_trace_put_bytes(at, module->path,
                              acre_trace_at_most(module->path_bytes, ACRE_TRACE_MOST_PATH_BYTES));
    at = acre_trace_put_bytes(
        at, module->build_id,
        acre_trace_at_most(module->build_id_bytes, ACRE_TRACE_MOST_BUILD_ID_BYTES));
    at = acre_trace_put_varint(at, module->load_bias);
    at = acre_trace_put_varint(at, module->first_address);
    return acre_trace_put_varint(at, module->bytes);
}

static inline unsigned char *acre_trace_put_other(const struct acre_trace_event *event,
                                                  unsigned char *at)
{
    *at++ = ACRE_TRACE_OTHER;
    at = acre_trace_put_varint(at, event->type);
    at = acre_trace_put_varint(at, event->source);
    return acre_trace_put_bytes(at, event->text,
                                acre_trace_at_most(event->text_bytes, ACRE_TRACE_MOST_TEXT_BYTES));
}

/*
 * Writes an event to `at`, where there are ACRE_TRACE_MOST_EVENT_BYTES, and returns what is behind
 * it. What is a reader's answer is not written. Alignments are powers of two.
 */
static inline unsigned char *acre_trace_encode(struct acre_trace_codec *codec,
                                               const struct acre_trace_event *event,
                                               unsigned char *at)
{
    switch (event->kind) {
    case ACRE_TRACE_ALLOCATE:
    case ACRE_TRACE_FREE:
    case ACRE_TRACE_RESIZE:
    case ACRE_TRACE_MOVE:
    case ACRE_TRACE_REFUSE:
    case ACRE_TRACE_INHERIT:
        return acre_trace_put_block_event(codec, event, at);
    case ACRE_TRACE_RESET:
        *at++ = ACRE_TRACE_RESET;
        return acre_trace_put_varint(at, event->source);
    case ACRE_TRACE_SCOPE_BEGIN:
        *at++ = ACRE_TRACE_SCOPE_BEGIN;
        at = acre_trace_put_varint(at, event->scope_name);
        return acre_trace_put_varint(at, event->scope);
    case ACRE_TRACE_SCOPE_END:
        *at++ = ACRE_TRACE_SCOPE_END;
        return acre_trace_put_varint(at, event->scope_name);
    case ACRE_TRACE_FRAME:
        return acre_trace_put_frame_event(codec, &event->frame, at);
    case ACRE_TRACE_MODULE:
        return acre_trace_put_module_event(&event->module, at);
    case ACRE_TRACE_OTHER:
        return acre_trace_put_other(event, at);
    case ACRE_TRACE_TIME:
    case ACRE_TRACE_THREAD:
    case ACRE_TRACE_KINDS:
        break;
    }
    return at; /* none: nothing is written */
}

/* Decoding ---------------------------------------------------------------------------------------
 */

/*
 * Reads the next event; times and threads on the way are taken into the codec. NULL, or a sentence
 * about what is wrong with the bytes at the cursor: any bytes are legal arguments. `purposes` is
 * how many the file has.
 */
const char *acre_trace_decode(struct acre_trace_codec *codec, struct acre_trace_cursor *cursor,
                              uint32_t purposes, struct acre_trace_event *event);

/* "malloc", "calloc", ...; "?" for a number that is none of them, and for what is not told. */
const char *acre_trace_call_name(enum acre_trace_call call);

#endif
