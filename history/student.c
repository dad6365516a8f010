#include "history/student.h"

#include <math.h>

/* The coefficients of the continued fraction of I_x(a, b), two at a time. */
static double even_term(double a, double b, double x, double m)
{
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
}

static double odd_term(double a, double b, double x, double m)
{
    return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
}

static double not_zero(double value)
{
    return fabs(value) < 1e-300 ? 1e-300 : value;
}

/* Converges fast for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
    enum { MOST_TERMS = 1000 };
    double c = 1.0, d = 1.0 / not_zero(1.0 - (a + b) * x / (a + 1)), fraction = d;

    for (int m = 1; m <= MOST_TERMS; m++) {
        double terms[2] = {even_term(a, b, x, m), odd_term(a, b, x, m)};
        double step = 1.0;

        for (int i = 0; i < 2; i++) {
            d = 1.0 / not_zero(1.0 + terms[i] * d);
            c = not_zero(1.0 + terms[i] / c);
            step = c * d;
            fraction *= step;
        }
        if (fabs(step - 1.0) < 1e-15)
            break;
    }
    return fraction;
}

static double incomplete_beta(double a, double b, double x)
{
    double front;

    if (x <= 0.0 || x >= 1.0)
        return x <= 0.0 ? 0.0 : 1.0;
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1.0 - front * beta_fraction(b, a, 1.0 - x) / b;
}

double acre_student_p(double t, double df)
{
    double p;

    if (isnan(t))
        return 1.0;
    p = isinf(t) ? 0.0 : incomplete_beta(df / 2, 0.5, df / (df + t * t));
    return p < 0.0 ? 0.0 : p > 1.0 ? 1.0 : p;
}

double acre_student_t(double p, double df)
{
    double low = 0.0, high = 1.0;

    while (acre_student_p(high, df) > p && high < 1e12)
        high *= 2;
    for (int i = 0; i < 100 && high - low > 1e-12 * high; i++) {
        double middle = low + (high - low) / 2;

        if (acre_student_p(middle, df) > p)
            low = middle;
        else
            high = middle;
    }
    return high;
}
