/*
 * The loops over elements, each compiled for several vector widths; the widest that the processor
 * has is chosen at run time. All of them give the same bits: no operation is fused with another,
 * and the order of every addition is fixed. Functions of the C library (exp, tanh, pow) have no
 * wider form here and stay with their operators.
 */
#ifndef ACRE_CORE_KERNELS_H
#define ACRE_CORE_KERNELS_H

#include <stddef.h>

/* Which of two operands, if any, is one number that stands beside every element of the other. */
enum acre_single { ACRE_SINGLE_NONE, ACRE_SINGLE_X, ACRE_SINGLE_Y };

/* z has `count` elements, and so have x and y unless they are single. x and y may be the same. */
typedef void acre_binary_kernel(double *z, const double *x, const double *y, size_t count,
                                enum acre_single single);

struct acre_kernels {
    const char *name;                                             /* "baseline", ... */
    void (*fill)(double *y, double value, size_t count);          /* y = value */
    void (*square)(double *y, const double *x, size_t count);     /* y = x * x */
    void (*negate)(double *y, const double *x, size_t count);     /* y = -x */
    void (*accumulate)(double *y, const double *x, size_t count); /* y = y + x */
    acre_binary_kernel *add;                                      /* z = x + y */
    acre_binary_kernel *subtract;                                 /* z = x - y */
    acre_binary_kernel *multiply;                                 /* z = x * y */
    acre_binary_kernel *divide;                                   /* z = x / y */

    void (*square_gradient)(double *gx, const double *x, const double *gy,
                            size_t count); /* gx = (2 * x) * gy */
    void (*tanh_gradient)(double *gx, const double *y, const double *gy,
                          size_t count);  /* gx = gy * (1 - y * y) */
    acre_binary_kernel *divisor_gradient; /* z = z * (-x / (y * y)): z is gy, and then gy's part */

    /*
     * The sum of `count` elements, pairwise, in the order of numpy's: up to 128 elements eight
     * partial sums take every eighth element each and are added as ((0+1)+(2+3))+((4+5)+(6+7)),
     * then come the elements that are left over (fewer than eight are just added up); more are the
     * sum of two halves, of which the first has a multiple of 8 elements. The error grows with the
     * logarithm of count.
     */
    double (*sum)(const double *x, size_t count);

    /* Of `rows` rows, one after the other: y = x with `row` added to each; y = the sum over the
     * rows, from the first on, and for one column what `sum` gives, which is numpy's order too. */
    void (*add_row)(double *y, const double *x, const double *row, size_t rows, size_t columns);
    void (*sum_rows)(double *y, const double *x, size_t rows, size_t columns);
};

/* The widest set that this processor runs. */
const struct acre_kernels *acre_kernels_best(void);

/* By name ("baseline", "avx2", "avx512"); NULL when unknown or when the processor lacks it. */
const struct acre_kernels *acre_kernels_by_name(const char *name);

#endif
