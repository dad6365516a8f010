/*
 * The live objects of a trace, from names, as a file has them, to dense ids. Where names are
 * addresses, ids are given out here: the one that was freed last first, so there are never more of
 * them than objects were live at one time. In a sealed trace names are the ids. Memory grows with
 * these, not with events.
 */
#ifndef ACRE_TRACE_OBJECTS_H
#define ACRE_TRACE_OBJECTS_H

#include "trace/format.h"

#define ACRE_TRACE_NO_OBJECT UINT32_MAX

struct acre_trace_object {
    uint64_t name;
    struct acre_layout layout; /* align 0: not live */
    uint32_t source;
    uint32_t before, after; /* neighbours in the list of the source, or of what is free; or none */
};

struct acre_trace_objects {
    struct acre_alloc *memory;       /* borrowed */
    bool has_ids;                    /* names are ids: no rows, nothing is free; may be set */
    uint64_t seed;                   /* of rows; does not show */
    struct acre_trace_object *slots; /* by id */
    uint32_t slot_count;
    size_t slot_capacity;
    uint32_t live;
    uint32_t free;                            /* the id that was freed last */
    uint32_t newest[ACRE_TRACE_MOST_SOURCES]; /* of each source */
    uint32_t *rows;                           /* ids by name: open addressing, half full at most */
    size_t row_capacity;                      /* a power of two, or 0 */
};

void acre_trace_objects_init(struct acre_trace_objects *objects, struct acre_alloc *memory);
void acre_trace_objects_fini(struct acre_trace_objects *objects);

/* The live object of a name, or ACRE_TRACE_NO_OBJECT. */
uint32_t acre_trace_objects_find(const struct acre_trace_objects *objects, uint64_t name);

/* A birth; no object of that name is live, and an id is at most slot_count. Its id, or
 * ACRE_TRACE_NO_OBJECT for want of memory; then nothing has changed. */
uint32_t acre_trace_objects_add(struct acre_trace_objects *objects, uint64_t name,
                                struct acre_layout layout, uint32_t source);

/* A death; `id` is a live one. */
void acre_trace_objects_remove(struct acre_trace_objects *objects, uint32_t id);

/* The live object has another name, which no other has; with ids, its own. */
void acre_trace_objects_rename(struct acre_trace_objects *objects, uint32_t id, uint64_t name);

/* The death of all objects of a source, in time of their number. */
void acre_trace_objects_reset(struct acre_trace_objects *objects, uint32_t source);

#endif
