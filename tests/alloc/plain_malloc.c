/*
 * Shared libraries for so:PATH that export as little as one may: malloc and free, and with
 * HAS_ALIGNED aligned_alloc, all of them the C library's under other names. With TELLS_BLAS_THREADS
 * it says, when it is loaded, how many threads OpenBLAS would start here.
 */
#include <stdio.h>
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

#ifdef TELLS_BLAS_THREADS
static __attribute__((constructor)) void tell(void)
{
    const char *threads = getenv("OPENBLAS_NUM_THREADS");

    fprintf(stderr, "OPENBLAS_NUM_THREADS: %s\n",
            threads != NULL ? threads : "as many as it likes");
}
#endif

#ifdef HAS_ALIGNED
void *aligned_alloc(size_t align, size_t size)
{
    return size % align == 0 ? __libc_memalign(align, size) : NULL;
}
#endif
