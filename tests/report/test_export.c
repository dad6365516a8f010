/* Runs for other programs: each format is read back here, by the rules that its own documents give.
 */
#include "tests/support/mtest.h"

#include "report/export.h"
#include "report/exported.h"
#include "report/google_benchmark.h"
#include "tests/report/sample.h"

#include <ctype.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is exported, as one string. The caller frees it. */
static char *exported(const struct acre_run *run, enum acre_export_format format)
{
    char path[] = "/tmp/acre-test-export-XXXXXX", error[256];
    int file = mkstemp(path);
    cr_assert(file >= 0 && close(file) == 0);
    cr_assert(acre_export_write(run, format, path, error, sizeof error), "%s", error);
    file = open(path, O_RDONLY);
    cr_assert(file >= 0 && unlink(path) == 0);
    off_t bytes = lseek(file, 0, SEEK_END);
    char *text = calloc((size_t)bytes + 1, 1);
    cr_assert(text && pread(file, text, (size_t)bytes, 0) == bytes);
    close(file);
    return text;
}

/* A run whose names want escapes. */
static void awkward_sample(struct acre_run *run)
{
    sample_full(run, 3, 1, 1.0);
    sample_text(&sample_cell(run, "jemalloc", "weak")->key.backend, "so:/opt/my lib,v1.so-2");
    sample_text(&run->cells[0].key.parameters[4].value, "50 %-8");
    sample_text(&run->machine[0].value, "Imaginary\n9000");
    sample_text(&sample_cell(run, "arena", "walked")->failure, "killed, by \"signal\" 9");
    for (size_t i = 0; i < run->cell_count; i++)
        if (run->cells[i].failure) { /* such a cell has no series */
            struct acre_cell *cell = &run->cells[i];
            for (size_t s = 0; s < ACRE_EXPORT_SERIES; s++) {
                struct acre_series *series = (struct acre_series *)acre_exported(cell, s);
                free(series->values);
                *series = (struct acre_series){0};
            }
        }
}

/* Go ---------------------------------------------------------------------------------------- */

/* A line of the Go benchmark format, by golang.org/design/14313-benchmark-format. */
struct go_line {
    enum { GO_IGNORED, GO_CONFIGURATION, GO_RESULT } kind;
    char key[64], value[256]; /* of a configuration */
    char name[256];           /* of a result, behind "Benchmark" */
    unsigned long iterations;
    size_t pairs;
    struct {
        double value;
        char unit[32];
    } measured[16];
};

static bool parse_configuration(struct go_line *line, const char *text)
{
    const char *colon = strchr(text, ':');
    if (!colon || !islower((unsigned char)text[0]))
        return false;
    for (const char *at = text; at < colon; at++)
        if (isspace((unsigned char)*at) || isupper((unsigned char)*at))
            return false;
    if (colon[1] && !isspace((unsigned char)colon[1]))
        return false;
    snprintf(line->key, sizeof line->key, "%.*s", (int)(colon - text), text);
    snprintf(line->value, sizeof line->value, "%s", colon + 1 + strspn(colon + 1, " \t"));
    return true;
}

/* Name, iterations, then an even number of fields: value and unit. */
static bool parse_result(struct go_line *line, const char *text)
{
    char copy[2048], *state, *end;
    if (strncmp(text, "Benchmark", 9) != 0 || !isupper((unsigned char)text[9]))
        return false;
    snprintf(copy, sizeof copy, "%s", text + 9);
    char *field = strtok_r(copy, " \t", &state);
    snprintf(line->name, sizeof line->name, "%s", field);
    field = strtok_r(NULL, " \t", &state);
    if (!field || !isdigit((unsigned char)*field))
        return false;
    line->iterations = strtoul(field, &end, 10);
    if (*end)
        return false;
    while ((field = strtok_r(NULL, " \t", &state)) != NULL) {
        double value = strtod(field, &end);
        char *unit = strtok_r(NULL, " \t", &state);
        if (*end || !unit || line->pairs == 16)
            return false;
        line->measured[line->pairs].value = value;
        snprintf(line->measured[line->pairs++].unit, sizeof line->measured[0].unit, "%s", unit);
    }
    return line->pairs > 0;
}

static struct go_line parse_go(const char *text)
{
    struct go_line line = {0};
    if (parse_result(&line, text))
        line.kind = GO_RESULT;
    else if (parse_configuration(&line, text))
        line.kind = GO_CONFIGURATION;
    return line;
}

static double measured(const struct go_line *line, const char *unit)
{
    for (size_t i = 0; i < line->pairs; i++)
        if (strcmp(line->measured[i].unit, unit) == 0)
            return line->measured[i].value;
    return -1.0;
}

MTest(export, benchstat)
{
    struct acre_run run;
    awkward_sample(&run);
    char *text = exported(&run, ACRE_EXPORT_BENCHSTAT), *state;
    size_t results = 0, configurations = 0;
    for (char *at = strtok_r(text, "\n", &state); at; at = strtok_r(NULL, "\n", &state)) {
        const struct go_line line = parse_go(at);
        cr_assert_neq(line.kind, GO_IGNORED, "%s", at);
        configurations += line.kind == GO_CONFIGURATION;
        if (line.kind == GO_CONFIGURATION && strcmp(line.key, "cpu") == 0)
            cr_expect_str_eq(line.value, "Imaginary?9000");
        if (line.kind != GO_RESULT)
            continue;
        cr_expect_eq(line.iterations, 1);
        if (results == 0) {
            const struct acre_cell *cell = &run.cells[0];
            cr_expect_str_eq(line.name,
                             "Square-chain/backend=malloc/lifetime=weak/elements=10000/depth=3/"
                             "backward=false/fill=reuse/order=50%20%25%2D8");
            cr_expect_eq(measured(&line, "ns/op"), cell->ns_per_iteration.values[0]);
            cr_expect_eq(measured(&line, "x-limit"), cell->x_limit.values[0]);
            cr_expect_eq(measured(&line, "faults/op"), 0.05);
            cr_expect_eq(measured(&line, "cold-ns"), cell->cold_ns.values[0]);
            cr_expect_eq(measured(&line, "RSS-B"), cell->rss_bytes.values[0]);
            cr_expect_eq(measured(&line, "B/op"), 320000.0);
            cr_expect_eq(measured(&line, "allocs/op"), 10.1);
        }
        if (results == 3)
            cr_expect_eq(
                strncmp(line.name, "Square-chain/backend=so:%2Fopt%2Fmy%20lib,v1.so%2D2/", 52), 0,
                "%s", line.name);
        results++;
    }
    /* Three rounds of the seven cells that have times. */
    cr_expect_eq(results, 21);
    cr_expect_eq(configurations, 5, "version, started, seed, cpu, kernel");
    free(text);
    acre_run_free(&run);
}

/* CSV --------------------------------------------------------------------------------------- */

/* RFC 4180: takes a field off *at into `field`; false behind the last one of the line. */
static bool csv_field(const char **at, char *field, size_t bytes)
{
    size_t used = 0;
    bool quoted = **at == '"';
    *at += quoted;
    while (**at && (quoted || (**at != ',' && **at != '\r'))) {
        if (quoted && **at == '"') {
            if ((*at)[1] != '"')
                break;
            *at += 1;
        }
        cr_assert_lt(used + 1, bytes);
        field[used++] = *(*at)++;
    }
    field[used] = '\0';
    *at += quoted;
    if (**at == ',') {
        *at += 1;
        return true;
    }
    cr_assert((*at)[0] == '\r' && (*at)[1] == '\n', "%.20s", *at);
    *at += 2;
    return false;
}

static size_t csv_line(const char **at, char fields[][256], size_t most)
{
    size_t count = 0;
    bool more = true;
    while (more) {
        cr_assert_lt(count, most);
        more = csv_field(at, fields[count++], 256);
    }
    return count;
}

MTest(export, csv)
{
    static const char *const header[] = {"workload",
                                         "backend",
                                         "lifetime",
                                         "parameters",
                                         "round",
                                         "ns_per_iteration",
                                         "limit_ns_per_iteration",
                                         "x_limit",
                                         "faults_per_iteration",
                                         "system_ns_per_iteration",
                                         "rss_bytes",
                                         "cold_ns",
                                         "cold_faults",
                                         "failure"};
    struct acre_run run;
    char fields[16][256];
    awkward_sample(&run);
    char *text = exported(&run, ACRE_EXPORT_CSV);
    const char *at = text;
    cr_assert_eq(csv_line(&at, fields, 16), 14);
    for (size_t i = 0; i < 14; i++)
        cr_expect_str_eq(fields[i], header[i]);
    size_t rows = 0, failures = 0, untimed = 0;
    for (; *at; rows++) {
        cr_assert_eq(csv_line(&at, fields, 16), 14);
        const struct acre_cell *first = &run.cells[0];
        if (rows < 3) {
            cr_expect_str_eq(fields[1], "malloc");
            cr_expect_str_eq(fields[3], "elements=10000;depth=3;backward=false;fill=reuse;"
                                        "order=50 %-8");
            cr_expect_eq(strtoul(fields[4], NULL, 10), rows + 1);
            cr_expect_eq(strtod(fields[5], NULL), first->ns_per_iteration.values[rows]);
            cr_expect_eq(strtod(fields[11], NULL), first->cold_ns.values[rows]);
        }
        untimed += fields[5][0] == '\0';
        if (fields[13][0]) {
            failures++;
            cr_expect_str_eq(fields[13], "killed, by \"signal\" 9");
        }
        if (rows == 3)
            cr_expect_str_eq(fields[1], "so:/opt/my lib,v1.so-2");
    }
    /* Ten cells: one failed, two strong ones have no series at all. */
    cr_expect_eq(rows, 7 * 3 + 3);
    cr_expect(failures == 1 && untimed == 3, "%zu, %zu", failures, untimed);
    free(text);
    acre_run_free(&run);
}

/* Google Benchmark -------------------------------------------------------------------------- */

static void has_type(const json_t *object, const char *key, json_type type)
{
    const json_t *value = json_object_get(object, key);
    cr_expect(value && json_typeof(value) == type, "%s is missing or of another type", key);
}

MTest(export, google_benchmark)
{
    struct acre_run run, back;
    awkward_sample(&run);
    char *text = exported(&run, ACRE_EXPORT_GOOGLE_BENCHMARK), error[256];
    json_t *root = json_loads(text, 0, NULL);
    cr_assert(root);
    const json_t *context = json_object_get(root, "context");
    has_type(context, "date", JSON_STRING);
    has_type(context, "host_name", JSON_STRING);
    has_type(context, "executable", JSON_STRING);
    has_type(context, "num_cpus", JSON_INTEGER);
    has_type(context, "mhz_per_cpu", JSON_INTEGER);
    has_type(context, "caches", JSON_ARRAY);
    has_type(context, "library_build_type", JSON_STRING);
    const json_t *list = json_object_get(root, "benchmarks");
    cr_expect_eq(json_array_size(list), 22, "three rounds of seven cells, and one that failed");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        static const char *const counts[] = {"family_index", "per_family_instance_index",
                                             "repetitions",  "repetition_index",
                                             "threads",      "iterations"};
        static const char *const texts[] = {"name", "run_name", "run_type", "time_unit"};
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
            has_type(entry, counts[c], JSON_INTEGER);
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
            has_type(entry, texts[t], JSON_STRING);
        has_type(entry, "real_time", JSON_REAL);
        has_type(entry, "cpu_time", JSON_REAL);
        cr_expect_str_eq(json_string_value(json_object_get(entry, "run_type")), "iteration");
        if (i < 3)
            cr_expect_eq(json_integer_value(json_object_get(entry, "repetition_index")),
                         (json_int_t)i);
    }
    cr_expect_eq(json_real_value(json_object_get(json_array_get(list, 1), "x_limit")),
                 run.cells[0].x_limit.values[1]);

    /* And back, with keys and times. */
    cr_assert(acre_is_google_benchmark(root));
    back = (struct acre_run){0};
    cr_assert_eq(acre_run_from_google_benchmark(&back, root, error, sizeof error), ACRE_EXIT_OK,
                 "%s", error);
    cr_expect(acre_run_is_foreign(&back) && !acre_run_is_foreign(&run));
    for (size_t i = 0; i < back.cell_count; i++)
        cr_expect_str_eq(back.cells[i].key.workload, "square-chain");
    cr_assert_eq(back.cell_count, 8);
    cr_assert_eq(back.rounds, 3);
    for (size_t i = 0; i < run.cell_count; i++) {
        const struct acre_cell *before = &run.cells[i], *after = NULL;
        for (size_t j = 0; j < back.cell_count; j++)
            if (acre_cell_key_compare(&before->key, &back.cells[j].key) == 0)
                after = &back.cells[j];
        bool is_there = before->failure || before->ns_per_iteration.count > 0;
        cr_assert_eq(after != NULL, is_there, "cell %zu", i);
        if (!after)
            continue;
        cr_expect_eq(after->failure != NULL, before->failure != NULL);
        cr_assert_eq(after->ns_per_iteration.count, before->ns_per_iteration.count);
        for (size_t r = 0; r < before->ns_per_iteration.count; r++)
            cr_expect_eq(after->ns_per_iteration.values[r], before->ns_per_iteration.values[r]);
    }
    cr_expect(acre_run_check(&back, error, sizeof error), "%s", error);
    json_decref(root);
    free(text);
    acre_run_free(&back);
    acre_run_free(&run);
}

#define CONTEXT                                                                                    \
    "{\"context\": {\"date\": \"2026-01-01T00:00:00\", \"num_cpus\": 2}, \"benchmarks\": "
#define ENTRY(more) "{\"name\": \"BM_Foo/8\", \"real_time\": 2.5, \"time_unit\": \"us\"" more "}"

/* What Google Benchmark itself writes, in pieces. */
static enum acre_exit read_text(const char *text, struct acre_run *run, char error[256])
{
    json_t *root = json_loads(text, 0, NULL);
    cr_assert(root && acre_is_google_benchmark(root), "%s", text);
    *run = (struct acre_run){0};
    error[0] = '\0';
    enum acre_exit status = acre_run_from_google_benchmark(run, root, error, 256);
    json_decref(root);
    return status;
}

MTest(export, google_benchmark_is_read)
{
    struct acre_run run;
    char error[256];
    cr_assert_eq(
        read_text(
            CONTEXT "[" ENTRY("") "," ENTRY(
                ", \"run_type\": \"iteration\"") ","
                                                 "{\"name\": \"BM_Foo/8_mean\", \"run_name\": "
                                                 "\"BM_Foo/8\", "
                                                 "\"run_type\": \"aggregate\", \"real_time\": 9},"
                                                 "{\"name\": \"BM_Foo/8_stddev\", \"real_time\": "
                                                 "0},"
                                                 "{\"name\": \"BM_Bar\", \"error_occurred\": true, "
                                                 "\"error_message\": \"no file\"},"
                                                 "{\"name\": \"BM_Baz\", \"real_time\": 1e3}]}",
            &run, error),
        ACRE_EXIT_OK, "%s", error);
    cr_assert_eq(run.cell_count, 3);
    cr_expect_str_eq(run.cells[0].key.backend, "BM_Foo/8");
    cr_expect_str_eq(run.cells[0].key.lifetime, "");
    cr_expect_str_eq(run.cells[0].key.workload, "google-benchmark");
    cr_expect_str_eq(run.cells[0].key.unit, "");
    cr_assert_eq(run.cells[0].ns_per_iteration.count, 2);
    cr_expect_eq(run.cells[0].ns_per_iteration.values[1], 2500.0);
    cr_expect_str_eq(run.cells[1].failure, "no file");
    cr_expect_eq(run.cells[2].ns_per_iteration.values[0], 1000.0, "nanoseconds unless said");
    cr_expect(acre_run_check(&run, error, sizeof error), "%s", error);
    acre_run_free(&run);

    static const struct {
        const char *text, *error;
    } wrong[] = {
        {CONTEXT "[]}", "benchmarks: there is none"},
        {CONTEXT "[{\"name\": \"a_mean\", \"real_time\": 1}]}", "there are aggregates only"},
        {CONTEXT "[3]}", "benchmarks[0]: no string \"name\""},
        {CONTEXT "[{\"name\": 3}]}", "benchmarks[0]: no string \"name\""},
        {CONTEXT "[{\"name\": \"a\"}]}", "benchmarks[0]: no number \"real_time\""},
        {CONTEXT "[" ENTRY("") ",{\"name\": \"a\", \"real_time\": 1, \"time_unit\": \"h\"}]}",
         "benchmarks[1]: its time_unit is none of ns"},
        {CONTEXT "[{\"name\": \"a\", \"real_time\": 0}]}", "a real_time of 0 ns is not above 0"},
        {CONTEXT "[{\"name\": \"a\", \"real_time\": -2}]}", "is not above 0"},
        {CONTEXT "[{\"name\": \"a\", \"real_time\": 1e308, \"time_unit\": \"s\"}]}",
         "a real_time of inf ns"},
        {"{\"context\": {\"acre_version\": \"1\"}, \"benchmarks\": [" ENTRY("") "]}",
         "'BM_Foo/8' is no name that acre gives"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_assert_eq(read_text(wrong[i].text, &run, error), ACRE_EXIT_INPUT, "%s", wrong[i].text);
        cr_expect(strstr(error, wrong[i].error), "wanted '%s', got '%s'", wrong[i].error, error);
        acre_run_free(&run);
    }
    /* Escapes that are none stay as they are. */
    cr_assert_eq(read_text("{\"context\": {\"acre_version\": \"1\"}, \"benchmarks\": [{\"name\": "
                           "\"a/%2Fb%/%4/%zz:%00/n:\", \"real_time\": 1}]}",
                           &run, error),
                 ACRE_EXIT_OK, "%s", error);
    cr_expect_str_eq(run.cells[0].key.backend, "/b%");
    cr_expect_str_eq(run.cells[0].key.lifetime, "%4");
    cr_expect_str_eq(run.cells[0].key.parameters[0].name, "%zz");
    cr_expect_str_eq(run.cells[0].key.parameters[0].value, "%00");
    cr_expect_str_eq(run.cells[0].key.parameters[1].value, "");
    acre_run_free(&run);
}

/* Each cell names its own workload, in every format, and gets it back. */
MTest(export, several_workloads)
{
    struct acre_run run, back = {0};
    char error[256];
    sample_suite(&run, 3, 1, 1.0);
    char *text = exported(&run, ACRE_EXPORT_BENCHSTAT);
    cr_expect(strstr(text, "\nBenchmarkNode-churn/backend=malloc/lifetime=weak/"), "%s", text);
    cr_expect(strstr(text, "\nBenchmarkSquare-chain/backend=malloc/lifetime=weak/"), "%s", text);
    free(text);
    text = exported(&run, ACRE_EXPORT_CSV);
    cr_expect(strstr(text, "\nnode-churn,malloc,weak,"), "%s", text);
    cr_expect(strstr(text, "\nsquare-chain,malloc,weak,"), "%s", text);
    free(text);
    text = exported(&run, ACRE_EXPORT_GOOGLE_BENCHMARK);
    json_t *root = json_loads(text, 0, NULL);
    cr_assert(root);
    cr_assert_eq(acre_run_from_google_benchmark(&back, root, error, sizeof error), ACRE_EXIT_OK,
                 "%s", error);
    cr_expect(acre_run_is_suite(&back));
    size_t known = 0;
    for (size_t i = 0; i < back.cell_count; i++)
        for (size_t j = 0; j < run.cell_count; j++)
            known += acre_cell_key_compare(&back.cells[i].key, &run.cells[j].key) == 0;
    cr_expect(known > 0 && known == back.cell_count, "%zu of %zu", known, back.cell_count);
    json_decref(root);
    free(text);
    acre_run_free(&back);
    acre_run_free(&run);
}

MTest(export, names_and_failures)
{
    enum acre_export_format format;
    struct acre_run run;
    char error[256];
    cr_expect(acre_export_format_from_name("csv", &format) && format == ACRE_EXPORT_CSV);
    cr_expect_not(acre_export_format_from_name("CSV", &format));
    cr_expect_not(acre_export_format_from_name("", &format));
    sample_full(&run, 3, 1, 1.0);
    for (int f = 0; f < ACRE_EXPORT_FORMATS; f++) {
        cr_expect_not(
            acre_export_write(&run, (enum acre_export_format)f, "/dev/full", error, sizeof error));
        cr_expect(strstr(error, "cannot write /dev/full: No space left on device"), "%s", error);
    }
    acre_run_free(&run);
}
