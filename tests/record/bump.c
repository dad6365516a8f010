/*
 * An allocator that any handler of a signal may interrupt, and never gives memory back. With
 * HANDS_ON a small block that is freed is the next one that is given, to whatever thread: so that
 * an order of calls that is not the real one is seen.
 */
#include <malloc.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const size_t room = (size_t)64 << 30;
static _Atomic(char *) memory;
static _Atomic size_t used;

static char *begin(void)
{
    char *fresh = mmap(NULL, room, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    char *none = NULL;

    if (fresh == MAP_FAILED)
        return NULL;
    if (atomic_compare_exchange_strong(&memory, &none, fresh))
        return fresh;
    munmap(fresh, room);
    return none;
}

/* The size stands in front of a block. */
static void *allocate(size_t bytes, size_t least)
{
    char *base = memory != NULL ? memory : begin();
    size_t whole = ((bytes > least ? bytes : least) + 31) & ~(size_t)15;
    size_t at;

    if (base == NULL || bytes > room / 2)
        return NULL;
    at = atomic_fetch_add(&used, whole);
    if (at > room - whole)
        return NULL;
    memcpy(base + at + 8, &bytes, sizeof bytes);
    return base + at + 16;
}

size_t malloc_usable_size(void *block)
{
    size_t bytes = 0;

    if (block != NULL)
        memcpy(&bytes, (char *)block - 8, sizeof bytes);
    return bytes;
}

#ifdef HANDS_ON

enum { SMALL_BYTES = 4096 };
static _Atomic(void *) freed;

void *malloc(size_t bytes)
{
    void *block = bytes <= SMALL_BYTES ? atomic_exchange(&freed, NULL) : NULL;

    if (block == NULL)
        return allocate(bytes, SMALL_BYTES);
    memcpy((char *)block - 8, &bytes, sizeof bytes);
    return block;
}

/* Whoever has it next shall have it before this returns. */
void free(void *block)
{
    if (block == NULL || malloc_usable_size(block) > SMALL_BYTES)
        return;
    atomic_store(&freed, block);
    sched_yield();
}

#else

void *malloc(size_t bytes)
{
    return allocate(bytes, 0);
}

void free(void *block)
{
    (void)block;
}

#endif

void *calloc(size_t count, size_t each)
{
    size_t bytes;

    void *block = __builtin_mul_overflow(count, each, &bytes) ? NULL : malloc(bytes);

    return block != NULL ? memset(block, 0, bytes) : NULL;
}

void *realloc(void *old, size_t bytes)
{
    size_t old_bytes = malloc_usable_size(old);
    void *block = malloc(bytes);

    if (block != NULL && old != NULL)
        memcpy(block, old, old_bytes < bytes ? old_bytes : bytes);
    return block;
}
