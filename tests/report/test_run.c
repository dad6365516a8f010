/* A run comes back from its file as it was, and no file breaks the reader. */
#include "tests/support/mtest.h"

#include "report/run.h"
#include "report/table.h"
#include "tests/report/files.h"
#include "tests/report/sample.h"
#include "tests/support/stride.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void same_series(const struct acre_series *a, const struct acre_series *b)
{
    cr_assert_eq(a->count, b->count);
    cr_assert(a->count == 0 || memcmp(a->values, b->values, a->count * sizeof *a->values) == 0);
}

static void same_stack(const struct acre_waste_stack *a, const struct acre_waste_stack *b)
{
    for (size_t i = 0; i < ACRE_WASTE_TERMS; i++) {
        cr_assert_eq(a->parts[i].is_known, b->parts[i].is_known);
        cr_assert_eq(a->parts[i].bytes, b->parts[i].bytes);
        cr_assert_str_eq(a->parts[i].source, b->parts[i].source);
    }
    cr_assert(a->figure_count == 1 && b->figure_count == 1);
    cr_assert_eq(a->figures[0].number, b->figures[0].number);
    cr_assert_str_eq(a->figures[0].name, b->figures[0].name);
}

static void same_memory(const struct acre_cell_memory *a, const struct acre_cell_memory *b)
{
    const struct acre_memory_moment *const moments[][2] = {
        {&a->start, &b->start},
        {&a->end, &b->end},
        {&a->drained, &b->drained},
        {&a->later, &b->later},
    };
    cr_assert(a->iterations == b->iterations && a->run_ns == b->run_ns && a->wait_ns == b->wait_ns);
    cr_assert(a->peak_bytes == b->peak_bytes && a->peak_iteration == b->peak_iteration);
    cr_assert(a->has_peak_held == b->has_peak_held && a->peak_held_bytes == b->peak_held_bytes);
    for (size_t i = 0; i < 4; i++) {
        const struct acre_memory_moment *x = moments[i][0], *y = moments[i][1];
        cr_assert(x->has_usable == y->has_usable && x->has_held == y->has_held);
        cr_assert(x->has_rss == y->has_rss && x->has_resident == y->has_resident);
        cr_assert(x->live_bytes == y->live_bytes && x->usable_bytes == y->usable_bytes);
        cr_assert(x->held_bytes == y->held_bytes && x->rss_bytes == y->rss_bytes);
        cr_assert(x->resident_bytes == y->resident_bytes);
    }
    cr_assert(a->timeline_count > 0 && a->timeline_count == b->timeline_count);
    for (size_t i = 0; i < a->timeline_count; i++) {
        const struct acre_memory_sample *x = &a->timeline[i], *y = &b->timeline[i];
        cr_assert(x->time_ns == y->time_ns && x->looks == y->looks);
        cr_assert(x->iteration == y->iteration && x->live_bytes == y->live_bytes);
        cr_assert(x->usable_bytes == y->usable_bytes && x->held_bytes == y->held_bytes);
        cr_assert(x->resident_bytes == y->resident_bytes);
        cr_assert(x->resident_least_bytes == y->resident_least_bytes);
        cr_assert(x->resident_most_bytes == y->resident_most_bytes);
        cr_assert(x->rss_bytes == y->rss_bytes && x->pss_bytes == y->pss_bytes);
        cr_assert(x->private_dirty_bytes == y->private_dirty_bytes);
        cr_assert(x->huge_bytes == y->huge_bytes && x->faults == y->faults);
    }
}

static void same_played(const struct acre_played *a, const struct acre_played *b)
{
    struct acre_played numbers[] = {*a, *b};
    cr_assert_eq(a->region == NULL, b->region == NULL);
    cr_assert(a->region == NULL || strcmp(a->region, b->region) == 0);
    numbers[0].region = numbers[1].region = NULL;
    cr_assert(memcmp(&numbers[0], &numbers[1], sizeof numbers[0]) == 0);
}

MTest(run, round_trip_is_exact)
{
    struct acre_run samples[2], back;
    sample_small(&samples[0]);
    sample_full(&samples[1], 20, 3, 1.0);
    for (size_t i = 0; i < 2; i++) {
        size_t bytes, bytes_back;
        char error[256];
        char *text = text_of(&samples[i], &bytes);
        struct memory_file file = memory_file();
        put_bytes(&file, text, bytes);
        cr_assert(acre_run_read(&back, file.path, error, sizeof error), "%s", error);
        /* The text depends on every field, so equal texts are equal runs ... */
        char *text_back = text_of(&back, &bytes_back);
        cr_assert(bytes == bytes_back && memcmp(text, text_back, bytes) == 0);
        /* ... as long as no field is forgotten by both sides. */
        const struct acre_cell *a = &samples[i].cells[0], *b = &back.cells[0];
        same_series(&a->ns_per_iteration, &b->ns_per_iteration);
        same_series(&a->limit_ns_per_iteration, &b->limit_ns_per_iteration);
        same_series(&a->x_limit, &b->x_limit);
        same_series(&a->faults_per_iteration, &b->faults_per_iteration);
        same_series(&a->system_ns_per_iteration, &b->system_ns_per_iteration);
        same_series(&a->rss_bytes, &b->rss_bytes);
        same_series(&a->cold_ns, &b->cold_ns);
        same_series(&a->cold_faults, &b->cold_faults);
        same_series(&samples[i].self_log_ratio, &back.self_log_ratio);
        same_series(&samples[i].self_x_limit_log_ratio, &back.self_x_limit_log_ratio);
        cr_assert_eq(acre_cell_key_compare(&a->key, &b->key), 0);
        cr_assert_str_eq(a->key.workload, b->key.workload);
        cr_assert_str_eq(a->key.unit, b->key.unit);
        cr_assert_str_eq(back.left_out[0].workload, "square-chain");
        cr_assert_eq(a->cold_iterations, b->cold_iterations);
        cr_assert_eq(samples[i].has_played, back.has_played);
        same_played(&samples[i].played, &back.played);
        cr_assert_eq(samples[i].seed, back.seed);
        cr_assert_eq(samples[i].rounds, back.rounds);
        cr_assert(samples[i].duration_seconds == back.duration_seconds);
        const struct acre_recorded *r = &a->recorded, *s = &b->recorded;
        cr_assert(a->has_recorded && b->has_recorded);
        cr_assert_eq(r->has_held, s->has_held);
        cr_assert_eq(r->peak_held_bytes, s->peak_held_bytes);
        cr_assert(memcmp(r->size_histogram, s->size_histogram, sizeof r->size_histogram) == 0);
        cr_assert(memcmp(r->lifetime_histogram, s->lifetime_histogram,
                         sizeof r->lifetime_histogram) == 0);
        cr_assert(s->death_count == 3 && r->death_count == 3);
        cr_assert(memcmp(r->deaths, s->deaths, 3 * sizeof *r->deaths) == 0);
        cr_assert(memcmp(r->by_iteration, s->by_iteration, sizeof *r->by_iteration) == 0);
        cr_assert(memcmp(&r->purposes[1].allocations, &s->purposes[1].allocations,
                         sizeof *r->purposes - offsetof(struct acre_purpose_counts, allocations)) ==
                  0);
        cr_assert_str_eq(r->purposes[1].name, s->purposes[1].name);
        cr_assert_str_eq(r->checksum, s->checksum);
        cr_assert_eq(s->peak_call, 57);
        same_stack(&a->waste.peak, &b->waste.peak);
        same_stack(&a->waste.drained, &b->waste.drained);
        cr_assert(a->has_memory && b->has_memory && a->has_pauses && b->has_pauses);
        same_memory(&a->memory, &b->memory);
        same_series(&a->pauses.p50_ns, &b->pauses.p50_ns);
        same_series(&a->pauses.p99_ns, &b->pauses.p99_ns);
        same_series(&a->pauses.max_ns, &b->pauses.max_ns);
        same_series(&a->pauses.count, &b->pauses.count);
        if (i == 0)
            cr_assert_str_eq(back.cells[1].failure, "killed by signal 9");
        free(text);
        free(text_back);
        close(file.descriptor);
        acre_run_free(&back);
        acre_run_free(&samples[i]);
        acre_run_free(&samples[i]); /* twice is harmless */
    }
    /* A zeroed run is a valid, empty one. */
    struct acre_run empty = {0};
    size_t bytes;
    char *text = text_of(&empty, &bytes), error[256];
    struct memory_file file = memory_file();
    put_bytes(&file, text, bytes);
    cr_assert(acre_run_read(&back, file.path, error, sizeof error), "%s", error);
    cr_assert_eq(back.cell_count, 0);
    acre_run_free(&back);
    free(text);
    close(file.descriptor);
    rmdir(directory);
}

MTest(run, every_prefix_is_one_clear_error)
{
    struct acre_run run, back;
    sample_small(&run);
    size_t bytes;
    char *text = text_of(&run, &bytes), error[256];
    struct memory_file file = memory_file();
    put_bytes(&file, text, bytes);
    cr_assert_eq(text[bytes - 1], '\n');
    /* Without its last newline it is whole. */
    for (size_t cut = 2; cut <= bytes; cut += test_stride(7)) {
        size_t length = bytes - cut;
        cr_assert_eq(ftruncate(file.descriptor, (off_t)length), 0);
        error[0] = '\0';
        cr_assert_eq(acre_run_load(&back, file.path, error, sizeof error), ACRE_EXIT_INPUT,
                     "%zu bytes", length);
        is_one_line(error);
        cr_assert(strncmp(error, file.path, strlen(file.path)) == 0, "names the file: %s", error);
        cr_assert(back.cells == NULL && back.command == NULL);
    }
    free(text);
    close(file.descriptor);
    acre_run_free(&run);
    rmdir(directory);
}

MTest(run, flipped_bytes_never_crash)
{
    struct acre_run run, back;
    sample_small(&run);
    size_t bytes, accepted = 0;
    char *text = text_of(&run, &bytes), error[256];
    char *damaged = malloc(bytes);
    cr_assert(damaged);
    FILE *null = fopen("/dev/null", "w");
    struct memory_file file = memory_file();
    struct sample_random random = {.state = 8128};
    size_t trials = 4000 / test_stride(7);
    for (size_t trial = 0; trial < trials; trial++) {
        memcpy(damaged, text, bytes);
        uint64_t flips = 1 + sample_next(&random) % 3;
        for (uint64_t i = 0; i < flips; i++)
            damaged[sample_next(&random) % bytes] = (char)sample_next(&random);
        put_bytes(&file, damaged, bytes);
        error[0] = '\0';
        if (acre_run_read(&back, file.path, error, sizeof error)) {
            /* What is accepted can also be shown. */
            cr_assert(acre_run_print(&back, null, &(struct acre_table_options){.wide = true}));
            accepted++;
        } else {
            is_one_line(error);
        }
        acre_run_free(&back);
    }
    cr_assert(accepted > 0 && accepted < trials);
    fclose(null);
    free(damaged);
    free(text);
    close(file.descriptor);
    acre_run_free(&run);
    rmdir(directory);
}

MTest(run, older_versions_are_read)
{
    static const struct {
        const char *version, *call, *waste;
    } files[] = {
        {"\"version\": 2, \"workload\": \"cycles\", \"unit\": \"node\"", "", "\"paste\": {"},
        {"\"version\": 3, \"workload\": \"cycles\", \"unit\": \"node\"", "\"peak_call\": 57,",
         "\"waste\": {"},
    };
    struct acre_run run, back;
    sample_small(&run);
    size_t bytes;
    char *text = text_of(&run, &bytes), error[256];
    struct memory_file file = memory_file();
    for (size_t i = 0; i < 2; i++) {
        char *older = edited(text, "\"version\": 7", files[i].version);
        char *other_call = edited(older, "\"peak_call\": 57,", files[i].call);
        char *whole = edited(other_call, "\"waste\": {", files[i].waste);
        put_bytes(&file, whole, strlen(whole));
        cr_assert(acre_run_read(&back, file.path, error, sizeof error), "%s", error);
        cr_assert_eq(back.cells[0].has_waste, i == 1);
        cr_assert_eq(back.cells[0].recorded.has_peak_call, i == 1);
        cr_assert_eq(back.cells[0].recorded.death_count, 0);
        cr_assert_eq(back.cells[0].recorded.peak_blocks, 22);
        for (size_t c = 0; c < 2; c++) {
            cr_assert_str_eq(back.cells[c].key.workload, "cycles");
            cr_assert_str_eq(back.cells[c].key.unit, "node");
        }
        cr_assert_str_eq(back.left_out[0].workload, "cycles");
        acre_run_free(&back);
        free(whole);
        free(other_call);
        free(older);
    }
    free(text);
    close(file.descriptor);
    acre_run_free(&run);
    rmdir(directory);
}

/* Who played together is since version 7. */
MTest(run, players_are_not_wanted_of_version_6)
{
    struct acre_run run, older, newer;
    sample_small(&run);
    size_t bytes;
    char *text = text_of(&run, &bytes), error[256];
    char *renamed = edited(text, "\"players\": 18", "\"prayers\": 18");
    char *sixth = edited(renamed, "\"version\": 7", "\"version\": 6");
    struct memory_file file = memory_file();
    put_bytes(&file, sixth, strlen(sixth));
    cr_assert(acre_run_read(&older, file.path, error, sizeof error), "%s", error);
    cr_assert_eq(older.played.threads, 7);
    cr_assert_eq(older.played.players, 0);
    put_bytes(&file, renamed, strlen(renamed));
    cr_assert_not(acre_run_read(&newer, file.path, error, sizeof error));
    cr_expect(strstr(error, "played: no \"players\"") != NULL, "%s", error);
    free(sixth);
    free(renamed);
    free(text);
    close(file.descriptor);
    acre_run_free(&older);
    acre_run_free(&run);
    rmdir(directory);
}

/* Deaths by size are since version 5: of an older run there are none, which agrees with all of its
 * lifetimes, in the file that is written of it as well. */
MTest(run, deaths_are_not_wanted_of_older_versions)
{
    struct acre_run run, older, back;
    sample_small(&run);
    size_t bytes;
    char *text = text_of(&run, &bytes), error[256];
    char *renamed = edited(text, "\"deaths\": [", "\"debts\": [");
    char *fourth = edited(renamed, "\"version\": 7", "\"version\": 4");
    struct memory_file file = memory_file();
    put_bytes(&file, fourth, strlen(fourth));
    cr_assert(acre_run_read(&older, file.path, error, sizeof error), "%s", error);
    cr_assert(older.cells[0].has_memory && older.cells[0].recorded.has_peak_call);
    cr_assert_eq(older.cells[0].recorded.lifetime_histogram[64], 7);
    cr_assert(older.cells[0].recorded.deaths == NULL);
    cr_assert_eq(older.cells[0].recorded.death_count, 0);
    free(text);
    text = text_of(&older, &bytes);
    put_bytes(&file, text, bytes);
    cr_assert(acre_run_read(&back, file.path, error, sizeof error), "%s", error);
    cr_assert_eq(back.cells[0].recorded.death_count, 0);
    cr_assert_eq(back.cells[0].recorded.lifetime_histogram[3], 60);
    /* What is there has to agree, and is not written else. */
    run.cells[0].recorded.lifetime_histogram[3]--;
    cr_assert_not(acre_run_check(&run, error, sizeof error));
    cr_expect_str_eq(error,
                     "cells[0].recorded.deaths[0]: more blocks than lifetime_histogram[3] has");
    run.cells[0].has_recorded = false;
    cr_expect(acre_run_check(&run, error, sizeof error), "%s", error);
    acre_run_free(&back);
    acre_run_free(&older);
    free(fourth);
    free(renamed);
    free(text);
    close(file.descriptor);
    acre_run_free(&run);
    rmdir(directory);
}
