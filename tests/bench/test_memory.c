/* Memory over time and pauses: timelines lose no look, a staircase is seen as one, a memory visit
 * ends where it should, percentiles are nearest ranks. */
#include "support/mtest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc/track.h"
#include "bench/clock.h"
#include "bench/process_memory.h"
#include "bench/random.h"
#include "bench/sampler.h"
#include "bench/visit/nearest_rank.h"
#include "report/stats.h"
#include "tests/bench/visits.h"

MTest(timeline, loses_no_look)
{
    enum { LOOKS = 5000 };
    static struct acre_timeline timeline;
    static uint64_t resident[LOOKS];
    struct acre_random random;

    acre_random_init(&random, 1, 0);
    for (size_t i = 0; i < LOOKS; i++) {
        struct acre_memory_sample look = {.time_ns = i, .looks = 1, .iteration = i};
        size_t at = 0;

        resident[i] = acre_random_below(&random, 1000000);
        look.resident_bytes = resident[i];
        look.resident_least_bytes = look.resident_most_bytes = resident[i];
        acre_timeline_add(&timeline, &look);
        if (i % 97 != 0 && i + 1 < LOOKS)
            continue;
        for (size_t r = 0; r < timeline.count; r++) {
            const struct acre_memory_sample *row = &timeline.rows[r];
            uint64_t least = UINT64_MAX, most = 0;

            cr_assert(r + 1 == timeline.count ? row->looks <= timeline.looks_per_row
                                              : row->looks == timeline.looks_per_row);
            for (uint64_t k = 0; k < row->looks; k++, at++) {
                least = resident[at] < least ? resident[at] : least;
                most = resident[at] > most ? resident[at] : most;
            }
            cr_assert_eq(row->resident_least_bytes, least);
            cr_assert_eq(row->resident_most_bytes, most);
            cr_assert_eq(row->resident_bytes, resident[at - 1], "of the last look");
            cr_assert_eq(row->time_ns, at - 1);
            cr_assert_eq(row->iteration, at - 1);
        }
        cr_assert_eq(at, i + 1, "every look is in a row");
        cr_assert_leq(timeline.count, ACRE_MOST_SAMPLES);
    }
    cr_expect_gt(timeline.count, ACRE_MOST_SAMPLES / 2 - 1, "and no more coarse than need be");
}

/* This process is a staircase of 4 MiB a step, and looked at as any other. */
MTest(sampler, sees_a_staircase)
{
    enum { STEPS = 8, STEP_BYTES = 4 << 20 };
    struct acre_gauge *gauge, *child;
    struct acre_memory_sample look, before = {0};
    int descriptor;
    char *stairs = mmap(NULL, (size_t)STEPS * STEP_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    cr_assert_neq(stairs, MAP_FAILED);
    cr_assert(acre_gauge_make(&gauge, &descriptor));
    child = acre_gauge_map(descriptor);
    cr_assert(child != NULL && child != gauge);
    cr_expect_not(acre_sample(getpid(), gauge, &look), "it does not run yet");
    for (uint64_t step = 0; step <= STEPS; step++) {
        const struct acre_gauge_reading reading = {
            .phase = ACRE_GAUGE_RUNNING,
            .begin_ns = (uint64_t)acre_now_ns(),
            .iteration = step,
            .live_bytes = step * STEP_BYTES,
            .usable_bytes = step * STEP_BYTES + 1,
            .held_bytes = step * STEP_BYTES + 2,
        };

        if (step > 0)
            memset(stairs + (step - 1) * STEP_BYTES, 1, STEP_BYTES);
        acre_gauge_publish(child, &reading);
        cr_assert(acre_sample(getpid(), gauge, &look));
        cr_expect_eq(look.iteration, step);
        cr_expect_eq(look.live_bytes, step * STEP_BYTES);
        cr_expect_eq(look.usable_bytes, step * STEP_BYTES + 1);
        cr_expect_eq(look.held_bytes, step * STEP_BYTES + 2);
        cr_expect_eq(look.looks, 1);
        cr_expect(look.rss_bytes >= look.resident_bytes && look.rss_bytes >= look.pss_bytes);
        cr_expect(look.resident_least_bytes == look.resident_bytes &&
                  look.resident_most_bytes == look.resident_bytes);
        if (step > 0 && !acre_track_is_listening()) { /* a checker has pages of its own */
            cr_expect_geq(look.resident_bytes, before.resident_bytes + STEP_BYTES);
            cr_expect_lt(look.resident_bytes, before.resident_bytes + STEP_BYTES + (1 << 20));
            cr_expect_geq(look.private_dirty_bytes, step * STEP_BYTES);
            cr_expect_gt(look.faults, before.faults);
        }
        before = look;
    }
    acre_gauge_set_phase(child, ACRE_GAUGE_WAITING);
    cr_expect_not(acre_sample(getpid(), gauge, &look), "it does not run any more");
    acre_gauge_unmap(child);
    acre_gauge_unmap(gauge);
    close(descriptor);
    munmap(stairs, (size_t)STEPS * STEP_BYTES);
}

MTest(sampler, what_is_not_resident_of_the_backend_is_taken_off)
{
    struct acre_gauge *gauge;
    struct acre_gauge_reading reading = {.phase = ACRE_GAUGE_RUNNING};
    struct acre_memory_sample all, less;
    int descriptor;

    cr_assert(acre_gauge_make(&gauge, &descriptor));
    acre_gauge_publish(gauge, &reading);
    cr_assert(acre_sample(getpid(), gauge, &all));
    reading.others_bytes = UINT64_C(1) << 40;
    acre_gauge_publish(gauge, &reading);
    cr_assert(acre_sample(getpid(), gauge, &less));
    cr_expect_gt(all.resident_bytes, 0);
    cr_expect_eq(less.resident_bytes, 0, "never below");
    acre_gauge_unmap(gauge);
    close(descriptor);
}

MTest(gauge, what_is_none_is_not_mapped)
{
    int empty = memfd_create("empty", MFD_CLOEXEC);

    cr_expect_null(acre_gauge_map(empty), "reading it would be a signal");
    close(empty);
    cr_expect_null(acre_gauge_map(empty), "nor what is not open");
    acre_gauge_unmap(NULL);
}

MTest(process, that_is_not_there_is_not_told)
{
    struct acre_process_memory memory;
    uint64_t faults;

    /* Above the largest that Linux gives. */
    cr_expect_not(acre_process_memory_read(1 << 30, &memory));
    cr_expect_not(acre_process_faults_read(1 << 30, &faults));
    cr_expect(acre_process_faults_read(getpid(), &faults) && faults > 0);
}

MTest(nearest_rank, is_one_of_the_numbers)
{
    /* 15, 20, 35, 40, 50: the usual example. */
    double numbers[] = {50, 15, 40, 35, 20};
    const double one[] = {7};
    double hundred[100];

    acre_sort_doubles(numbers, 5);
    cr_expect_eq(acre_nearest_rank(numbers, 5, 5), 15);
    cr_expect_eq(acre_nearest_rank(numbers, 5, 30), 20);
    cr_expect_eq(acre_nearest_rank(numbers, 5, 40), 20);
    cr_expect_eq(acre_nearest_rank(numbers, 5, 50), 35);
    cr_expect_eq(acre_nearest_rank(numbers, 5, 100), 50);
    cr_expect_eq(acre_nearest_rank(numbers, 5, 0), 15);
    for (unsigned percent = 0; percent <= 100; percent += 10)
        cr_expect_eq(acre_nearest_rank(one, 1, percent), 7);
    for (size_t i = 0; i < 100; i++)
        hundred[i] = (double)(100 - i);
    acre_sort_doubles(hundred, 100);
    cr_expect_eq(acre_nearest_rank(hundred, 100, 99), 99);
    cr_expect_eq(acre_nearest_rank(hundred, 99, 99), 99);
    cr_expect_eq(acre_nearest_rank(hundred, 98, 99), 98);
}

/* A checker's malloc holds nothing. */
static bool holds(const char *backend)
{
    return !acre_track_is_listening() || strcmp(backend, "malloc") != 0;
}

static void expect_moment(const struct acre_memory_moment *moment, const char *backend,
                          uint64_t least, uint64_t most)
{
    cr_expect(moment->has_usable && moment->has_held && moment->has_rss && moment->has_resident);
    cr_expect_geq(moment->live_bytes, least);
    cr_expect_leq(moment->live_bytes, most);
    cr_expect_geq(moment->usable_bytes, moment->live_bytes);
    cr_expect(!holds(backend) || moment->held_bytes >= moment->usable_bytes);
}

MTest(memory_visit, begins_and_ends_with_nothing)
{
    static const struct {
        const char *backend;
        enum acre_lifetime lifetime;
    } strategies[] = {
        {"malloc", ACRE_LIFETIME_WEAK},
        {"jemalloc", ACRE_LIFETIME_COLLECTOR},
        {"pool", ACRE_LIFETIME_WALKED},
        {"arena", ACRE_LIFETIME_REGION},
    };

    for (size_t i = 0; i < sizeof strategies / sizeof strategies[0]; i++) {
        struct acre_visit visit =
            visit_to(strategies[i].backend, strategies[i].lifetime, ACRE_VISIT_MEMORY);
        const struct acre_cell_memory *memory;
        struct acre_run run;
        struct acre_gauge *gauge;
        struct acre_gauge_reading reading;
        int descriptor;

        cr_assert(acre_gauge_make(&gauge, &descriptor));
        visit.gauge = gauge; /* and no time: two iterations, no wait */
        cr_assert(acre_visit_run(&visit, &run));
        cr_assert(run.cells[0].has_memory, "%s", run.cells[0].failure);
        memory = &run.cells[0].memory;
        cr_expect_eq(memory->iterations, 2);
        /* x, y and what is between: the second graph is built while the first is alive. */
        cr_expect_eq(memory->peak_iteration, 2);
        cr_expect_gt(memory->peak_bytes, 7 * 80000);
        cr_expect(memory->has_peak_held);
        cr_expect(!holds(strategies[i].backend) || memory->peak_held_bytes >= memory->peak_bytes);
        expect_moment(&memory->start, strategies[i].backend, 0, 200000);
        expect_moment(&memory->end, strategies[i].backend, 4 * 80000, memory->peak_bytes);
        expect_moment(&memory->drained, strategies[i].backend, 0, 200000);
        expect_moment(&memory->later, strategies[i].backend, memory->drained.live_bytes,
                      memory->drained.live_bytes);
        /* malloc may have had pages of this program's to give. */
        if (!acre_track_is_listening() && i > 0)
            cr_expect_geq(memory->end.resident_bytes, 4 * 80000 - 2 * 4096);
        reading = acre_gauge_read(gauge);
        cr_expect_eq(reading.phase, ACRE_GAUGE_WAITING);
        cr_expect_eq(reading.iteration, 2);
        cr_expect_eq(reading.live_bytes, memory->end.live_bytes);
        cr_expect_eq(reading.usable_bytes, memory->end.usable_bytes);
        acre_gauge_unmap(gauge);
        close(descriptor);
        acre_run_free(&run);
    }
}

MTest(memory_visit, leaks_of_strong_stay)
{
    struct acre_visit visit = visit_to("pool", ACRE_LIFETIME_STRONG, ACRE_VISIT_MEMORY);
    struct acre_run run;

    cr_assert(acre_visit_run(&visit, &run));
    cr_assert(run.cells[0].has_memory, "%s", run.cells[0].failure);
    cr_expect_eq(run.cells[0].memory.iterations, ACRE_STRONG_ITERATIONS);
    cr_expect_gt(run.cells[0].memory.later.live_bytes, ACRE_STRONG_ITERATIONS * 3 * 80000 - 1);
    acre_run_free(&run);
}

MTest(pauses, are_in_order)
{
    struct acre_visit visit = visit_to("malloc", ACRE_LIFETIME_WEAK, ACRE_VISIT_PAUSES);
    const struct acre_cell_pauses *pauses;
    struct acre_run run;
    char error[256];

    cr_assert(acre_visit_run(&visit, &run));
    cr_assert(run.cells[0].has_pauses, "%s", run.cells[0].failure);
    cr_assert(acre_run_check(&run, error, sizeof error), "%s", error);
    pauses = &run.cells[0].pauses;
    cr_assert_eq(pauses->count.count, 1);
    cr_expect_eq(pauses->count.values[0], 2, "without time, two");
    cr_expect(pauses->p50_ns.values[0] > 0 && pauses->p50_ns.values[0] <= pauses->p99_ns.values[0]);
    cr_expect_eq(pauses->p99_ns.values[0], pauses->max_ns.values[0], "of two the longer");
    acre_run_free(&run);
}
