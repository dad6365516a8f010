/* Which of the compiled sets of loops this processor gets. */
#include "core/kernels.h"

#include <string.h>

extern const struct acre_kernels acre_kernels_baseline;

#if defined(__x86_64__)
extern const struct acre_kernels acre_kernels_avx2;
extern const struct acre_kernels acre_kernels_avx512;
#endif

const struct acre_kernels *acre_kernels_by_name(const char *name)
{
#if defined(__x86_64__)
    if (strcmp(name, "avx512") == 0)
        return __builtin_cpu_supports("avx512f") ? &acre_kernels_avx512 : NULL;
    if (strcmp(name, "avx2") == 0)
        return __builtin_cpu_supports("avx2") ? &acre_kernels_avx2 : NULL;
#endif
    return strcmp(name, "baseline") == 0 ? &acre_kernels_baseline : NULL;
}

const struct acre_kernels *acre_kernels_best(void)
{
    static const char *const widest_first[] = {"avx512", "avx2"};

    for (size_t i = 0; i < sizeof widest_first / sizeof widest_first[0]; i++) {
        const struct acre_kernels *kernels = acre_kernels_by_name(widest_first[i]);

        if (kernels != NULL)
            return kernels;
    }
    return &acre_kernels_baseline;
}
