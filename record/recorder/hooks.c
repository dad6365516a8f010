/* The allocator's functions as the program calls them. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "record/recorder/call.h"
#include "record/recorder/real.h"

#define EXPORTED __attribute__((visibility("default")))
#define HERE     ((void *const *)__builtin_frame_address(0))

/* Behind a call that gave a block, or did not. errno is the caller's. */
static __attribute__((noinline)) void tell_birth(uint32_t kind, uint32_t call, void *block,
                                                 size_t bytes, size_t align, void *const *frame)
{
    struct acre_call told = {
        .kind = kind,
        .call = call,
        .block = block,
        .bytes = bytes,
        .usable_bytes = bytes,
        .align = align,
    };

    if (block != NULL) {
        told.usable_bytes = acre_real.malloc_usable_size(block);
    } else {
        told.kind = ACRE_RAW_REFUSE;
        told.call = call != 0 ? call : kind;
    }
    acre_record(&told, frame);
}

static __attribute__((noinline)) void tell_death(void *block, void *const *frame)
{
    const struct acre_call told = {.kind = ACRE_RAW_FREE, .block = block};

    acre_record(&told, frame);
}

EXPORTED void *malloc(size_t bytes)
{
    void *block = acre_real.malloc(bytes);

    if (__builtin_expect(block == NULL, 0) ||
        !acre_record_usual(ACRE_RAW_MALLOC, block, bytes, acre_real.malloc_usable_size(block),
                           HERE))
        tell_birth(ACRE_RAW_MALLOC, 0, block, bytes, 0, HERE);
    return block;
}

EXPORTED void free(void *block)
{
    if (block == NULL || __builtin_expect(acre_is_early(block), 0))
        return;
    if (!acre_record_usual(ACRE_RAW_FREE, block, 0, 0, HERE))
        tell_death(block, HERE);
    acre_real.free(block);
}

EXPORTED void *calloc(size_t count, size_t each)
{
    void *block = acre_real.calloc(count, each);
    size_t bytes;

    if (__builtin_mul_overflow(count, each, &bytes))
        bytes = SIZE_MAX;
    if (__builtin_expect(block == NULL, 0) ||
        !acre_record_usual(ACRE_RAW_CALLOC, block, bytes, acre_real.malloc_usable_size(block),
                           HERE))
        tell_birth(ACRE_RAW_CALLOC, 0, block, bytes, 0, HERE);
    return block;
}

/* Out of the buffer that is never given back. */
static void *leave_early(void *old, size_t bytes)
{
    void *block = acre_real.malloc(bytes);
    size_t old_bytes = malloc_usable_size(old);

    if (block != NULL)
        __builtin_memcpy(block, old, old_bytes < bytes ? old_bytes : bytes);
    return block;
}

/* Its end has no stack: the begin has told it. Of size 0 and no block: it was freed. */
static __attribute__((noinline)) void *resize(void *old, size_t bytes, uint32_t call,
                                              void *const *frame)
{
    const struct acre_call begin = {.kind = ACRE_RAW_RESIZE_BEGIN, .block = old};
    struct acre_call end = {.kind = ACRE_RAW_RESIZE_END, .call = call, .bytes = bytes};
    void *block;

    if (old == NULL || acre_is_early(old)) {
        block = old == NULL ? acre_real.realloc(NULL, bytes) : leave_early(old, bytes);
        tell_birth(call != 0 ? call : ACRE_RAW_REALLOC, 0, block, bytes, 0, frame);
        return block;
    }
    acre_record(&begin, frame);
    block = acre_real.realloc(old, bytes);
    end.block = block;
    end.usable_bytes = block != NULL ? acre_real.malloc_usable_size(block) : bytes;
    acre_record(&end, NULL);
    return block;
}

EXPORTED void *realloc(void *old, size_t bytes)
{
    return resize(old, bytes, 0, HERE);
}

/* glibc's own calls realloc through the program's scope, which is ours: it would be told twice. */
EXPORTED void *reallocarray(void *old, size_t count, size_t each)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, each, &bytes)) {
        errno = ENOMEM;
        tell_birth(ACRE_RAW_REALLOCARRAY, 0, NULL, SIZE_MAX, 0, HERE);
        return NULL;
    }
    return resize(old, bytes, ACRE_RAW_REALLOCARRAY, HERE);
}

EXPORTED void *memalign(size_t align, size_t bytes)
{
    void *block = acre_real.memalign(align, bytes);

    tell_birth(ACRE_RAW_MEMALIGN, 0, block, bytes, align, HERE);
    return block;
}

EXPORTED int posix_memalign(void **block, size_t align, size_t bytes)
{
    void *got = NULL;
    int error = acre_real.posix_memalign(&got, align, bytes);

    tell_birth(ACRE_RAW_POSIX_MEMALIGN, 0, got, bytes, align, HERE);
    if (error == 0)
        *block = got;
    return error;
}

EXPORTED void *aligned_alloc(size_t align, size_t bytes)
{
    void *block = acre_real.aligned_alloc(align, bytes);

    tell_birth(ACRE_RAW_ALIGNED_ALLOC, 0, block, bytes, align, HERE);
    return block;
}

EXPORTED void *valloc(size_t bytes)
{
    void *block = acre_real.valloc(bytes);

    tell_birth(ACRE_RAW_VALLOC, 0, block, bytes, (size_t)getpagesize(), HERE);
    return block;
}

EXPORTED void *pvalloc(size_t bytes)
{
    void *block = acre_real.pvalloc(bytes);

    tell_birth(ACRE_RAW_PVALLOC, 0, block, bytes, (size_t)getpagesize(), HERE);
    return block;
}

EXPORTED size_t malloc_usable_size(void *block)
{
    if (acre_is_early(block))
        return ((size_t *)block)[-2];
    return acre_real.malloc_usable_size(block);
}
