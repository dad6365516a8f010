/*
 * The writer of a trace, for what happens in this process (the sink of record decorators) and for
 * what was recorded elsewhere (events with a time and a thread of their own). Events are encoded
 * into one block of 64 KiB, which goes to the file when it is full: no allocation and no lock on
 * the way. A process that is killed loses that block and nothing else.
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

#include "trace/codec.h"
#include "trace/header.h"
#include "trace/pack.h"

struct acre_trace_options {
    uint64_t limit_bytes; /* the most that the file may have, with what stands in it */
    bool appends;         /* behind the streams of a file that is there; not emptied then */
    int packing_level;    /* of zstd, 1 to 19; 0: blocks are not packed */
    uint64_t begin_ns;    /* when what is recorded began; 0: now */
};

/* How the recording ended, by who knows. */
struct acre_trace_ending {
    enum acre_trace_end end;
    uint32_t error;       /* of the trailer: errno or a signal */
    uint64_t dropped;     /* events that the writer was not told of */
    uint64_t overhead_ns; /* 0: not told */
    uint64_t time_ns;     /* when; below that of the last event: then */
};

/* Stays where it is once it is open. */
struct acre_trace_writer {
    struct acre_sink sink; /* give its address to acre_record_new; wants_usable may be set */

    uint64_t counts[ACRE_TRACE_KINDS]; /* of events that were told, by kind */
    uint64_t file_bytes;               /* that are whole blocks, with what stood there before */
    uint64_t dropped;                  /* events */

    /* The writer's own. */
    struct acre_alloc *memory;
    const char *path;
    int file;
    pid_t process;
    uint64_t limit_bytes;
    enum acre_trace_end end;  /* 0: it goes on */
    int error;                /* errno of the write that failed */
    bool is_torn;             /* a part of a block stands at the end of the file */
    uint64_t blocks, events;  /* written */
    uint32_t frames, modules; /* told */
    unsigned char *block;
    unsigned char *packed; /* NULL: blocks are not packed */
    struct acre_trace_packer packer;
    unsigned char *cursor,
        *full;            /* in the block; an event is put at or before `full`; NULL: none */
    unsigned until_stamp; /* events */
    uint64_t begin_ns;    /* of the block */
    uint32_t begin_thread;
    struct acre_trace_codec codec;
};

/*
 * Makes the file, or empties it, or goes to its end, and writes the header of a stream. A file that
 * is appended to must end with a whole trace, and nobody else may write to it. Header fields for
 * which there is no room any more (64 KiB in all) are left out. `memory` (borrowed, as `path` is)
 * gives the block and must not be what is recorded.
 * False with a sentence in `error`; then nothing is owned. A file that was made stays; one that was
 * to be appended to is as it was.
 */
bool acre_trace_writer_open(struct acre_trace_writer *writer, struct acre_alloc *memory,
                            const char *path, const struct acre_trace_options *options,
                            const struct acre_trace_about *about, char *error, size_t error_bytes);

/* The name of a source, "iteration (even)", told once. */
void acre_trace_source(struct acre_trace_writer *writer, uint32_t source, const char *name);

/* The beginning and the end of a scope of name 0 (iteration). */
void acre_trace_scope_begin(struct acre_trace_writer *writer, uint64_t scope);
void acre_trace_scope_end(struct acre_trace_writer *writer);

/* Any event of this thread, now; for recorders that are no sink. A time is written every so many
 * events. Strings are copied. */
void acre_trace_put(struct acre_trace_writer *writer, const struct acre_trace_event *event);

/* Any event, with the time and the thread it has had. Times do not go back: one that is below the
 * last one's counts as that. */
void acre_trace_put_at(struct acre_trace_writer *writer, const struct acre_trace_event *event,
                       uint64_t time_ns, uint32_t thread);

/*
 * A module and a node of the tree of call stacks, with time and thread of the event before. Their
 * numbers, for frames and events: 1, 2, ...; 0 when the recording is over, or there are as many as
 * a trace can have. Parent and module of a frame are 0 or have been told; what is too long of a
 * path or a build id is cut off.
 */
uint32_t acre_trace_put_module(struct acre_trace_writer *writer,
                               const struct acre_trace_module *module);
uint32_t acre_trace_put_frame(struct acre_trace_writer *writer,
                              const struct acre_trace_frame *frame);

/*
 * Writes what is left and the trailer, syncs, closes. `ending` NULL: the recording ended now, and
 * all of it was told. False with a sentence in `error` when what was told is not all there: which
 * cause, how many events were dropped; the trailer says that instead of `ending` then.
 */
bool acre_trace_writer_close(struct acre_trace_writer *writer,
                             const struct acre_trace_ending *ending, char *error,
                             size_t error_bytes);

#endif
