/*
 * Shared libraries for `acre check`, each with one mistake. Blocks come from a large buffer, with
 * their thread and their size in front, and are never used again.
 *
 *    OVERLAPS     a block is 8 bytes too short
 *    MISALIGNS    posix_memalign aligns to 16 whatever was asked
 *    LOSES        realloc copies half
 *    UNCLEAN      calloc clears nothing
 *    CRASHES      free touches address 0
 *    RACES        threads take blocks without a lock
 *    STRAYS       what another thread than the block's own frees is used again, by two
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HEAP_BYTES = 1 << 30 };

struct header {
    pthread_t thread;
    size_t size;
};

static char heap[HEAP_BYTES];
static size_t used;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *bump(size_t align, size_t size)
{
    const struct header header = {pthread_self(), size};
    size_t address = ((size_t)heap + used + sizeof header + align - 1) & ~(align - 1);
    size_t begin = address - (size_t)heap;

    if (size > HEAP_BYTES || begin + size > HEAP_BYTES)
        return NULL;
#ifdef RACES
    sched_yield();
#endif
    memcpy(heap + begin - sizeof header, &header, sizeof header);
    used = begin + size;
#ifdef OVERLAPS
    used = size > 100 ? used - 32 : used;
#endif
    return heap + begin;
}

static struct header header_of(const void *block)
{
    struct header header;

    memcpy(&header, (const char *)block - sizeof header, sizeof header);
    return header;
}

enum { STRAYS_KEPT = 64 };

static struct stray {
    void *block;
    int users;
} strays[STRAYS_KEPT];

static void *take_stray(size_t align, size_t size)
{
    for (struct stray *stray = strays; stray < strays + STRAYS_KEPT; stray++)
        if (stray->users > 0 && header_of(stray->block).size >= size &&
            (size_t)stray->block % align == 0) {
            stray->users--;
            return stray->block;
        }
    return NULL;
}

static void keep_stray(void *block)
{
    for (struct stray *stray = strays; stray < strays + STRAYS_KEPT; stray++)
        if (stray->users == 0) {
            *stray = (struct stray){block, 2};
            return;
        }
}

static void *take(size_t align, size_t size)
{
    void *block;

    pthread_mutex_lock(&lock);
    block = take_stray(align, size);
#ifdef RACES
    pthread_mutex_unlock(&lock);
#endif
    if (block == NULL)
        block = bump(align, size);
#ifndef RACES
    pthread_mutex_unlock(&lock);
#endif
    return block;
}

void *malloc(size_t size)
{
    char *block = take(16, size);

#ifdef UNCLEAN
    if (block != NULL)
        memset(block, 1, size);
#endif
    return block;
}

void free(void *block)
{
#ifdef STRAYS
    if (block != NULL && !pthread_equal(header_of(block).thread, pthread_self())) {
        pthread_mutex_lock(&lock);
        keep_stray(block);
        pthread_mutex_unlock(&lock);
    }
#else
    (void)block;
    (void)keep_stray;
#endif
#ifdef CRASHES
    *(volatile int *)(uintptr_t)(block != NULL ? 8 : (uintptr_t)&used) = 0;
#endif
}

void *calloc(size_t count, size_t size)
{
    size_t bytes;

    return __builtin_mul_overflow(count, size, &bytes) ? NULL : malloc(bytes);
}

void *realloc(void *block, size_t size)
{
    void *moved = malloc(size);
    size_t old;

    if (moved == NULL || block == NULL)
        return moved;
    old = header_of(block).size;
    old = old < size ? old : size;
#ifdef LOSES
    old /= 2;
#endif
    memcpy(moved, block, old);
    return moved;
}

int posix_memalign(void **block, size_t align, size_t size)
{
    if (align < sizeof(void *) || (align & (align - 1)) != 0)
        return EINVAL;
#ifdef MISALIGNS
    align = 16;
#endif
    *block = take(align, size);
    return *block != NULL ? 0 : ENOMEM;
}
