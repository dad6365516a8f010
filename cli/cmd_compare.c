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

struct request {
    struct acre_compare_options options;
    struct acre_comparison_view view;
    bool help;
};

static const char name[] = "acre compare";

static const char help_text[] =
    "Usage: acre compare [OPTION]... A.json B.json\n"
    "\n"
    "Compares run B with run A, cell by cell: time and distance to the limit with 95 % intervals\n"
    "and a verdict at 99 %, every exact counter, and whether the results are the same.\n"
    "\n"
    "  --common           compare the cells that both runs have, leave the others aside\n"
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

/* Plain decimals only. strtod would take "nan", "0x3" and, under some locales, "2,5". */
static bool parse_percent(const char *text, double *percent)
{
    size_t whole = strspn(text, "0123456789");
    size_t length = whole, fraction = 0;
    if (text[whole] == '.') {
        fraction = strspn(text + whole + 1, "0123456789");
        length = whole + 1 + fraction;
    }
    if (whole + fraction == 0 || whole > 9 || fraction > 9 || text[length] != '\0')
        return false;
    double value = 0.0, scale = 1.0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.')
            continue;
        value = value * 10.0 + (double)(text[i] - '0');
        if (i > whole)
            scale *= 10.0;
    }
    *percent = value / scale;
    return true;
}

/* OK, or the exit status after the error has been told. */
static int parse_options(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        {"common", no_argument, NULL, 'c'},
        {"fail-above", required_argument, NULL, 'f'},
        {"wide", no_argument, NULL, 'w'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    opterr = 0;
    optind = 0; /* glibc: start anew, another command line was parsed before */
    for (;;) {
        int option = getopt_long(argc, argv, ":h", options, NULL);
        if (option == -1)
            return ACRE_EXIT_OK;
        const char *given = optind > 0 && optind <= argc ? argv[optind - 1] : "";
        switch (option) {
        case 'c':
            request->options.common = true;
            break;
        case 'f':
            if (!parse_percent(optarg, &request->options.fail_above_percent))
                return fail(ACRE_EXIT_USAGE,
                            "--fail-above wants a percentage such as 3 or 2.5, not '%.64s'",
                            optarg);
            request->options.has_fail_above = true;
            break;
        case 'w':
            request->view.wide = true;
            break;
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
}

static int print_help(void)
{
    fputs(help_text, stdout);
    return (int)acre_output_end(name);
}

static int compare_runs(const struct request *request, const struct acre_run *before,
                        const struct acre_run *after)
{
    char error[1024];
    struct acre_comparison comparison;
    enum acre_exit status =
        acre_compare(&comparison, before, after, &request->options, error, sizeof error);
    if (status != ACRE_EXIT_OK)
        return fail(status, "%s", error);
    status = acre_comparison_exit(&comparison);
    bool printed = acre_comparison_print(&comparison, stdout, &request->view);
    int cause = errno;
    acre_comparison_free(&comparison);
    if (printed)
        return (int)status;
    return cause == ENOMEM ? fail(ACRE_EXIT_MEMORY, "out of memory")
                           : (int)acre_output_failed(name, cause);
}

static int compare_files(const struct request *request)
{
    char error[1024];
    struct acre_run before, after;
    enum acre_exit status = acre_run_load(&before, request->view.before_name, error, sizeof error);
    if (status != ACRE_EXIT_OK)
        return fail(status, "%s", error);
    int result;
    status = acre_run_load(&after, request->view.after_name, error, sizeof error);
    if (status == ACRE_EXIT_OK)
        result = compare_runs(request, &before, &after);
    else
        result = fail(status, "%s", error);
    acre_run_free(&before);
    acre_run_free(&after);
    return result;
}

int acre_cmd_compare(int argc, char **argv)
{
    const struct acre_terminal terminal = acre_terminal_of(STDOUT_FILENO);
    struct request request = {0};
    int status = parse_options(argc, argv, &request);
    if (status != ACRE_EXIT_OK)
        return status;
    if (request.help)
        return print_help();
    if (argc - optind != 2)
        return fail(ACRE_EXIT_USAGE,
                    "wants two run files, %d given; 'acre compare --help' shows examples",
                    argc - optind);
    request.view.before_name = argv[optind];
    request.view.after_name = argv[optind + 1];
    request.view.color = terminal.color;
    request.view.width = terminal.width;
    return compare_files(&request);
}
