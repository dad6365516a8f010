/* The recording of this process: its file, and what it has told of itself. */
#ifndef ACRE_RECORDER_PROCESS_H
#define ACRE_RECORDER_PROCESS_H

#include <stdbool.h>

#include "record/raw.h"

/* What the environment says, read once. */
struct acre_settings {
    bool is_on;
    enum acre_raw_stacks stacks;
    uint64_t limit_bytes;
    char directory[ACRE_RAW_MOST_PATH_BYTES];
};

extern struct acre_settings acre_settings;

enum acre_process_state { ACRE_PROCESS_TOO_EARLY, ACRE_PROCESS_RECORDS, ACRE_PROCESS_DEAF };

/* Begins it at the first call, and again in a child of fork. */
enum acre_process_state acre_process_ready(void);

/* NULL before it is ready, in a child of fork too. */
struct acre_raw_head *acre_process_head(void);

/* The next number of a state. */
uint64_t acre_process_next_state(void);

/* The states of this process, linked by their `next`. */
struct acre_state;
_Atomic(struct acre_state *) *acre_process_states(void);

/* Threads of this process that fork now. */
_Atomic uint32_t *acre_process_forks(void);

/* A block of the file, all there, in the place of the one that was in the window; a window that is
 * NULL is made first. NULL: there is no more, and the reason is in the head; the window is not to
 * be used. */
struct acre_raw_block *acre_process_take_block(void **window);

/* In front of fork, in the thread that calls it: from which recording a child comes. */
void acre_process_before_fork(uint64_t ticks);

#endif
