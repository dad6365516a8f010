/* The functions of a shared library that no allocator of ours calls: see conformance.h. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "alloc/library.h"
#include "bench/conformance/conformance.h"

struct functions {
    void *(*malloc)(size_t size);
    void (*free)(void *block);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *block, size_t size);
    void *(*reallocarray)(void *block, size_t count, size_t size);
    void *(*aligned_alloc)(size_t align, size_t size);
    void *(*memalign)(size_t align, size_t size);
    int (*posix_memalign)(void **block, size_t align, size_t size);
    size_t (*malloc_usable_size)(void *block);
};

static const size_t sizes[] = {1, 7, 16, 100, 1000, 4095, 4096, 4097, 70000, 1 << 20, 3 << 20};

enum { SIZES = sizeof sizes / sizeof sizes[0] };

static bool breach(struct acre_conformance *conformance, const char *sentence, size_t size)
{
    snprintf(conformance->breach, sizeof conformance->breach, "%s (%zu bytes)", sentence, size);
    return false;
}

static unsigned char pattern_at(size_t i)
{
    return (unsigned char)(i * 167 + 13);
}

static void fill(unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = pattern_at(i);
}

static bool is_kept(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != pattern_at(i))
            return false;
    return true;
}

/* Dirty memory first, so that zeros are the library's work. */
static bool check_calloc(const struct functions *f, struct acre_conformance *conformance)
{
    for (size_t i = 0; f->calloc != NULL && i < SIZES; i++) {
        unsigned char *dirty = f->malloc(sizes[i]);
        unsigned char *bytes;

        if (dirty != NULL)
            memset(dirty, 0xa5, sizes[i]);
        f->free(dirty);
        bytes = f->calloc(sizes[i], 1);
        conformance->calls += 3;
        if (bytes == NULL)
            return breach(conformance, "calloc gives no block", sizes[i]);
        for (size_t k = 0; k < sizes[i]; k++)
            if (bytes[k] != 0)
                return breach(conformance, "a block of calloc is not zero", sizes[i]);
        f->free(bytes);
    }
    if (f->calloc != NULL) {
        volatile size_t half = SIZE_MAX / 2 + 2;

        if (f->calloc(half, 2) != NULL)
            return breach(conformance, "calloc gives a block whose size overflows", half);
    }
    return true;
}

static bool check_realloc(const struct functions *f, struct acre_conformance *conformance)
{
    for (size_t i = 0; f->realloc != NULL && i < SIZES; i++)
        for (size_t j = 0; j < SIZES; j++) {
            size_t kept = sizes[i] < sizes[j] ? sizes[i] : sizes[j];
            volatile size_t absurd = PTRDIFF_MAX;
            unsigned char *bytes = f->realloc(NULL, sizes[i]);
            unsigned char *moved;

            if (bytes == NULL)
                return breach(conformance, "realloc(NULL, size) gives no block", sizes[i]);
            fill(bytes, sizes[i]);
            if (f->realloc(bytes, absurd) != NULL || !is_kept(bytes, sizes[i]))
                return breach(conformance, "a realloc that fails does not leave its block alone",
                              sizes[i]);
            moved = f->realloc(bytes, sizes[j]);
            conformance->calls += 4;
            if (moved == NULL)
                return breach(conformance, "realloc gives no block", sizes[j]);
            if (!is_kept(moved, kept))
                return breach(conformance, "realloc loses what was in the block", sizes[i]);
            f->free(moved);
        }
    if (f->reallocarray != NULL) {
        volatile size_t half = SIZE_MAX / 2 + 2;

        if (f->reallocarray(NULL, half, 2) != NULL)
            return breach(conformance, "reallocarray gives a block whose size overflows", half);
    }
    return true;
}

static bool is_aligned(const void *block, size_t align)
{
    return block != NULL && (uintptr_t)block % align == 0;
}

static bool check_alignments(const struct functions *f, struct acre_conformance *conformance)
{
    for (size_t align = 16; align <= 2 << 20; align *= 2)
        for (int i = 0; i < 3; i++) {
            size_t size = align << i;
            void *block = NULL;

            conformance->calls += 6;
            if (f->aligned_alloc != NULL) {
                block = f->aligned_alloc(align, size);
                if (!is_aligned(block, align))
                    return breach(conformance, "aligned_alloc does not align", align);
                f->free(block);
            }
            if (f->memalign != NULL) {
                block = f->memalign(align, size);
                if (!is_aligned(block, align))
                    return breach(conformance, "memalign does not align", align);
                f->free(block);
            }
            if (f->posix_memalign != NULL) {
                if (f->posix_memalign(&block, align, size) != 0 || !is_aligned(block, align))
                    return breach(conformance, "posix_memalign does not align", align);
                f->free(block);
            }
        }
    if (f->posix_memalign != NULL) {
        void *block = NULL;

        if (f->posix_memalign(&block, 24, 100) != EINVAL)
            return breach(conformance, "posix_memalign takes an alignment that is none", 24);
    }
    return true;
}

static bool check_usable(const struct functions *f, struct acre_conformance *conformance)
{
    for (size_t i = 0; f->malloc_usable_size != NULL && i < SIZES; i++) {
        unsigned char *block = f->malloc(sizes[i]);
        size_t usable = block != NULL ? f->malloc_usable_size(block) : 0;

        conformance->calls += 3;
        if (usable < sizes[i])
            return breach(conformance, "malloc_usable_size says less than was asked for", sizes[i]);
        memset(block, 1, usable);
        f->free(block);
    }
    return f->malloc_usable_size == NULL || f->malloc_usable_size(NULL) == 0 ||
           breach(conformance, "malloc_usable_size(NULL) is not 0", 0);
}

bool acre_conformance_check_functions(const char *path, struct acre_conformance *conformance)
{
    struct functions f;

    conformance->calls = 0;
    conformance->breach[0] = '\0';
    acre_library_find(path, "malloc", &f.malloc);
    acre_library_find(path, "free", &f.free);
    acre_library_find(path, "calloc", &f.calloc);
    acre_library_find(path, "realloc", &f.realloc);
    acre_library_find(path, "reallocarray", &f.reallocarray);
    acre_library_find(path, "aligned_alloc", &f.aligned_alloc);
    acre_library_find(path, "memalign", &f.memalign);
    acre_library_find(path, "posix_memalign", &f.posix_memalign);
    acre_library_find(path, "malloc_usable_size", &f.malloc_usable_size);
    return check_calloc(&f, conformance) && check_realloc(&f, conformance) &&
           check_alignments(&f, conformance) && check_usable(&f, conformance);
}
