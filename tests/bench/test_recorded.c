/* What a recorded visit says of deaths, of the seed's loop under each lifetime. */
#include "support/mtest.h"

#include <stdio.h>

#include "bench/visit/visit.h"
#include "tests/bench/visits.h"

static const struct {
    const char *backend;
    enum acre_lifetime lifetime;
} strategies[] = {
    {"malloc", ACRE_LIFETIME_WEAK},      {"pool", ACRE_LIFETIME_STRONG},
    {"malloc", ACRE_LIFETIME_COLLECTOR}, {"arena", ACRE_LIFETIME_WALKED},
    {"arena", ACRE_LIFETIME_REGION},
};

/* Returns how many arrays of 10,000 doubles died. */
static uint64_t expect_sums(const struct acre_recorded *recorded, const char *backend)
{
    uint64_t lifetimes[ACRE_HISTOGRAM_BUCKETS] = {0};
    uint64_t deaths = 0, frees = 0, large = 0;

    for (size_t i = 0; i < recorded->death_count; i++) {
        const struct acre_death_count *death = &recorded->deaths[i];

        cr_assert_lt(death->size_bucket, ACRE_HISTOGRAM_BUCKETS);
        cr_assert_lt(death->lifetime_bucket, ACRE_HISTOGRAM_BUCKETS);
        cr_expect_leq(death->blocks, recorded->size_histogram[death->size_bucket],
                      "nothing is resized here: what dies was born as large");
        lifetimes[death->lifetime_bucket] += death->blocks;
        deaths += death->blocks;
        large += death->size_bucket == 17 ? death->blocks : 0;
    }
    for (size_t i = 0; i < ACRE_HISTOGRAM_BUCKETS; i++)
        cr_expect_eq(lifetimes[i], recorded->lifetime_histogram[i], "%s: lifetime %zu", backend, i);
    for (size_t i = 0; i < recorded->purpose_count; i++)
        frees += recorded->purposes[i].frees;
    cr_expect_eq(deaths, frees, "%s: each block that is gone died once", backend);
    return large;
}

MTest(recorded, deaths_add_up_to_lifetimes)
{
    for (size_t i = 0; i < sizeof strategies / sizeof strategies[0]; i++) {
        struct acre_visit visit =
            visit_to(strategies[i].backend, strategies[i].lifetime, ACRE_VISIT_RECORDED);
        struct acre_run run;
        char error[256];
        uint64_t large;

        visit.iterations = 10;
        cr_assert(acre_visit_run(&visit, &run));
        cr_assert(run.cells[0].has_recorded, "%s", run.cells[0].failure);
        /* Three results an iteration; under "strong" nothing ever dies, and the list is empty. */
        large = expect_sums(&run.cells[0].recorded, visit.spec.backend);
        if (visit.spec.lifetime == ACRE_LIFETIME_STRONG)
            cr_expect_eq(run.cells[0].recorded.death_count, 0);
        else
            cr_expect_geq(large, visit.iterations * 3, "%s: %llu", visit.spec.backend,
                          (unsigned long long)large);
        cr_expect(acre_run_check(&run, error, sizeof error), "%s", error);
        acre_run_free(&run);
    }
}
