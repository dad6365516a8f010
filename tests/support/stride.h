/* Tests of thousands of alike cases. */
#ifndef ACRE_TESTS_SUPPORT_STRIDE_H
#define ACRE_TESTS_SUPPORT_STRIDE_H

#include <stdlib.h>
#include <string.h>

/* Each case, but under memcheck one of `under_memcheck`: it takes 20 times as long, and what it
 * sees AddressSanitizer sees as well, in all of them. */
static inline size_t test_stride(size_t under_memcheck)
{
    const char *checker = getenv("ACRE_CHECKER");

    return checker != NULL && strcmp(checker, "memcheck") == 0 ? under_memcheck : 1;
}

#endif
