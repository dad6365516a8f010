/*
 * Shared libraries for so:PATH that export as little as one may: malloc and free, and with
 * HAS_ALIGNED aligned_alloc, all of them the C library's under other names.
 */
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_memalign(size_t align, size_t size);
extern void __libc_free(void *block);

void *malloc(size_t size)
{
    return __libc_malloc(size);
}

void free(void *block)
{
    __libc_free(block);
}

#ifdef HAS_ALIGNED
void *aligned_alloc(size_t align, size_t size)
{
    return size % align == 0 ? __libc_memalign(align, size) : NULL;
}
#endif
