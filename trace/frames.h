/*
 * Where the calls of a trace came from: the tree of its call stacks, and the modules that its nodes
 * lie in. A call stack is the number of its innermost node:
 *
 *    stack 3 ──> 3: malloc's caller ──parent──> 2: its caller ──parent──> 1: main ──parent──> 0
 *
 * Nodes and modules are numbered 1, 2, 3, ... as they are told; 0 is none. Both only grow.
 */
#ifndef ACRE_TRACE_FRAMES_H
#define ACRE_TRACE_FRAMES_H

#include "trace/format.h"

struct acre_trace_frame {
    uint32_t parent; /* a node with a lower number; 0: this one is the outermost */
    uint32_t module; /* 0: none, the offset is an address of the process */
    uint64_t offset; /* the return address less one, as a link-time address of the module's file */
};

struct acre_trace_module {
    const char *path; /* in a table with a zero byte behind it, which is no part of it */
    size_t path_bytes;
    const unsigned char *build_id; /* as it is, not as text */
    size_t build_id_bytes;         /* 0: not told */
    uint64_t load_bias;            /* a link-time address and this are an address of the process */
    uint64_t first_address, bytes; /* where it was mapped */
};

/* Element 0 is node 1. */
struct acre_trace_frames {
    struct acre_alloc *memory; /* borrowed */
    struct acre_trace_frame *nodes;
    uint32_t count;
    size_t capacity;
};

struct acre_trace_modules {
    struct acre_alloc *memory; /* borrowed */
    struct acre_trace_module *modules;
    uint32_t count;
    size_t capacity;
};

void acre_trace_frames_init(struct acre_trace_frames *frames, struct acre_alloc *memory);
void acre_trace_frames_fini(struct acre_trace_frames *frames);

/* A node of a stack: `number` is 1 to frames->count. Until the next is added. */
static inline const struct acre_trace_frame *
acre_trace_frame_of(const struct acre_trace_frames *frames, uint32_t number)
{
    return &frames->nodes[number - 1];
}

/* False for want of memory: then nothing has changed. */
bool acre_trace_frames_add(struct acre_trace_frames *frames, const struct acre_trace_frame *frame);

void acre_trace_modules_init(struct acre_trace_modules *modules, struct acre_alloc *memory);
void acre_trace_modules_fini(struct acre_trace_modules *modules);

/* `number` is 1 to modules->count. The struct until the next is added, its strings to the end. */
static inline const struct acre_trace_module *
acre_trace_module_of(const struct acre_trace_modules *modules, uint32_t number)
{
    return &modules->modules[number - 1];
}

/* Path and build id are copied. False for want of memory: then nothing has changed. */
bool acre_trace_modules_add(struct acre_trace_modules *modules,
                            const struct acre_trace_module *module);

#endif
