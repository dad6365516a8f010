#include "tests/support/mtest.h"

#include "report/run.h"
#include "report/table.h"
#include "tests/report/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file in memory with a path, so that a test of thousands of files touches no disk. */
struct memory_file {
    int descriptor;
    char path[64];
};

static struct memory_file memory_file(void)
{
    struct memory_file file = {.descriptor = memfd_create("run", MFD_CLOEXEC)};
    cr_assert(file.descriptor >= 0);
    snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.descriptor);
    return file;
}

static void put(const struct memory_file *file, const char *text, size_t bytes)
{
    cr_assert_eq(ftruncate(file->descriptor, 0), 0);
    cr_assert_eq(pwrite(file->descriptor, text, bytes, 0), (ssize_t)bytes);
}

static char *slurp(const char *path, size_t *bytes)
{
    FILE *stream = fopen(path, "r");
    cr_assert(stream, "%s", path);
    char *text = NULL;
    size_t room = 0;
    ssize_t got = getdelim(&text, &room, EOF, stream);
    fclose(stream);
    cr_assert(got >= 0);
    *bytes = (size_t)got;
    return text;
}

static char directory[] = "/tmp/acre-test-run-XXXXXX";

static const char *in_directory(const char *name)
{
    static char path[PATH_MAX];
    if (strstr(directory, "XXXXXX"))
        cr_assert(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void is_one_line(const char *error)
{
    cr_assert(*error != '\0');
    for (const char *at = error; *at; at++)
        cr_assert((unsigned char)*at >= 32 && *at != 127, "control character in: %s", error);
}

static char *text_of(const struct acre_run *run, size_t *bytes)
{
    char error[256];
    const char *path = in_directory("text.json");
    cr_assert(acre_run_write(run, path, error, sizeof error), "%s", error);
    char *text = slurp(path, bytes);
    cr_assert_eq(unlink(path), 0);
    return text;
}

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
        put(&file, text, bytes);
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
    put(&file, text, bytes);
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
    put(&file, text, bytes);
    cr_assert_eq(text[bytes - 1], '\n');
    /* Without its last newline it is whole. */
    for (size_t length = bytes - 2; length + 1 > 0; length--) {
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
    for (int trial = 0; trial < 4000; trial++) {
        memcpy(damaged, text, bytes);
        uint64_t flips = 1 + sample_next(&random) % 3;
        for (uint64_t i = 0; i < flips; i++)
            damaged[sample_next(&random) % bytes] = (char)sample_next(&random);
        put(&file, damaged, bytes);
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
    cr_assert(accepted > 0 && accepted < 4000);
    fclose(null);
    free(damaged);
    free(text);
    close(file.descriptor);
    acre_run_free(&run);
    rmdir(directory);
}

/* Replaces the first `from`; the caller frees. */
static char *edited(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    cr_assert(at, "the sample has no %s", from);
    char *result = NULL;
    cr_assert(asprintf(&result, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) > 0);
    return result;
}

MTest(run, what_is_wrong_is_named)
{
    static const struct {
        const char *from, *to, *error;
    } edits[] = {
        {"\"acre-run\"", "\"acre-ruin\"", "not a run: no \"schema\": \"acre-run\""},
        {"\"version\": 5", "\"version\": 1",
         "version: a run of version 1, this program reads versions 2 to 5: an older acre wrote it"},
        {"\"version\": 5", "\"version\": 6",
         "version: a run of version 6, this program reads versions 2 to 5: a newer acre wrote it"},
        {"\"version\": 5", "\"version\": \"5\"", "version: expected a whole number, found a str"},
        {"\"version\": 5,", "", "top level: no \"version\""},
        {"\"version\": 5", "\"version\": 3", "top level: no \"workload\""},
        {"\"version\": 5", "\"version\": 2, \"workload\": \"cycles\"", "top level: no \"unit\""},
        {"\"version\": 5", "\"version\": 3, \"workload\": 1, \"unit\": \"\"",
         "workload: expected a string, found a whole number"},
        {"\"version\": 5", "\"version\": 3, \"workload\": \"cycles\", \"unit\": null",
         "unit: expected a string, found null"},
        {"\"workload\"", "\"work\"", "left_out[0]: no \"workload\""},
        {"\"unit\"", "\"units\"", "cells[0].key: no \"unit\""},
        {"\"peak_call\": 57,", "", "cells[0].recorded: no \"peak_call\""},
        {"\"deaths\": [", "\"debts\": [", "cells[0].recorded: no \"deaths\""},
        {"\"deaths\": [", "\"deaths\": 3, \"x\": [",
         "cells[0].recorded.deaths: expected an array of objects, found a whole number"},
        {"\"size_bucket\": 17", "\"size\": 17", "cells[0].recorded.deaths[2]: no \"size_bucket\""},
        {"\"size_bucket\": 17", "\"size_bucket\": 65",
         "cells[0].recorded.deaths[2]: buckets are numbered from 0 to 64"},
        {"\"lifetime_bucket\": 3", "\"lifetime_bucket\": 9223372036854775807",
         "cells[0].recorded.deaths[0]: buckets are numbered from 0 to 64"},
        {"\"lifetime_bucket\": 3", "\"lifetime_bucket\": 65",
         "cells[0].recorded.deaths[0]: buckets are numbered from 0 to 64"},
        {"\"size_bucket\": 17", "\"size_bucket\": 5",
         "cells[0].recorded.deaths[2]: not in the order of sizes, then lifetimes, each once"},
        {"\"size_bucket\": 17", "\"size_bucket\": 6",
         "cells[0].recorded.deaths[2]: not in the order of sizes, then lifetimes, each once"},
        {"\"lifetime_bucket\": 64", "\"lifetime_bucket\": 2",
         "cells[0].recorded.deaths[1]: not in the order of sizes, then lifetimes, each once"},
        {"\"blocks\": 60", "\"blocks\": 0",
         "cells[0].recorded.deaths[0]: 0 blocks: what is empty is left out"},
        {"\"blocks\": 60", "\"blocks\": -60",
         "cells[0].recorded.deaths[0].blocks: -60 is negative"},
        {"\"blocks\": 60", "\"blocks\": 61",
         "cells[0].recorded.deaths[0]: more blocks than lifetime_histogram[3] has"},
        {"\"blocks\": 3", "\"blocks\": 4",
         "cells[0].recorded.deaths[2]: more blocks than lifetime_histogram[64] has"},
        {"\"blocks\": 60", "\"blocks\": 59",
         "cells[0].recorded.deaths: fewer blocks than lifetime_histogram[3] has"},
        {"\"waste\": {", "\"paste\": {", "cells[0]: no \"waste\""},
        {"\"waste\": {", "\"waste\": 1, \"paste\": {",
         "cells[0].waste: expected an object, found a whole number"},
        {"\"drained\": {", "\"paste\": {", "cells[0].waste: no \"drained\""},
        {"\"kept_free\": {", "\"paste\": {", "cells[0].waste.peak: no \"kept_free\""},
        {"\"bytes\": 1024", "\"bytes\": -1024",
         "cells[0].waste.peak.rounding.bytes: -1024 is negative"},
        {"\"bytes\": 1024", "\"bytes\": 1e3",
         "cells[0].waste.peak.rounding.bytes: expected a whole number, found a number wi"},
        {"\"source\": \"not", "\"source\": 0, \"x\": \"not",
         "cells[0].waste.peak.slack.source: expected a string, found a whole number"},
        {"\"number\": 17", "\"number\": null",
         "cells[0].waste.peak.figures[0].number: expected a whole number, found null"},
        {"\"memory\": {", "\"melody\": {", "cells[0]: no \"memory\""},
        {"\"later\": {", "\"latter\": {", "cells[0].memory: no \"later\""},
        {"\"looks\": 1", "\"looks\": -1", "cells[0].memory.timeline[0].looks: -1 is negative"},
        {"\"peak_iteration\": 2", "\"peak_iteration\": null",
         "cells[0].memory.peak_iteration: expected a whole number, found null"},
        {"\"pauses\": {", "\"causes\": {", "cells[0]: no \"pauses\""},
        {"500000.0", "0.0", "cells[0].pauses.max_ns[0]: 0 must be above 0"},
        {"2500.0,", "2500.0, 2500.0,",
         "cells[0].pauses.count: 3 values where ns_per_iteration has 2"},
        {"\"rounds\": 2", "\"rounds\": -2", "rounds: -2 is negative"},
        {"\"rounds\": 2", "\"rounds\": 2.5", "rounds: expected a whole number, found a number wi"},
        {"\"rounds\": 2", "\"rounds\": 9223372036854775808", "too big integer"},
        {"\"rounds\": 2", "\"rounds\": 1e999", "real number overflow"},
        {"\"rounds\": 2", "\"rounds\": NaN", "not JSON: invalid token"},
        {"\"rounds\": 2", "\"rounds\": 2, \"rounds\": 2", "duplicate object key"},
        {"\"rounds\": 2,", "", "top level: no \"rounds\""},
        {"\"18446744073709551615\"", "\"18446744073709551616\"", "seed: is above 2^64 - 1"},
        {"\"18446744073709551615\"", "\"-1\"", "seed: expected a string of decimal digits"},
        {"\"18446744073709551615\"", "17", "seed: expected a string of decimal digits, found a"},
        {"\"allocations\": 101", "\"allocations\": null",
         "cells[0].recorded.allocations: expected a whole number, found null"},
        {"\"allocations\": 41", "\"allocations\": -41",
         "cells[0].recorded.purposes[1].allocations: -41 is negative"},
        {"\"name\": \"backward\"", "\"name\": 1",
         "cells[0].key.parameters[2].name: expected a string, found a whole number"},
        {"\"parameters\": [", "\"parameters\": 3, \"x\": [",
         "cells[0].key.parameters: expected an array of objects, found a whole number"},
        {"\"units_per_iteration\": 0", "\"units_per_iteration\": -1",
         "cells[0].units_per_iteration: -1 is negative"},
        {"\"lifetime\": \"region\"", "\"lifetime\": {}",
         "cells[1].key.lifetime: expected a string, found an object"},
        {"4651.0000000000009", "-4651", "cells[0].ns_per_iteration[1]: -4651 must be above 0"},
        {"4651.0000000000009", "0", "cells[0].ns_per_iteration[1]: 0 must be above 0"},
        {"4651.0000000000009", "\"4651\"",
         "cells[0].ns_per_iteration[1]: expected a number, found a string"},
        {"4651.0000000000009", "4651, 4652",
         "cells[0].limit_ns_per_iteration: 2 values where ns_per_iteration has 3"},
        {"812.0", "812.0, 813.0", "cells[0].cold_faults: 2 values where cold_ns has 1"},
        {"\"cold_faults\": [", "\"cold_faults\": 7, \"x\": [",
         "cells[0].cold_faults: expected an array of numbers"},
        {"\"duration_seconds\": 0", "\"duration_seconds\": -0", "duration_seconds: -0.1 must not"},
        {"\"size_histogram\": [",
         "\"size_histogram\": [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
         "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,",
         "cells[0].recorded.size_histogram: 79 buckets, there are at most 65"},
        {"\"cells\": [", "\"cells\": {}, \"x\": [", "cells: expected an array of objects, found"},
        {"\"cells\": [", "\"cells\": [3, ", "cells[0]: expected an object, found a whole number"},
        {"\"malloc\",\n    \"lifetime\": \"weak\"", "\"arena\",\n    \"lifetime\": \"region\"",
         "cells[1]: the same cell as cells[0] (arena/region)"},
        {"\"workload\"", "\"work\\u0000load\"", "not JSON: NUL byte in object key"},
        {"\"workload\"", "\"work\001load\"", "not JSON: control character 0x1"},
        {"\"workload\"", "\"work\xff\"", "not JSON: unable to decode byte 0xff"},
    };
    static const struct {
        const char *text, *error;
    } others[] = {
        {"", "not a run: the file is empty"}, {"[]", "not a run: no \"schema\""},
        {"{}", "not a run: no \"schema\""},   {"{\"schema\": 1}", "not a run: no \"schema\""},
        {"3", "line 1, column 1: not JSON"},  {"\x1b[2J{", "line 1, column 1: not JSON"},
    };
    struct acre_run run, back;
    sample_small(&run);
    size_t bytes;
    char *text = text_of(&run, &bytes), error[256];
    struct memory_file file = memory_file();
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        char *changed = edited(text, edits[i].from, edits[i].to);
        put(&file, changed, strlen(changed));
        cr_assert_not(acre_run_read(&back, file.path, error, sizeof error), "%s", edits[i].to);
        cr_expect(strstr(error, edits[i].error), "wanted '%s', got '%s'", edits[i].error, error);
        is_one_line(error);
        free(changed);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        put(&file, others[i].text, strlen(others[i].text));
        cr_assert_not(acre_run_read(&back, file.path, error, sizeof error), "%s", others[i].text);
        cr_expect(strstr(error, others[i].error), "wanted '%s', got '%s'", others[i].error, error);
        is_one_line(error);
    }
    /* What versions 2 and 3 had not is not looked for in them. */
    char *third = edited(text, "\"version\": 5",
                         "\"version\": 3, \"workload\": \"cycles\", \"unit\": \"node\"");
    put(&file, third, strlen(third));
    cr_assert(acre_run_read(&back, file.path, error, sizeof error), "%s", error);
    cr_assert(back.cells[0].has_waste && !back.cells[0].has_memory && !back.cells[0].has_pauses);
    acre_run_free(&back);
    char *older = edited(text, "\"version\": 5",
                         "\"version\": 2, \"workload\": \"cycles\", \"unit\": \"node\"");
    char *without_call = edited(older, "\"peak_call\": 57,", "");
    char *second = edited(without_call, "\"waste\": {", "\"paste\": {");
    put(&file, second, strlen(second));
    cr_assert(acre_run_read(&back, file.path, error, sizeof error), "%s", error);
    cr_assert(!back.cells[0].has_waste && !back.cells[0].recorded.has_peak_call);
    cr_assert_eq(back.time_budget_seconds, 0.0);
    cr_assert_eq(back.cells[0].recorded.peak_blocks, 22);
    acre_run_free(&back);
    free(third);
    free(second);
    free(without_call);
    free(older);
    /* Unknown keys are ignored; deep nesting is an error, not a stack overflow. */
    char *changed = edited(text, "\"rounds\": 2", "\"rounds\": 2, \"new in some future\": [{}]");
    put(&file, changed, strlen(changed));
    cr_assert(acre_run_read(&back, file.path, error, sizeof error), "%s", error);
    acre_run_free(&back);
    free(changed);
    char *deep = malloc(1000000);
    cr_assert(deep);
    memset(deep, '[', 1000000);
    put(&file, deep, 1000000);
    cr_assert_not(acre_run_read(&back, file.path, error, sizeof error));
    cr_expect(strstr(error, "maximum parsing depth"), "%s", error);
    free(deep);
    /* An error that does not fit is cut, not written beyond its room. */
    put(&file, "[]", 2);
    char tiny[8] = "1234567";
    cr_assert_not(acre_run_read(&back, file.path, tiny, 4));
    cr_expect(memcmp(tiny,
                     "/pr\0"
                     "567",
                     7) == 0);
    free(text);
    close(file.descriptor);
    acre_run_free(&run);
    rmdir(directory);
}

/* What an older version had not is not looked for; the workload of its run is that of each cell. */
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
        char *older = edited(text, "\"version\": 5", files[i].version);
        char *other_call = edited(older, "\"peak_call\": 57,", files[i].call);
        char *whole = edited(other_call, "\"waste\": {", files[i].waste);
        put(&file, whole, strlen(whole));
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

/* Deaths by size are since version 5: of an older run there are none, which agrees with all of its
 * lifetimes, in the file that is written of it as well. */
MTest(run, deaths_are_not_wanted_of_older_versions)
{
    struct acre_run run, older, back;
    sample_small(&run);
    size_t bytes;
    char *text = text_of(&run, &bytes), error[256];
    char *renamed = edited(text, "\"deaths\": [", "\"debts\": [");
    char *fourth = edited(renamed, "\"version\": 5", "\"version\": 4");
    struct memory_file file = memory_file();
    put(&file, fourth, strlen(fourth));
    cr_assert(acre_run_read(&older, file.path, error, sizeof error), "%s", error);
    cr_assert(older.cells[0].has_memory && older.cells[0].recorded.has_peak_call);
    cr_assert_eq(older.cells[0].recorded.lifetime_histogram[64], 7);
    cr_assert(older.cells[0].recorded.deaths == NULL);
    cr_assert_eq(older.cells[0].recorded.death_count, 0);
    free(text);
    text = text_of(&older, &bytes);
    put(&file, text, bytes);
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

MTest(run, files_that_cannot_be_read)
{
    struct acre_run back;
    char error[256];
    cr_expect_eq(acre_run_load(&back, "/no/such/run.json", error, sizeof error), ACRE_EXIT_IO);
    cr_expect_str_eq(error, "cannot read /no/such/run.json: No such file or directory");
    cr_expect_eq(acre_run_load(&back, "/tmp", error, sizeof error), ACRE_EXIT_IO);
    cr_expect_str_eq(error, "cannot read /tmp: Is a directory");
    /* One byte over the limit, all of it a hole. */
    struct memory_file file = memory_file();
    cr_assert_eq(ftruncate(file.descriptor, ((off_t)256 << 20) + 1), 0);
    cr_expect_eq(acre_run_load(&back, file.path, error, sizeof error), ACRE_EXIT_INPUT);
    cr_expect(strstr(error, "larger than 256 MiB"), "%s", error);
    close(file.descriptor);
}

static void cannot_write(const struct acre_run *run, const char *path, int cause)
{
    char error[512], wanted[512];
    cr_expect_not(acre_run_write(run, path, error, sizeof error), "%.80s", path);
    snprintf(wanted, sizeof wanted, "cannot write %s: %s", path, strerror(cause));
    cr_expect_str_eq(error, wanted);
}

static bool nothing_in_directory(void)
{
    return rmdir(directory) == 0;
}

MTest(run, a_failed_write_leaves_nothing)
{
    struct acre_run run;
    char error[512], long_name[NAME_MAX + 2];
    sample_small(&run);
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    cannot_write(&run, "/dev/full", ENOSPC);
    cannot_write(&run, "/tmp", EISDIR);
    cannot_write(&run, "/no/such/directory/run.json", ENOENT);
    cannot_write(&run, "", ENOENT);
    cannot_write(&run, in_directory(long_name), ENAMETOOLONG);
    cr_expect_not(acre_run_probe("/tmp", error, sizeof error));
    cr_expect_str_eq(error, "cannot write /tmp: Is a directory");
    cr_expect_not(acre_run_probe("/no/such/directory/run.json", error, sizeof error));
    cr_expect_not(acre_run_probe("", error, sizeof error));
    cr_expect_not(acre_run_probe(in_directory(long_name), error, sizeof error));
    cr_expect(acre_run_probe("/dev/full", error, sizeof error));
    if (geteuid() != 0) {
        cr_assert_eq(chmod(directory, 0500), 0);
        cannot_write(&run, in_directory("run.json"), EACCES);
        cr_expect_not(acre_run_probe(in_directory("run.json"), error, sizeof error));
        cr_assert_eq(chmod(directory, 0700), 0);
    }
    /* A full disk, as the kernel plays it: the file may not grow beyond 1000 bytes. */
    struct rlimit old, small;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 1000;
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    cannot_write(&run, in_directory("run.json"), EFBIG);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
    /* Runs that no reader would take are not written. */
    run.cells[0].x_limit.values[0] = NAN;
    cr_expect_not(acre_run_write(&run, in_directory("run.json"), error, sizeof error));
    cr_expect(strstr(error, "not valid: cells[0].x_limit[0]: nan must be finite") ||
                  strstr(error, "not valid: cells[0].x_limit[0]: -nan must be finite"),
              "%s", error);
    run.cells[0].x_limit.values[0] = 1.0;
    run.cells[0].recorded.leaked_bytes = (uint64_t)INT64_MAX + 1;
    cr_expect_not(acre_run_write(&run, in_directory("run.json"), error, sizeof error));
    cr_expect(strstr(error, "cells[0].recorded.leaked_bytes: 9223372036854775808 is above 2^63"),
              "%s", error);
    run.cells[0].recorded.leaked_bytes = INT64_MAX;
    cr_expect(nothing_in_directory(), "something was left in %s", directory);
    acre_run_free(&run);
}

MTest(run, a_write_replaces_the_whole_file_and_nothing_else)
{
    struct acre_run run, back;
    char error[512], path[256], link_path[256];
    struct stat state;
    sample_small(&run);
    snprintf(path, sizeof path, "%s", in_directory("run.json"));
    snprintf(link_path, sizeof link_path, "%s", in_directory("link.json"));
    cr_assert(acre_run_probe(path, error, sizeof error), "%s", error);
    cr_assert(stat(path, &state) != 0, "a probe leaves nothing");
    FILE *stream = fopen(path, "w");
    cr_assert(stream && fputs("kept", stream) >= 0 && fclose(stream) == 0);
    cr_assert(acre_run_probe(path, error, sizeof error), "%s", error);
    cr_assert(stat(path, &state) == 0 && state.st_size == 4, "a probe does not truncate");
    cr_assert_eq(symlink("run.json", link_path), 0);
    /* Text that is no UTF-8 does not cost the run. */
    sample_text(&run.command, "square-chain --json caf\xe9.json");
    cr_assert(acre_run_write(&run, link_path, error, sizeof error), "%s", error);
    cr_assert(lstat(link_path, &state) == 0 && S_ISLNK(state.st_mode), "the link stays a link");
    cr_assert(acre_run_read(&back, path, error, sizeof error), "%s", error);
    cr_assert_str_eq(back.command, "square-chain --json caf?.json");
    acre_run_free(&back);
    /* In place: a device stays a device. */
    cr_assert(acre_run_write(&run, "/dev/null", error, sizeof error), "%s", error);
    cr_assert(stat("/dev/null", &state) == 0 && S_ISCHR(state.st_mode));
    /* Standard output. */
    struct memory_file file = memory_file();
    fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    cr_assert(dup2(file.descriptor, STDOUT_FILENO) >= 0);
    bool probed = acre_run_probe("-", error, sizeof error);
    bool written = acre_run_write(&run, "-", error, sizeof error);
    int full = open("/dev/full", O_WRONLY);
    dup2(full, STDOUT_FILENO);
    char full_error[256] = "";
    bool full_written = acre_run_write(&run, "-", full_error, sizeof full_error);
    close(STDOUT_FILENO);
    bool closed_probed = acre_run_probe("-", error, sizeof error);
    dup2(kept, STDOUT_FILENO);
    clearerr(stdout);
    close(kept);
    close(full);
    cr_assert(probed && written && !full_written && !closed_probed);
    cr_assert_str_eq(full_error, "cannot write standard output: No space left on device");
    cr_assert_str_eq(error, "cannot write standard output: Bad file descriptor");
    cr_assert(acre_run_read(&back, file.path, error, sizeof error), "%s", error);
    acre_run_free(&back);
    close(file.descriptor);
    acre_run_free(&run);
    cr_assert(unlink(path) == 0 && unlink(link_path) == 0);
    cr_assert(nothing_in_directory());
}
