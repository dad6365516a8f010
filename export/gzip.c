#include "export/gzip.h"

#include "alloc/sized.h"

enum { ROOM_BYTES = 16 * 1024, GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8 };

static void *allocate(void *memory, unsigned count, unsigned bytes)
{
    return acre_sized_allocate(memory, (size_t)count * bytes);
}

static void give_back(void *memory, void *block)
{
    acre_sized_free(memory, block);
}

bool acre_gzip_begin(struct acre_gzip *gzip, struct acre_alloc *memory, FILE *stream)
{
    *gzip = (struct acre_gzip){
        .zlib = {.zalloc = allocate, .zfree = give_back, .opaque = memory},
        .stream = stream,
    };
    return deflateInit2(&gzip->zlib, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                        Z_DEFAULT_STRATEGY) == Z_OK;
}

/* All of the input; with Z_FINISH all of the output too. It cannot fail: there is room. */
static void pack(struct acre_gzip *gzip, int how)
{
    unsigned char room[ROOM_BYTES];

    do {
        gzip->zlib.next_out = room;
        gzip->zlib.avail_out = sizeof room;
        deflate(&gzip->zlib, how);
        fwrite(room, 1, sizeof room - gzip->zlib.avail_out, gzip->stream);
    } while (gzip->zlib.avail_out == 0 && ferror(gzip->stream) == 0);
}

/* Its counts have 32 bits. */
void acre_gzip_put(struct acre_gzip *gzip, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;

    while (count > 0) {
        unsigned part = count < (1u << 30) ? (unsigned)count : 1u << 30;

        gzip->zlib.next_in = (unsigned char *)(uintptr_t)at;
        gzip->zlib.avail_in = part;
        pack(gzip, Z_NO_FLUSH);
        at += part;
        count -= part;
    }
}

void acre_gzip_end(struct acre_gzip *gzip)
{
    gzip->zlib.avail_in = 0;
    pack(gzip, Z_FINISH);
    deflateEnd(&gzip->zlib);
}
