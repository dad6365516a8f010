/* Contexts with an allocator of ours are what zstd has behind this switch. */
#define ZSTD_STATIC_LINKING_ONLY
#include "import/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "alloc/sized.h"

enum { BUFFER_BYTES = 128 * 1024, GZIP_WINDOW = 15 + 16, MOST_WINDOW_LOG = 27 };

static const struct acre_layout buffer_layout = {BUFFER_BYTES, 64, ACRE_PURPOSE_OTHER};

/* Memory ----------------------------------------------------------------------------------------
 */

static void *allocate(void *memory, size_t bytes)
{
    return acre_sized_allocate(memory, bytes);
}

static void *allocate_array(void *memory, unsigned count, unsigned bytes)
{
    return acre_sized_allocate(memory, (size_t)count * bytes);
}

static void give_back(void *memory, void *block)
{
    acre_sized_free(memory, block);
}

/* Packed bytes ----------------------------------------------------------------------------------
 */

static void read_packed(struct acre_unpack *unpack)
{
    ssize_t count;

    do
        count = read(unpack->file, unpack->packed, BUFFER_BYTES);
    while (count < 0 && errno == EINTR);
    unpack->packed_at = 0;
    unpack->packed_count = count > 0 ? (size_t)count : 0;
    unpack->is_at_end = count == 0;
    if (count < 0) {
        unpack->state = ACRE_UNPACK_UNREADABLE;
        unpack->error = errno;
    }
}

static bool begins_with(const struct acre_unpack *unpack, const void *magic, size_t bytes)
{
    return unpack->packed_count >= bytes && memcmp(unpack->packed, magic, bytes) == 0;
}

static bool begin_zstd(struct acre_unpack *unpack)
{
    const ZSTD_customMem custom = {allocate, give_back, unpack->memory};

    unpack->zstd = ZSTD_createDCtx_advanced(custom);
    return unpack->zstd != NULL && !ZSTD_isError(ZSTD_DCtx_setParameter(
                                       unpack->zstd, ZSTD_d_windowLogMax, MOST_WINDOW_LOG));
}

static bool begin_gzip(struct acre_unpack *unpack)
{
    unpack->zlib =
        (z_stream){.zalloc = allocate_array, .zfree = give_back, .opaque = unpack->memory};
    return inflateInit2(&unpack->zlib, GZIP_WINDOW) == Z_OK;
}

/* How it is packed is told by its first bytes. */
static void begin(struct acre_unpack *unpack)
{
    bool is_begun = true;

    read_packed(unpack);
    if (begins_with(unpack, "\x28\xb5\x2f\xfd", 4)) {
        is_begun = begin_zstd(unpack);
        unpack->how = ACRE_UNPACK_ZSTD;
    } else if (begins_with(unpack, "\x1f\x8b", 2)) {
        is_begun = begin_gzip(unpack);
        if (is_begun)
            unpack->how = ACRE_UNPACK_GZIP;
    }
    if (!is_begun)
        unpack->state = ACRE_UNPACK_NO_MEMORY;
}

void acre_unpack_open(struct acre_unpack *unpack, struct acre_alloc *memory, const char *path)
{
    *unpack = (struct acre_unpack){.memory = memory, .file = -1};
    unpack->packed = acre_allocate(memory, buffer_layout);
    unpack->bytes = acre_allocate(memory, buffer_layout);
    if (unpack->packed == NULL || unpack->bytes == NULL) {
        unpack->state = ACRE_UNPACK_NO_MEMORY;
        return;
    }
    unpack->file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (unpack->file >= 0) {
        begin(unpack);
    } else {
        unpack->state = ACRE_UNPACK_UNREADABLE;
        unpack->error = errno;
    }
}

void acre_unpack_close(struct acre_unpack *unpack)
{
    if (unpack->how == ACRE_UNPACK_GZIP)
        inflateEnd(&unpack->zlib);
    ZSTD_freeDCtx(unpack->zstd);
    acre_free(unpack->memory, unpack->packed, buffer_layout);
    acre_free(unpack->memory, unpack->bytes, buffer_layout);
    if (unpack->file >= 0)
        close(unpack->file);
    *unpack = (struct acre_unpack){.memory = unpack->memory, .file = -1};
}

/* Bytes -----------------------------------------------------------------------------------------
 */

/* How many are put into the buffer. */
static size_t unpack_zstd(struct acre_unpack *unpack)
{
    ZSTD_inBuffer in = {unpack->packed, unpack->packed_count, unpack->packed_at};
    ZSTD_outBuffer out = {unpack->bytes, BUFFER_BYTES, 0};
    size_t wanted = ZSTD_decompressStream(unpack->zstd, &out, &in);

    if (in.pos > unpack->packed_at || out.pos > 0)
        unpack->is_in_frame = wanted != 0;
    unpack->packed_at = in.pos;
    if (ZSTD_isError(wanted))
        unpack->state = ZSTD_getErrorCode(wanted) == ZSTD_error_memory_allocation
                            ? ACRE_UNPACK_NO_MEMORY
                            : ACRE_UNPACK_DAMAGED;
    return out.pos;
}

/* Several files of gzip in a row are one. */
static size_t unpack_gzip(struct acre_unpack *unpack)
{
    int result;

    unpack->zlib.next_in = unpack->packed + unpack->packed_at;
    unpack->zlib.avail_in = (unsigned)(unpack->packed_count - unpack->packed_at);
    unpack->zlib.next_out = unpack->bytes;
    unpack->zlib.avail_out = BUFFER_BYTES;
    result = inflate(&unpack->zlib, Z_NO_FLUSH);
    if (unpack->zlib.avail_in < unpack->packed_count - unpack->packed_at || result == Z_STREAM_END)
        unpack->is_in_frame = result != Z_STREAM_END;
    unpack->packed_at = unpack->packed_count - unpack->zlib.avail_in;
    if (result == Z_STREAM_END)
        inflateReset(&unpack->zlib);
    else if (result == Z_MEM_ERROR)
        unpack->state = ACRE_UNPACK_NO_MEMORY;
    else if (result != Z_OK && result != Z_BUF_ERROR)
        unpack->state = ACRE_UNPACK_DAMAGED;
    return BUFFER_BYTES - unpack->zlib.avail_out;
}

static size_t take_plain(struct acre_unpack *unpack)
{
    size_t count = unpack->packed_count - unpack->packed_at;

    memcpy(unpack->bytes, unpack->packed + unpack->packed_at, count);
    unpack->packed_at = unpack->packed_count;
    return count;
}

static size_t unpack_some(struct acre_unpack *unpack)
{
    switch (unpack->how) {
    case ACRE_UNPACK_ZSTD:
        return unpack_zstd(unpack);
    case ACRE_UNPACK_GZIP:
        return unpack_gzip(unpack);
    default:
        return take_plain(unpack);
    }
}

/* What was unpacked before something went wrong is there as well. An unpacker that has all it was
 * given may still have bytes to give out: the buffer was full then. */
bool acre_unpack_more(struct acre_unpack *unpack)
{
    size_t count = 0;
    bool is_full = unpack->at == unpack->bytes + BUFFER_BYTES;

    while (unpack->state == ACRE_UNPACK_READING && count == 0) {
        if (unpack->packed_at == unpack->packed_count && !is_full) {
            read_packed(unpack);
            if (unpack->is_at_end)
                unpack->state = unpack->is_in_frame ? ACRE_UNPACK_CUT : ACRE_UNPACK_END;
            if (unpack->state != ACRE_UNPACK_READING)
                break;
        }
        is_full = false;
        count = unpack_some(unpack);
    }
    unpack->at = unpack->bytes;
    unpack->end = unpack->bytes + count;
    return count > 0;
}
