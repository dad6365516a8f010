/*
 * The bytes of a file that may be packed, with gzip or with zstd, as they come: any bytes are
 * legal. Memory is two buffers of fixed size and what the unpacker needs, 128 MiB at most, however
 * much comes out.
 */
#ifndef ACRE_IMPORT_UNPACK_H
#define ACRE_IMPORT_UNPACK_H

#include <zlib.h>

#include "alloc/alloc.h"

enum acre_unpack_state {
    ACRE_UNPACK_READING,
    ACRE_UNPACK_END,        /* of all there is */
    ACRE_UNPACK_CUT,        /* the end of the file, and not of what was packed */
    ACRE_UNPACK_DAMAGED,    /* what follows cannot be unpacked */
    ACRE_UNPACK_UNREADABLE, /* errno says why */
    ACRE_UNPACK_NO_MEMORY,
};

struct acre_unpack {
    enum acre_unpack_state state;  /* READING as long as bytes may come */
    int error;                     /* errno of UNREADABLE */
    const unsigned char *at, *end; /* bytes that are ready */

    /* Its own. */
    struct acre_alloc *memory;
    int file;
    unsigned char *packed, *bytes; /* buffers */
    size_t packed_at, packed_count;
    bool is_at_end;   /* of the file */
    bool is_in_frame; /* of what is packed */
    enum acre_unpack_how { ACRE_UNPACK_PLAIN, ACRE_UNPACK_GZIP, ACRE_UNPACK_ZSTD } how;
    z_stream zlib;
    void *zstd;
};

/* `memory` is borrowed, `path` only during the call. The state may be another than READING. The
 * struct stays where it is until acre_unpack_close, which ends it in any case. */
void acre_unpack_open(struct acre_unpack *unpack, struct acre_alloc *memory, const char *path);
void acre_unpack_close(struct acre_unpack *unpack);

/* Whether there are bytes again, when those that were ready are read. */
bool acre_unpack_more(struct acre_unpack *unpack);

#endif
