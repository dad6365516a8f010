/*
 * What MatMul, Tanh and SoftmaxCrossEntropy make of plain numbers: for the operators, and for code
 * that has no tape and wants the same bits. Loops that need no library are in core/kernels.h.
 */
#ifndef ACRE_CORE_ELEMENTS_H
#define ACRE_CORE_ELEMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/kernels.h"

/* A matrix, row by row, to be taken as it is or transposed. At most ACRE_MOST_ROWS (core/array.h)
 * rows and columns. */
struct acre_factor {
    const double *elements;
    size_t rows, columns; /* as it lies there */
    bool is_transposed;
};

/* c = a times b, whose shapes fit, by BLAS' dgemm: in which order it adds is that library's affair.
 * What was in c is not read. */
void acre_multiply(struct acre_factor a, struct acre_factor b, double *c);

/*
 * t / (t + 2) with t = e^2x - 1. What the addition and the division round away is put back, so that
 * the error is little more than that of t: at most 1.4 ulp were measured, where glibc's tanh
 * has 2.1.
 */
double acre_tanh_of_number(double x);

/*
 * The mean over the rows of -log softmax(row)[class of the row], each with its greatest element
 * taken out first, so that no exponential overflows. There are as many classes as columns, numbered
 * from 0; `classes` has one of these numbers for each row. Rows are added up from the first on. Not
 * for 0 rows or columns.
 */
double acre_cross_entropy(const double *scores, const double *classes, size_t rows, size_t columns);

/* Its gradient, times gy: (softmax(row) - 1 where the class is) * (gy / rows). Exponentials are
 * added up by `kernels`, of which all sets give the same bits. */
void acre_cross_entropy_gradient(const struct acre_kernels *kernels, double *gradient,
                                 const double *scores, const double *classes, size_t rows,
                                 size_t columns, double gy);

#endif
