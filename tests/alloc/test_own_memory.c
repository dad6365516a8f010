/*
 * What backends take for themselves can fail as well: the k-th call of malloc, mmap, mallopt,
 * dlopen or dlsym that acre makes returns an error, for every k, while each backend is opened, used
 * and closed. Linked with --wrap for each of them.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "alloc/registry.h"
#include "tests/support/mtest.h"

static uint64_t calls, fail_at;

static bool is_due(void)
{
    return ++calls == fail_at;
}

void *__real_malloc(size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__real_mmap(void *address, size_t bytes, int access, int flags, int file, off_t offset);
void *__wrap_mmap(void *address, size_t bytes, int access, int flags, int file, off_t offset);
void *__real_dlopen(const char *path, int flags);
void *__wrap_dlopen(const char *path, int flags);
void *__real_dlsym(void *library, const char *name);
void *__wrap_dlsym(void *library, const char *name);
int __real_mallopt(int option, int value);
int __wrap_mallopt(int option, int value);

void *__wrap_malloc(size_t bytes)
{
    return is_due() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return is_due() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_mmap(void *address, size_t bytes, int access, int flags, int file, off_t offset)
{
    return is_due() ? MAP_FAILED : __real_mmap(address, bytes, access, flags, file, offset);
}

/* Fails as if there were no such library: with an error for dlerror. */
void *__wrap_dlopen(const char *path, int flags)
{
    return __real_dlopen(is_due() ? "libacre-is-not-here.so" : path, flags);
}

void *__wrap_dlsym(void *library, const char *name)
{
    return __real_dlsym(library, is_due() ? "acre_has_no_such_function" : name);
}

int __wrap_mallopt(int option, int value)
{
    return is_due() ? 0 : __real_mallopt(option, value);
}

/* A small block, a page, a large one; each may be refused. */
static void use(struct acre_alloc *alloc)
{
    static const struct acre_layout layouts[] = {{24, 8, 0}, {4096, 4096, 0}, {3 << 20, 64, 0}};

    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        struct acre_layout layout = layouts[i];
        void *block = acre_allocate(alloc, layout);

        if (block == NULL)
            continue;
        memset(block, 0xA5, layout.size);
        if (acre_resize(alloc, block, layout, layout.size + 1))
            layout.size++;
        acre_free(alloc, block, layout);
    }
    acre_reset(alloc);
    acre_trim(alloc);
    cr_assert(acre_check(alloc) == NULL);
}

/* Whether it came to the k-th call. */
static bool fails(const char *name, uint64_t k)
{
    struct acre_backend backend;
    char why[256] = "";

    calls = 0;
    fail_at = k;
    if (acre_backend_open(&backend, name, why, sizeof why)) {
        use(backend.pinned);
        for (size_t i = 0; i < ACRE_BACKEND_REGIONS; i++)
            if (backend.regions[i] != NULL)
                use(backend.regions[i]);
        acre_backend_close(&backend);
    } else {
        cr_assert(calls >= k, "%s: %s", name, why);
        cr_assert(why[0] != '\0');
    }
    fail_at = 0;
    return calls >= k;
}

MTest(own_memory, every_call_of_every_backend_may_fail, .timeout = 120)
{
    static const char *const names[] = {
        "malloc",
        "jemalloc",
        "jemalloc-arena",
        "mimalloc",
        "mimalloc-heap",
        "tcmalloc",
        "tbbmalloc",
        "pool",
        "arena",
        "arena:chunk=2M,hugepages",
        "reap",
#ifndef __SANITIZE_ADDRESS__
        /* A sanitizer's program takes no other malloc, and its own no settings. */
        "malloc-tuned",
        "so:libtcmalloc_minimal.so.4",
#endif
    };
    uint64_t most = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint64_t k = 1;

        while (fails(names[i], k))
            k++;
        cr_assert(k > 1, "%s made no call", names[i]);
        most = k > most ? k : most;
    }
    cr_assert(most > 3);
}
