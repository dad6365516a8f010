/*
 * Which file of code an address lies in: the modules of a process as they come and go, each told to
 * the trace when the first frame lies in it.
 */
#ifndef ACRE_IMPORT_MODULES_H
#define ACRE_IMPORT_MODULES_H

#include "trace/writer.h"

struct acre_import_module {
    uint64_t bias;
    uint64_t first, end; /* addresses of the process */
    size_t path_bytes;
    char *path;
    uint32_t number; /* in the trace; 0: it was not told yet */
    bool is_loaded;
};

struct acre_import_modules {
    struct acre_alloc *memory;          /* borrowed */
    struct acre_import_module *modules; /* each that there ever was, once */
    size_t count, capacity;
    uint32_t *loaded; /* their places, by address */
    size_t loaded_count, loaded_capacity;
    bool is_sorted;
};

void acre_import_modules_init(struct acre_import_modules *modules, struct acre_alloc *memory);
void acre_import_modules_fini(struct acre_import_modules *modules);

/* None is loaded. */
void acre_import_modules_clear(struct acre_import_modules *modules);

/* One is; path (copied), bias and addresses of `module` count. False for want of memory, or when
 * there are more than a trace can have; then nothing has changed. */
bool acre_import_modules_add(struct acre_import_modules *modules,
                             const struct acre_import_module *module);

/* The frame of an address, but for its parent; a module that was not told yet is, before it. */
struct acre_trace_frame acre_import_modules_frame(struct acre_import_modules *modules,
                                                  struct acre_trace_writer *writer,
                                                  uint64_t address);

#endif
