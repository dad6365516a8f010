/* A process of a trace: chosen, and read to its end, with names. */
#ifndef ACRE_CLI_PROFILED_H
#define ACRE_CLI_PROFILED_H

#include "profile/leaks.h"
#include "report/exit_status.h"
#include "trace/bundle.h"

enum acre_profiled_choice {
    ACRE_CHOICE_MADE,
    ACRE_CHOICE_NO_PROCESS, /* none of those in the file is meant */
    ACRE_CHOICE_NO_FILE,    /* a process is meant of what can be read only once */
    ACRE_CHOICE_NO_MEMORY,
};

struct acre_profiled_processes {
    struct acre_trace_bundle bundle; /* empty where it is no file, or nothing in it can be listed */
    const struct acre_trace_stream *chosen; /* NULL: none is listed; what is there begins at 0 */
    uint64_t offset, events;                /* of the chosen one; events 0: not known */
};

/*
 * Lists the processes of a file and chooses one: `process` is a pid, or a place from 1, or 0 for
 * the one with most events. What cannot be listed is chosen all the same, to be read from its
 * begin, which tells why. `memory` is borrowed; `processes` is ended with
 * acre_profiled_processes_fini, whatever was chosen.
 */
enum acre_profiled_choice acre_profiled_choose(struct acre_profiled_processes *processes,
                                               struct acre_alloc *memory, const char *path,
                                               uint64_t process);

/* "COMMAND: FILE has no process 3: it has 2 processes", or of NO_FILE that it is none. Returns
 * ACRE_EXIT_INPUT. */
enum acre_exit acre_profiled_refuse(const char *command, enum acre_profiled_choice choice,
                                    const struct acre_profiled_processes *processes,
                                    const char *path, uint64_t process);

void acre_profiled_processes_fini(struct acre_profiled_processes *processes);

/* What is asked for. Strings are borrowed. */
struct acre_profiled_request {
    const char *path;
    uint64_t offset;          /* of the process's stream */
    const char *const *roots; /* directories of files of code; as of acre_symbols_new */
    size_t root_count;
    uint64_t events; /* that there will be, for the progress; 0: not known */
};

struct acre_profiled {
    struct acre_trace_reader reader; /* read to its end */
    struct acre_profile profile;
    struct acre_names *names;
    struct acre_leaks leaks;
};

/* The exit status that a state of a trace stands for: OK, NO for incomplete, ... */
enum acre_exit acre_profiled_status(enum acre_trace_state state);

/*
 * Reads it; where that takes long and standard error is a terminal, a line there says how far it
 * is, and is taken back. `memory` is borrowed. OK also where the trace is incomplete or damaged, as
 * long as there is something to show: profile.state says so. Another status: `sentence` says why,
 * and nothing is owned.
 */
enum acre_exit acre_profiled_read(struct acre_profiled *profiled, struct acre_alloc *memory,
                                  const struct acre_profiled_request *request, char *sentence,
                                  size_t sentence_bytes);

void acre_profiled_fini(struct acre_profiled *profiled);

#endif
