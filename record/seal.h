/*
 * Sealing: from the raw recordings of a directory, one a process, to one trace with a stream for
 * each, in the order in which they began. What is done here costs the recorded program nothing.
 */
#ifndef ACRE_RECORD_SEAL_H
#define ACRE_RECORD_SEAL_H

#include "record/seal_process.h"

struct acre_seal_request {
    const char *directory; /* of the raw recordings */
    const char *path;      /* of the trace; made anew, and there as a whole or not at all */
    const char *producer;  /* "acre 0.1.0" */
    int packing_level;     /* of zstd; 0: none */
    double ns_a_tick;      /* 0: from the recordings themselves */
    uint32_t process;      /* the first process, whose end is known; 0: none is */
    int signal;            /* that ended it, 0: it was not ended by one */

    /* If not NULL, called now and then: so much of the raw recordings is in the trace. */
    void (*progress)(void *to, uint64_t bytes, uint64_t all_bytes);
    void *to;
};

struct acre_seal_result {
    size_t processes;
    size_t running;  /* that were not at their end */
    uint64_t events; /* calls */
    uint64_t dropped, unknown, replaced;
    uint64_t bytes; /* of the trace */
    uint64_t overhead_ns;
    char refusal[512];   /* why a process records nothing; "": none said so */
    char hidden_by[512]; /* a module with a malloc in front of the recorder's, or "" */
};

enum acre_seal_status {
    ACRE_SEAL_DONE,
    ACRE_SEAL_NOTHING, /* there is no recording in the directory */
    ACRE_SEAL_IO,      /* something cannot be read or written; raw recordings are as they were */
    ACRE_SEAL_MEMORY,
};

/* Anything but DONE has a sentence in `error`, and no trace was made. `memory` is borrowed. */
enum acre_seal_status acre_seal(const struct acre_seal_request *request, struct acre_alloc *memory,
                                struct acre_seal_result *result, char *error, size_t error_bytes);

/* Removes the raw recordings of a directory, and it. What is anything else stays, and then it too.
 * False: errno. */
bool acre_seal_remove(const char *directory);

#endif
