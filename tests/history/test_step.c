/* Steps at the end of a series: Student's t against printed tables, and how often the whole check
 * finds a step that is there and one that is not. */
#include "tests/support/mtest.h"

#include "bench/random.h"
#include "history/step.h"
#include "history/student.h"

#include <math.h>

static void is_near(double value, double wanted, double tolerance)
{
    cr_expect(fabs(value - wanted) <= tolerance, "%.10g, not %.10g", value, wanted);
}

/* E. S. Pearson, H. O. Hartley, Biometrika Tables for Statisticians I, table 12: percentage points,
 * two-sided here. */
MTest(student, is_as_printed)
{
    static const struct {
        double p, df, t;
    } printed[] = {
        {0.05, 1, 12.706},   {0.01, 1, 63.657}, {0.05, 2, 4.303},  {0.01, 5, 4.032},
        {0.001, 5, 6.869},   {0.05, 9, 2.262},  {0.01, 9, 3.250},  {0.001, 10, 4.587},
        {0.05, 20, 2.086},   {0.01, 20, 2.845}, {0.01, 30, 2.750}, {0.05, 120, 1.980},
        {0.001, 120, 3.373}, {0.5, 10, 0.700},
    };

    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
        is_near(acre_student_t(printed[i].p, printed[i].df), printed[i].t, 0.0006);
        is_near(acre_student_p(acre_student_t(printed[i].p, printed[i].df), printed[i].df),
                printed[i].p, 1e-9);
    }
    /* One degree is Cauchy's distribution, two have a formula. */
    for (double t = 0.01; t < 1e6; t *= 3) {
        is_near(acre_student_p(t, 1), 1 - 2 * atan(t) / M_PI, 1e-12);
        is_near(acre_student_p(-t, 2), 1 - t / sqrt(2 + t * t), 1e-12);
    }
    cr_expect_eq(acre_student_p(0, 7), 1.0);
    cr_expect_eq(acre_student_p(INFINITY, 7), 0.0);
    cr_expect_eq(acre_student_p(NAN, 7), 1.0);
}

/* A made-up series: `before` runs with noise of 3 %, then three more, `step` times as slow. */
static void make_series(struct acre_random *random, double *logs, size_t before, double step)
{
    double noise[40];

    acre_random_normal(random, noise, before + 3);
    for (size_t i = 0; i < before + 3; i++)
        logs[i] = log(5000.0) + 0.03 * noise[i] + (i < before ? 0.0 : log(step));
}

/* What a check says behind each of the three. */
static bool is_flagged(const double *logs, size_t before, enum acre_verdict verdict)
{
    bool flagged = false;

    for (size_t newest = 1; newest <= 3; newest++) {
        struct acre_step step, *steps[] = {&step};

        acre_step_of(logs, before + newest, &step);
        cr_assert(acre_steps_judge(steps, 1));
        flagged = flagged || step.verdict == verdict;
    }
    return flagged;
}

MTest(step, is_found_within_three_runs)
{
    enum { SERIES = 100, BEFORE = 30 };
    size_t slower = 0, faster = 0, wrong = 0, opposite = 0;
    double logs[40];

    for (uint64_t seed = 0; seed < SERIES; seed++) {
        struct acre_random random;

        acre_random_init(&random, seed, 0);
        make_series(&random, logs, BEFORE, 1.1);
        slower += is_flagged(logs, BEFORE, ACRE_VERDICT_SLOWER);
        opposite += is_flagged(logs, BEFORE, ACRE_VERDICT_FASTER);
        make_series(&random, logs, BEFORE, 1 / 1.1);
        faster += is_flagged(logs, BEFORE, ACRE_VERDICT_FASTER);
        make_series(&random, logs, BEFORE, 1.0);
        wrong += is_flagged(logs, BEFORE, ACRE_VERDICT_SLOWER) ||
                 is_flagged(logs, BEFORE, ACRE_VERDICT_FASTER);
    }
    cr_expect_geq(slower, 95, "%zu", slower);
    cr_expect_geq(faster, 95, "%zu", faster);
    cr_expect_leq(wrong, 5, "%zu", wrong);
    cr_expect_eq(opposite, 0);
}

/* Twenty cells are one family: as many wrong verdicts for all of them as for one. */
MTest(step, of_many_cells_are_one_family)
{
    enum { CHECKS = 400, CELLS = 20, BEFORE = 10 };
    size_t wrong = 0;

    for (uint64_t seed = 0; seed < CHECKS; seed++) {
        struct acre_step steps[CELLS], *pointers[CELLS];
        bool differs = false;

        for (size_t i = 0; i < CELLS; i++) {
            struct acre_random random;
            double logs[40];

            acre_random_init(&random, seed, i);
            make_series(&random, logs, BEFORE, 1.0);
            acre_step_of(logs, BEFORE + 1, &steps[i]);
            pointers[i] = &steps[i];
        }
        cr_assert(acre_steps_judge(pointers, CELLS));
        for (size_t i = 0; i < CELLS; i++)
            differs = differs || acre_verdict_differs(steps[i].verdict);
        wrong += differs;
    }
    cr_expect_leq(wrong, CHECKS / 50, "%zu of %d", wrong, CHECKS); /* 1 of 100 is promised */
}

MTest(step, needs_five_runs_before)
{
    const double logs[] = {1, 1.01, 0.99, 1, 1.02, 1.5};
    struct acre_step step, *steps[] = {&step};

    for (size_t count = 0; count < 6; count++) {
        acre_step_of(logs, count, &step);
        cr_assert(acre_steps_judge(steps, 1));
        cr_expect_eq(step.verdict, ACRE_VERDICT_TOO_FEW_ROUNDS);
        cr_expect_eq(step.before, count > 0 ? count - 1 : 0);
        cr_expect_eq(step.runs_wanted, 5);
    }
    acre_step_of(logs, 6, &step);
    cr_assert(acre_steps_judge(steps, 1));
    cr_expect(step.verdict == ACRE_VERDICT_SLOWER && step.before == 5 && step.newest == 1);
    is_near(step.before_mean, 1.004, 1e-12);
    is_near(step.log_ratio, 0.496, 1e-12);
    cr_expect(step.low < step.log_ratio && step.log_ratio < step.high);
}

/* Runs that are alike to the last digit have no spread; one that is not has made a step. */
MTest(step, without_noise_is_exact)
{
    double logs[10] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    struct acre_step step, *steps[] = {&step};

    acre_step_of(logs, 10, &step);
    cr_assert(acre_steps_judge(steps, 1));
    cr_expect(step.verdict == ACRE_VERDICT_NO_DIFFERENCE && step.p == 1.0);
    logs[9] = 1.9;
    acre_step_of(logs, 10, &step);
    cr_assert(acre_steps_judge(steps, 1));
    cr_expect(step.verdict == ACRE_VERDICT_FASTER && step.newest == 1);
}

/* What lies further back than thirty runs is not looked at. */
MTest(step, forgets)
{
    double logs[60];
    struct acre_step step;

    for (size_t i = 0; i < 60; i++)
        logs[i] = (i < 28 ? 100.0 : 1.0) + 0.01 * (double)(i % 3);
    acre_step_of(logs, 60, &step);
    cr_expect_eq(step.before, ACRE_STEP_MOST_BEFORE);
    is_near(step.before_mean, 1.01, 0.01);
}
