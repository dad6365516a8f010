/*
 * Every allocator that acre brings, made by one function each. All of them return NULL when there
 * is no memory; whoever gets the pointer ends it with acre_destroy.
 */
#ifndef ACRE_ALLOC_BACKENDS_H
#define ACRE_ALLOC_BACKENDS_H

#include "alloc/backend.h"

/*
 * The C library's malloc. Blocks aligned to more than 16 bytes come from posix_memalign.
 * Held is mallinfo2's arena + hblkhd less what was in use when the backend was made: the process
 * has other users of malloc.
 */
struct acre_alloc *acre_malloc_new(void);

/*
 * Real libraries, loaded with dlopen(RTLD_LOCAL) so that the process keeps its own malloc: Debian's
 * export malloc as well, and linking one would replace the baseline it is compared with. NULL with
 * a sentence in `why` when the library is not there, cannot be loaded or lacks a symbol.
 *
 *    jemalloc >= 5    held is stats.resident: pages of blocks, of its own books, dirty ones
 *    jemalloc-arena   an arena and a cache of its own, emptied by the reset; held is the arena's
 *    mimalloc 2       held is what the whole process has committed, its own books included
 *    mimalloc-heap    a heap that the reset destroys; of the thread that made it
 *    tcmalloc         held is the heap less what was given back, and its own books
 *    tbbmalloc        held is not reported
 *
 * The thread-local storage of jemalloc does not fit the default surplus: the process must have been
 * started with ACRE_STATIC_TLS_TUNABLE in its environment.
 */
struct acre_alloc *acre_jemalloc_new(char *why, size_t why_bytes);
struct acre_alloc *acre_jemalloc_arena_new(char *why, size_t why_bytes);
struct acre_alloc *acre_mimalloc_new(char *why, size_t why_bytes);
struct acre_alloc *acre_mimalloc_heap_new(char *why, size_t why_bytes);
struct acre_alloc *acre_tcmalloc_new(char *why, size_t why_bytes);
struct acre_alloc *acre_tbbmalloc_new(char *why, size_t why_bytes);

/* Any shared library that exports malloc and free: shared_object.c says what else is used. */
struct acre_alloc *acre_shared_object_new(const char *path, char *why, size_t why_bytes);

#define ACRE_STATIC_TLS_TUNABLE "glibc.rtld.optional_static_tls=16384"

/*
 * Whole pages from mmap. The layer below arenas and pools, and the memory of the ledger, which
 * must not use what it observes. One system call a block.
 */
struct acre_alloc *acre_pages_new(void);

/*
 * The same; blocks of ACRE_HUGE_PAGE_BYTES and more begin at a multiple of it, and the kernel is
 * asked for huge pages there (madvise, MADV_HUGEPAGE). Where it has none, small ones serve. They
 * end at a multiple too where that adds at most an eighth, since 2 MiB less a page are 511 page
 * faults: acre_usable_bytes tells.
 */
struct acre_alloc *acre_huge_pages_new(void);

enum { ACRE_HUGE_PAGE_BYTES = 2 << 20 };

struct acre_arena_options {
    size_t chunk_bytes;         /* of the first chunk; 0: 1 MiB. Rounded up to whole pages. */
    size_t largest_chunk_bytes; /* 0: 32 MiB; never less than the first */
    size_t limit_bytes;         /* never hold more than this; 0: no limit */
    struct acre_alloc *beside;  /* an arena that ends later, over the same layer, and that nobody
                                   uses while this one is made; or NULL */
};

/*
 * A bump region over `below` (borrowed): allocate moves a pointer, free does nothing, reset starts
 * over and keeps the chunks. Blocks larger than a quarter of a chunk have chunks of their own,
 * kept over a reset as well and reused best fit, of equals what was dropped last. acre_trim gives
 * back what is not in use. Arenas beside one another keep these together, so that one finds in the
 * caches what the other has just dropped; one of them holds them (the other's limit does not count
 * them), and each may still be used by a thread of its own.
 * In the steady state of a loop it makes no system call and touches no new page.
 * Reference: D. Hanson, "Fast allocation and deallocation of memory based on object lifetimes",
 * Software: Practice and Experience 20(1), 1990.
 */
struct acre_alloc *acre_arena_new(struct acre_alloc *below,
                                  const struct acre_arena_options *options);

/*
 * Free lists by size class over an arena of its own, whose chunks come from `below` (borrowed): for
 * what outlives iterations next to an arena. Rounding costs at most an eighth of the request. A
 * freed block serves the next request of its class, last in first out; memory goes back to the
 * layer below with the pool. Held is the arena's and the table of lists (43 KiB, of malloc's).
 * Alignment up to 2 MiB. `options` are the arena's; NULL: the usual.
 */
struct acre_alloc *acre_pool_new(struct acre_alloc *below,
                                 const struct acre_arena_options *options);

/*
 * A reap: a bump region until the first single free after its making or its reset, a pool from
 * then on. Reference: Berger, Zorn, McKinley, Reconsidering Custom Memory Allocation (OOPSLA 2002).
 */
struct acre_alloc *acre_reap_new(struct acre_alloc *below,
                                 const struct acre_arena_options *options);

/*
 * What the memory of regions is used for, exactly: held = header + given + end + room.
 * acre_arena_use and acre_pool_use add what one of them holds; the latter is for pools and reaps,
 * and walks its free lists. Both only read.
 */
struct acre_region_use {
    size_t held_bytes;   /* chunks, and the tables of pools */
    size_t header_bytes; /* of chunks, and these tables */
    size_t given_bytes;  /* cut for blocks, live or dead, with what aligns them */
    size_t listed_bytes; /* of these: on free lists */
    size_t end_bytes;    /* behind the last block of chunks that are full */
    size_t room_bytes;   /* behind the cursor, and in chunks that are not in use */
};

void acre_arena_use(const struct acre_alloc *arena, struct acre_region_use *use);
void acre_pool_use(const struct acre_alloc *pool, struct acre_region_use *use);

/*
 * Decorator over `inner` (borrowed): keeps the books of `sink` and tells it of every call, under
 * the number `source`. Same capabilities as `inner`. Failed allocations are told as well. Its own
 * memory comes from the C library's malloc, once, here. For one thread at a time, and so are all
 * recorders of one sink together.
 */
struct acre_alloc *acre_record_new(struct acre_alloc *inner, struct acre_sink *sink,
                                   uint32_t source);

struct acre_fault_plan {
    uint64_t fail_at;      /* the n-th allocation or growing resize fails, from 1; 0: none */
    bool forever;          /* ... and all after it */
    uint64_t budget_bytes; /* fail once this many bytes are live; 0: no budget */
    uint64_t calls;        /* counted here */
    uint64_t failures;     /* counted here */
    uint64_t live_bytes;   /* counted here */
};

/*
 * Decorator over `inner` (borrowed): fails as `plan` says. The plan is borrowed and may be shared
 * by several decorators, which then count together, and changed between calls. For one thread at a
 * time, and so are all decorators of one plan together.
 */
struct acre_alloc *acre_fault_new(struct acre_alloc *inner, struct acre_fault_plan *plan);

/*
 * Decorator over `below` (borrowed), whose blocks are whole pages: what is freed stays inaccessible
 * (PROT_NONE, without pages behind it) until its age has grown by more than `ages`, and goes back
 * early where room is short. For under regions that a guard watches (guard.h).
 */
struct acre_alloc *acre_retire_new(struct acre_alloc *below, uint64_t ages);

/* What is kept inaccessible is one older. */
void acre_retire_age(struct acre_alloc *retire);

#endif
