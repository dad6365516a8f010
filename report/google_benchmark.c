#include "report/google_benchmark.h"
#include "acre_config.h"
#include "report/exported.h"
#include "report/format.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char format_fact[] = "format", format_name[] = "google-benchmark";

bool acre_run_is_foreign(const struct acre_run *run)
{
    return strcmp(acre_or_empty(acre_run_fact(run, format_fact)), format_name) == 0;
}

bool acre_is_google_benchmark(const json_t *root)
{
    return json_is_object(root) && !json_object_get(root, "schema") &&
           json_is_object(json_object_get(root, "context")) &&
           json_is_array(json_object_get(root, "benchmarks"));
}

/* Reading ----------------------------------------------------------------------------------- */

struct reader {
    struct acre_run *run;
    const json_t *context;
    json_t *cells; /* the name of a benchmark -> the number of its cell */
    bool is_ours;  /* acre wrote it: names are keys */
    char *error;
    size_t error_bytes;
    enum acre_exit status;
};

static bool out_of_memory(struct reader *reader)
{
    snprintf(reader->error, reader->error_bytes, "out of memory");
    reader->status = ACRE_EXIT_MEMORY;
    return false;
}

__attribute__((format(printf, 3, 4))) static bool refuse(struct reader *reader, size_t index,
                                                         const char *format, ...)
{
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(reader->error, reader->error_bytes, "benchmarks[%zu]: %s", index, what);
    reader->status = ACRE_EXIT_INPUT;
    return false;
}

/* A string of the context; "" where it has none. */
static const char *context_text(const struct reader *reader, const char *key)
{
    const char *text = json_string_value(json_object_get(reader->context, key));
    return text ? text : "";
}

static bool keep(struct reader *reader, char **to, const char *text)
{
    *to = strdup(text);
    return *to || out_of_memory(reader);
}

static bool add_fact(struct reader *reader, const char *name, const char *value)
{
    struct acre_fact *fact = &reader->run->machine[reader->run->machine_count];
    if (*value == '\0')
        return true;
    reader->run->machine_count++;
    return keep(reader, &fact->name, name) && keep(reader, &fact->value, value);
}

static bool read_context(struct reader *reader)
{
    struct acre_run *run = reader->run;
    const json_t *cores = json_object_get(reader->context, "num_cpus");
    const char *version = context_text(reader, "library_version");
    char count[32] = "";
    if (json_is_integer(cores))
        snprintf(count, sizeof count, "%lld", (long long)json_integer_value(cores));
    reader->is_ours = *context_text(reader, "acre_version") != '\0';
    run->machine = calloc(5, sizeof *run->machine);
    if (!run->machine)
        return out_of_memory(reader);
    return keep(reader, &run->acre_version, version) &&
           keep(reader, &run->command, context_text(reader, "executable")) &&
           keep(reader, &run->started, context_text(reader, "date")) &&
           add_fact(reader, format_fact, format_name) &&
           add_fact(reader, "cpu", context_text(reader, "cpu")) &&
           add_fact(reader, "cores", count) &&
           add_fact(reader, "host", context_text(reader, "host_name")) &&
           add_fact(reader, "build", context_text(reader, "library_build_type"));
}

static int hex_value(char digit)
{
    const char *found = digit ? strchr("0123456789ABCDEF", digit) : NULL;
    return found ? (int)(found - "0123456789ABCDEF") : -1;
}

/* Takes the text up to `end` off *at, which moves behind it, and undoes acre_export_name. The
 * caller frees it; NULL: out of memory. */
static char *take_part(const char **at, char end)
{
    size_t length = strcspn(*at, end == ':' ? ":/" : "/");
    char *part = malloc(length + 1);
    if (!part)
        return NULL;
    char *to = part;
    for (size_t i = 0; i < length; i++) {
        const char *from = *at + i;
        int high = from[0] == '%' && i + 2 < length ? hex_value(from[1]) : -1;
        int low = high >= 0 ? hex_value(from[2]) : -1;
        if (low >= 0 && 16 * high + low > 0) {
            *to++ = (char)(16 * high + low);
            i += 2;
        } else {
            *to++ = from[0];
        }
    }
    *to = '\0';
    *at += length;
    *at += **at == end;
    return part;
}

static bool read_own_key(struct reader *reader, struct acre_cell_key *key, const char *name,
                         size_t index)
{
    size_t parts = 1;
    for (const char *at = name; *at; at++)
        parts += *at == '/';
    if (parts < 3)
        return refuse(reader, index, "'%.100s' is no name that acre gives", name);
    key->workload = take_part(&name, '/');
    key->backend = take_part(&name, '/');
    key->lifetime = take_part(&name, '/');
    key->parameters = calloc(parts, sizeof *key->parameters);
    if (!key->workload || !key->backend || !key->lifetime || !key->parameters)
        return out_of_memory(reader);
    while (*name) {
        struct acre_key_parameter *parameter = &key->parameters[key->parameter_count++];
        parameter->name = take_part(&name, ':');
        parameter->value = take_part(&name, '/');
        if (!parameter->name || !parameter->value ||
            asprintf(&parameter->title, "%s %s", parameter->name, parameter->value) < 0) {
            parameter->title = NULL;
            return out_of_memory(reader);
        }
    }
    return true;
}

static bool read_key(struct reader *reader, struct acre_cell_key *key, const char *name,
                     size_t index)
{
    if (!keep(reader, &key->unit, ""))
        return false;
    if (reader->is_ours)
        return read_own_key(reader, key, name, index);
    return keep(reader, &key->workload, format_name) && keep(reader, &key->backend, name) &&
           keep(reader, &key->lifetime, "");
}

/* The cell of that name, new if there was none. NULL after a refusal. */
static struct acre_cell *cell_named(struct reader *reader, const char *name, size_t index)
{
    struct acre_run *run = reader->run;
    const json_t *known = json_object_get(reader->cells, name);
    if (known)
        return &run->cells[json_integer_value(known)];
    struct acre_cell *cell = &run->cells[run->cell_count];
    if (json_object_set_new(reader->cells, name, json_integer((json_int_t)run->cell_count)) != 0) {
        out_of_memory(reader);
        return NULL;
    }
    run->cell_count++;
    return read_key(reader, &cell->key, name, index) ? cell : NULL;
}

/* Of a mean or a deviation over the repetitions; files older than run_type tell by the name. */
static bool is_aggregate(const json_t *benchmark, const char *name)
{
    static const char *const endings[] = {"_mean", "_median", "_stddev", "_cv", "_BigO", "_RMS"};
    const char *type = json_string_value(json_object_get(benchmark, "run_type"));
    if (type)
        return strcmp(type, "iteration") != 0;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(name), ending = strlen(endings[i]);
        if (length > ending && strcmp(name + length - ending, endings[i]) == 0)
            return true;
    }
    return false;
}

/* Nanoseconds in the unit; 0: there is no such unit. */
static double unit_ns(const json_t *unit)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"ns", 1.0}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    const char *text = unit ? json_string_value(unit) : "ns";
    for (size_t i = 0; text && i < sizeof units / sizeof *units; i++)
        if (strcmp(text, units[i].name) == 0)
            return units[i].ns;
    return 0.0;
}

static bool read_time(struct reader *reader, struct acre_cell *cell, const json_t *benchmark,
                      size_t index)
{
    const json_t *time = json_object_get(benchmark, "real_time");
    double scale = unit_ns(json_object_get(benchmark, "time_unit"));
    double ns = json_number_value(time) * scale;
    if (!json_is_number(time))
        return refuse(reader, index, "no number \"real_time\"");
    if (scale <= 0.0)
        return refuse(reader, index, "its time_unit is none of ns, us, ms, s");
    if (!isfinite(ns) || ns <= 0.0)
        return refuse(reader, index, "a real_time of %g ns is not above 0", ns);
    if (!acre_series_append(&cell->ns_per_iteration, ns))
        return out_of_memory(reader);
    if (cell->ns_per_iteration.count > reader->run->rounds)
        reader->run->rounds = cell->ns_per_iteration.count;
    return true;
}

/* One that failed has no times at all, as in a run of ours. */
static bool read_failure(struct reader *reader, struct acre_cell *cell, const json_t *benchmark)
{
    const char *message = json_string_value(json_object_get(benchmark, "error_message"));
    free(cell->ns_per_iteration.values);
    cell->ns_per_iteration = (struct acre_series){0};
    return cell->failure || keep(reader, &cell->failure, message ? message : "it failed");
}

static bool read_benchmark(struct reader *reader, const json_t *benchmark, size_t index)
{
    const char *name = json_string_value(json_object_get(benchmark, "run_name"));
    if (!name)
        name = json_string_value(json_object_get(benchmark, "name"));
    if (!name)
        return refuse(reader, index, "no string \"name\"");
    if (is_aggregate(benchmark, name))
        return true;
    struct acre_cell *cell = cell_named(reader, name, index);
    if (!cell)
        return false;
    if (json_is_true(json_object_get(benchmark, "error_occurred")))
        return read_failure(reader, cell, benchmark);
    return cell->failure || read_time(reader, cell, benchmark, index);
}

static bool read_benchmarks(struct reader *reader, const json_t *list)
{
    size_t count = json_array_size(list);
    reader->run->cells = calloc(count + 1, sizeof *reader->run->cells);
    reader->cells = json_object();
    if (!reader->run->cells || !reader->cells)
        return out_of_memory(reader);
    for (size_t i = 0; i < count; i++)
        if (!read_benchmark(reader, json_array_get(list, i), i))
            return false;
    if (reader->run->cell_count > 0)
        return true;
    snprintf(reader->error, reader->error_bytes, "benchmarks: %s",
             count == 0 ? "there is none"
                        : "there are aggregates only; times of the repetitions "
                          "are wanted");
    reader->status = ACRE_EXIT_INPUT;
    return false;
}

enum acre_exit acre_run_from_google_benchmark(struct acre_run *run, const json_t *root, char *error,
                                              size_t error_bytes)
{
    struct reader reader = {
        .run = run,
        .context = json_object_get(root, "context"),
        .error = error,
        .error_bytes = error_bytes,
        .status = ACRE_EXIT_OK,
    };
    if (read_context(&reader))
        read_benchmarks(&reader, json_object_get(root, "benchmarks"));
    json_decref(reader.cells);
    return reader.status;
}

/* Writing ----------------------------------------------------------------------------------- */

/* Strings that are no UTF-8 would be none in JSON: a run that was read has no such. */
static json_t *write_context(const struct acre_run *run)
{
    return json_pack("{s:s, s:s, s:s, s:I, s:i, s:b, s:[], s:s, s:s, s:s, s:s}", "date",
                     acre_or_empty(run->started), "host_name",
                     acre_or_empty(acre_run_fact(run, "host")), "executable",
                     acre_or_empty(run->command), "num_cpus",
                     (json_int_t)strtoll(acre_or_empty(acre_run_fact(run, "cores")), NULL, 10),
                     "mhz_per_cpu", 0, "cpu_scaling_enabled", 0, "caches", "library_build_type",
                     "release", "library_version", acre_or_empty(run->acre_version), "acre_version",
                     ACRE_VERSION, "cpu", acre_or_empty(acre_run_fact(run, "cpu")));
}

static bool set(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

/* What all repetitions of a benchmark have. */
static json_t *write_head(const char *name, size_t family, size_t rounds, size_t round)
{
    return json_pack("{s:s, s:I, s:I, s:s, s:s, s:I, s:I, s:i}", "name", name, "family_index",
                     (json_int_t)family, "per_family_instance_index", (json_int_t)0, "run_name",
                     name, "run_type", "iteration", "repetitions", (json_int_t)rounds,
                     "repetition_index", (json_int_t)round, "threads", 1);
}

static bool write_round(json_t *list, const struct acre_cell *cell, const char *name, size_t family,
                        size_t round)
{
    double ns = cell->ns_per_iteration.values[round];
    json_t *entry = write_head(name, family, cell->ns_per_iteration.count, round);
    bool good = entry && set(entry, "iterations", json_integer(1)) &&
                set(entry, "real_time", json_real(ns)) && set(entry, "cpu_time", json_real(ns)) &&
                set(entry, "time_unit", json_string("ns"));
    for (size_t i = 1; good && i < ACRE_EXPORT_SERIES; i++) {
        const struct acre_series *series = acre_exported(cell, i);
        if (round < series->count)
            good = set(entry, acre_export_series[i].field, json_real(series->values[round]));
    }
    if (good)
        return json_array_append_new(list, entry) == 0;
    json_decref(entry);
    return false;
}

static bool write_failure(json_t *list, const struct acre_cell *cell, const char *name,
                          size_t family)
{
    json_t *entry = write_head(name, family, 1, 0);
    bool good = entry && set(entry, "iterations", json_integer(0)) &&
                set(entry, "real_time", json_real(0.0)) && set(entry, "cpu_time", json_real(0.0)) &&
                set(entry, "time_unit", json_string("ns")) &&
                set(entry, "error_occurred", json_true()) &&
                set(entry, "error_message", json_string(cell->failure));
    if (good)
        return json_array_append_new(list, entry) == 0;
    json_decref(entry);
    return false;
}

static char *name_of(const struct acre_cell *cell)
{
    char *name = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&name, &bytes);
    if (!to)
        return NULL;
    acre_export_name(to, &cell->key, ACRE_NAME_PLAIN);
    bool failed = ferror(to) != 0;
    if (fclose(to) == 0 && !failed)
        return name;
    free(name);
    return NULL;
}

static bool write_cell(json_t *list, const struct acre_run *run, size_t index)
{
    const struct acre_cell *cell = &run->cells[index];
    char *name = name_of(cell);
    bool good = name != NULL;
    if (good && cell->failure)
        good = write_failure(list, cell, name, index);
    for (size_t round = 0; good && round < cell->ns_per_iteration.count; round++)
        good = write_round(list, cell, name, index, round);
    free(name);
    return good;
}

json_t *acre_run_to_google_benchmark(const struct acre_run *run)
{
    json_t *context = write_context(run), *list = json_array();
    bool good = context && list;
    for (size_t i = 0; good && i < run->cell_count; i++)
        good = write_cell(list, run, i);
    if (good)
        return json_pack("{s:o, s:o}", "context", context, "benchmarks", list);
    json_decref(context);
    json_decref(list);
    return NULL;
}
