/* A process of a trace, read to its end, with names: what info and diff show. */
#ifndef ACRE_CLI_PROFILED_H
#define ACRE_CLI_PROFILED_H

#include "profile/leaks.h"
#include "report/exit_status.h"
#include "trace/bundle.h"

/* What is asked for. Strings are borrowed. */
struct acre_profiled_request {
    const char *path;
    uint64_t offset;          /* of the process's stream */
    const char *const *roots; /* directories of files of code; as of acre_symbols_new */
    size_t root_count;
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
 * Reads it. `memory` is borrowed. OK also where the trace is incomplete or damaged, as long as
 * there is something to show: profile.state says so. Another status: `sentence` says why, and
 * nothing is owned.
 */
enum acre_exit acre_profiled_read(struct acre_profiled *profiled, struct acre_alloc *memory,
                                  const struct acre_profiled_request *request, char *sentence,
                                  size_t sentence_bytes);

/* "FILE has no process 3: it has 2 processes". */
void acre_profiled_no_process(const struct acre_trace_bundle *bundle, const char *path,
                              uint64_t process, char *sentence, size_t sentence_bytes);

void acre_profiled_fini(struct acre_profiled *profiled);

#endif
