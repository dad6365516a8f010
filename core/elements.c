#include "core/elements.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* BLAS is not asked about matrices without elements: it would take their rows to be of no length,
 * which it refuses by ending the program. */
void acre_multiply(struct acre_factor a, struct acre_factor b, double *c)
{
    size_t rows = a.is_transposed ? a.columns : a.rows;
    size_t inner = a.is_transposed ? a.rows : a.columns;
    size_t columns = b.is_transposed ? b.rows : b.columns;

    if (rows == 0 || columns == 0)
        return;
    if (inner == 0)
        memset(c, 0, rows * columns * sizeof *c);
    else
        cblas_dgemm(CblasRowMajor, a.is_transposed ? CblasTrans : CblasNoTrans,
                    b.is_transposed ? CblasTrans : CblasNoTrans, (int)rows, (int)columns,
                    (int)inner, 1, a.elements, (int)a.columns, b.elements, (int)b.columns, 0, c,
                    (int)columns);
}

double acre_tanh_of_number(double x)
{
    double magnitude = fabs(x);
    double t;
    double sum;
    double lost;
    double quotient;

    if (magnitude > 22)
        return copysign(1, x);
    t = expm1(2 * magnitude);
    sum = t + 2;
    lost = t < 2 ? t - (sum - 2) : 2 - (sum - t);
    quotient = t / sum;
    quotient += (fma(-quotient, sum, t) - quotient * lost) / sum;
    return copysign(quotient, x);
}

/* One with a NaN in it has a NaN for its sum of exponentials, whatever is its greatest. */
static double greatest(const double *row, size_t columns)
{
    double most = row[0];

    for (size_t j = 1; j < columns; j++)
        if (row[j] > most)
            most = row[j];
    return most;
}

/* Of a row, each less `most`. */
static double sum_of_exponentials(const double *row, size_t columns, double most)
{
    double sum = 0;

    for (size_t j = 0; j < columns; j++)
        sum += exp(row[j] - most);
    return sum;
}

double acre_cross_entropy(const double *scores, const double *classes, size_t rows, size_t columns)
{
    double total = 0;

    for (size_t i = 0; i < rows; i++) {
        const double *row = &scores[i * columns];
        double most = greatest(row, columns);

        total += row[(size_t)classes[i]] - (most + log(sum_of_exponentials(row, columns, most)));
    }
    return -total / (double)rows;
}

void acre_cross_entropy_gradient(const struct acre_kernels *kernels, double *gradient,
                                 const double *scores, const double *classes, size_t rows,
                                 size_t columns, double gy)
{
    double scale = gy / (double)rows;

    for (size_t i = 0; i < rows; i++) {
        const double *row = &scores[i * columns];
        double *to = &gradient[i * columns];
        double most = greatest(row, columns);
        double sum;

        for (size_t j = 0; j < columns; j++)
            to[j] = exp(row[j] - most);
        sum = kernels->sum(to, columns);
        for (size_t j = 0; j < columns; j++)
            to[j] = (to[j] / sum - ((double)j == classes[i] ? 1 : 0)) * scale;
    }
}
