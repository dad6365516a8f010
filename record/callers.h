/*
 * From what a raw recording has of call stacks (addresses, and modules as they come and go) to what
 * a trace has: a tree of frames, each told once.
 */
#ifndef ACRE_RECORD_CALLERS_H
#define ACRE_RECORD_CALLERS_H

#include "record/merge.h"
#include "trace/writer.h"

/* A module as it was told, and its number in the trace; 0: no stack has led there yet. */
struct acre_caller_module {
    uint64_t bias, first, bytes;
    uint32_t number;
    uint32_t path_bytes, build_id_bytes;
    char *text; /* build id, path */
};

struct acre_caller_modules {
    struct acre_caller_module *modules;
    size_t count, capacity;
};

/* Stacks of one state: the numbers of their innermost frames, by their own number less one. */
struct acre_caller_stacks {
    uint32_t *nodes;
    size_t count, capacity;
    struct acre_caller_modules coming; /* told, and not yet all */
};

struct acre_callers {
    struct acre_alloc *memory;
    struct acre_trace_writer *writer;
    struct acre_caller_modules modules; /* now */
    struct acre_caller_modules gone;    /* those that have a number, and are no more */
    struct acre_caller_stacks *stacks;  /* one a state */
    uint32_t states;
    uint64_t seed;
    struct acre_caller_row {
        uint64_t offset;
        uint32_t parent, module;
        uint32_t number; /* 0: an empty row */
    } * rows;            /* of the tree: open addressing, two thirds full at most */
    size_t row_count, row_capacity;
};

/* `memory` and `writer` are borrowed. False for want of memory: nothing is owned. */
bool acre_callers_init(struct acre_callers *callers, struct acre_alloc *memory,
                       struct acre_trace_writer *writer, uint32_t states);
void acre_callers_fini(struct acre_callers *callers);

/* Notes ACRE_RAW_STACK, ACRE_RAW_MODULE, ACRE_RAW_MODULES. False for want of memory. */
bool acre_callers_note(struct acre_callers *callers, const struct acre_raw_item *item);

/* The trace's number of a stack; 0: there is none of that number. */
uint32_t acre_callers_stack(const struct acre_callers *callers, uint32_t state, uint32_t stack);

#endif
