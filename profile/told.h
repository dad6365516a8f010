/*
 * What a trace tells besides blocks: names of allocators and of scopes, iterations, what the
 * process did and what the recorder could not see, and how many events there were of each kind.
 */
#ifndef ACRE_PROFILE_TOLD_H
#define ACRE_PROFILE_TOLD_H

#include "trace/codec.h"

enum {
    ACRE_TOLD_SCOPES = 1000, /* iterations that have a row */
    ACRE_TOLD_REMARKS = 16,
    ACRE_TOLD_TEXT_BYTES = 128,
    ACRE_TOLD_NAME_BYTES = 64,
};

/* One iteration: up to the begin of the next. Peak is within it. */
struct acre_told_scope {
    uint64_t scope;
    uint64_t blocks, bytes; /* born; what a block grew by is not among them */
    uint64_t peak_bytes;
    uint64_t live_bytes; /* at its end */
};

struct acre_told_remark {
    uint32_t type; /* ACRE_TRACE_TYPE_PROCESS or _UNSEEN */
    char text[ACRE_TOLD_TEXT_BYTES];
};

struct acre_told {
    uint64_t kinds[ACRE_TRACE_KINDS]; /* events */
    uint64_t calls[ACRE_TRACE_CALLS]; /* births, resizes and refusals by what was called */
    uint64_t odd;                     /* events of types that this acre does not know */
    uint64_t marks;

    char sources[ACRE_TRACE_MOST_SOURCES][ACRE_TOLD_NAME_BYTES]; /* "": no name was told */
    char scope_names[ACRE_TRACE_MOST_SCOPE_NAMES][ACRE_TOLD_NAME_BYTES];
    uint64_t scopes_begun[ACRE_TRACE_MOST_SCOPE_NAMES]; /* by name; 0: iterations */
    struct acre_told_scope *scopes;                     /* the first iterations */
    size_t scope_count;
    uint64_t peak_scope; /* where most was live in the process, if that was in an iteration */
    bool peak_is_in_scope;

    struct acre_told_remark remarks[ACRE_TOLD_REMARKS]; /* the first ones */
    uint64_t remark_count;                              /* of all */

    struct acre_alloc *memory; /* its own */
    size_t scope_capacity;
    uint64_t scope; /* the iteration that lasts, from the first on */
};

/* For acre_profile_read, which keeps it. `memory` is borrowed. */
void acre_told_init(struct acre_told *told, struct acre_alloc *memory);
void acre_told_fini(struct acre_told *told);

/* Any event, with what is live after it. False for want of memory. */
bool acre_told_note(struct acre_told *told, const struct acre_trace_event *event,
                    uint64_t live_bytes);

/* That event has left as much live as there ever was. */
static inline void acre_told_peak(struct acre_told *told, const struct acre_trace_event *event)
{
    told->peak_scope = event->scope;
    told->peak_is_in_scope = event->is_in_scope;
}

#endif
