/* The two moments of a visit: the stack at the peak of the recorded visit, and after the drain. */
#include "support/mtest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc/track.h"
#include "bench/stats_dir.h"
#include "bench/visit/visit.h"
#include "tests/bench/visits.h"

static const struct {
    const char *backend;
    enum acre_lifetime lifetime;
} strategies[] = {
    {"malloc", ACRE_LIFETIME_WEAK},
    {"jemalloc", ACRE_LIFETIME_COLLECTOR},
    {"jemalloc-arena", ACRE_LIFETIME_REGION},
    {"mimalloc", ACRE_LIFETIME_WEAK},
    {"tcmalloc", ACRE_LIFETIME_WEAK},
    {"tbbmalloc", ACRE_LIFETIME_WEAK},
    {"pool", ACRE_LIFETIME_WEAK},
    {"reap", ACRE_LIFETIME_REGION},
    {"arena", ACRE_LIFETIME_REGION},
    {"arena", ACRE_LIFETIME_WALKED},
    {"pool", ACRE_LIFETIME_STRONG},
};

static struct acre_visit recorded_visit_to(size_t strategy)
{
    struct acre_visit visit =
        visit_to(strategies[strategy].backend, strategies[strategy].lifetime, ACRE_VISIT_RECORDED);

    visit.iterations = 4;
    return visit;
}

static uint64_t bytes_at(const struct acre_waste_stack *stack, enum acre_waste_term term)
{
    return stack->parts[term].bytes;
}

MTest(waste, is_that_of_the_recorded_peak)
{
    for (size_t i = 0; i < sizeof strategies / sizeof strategies[0]; i++) {
        struct acre_visit visit = recorded_visit_to(i);
        struct acre_run recorded, run;
        const struct acre_cell_waste *waste;
        char error[256];

        cr_assert(acre_visit_run(&visit, &recorded));
        cr_assert(recorded.cells[0].has_recorded, "%s", recorded.cells[0].failure);
        visit.kind = ACRE_VISIT_WASTE;
        visit.peak_call = recorded.cells[0].recorded.peak_call;
        cr_assert_gt(visit.peak_call, 0);
        cr_assert(acre_visit_run(&visit, &run));
        cr_assert(run.cells[0].has_waste, "%s: %s", visit.spec.backend, run.cells[0].failure);
        cr_assert(acre_run_check(&run, error, sizeof error), "%s", error);
        waste = &run.cells[0].waste;
        cr_expect_eq(bytes_at(&waste->peak, ACRE_WASTE_REQUESTED),
                     recorded.cells[0].recorded.peak_bytes, "%s", visit.spec.backend);
        if (visit.spec.lifetime != ACRE_LIFETIME_STRONG)
            cr_expect_lt(bytes_at(&waste->drained, ACRE_WASTE_REQUESTED),
                         bytes_at(&waste->peak, ACRE_WASTE_REQUESTED) / 5, "%llu of %llu",
                         (unsigned long long)bytes_at(&waste->drained, ACRE_WASTE_REQUESTED),
                         (unsigned long long)bytes_at(&waste->peak, ACRE_WASTE_REQUESTED));
        cr_expect(waste->peak.parts[ACRE_WASTE_ROUNDING].is_known);
        cr_expect(waste->peak.parts[ACRE_WASTE_RESIDENT].is_known);
        cr_expect(!acre_track_is_listening() ||
                  bytes_at(&waste->peak, ACRE_WASTE_RESIDENT) < UINT64_C(1) << 40);

        /* Another call is not the peak, and told. */
        acre_run_free(&run);
        visit.peak_call--;
        cr_assert(acre_visit_run(&visit, &run));
        cr_expect(!run.cells[0].has_waste && run.cells[0].failure != NULL &&
                      strstr(run.cells[0].failure, "most was live at call") != NULL,
                  "%s", visit.spec.backend);
        acre_run_free(&run);
        acre_run_free(&recorded);
    }
}

/* What was touched is resident: a peak of ten blocks of 80,000 bytes, in one process and another.
 */
MTest(waste, resident_is_what_was_touched)
{
    struct acre_visit visit = recorded_visit_to(8);
    struct acre_run recorded, run;
    uint64_t resident, requested;

    if (acre_track_is_listening())
        return; /* a checker has pages of its own */
    cr_assert(acre_visit_run(&visit, &recorded));
    visit.kind = ACRE_VISIT_WASTE;
    visit.peak_call = recorded.cells[0].recorded.peak_call;
    cr_assert(acre_visit_run(&visit, &run));
    requested = bytes_at(&run.cells[0].waste.peak, ACRE_WASTE_REQUESTED);
    resident = bytes_at(&run.cells[0].waste.peak, ACRE_WASTE_RESIDENT);
    cr_expect_geq(resident, requested - 2 * 4096);
    cr_expect_lt(resident, requested + (1 << 20), "%llu", (unsigned long long)resident);
    acre_run_free(&run);
    acre_run_free(&recorded);
}

/* Names of files, whatever the backend's is. */
MTest(waste, reports_have_safe_names)
{
    char directory[] = "/tmp/acre-test-waste-XXXXXX";
    char backend[] = "so:/usr/lib/../lib x/\"\n.so";
    char lifetime[] = "weak";
    const struct acre_cell cell = {.key = {.backend = backend, .lifetime = lifetime}};
    struct acre_stats_files files;
    char error[256], path[256];

    cr_assert_not_null(mkdtemp(directory));
    cr_assert(acre_stats_dir_prepare(directory, error, sizeof error), "%s", error);
    cr_assert(acre_stats_files_open(&files, error, sizeof error), "%s", error);
    for (size_t i = 0; i < ACRE_MOMENTS; i++)
        cr_assert_eq(write(files.files[i], "told\n", 5), 5);
    cr_assert(acre_stats_files_keep(&files, directory, &cell, 7, "txt", error, sizeof error), "%s",
              error);
    for (size_t i = 0; i < ACRE_MOMENTS; i++) {
        snprintf(path, sizeof path, "%s/007-so__usr_lib_.._lib_x___.so-weak-%s.txt", directory,
                 acre_moment_name((enum acre_moment)i));
        cr_expect_eq(unlink(path), 0, "%s", path);
    }
    cr_expect_eq(rmdir(directory), 0, "and nothing else is left");
    cr_expect_not(acre_stats_files_keep(&files, directory, &cell, 7, "txt", error, sizeof error));
    cr_expect(strstr(error, "cannot write /tmp/acre-test-waste-") != NULL, "%s", error);
    acre_stats_files_close(&files);
}
