#include "bench/options.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bench/arguments.h"
#include "bench/draw.h"
#include "bench/names.h"

enum {
    OPTION_ELEMENTS = 256,
    OPTION_ITERATIONS,
    OPTION_DEPTH,
    OPTION_BACKWARD,
    OPTION_FILL,
    OPTION_ORDER,
    OPTION_BACKENDS,
    OPTION_LIFETIMES,
    OPTION_ROUNDS,
    OPTION_SEED,
    OPTION_IN_PROCESS,
    OPTION_JSON,
    OPTION_DRAW,
    OPTION_QUIET,
    OPTION_WIDE,
    OPTION_CHILD,
};

static const struct option long_options[] = {
    {"elements", required_argument, NULL, OPTION_ELEMENTS},
    {"iterations", required_argument, NULL, OPTION_ITERATIONS},
    {"depth", required_argument, NULL, OPTION_DEPTH},
    {"backward", no_argument, NULL, OPTION_BACKWARD},
    {"fill", required_argument, NULL, OPTION_FILL},
    {"order", required_argument, NULL, OPTION_ORDER},
    {"backends", required_argument, NULL, OPTION_BACKENDS},
    {"lifetimes", required_argument, NULL, OPTION_LIFETIMES},
    {"rounds", required_argument, NULL, OPTION_ROUNDS},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"in-process", no_argument, NULL, OPTION_IN_PROCESS},
    {"json", required_argument, NULL, OPTION_JSON},
    {"draw", required_argument, NULL, OPTION_DRAW},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"wide", no_argument, NULL, OPTION_WIDE},
    {"child", required_argument, NULL, OPTION_CHILD},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct reader {
    struct acre_bench_options *options;
    struct acre_refusal refusal;
};

/* One word of a comma-separated list; false at its end. The list is not changed. */
static bool next_word(const char **list, char *word, size_t word_bytes)
{
    size_t length = strcspn(*list, ",");

    if (**list == '\0')
        return false;
    snprintf(word, word_bytes, "%.*s", (int)(length < 100 ? length : 100), *list);
    *list += length;
    *list += **list == ',';
    return true;
}

static bool read_elements(const struct reader *reader, const char *list)
{
    struct acre_bench_options *options = reader->options;
    char word[128];

    options->elements_count = 0;
    while (next_word(&list, word, sizeof word)) {
        uint64_t elements;

        if (!acre_read_elements(&reader->refusal, word, &elements))
            return false;
        for (size_t i = 0; i < options->elements_count; i++)
            if (options->elements[i] == elements)
                return acre_refuse(&reader->refusal, "--elements: %s stands there twice", word);
        if (options->elements_count == MOST_ELEMENTS)
            return acre_refuse(&reader->refusal, "--elements: more than %d sizes", MOST_ELEMENTS);
        options->elements[options->elements_count++] = elements;
    }
    return options->elements_count > 0 ||
           acre_refuse(&reader->refusal, "--elements: the list is empty");
}

/* Words ------------------------------------------------------------------------------------- */

/* Levenshtein's distance, for "did you mean"; words are short. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[64];
    size_t length = strlen(b);

    if (length >= 64 || strlen(a) >= 64)
        return UINT_MAX;
    for (unsigned j = 0; j <= length; j++)
        row[j] = j;
    for (; *a != '\0'; a++) {
        unsigned diagonal = row[0]++;

        for (unsigned j = 1; j <= length; j++) {
            unsigned above = row[j];
            unsigned best = diagonal + (*a != b[j - 1]);

            best = above + 1 < best ? above + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[length];
}

static bool refuse_backend(const struct reader *reader, const char *word)
{
    const char *nearest = NULL;
    unsigned least = 3;
    size_t count = 0;

    for (; acre_backend_name(count) != NULL; count++) {
        unsigned d = distance(word, acre_backend_name(count));

        if (d < least) {
            least = d;
            nearest = acre_backend_name(count);
        }
    }
    if (nearest != NULL)
        return acre_refuse(&reader->refusal,
                           "unknown backend '%.40s' (did you mean '%s'?); 'acre list' shows all",
                           word, nearest);
    return acre_refuse(&reader->refusal, "unknown backend '%.40s'; 'acre list' shows all %zu", word,
                       count);
}

static bool read_backends(const struct reader *reader, const char *list)
{
    struct acre_bench_options *options = reader->options;
    char word[128];

    options->backend_count = 0;
    options->backends_were_named = true;
    while (next_word(&list, word, sizeof word)) {
        const char *name = NULL;

        for (size_t i = 0; acre_backend_name(i) != NULL; i++)
            if (strcmp(acre_backend_name(i), word) == 0)
                name = acre_backend_name(i);
        if (name == NULL)
            return refuse_backend(reader, word);
        for (size_t i = 0; i < options->backend_count; i++)
            if (options->backends[i] == name)
                return acre_refuse(&reader->refusal, "--backends: '%s' stands there twice", name);
        options->backends[options->backend_count++] = name;
    }
    return options->backend_count > 0 ||
           acre_refuse(&reader->refusal, "--backends: the list is empty");
}

static bool read_lifetimes(const struct reader *reader, const char *list)
{
    struct acre_bench_options *options = reader->options;
    enum acre_lifetime lifetime;
    char word[128];

    memset(options->lifetimes, 0, sizeof options->lifetimes);
    options->lifetimes_were_named = true;
    if (*list == '\0')
        return acre_refuse(&reader->refusal, "--lifetimes: the list is empty");
    while (next_word(&list, word, sizeof word)) {
        if (!acre_lifetime_from_name(word, &lifetime))
            return acre_refuse(
                &reader->refusal,
                "unknown lifetime '%.40s'; there are strong, weak, walked and region", word);
        options->lifetimes[lifetime] = true;
    }
    return true;
}

static bool read_fill(const struct reader *reader, const char *word)
{
    bool *fills = reader->options->fills;
    enum acre_fill fill;

    fills[0] = fills[1] = strcmp(word, "both") == 0;
    if (fills[0])
        return true;
    if (!acre_fill_from_name(word, &fill))
        return acre_refuse(&reader->refusal, "--fill: '%.40s' is none of randn, reuse, both", word);
    fills[fill] = true;
    return true;
}

static bool read_order(const struct reader *reader, const char *word)
{
    return acre_order_from_name(word, &reader->options->order) ||
           acre_refuse(&reader->refusal, "--order: '%.40s' is neither seed nor drop-first", word);
}

static bool read_child(const struct reader *reader, const char *word)
{
    reader->options->is_child = true;
    return acre_visit_kind_from_name(word, &reader->options->visit) ||
           acre_refuse(&reader->refusal, "--child: '%.40s' is no kind of visit", word);
}

/* All of it --------------------------------------------------------------------------------- */

static bool read_option(const struct reader *reader, int option, const char *value)
{
    struct acre_bench_options *o = reader->options;

    switch (option) {
    case OPTION_ELEMENTS:
        return read_elements(reader, value);
    case OPTION_ITERATIONS:
        return acre_read_number(&reader->refusal, "--iterations", value, 1, UINT64_C(1000000000),
                                &o->iterations);
    case OPTION_DEPTH:
        return acre_read_number(&reader->refusal, "--depth", value, 1, 1000000, &o->depth);
    case OPTION_ROUNDS:
        return acre_read_rounds(&reader->refusal, value, &o->rounds);
    case OPTION_SEED:
        return acre_read_seed(&reader->refusal, value, &o->seed);
    case OPTION_FILL:
        return read_fill(reader, value);
    case OPTION_ORDER:
        return read_order(reader, value);
    case OPTION_BACKENDS:
        return read_backends(reader, value);
    case OPTION_LIFETIMES:
        return read_lifetimes(reader, value);
    case OPTION_CHILD:
        return read_child(reader, value);
    case OPTION_JSON:
        o->json_path = value;
        return value[0] != '\0' || acre_refuse(&reader->refusal, "--json: the name is empty");
    case OPTION_DRAW:
        o->draw_path = value;
        return acre_picture_is_known(value) ||
               acre_refuse(
                   &reader->refusal,
                   "--draw: '%.40s' is neither - nor FILE.dot, FILE.svg, FILE.png, FILE.pdf",
                   value);
    case OPTION_BACKWARD:
        o->backward = true;
        return true;
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

static void set_defaults(struct acre_bench_options *options)
{
    *options = (struct acre_bench_options){
        .elements = {10000},
        .elements_count = 1,
        .depth = 3,
        .iterations = 10,
        .rounds = 20,
        .seed = 1,
        .fills = {true, true},
    };
    for (size_t i = 0; acre_backend_name(i) != NULL && i < MOST_BACKENDS; i++)
        options->backends[options->backend_count++] = acre_backend_name(i);
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

    for (size_t b = 0; b < o->backend_count; b++) {
        unsigned fits = 0;

        for (unsigned l = 0; l < ACRE_LIFETIME_COUNT; l++) {
            const char *why = acre_why_not(o->backends[b], (enum acre_lifetime)l);

            if (!o->lifetimes[l])
                continue;
            fits += why == NULL;
            fitting[l] += why == NULL;
            why_not = why != NULL ? why : why_not;
        }
        if (fits == 0 && o->backends_were_named)
            return acre_refuse(&reader->refusal,
                               "backend '%s' cannot run under any lifetime asked for: %s",
                               o->backends[b], why_not);
    }
    for (unsigned l = 0; l < ACRE_LIFETIME_COUNT; l++)
        if (o->lifetimes[l] && fitting[l] == 0 && o->lifetimes_were_named)
            return acre_refuse(&reader->refusal,
                               "lifetime '%s' cannot run on any backend asked for: %s",
                               acre_lifetime_name((enum acre_lifetime)l), why_not);
    return true;
}

bool acre_bench_options_read(struct acre_bench_options *options, int argc, char **argv, char *error,
                             size_t error_bytes)
{
    const struct reader reader = {options, {error, error_bytes}};
    int option;

    set_defaults(options);
    opterr = 0;
    optind = 0; /* glibc: start afresh, also when another command line was read before */
    while ((option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
        if (option == '?' || option == ':')
            return acre_refuse_option(&reader.refusal, option, argv[optind - 1]);
        if (!read_option(&reader, option, optarg))
            return false;
    }
    if (optind < argc)
        return acre_refuse(&reader.refusal, "unexpected argument '%.40s'; --help shows all",
                           argv[optind]);
    return check_pairs(&reader);
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
            "  what is measured\n"
            "    --elements N[,N...]   float64 elements of x (default 10000)\n"
            "    --depth N             functions in the chain (default 3)\n"
            "    --backward            forward and backward (default: forward)\n"
            "    --fill WORD           randn: a new x in each iteration; reuse: one x; both "
            "(default)\n"
            "    --order WORD          seed: y keeps the old graph while the new one is built "
            "(default);\n"
            "                          drop-first: y lets go before\n"
            "    --iterations N        of the cold and the recorded part (default 10, the seed's)\n"
            "  under which strategies\n"
            "    --backends A[,B...]   malloc, jemalloc, mimalloc, arena (default: all)\n"
            "    --lifetimes A[,B...]  strong, weak, walked, region (default: all that fit)\n"
            "  how\n"
            "    --rounds N            rounds of visits (default 20; 8 or more give verdicts)\n"
            "    --seed N              of the data and of the order of visits (default 1)\n"
            "    --in-process          one strategy, one fill, in this process: for debuggers\n"
            "  what is written\n"
            "    --json FILE           the whole run, for 'acre compare'; - is standard output\n"
            "    --draw FILE           nothing is measured; the objects of the first strategy are\n"
            "                          drawn after iteration 1, under strong what leaked; FILE\n"
            "                          ends with .dot, .svg, .png or .pdf; - is the text for dot\n"
            "    --wide                every column of the table\n"
            "    --quiet               no table, no progress\n"
            "    --help                this text\n"
            "\n"
            "examples:\n"
            "  %s --json run.json\n"
            "  %s --elements 1000,10000,100000 --fill reuse --backward\n"
            "  %s --backends malloc,arena --lifetimes strong --iterations 10\n"
            "\n"
            "exit status: 0 done, 1 results differ between strategies, 2 wrong command line,\n"
            "3 out of memory, 4 a file cannot be written, 6 a cell failed\n",
            program, workload->about, program, program, program);
}
