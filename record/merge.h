/*
 * The items of a raw recording, of all its threads, in the order of time. Each state's own are in
 * that order; between states the stamps decide (k-way merge with a heap: Knuth, The Art of Computer
 * Programming 3, 5.4.1). At one time what gives memory back comes before what takes it.
 */
#ifndef ACRE_RECORD_MERGE_H
#define ACRE_RECORD_MERGE_H

#include "record/raw_file.h"

struct acre_raw_item {
    uint32_t kind;   /* enum acre_raw_kind; 0: none */
    uint32_t state;  /* an index, below merge->count */
    uint32_t thread; /* the kernel's number */
    uint64_t ticks;

    /* A call's. */
    uint64_t address, bytes, usable_bytes;
    uint64_t align; /* 0: not told */
    uint32_t call;  /* enum acre_trace_call, ACRE_RAW_NEW; 0: it is the kind */
    uint32_t stack; /* a number of the state's; 0: none */

    /* A note's; until the next item. */
    uint32_t note; /* enum acre_raw_note */
    const uint64_t *words;
    size_t word_count;
};

struct acre_raw_cursor {
    size_t place, behind; /* of the file's places */
    uint64_t *words;      /* of a block; NULL: none is read */
    size_t at;
    uint32_t thread;
    uint64_t ticks; /* of its last item; none that follows is before */
    struct acre_raw_item item;
};

struct acre_raw_merge {
    const struct acre_raw_file *raw;
    struct acre_raw_cursor *cursors; /* one a state */
    uint32_t *heap;                  /* of cursors that are not at their end */
    uint32_t count, left;
    bool is_used; /* the item at the top was handed out */
    bool has_no_memory;
    uint64_t blocks;  /* that were read */
    uint64_t damaged; /* blocks in which something stood that is no item: the rest of it is lost */
    struct acre_alloc *memory;
};

/* `raw` and `memory` are borrowed. False for want of memory: nothing is owned. */
bool acre_raw_merge_begin(struct acre_raw_merge *merge, struct acre_alloc *memory,
                          const struct acre_raw_file *raw);

/* The next item, until the one after it is asked for. NULL: there is none, or has_no_memory. */
const struct acre_raw_item *acre_raw_merge_next(struct acre_raw_merge *merge);

/* Ends it at any time. */
void acre_raw_merge_end(struct acre_raw_merge *merge);

#endif
