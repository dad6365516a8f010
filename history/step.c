#include "history/step.h"

#include <math.h>
#include <stdlib.h>

#include "history/student.h"

struct heap {
    double mean, squares; /* of distances from the mean, summed */
};

/* From the first value on, so that equal values have no spread, not even of the last digit. */
static struct heap heap_of(const double *values, size_t count)
{
    struct heap heap = {0};

    for (size_t i = 0; i < count; i++)
        heap.mean += (values[i] - values[0]) / (double)count;
    heap.mean += values[0];
    for (size_t i = 0; i < count; i++)
        heap.squares += (values[i] - heap.mean) * (values[i] - heap.mean);
    return heap;
}

/* Runs that agree to the last digit have no spread, and any difference is a step then. */
static double ratio_to(double difference, double error)
{
    return error > 0.0 ? difference / error : difference == 0.0 ? 0.0 : INFINITY;
}

static void compare(const double *logs, size_t before, size_t newest, struct acre_step *step)
{
    struct heap old = heap_of(logs, before), young = heap_of(logs + before, newest);
    double df = (double)(before + newest - 2);
    double spread = sqrt((old.squares + young.squares) / df);
    double error = spread * sqrt(1.0 / (double)before + 1.0 / (double)newest);
    double difference = young.mean - old.mean;
    double reach = error * acre_student_t(0.05, df);
    double p = ACRE_STEP_MOST_NEWEST * acre_student_p(ratio_to(difference, error), df);

    if (step->newest != 0 && p >= step->p)
        return;
    *step = (struct acre_step){
        .before = before,
        .newest = newest,
        .before_mean = old.mean,
        .log_ratio = difference,
        .low = difference - reach,
        .high = difference + reach,
        .p = fmin(p, 1.0),
    };
}

void acre_step_of(const double *logs, size_t count, struct acre_step *step)
{
    *step = (struct acre_step){.p = 1.0};
    if (count < ACRE_STEP_FEWEST_BEFORE + 1) {
        step->verdict = ACRE_VERDICT_TOO_FEW_ROUNDS;
        step->runs_wanted = ACRE_STEP_FEWEST_BEFORE;
        step->before = count > 0 ? count - 1 : 0;
        return;
    }
    for (size_t newest = 1; newest <= ACRE_STEP_MOST_NEWEST; newest++) {
        size_t before = count - newest;

        if (before < ACRE_STEP_FEWEST_BEFORE)
            break;
        if (before > ACRE_STEP_MOST_BEFORE)
            before = ACRE_STEP_MOST_BEFORE;
        compare(logs + count - newest - before, before, newest, step);
    }
}

/* Those with too few runs have a p of 1 and come last. */
static int order_steps(const void *left, const void *right)
{
    const struct acre_step *a = *(struct acre_step *const *)left;
    const struct acre_step *b = *(struct acre_step *const *)right;

    return a->p != b->p ? (a->p > b->p) - (a->p < b->p) : (a->newest == 0) - (b->newest == 0);
}

/* The interval of 95 % made one of 99 %, of this series alone. */
static bool excludes_a_step(const struct acre_step *step)
{
    double df = (double)(step->before + step->newest - 2);
    double reach =
        (step->high - step->low) / 2 * acre_student_t(0.01, df) / acre_student_t(0.05, df);
    double most = log(ACRE_PROMISED_STEP);

    return step->log_ratio + reach < most && step->log_ratio - reach > -most;
}

static enum acre_verdict verdict_of(const struct acre_step *step)
{
    if (step->p <= ACRE_VERDICT_LEVEL && step->log_ratio != 0.0)
        return step->log_ratio > 0.0 ? ACRE_VERDICT_SLOWER : ACRE_VERDICT_FASTER;
    return excludes_a_step(step) ? ACRE_VERDICT_NO_DIFFERENCE : ACRE_VERDICT_TOO_NOISY;
}

bool acre_steps_judge(struct acre_step **steps, size_t count)
{
    double *p = calloc(count + 1, sizeof *p);
    size_t judged = 0;

    if (p == NULL)
        return false;
    if (count > 0)
        qsort(steps, count, sizeof(struct acre_step *), order_steps);
    for (; judged < count && steps[judged]->newest > 0; judged++)
        p[judged] = steps[judged]->p;
    acre_holm_adjust(p, judged);
    for (size_t i = 0; i < judged; i++) {
        steps[i]->p = p[i];
        steps[i]->verdict = verdict_of(steps[i]);
    }
    free(p);
    return true;
}
