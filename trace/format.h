/*
 * The trace file. docs/trace-format.md says it byte by byte; here are its numbers, for the writer
 * and the one reader.
 *
 *    ┌────────┬──────────────────┬──────────────────┬───┬─────────┐
 *    │ header │ block 0: events  │ block 1: events  │...│ trailer │
 *    └────────┴──────────────────┴──────────────────┴───┴─────────┘
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
    ACRE_TRACE_VERSION = 1,
    ACRE_TRACE_PROBE = 0x04030201, /* its bytes in a file: 01 02 03 04 */
    ACRE_TRACE_HEADER_BYTES = 32,  /* in front of the fields */
    ACRE_TRACE_BLOCK_HEADER_BYTES = 56,
    ACRE_TRACE_TRAILER_BYTES = 32,      /* the payload of the trailer */
    ACRE_TRACE_BLOCK_BYTES = 64 * 1024, /* of a block that the writer writes, with its header */
    ACRE_TRACE_EVENTS_A_STAMP = 16,
};

/* Whatever a file says, a reader believes it up to here. */
enum {
    ACRE_TRACE_MOST_FIELD_BYTES = 64 * 1024, /* all fields of the header */
    ACRE_TRACE_MOST_PAYLOAD_BYTES = 1024 * 1024,
    ACRE_TRACE_MOST_SOURCES = 256,
    ACRE_TRACE_MOST_PURPOSES = 64,
    ACRE_TRACE_MOST_TEXT_BYTES = 256, /* of one event */
    ACRE_TRACE_MOST_VARINT_BYTES = 10,
};

/* The sum of all sizes that were asked for. */
#define ACRE_TRACE_MOST_REQUESTED_BYTES ((uint64_t)INT64_MAX)

enum acre_trace_block_kind {
    ACRE_TRACE_BLOCK_EVENTS = 1,
    ACRE_TRACE_BLOCK_TRAILER = 2, /* the last one */
};

/* How a recording ended, in the trailer. */
enum acre_trace_end {
    ACRE_TRACE_END_FINISHED = 1,
    ACRE_TRACE_END_LIMIT = 2, /* the most bytes that the file may have were reached */
    ACRE_TRACE_END_ERROR = 3, /* it could not be written */
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
    ACRE_TRACE_TIME = 9,    /* no event of its own: when the next ones happened */
    ACRE_TRACE_THREAD = 10, /* nor this: who made them */
    ACRE_TRACE_OTHER =
        15, /* of a type and a length, so that readers may skip what they do not know */
    ACRE_TRACE_KINDS = 16
};

/* In the high four bits of events that are about a block. */
enum acre_trace_flag {
    ACRE_TRACE_DEFINES = 0x10,    /* the shape is told, and is known by its slot from here on */
    ACRE_TRACE_SIXTEENTHS = 0x20, /* the object's name differs by a multiple of 16 */
    ACRE_TRACE_USABLE = 0x40,     /* the usable bytes are told */
    ACRE_TRACE_STACK = 0x80,      /* a call stack is told */
};

/* Of ACRE_TRACE_OTHER. */
enum acre_trace_type {
    ACRE_TRACE_TYPE_SOURCE = 1, /* the name of a source */
    ACRE_TRACE_TYPE_MARK = 2,   /* a word of the program's own */
    /* Kept free: 3 stack, 4 module, 5 process, 6 what a recorder cannot see. */
};

/* A block's header, and a trailer, as numbers. */
struct acre_trace_block {
    uint32_t kind, events, payload_bytes;
    uint64_t sequence, time_ns;
    uint32_t thread;
    uint64_t payload_check;
};

struct acre_trace_trailer {
    uint32_t end;   /* enum acre_trace_end */
    uint32_t error; /* errno, or 0 */
    uint64_t blocks, events, dropped;
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
