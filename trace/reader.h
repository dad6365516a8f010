/*
 * The reader of traces, one for all tools. Any bytes are a legal argument, from a file or a pipe:
 *
 *    open ──> READING ──next──> READING, an event
 *                  │
 *                  └──> COMPLETE    all of it was read, and it is what was recorded
 *                       INCOMPLETE  the end is missing: cut off, or the recorder stopped
 *                       DAMAGED     at reader->offset it is not what was written
 *                       UNREADABLE, NO_MEMORY
 *
 * Every whole block before the end is handed out. What an incomplete trace has not freed may have
 * been freed later: it never says anything about leaks.
 *
 * Memory is two buffers of fixed size and the table of live objects; every length is compared with
 * a limit of format.h before it is used.
 */
#ifndef ACRE_TRACE_READER_H
#define ACRE_TRACE_READER_H

#include "trace/codec.h"
#include "trace/objects.h"

enum acre_trace_state {
    ACRE_TRACE_READING,
    ACRE_TRACE_COMPLETE,
    ACRE_TRACE_INCOMPLETE,
    ACRE_TRACE_DAMAGED,
    ACRE_TRACE_FOREIGN,    /* no trace, one of another version, or less than a header */
    ACRE_TRACE_UNREADABLE, /* the system says why */
    ACRE_TRACE_NO_MEMORY,
};

struct acre_trace_reader {
    enum acre_trace_state state;
    char sentence[512]; /* why it ended, but for COMPLETE; names the path, has one line */
    uint64_t offset;    /* bytes of the file that are whole blocks; where damage begins */
    uint64_t blocks, events;
    struct acre_trace_trailer trailer; /* zero: none was read */
    uint64_t requested_bytes;          /* by births and growth, so far */
    uint64_t last_ns;                  /* of the last event */
    struct acre_trace_objects objects; /* the live ones */

    /* The reader's own. */
    struct acre_alloc *memory;
    const char *path;
    int file;
    char *fields; /* of the header: "key=value" and a zero, each */
    size_t field_bytes;
    uint32_t purposes[ACRE_TRACE_MOST_PURPOSES]; /* of the file to ours */
    uint32_t purpose_count;
    unsigned char *payload;
    struct acre_trace_block block;
    struct acre_trace_cursor cursor;
    uint32_t events_left; /* of the block */
    struct acre_trace_codec codec;
    uint64_t scope;
    bool is_in_scope;
    bool resets; /* a source, before the next event */
    uint32_t reset_source;
};

/*
 * Opens a trace and reads its header. `memory` and `path` are borrowed. Another state than READING
 * means that there is nothing to read; `sentence` says why. Ended with acre_trace_reader_close in
 * either case.
 */
enum acre_trace_state acre_trace_reader_open(struct acre_trace_reader *reader,
                                             struct acre_alloc *memory, const char *path);

/*
 * The next event while the state is READING; the state that is reached otherwise, and stays. What a
 * reset drops is among the live objects until then: the newest of its source, the one before, ...
 */
enum acre_trace_state acre_trace_next(struct acre_trace_reader *reader,
                                      struct acre_trace_event *event);

/* A field of the header, "" where it has none. Until the reader is closed. */
const char *acre_trace_field(const struct acre_trace_reader *reader, const char *key);

void acre_trace_reader_close(struct acre_trace_reader *reader);

#endif
