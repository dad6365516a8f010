/*
 * canary_arena SIN: misuse of an arena on a mapped chunk, annotated as the allocators are. Shows
 * that memcheck and AddressSanitizer understand alloc/track.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "alloc/track.h"
#include "armed.h"

enum { CHUNK_BYTES = 1 << 16, BLOCK_BYTES = 64 };

static volatile char sink;
static volatile size_t block_bytes = BLOCK_BYTES;
static char pool; /* only its address matters */
static char *chunk;
static bool listening;

static char *volatile first;
static char *volatile second;

static char *begin_block(size_t offset)
{
    char *block = chunk + offset;
    if (listening) {
        acre_track_block_begin(&pool, block, BLOCK_BYTES);
    }
    memset(block, 1, BLOCK_BYTES);
    return block;
}

static void open_arena(void)
{
    void *memory =
        mmap(NULL, CHUNK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        exit(99);
    }
    chunk = memory;
    listening = acre_track_is_listening();
    if (listening) {
        acre_track_pool_begin(&pool);
        acre_track_chunk_begin(chunk, CHUNK_BYTES);
    }
    first = begin_block(ACRE_TRACK_RED_BYTES);
    second = begin_block(2 * ACRE_TRACK_RED_BYTES + BLOCK_BYTES);
}

static void clear_chunk(void)
{
    if (listening) {
        acre_track_chunk_clear(&pool, chunk, CHUNK_BYTES);
    }
}

static void close_arena(void)
{
    clear_chunk();
    if (listening) {
        acre_track_chunk_end(chunk, CHUNK_BYTES);
        acre_track_pool_end(&pool);
    }
    munmap(chunk, CHUNK_BYTES);
}

static void sin_read_after_clear(void)
{
    clear_chunk();
    sink = first[0];
}

static void sin_overrun(void)
{
    first[block_bytes] = 2; /* into the red bytes between first and second */
}

static void sin_use_after_end(void)
{
    if (listening) {
        acre_track_block_end(&pool, second, BLOCK_BYTES);
    }
    sink = second[0];
}

static void sin_recycled(void)
{
    clear_chunk();
    char *block = chunk + ACRE_TRACK_RED_BYTES;
    if (listening) {
        acre_track_block_begin(&pool, block, BLOCK_BYTES);
    }
    if (block[1] == 42) { /* nobody wrote it since the reset */
        sink = 1;
    }
}

/* Both blocks are lost and no malloc'd block is alive but the one of alive.c. */
static void sin_leak(void)
{
    first = NULL;
    second = NULL;
    exit(0);
}

static const struct {
    const char *name;
    void (*commit)(void);
    bool asan;
} sins[] = {
    {"read-after-clear", sin_read_after_clear, true},
    {"overrun", sin_overrun, true},
    {"use-after-end", sin_use_after_end, true},
    {"recycled", sin_recycled, false},
    {"leak", sin_leak, false},
};

int main(int argc, char **argv)
{
    const char *sin = argc > 1 ? argv[1] : "";
    if (strcmp(sin, "nothing") == 0) {
        open_arena();
        close_arena();
        return 0;
    }
    for (size_t i = 0; i < sizeof sins / sizeof sins[0]; i++) {
        if (strcmp(sin, sins[i].name) == 0) {
            if (!armed_memcheck() && !(sins[i].asan && armed_asan())) {
                return 1;
            }
            open_arena();
            sins[i].commit();
            close_arena();
            return 0;
        }
    }
    fprintf(stderr, "canary_arena: no such sin: %s\n", sin);
    return 99;
}
