/* Static contexts are what zstd says it can do without malloc, behind this switch. */
#define ZSTD_STATIC_LINKING_ONLY
#include "trace/pack.h"

#include <zstd.h>

static struct acre_layout layout_of_room(size_t bytes)
{
    return (struct acre_layout){bytes, 64, ACRE_PURPOSE_OTHER};
}

bool acre_trace_packer_init(struct acre_trace_packer *packer, struct acre_alloc *memory, int level)
{
    *packer = (struct acre_trace_packer){.memory = memory, .level = level};
    if (level == 0)
        return true;
    packer->room_bytes = ZSTD_estimateCCtxSize(level);
    packer->room = acre_allocate(memory, layout_of_room(packer->room_bytes));
    if (packer->room != NULL)
        packer->context = ZSTD_initStaticCCtx(packer->room, packer->room_bytes);
    return packer->room != NULL;
}

void acre_trace_packer_fini(struct acre_trace_packer *packer)
{
    acre_free(packer->memory, packer->room, layout_of_room(packer->room_bytes));
    packer->room = NULL;
}

size_t acre_trace_pack(struct acre_trace_packer *packer, const void *bytes, size_t count,
                       void *packed)
{
    size_t packed_bytes;

    if (packer->context == NULL || count == 0)
        return 0;
    /* What is not shorter is too long for the room it is given. */
    packed_bytes =
        ZSTD_compressCCtx(packer->context, packed, count - 1, bytes, count, packer->level);
    return ZSTD_isError(packed_bytes) ? 0 : packed_bytes;
}

bool acre_trace_unpacker_init(struct acre_trace_unpacker *unpacker, struct acre_alloc *memory)
{
    *unpacker = (struct acre_trace_unpacker){.memory = memory};
    unpacker->room_bytes = ZSTD_estimateDCtxSize();
    unpacker->room = acre_allocate(memory, layout_of_room(unpacker->room_bytes));
    if (unpacker->room != NULL)
        unpacker->context = ZSTD_initStaticDCtx(unpacker->room, unpacker->room_bytes);
    return unpacker->room != NULL;
}

void acre_trace_unpacker_fini(struct acre_trace_unpacker *unpacker)
{
    acre_free(unpacker->memory, unpacker->room, layout_of_room(unpacker->room_bytes));
    unpacker->room = NULL;
}

bool acre_trace_unpack(struct acre_trace_unpacker *unpacker, const void *packed,
                       size_t packed_bytes, void *bytes, size_t count)
{
    return unpacker->context != NULL &&
           ZSTD_decompressDCtx(unpacker->context, bytes, count, packed, packed_bytes) == count;
}
