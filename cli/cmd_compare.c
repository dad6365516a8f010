#include "bench/arguments.h"
#include "cli/commands.h"
#include "report/compare.h"
#include "report/run.h"
#include "report/streams.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The files of one side, as they were named. */
struct side {
    const char **names; /* room for every word of the command line */
    struct acre_run *runs;
    size_t count;
    bool was_named; /* by --before or --after */
};

struct request {
    struct acre_compare_options options;
    struct acre_comparison_view view;
    struct side before, after;
    struct side *current; /* where a name goes; NULL: no side was named yet */
    bool help;
};

static const char name[] = "acre compare";

static const char help_text[] =
    "Usage: acre compare [OPTION]... A.json B.json\n"
    "       acre compare [OPTION]... --before A.json... --after B.json...\n"
    "\n"
    "Compares run B with run A, cell by cell: time and distance to the limit with 95 % intervals\n"
    "and verdicts of which all of a table hold at 99 %, every exact counter, and whether the\n"
    "results are the same. With several files of a side, made in turn, file i of B is held "
    "against\n"
    "file i of A, and a rank test of all against all says whether it agrees. A file may be one of\n"
    "Google Benchmark, in JSON.\n"
    "\n"
    "  --before FILE...   the files of A\n"
    "  --after FILE...    the files of B\n"
    "  --common           compare the cells that every file has, leave the others aside\n"
    "  --fail-above PCT   exit 1 when a cell is slower, shown at 99 %, by more than PCT percent,\n"
    "                     or allocations, requested, peak or leaked bytes grew by more\n"
    "  --wide             all columns, differing counters and held memory, whatever the width\n"
    "  --help             this text\n"
    "\n"
    "Exit status: 0 compared; 1 results differ, a cell fails in B only, or a regression was "
    "found;\n"
    "2 wrong usage; 3 out of memory; 4 a file or the output failed; 5 not a run, or unlike runs.\n"
    "\n"
    "Examples:\n"
    "  acre compare before.json after.json\n"
    "  acre compare --before a1.json a2.json --after b1.json b2.json\n"
    "  acre compare --fail-above 3 baseline.json run.json     in CI\n"
    "  acre compare --common all-backends.json malloc.json    the cells they share\n";

/* One line whatever the file names and the files hold. */
__attribute__((format(printf, 2, 3))) static int fail(enum acre_exit status, const char *format,
                                                      ...)
{
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (char *at = line; *at; at++)
        if ((unsigned char)*at < 32 || *at == 127)
            *at = '?';
    fprintf(stderr, "%s: %s\n", name, line);
    return (int)status;
}

/* Without --before and --after the first file is A and the others are taken for B, to be counted.
 */
static int add_file(struct request *request, const char *file)
{
    bool are_named = request->before.was_named || request->after.was_named;
    struct side *side = request->current;
    if (!are_named)
        side = request->before.count == 0 ? &request->before : &request->after;
    side->names[side->count++] = file;
    return ACRE_EXIT_OK;
}

static int begin_side(struct request *request, struct side *side)
{
    bool are_named = request->before.was_named || request->after.was_named;
    if (!are_named && request->before.count > 0)
        return fail(ACRE_EXIT_USAGE, "'%.64s' stands before --before and --after",
                    request->before.names[0]);
    side->was_named = true;
    request->current = side;
    return ACRE_EXIT_OK;
}

static int take_option(struct request *request, int option, const char *given)
{
    switch (option) {
    case 1: /* no option: a file */
        return add_file(request, optarg);
    case 'b':
        return begin_side(request, &request->before);
    case 'a':
        return begin_side(request, &request->after);
    case 'c':
        request->options.common = true;
        return ACRE_EXIT_OK;
    case 'f':
        if (!acre_read_decimal(optarg, &request->options.fail_above_percent))
            return fail(ACRE_EXIT_USAGE,
                        "--fail-above wants a percentage such as 3 or 2.5, not '%.64s'", optarg);
        request->options.has_fail_above = true;
        return ACRE_EXIT_OK;
    case 'w':
        request->view.wide = true;
        return ACRE_EXIT_OK;
    case 'h':
        request->help = true;
        return ACRE_EXIT_OK;
    case ':':
        return fail(ACRE_EXIT_USAGE, "%.64s wants a value; 'acre compare --help' explains it",
                    given);
    default:
        return fail(ACRE_EXIT_USAGE, "unknown option '%.64s'; 'acre compare --help' lists them",
                    given);
    }
}

/* OK, or the exit status after the error has been told. */
static int parse_options(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        {"before", no_argument, NULL, 'b'},
        {"after", no_argument, NULL, 'a'},
        {"common", no_argument, NULL, 'c'},
        {"fail-above", required_argument, NULL, 'f'},
        {"wide", no_argument, NULL, 'w'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int status = ACRE_EXIT_OK, option;
    opterr = 0;
    optind = 0; /* glibc: start anew, another command line was parsed before */
    /* '-': files come in their place among the options. */
    while (status == ACRE_EXIT_OK && !request->help &&
           (option = getopt_long(argc, argv, "-:h", options, NULL)) != -1)
        status = take_option(request, option, optind > 0 && optind <= argc ? argv[optind - 1] : "");
    /* Behind a "--" all are files. */
    while (status == ACRE_EXIT_OK && !request->help && optind < argc)
        status = add_file(request, argv[optind++]);
    return status;
}

static int check_files(const struct request *request)
{
    const struct side *before = &request->before, *after = &request->after;
    if (!before->was_named && !after->was_named && before->count + after->count != 2)
        return fail(ACRE_EXIT_USAGE,
                    "wants two run files, %zu given; 'acre compare --help' shows how to name more",
                    before->count + after->count);
    if (before->count == 0 || after->count == 0)
        return fail(ACRE_EXIT_USAGE, "no file behind %s; each side wants one or more",
                    before->count == 0 ? "--before" : "--after");
    return ACRE_EXIT_OK;
}

static int print_help(void)
{
    fputs(help_text, stdout);
    return (int)acre_output_end(name);
}

static int compare_runs(const struct request *request)
{
    const struct acre_runs before = {request->before.runs, request->before.count};
    const struct acre_runs after = {request->after.runs, request->after.count};
    char error[1024];
    struct acre_comparison comparison;
    enum acre_exit status =
        acre_compare(&comparison, &before, &after, &request->options, error, sizeof error);
    if (status != ACRE_EXIT_OK)
        return fail(status, "%s", error);
    status = acre_comparison_exit(&comparison);
    bool printed = acre_comparison_print(&comparison, stdout, &request->view);
    int cause = errno;
    acre_comparison_free(&comparison);
    if (printed)
        return (int)status;
    return (int)acre_print_failed(name, cause);
}

static int load_side(struct side *side)
{
    for (size_t i = 0; i < side->count; i++) {
        char error[1024];
        enum acre_exit status = acre_run_load(&side->runs[i], side->names[i], error, sizeof error);
        if (status != ACRE_EXIT_OK)
            return fail(status, "%s", error);
    }
    return ACRE_EXIT_OK;
}

static bool make_side(struct side *side, int words)
{
    side->names = calloc((size_t)words + 1, sizeof *side->names);
    side->runs = calloc((size_t)words + 1, sizeof *side->runs);
    return side->names && side->runs;
}

static void free_side(struct side *side)
{
    for (size_t i = 0; side->runs && i < side->count; i++)
        acre_run_free(&side->runs[i]);
    free(side->runs);
    free(side->names);
}

static int run_request(struct request *request, int argc, char **argv)
{
    if (!make_side(&request->before, argc) || !make_side(&request->after, argc))
        return fail(ACRE_EXIT_MEMORY, "out of memory");
    int status = parse_options(argc, argv, request);
    if (status != ACRE_EXIT_OK)
        return status;
    if (request->help)
        return print_help();
    status = check_files(request);
    if (status == ACRE_EXIT_OK)
        status = load_side(&request->before);
    if (status == ACRE_EXIT_OK)
        status = load_side(&request->after);
    request->view.before_names = request->before.names;
    request->view.after_names = request->after.names;
    return status == ACRE_EXIT_OK ? compare_runs(request) : status;
}

int acre_cmd_compare(int argc, char **argv)
{
    const struct acre_terminal terminal = acre_terminal_of(STDOUT_FILENO);
    struct request request = {.view = {.color = terminal.color, .width = terminal.width}};
    int status = run_request(&request, argc, argv);
    free_side(&request.before);
    free_side(&request.after);
    return status;
}
