/*
 * What the blocks of a trace are for: acre's own purposes by their numbers, and behind them what
 * the file has names for that acre does not know. A file numbers its purposes as it names them, in
 * its header and by events (ACRE_TRACE_TYPE_PURPOSE).
 */
#ifndef ACRE_TRACE_PURPOSES_H
#define ACRE_TRACE_PURPOSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/alloc.h"
#include "trace/format.h"

enum {
    ACRE_TRACE_PURPOSE_BYTES = 64, /* of a name, with its end; what is longer is cut */
};

struct acre_trace_purposes {
    char names[ACRE_TRACE_MOST_PURPOSES][ACRE_TRACE_PURPOSE_BYTES];
    uint32_t count;                          /* of names */
    uint32_t told[ACRE_TRACE_MOST_PURPOSES]; /* from the file's numbers to these */
    uint32_t told_count;
};

/* Acre's own, of which the file has told none. */
void acre_trace_purposes_init(struct acre_trace_purposes *purposes);

/* The next one of the file; two of one name are one. False: it has as many as it may have. */
bool acre_trace_purposes_tell(struct acre_trace_purposes *purposes, const char *name, size_t bytes);

/* The number of a name, which is added if it is new. What has no room any more is other. */
uint32_t acre_trace_purposes_find(struct acre_trace_purposes *purposes, const char *name,
                                  size_t bytes);

#endif
