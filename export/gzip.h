/* A stream of bytes, packed as gzip does it: no name and no time, so that equal bytes are packed to
 * equal ones. */
#ifndef ACRE_EXPORT_GZIP_H
#define ACRE_EXPORT_GZIP_H

#include <stdio.h>
#include <zlib.h>

#include "alloc/alloc.h"

struct acre_gzip {
    z_stream zlib;
    FILE *stream; /* borrowed; its errors are found there */
};

/* zlib's memory is of `memory`, borrowed. False for want of it: nothing is owned. The struct stays
 * where it is until its end. */
bool acre_gzip_begin(struct acre_gzip *gzip, struct acre_alloc *memory, FILE *stream);

void acre_gzip_put(struct acre_gzip *gzip, const void *bytes, size_t count);

/* Writes what is left, and releases. */
void acre_gzip_end(struct acre_gzip *gzip);

#endif
