/*
 * Payloads packed with zstd. Either end takes all that zstd needs from an allocator when it is
 * made, and nothing later: packing and unpacking never fail for want of memory.
 */
#ifndef ACRE_TRACE_PACK_H
#define ACRE_TRACE_PACK_H

#include "alloc/alloc.h"

struct acre_trace_packer {
    struct acre_alloc *memory; /* borrowed */
    void *room;                /* NULL: it packs nothing */
    size_t room_bytes;
    void *context; /* zstd's, in the room */
    int level;
};

/* `level` is zstd's, 1 to 19; 0: nothing is packed. False for want of memory: nothing is owned. */
bool acre_trace_packer_init(struct acre_trace_packer *packer, struct acre_alloc *memory, int level);
void acre_trace_packer_fini(struct acre_trace_packer *packer);

/* The number of bytes in `packed`, fewer than `count`; 0 where packing gains nothing, and then
 * `packed`, where there is room for `count` bytes, has no meaning. */
size_t acre_trace_pack(struct acre_trace_packer *packer, const void *bytes, size_t count,
                       void *packed);

struct acre_trace_unpacker {
    struct acre_alloc *memory; /* borrowed */
    void *room;
    size_t room_bytes;
    void *context;
};

/* False for want of memory: nothing is owned. */
bool acre_trace_unpacker_init(struct acre_trace_unpacker *unpacker, struct acre_alloc *memory);
void acre_trace_unpacker_fini(struct acre_trace_unpacker *unpacker);

/* Whether `packed` is just `count` bytes, which stand in `bytes` then. Any bytes are legal. */
bool acre_trace_unpack(struct acre_trace_unpacker *unpacker, const void *packed,
                       size_t packed_bytes, void *bytes, size_t count);

#endif
