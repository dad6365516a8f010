#include "report/export.h"
#include "report/exported.h"
#include "report/format.h"
#include "report/google_benchmark.h"
#include "report/write_file.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* The Go benchmark format ------------------------------------------------------------------- */

static void put_configuration(FILE *to, const char *key, const char *value)
{
    if (!islower((unsigned char)key[0]))
        return;
    for (const char *at = key; *at; at++)
        if (isspace((unsigned char)*at) || isupper((unsigned char)*at) || *at == ':')
            return;
    fprintf(to, "%s: ", key);
    for (const char *at = value; *at; at++)
        putc((unsigned char)*at < 32 || *at == 127 ? '?' : *at, to);
    putc('\n', to);
}

/* One line a round: the values are already those of one iteration. */
static void put_round(FILE *to, const struct acre_cell *cell, size_t round)
{
    fputs("Benchmark", to);
    acre_export_name(to, &cell->key, ACRE_NAME_KEYED);
    fputs("\t1", to);
    for (size_t i = 0; i < ACRE_EXPORT_SERIES; i++)
        if (round < acre_exported(cell, i)->count)
            fprintf(to, "\t%s %s", acre_format_exact(acre_exported(cell, i)->values[round]).text,
                    acre_export_series[i].unit);
    if (cell->has_recorded && cell->recorded.iterations > 0) {
        double iterations = (double)cell->recorded.iterations;
        fprintf(to, "\t%s B/op\t%s allocs/op",
                acre_format_exact((double)cell->recorded.requested_bytes / iterations).text,
                acre_format_exact((double)cell->recorded.allocations / iterations).text);
    }
    putc('\n', to);
}

static bool put_benchstat(const void *context, FILE *to)
{
    const struct acre_run *run = context;
    put_configuration(to, "acre-version", acre_or_empty(run->acre_version));
    put_configuration(to, "started", acre_or_empty(run->started));
    fprintf(to, "seed: %" PRIu64 "\n", run->seed);
    for (size_t i = 0; i < run->machine_count; i++)
        put_configuration(to, acre_or_empty(run->machine[i].name),
                          acre_or_empty(run->machine[i].value));
    putc('\n', to);
    for (size_t i = 0; i < run->cell_count; i++)
        for (size_t round = 0; round < acre_exported_rounds(&run->cells[i]); round++)
            put_round(to, &run->cells[i], round);
    return ferror(to) == 0;
}

/* CSV --------------------------------------------------------------------------------------- */

/* With the quotes inside doubled. */
static void put_doubled(FILE *to, const char *text)
{
    for (text = acre_or_empty(text); *text; text++) {
        if (*text == '"')
            putc('"', to);
        putc(*text, to);
    }
}

static void put_quoted(FILE *to, const char *text)
{
    text = acre_or_empty(text);
    bool is_plain = text[strcspn(text, "\",\r\n")] == '\0';
    fputs(is_plain ? "" : "\"", to);
    put_doubled(to, text);
    fputs(is_plain ? "" : "\"", to);
}

/* "elements=10000;fill=reuse", as one field. */
static void put_parameters(FILE *to, const struct acre_cell_key *key)
{
    putc('"', to);
    for (size_t i = 0; i < key->parameter_count; i++) {
        fputs(i > 0 ? ";" : "", to);
        put_doubled(to, key->parameters[i].name);
        putc('=', to);
        put_doubled(to, key->parameters[i].value);
    }
    putc('"', to);
}

static void put_row(FILE *to, const struct acre_cell *cell, size_t round)
{
    put_quoted(to, cell->key.workload);
    putc(',', to);
    put_quoted(to, cell->key.backend);
    putc(',', to);
    put_quoted(to, cell->key.lifetime);
    putc(',', to);
    put_parameters(to, &cell->key);
    fprintf(to, ",%zu", round + 1);
    for (size_t i = 0; i < ACRE_EXPORT_SERIES; i++) {
        const struct acre_series *series = acre_exported(cell, i);
        fprintf(to, ",%s",
                round < series->count ? acre_format_exact(series->values[round]).text : "");
    }
    putc(',', to);
    put_quoted(to, cell->failure);
    fputs("\r\n", to);
}

/* A cell without a round has one row, which tells that it was there, and why it failed. */
static bool put_csv(const void *context, FILE *to)
{
    const struct acre_run *run = context;
    fputs("workload,backend,lifetime,parameters,round", to);
    for (size_t i = 0; i < ACRE_EXPORT_SERIES; i++)
        fprintf(to, ",%s", acre_export_series[i].field);
    fputs(",failure\r\n", to);
    for (size_t i = 0; i < run->cell_count; i++) {
        size_t rounds = acre_exported_rounds(&run->cells[i]);
        for (size_t round = 0; round < (rounds > 0 ? rounds : 1); round++)
            put_row(to, &run->cells[i], round);
    }
    return ferror(to) == 0;
}

/* Google Benchmark -------------------------------------------------------------------------- */

static int put_chunk(const char *chunk, size_t bytes, void *stream)
{
    return fwrite(chunk, 1, bytes, stream) == bytes ? 0 : -1;
}

static bool put_google_benchmark(const void *context, FILE *to)
{
    json_t *root = acre_run_to_google_benchmark(context);
    bool good =
        root &&
        json_dump_callback(root, put_chunk, to, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) == 0 &&
        fputc('\n', to) != EOF;
    int cause = root ? errno : ENOMEM;
    json_decref(root);
    errno = cause;
    return good;
}

/* Any of them ------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    bool (*put)(const void *context, FILE *to);
} formats[ACRE_EXPORT_FORMATS] = {
    [ACRE_EXPORT_BENCHSTAT] = {"benchstat", put_benchstat},
    [ACRE_EXPORT_CSV] = {"csv", put_csv},
    [ACRE_EXPORT_GOOGLE_BENCHMARK] = {"google-benchmark", put_google_benchmark},
};

bool acre_export_format_from_name(const char *name, enum acre_export_format *format)
{
    for (int i = 0; i < ACRE_EXPORT_FORMATS; i++)
        if (strcmp(name, formats[i].name) == 0) {
            *format = (enum acre_export_format)i;
            return true;
        }
    return false;
}

bool acre_export_write(const struct acre_run *run, enum acre_export_format format, const char *path,
                       char *error, size_t error_bytes)
{
    const struct acre_content content = {formats[format].put, run};
    return acre_file_write(&content, path, error, error_bytes);
}
