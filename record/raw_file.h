/*
 * A raw recording as a file, read without trust: it may be cut off, damaged, or still be written
 * to. Nothing of it is believed but what is within the file.
 */
#ifndef ACRE_RECORD_RAW_FILE_H
#define ACRE_RECORD_RAW_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "alloc/alloc.h"
#include "record/raw.h"

/* A block that some thread took. */
struct acre_raw_place {
    uint64_t state, index;
    uint64_t ticks;
};

struct acre_raw_file {
    char name[sizeof((struct acre_raw_head *)0)->fork_file]; /* in its directory */
    struct acre_raw_head *head;                              /* a copy; its strings end */
    struct acre_raw_place *places; /* those of a state behind one another, in time */
    size_t place_count;
    uint64_t damaged_blocks;
    uint64_t overhead_ticks;
    uint64_t last_ticks; /* of the last block's begin */
    uint64_t last_ns;

    struct acre_alloc *memory; /* its own */
    size_t place_capacity;
    int file;
};

enum acre_raw_opened { ACRE_RAW_OPENED, ACRE_RAW_FOREIGN, ACRE_RAW_UNREADABLE, ACRE_RAW_NO_MEMORY };

/* Opens a file of the directory and looks at the heads of its blocks. Anything but OPENED: nothing
 * is owned; UNREADABLE: errno tells why. */
enum acre_raw_opened acre_raw_open(struct acre_raw_file *raw, struct acre_alloc *memory,
                                   int directory, const char *name);
void acre_raw_close(struct acre_raw_file *raw);

/* The words of a block, ACRE_RAW_BLOCK_WORDS of them; what the file does not have is 0. */
void acre_raw_read_block(const struct acre_raw_file *raw, const struct acre_raw_place *place,
                         uint64_t *words, uint32_t *thread);

#endif
