/*
 * The reader of traces, one for all tools: the events of one stream of a file (input.h), with what
 * the file alone does not say: which object an event is about, which were live.
 *
 * Every whole block before the end is handed out. What an incomplete trace has not freed may have
 * been freed later: it never says anything about leaks.
 *
 * Memory is that of the input, the tables of live objects, of nodes and of modules. None grows
 * faster than events tell of such things.
 */
#ifndef ACRE_TRACE_READER_H
#define ACRE_TRACE_READER_H

#include "trace/codec.h"
#include "trace/input.h"
#include "trace/objects.h"
#include "trace/purposes.h"

struct acre_trace_reader {
    struct acre_trace_input input;       /* its state, its sentence, its trailer are the reader's */
    uint64_t events;                     /* handed out */
    uint64_t requested_bytes;            /* by births and growth, so far; what was inherited too */
    uint64_t last_ns;                    /* of the last event; in the end, of the trailer */
    struct acre_trace_objects objects;   /* the live ones */
    struct acre_trace_frames frames;     /* told so far */
    struct acre_trace_modules modules;   /* told so far */
    struct acre_trace_purposes purposes; /* an event's is one of these names, by its number here */

    /* The reader's own. */
    struct acre_trace_cursor cursor;
    uint32_t events_left; /* of the block */
    struct acre_trace_codec codec;
    uint64_t scope; /* of name 0, "iteration" */
    bool is_in_scope;
    bool resets; /* a source, before the next event */
    uint32_t reset_source;
};

/*
 * Opens the stream that begins `offset` bytes behind the begin of the file (0: the first; bundle.h
 * lists them) and reads its header. `memory` and `path` are borrowed. Another state than READING
 * means that there is nothing to read; input.sentence says why. Ended with acre_trace_reader_close
 * in either case.
 */
enum acre_trace_state acre_trace_reader_open(struct acre_trace_reader *reader,
                                             struct acre_alloc *memory, const char *path,
                                             uint64_t offset);

/*
 * The next event while the state is READING; the state that is reached otherwise, and stays. What a
 * reset drops is among the live objects until then: the newest of its source, the one before, ...
 * A frame or a module that is handed out is the last of its table.
 */
enum acre_trace_state acre_trace_next(struct acre_trace_reader *reader,
                                      struct acre_trace_event *event);

/* A field of the header, "" where it has none. Until the reader is closed. */
const char *acre_trace_field(const struct acre_trace_reader *reader, const char *key);

void acre_trace_reader_close(struct acre_trace_reader *reader);

#endif
