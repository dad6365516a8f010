/*
 * One way to misuse memory each: a file here defines misuse() and includes this. Run as
 *
 *   PROGRAM bare        on the allocators as they are: what memcheck and AddressSanitizer see of it
 *   PROGRAM recorded    behind the record decorator: nobody sees less
 *   PROGRAM guard       behind guards, which know each other
 *   PROGRAM engine      bare; mistakes that the engine's checks find are printed and abort
 *
 * bare and recorded are canaries (tests/canary/armed.h): without a checker, which is promised by
 * the build or the environment, they leave with 1 and do nothing; with one they leave with 0, so
 * that only the checker makes them fail. `unarmed` does it all the same. table.txt says who sees
 * what.
 */
#ifndef ACRE_TESTS_MISUSE_MISUSE_H
#define ACRE_TESTS_MISUSE_MISUSE_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "alloc/guard.h"
#include "alloc/ledger.h"
#include "bench/visit/checked.h"
#include "tests/canary/armed.h"

static void misuse(void);

enum { BLOCK_BYTES = 64, LARGE_BYTES = 8192 };

/* With the smallest chunks there are, of four pages, a large block has a chunk of its own. */
static const struct acre_layout block_layout = {BLOCK_BYTES, 16, ACRE_PURPOSE_DATA};
static const struct acre_layout large_layout = {LARGE_BYTES, 16, ACRE_PURPOSE_DATA};

static const char *mode;
static volatile char sink;

/* Pages that were given back are unmapped, where a misuse would fail by itself: who gives them back
 * has another layer below. */
#ifndef MISUSE_PAGES
#define MISUSE_PAGES acre_pages_new
#endif

/* malloc, and two regions: one that frees by its reset only, one that takes single frees. */
enum { HEAP, ARENA, POOL, KINDS };

static struct {
    struct acre_alloc *pages, *retiring;
    struct acre_alloc *bottoms[KINDS], *tops[KINDS];
    struct acre_guards family;
    struct acre_ledger ledger;
} memory;

#define heap  (memory.tops[HEAP])
#define arena (memory.tops[ARENA])
#define pool  (memory.tops[POOL])

/* A failure that is nobody's verdict must not pass for one. */
static void *need(void *made)
{
    if (made == NULL)
        exit(99);
    return made;
}

static struct acre_alloc *layered(struct acre_alloc *bottom, uint32_t kind)
{
    const struct acre_guard_options options = {
        .family = &memory.family,
        .retiring = kind == ARENA ? memory.retiring : NULL,
    };

    if (strcmp(mode, "recorded") == 0)
        return need(acre_record_new(bottom, &memory.ledger.sink, kind));
    if (strcmp(mode, "guard") == 0)
        return need(acre_guard_new(bottom, &options));
    return bottom;
}

static inline void open_memory(void)
{
    const struct acre_arena_options small = {.chunk_bytes = 1};

    acre_ledger_init(&memory.ledger);
    memory.pages = need(MISUSE_PAGES());
    if (strcmp(mode, "guard") == 0)
        memory.retiring = need(acre_retire_new(memory.pages, ACRE_GUARD_RESETS));
    memory.bottoms[HEAP] = need(acre_malloc_new());
    memory.bottoms[ARENA] =
        need(acre_arena_new(memory.retiring != NULL ? memory.retiring : memory.pages, &small));
    memory.bottoms[POOL] = need(acre_pool_new(memory.pages, &small));
    for (uint32_t kind = 0; kind < KINDS; kind++)
        memory.tops[kind] = layered(memory.bottoms[kind], kind);
    if (memory.retiring != NULL)
        acre_explain_faults_of(&memory.family);
}

static inline void end_kind(uint32_t kind)
{
    if (memory.tops[kind] != memory.bottoms[kind])
        acre_destroy(memory.tops[kind]);
    acre_destroy(memory.bottoms[kind]);
    memory.tops[kind] = memory.bottoms[kind] = NULL;
}

static inline void close_memory(void)
{
    for (uint32_t kind = 0; kind < KINDS; kind++)
        end_kind(kind);
    acre_destroy(memory.retiring);
    acre_destroy(memory.pages);
}

static inline char *take(struct acre_alloc *alloc, struct acre_layout layout)
{
    char *block = need(acre_allocate(alloc, layout));

    memset(block, 1, layout.size);
    return block;
}

static inline void reset(struct acre_alloc *alloc)
{
    if (!acre_reset(alloc))
        exit(99);
}

int main(int argc, char **argv)
{
    mode = argc > 1 ? argv[1] : "";
    if (strcmp(mode, "bare") == 0 || strcmp(mode, "recorded") == 0) {
        if (!armed_memcheck() && !armed_asan())
            return 1;
    } else if (strcmp(mode, "guard") != 0 && strcmp(mode, "engine") != 0 &&
               strcmp(mode, "unarmed") != 0) {
        fprintf(stderr, "%s bare|recorded|guard|engine|unarmed\n", argv[0]);
        return 99; /* a hard error for Meson, should_fail or not */
    }
    open_memory();
    misuse();
    close_memory();
    return 0;
}

#endif
