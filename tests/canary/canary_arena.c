/*
 * canary_arena SIN [recorded]: misuse of an arena, on its own or behind the record decorator; see
 * armed.h for when it is committed. Shows that memcheck and AddressSanitizer see into the arena, on
 * which they would else know of mapped chunks only.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "alloc/ledger.h"
#include "armed.h"
#include "core/region.h"

enum { BLOCK_BYTES = 64, LARGE_BYTES = 8192 };

static const struct acre_layout block_layout = {BLOCK_BYTES, 16, ACRE_PURPOSE_DATA};
/* With the smallest chunks there are, of four pages, this has a chunk of its own. */
static const struct acre_arena_options options = {.chunk_bytes = 1};
static const struct acre_layout large_layout = {LARGE_BYTES, 16, ACRE_PURPOSE_DATA};

static volatile char sink;
static volatile size_t block_bytes = BLOCK_BYTES;
static struct acre_ledger ledger;
static struct acre_alloc *below, *arena, *top;
static char *volatile first, *volatile second, *volatile large;

/* A failure that is not the checker's must not pass for one. */
static void *need(void *made)
{
    if (made == NULL)
        exit(99);
    return made;
}

static char *take(struct acre_layout layout)
{
    char *block = need(acre_allocate(top, layout));
    memset(block, 1, layout.size);
    return block;
}

static void open_arena(struct acre_alloc *layer, bool is_recorded)
{
    acre_ledger_init(&ledger);
    below = need(layer);
    top = arena = need(acre_arena_new(below, &options));
    if (is_recorded)
        top = need(acre_record_new(arena, &ledger.sink, 0));
    first = take(block_layout);
    second = take(block_layout);
    large = take(large_layout);
}

static void close_arena(void)
{
    if (top != arena)
        acre_destroy(top);
    acre_destroy(arena);
    acre_destroy(below);
}

static void reset(void)
{
    if (!acre_reset(top))
        exit(99);
}

static void sin_read_after_reset(void)
{
    reset();
    sink = first[0];
}

static void sin_write_after_reset(void)
{
    reset();
    second[0] = 2;
}

static void sin_large_after_reset(void)
{
    reset();
    sink = large[0];
}

/* Only a checker notices that the arena was told: its memory stays until the reset. */
static void sin_read_after_free(void)
{
    acre_free(top, second, block_layout);
    sink = second[0];
}

static void sin_overrun(void)
{
    first[block_bytes] = 2; /* second begins there without a checker */
}

/* Between the header of its chunk and the block. */
static void sin_underrun(void)
{
    large[-(ptrdiff_t)(block_bytes / 2)] = 2;
}

static void sin_recycled(void)
{
    reset();
    char *block = need(acre_allocate(top, block_layout));
    if (block != first)
        exit(99);
    if (block[1] == 42) /* nobody wrote it since the reset */
        sink = 1;
}

static void sin_after_trim(void)
{
    reset();
    if (acre_trim(top) < LARGE_BYTES)
        exit(99);
    sink = large[0];
}

static void sin_after_destroy(void)
{
    if (top != arena)
        acre_destroy(top);
    acre_destroy(arena);
    sink = first[0];
    acre_destroy(below);
    exit(0);
}

static void sin_object_after_reset(void)
{
    static const struct acre_type type = {.name = "Node", .size_bytes = sizeof(struct acre_object)};
    struct acre_alloc *pinned = need(acre_malloc_new());
    struct acre_engine *engine;
    struct acre_object *object;
    uint32_t number;
    uint32_t region;
    if (acre_engine_new(&engine, pinned, NULL) != ACRE_OK ||
        acre_type_register(engine, &type, &number) != ACRE_OK ||
        acre_region_new(engine, top, ACRE_REGION_BULK, "iteration", &region) != ACRE_OK)
        exit(99);
    acre_region_enter(engine, region);
    if (acre_object_new(engine, number, &object) != ACRE_OK)
        exit(99);
    struct acre_object *stale = object;
    acre_unref(engine, &object);
    if (acre_region_reset(engine, region) != ACRE_OK)
        exit(99);
    acre_strong_count(stale); /* with acre_ref a build with checks would be faster */
    acre_engine_destroy(engine);
    acre_destroy(pinned);
}

/* The blocks are lost and no malloc'd block is alive but the arena's own and that of alive.c. */
static void sin_leak(void)
{
    first = second = large = NULL;
    exit(0);
}

static const struct {
    const char *name;
    void (*commit)(void);
    bool asan;
    bool gives_back;
} sins[] = {
    {"read-after-reset", sin_read_after_reset, true, false},
    {"write-after-reset", sin_write_after_reset, true, false},
    {"large-after-reset", sin_large_after_reset, true, false},
    {"object-after-reset", sin_object_after_reset, true, false},
    {"read-after-free", sin_read_after_free, true, false},
    {"overrun", sin_overrun, true, false},
    {"underrun", sin_underrun, true, false},
    {"recycled", sin_recycled, false, false},
    {"after-trim", sin_after_trim, true, true},
    {"after-destroy", sin_after_destroy, true, true},
    {"leak", sin_leak, false, false},
};

int main(int argc, char **argv)
{
    const char *sin = argc > 1 ? argv[1] : "";
    bool is_recorded = argc > 2 && strcmp(argv[2], "recorded") == 0;
    if (strcmp(sin, "nothing") == 0) {
        open_arena(acre_pages_new(), is_recorded);
        reset();
        acre_trim(top);
        close_arena();
        return 0;
    }
    for (size_t i = 0; i < sizeof sins / sizeof sins[0]; i++) {
        if (strcmp(sin, sins[i].name) != 0)
            continue;
        if (!armed_memcheck() && !(sins[i].asan && armed_asan()))
            return 1;
        /* Pages that were given back are unmapped: there the sin would fail by itself. */
        open_arena(sins[i].gives_back ? acre_malloc_new() : acre_pages_new(), is_recorded);
        sins[i].commit();
        close_arena();
        return 0;
    }
    fprintf(stderr, "canary_arena: no such sin: %s\n", sin);
    return 99;
}
