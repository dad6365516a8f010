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
    OPTION_IN_PROCESS,
    OPTION_GUARD,
    OPTION_FAULT,
    OPTION_JSON,
    OPTION_DRAW,
    OPTION_QUIET,
    OPTION_WIDE,
    OPTION_STATS_DIR,
    OPTION_CHILD,
    OPTION_PEAK_CALL,
    OPTION_SPIN,
    OPTION_PEAK_REPORT,
    OPTION_DRAINED_REPORT,
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
    {"in-process", no_argument, NULL, OPTION_IN_PROCESS},
    {"guard", optional_argument, NULL, OPTION_GUARD},
    {"fault", required_argument, NULL, OPTION_FAULT},
    {"json", required_argument, NULL, OPTION_JSON},
    {"draw", required_argument, NULL, OPTION_DRAW},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"wide", no_argument, NULL, OPTION_WIDE},
    {"stats-dir", required_argument, NULL, OPTION_STATS_DIR},
    {"child", required_argument, NULL, OPTION_CHILD},
    {"peak-call", required_argument, NULL, OPTION_PEAK_CALL},
    {"spin", required_argument, NULL, OPTION_SPIN},
    {"peak-report", required_argument, NULL, OPTION_PEAK_REPORT},
    {"drained-report", required_argument, NULL, OPTION_DRAINED_REPORT},
    {"help", no_argument, NULL, 'h'},
};

enum { COMMON_OPTIONS = sizeof common_options / sizeof common_options[0] };

struct reader {
    const struct acre_workload *workload;
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

static void set_defaults(struct acre_bench_options *options, const struct acre_workload *workload)
{
    *options = (struct acre_bench_options){
        .iterations = workload->iterations,
        .rounds = workload->rounds,
        .seed = 1,
    };
    for (size_t i = 0; i < workload->parameter_count; i++)
        acre_parameter_set_defaults(&workload->parameters[i], &options->parameters[i]);
    acre_backend_list_usual(&options->backends);
    for (size_t i = 0; i < ACRE_LIFETIME_COUNT; i++)
        options->lifetimes[i] = true;
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
            const char *why = acre_workload_why_not(reader->workload, o->backends.names[b],
                                                    (enum acre_lifetime)l);

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

/* Behind guard rails nothing is measured or drawn. */
static bool check_rails(const struct reader *reader)
{
    const struct acre_bench_options *o = reader->options;
    const char *rail = o->rails.guard_resets != 0 ? "--guard" : "--fault";

    if (!acre_rails_are_up(&o->rails) || o->is_child)
        return true;
    if (o->json_path != NULL)
        return acre_refuse(&reader->refusal,
                           "%s: nothing is measured, so --json has no run to write", rail);
    if (o->draw_path != NULL)
        return acre_refuse(&reader->refusal, "%s: nothing is drawn, leave out --draw", rail);
    return true;
}

/* The options that all workloads have, then the workload's own. */
static void list_options(const struct acre_workload *workload, struct option *list)
{
    size_t count = COMMON_OPTIONS;

    memcpy(list, common_options, sizeof common_options);
    for (size_t i = 0; i < workload->parameter_count; i++)
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
            return acre_refuse_option(&reader.refusal, option, argv[optind - 1]);
        if (!read_option(&reader, option, optarg))
            return false;
    }
    if (optind < argc)
        return acre_refuse(&reader.refusal, "unexpected argument '%.40s'; --help shows all",
                           argv[optind]);
    if (options->stats_dir != NULL && (options->in_process || options->draw_path != NULL))
        return acre_refuse(&reader.refusal,
                           "--stats-dir: nothing is recorded with --in-process or --draw");
    if (options->time_budget_seconds > 0 && options->rounds_were_named)
        return acre_refuse(&reader.refusal,
                           "--time-budget decides how many rounds there are, leave out --rounds");
    return check_rails(&reader) && check_pairs(&reader);
}

/* Those that make sense for the workload. */
static void print_lifetimes(FILE *stream, const struct acre_workload *workload)
{
    const char *comma = "";

    for (unsigned l = 0; l < ACRE_LIFETIME_COUNT; l++)
        if (workload->unsuited[l] == NULL) {
            fprintf(stream, "%s%s", comma, acre_lifetime_name((enum acre_lifetime)l));
            comma = ", ";
        }
}

void acre_bench_options_help(FILE *stream, const struct acre_workload *workload,
                             const char *program)
{
    fprintf(stream,
            "usage: %s [options]\n"
            "\n"
            "%s.\n"
            "Measures it under every strategy (backend x lifetime) against a hand-written limit,\n"
            "each visit in a fresh process, strategies in random order within a round.\n"
            "\n"
            "  what is measured\n",
            program, workload->about);
    for (size_t i = 0; i < workload->parameter_count; i++)
        acre_parameter_help(stream, &workload->parameters[i]);
    fprintf(stream,
            "    --iterations N        of the cold and the recorded part (default %llu)\n"
            "  under which strategies\n"
            "    --backends A[,B...]   names as 'acre list' shows them, or all; settings stand\n"
            "                          behind a colon, as in arena:chunk=2M,hugepages\n"
            "                          (default: malloc, jemalloc, mimalloc, arena)\n"
            "    --lifetimes A[,B...]  ",
            (unsigned long long)workload->iterations);
    print_lifetimes(stream, workload);
    fprintf(
        stream,
        " (default: all)\n"
        "  how\n"
        "    --rounds N            rounds of visits (default %llu; verdicts on one\n"
        "                          row of a table take 8, on twenty rows 12)\n"
        "    --time-budget TIME    instead: rounds go on until every verdict is given, 8 or more,\n"
        "                          or none would end in time any more (90s, 2min, 0.5h)\n"
        "    --seed N              of the data and of the order of visits (default 1)\n"
        "    --in-process          one strategy in this process: for debuggers\n"
        "    --plant PCT           makes the second of the two measurements that tell the noise\n"
        "                          floor PCT percent slower, to see that it is found\n"
        "  instead of measuring\n"
        "    --guard[=N]           each strategy runs once behind a guard that finds misuse of\n"
        "                          memory and keeps what is dead for N resets (default 4)\n"
        "    --fault SPEC          ... once with memory that fails: 17 is the 17th allocation,\n"
        "                          17,forever each from there on, budget=64K all that would\n"
        "                          have more than 64 KiB live; nothing may leak\n"
        "  what is written\n"
        "    --json FILE           the whole run, for 'acre compare'; - is standard output\n"
        "    --stats-dir DIR       what each allocator says of itself, at the peak and after\n"
        "                          the drain: a file for each strategy and moment\n"
        "    --draw FILE           nothing is measured; the objects of the first strategy are\n"
        "                          drawn after iteration 1, under strong what leaked; FILE\n"
        "                          ends with .dot, .svg, .png or .pdf; - is the text for dot\n"
        "    --wide                every column of the table, and where the memory is\n"
        "    --quiet               no table, no progress\n"
        "    --help                this text\n"
        "\n"
        "examples:\n",
        (unsigned long long)workload->rounds);
    for (const char *const *example = workload->examples; *example != NULL; example++)
        fprintf(stream, "  %s %s\n", program, *example);
    fputs("\n"
          "exit status: 0 done, 1 results differ between strategies, 2 wrong command line,\n"
          "3 out of memory, 4 a file cannot be written, 6 a cell failed\n",
          stream);
}
