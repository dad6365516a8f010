/* A process while it is sealed: what is known of it between one event of its recording and the
 * next. For seal_process.c and the parts of it. */
#ifndef ACRE_RECORD_SEALING_H
#define ACRE_RECORD_SEALING_H

#include "record/callers.h"
#include "record/merge.h"
#include "record/seal_process.h"
#include "trace/objects.h"

enum { ACRE_SCOPE_NAME_BYTES = 64 };

/* What a death tells again, by the object's id. */
struct acre_sealed_birth {
    uint64_t usable_bytes;
    uint32_t call;
};

/* A realloc that has begun: its block has no address until it ends. */
struct acre_begun_resize {
    bool has_begun, is_unknown;
    uint32_t id;
    uint64_t address;
    uint32_t stack;
};

struct acre_sealing {
    struct acre_seal_process *process;
    struct acre_alloc *memory;
    struct acre_trace_writer *writer;
    struct acre_raw_merge merge;
    uint64_t told_blocks; /* of it, in the progress */
    struct acre_callers callers;
    struct acre_trace_objects objects;
    struct acre_sealed_birth *births;
    size_t birth_capacity;
    struct acre_begun_resize *resizes; /* one a state */
    uint32_t *purposes;                /* one a state */
    uint64_t *ours;                    /* blocks of the recorder, whose ends are no calls */
    size_t our_count, our_capacity;
    /* Names that were told; 0 is known to all. */
    char scopes[ACRE_TRACE_MOST_SCOPE_NAMES][ACRE_SCOPE_NAME_BYTES];
    uint32_t scope_count;
};

/* Writes an event at the time and of the thread of that item. */
void acre_sealing_put(struct acre_sealing *sealing, const struct acre_raw_item *item,
                      const struct acre_trace_event *event);

/* seal_calls.c: what happens to blocks. Each is false for want of memory. */

/* Any item but a note. */
bool acre_sealing_take_call(struct acre_sealing *sealing, const struct acre_raw_item *item);

/* From here on an object lives at that address; writes its birth, `event`, whose object is filled
 * in. */
bool acre_sealing_bear(struct acre_sealing *sealing, const struct acre_raw_item *item,
                       uint64_t address, struct acre_trace_event *event);

/* A block of the recorder itself: that it is freed is no call. */
bool acre_sealing_keep_ours(struct acre_sealing *sealing, uint64_t address);

/* seal_notes.c: stacks, marks, forks. */

/* What a parent had names for, its child's blocks may be for: this is to come first. */
void acre_sealing_tell_purposes(struct acre_sealing *sealing, const struct acre_raw_item *begin);

/* False for want of memory. */
bool acre_sealing_take_note(struct acre_sealing *sealing, const struct acre_raw_item *item);

#endif
