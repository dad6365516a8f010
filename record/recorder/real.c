#include "record/recorder/real.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

enum { EARLY_BYTES = 64 * 1024, EARLY_ALIGN = 16, MOST_EARLY_ALIGN = 4096 };

/* Early blocks: each has its size in front of it. */
static union {
    unsigned char bytes[EARLY_BYTES];
    max_align_t align;
} early;
static size_t early_used;

bool acre_is_early(const void *block)
{
    return (uintptr_t)block - (uintptr_t)early.bytes < EARLY_BYTES;
}

static size_t early_usable(const void *block)
{
    size_t bytes;

    memcpy(&bytes, (const unsigned char *)block - EARLY_ALIGN, sizeof bytes);
    return bytes;
}

/* One thread only: the others do not exist yet. NULL when the buffer is full. */
static void *early_allocate(size_t align, size_t bytes)
{
    uintptr_t base = (uintptr_t)early.bytes;
    uintptr_t at = base + early_used + EARLY_ALIGN;

    if (align < EARLY_ALIGN)
        align = EARLY_ALIGN;
    at = (at + align - 1) & ~(uintptr_t)(align - 1);
    if (align > MOST_EARLY_ALIGN || bytes > EARLY_BYTES || at - base > EARLY_BYTES - bytes) {
        errno = ENOMEM;
        return NULL;
    }
    memcpy((void *)(at - EARLY_ALIGN), &bytes, sizeof bytes);
    early_used = ((at - base) + bytes + EARLY_ALIGN - 1) & ~(size_t)(EARLY_ALIGN - 1);
    return (void *)at;
}

static void *early_malloc(size_t bytes)
{
    return early_allocate(EARLY_ALIGN, bytes);
}

static void *early_calloc(size_t count, size_t bytes)
{
    /* The buffer is zero, and nothing in it is used twice. */
    return bytes != 0 && count > EARLY_BYTES / bytes ? NULL : early_malloc(count * bytes);
}

static void *early_realloc(void *old, size_t bytes)
{
    void *block = early_malloc(bytes);

    if (block != NULL && old != NULL) {
        size_t old_bytes = early_usable(old);

        memcpy(block, old, old_bytes < bytes ? old_bytes : bytes);
    }
    return block;
}

static void early_free(void *block)
{
    (void)block;
}

static int early_posix_memalign(void **block, size_t align, size_t bytes)
{
    int before = errno;

    *block = early_allocate(align, bytes);
    errno = before;
    return *block != NULL ? 0 : ENOMEM;
}

static size_t early_usable_size(void *block)
{
    return block != NULL ? early_usable(block) : 0;
}

static void *early_valloc(size_t bytes)
{
    return early_allocate(MOST_EARLY_ALIGN, bytes);
}

static void use_early(void)
{
    acre_real.malloc = early_malloc;
    acre_real.calloc = early_calloc;
    acre_real.realloc = early_realloc;
    acre_real.free = early_free;
    acre_real.memalign = acre_real.aligned_alloc = early_allocate;
    acre_real.posix_memalign = early_posix_memalign;
    acre_real.valloc = acre_real.pvalloc = early_valloc;
    acre_real.malloc_usable_size = early_usable_size;
}

void acre_find_next(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (found != NULL)
        memcpy(function, &found, sizeof found);
}

/* What no library behind us has stays early. */
static void find_all(void)
{
    struct acre_real found;

    use_early();
    found = acre_real;
    acre_find_next("malloc", &found.malloc);
    acre_find_next("calloc", &found.calloc);
    acre_find_next("realloc", &found.realloc);
    acre_find_next("free", &found.free);
    acre_find_next("memalign", &found.memalign);
    acre_find_next("posix_memalign", &found.posix_memalign);
    acre_find_next("aligned_alloc", &found.aligned_alloc);
    acre_find_next("valloc", &found.valloc);
    acre_find_next("pvalloc", &found.pvalloc);
    acre_find_next("malloc_usable_size", &found.malloc_usable_size);
    acre_find_next("_exit", &found._exit);
    acre_find_next("quick_exit", &found.quick_exit);
    acre_find_next("fork", &found.fork);
    acre_find_next("dlclose", &found.dlclose);
    acre_real = found;
}

/* The first ones ------------------------------------------------------------------------------- */

static void *first_malloc(size_t bytes)
{
    find_all();
    return acre_real.malloc(bytes);
}

static void *first_calloc(size_t count, size_t bytes)
{
    find_all();
    return acre_real.calloc(count, bytes);
}

static void *first_realloc(void *block, size_t bytes)
{
    find_all();
    return acre_real.realloc(block, bytes);
}

static void first_free(void *block)
{
    find_all();
    acre_real.free(block);
}

static void *first_memalign(size_t align, size_t bytes)
{
    find_all();
    return acre_real.memalign(align, bytes);
}

static int first_posix_memalign(void **block, size_t align, size_t bytes)
{
    find_all();
    return acre_real.posix_memalign(block, align, bytes);
}

static void *first_aligned_alloc(size_t align, size_t bytes)
{
    find_all();
    return acre_real.aligned_alloc(align, bytes);
}

static void *first_valloc(size_t bytes)
{
    find_all();
    return acre_real.valloc(bytes);
}

static void *first_pvalloc(size_t bytes)
{
    find_all();
    return acre_real.pvalloc(bytes);
}

static size_t first_usable_size(void *block)
{
    find_all();
    return acre_real.malloc_usable_size(block);
}

static void first_exit(int status)
{
    find_all();
    acre_real._exit(status);
}

static void first_quick_exit(int status)
{
    find_all();
    acre_real.quick_exit(status);
}

static pid_t first_fork(void)
{
    find_all();
    return acre_real.fork();
}

static int first_dlclose(void *library)
{
    find_all();
    return acre_real.dlclose(library);
}

struct acre_real acre_real = {
    .malloc = first_malloc,
    .calloc = first_calloc,
    .realloc = first_realloc,
    .free = first_free,
    .memalign = first_memalign,
    .posix_memalign = first_posix_memalign,
    .aligned_alloc = first_aligned_alloc,
    .valloc = first_valloc,
    .pvalloc = first_pvalloc,
    .malloc_usable_size = first_usable_size,
    ._exit = first_exit,
    .quick_exit = first_quick_exit,
    .fork = first_fork,
    .dlclose = first_dlclose,
};
