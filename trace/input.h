/*
 * The file of a trace as it is read: the header of a stream, its blocks one after another, its
 * trailer, and whether another stream stands behind it. Any bytes are a legal argument, from a file
 * or a pipe:
 *
 *    open ──> READING ──next──> READING, a block of events
 *                  │
 *                  └──> COMPLETE    its trailer says that all of it is there
 *                       INCOMPLETE  the end is missing: cut off, or the recorder stopped
 *                       DAMAGED     at `offset` it is not what was written
 *                       UNREADABLE, NO_MEMORY
 *
 * Every length is compared with a limit of format.h before it is used. Memory is three buffers of
 * fixed size and what zstd needs to unpack.
 */
#ifndef ACRE_TRACE_INPUT_H
#define ACRE_TRACE_INPUT_H

#include "trace/format.h"
#include "trace/pack.h"

enum acre_trace_state {
    ACRE_TRACE_READING,
    ACRE_TRACE_COMPLETE,
    ACRE_TRACE_INCOMPLETE,
    ACRE_TRACE_DAMAGED,
    ACRE_TRACE_FOREIGN,    /* no trace, one of another version, or less than a header */
    ACRE_TRACE_UNREADABLE, /* the system says why */
    ACRE_TRACE_NO_MEMORY,
};

struct acre_trace_input {
    enum acre_trace_state state;
    char sentence[512];      /* why it ended, but for COMPLETE; names the path, has one line */
    uint64_t begin;          /* of the stream: bytes of the file in front of it */
    uint64_t offset;         /* bytes of the file up to which all is whole; where damage begins */
    uint64_t blocks, events; /* of the stream, in whole blocks behind us */
    struct acre_trace_block block;     /* the one that was entered; in the end the trailer's */
    struct acre_trace_trailer trailer; /* zero: none was read */
    bool has_next;                     /* behind the trailer another stream begins */

    /* The input's own. */
    struct acre_alloc *memory;
    const char *path;
    int file;
    unsigned char header[ACRE_TRACE_HEADER_BYTES]; /* of this stream, then of the next one */
    size_t header_bytes;                           /* that are there */
    char *fields;                                  /* of the header: "key=value" and a zero, each */
    size_t field_bytes;
    unsigned char *payload, *packed;
    struct acre_trace_unpacker unpacker;
    bool is_in_block;
};

/*
 * Opens the file and reads the header of the stream that begins `offset` bytes behind its begin.
 * `memory` and `path` are borrowed. Another state than READING means that there is nothing to read;
 * `sentence` says why. Ended with acre_trace_input_close in either case.
 */
enum acre_trace_state acre_trace_input_open(struct acre_trace_input *input,
                                            struct acre_alloc *memory, const char *path,
                                            uint64_t offset);

/*
 * The next block of events: READING, and its bytes, unpacked, are input->payload. The block before
 * it then counts as whole. The state that is reached otherwise stays.
 */
enum acre_trace_state acre_trace_input_next(struct acre_trace_input *input,
                                            struct acre_trace_cursor *payload);

/* The same without its payload, which is passed over and not looked at. */
enum acre_trace_state acre_trace_input_skip(struct acre_trace_input *input);

/* Where has_next is set: the stream behind this one, as if it had been opened. */
enum acre_trace_state acre_trace_input_next_stream(struct acre_trace_input *input);

/* A field of the header, "" where it has none. Until the next stream or the end. */
const char *acre_trace_input_field(const struct acre_trace_input *input, const char *key);

/* Makes the input end as DAMAGED: what its blocks hold is wrong; returns the state. */
enum acre_trace_state acre_trace_input_damaged(struct acre_trace_input *input, const char *why);
enum acre_trace_state acre_trace_input_out_of_memory(struct acre_trace_input *input);

/* "finished", "was killed by signal 9", "has no trailer" (0), ... into `text`, which is returned.
 */
const char *acre_trace_end_text(enum acre_trace_end end, uint32_t error, char *text,
                                size_t text_bytes);

void acre_trace_input_close(struct acre_trace_input *input);

#endif
