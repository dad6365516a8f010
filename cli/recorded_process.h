/* One process of a recording, as commands show it: what it allocated, and what its call stacks are
 * called. */
#ifndef ACRE_CLI_RECORDED_PROCESS_H
#define ACRE_CLI_RECORDED_PROCESS_H

#include "profile/names.h"
#include "report/exit_status.h"
#include "trace/reader.h"

enum { ACRE_MOST_SYMBOL_DIRECTORIES = 16 };

/* What a command line says of it. */
struct acre_process_choice {
    const char *path;
    uint64_t process; /* a pid, or a place from 1; 0: the one with most events */
    const char *roots[ACRE_MOST_SYMBOL_DIRECTORIES]; /* --symbols */
    size_t root_count;
};

struct acre_recorded_process {
    struct acre_trace_reader reader; /* at its end; its header's fields are still there */
    struct acre_profile profile;
    struct acre_names *names;
};

/*
 * Reads it; what of a trace that is cut or damaged is there counts, and profile.state tells.
 * Another status than OK has been complained of under the command's `name`; then nothing is owned.
 * `choice` and `memory` are borrowed until acre_recorded_process_fini.
 */
enum acre_exit acre_recorded_process_read(struct acre_recorded_process *recorded,
                                          const struct acre_process_choice *choice,
                                          struct acre_alloc *memory, const char *name);

void acre_recorded_process_fini(struct acre_recorded_process *recorded);

/* How a command leaves that has shown all there was: NO where the end is missing. */
enum acre_exit acre_recorded_process_status(enum acre_trace_state state);

#endif
