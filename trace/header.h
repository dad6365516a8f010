/* The header of a stream as the writer puts it: what is said of a recording as a whole. */
#ifndef ACRE_TRACE_HEADER_H
#define ACRE_TRACE_HEADER_H

#include "alloc/identity.h"
#include "trace/format.h"

struct acre_trace_field {
    const char *key; /* has no '=' */
    const char *value;
};

/* What the header says of a recording. Strings may be NULL or empty: not told. */
struct acre_trace_about {
    const char *producer; /* "acre 0.1.0" */
    const char *command;  /* the command line */
    const char *workload; /* "square-chain" */
    const char *strategy; /* "arena/region" */
    const struct acre_identity *allocator;

    /* Further ones. One with the key of a field that the writer has by itself
     * (docs/trace-format.md: objects, stacks, pid, started, clock, events_a_stamp) stands in its
     * place: so a trace of another process says when that was started, and that its objects have
     * ids. */
    const struct acre_trace_field *fields;
    size_t field_count;
};

/*
 * Puts it to `at`, where there is `room` for the bytes of a header and some fields; returns how
 * many it has. A field for which there is no room any more is left out; the command, the longest,
 * is put last.
 */
size_t acre_trace_put_header(const struct acre_trace_about *about, unsigned char *at, size_t room);

#endif
