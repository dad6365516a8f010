/*
 * One set of annotations for every checker: memcheck and AddressSanitizer learn from it which
 * bytes of an arena are a block and which are not, ThreadSanitizer what libraries order. Without
 * them, all of it compiles to nothing or to a branch on a flag that is false.
 *
 * The flag exists because a Valgrind tool other than memcheck (DHAT) warns about every request it
 * does not know; acre_track_begin asks memcheck itself whether it is there.
 *
 * Under a checker blocks are followed by ACRE_TRACK_RED_BYTES that nobody may touch, since without
 * them an overrun into the next block is invisible.
 */
#ifndef ACRE_ALLOC_TRACK_H
#define ACRE_ALLOC_TRACK_H

#include <stdbool.h>
#include <stddef.h>

#include "acre_config.h"

#if defined(__SANITIZE_ADDRESS__)
#define ACRE_TRACK_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ACRE_TRACK_ASAN 1
#endif
#endif

#if defined(__SANITIZE_THREAD__)
#define ACRE_TRACK_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ACRE_TRACK_TSAN 1
#endif
#endif

#ifdef ACRE_TRACK_TSAN
#include <sanitizer/tsan_interface.h>
#endif
#ifdef ACRE_TRACK_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#endif
#ifdef ACRE_HAVE_VALGRIND
#include <valgrind/memcheck.h>
#endif

enum { ACRE_TRACK_RED_BYTES = 16 };

/* True when a checker listens. Call once per arena and keep the answer. */
static inline bool acre_track_is_listening(void)
{
#ifdef ACRE_TRACK_ASAN
    return true;
#elif defined(ACRE_HAVE_VALGRIND)
    char probe = 0;
    return VALGRIND_MAKE_MEM_DEFINED(&probe, sizeof probe) != 0;
#else
    return false;
#endif
}

/* `pool` is any address that identifies the arena; blocks are registered under it. */
static inline void acre_track_pool_begin(const void *pool)
{
#ifdef ACRE_HAVE_VALGRIND
    VALGRIND_CREATE_MEMPOOL(pool, ACRE_TRACK_RED_BYTES, 0);
#endif
    (void)pool;
}

static inline void acre_track_pool_end(const void *pool)
{
#ifdef ACRE_HAVE_VALGRIND
    VALGRIND_DESTROY_MEMPOOL(pool);
#endif
    (void)pool;
}

/* Memory taken from below: nobody's block yet. A leak checker may find pointers in it. */
static inline void acre_track_chunk_begin(void *chunk, size_t bytes)
{
#ifdef ACRE_TRACK_ASAN
    __lsan_register_root_region(chunk, bytes);
    ASAN_POISON_MEMORY_REGION(chunk, bytes);
#endif
#ifdef ACRE_HAVE_VALGRIND
    (void)VALGRIND_MAKE_MEM_NOACCESS(chunk, bytes);
#endif
    (void)chunk;
    (void)bytes;
}

/* Memory about to be given back to the layer below. */
static inline void acre_track_chunk_end(void *chunk, size_t bytes)
{
#ifdef ACRE_TRACK_ASAN
    __lsan_unregister_root_region(chunk, bytes);
    ASAN_UNPOISON_MEMORY_REGION(chunk, bytes);
#endif
#ifdef ACRE_HAVE_VALGRIND
    (void)VALGRIND_MAKE_MEM_UNDEFINED(chunk, bytes);
#endif
    (void)chunk;
    (void)bytes;
}

static inline void acre_track_block_begin(const void *pool, void *block, size_t bytes)
{
#ifdef ACRE_TRACK_ASAN
    ASAN_UNPOISON_MEMORY_REGION(block, bytes);
#endif
#ifdef ACRE_HAVE_VALGRIND
    VALGRIND_MEMPOOL_ALLOC(pool, block, bytes);
#endif
    (void)pool;
    (void)block;
    (void)bytes;
}

static inline void acre_track_block_end(const void *pool, void *block, size_t bytes)
{
#ifdef ACRE_HAVE_VALGRIND
    VALGRIND_MEMPOOL_FREE(pool, block);
#endif
#ifdef ACRE_TRACK_ASAN
    ASAN_POISON_MEMORY_REGION(block, bytes);
#endif
    (void)pool;
    (void)block;
    (void)bytes;
}

/* For links kept inside freed blocks: readable for a moment, then indeterminate again. */
static inline void acre_track_defined(void *memory, size_t bytes)
{
#ifdef ACRE_HAVE_VALGRIND
    (void)VALGRIND_MAKE_MEM_DEFINED(memory, bytes);
#endif
    (void)memory;
    (void)bytes;
}

static inline void acre_track_undefined(void *memory, size_t bytes)
{
#ifdef ACRE_HAVE_VALGRIND
    (void)VALGRIND_MAKE_MEM_UNDEFINED(memory, bytes);
#endif
    (void)memory;
    (void)bytes;
}

/*
 * For libraries that ThreadSanitizer cannot look into: what was done with a block before it was
 * freed comes before what is done with a block that is made of the same memory (ISO C 7.22.3). How
 * a library sees to it is hidden; here it is told, page by page, since blocks are split and merged.
 */
enum { ACRE_TRACK_PAGE_BYTES = 4096 };

static inline void acre_track_freed(const void *block, size_t bytes)
{
#ifdef ACRE_TRACK_TSAN
    size_t page = (size_t)block / ACRE_TRACK_PAGE_BYTES;

    for (; page * ACRE_TRACK_PAGE_BYTES < (size_t)block + bytes; page++)
        __tsan_release((void *)(page * ACRE_TRACK_PAGE_BYTES));
#endif
    (void)block;
    (void)bytes;
}

static inline void acre_track_taken(const void *block, size_t bytes)
{
#ifdef ACRE_TRACK_TSAN
    size_t page = (size_t)block / ACRE_TRACK_PAGE_BYTES;

    for (; block != NULL && page * ACRE_TRACK_PAGE_BYTES < (size_t)block + bytes; page++)
        __tsan_acquire((void *)(page * ACRE_TRACK_PAGE_BYTES));
#endif
    (void)block;
    (void)bytes;
}

/* Every block of the pool that lies in this chunk is gone. */
static inline void acre_track_chunk_clear(const void *pool, void *chunk, size_t bytes)
{
#ifdef ACRE_HAVE_VALGRIND
    VALGRIND_MEMPOOL_TRIM(pool, chunk, 0);
    (void)VALGRIND_MAKE_MEM_NOACCESS(chunk, bytes);
#endif
#ifdef ACRE_TRACK_ASAN
    ASAN_POISON_MEMORY_REGION(chunk, bytes);
#endif
    (void)pool;
    (void)chunk;
    (void)bytes;
}

#endif
