/*
 * Shared libraries for `acre check`, each with one mistake. Blocks come from a large buffer, with
 * their size in front, and are never used again.
 *
 *    OVERLAPS     a block is 8 bytes too short
 *    MISALIGNS    posix_memalign aligns to 16 whatever was asked
 *    LOSES        realloc copies half
 *    UNCLEAN      calloc clears nothing
 *    CRASHES      free touches address 0
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HEAP_BYTES = 1 << 30 };

static char heap[HEAP_BYTES];
static size_t used;

static void *take(size_t align, size_t size)
{
    size_t address = ((size_t)heap + used + 16 + align - 1) & ~(align - 1);
    size_t begin = address - (size_t)heap;

    if (size > HEAP_BYTES || begin + size > HEAP_BYTES)
        return NULL;
    memcpy(heap + begin - sizeof size, &size, sizeof size);
    used = begin + size;
#ifdef OVERLAPS
    used = size > 100 ? used - 32 : used;
#endif
    return heap + begin;
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
    (void)block;
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
    size_t old = 0;

    if (moved == NULL || block == NULL)
        return moved;
    memcpy(&old, (char *)block - sizeof old, sizeof old);
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
