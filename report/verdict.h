/*
 * What ratios of times say, and with which right: one verdict for each row of a table.
 *
 *   p of each row        the exact sign test of its log ratios             (sign_test.h)
 *   p of the table       Holm's step-down adjustment for all its rows
 *   differs              where that is at most 1 %: then in 99 of 100 tables not one row is called
 *                        different that is not
 *   no difference shown  where the interval behind the test is no wider than 3 %. It contains 1, so
 *                        a difference of 3 % or more would have left it
 *   too noisy, too few   otherwise, with how many rounds would do
 *
 * S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
 * Statistics 6(2), 1979. docs/statistics.md explains all of it.
 */
#ifndef ACRE_REPORT_VERDICT_H
#define ACRE_REPORT_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

/* Of all the verdicts of one table that something differs, together: wrong in at most 1 of 100. */
#define ACRE_VERDICT_LEVEL 0.01

/*
 * What is promised to be found: a step of 3 %, as a ratio. A verdict of no difference excludes it.
 * Where blocks come to lie moves a loop by 2 % in either direction (docs/bench.md), so what is
 * smaller than 3 % says more about one build on one machine than about an allocator; and what tells
 * allocators apart here is larger.
 */
#define ACRE_PROMISED_STEP 1.03

/* More rounds than a run may have: where it would take as many it is said so, and no number. */
enum { ACRE_MOST_ROUNDS = 10000 };

enum acre_verdict {
    ACRE_VERDICT_TOO_FEW_ROUNDS, /* no result could have been a verdict */
    ACRE_VERDICT_FASTER,
    ACRE_VERDICT_SLOWER,
    ACRE_VERDICT_NO_DIFFERENCE, /* any is below ACRE_PROMISED_STEP */
    ACRE_VERDICT_TOO_NOISY,     /* there may be one of that size or not */
    ACRE_VERDICT_COUNT
};

/* "faster", "slower", "no difference shown", "too noisy to say", "too few rounds": the same words
 * everywhere. */
const char *acre_verdict_words(enum acre_verdict verdict);

/* Whether it says that something differs. */
bool acre_verdict_differs(enum acre_verdict verdict);

/* Whether more rounds could say more. */
bool acre_verdict_is_open(enum acre_verdict verdict);

/* One row: natural logarithms of ratios, sorted, and what is said of them. */
struct acre_judged {
    const double *logs; /* borrowed */
    size_t count;
    double p; /* adjusted for the table */
    enum acre_verdict verdict;
    size_t rounds_wanted; /* of an open verdict: about as many would do; above ACRE_MOST_ROUNDS:
                             more than a run can have */
};

/*
 * Judges the rows of one table. The pointers come back in the order of p; the rows stay where they
 * are. `is_watched`: when to stop was decided by looking (sign_test.h).
 */
void acre_judge(struct acre_judged **rows, size_t count, bool is_watched);

/*
 * Holm's adjustment of p values that are sorted upwards, in place:
 * p[i] becomes the largest of (count - j) p[j], j <= i, and at most 1.
 */
void acre_holm_adjust(double *p, size_t count);

/* The fewest rounds with which a table of so many rows can have a verdict at all. */
size_t acre_verdict_rounds(size_t rows, bool is_watched);

#endif
