/*
 * The trace file. docs/trace-format.md says it byte by byte; here are its numbers, for the writer
 * and the one reader.
 *
 *    ┌────────┬──────────────────┬──────────────────┬───┬─────────┐┌────────┬───
 *    │ header │ block 0: events  │ block 1: events  │...│ trailer ││ header │...
 *    └────────┴──────────────────┴──────────────────┴───┴─────────┘└────────┴───
 *     a stream: one process                                         the next one
 *
 * Everything is little-endian. Nothing that was written is ever changed.
 */
#ifndef ACRE_TRACE_FORMAT_H
#define ACRE_TRACE_FORMAT_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "alloc/alloc.h"

/* PNG's idea: what changes line ends is found. */
static const unsigned char acre_trace_magic[8] = {0x89, 'a', 'c', 'r', 'e', '\r', '\n', 0x1a};
static const unsigned char acre_trace_block_magic[4] = {'a', 'c', 'b', 'k'};

enum {
    ACRE_TRACE_VERSION = 2,
    ACRE_TRACE_PROBE = 0x04030201, /* its bytes in a file: 01 02 03 04 */
    ACRE_TRACE_HEADER_BYTES = 32,  /* in front of the fields */
    ACRE_TRACE_BLOCK_HEADER_BYTES = 56,
    ACRE_TRACE_TRAILER_BYTES = 40,      /* the payload of the trailer */
    ACRE_TRACE_BLOCK_BYTES = 64 * 1024, /* of a block that the writer writes, with its header */
    ACRE_TRACE_EVENTS_A_STAMP = 16,
};

/* Whatever a file says, a reader believes it up to here. */
enum {
    ACRE_TRACE_MOST_FIELD_BYTES = 64 * 1024,     /* all fields of the header */
    ACRE_TRACE_MOST_PAYLOAD_BYTES = 1024 * 1024, /* packed or unpacked */
    ACRE_TRACE_MOST_SOURCES = 256,
    ACRE_TRACE_MOST_SCOPE_NAMES = 256,
    ACRE_TRACE_MOST_PURPOSES = 256,
    ACRE_TRACE_MOST_TEXT_BYTES = 256,  /* of one event */
    ACRE_TRACE_MOST_PATH_BYTES = 4096, /* of a module */
    ACRE_TRACE_MOST_BUILD_ID_BYTES = 64,
    ACRE_TRACE_MOST_MODULES = 65536,
    ACRE_TRACE_MOST_FRAMES = 1 << 26, /* 1 GiB of them */
    ACRE_TRACE_MOST_STREAMS = 65536,  /* of one file */
    ACRE_TRACE_MOST_VARINT_BYTES = 10,
};

/* The sum of all sizes that were asked for. */
#define ACRE_TRACE_MOST_REQUESTED_BYTES ((uint64_t)INT64_MAX)

enum acre_trace_block_kind {
    ACRE_TRACE_BLOCK_EVENTS = 1,
    ACRE_TRACE_BLOCK_TRAILER = 2, /* the last one */
};

/* How a recording ended, in the trailer. Only the first is the end of the program as well. */
enum acre_trace_end {
    ACRE_TRACE_END_FINISHED = 1,
    ACRE_TRACE_END_LIMIT = 2,   /* the most bytes that the file may have were reached */
    ACRE_TRACE_END_ERROR = 3,   /* it could not be written; `error` is an errno */
    ACRE_TRACE_END_KILLED = 4,  /* `error` is the signal, 0: not known */
    ACRE_TRACE_END_EXEC = 5,    /* the process became another program */
    ACRE_TRACE_END_RUNNING = 6, /* it was still running */
    ACRE_TRACE_END_UNKNOWN = 7, /* nobody knows how it ended */
    ACRE_TRACE_ENDS = 8
};

/* In the low four bits of an event's first byte. 0 is none: zeros are damage. */
enum acre_trace_kind {
    ACRE_TRACE_ALLOCATE = 1,
    ACRE_TRACE_FREE = 2,
    ACRE_TRACE_RESIZE = 3, /* where it stands */
    ACRE_TRACE_MOVE = 4,   /* realloc that moved: another address, the same object */
    ACRE_TRACE_RESET = 5,  /* every live block of a source is gone */
    ACRE_TRACE_REFUSE = 6, /* an allocation that failed */
    ACRE_TRACE_SCOPE_BEGIN = 7,
    ACRE_TRACE_SCOPE_END = 8,
    ACRE_TRACE_TIME = 9,     /* no event of its own: when the next ones happened */
    ACRE_TRACE_THREAD = 10,  /* nor this: who made them */
    ACRE_TRACE_FRAME = 11,   /* a node of the tree of call stacks */
    ACRE_TRACE_MODULE = 12,  /* a file that such nodes lie in */
    ACRE_TRACE_INHERIT = 13, /* no call: a block that the process had when it was forked */
    ACRE_TRACE_OTHER =
        15, /* of a type and a length, so that readers may skip what they do not know */
    ACRE_TRACE_KINDS = 16
};

/* In the high four bits of events that are about a block. */
enum acre_trace_flag {
    ACRE_TRACE_DEFINES = 0x10,    /* the shape is told, and is known by its slot from here on */
    ACRE_TRACE_SIXTEENTHS = 0x20, /* the object's name differs by a multiple of 16 */
    ACRE_TRACE_STACK = 0x80,      /* a call stack is told */
};

/* Of ACRE_TRACE_OTHER. The text says what it is. */
enum acre_trace_type {
    ACRE_TRACE_TYPE_SOURCE = 1, /* the name of a source */
    ACRE_TRACE_TYPE_MARK = 2,   /* a word of the program's own */
    ACRE_TRACE_TYPE_SCOPE = 3,  /* the name of a scope's name, whose number stands for the source */
    ACRE_TRACE_TYPE_PROCESS = 4, /* "fork 1234", "exec /usr/bin/true": what the process did */
    ACRE_TRACE_TYPE_UNSEEN = 5,  /* what the recorder could not see */
    ACRE_TRACE_TYPE_PURPOSE = 6, /* the name of the next purpose, whose number is the source */
};

/* Which function of the C library was called. */
enum acre_trace_call {
    ACRE_TRACE_CALL_NONE, /* not told */
    ACRE_TRACE_CALL_MALLOC,
    ACRE_TRACE_CALL_CALLOC,
    ACRE_TRACE_CALL_REALLOC,
    ACRE_TRACE_CALL_REALLOCARRAY,
    ACRE_TRACE_CALL_MEMALIGN,
    ACRE_TRACE_CALL_POSIX_MEMALIGN,
    ACRE_TRACE_CALL_ALIGNED_ALLOC,
    ACRE_TRACE_CALL_VALLOC,
    ACRE_TRACE_CALL_PVALLOC,
    ACRE_TRACE_CALL_NEW, /* C++'s operators, where they do not come by malloc */
    ACRE_TRACE_CALLS
};

/* A block's header, and a trailer, as numbers. */
struct acre_trace_block {
    uint32_t kind, events, payload_bytes;
    uint32_t unpacked_bytes; /* of the payload; 0: it is not packed */
    uint64_t sequence, time_ns;
    uint32_t thread;
    uint64_t payload_check; /* of the bytes in the file */
};

struct acre_trace_trailer {
    uint32_t end;   /* enum acre_trace_end */
    uint32_t error; /* errno or a signal, or 0 */
    uint64_t blocks, events, dropped;
    uint64_t overhead_ns; /* what recording has cost; 0: not told */
};

/* Bytes that are yet to be read. */
struct acre_trace_cursor {
    const unsigned char *at, *end;
};

static inline void acre_trace_put_u32(unsigned char *at, uint32_t number)
{
    number = htole32(number);
    memcpy(at, &number, sizeof number);
}

static inline void acre_trace_put_u64(unsigned char *at, uint64_t number)
{
    number = htole64(number);
    memcpy(at, &number, sizeof number);
}

static inline uint32_t acre_trace_u32(const unsigned char *at)
{
    uint32_t number;

    memcpy(&number, at, sizeof number);
    return le32toh(number);
}

static inline uint64_t acre_trace_u64(const unsigned char *at)
{
    uint64_t number;

    memcpy(&number, at, sizeof number);
    return le64toh(number);
}

#endif
