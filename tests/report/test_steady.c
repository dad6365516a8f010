/* The machine's speed taken out of times: when, how, and that the promise of verdicts survives. */
#include "tests/support/mtest.h"

#include "report/group.h"
#include "tests/report/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 20 };

static void set_logs(struct acre_series *series, size_t count, double spread)
{
    series->count = 0;
    for (size_t i = 0; i < count; i++)
        cr_assert(acre_series_append(series, i % 2 == 0 ? spread : -spread));
}

static bool is_steady(const struct acre_run *run)
{
    struct acre_judging judging;
    cr_assert(acre_judging_of(run, &judging));
    return judging.is_steady;
}

MTest(steady, noise_is_the_farther_end)
{
    double logs[] = {-0.04, -0.03, -0.02, 0.0, 0.01, 0.02};
    struct acre_noise noise;
    cr_assert(acre_noise_of(&(struct acre_series){logs, 6}, &noise));
    cr_assert(noise.is_known); /* at 95 % six values have an interval: from end to end */
    cr_assert_float_eq(noise.ratio, exp(0.04), 1e-12);
    for (size_t i = 0; i < 6; i++)
        logs[i] = -logs[i];
    cr_assert(acre_noise_of(&(struct acre_series){logs, 6}, &noise));
    cr_assert_float_eq(noise.ratio, exp(0.04), 1e-12);
    cr_assert(acre_noise_of(&(struct acre_series){logs, 5}, &noise));
    cr_assert_not(noise.is_known);
    cr_assert(acre_noise_of(&(struct acre_series){NULL, 0}, &noise));
    cr_assert_not(noise.is_known);
}

/* The narrower noise floor is taken; without both, and where they are alike, times are as measured.
 */
MTest(steady, the_narrower_floor_is_taken)
{
    struct acre_run run;
    sample_full(&run, ROUNDS, 3, 1.0);
    set_logs(&run.self_log_ratio, ROUNDS, 0.3);
    set_logs(&run.self_x_limit_log_ratio, ROUNDS, 0.01);
    cr_assert(is_steady(&run));
    set_logs(&run.self_x_limit_log_ratio, ROUNDS, 0.3);
    cr_assert_not(is_steady(&run));
    set_logs(&run.self_x_limit_log_ratio, ROUNDS, 0.4);
    cr_assert_not(is_steady(&run));
    set_logs(&run.self_x_limit_log_ratio, 5, 0.01);
    cr_assert_not(is_steady(&run), "five rounds tell nothing");
    run.self_x_limit_log_ratio.count = 0;
    cr_assert_not(is_steady(&run), "an older file");
    acre_run_free(&run);
}

/* The first group of a run, judged as a report judges it. */
static void judge_first(const struct acre_run *run, struct acre_group *group)
{
    const struct acre_cell **cells = acre_run_sorted_cells(run);
    struct acre_judging judging;
    cr_assert_not_null(cells);
    cr_assert(acre_judging_of(run, &judging));
    cr_assert(acre_group_init(group, cells, acre_group_length(cells, run->cell_count), &judging));
    free(cells);
}

static const struct acre_group_row *row_of(const struct acre_group *group, const char *backend,
                                           const char *lifetime)
{
    for (size_t i = 0; i < group->row_count; i++)
        if (strcmp(group->rows[i].cell->key.backend, backend) == 0 &&
            strcmp(group->rows[i].cell->key.lifetime, lifetime) == 0)
            return &group->rows[i];
    cr_assert_fail("no %s/%s", backend, lifetime);
    return NULL;
}

/* Each process meets a machine of its own speed, which its limit meets as well. */
static void change_speeds(struct acre_run *run, uint64_t seed)
{
    struct sample_random random = {.state = seed};
    for (size_t c = 0; c < run->cell_count; c++) {
        struct acre_cell *cell = &run->cells[c];
        for (size_t i = 0; i < cell->ns_per_iteration.count; i++) {
            double speed = sample_uniform(&random) < 0.5 ? 1.0 : 2.0;
            cell->ns_per_iteration.values[i] *= speed;
            cell->limit_ns_per_iteration.values[i] *= speed;
        }
    }
    for (size_t i = 0; i < run->self_log_ratio.count; i++)
        run->self_log_ratio.values[i] +=
            log(2.0) * floor(3.0 * sample_uniform(&random) - 1.0); /* -1, 0, 1 */
}

MTest(steady, two_speeds_hide_nothing)
{
    struct acre_run run;
    struct acre_group group;
    const struct acre_group_row *arena;

    sample_full(&run, ROUNDS, 5, 1.0);
    change_speeds(&run, 6);
    run.self_x_limit_log_ratio.count = 0;
    judge_first(&run, &group);
    arena = row_of(&group, "arena", "region");
    cr_assert_not(group.is_steady);
    cr_assert_eq(arena->against.verdict, ACRE_VERDICT_TOO_NOISY, "as measured");
    acre_group_fini(&group);

    set_logs(&run.self_x_limit_log_ratio, ROUNDS, 0.005);
    judge_first(&run, &group);
    arena = row_of(&group, "arena", "region");
    cr_assert(group.is_steady);
    cr_assert_eq(arena->against.verdict, ACRE_VERDICT_FASTER, "1.01 of the limit against 1.13");
    cr_assert_float_eq(arena->against.point, 1.01 / 1.13, 0.01);
    /* A time is at the speed that the limit has in the middle: x_limit and it say the same. */
    for (size_t i = 0; i < ROUNDS; i++)
        cr_assert_float_eq(arena->times.values[i], arena->cell->x_limit.values[i] * group.limit_ns,
                           1e-9);
    cr_assert_float_eq(arena->ns_per_iteration / group.limit_ns, arena->x_limit.point, 1e-4);
    acre_group_fini(&group);
    acre_run_free(&run);
}

/* One cell without a limit would be held against times of another kind. */
MTest(steady, all_of_a_group_or_none)
{
    struct acre_run run;
    struct acre_group group;

    sample_full(&run, ROUNDS, 7, 1.0);
    set_logs(&run.self_log_ratio, ROUNDS, 0.3);
    set_logs(&run.self_x_limit_log_ratio, ROUNDS, 0.01);
    sample_cell(&run, "jemalloc", "weak")->x_limit.count = 0;
    judge_first(&run, &group);
    cr_assert_not(group.is_steady);
    for (size_t i = 0; i < group.row_count; i++)
        for (size_t r = 0; r < group.rows[i].times.count; r++)
            cr_assert_eq(group.rows[i].times.values[r],
                         group.rows[i].cell->ns_per_iteration.values[r]);
    acre_group_fini(&group);
    acre_run_free(&run);
}

/*
 * The choice looks at the reference, whose times are in every ratio. Thousands of runs in which
 * nothing differs, and in which both floors are equally wide, so that chance chooses: verdicts that
 * something differs stay as rare as promised, and three standard deviations.
 */
MTest(steady, the_choice_keeps_the_promise)
{
    enum { TRIALS = 4000 };
    struct sample_random random = {.state = 11};
    size_t wrong = 0, steady_runs = 0;

    for (size_t trial = 0; trial < TRIALS; trial++) {
        double ns[3][ROUNDS], x[3][ROUNDS], measured[ROUNDS], steady[ROUNDS];
        struct acre_noise floors[2];
        struct acre_family family = {0};
        struct acre_ratio ratio;

        for (size_t i = 0; i < ROUNDS; i++) {
            for (size_t k = 0; k < 3; k++) { /* a cell, the reference, the reference again */
                ns[k][i] = exp(0.02 * sample_normal(&random));
                x[k][i] = ns[k][i] * exp(0.015 * sample_normal(&random) - log(ns[k][i]) / 2);
            }
            measured[i] = log(ns[2][i] / ns[1][i]);
            steady[i] = log(x[2][i] / x[1][i]);
        }
        cr_assert(acre_noise_of(&(struct acre_series){measured, ROUNDS}, &floors[0]));
        cr_assert(acre_noise_of(&(struct acre_series){steady, ROUNDS}, &floors[1]));
        bool takes_steady = floors[1].ratio < floors[0].ratio;
        steady_runs += takes_steady;
        cr_assert_eq(
            acre_family_add(&family, &(struct acre_series){takes_steady ? x[0] : ns[0], ROUNDS},
                            &(struct acre_series){takes_steady ? x[1] : ns[1], ROUNDS}, &ratio),
            ACRE_STATS_OK);
        cr_assert(acre_family_judge(&family));
        acre_family_end(&family);
        wrong += acre_verdict_differs(ratio.verdict);
    }
    cr_assert(steady_runs > TRIALS / 5 && steady_runs < TRIALS / 5 * 4, "%zu", steady_runs);
    cr_assert_leq((double)wrong, 0.01 * TRIALS + 3 * sqrt(0.01 * TRIALS), "%zu of %d", wrong,
                  (int)TRIALS);
}
