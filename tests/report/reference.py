#!/usr/bin/python3
"""Writes reference.h: what numpy and scipy say of made-up data, for test_reference.c.

Usage: reference.py >reference.h (Debian: python3-numpy, python3-scipy). The test needs neither.
The data are decimals, so that both sides read the same doubles.
"""

import numpy
import scipy
from scipy import stats

RESAMPLES = 10000


def c_array(values):
    return "{" + ", ".join(repr(float(v)) for v in values) + "}"


def mann_whitney(generator):
    """Small and large, with and without ties, equal and unequal, shifted and not."""
    cases = []
    for m, n, shift, grain in [
        (3, 4, 0.0, 6), (8, 8, 0.5, 6), (20, 20, 0.0, 6), (20, 20, 1.0, 6), (25, 25, 0.3, 6),
        (10, 40, -0.8, 6), (1, 12, 3.0, 6), (40, 40, 0.4, 6), (60, 17, 0.0, 6),
        (8, 8, 0.5, 0), (20, 20, 0.6, 1), (40, 30, -0.5, 0), (5, 5, 0.0, 0), (30, 30, 2.0, 6),
    ]:
        a = numpy.round(generator.normal(100.0 + shift, 1.0, m), grain)
        b = numpy.round(generator.normal(100.0, 1.0, n), grain)
        both = numpy.concatenate([a, b])
        exact = len(numpy.unique(both)) == len(both) and len(both) <= 50
        result = stats.mannwhitneyu(a, b, alternative="two-sided",
                                    method="exact" if exact else "asymptotic")
        cases.append((a, b, float(result.statistic), float(result.pvalue), exact))
    return cases


class Nrand48:
    """The generator that POSIX describes, as whole arrays."""

    def __init__(self, seed):
        self.x = (seed << 16) | 0x330E

    def take(self, count):
        values = numpy.empty(count, dtype=numpy.int64)
        for i in range(count):
            self.x = (self.x * 0x5DEECE66D + 0xB) % 2**48
            values[i] = self.x >> 17
        return values


def bootstrap(generator):
    cases = []
    for n, sigma, seed in [(8, 0.02, 1), (20, 0.1, 1), (20, 0.5, 12345), (50, 1.0, 4000000000)]:
        a = numpy.round(generator.lognormal(1.0, sigma, n), 6)
        b = numpy.round(generator.lognormal(1.2, sigma, n), 6)
        drawn = (Nrand48(seed).take(RESAMPLES * n) * n >> 31).reshape(RESAMPLES, n)
        ratios = numpy.sort(a[drawn].sum(axis=1) / b[drawn].sum(axis=1))
        # Another generator and scipy's own bootstrap: how far an interval moves by chance alone.
        other = stats.bootstrap((a, b), lambda x, y, axis: x.sum(axis=axis) / y.sum(axis=axis),
                                paired=True, vectorized=True, n_resamples=RESAMPLES,
                                method="percentile", random_state=7).confidence_interval
        cases.append((a, b, seed, a.sum() / b.sum(), ratios[249], ratios[9750], other.low,
                      other.high))
    return cases


def sign(generator):
    """Two-sided p of k successes in n, and Holm's adjustment of all of them."""
    cases = [(n, int(k)) for n in (5, 20, 100, 1000, 5000)
             for k in sorted({n // 2, int(n * 0.45), int(n * 0.4), int(n * 0.3), 0})]
    return [(n, k, float(stats.binomtest(k, n, 0.5).pvalue)) for n, k in cases]


def holm(p):
    """By the definition, one hypothesis after the other, in any order of p."""
    p = numpy.asarray(p)
    order = numpy.argsort(p)
    adjusted = numpy.empty(len(p))
    adjusted[order] = numpy.maximum.accumulate(p[order] * (len(p) - numpy.arange(len(p))))
    return numpy.minimum(adjusted, 1.0)


def main():
    generator = numpy.random.default_rng(20261125)
    print("/* Written by reference.py with numpy %s and scipy %s. */" %
          (numpy.__version__, scipy.__version__))
    print("/* clang-format off */")
    print("static const struct u_case {")
    print("    double first[64], second[64];")
    print("    size_t first_count, second_count;")
    print("    double u, p;")
    print("    bool is_exact;")
    print("} u_cases[] = {")
    for a, b, u, p, exact in mann_whitney(generator):
        print("    {%s,\n     %s,\n     %d, %d, %r, %r, %s}," %
              (c_array(a), c_array(b), len(a), len(b), u, p, "true" if exact else "false"))
    print("};\n")
    print("static const struct sum_case {")
    print("    double numerator[64], denominator[64];")
    print("    size_t count;")
    print("    uint32_t seed;")
    print("    double point, low, high;")
    print("    double other_low, other_high; /* by other random numbers */")
    print("} sum_cases[] = {")
    for a, b, seed, *values in bootstrap(generator):
        print("    {%s,\n     %s,\n     %d, %du, %s}," %
              (c_array(a), c_array(b), len(a), seed, ", ".join(repr(float(v)) for v in values)))
    print("};\n")
    print("static const struct sign_case {")
    print("    size_t n, fewer;")
    print("    double p;")
    print("} sign_cases[] = {")
    for case in sign(generator):
        print("    {%d, %d, %r}," % case)
    print("};\n")
    p = numpy.sort(numpy.round(generator.beta(0.3, 3.0, 12), 6))
    print("static const double holm_p[] = %s;" % c_array(p))
    print("static const double holm_adjusted[] = %s;" % c_array(holm(p)))
    print("/* clang-format on */")


main()
