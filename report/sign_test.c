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

/* Twenty standard deviations below the middle nothing is left that a double could show, so sums may
 * start there: a million rounds cost ten thousand steps. */
static size_t first_term(size_t n)
{
    double from = floor(0.5 * (double)n - 10.0 * sqrt((double)n));
    return from > 0.0 ? (size_t)from : 0;
}

/* P(B = k) and P(B <= k), one k after the other. */
struct walk {
    size_t n, k;
    double term, sum;
};

static struct walk begin_walk(size_t n, size_t k)
{
    double term = binomial_half(n, k);
    return (struct walk){.n = n, .k = k, .term = term, .sum = term};
}

static void step(struct walk *walk)
{
    walk->term *= (double)(walk->n - walk->k) / (double)(walk->k + 1);
    walk->k++;
    walk->sum += walk->term;
}

static double p_at(const struct walk *walk, bool is_watched)
{
    return fmin(1.0, is_watched ? (double)(walk->n + 1) * walk->term : 2.0 * walk->sum);
}

double acre_sign_p(size_t n, size_t fewer, bool is_watched)
{
    if (fewer >= n - fewer)
        return 1.0;
    size_t first = first_term(n);
    struct walk walk = begin_walk(n, first < fewer ? first : fewer);
    while (walk.k < fewer)
        step(&walk);
    return p_at(&walk, is_watched);
}

size_t acre_sign_rank(size_t n, double level, bool is_watched)
{
    size_t rank = 0;
    for (struct walk walk = begin_walk(n, first_term(n));
         walk.k + 1 <= n / 2 && p_at(&walk, is_watched) <= level; step(&walk))
        rank = walk.k + 1;
    return rank;
}

size_t acre_sign_fewest(double level, bool is_watched)
{
    size_t n = 2;
    while (acre_sign_p(n, 0, is_watched) > level)
        n++;
    return n;
}
