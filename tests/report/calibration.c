/*
 * Do verdicts keep what docs/statistics.md promises? Thousands of tables with noise of several
 * shapes, in which nothing differs or everything by 3 %, are judged as a report judges them.
 * Seeded, so it comes out the same each time; TAP. The bounds are the promise and three standard
 * deviations of the simulation.
 *
 * calibration [TRIALS]
 */
#include "report/stats.h"
#include "tests/report/sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 8, MOST_ROUNDS = 160, IMPATIENT_ROUNDS = 100 };

enum shape { NORMAL, NOISY, SKEWED, TWO_HUMPS, HEAVY_TAILS, DRIFT, SHAPES };

static const char *const shape_names[SHAPES] = {
    [NORMAL] = "normal",       [NOISY] = "normal and noisy",  [SKEWED] = "skewed",
    [TWO_HUMPS] = "two humps", [HEAVY_TAILS] = "heavy tails", [DRIFT] = "drift in common",
};

/* The logarithm of a time, of the spread of a quiet machine: about 0.7 % in the middle half. A
 * common drift is added for all of a round. */
static double noise(struct sample_random *random, enum shape shape)
{
    double normal = sample_normal(random);
    switch (shape) {
    case NOISY: /* about as wide as a step of 3 % can be told at 20 rounds */
        return 0.009 * normal;
    case SKEWED:
        return 0.004 * (exp(normal) - 1.0);
    case TWO_HUMPS: /* as cold and warm caches make them */
        return 0.001 * normal + (sample_uniform(random) < 0.5 ? -0.02 : 0.02);
    case HEAVY_TAILS: /* Cauchy: no mean, no variance; but its exponential is still a time */
        normal = 0.003 * tan(3.141592653589793 * (sample_uniform(random) - 0.5));
        return fmax(-100.0, fmin(100.0, normal));
    case NORMAL:
    case DRIFT:
    case SHAPES:
        break;
    }
    return 0.005 * normal;
}

/* Drift is one value a round, for all of them: the machine warms up by a third and wavers. */
static double drift_of(struct sample_random *random, enum shape shape, size_t round)
{
    if (shape != DRIFT)
        return 0.0;
    return 0.002 * (double)round + 0.05 * sample_normal(random);
}

/* Times of a reference and of rows that are `step` times as slow, round after round. */
struct table {
    struct sample_random random;
    enum shape shape;
    double step;
    double reference[MOST_ROUNDS], rows[ROWS][MOST_ROUNDS];
    size_t rounds;
    struct acre_ratio ratios[ROWS];
};

static void add_round(struct table *table)
{
    size_t round = table->rounds++;
    double drift = drift_of(&table->random, table->shape, round);
    table->reference[round] = 1000.0 * exp(drift + noise(&table->random, table->shape));
    for (size_t row = 0; row < ROWS; row++)
        table->rows[row][round] =
            1000.0 * table->step * exp(drift + noise(&table->random, table->shape));
}

static void judge(struct table *table, bool is_watched)
{
    const struct acre_series reference = {table->reference, table->rounds};
    struct acre_family family = {.is_watched = is_watched};
    for (size_t row = 0; row < ROWS; row++) {
        const struct acre_series series = {table->rows[row], table->rounds};
        if (acre_family_add(&family, &series, &reference, &table->ratios[row]) != ACRE_STATS_OK)
            abort();
    }
    if (!acre_family_judge(&family))
        abort();
    acre_family_end(&family);
}

static size_t count_verdicts(const struct table *table, enum acre_verdict verdict)
{
    size_t count = 0;
    for (size_t row = 0; row < ROWS; row++)
        count += table->ratios[row].verdict == verdict;
    return count;
}

static bool differs(const struct table *table)
{
    return count_verdicts(table, ACRE_VERDICT_FASTER) > 0 ||
           count_verdicts(table, ACRE_VERDICT_SLOWER) > 0;
}

static bool is_open(const struct table *table)
{
    return count_verdicts(table, ACRE_VERDICT_TOO_NOISY) > 0 ||
           count_verdicts(table, ACRE_VERDICT_TOO_FEW_ROUNDS) > 0;
}

/* TAP --------------------------------------------------------------------------------------- */

static int tests, failures;

static void report(bool good, const char *what, enum shape shape, double percent)
{
    tests++;
    failures += !good;
    printf("%sok %d - %s, %s: %.2f %%\n", good ? "" : "not ", tests, shape_names[shape], what,
           percent);
}

/* At most `rate` of the trials, and chance. */
static double most(double rate, size_t trials)
{
    return (double)trials * rate + 3.0 * sqrt((double)trials * rate * (1.0 - rate));
}

static struct table table_of(enum shape shape, double step, uint64_t seed)
{
    return (struct table){.random = {.state = seed}, .shape = shape, .step = step};
}

/* Nothing differs, 20 rounds: in how many tables is a row called different? */
static void check_alike(enum shape shape, size_t trials)
{
    static struct table table;
    size_t wrong = 0;
    table = table_of(shape, 1.0, 1000 + (uint64_t)shape);
    for (size_t i = 0; i < trials; i++) {
        table.rounds = 0;
        while (table.rounds < 20)
            add_round(&table);
        judge(&table, false);
        wrong += differs(&table);
    }
    report((double)wrong <= most(ACRE_VERDICT_LEVEL, trials),
           "wrong tables of those where nothing "
           "differs",
           shape, 100.0 * (double)wrong / (double)trials);
}

/* Everything is 3 % slower: how many rows are found, or called too noisy? */
static void check_step(enum shape shape, size_t trials)
{
    static struct table table;
    size_t found = 0, open = 0, missed = 0, opposite = 0;
    table = table_of(shape, ACRE_PROMISED_STEP, 2000 + (uint64_t)shape);
    for (size_t i = 0; i < trials; i++) {
        table.rounds = 0;
        while (table.rounds < 20)
            add_round(&table);
        judge(&table, false);
        found += count_verdicts(&table, ACRE_VERDICT_SLOWER);
        open += count_verdicts(&table, ACRE_VERDICT_TOO_NOISY);
        missed += count_verdicts(&table, ACRE_VERDICT_NO_DIFFERENCE);
        opposite += count_verdicts(&table, ACRE_VERDICT_FASTER);
    }
    double rows = (double)(trials * ROWS);
    report((double)missed <= most(ACRE_VERDICT_LEVEL, trials * ROWS) && opposite == 0,
           "steps of 3 % taken for none", shape, 100.0 * (double)missed / rows);
    report(found + open >= (size_t)(0.95 * rows), "steps of 3 % found, or too noisy", shape,
           100.0 * (double)(found + open) / rows);
    /* The quiet machine: there they have to be found. */
    if (shape == NORMAL || shape == DRIFT)
        report(found >= (size_t)(0.95 * rows), "steps of 3 % found", shape,
               100.0 * (double)found / rows);
}

/* Nothing differs, and somebody looks after every round until each verdict is given. */
static void check_watched(enum shape shape, size_t trials)
{
    static struct table table;
    size_t wrong = 0, rounds = 0;
    table = table_of(shape, 1.0, 3000 + (uint64_t)shape);
    for (size_t i = 0; i < trials; i++) {
        table.rounds = 0;
        do {
            add_round(&table);
            if (table.rounds >= ACRE_VERDICT_MIN_ROUNDS)
                judge(&table, true);
        } while (table.rounds < ACRE_VERDICT_MIN_ROUNDS ||
                 (table.rounds < MOST_ROUNDS && is_open(&table)));
        wrong += differs(&table);
        rounds += table.rounds;
    }
    report((double)wrong <= most(ACRE_VERDICT_LEVEL, trials),
           "wrong tables where somebody watches until all is decided", shape,
           100.0 * (double)wrong / (double)trials);
    printf("# figure: %s, watched: %.0f rounds\n", shape_names[shape],
           (double)rounds / (double)trials);
}

/* Nothing differs, and somebody looks after every round and stops as soon as something seems to: no
 * rule to stop by is worse. Only signs matter here, so one shape is enough. */
static void check_impatient(size_t trials)
{
    static struct table table;
    size_t wrong = 0;
    table = table_of(NORMAL, 1.0, 4000);
    for (size_t i = 0; i < trials; i++) {
        table.rounds = 0;
        do {
            add_round(&table);
            judge(&table, true);
        } while (table.rounds < IMPATIENT_ROUNDS && !differs(&table));
        wrong += differs(&table);
    }
    report((double)wrong <= most(ACRE_VERDICT_LEVEL, trials),
           "wrong tables where somebody watches until something seems to differ", NORMAL,
           100.0 * (double)wrong / (double)trials);
}

int main(int argc, char **argv)
{
    size_t trials = argc > 1 ? strtoul(argv[1], NULL, 10) : 4000;
    if (trials == 0)
        return 2;
    for (int shape = 0; shape < SHAPES; shape++) {
        check_alike((enum shape)shape, trials);
        check_step((enum shape)shape, trials / 4 + 1);
        check_watched((enum shape)shape, trials / 8 + 1);
    }
    check_impatient(trials / 8 + 1);
    printf("1..%d\n", tests);
    return failures > 0;
}
