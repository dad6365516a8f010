#include "bench/options.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bench/arguments.h"
#include "bench/names.h"
#include "report/picture.h"

enum {
    OPTION_ITERATIONS = 256,
    OPTION_BACKENDS,
    OPTION_LIFETIMES,
    OPTION_ROUNDS,
    OPTION_TIME_BUDGET,
    OPTION_PLANT,
    OPTION_SEED,
    OPTION_VISIT_MS,
    OPTION_IN_PROCESS,
    OPTION_GUARD,
    OPTION_FAULT,
    OPTION_JSON,
    OPTION_DRAW,
    OPTION_TRACE,
    OPTION_TRACE_LIMIT,
    OPTION_QUIET,
    OPTION_WIDE,
    OPTION_STATS_DIR,
    OPTION_CHILD,
    OPTION_PEAK_CALL,
    OPTION_SPIN,
    OPTION_PEAK_REPORT,
    OPTION_DRAINED_REPORT,
    OPTION_AGE,
    OPTION_OCCUPANCY,
    OPTION_AGE_LOAD,
    OPTION_GAUGE,
    OPTION_MEMORY_MS,
    OPTION_RUN_TIME,
    OPTION_REGION,
    OPTION_ROTATION,
    OPTION_RESET_AT,
    OPTION_REAP,
    OPTION_PARAMETER, /* the first of the workload's, which follow each other */
};

static const struct option common_options[] = {
    {"iterations", required_argument, NULL, OPTION_ITERATIONS},
    {"backends", required_argument, NULL, OPTION_BACKENDS},
    {"lifetimes", required_argument, NULL, OPTION_LIFETIMES},
    {"rounds", required_argument, NULL, OPTION_ROUNDS},
    {"time-budget", required_argument, NULL, OPTION_TIME_BUDGET},
    {"plant", required_argument, NULL, OPTION_PLANT},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"visit-ms", required_argument, NULL, OPTION_VISIT_MS},
    {"in-process", no_argument, NULL, OPTION_IN_PROCESS},
    {"guard", optional_argument, NULL, OPTION_GUARD},
    {"fault", required_argument, NULL, OPTION_FAULT},
    {"json", required_argument, NULL, OPTION_JSON},
    {"draw", required_argument, NULL, OPTION_DRAW},
    {"trace", required_argument, NULL, OPTION_TRACE},
    {"trace-limit", required_argument, NULL, OPTION_TRACE_LIMIT},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"wide", no_argument, NULL, OPTION_WIDE},
    {"stats-dir", required_argument, NULL, OPTION_STATS_DIR},
    {"child", required_argument, NULL, OPTION_CHILD},
    {"peak-call", required_argument, NULL, OPTION_PEAK_CALL},
    {"spin", required_argument, NULL, OPTION_SPIN},
    {"peak-report", required_argument, NULL, OPTION_PEAK_REPORT},
    {"drained-report", required_argument, NULL, OPTION_DRAINED_REPORT},
    {"age", required_argument, NULL, OPTION_AGE},
    {"age-occupancy", required_argument, NULL, OPTION_OCCUPANCY},
    {"age-load", required_argument, NULL, OPTION_AGE_LOAD},
    {"gauge", required_argument, NULL, OPTION_GAUGE},
    {"memory-ms", required_argument, NULL, OPTION_MEMORY_MS},
    {"run-time", required_argument, NULL, OPTION_RUN_TIME},
    {"region", required_argument, NULL, OPTION_REGION},
    {"rotation", required_argument, NULL, OPTION_ROTATION},
    {"reset-at", required_argument, NULL, OPTION_RESET_AT},
    {"reap", no_argument, NULL, OPTION_REAP},
    {"help", no_argument, NULL, 'h'},
};

enum { COMMON_OPTIONS = sizeof common_options / sizeof common_options[0] };

/* Room for a header, a block and the trailer; and what nobody fills by mistake. */
enum { LEAST_TRACE_BYTES = 256 * 1024 };
static const uint64_t usual_trace_bytes = UINT64_C(1) << 30;

struct reader {
    const struct acre_workload *workload; /* NULL: all */
    struct acre_bench_options *options;
    struct acre_refusal refusal;
};

/* Lists ------------------------------------------------------------------------------------- */

static bool read_lifetimes(const struct reader *reader, const char *list)
{
    struct acre_bench_options *options = reader->options;
    enum acre_lifetime lifetime;
    char word[128];

    memset(options->lifetimes, 0, sizeof options->lifetimes);
    options->lifetimes_were_named = true;
    if (*list == '\0')
        return acre_refuse(&reader->refusal, "--lifetimes: the list is empty");
    while (acre_next_word(&list, word, sizeof word)) {
        if (!acre_lifetime_from_name(word, &lifetime))
            return acre_refuse(
                &reader->refusal,
                "unknown lifetime '%.40s'; there are strong, weak, collector, walked and region",
                word);
        options->lifetimes[lifetime] = true;
    }
    return true;
}

static bool read_occupancy(const struct reader *reader, const char *text)
{
    struct acre_values values;

    if (!acre_parameter_read(&reader->refusal, &acre_occupancy_parameter, text, &values))
        return false;
    reader->options->age_occupancy_percent = values.values[0];
    return true;
}

static bool read_child(const struct reader *reader, const char *word)
{
    reader->options->is_child = true;
    return acre_visit_kind_from_name(word, &reader->options->visit) ||
           acre_refuse(&reader->refusal, "--child: '%.40s' is no kind of visit", word);
}

static bool read_percent(const struct reader *reader, const char *option, const char *word,
                         double *percent)
{
    return (acre_read_decimal(word, percent) && *percent <= 100) ||
           acre_refuse(&reader->refusal,
                       "%s: '%.40s' is no percentage such as 3 or 2.5, at most 100", option, word);
}

/* All of it --------------------------------------------------------------------------------- */

static bool read_option(const struct reader *reader, int option, const char *value)
{
    struct acre_bench_options *o = reader->options;

    if (option >= OPTION_PARAMETER)
        return acre_parameter_read(&reader->refusal,
                                   &reader->workload->parameters[option - OPTION_PARAMETER], value,
                                   &o->parameters[option - OPTION_PARAMETER]);
    switch (option) {
    case OPTION_ITERATIONS:
        return acre_read_number(&reader->refusal, "--iterations", value, 1, UINT64_C(1000000000),
                                &o->iterations);
    case OPTION_ROUNDS:
        o->rounds_were_named = true;
        return acre_read_rounds(&reader->refusal, value, &o->rounds);
    case OPTION_TIME_BUDGET:
        return acre_read_seconds(&reader->refusal, "--time-budget", value, &o->time_budget_seconds);
    case OPTION_PLANT:
        return read_percent(reader, "--plant", value, &o->planted_percent);
    case OPTION_SPIN:
        return read_percent(reader, "--spin", value, &o->spin_percent);
    case OPTION_SEED:
        return acre_read_seed(&reader->refusal, value, &o->seed);
    case OPTION_VISIT_MS:
        return acre_read_number(&reader->refusal, "--visit-ms", value, 1, 60000, &o->visit_ms);
    case OPTION_BACKENDS:
        return acre_backend_list_read(&reader->refusal, value, &o->backends);
    case OPTION_LIFETIMES:
        return read_lifetimes(reader, value);
    case OPTION_CHILD:
        return read_child(reader, value);
    case OPTION_PEAK_CALL:
        return acre_read_number(&reader->refusal, "--peak-call", value, 1, INT64_MAX,
                                &o->peak_call);
    case OPTION_PEAK_REPORT:
        o->report_paths[ACRE_MOMENT_PEAK] = value;
        return true;
    case OPTION_DRAINED_REPORT:
        o->report_paths[ACRE_MOMENT_DRAINED] = value;
        return true;
    case OPTION_AGE:
        return acre_parameter_read(&reader->refusal, &acre_age_parameter, value, &o->ages);
    case OPTION_OCCUPANCY:
        return read_occupancy(reader, value);
    case OPTION_AGE_LOAD:
        return acre_litter_load_read(&reader->refusal, value, &o->load);
    case OPTION_MEMORY_MS:
        return acre_read_number(&reader->refusal, "--memory-ms", value, 0, 3600000, &o->memory_ms);
    case OPTION_RUN_TIME:
        return acre_read_seconds(&reader->refusal, "--run-time", value, &o->run_seconds);
    case OPTION_REGION:
        o->region = value;
        return value[0] != '\0' || acre_refuse(&reader->refusal, "--region: the name is empty");
    case OPTION_RESET_AT:
        o->reset_at = value;
        return value[0] != '\0' || acre_refuse(&reader->refusal, "--reset-at: the name is empty");
    case OPTION_ROTATION:
        return acre_read_number(&reader->refusal, "--rotation", value, 1, 2, &o->rotation);
    case OPTION_REAP:
        o->is_reap = true;
        return true;
    case OPTION_GAUGE:
        return acre_read_number(&reader->refusal, "--gauge", value, 3, INT_MAX, &o->gauge);
    case OPTION_STATS_DIR:
        o->stats_dir = value;
        return value[0] != '\0' || acre_refuse(&reader->refusal, "--stats-dir: the name is empty");
    case OPTION_GUARD:
        return acre_rails_read_guard(&reader->refusal, value, &o->rails);
    case OPTION_FAULT:
        return acre_rails_read_fault(&reader->refusal, value, &o->rails);
    case OPTION_JSON:
        o->json_path = value;
        return value[0] != '\0' || acre_refuse(&reader->refusal, "--json: the name is empty");
    case OPTION_DRAW:
        o->draw_path = value;
        return acre_picture_is_known(&acre_painter_graphviz, value) ||
               acre_refuse(
                   &reader->refusal,
                   "--draw: '%.40s' is neither - nor FILE.dot, FILE.svg, FILE.png, FILE.pdf",
                   value);
    case OPTION_TRACE:
        o->trace_path = value;
        return value[0] != '\0' || acre_refuse(&reader->refusal, "--trace: the name is empty");
    case OPTION_TRACE_LIMIT:
        return acre_read_bytes(&reader->refusal, "--trace-limit", value, LEAST_TRACE_BYTES,
                               INT64_MAX, &reader->options->trace_limit_bytes);
    case OPTION_IN_PROCESS:
        o->in_process = true;
        return true;
    case OPTION_QUIET:
        o->quiet = true;
        return true;
    case OPTION_WIDE:
        o->wide = true;
        return true;
    default:
        o->help = true;
        return true;
    }
}

static bool plays(const struct acre_workload *workload)
{
    return workload != NULL && workload->plays_program;
}

/* What leaks by design is a demonstration, and no candidate among all. */
static bool is_usual(const struct acre_workload *workload, enum acre_lifetime lifetime)
{
    if (workload == NULL)
        return lifetime != ACRE_LIFETIME_STRONG;
    if (!plays(workload))
        return true;
    return lifetime == ACRE_LIFETIME_WEAK ||
           (lifetime == ACRE_LIFETIME_REGION && workload->planned != NULL);
}

static void set_defaults(struct acre_bench_options *options, const struct acre_workload *workload)
{
    *options = (struct acre_bench_options){
        .rounds = workload != NULL ? workload->rounds : ACRE_SUITE_ROUNDS,
        .seed = 1,
        .visit_ms = ACRE_VISIT_MS,
        .memory_ms = workload != NULL ? ACRE_MEMORY_MS : ACRE_SUITE_MEMORY_MS,
        .trace_limit_bytes = usual_trace_bytes,
    };
    acre_parameter_set_defaults(&acre_age_parameter, &options->ages);
    read_occupancy(&(struct reader){.options = options}, acre_occupancy_parameter.defaults);
    for (size_t i = 0; workload != NULL && i < workload->parameter_count; i++)
        acre_parameter_set_defaults(&workload->parameters[i], &options->parameters[i]);
    acre_backend_list_usual(&options->backends);
    for (size_t i = 0; i < ACRE_LIFETIME_COUNT; i++)
        options->lifetimes[i] = is_usual(workload, (enum acre_lifetime)i);
}

/* Why the backend cannot run with any value of some parameter; NULL: it can. */
static const char *why_no_value(const struct reader *reader, const char *backend)
{
    const struct acre_workload *workload = reader->workload;

    for (size_t i = 0; workload != NULL && i < workload->parameter_count; i++) {
        const struct acre_values *asked = &reader->options->parameters[i];
        const char *why = NULL;

        for (size_t v = 0; v < asked->count && (v == 0 || why != NULL); v++)
            why = acre_parameter_why_not(&workload->parameters[i], backend, asked->values[v]);
        if (why != NULL)
            return why;
    }
    return NULL;
}

/* Why no workload of the run can run so; NULL: one can. */
static const char *why_none(const struct reader *reader, const char *backend,
                            enum acre_lifetime lifetime)
{
    const struct acre_workload *workload;
    const char *why = "there is no workload";

    for (size_t i = 0; (workload = acre_workload_of_run(reader->workload, i)) != NULL; i++) {
        why = acre_workload_why_not(workload, backend, lifetime);
        if (why == NULL)
            return why_no_value(reader, backend);
    }
    return why;
}

/*
 * Lists are crossed, and pairs that cannot run are left out; but a backend or a lifetime that was
 * asked for by name and ends up in no pair is an error.
 */
static bool check_pairs(const struct reader *reader)
{
    const struct acre_bench_options *o = reader->options;
    unsigned fitting[ACRE_LIFETIME_COUNT] = {0};
    const char *why_not = NULL;

    for (size_t b = 0; b < o->backends.count; b++) {
        unsigned fits = 0;

        for (unsigned l = 0; l < ACRE_LIFETIME_COUNT; l++) {
            const char *why = why_none(reader, o->backends.names[b], (enum acre_lifetime)l);

            if (!o->lifetimes[l])
                continue;
            fits += why == NULL;
            fitting[l] += why == NULL;
            why_not = why != NULL ? why : why_not;
        }
        if (fits == 0 && o->backends.are_named)
            return acre_refuse(&reader->refusal,
                               "backend '%s' cannot run under any lifetime asked for: %s",
                               o->backends.names[b], why_not);
    }
    for (unsigned l = 0; l < ACRE_LIFETIME_COUNT; l++)
        if (o->lifetimes[l] && fitting[l] == 0 && o->lifetimes_were_named)
            return acre_refuse(&reader->refusal,
                               "lifetime '%s' cannot run on any backend asked for: %s",
                               acre_lifetime_name((enum acre_lifetime)l), why_not);
    return true;
}

/* What is done instead of measuring is one thing: behind guard rails nothing is drawn. */
static bool check_modes(const struct reader *reader)
{
    const struct acre_bench_options *o = reader->options;
    const char *mode = o->rails.guard_resets != 0         ? "--guard"
                       : acre_rails_have_fault(&o->rails) ? "--fault"
                       : o->trace_path != NULL            ? "--trace"
                                                          : NULL;

    if (mode == NULL || o->is_child)
        return true;
    if (o->json_path != NULL)
        return acre_refuse(&reader->refusal,
                           "%s: nothing is measured, so --json has no run to write", mode);
    if (o->draw_path != NULL)
        return acre_refuse(&reader->refusal, "%s: nothing is drawn, leave out --draw", mode);
    if (o->trace_path != NULL && acre_rails_are_up(&o->rails))
        return acre_refuse(&reader->refusal, "%s: nothing is traced, leave out --trace", mode);
    return true;
}

/* What makes no sense of another program's calls, and what makes sense of nothing else. */
static bool check_played(const struct reader *reader)
{
    const struct acre_bench_options *o = reader->options;
    const char *option = o->draw_path != NULL                      ? "--draw"
                         : o->lifetimes_were_named && !o->is_child ? "--lifetimes"
                                                                   : NULL;
    const char *of_region = o->reset_at != NULL ? "--reset-at"
                            : o->rotation != 0  ? "--rotation"
                            : o->is_reap        ? "--reap"
                                                : NULL;
    const char *foreign = o->run_seconds > 0  ? "--run-time"
                          : o->region != NULL ? "--region"
                                              : of_region;

    if (!plays(reader->workload))
        return foreign == NULL ||
               acre_refuse(&reader->refusal, "%s is for 'acre replay' only", foreign);
    if (of_region != NULL && o->region == NULL)
        return acre_refuse(&reader->refusal, "%s: of which --region?", of_region);
    return option == NULL ||
           acre_refuse(&reader->refusal,
                       "%s: of a recorded program only the calls are known, leave it out", option);
}

/* What is of one workload, or for one cell, is refused where all are measured. */
static bool check_suite(const struct reader *reader)
{
    const struct acre_bench_options *o = reader->options;
    const char *option = o->is_child             ? "--child"
                         : o->in_process         ? "--in-process"
                         : o->draw_path != NULL  ? "--draw"
                         : o->trace_path != NULL ? "--trace"
                                                 : NULL;

    if (reader->workload != NULL || option == NULL)
        return true;
    return acre_refuse(&reader->refusal,
                       "%s is for one workload: 'acre bench WORKLOAD %s', not all of them", option,
                       option);
}

/* An option of some workload is no unknown one. */
static bool refuse_option(const struct reader *reader, int option, const char *word)
{
    const struct acre_workload *workload;
    size_t length = strcspn(word, "=");

    for (size_t w = 0;
         reader->workload == NULL && (workload = acre_workload_of_run(NULL, w)) != NULL; w++)
        for (size_t i = 0; i < workload->parameter_count; i++) {
            const char *name = workload->parameters[i].name;

            if (length == strlen(name) + 2 && strncmp(word + 2, name, length - 2) == 0)
                return acre_refuse(&reader->refusal,
                                   "--%s is an option of %s; all together have sets of their own, "
                                   "see --help",
                                   name, workload->name);
        }
    return acre_refuse_option(&reader->refusal, option, word);
}

/* A whole run measures the clean heap first, whose load the litter is made of. */
static bool put_clean_first(const struct reader *reader)
{
    struct acre_bench_options *o = reader->options;
    struct acre_values given = o->ages;

    if (o->is_child || (given.count == 1 && given.values[0] == 0))
        return true;
    if (o->in_process || o->draw_path != NULL || o->trace_path != NULL ||
        acre_rails_are_up(&o->rails))
        return acre_refuse(&reader->refusal,
                           "--age: only a whole run ages heaps; leave out --in-process, --draw, "
                           "--trace, --guard and --fault");
    o->ages = (struct acre_values){.count = 1};
    for (size_t i = 0; i < given.count; i++) {
        if (given.values[i] == 0)
            continue;
        if (o->ages.count == ACRE_MOST_VALUES)
            return acre_refuse(&reader->refusal, "--age: more than %d values",
                               ACRE_MOST_VALUES - 1);
        o->ages.values[o->ages.count++] = given.values[i];
    }
    return true;
}

/* The options that all workloads have, then the workload's own. */
static void list_options(const struct acre_workload *workload, struct option *list)
{
    size_t count = COMMON_OPTIONS;

    memcpy(list, common_options, sizeof common_options);
    for (size_t i = 0; workload != NULL && i < workload->parameter_count; i++)
        list[count++] = (struct option){
            .name = workload->parameters[i].name,
            .has_arg = workload->parameters[i].argument != NULL ? required_argument : no_argument,
            .val = OPTION_PARAMETER + (int)i,
        };
    list[count] = (struct option){0};
}

bool acre_bench_options_read(struct acre_bench_options *options,
                             const struct acre_workload *workload, int argc, char **argv,
                             char *error, size_t error_bytes)
{
    const struct reader reader = {workload, options, {error, error_bytes}};
    struct option list[COMMON_OPTIONS + ACRE_MOST_PARAMETERS + 1];
    int option;

    set_defaults(options, workload);
    list_options(workload, list);
    opterr = 0;
    optind = 0; /* glibc: start afresh, also when another command line was read before */
    while ((option = getopt_long(argc, argv, ":h", list, NULL)) != -1) {
        if (option == '?' || option == ':')
            return refuse_option(&reader, option, argv[optind - 1]);
        if (!read_option(&reader, option, optarg))
            return false;
    }
    if (plays(workload) && optind < argc)
        options->trace_name = argv[optind++];
    if (optind < argc)
        return acre_refuse(&reader.refusal, "unexpected argument '%.40s'; --help shows all",
                           argv[optind]);
    if (options->stats_dir != NULL &&
        (options->in_process || options->draw_path != NULL || options->trace_path != NULL))
        return acre_refuse(&reader.refusal,
                           "--stats-dir: nothing is recorded with --in-process, --draw or --trace");
    if (options->time_budget_seconds > 0 && options->rounds_were_named)
        return acre_refuse(&reader.refusal,
                           "--time-budget decides how many rounds there are, leave out --rounds");
    return check_played(&reader) && check_suite(&reader) && check_modes(&reader) &&
           put_clean_first(&reader) && check_pairs(&reader);
}
