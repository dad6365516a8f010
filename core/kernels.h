/*
 * The loops over elements, each compiled for several vector widths; the widest that the processor
 * has is chosen at run time. All of them give the same bits: no reduction, no fused multiply-add.
 */
#ifndef ACRE_CORE_KERNELS_H
#define ACRE_CORE_KERNELS_H

#include <stddef.h>

struct acre_kernels {
    const char *name;                                                       /* "baseline", ... */
    void (*fill)(double *y, double value, size_t count);                    /* y = value */
    void (*square)(double *y, const double *x, size_t count);               /* y = x * x */
    void (*add)(double *z, const double *x, const double *y, size_t count); /* z = x + y */
    void (*accumulate)(double *y, const double *x, size_t count);           /* y = y + x */
    void (*square_gradient)(double *gx, const double *x, const double *gy,
                            size_t count); /* gx = (2 * x) * gy */
};

/* The widest set that this processor runs. */
const struct acre_kernels *acre_kernels_best(void);

/* By name ("baseline", "avx2", "avx512"); NULL when unknown or when the processor lacks it. */
const struct acre_kernels *acre_kernels_by_name(const char *name);

#endif
