/*
 * What a process frees that it was not seen to allocate: after fork that is what it had from its
 * parent. Asked before the parent is sealed, so that the parent, where it forks, can say what these
 * were.
 */
#ifndef ACRE_RECORD_STRAYS_H
#define ACRE_RECORD_STRAYS_H

#include "record/raw_file.h"

struct acre_inherited {
    uint64_t address;
    struct acre_layout layout; /* align 0: nobody has said what it was */
    uint64_t usable_bytes;
    uint32_t call;
};

struct acre_strays {
    struct acre_alloc *memory;
    struct acre_inherited *blocks; /* by address, each once */
    size_t count, capacity;
};

void acre_strays_init(struct acre_strays *strays, struct acre_alloc *memory);
void acre_strays_fini(struct acre_strays *strays);

/* Adds those of a recording. False for want of memory. */
bool acre_strays_find(struct acre_strays *strays, const struct acre_raw_file *raw);

/* Adds those of a child of the process: it may have them from further up. False for want of memory.
 */
bool acre_strays_add(struct acre_strays *strays, const struct acre_strays *child);

#endif
