/*
 * The writer of a trace: the sink of record decorators. Events are encoded into one block of 64
 * KiB, which goes to the file when it is full: no allocation and no lock on the way. A process that
 * is killed loses that block and nothing else.
 *
 * The first write that fails ends the recording, and so does reaching the most bytes that the file
 * may have: the program goes on, later events are counted as dropped, and what was written stays
 * readable.
 *
 * One thread at a time, as for what it observes; events tell the thread that made them. In a child
 * of fork nothing is written.
 */
#ifndef ACRE_TRACE_WRITER_H
#define ACRE_TRACE_WRITER_H

#include <sys/types.h>

#include "alloc/identity.h"
#include "trace/codec.h"

/* What the header says of a recording. Strings may be NULL: not told. */
struct acre_trace_about {
    const char *producer; /* "acre 0.1.0" */
    const char *command;  /* the command line */
    const char *workload; /* "square-chain" */
    const char *strategy; /* "arena/region" */
    const struct acre_identity *allocator;
};

/* Stays where it is once it is open. */
struct acre_trace_writer {
    struct acre_sink sink; /* give its address to acre_record_new; wants_usable may be set */

    uint64_t counts[ACRE_TRACE_KINDS]; /* of events that were told, by kind */
    uint64_t file_bytes;               /* that are whole blocks */
    uint64_t dropped;                  /* events */

    /* The writer's own. */
    struct acre_alloc *memory;
    const char *path;
    int file;
    pid_t process;
    uint64_t limit_bytes;
    enum acre_trace_end end; /* 0: it goes on */
    int error;               /* errno of the write that failed */
    bool is_torn;            /* a part of a block stands at the end of the file */
    uint64_t blocks, events; /* written */
    unsigned char *block;
    unsigned char *cursor,
        *full;            /* in the block; an event is put at or before `full`; NULL: none */
    unsigned until_stamp; /* events */
    uint64_t begin_ns;    /* of the block */
    uint32_t begin_thread;
    struct acre_trace_codec codec;
};

/*
 * Makes the file, or empties it, and writes its header. `memory` (borrowed, as `path` is) gives the
 * block and must not be what is recorded. `limit_bytes` is the most that the file may have.
 * False with a sentence in `error`; then nothing is owned. A file that was made stays.
 */
bool acre_trace_writer_open(struct acre_trace_writer *writer, struct acre_alloc *memory,
                            const char *path, uint64_t limit_bytes,
                            const struct acre_trace_about *about, char *error, size_t error_bytes);

/* The name of a source, "iteration (even)", told once. */
void acre_trace_source(struct acre_trace_writer *writer, uint32_t source, const char *name);

/* The beginning and the end of a scope (iteration). */
void acre_trace_scope_begin(struct acre_trace_writer *writer, uint64_t scope);
void acre_trace_scope_end(struct acre_trace_writer *writer);

/* Any event, for recorders that are no sink. */
void acre_trace_put(struct acre_trace_writer *writer, const struct acre_trace_event *event);

/*
 * Writes what is left and the trailer, syncs, closes. False with a sentence in `error` when the
 * trace is not all there: which cause, how many events were dropped.
 */
bool acre_trace_writer_close(struct acre_trace_writer *writer, char *error, size_t error_bytes);

#endif
