#include "report/sign_test.h"

#include <math.h>

/* P(B = k) for B binomial(n, 1/2). The power of two is exact while it is a normal number. */
static double binomial_half(size_t n, size_t k)
{
    if (k == 0 && n < 1000)
        return ldexp(1.0, -(int)n);
    int sign;
    double logarithm = lgamma_r((double)n + 1.0, &sign) - lgamma_r((double)k + 1.0, &sign) -
                       lgamma_r((double)(n - k) + 1.0, &sign) - (double)n * log(2.0);
    return exp(logarithm);
}

/* P(B <= k), from the largest term down to what a double cannot show beside it. */
static double binomial_half_tail(size_t n, size_t k)
{
    double term = binomial_half(n, k), sum = term;
    for (; k > 0 && term > 1e-18 * sum; k--) {
        term *= (double)k / (double)(n - k + 1);
        sum += term;
    }
    return sum;
}

static double p_of(size_t n, double term, double tail, bool is_watched)
{
    return fmin(1.0, is_watched ? (double)(n + 1) * term : 2.0 * tail);
}

double acre_sign_p(size_t n, size_t fewer, bool is_watched)
{
    if (fewer >= n - fewer)
        return 1.0;
    return p_of(n, binomial_half(n, fewer), binomial_half_tail(n, fewer), is_watched);
}

/* One rank after the other; twenty standard deviations below the middle p is below every level, so
 * that is where it may start: a million rounds cost ten thousand steps. */
size_t acre_sign_rank(size_t n, double level, bool is_watched)
{
    double from = floor(0.5 * (double)n - 10.0 * sqrt((double)n));
    size_t rank = 0, k = from > 0.0 ? (size_t)from : 0;
    double term = binomial_half(n, k), tail = term;
    while (k + 1 <= n / 2 && p_of(n, term, tail, is_watched) <= level) {
        rank = k + 1;
        term *= (double)(n - k) / (double)(k + 1);
        tail += term;
        k++;
    }
    return rank;
}

size_t acre_sign_fewest(double level, bool is_watched)
{
    size_t n = 2;
    while (acre_sign_p(n, 0, is_watched) > level)
        n++;
    return n;
}
