#include "report/verdict.h"
#include "report/sign_test.h"

#include <math.h>
#include <stdlib.h>

const char *acre_verdict_words(enum acre_verdict verdict)
{
    switch (verdict) {
    case ACRE_VERDICT_TOO_FEW_ROUNDS:
        return "too few rounds";
    case ACRE_VERDICT_FASTER:
        return "faster";
    case ACRE_VERDICT_SLOWER:
        return "slower";
    case ACRE_VERDICT_NO_DIFFERENCE:
        return "no difference shown";
    case ACRE_VERDICT_TOO_NOISY:
        return "too noisy to say";
    case ACRE_VERDICT_COUNT:
        break;
    }
    return "?";
}

bool acre_verdict_differs(enum acre_verdict verdict)
{
    return verdict == ACRE_VERDICT_FASTER || verdict == ACRE_VERDICT_SLOWER;
}

bool acre_verdict_is_open(enum acre_verdict verdict)
{
    return verdict == ACRE_VERDICT_TOO_NOISY || verdict == ACRE_VERDICT_TOO_FEW_ROUNDS;
}

/* How many values are not above 0, and how many not below. */
struct sides {
    size_t below, above;
};

static struct sides count_sides(const struct acre_judged *row)
{
    struct sides sides = {0};
    for (size_t i = 0; i < row->count; i++) {
        sides.below += row->logs[i] <= 0.0;
        sides.above += row->logs[i] >= 0.0;
    }
    return sides;
}

static void test(struct acre_judged *row, bool is_watched)
{
    struct sides sides = count_sides(row);
    size_t fewer = sides.below < sides.above ? sides.below : sides.above;
    row->p = acre_sign_p(row->count, fewer, is_watched);
}

static int order_by_p(const void *left, const void *right)
{
    const struct acre_judged *const *a = left, *const *b = right;
    return ((*a)->p > (*b)->p) - ((*a)->p < (*b)->p);
}

/* One step of Holm's: `at` of `count`, whose p was tested after `before`. */
static double adjusted(double p, double before, size_t at, size_t count)
{
    return fmin(1.0, fmax(before, (double)(count - at) * p));
}

void acre_holm_adjust(double *p, size_t count)
{
    for (size_t i = 0; i < count; i++)
        p[i] = adjusted(p[i], i > 0 ? p[i - 1] : 0.0, i, count);
}

/* An interval of order statistics shrinks with the square root of the number of values. What is
 * said about rounds that nobody made is said in two digits. */
static size_t extrapolate(size_t rounds, double times_too_wide)
{
    double wanted = ceil((double)rounds * times_too_wide * times_too_wide);
    if (!(wanted <= ACRE_MOST_ROUNDS))
        return ACRE_MOST_ROUNDS + 1;
    double digit = 1.0;
    while (wanted / digit >= 100.0)
        digit *= 10.0;
    return (size_t)(ceil(wanted / digit) * digit);
}

/*
 * A row that is not shown to differ. Holm's procedure stopped at `level`, and the interval of that
 * level contains 1: no wider than the promised step, it excludes a step of that size.
 */
static void judge_equal(struct acre_judged *row, double level, bool is_watched)
{
    size_t rank = acre_sign_rank(row->count, level, is_watched);
    if (rank == 0) {
        row->verdict = ACRE_VERDICT_TOO_FEW_ROUNDS;
        row->rounds_wanted = acre_sign_fewest(level, is_watched);
        return;
    }
    double width = row->logs[row->count - rank] - row->logs[rank - 1];
    double most = log(ACRE_PROMISED_STEP);
    row->verdict = width <= most ? ACRE_VERDICT_NO_DIFFERENCE : ACRE_VERDICT_TOO_NOISY;
    row->rounds_wanted = width <= most ? 0 : extrapolate(row->count, width / most);
}

static void judge_different(struct acre_judged *row)
{
    struct sides sides = count_sides(row);
    row->verdict = sides.below > sides.above ? ACRE_VERDICT_FASTER : ACRE_VERDICT_SLOWER;
    row->rounds_wanted = 0;
}

void acre_judge(struct acre_judged **rows, size_t count, bool is_watched)
{
    size_t differ = 0;
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++)
        test(rows[i], is_watched);
    qsort(rows, count, sizeof *rows, order_by_p);
    for (size_t i = 0; i < count; i++) {
        rows[i]->p = adjusted(rows[i]->p, i > 0 ? rows[i - 1]->p : 0.0, i, count);
        differ += rows[i]->p <= ACRE_VERDICT_LEVEL;
    }
    /* Adjusted values rise, so those that differ come first. */
    for (size_t i = 0; i < differ; i++)
        judge_different(rows[i]);
    for (size_t i = differ; i < count; i++)
        judge_equal(rows[i], ACRE_VERDICT_LEVEL / (double)(count - differ), is_watched);
}

size_t acre_verdict_rounds(size_t rows, bool is_watched)
{
    return acre_sign_fewest(ACRE_VERDICT_LEVEL / (double)(rows > 0 ? rows : 1), is_watched);
}
