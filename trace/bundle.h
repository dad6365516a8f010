/*
 * The streams of a file: a recording of several processes is one file with a stream for each, one
 * behind the other. Listed from headers and trailers; payloads are passed over, unread where the
 * file can seek.
 */
#ifndef ACRE_TRACE_BUNDLE_H
#define ACRE_TRACE_BUNDLE_H

#include "trace/input.h"

struct acre_trace_stream {
    uint64_t offset;   /* for acre_trace_reader_open */
    uint64_t bytes;    /* up to the end of its last whole block */
    uint64_t pid;      /* 0: not told */
    char program[256]; /* the header's executable, command or workload, cut; as it was found */
    uint64_t events, dropped;
    enum acre_trace_end end; /* 0: it has no trailer */
    uint32_t error;          /* of the trailer */
};

struct acre_trace_bundle {
    /* COMPLETE: a trailer is the end of the file. Else the list ends with `sentence`, whose stream
     * is in it where its header could be read. */
    enum acre_trace_state state;
    char sentence[512];
    struct acre_trace_stream *streams;
    size_t count;

    struct acre_alloc *memory; /* the bundle's own */
    size_t capacity;
};

/*
 * Lists a file. `memory` is borrowed, `path` only during the call. Whatever the state, what was
 * found before is there; ended with acre_trace_bundle_fini.
 */
enum acre_trace_state acre_trace_bundle_list(struct acre_trace_bundle *bundle,
                                             struct acre_alloc *memory, const char *path);

void acre_trace_bundle_fini(struct acre_trace_bundle *bundle);

/* The stream of a pid, of several the one with most events; else the stream at that place, from 1.
 * NULL: there is none. */
const struct acre_trace_stream *acre_trace_bundle_find(const struct acre_trace_bundle *bundle,
                                                       uint64_t pid_or_place);

/* The one with most events, the first of several; NULL where there is none. */
const struct acre_trace_stream *acre_trace_bundle_largest(const struct acre_trace_bundle *bundle);

#endif
