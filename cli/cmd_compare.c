/* acre compare: two runs, or two sides of several, cell by cell. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/report_page.h"
#include "report/compare.h"
#include "report/run.h"
#include "report/streams.h"

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
    const char *page;     /* NULL: none is written */
    struct side *current; /* where a name goes; NULL: no side was named yet */
};

static const char name[] = "acre compare";

static const char help_text[] =
    "usage: acre compare [options] A.json B.json\n"
    "       acre compare [options] --before A.json... --after B.json...\n"
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
    "  -o, --output FILE  also a page with charts, one file that needs no network; its name ends\n"
    "                     with .html\n"
    "  --markdown         as Markdown, for a review or an issue\n"
    "  --wide             all columns, differing counters and held memory, whatever the width\n"
    "  --help             this text\n"
    "\n"
    "exit status: 0 compared; 1 results differ, a cell fails in B only, or a regression was "
    "found;\n"
    "2 wrong usage; 3 out of memory; 4 a file or the output failed; 5 not a run, or unlike runs.\n"
    "\n"
    "examples:\n"
    "  acre compare before.json after.json\n"
    "  acre compare --before a1.json a2.json --after b1.json b2.json\n"
    "  acre compare --fail-above 3 baseline.json run.json     in CI\n"
    "  acre compare before.json after.json -o compared.html\n"
    "  acre compare --common all-backends.json malloc.json    the cells they share\n";

static bool are_sides_named(const struct request *request)
{
    return request->before.was_named || request->after.was_named;
}

/* Without --before and --after the first file is A and the others are taken for B, to be counted.
 */
static bool add_file(struct request *request, const char *file)
{
    struct side *side = request->current;

    if (!are_sides_named(request))
        side = request->before.count == 0 ? &request->before : &request->after;
    side->names[side->count++] = file;
    return true;
}

static bool begin_side(struct request *request, struct side *side,
                       const struct acre_refusal *refusal)
{
    if (!are_sides_named(request) && request->before.count > 0)
        return acre_refuse(refusal, "'%.64s' stands before --before and --after",
                           request->before.names[0]);
    side->was_named = true;
    request->current = side;
    return true;
}

static bool take(void *context, int option, const struct acre_refusal *refusal)
{
    struct request *request = context;

    switch (option) {
    case ACRE_WORD:
        return add_file(request, optarg);
    case 'b':
        return begin_side(request, &request->before, refusal);
    case 'a':
        return begin_side(request, &request->after, refusal);
    case 'c':
        request->options.common = true;
        return true;
    case 'm':
        request->view.is_markdown = true;
        return true;
    case 'w':
        request->view.wide = true;
        return true;
    case 'o':
        request->page = optarg;
        return acre_is_page(optarg) ||
               acre_refuse(refusal, "--output: '%.64s' does not end with .html", optarg);
    default: /* 'f' */
        request->options.has_fail_above = true;
        return acre_read_decimal(optarg, &request->options.fail_above_percent) ||
               acre_refuse(refusal, "--fail-above wants a percentage such as 3 or 2.5, not '%.64s'",
                           optarg);
    }
}

static bool check(const void *context, char *const *words, const struct acre_refusal *refusal)
{
    const struct request *request = context;
    size_t before = request->before.count, after = request->after.count;

    (void)words;
    if (!are_sides_named(request) && before + after != 2)
        return acre_refuse(refusal, "wants two run files, %zu given; --help shows how to name more",
                           before + after);
    return (before > 0 && after > 0) ||
           acre_refuse(refusal, "no file behind %s; each side wants one or more",
                       before == 0 ? "--before" : "--after");
}

static enum acre_exit load_side(struct side *side)
{
    for (size_t i = 0; i < side->count; i++) {
        char error[1024];
        enum acre_exit status = acre_run_load(&side->runs[i], side->names[i], error, sizeof error);

        if (status != ACRE_EXIT_OK)
            return acre_complain(name, status, error);
    }
    return ACRE_EXIT_OK;
}

/* All files, A's first, and the comparison. */
static enum acre_exit write_page(const struct request *request,
                                 const struct acre_comparison *comparison)
{
    const struct side *sides[] = {&request->before, &request->after};
    const struct acre_page_comparison shown = {comparison, request->before.names,
                                               request->after.names};
    struct acre_page_content content = {.comparisons = &shown, .comparison_count = 1};
    struct acre_page_run *runs = calloc(request->before.count + request->after.count, sizeof *runs);
    enum acre_exit status;

    if (runs == NULL)
        return acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < sides[side]->count; i++)
            runs[content.run_count++] =
                (struct acre_page_run){&sides[side]->runs[i], sides[side]->names[i]};
    content.runs = runs;
    status = acre_command_page(name, &content, request->page);
    free(runs);
    return status;
}

static enum acre_exit compare_runs(const struct request *request)
{
    enum acre_exit written = ACRE_EXIT_OK;
    const struct acre_runs before = {request->before.runs, request->before.count};
    const struct acre_runs after = {request->after.runs, request->after.count};
    char error[1024];
    struct acre_comparison comparison;
    enum acre_exit status =
        acre_compare(&comparison, &before, &after, &request->options, error, sizeof error);

    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, error);
    status = acre_comparison_exit(&comparison);
    if (!acre_comparison_print(&comparison, stdout, &request->view))
        status = acre_print_failed(name, errno);
    else if (request->page != NULL)
        written = write_page(request, &comparison);
    acre_comparison_free(&comparison);
    return written != ACRE_EXIT_OK ? written : status;
}

static enum acre_exit load_and_compare(const void *context, char *const *words)
{
    struct request request = *(const struct request *)context;
    enum acre_exit status = load_side(&request.before);

    (void)words;
    if (status == ACRE_EXIT_OK)
        status = load_side(&request.after);
    request.view.before_names = request.before.names;
    request.view.after_names = request.after.names;
    return status == ACRE_EXIT_OK ? compare_runs(&request) : status;
}

static bool make_side(struct side *side, int words)
{
    side->names = calloc((size_t)words + 1, sizeof *side->names);
    side->runs = calloc((size_t)words + 1, sizeof *side->runs);
    return side->names != NULL && side->runs != NULL;
}

static void free_side(struct side *side)
{
    for (size_t i = 0; side->runs != NULL && i < side->count; i++)
        acre_run_free(&side->runs[i]);
    free(side->runs);
    free(side->names);
}

int acre_cmd_compare(int argc, char **argv)
{
    static const struct option options[] = {
        {"before", no_argument, NULL, 'b'},
        {"after", no_argument, NULL, 'a'},
        {"common", no_argument, NULL, 'c'},
        {"fail-above", required_argument, NULL, 'f'},
        {"markdown", no_argument, NULL, 'm'},
        {"wide", no_argument, NULL, 'w'},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .letters = "o:",
        .takes_words = true,
        .take = take,
        .check = check,
        .run = load_and_compare,
    };
    const struct acre_terminal terminal = acre_terminal_of(STDOUT_FILENO);
    struct request request = {.view = {.color = terminal.color, .width = terminal.width}};
    int status;

    if (!make_side(&request.before, argc) || !make_side(&request.after, argc))
        status = (int)acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    else
        status = acre_command_run(&command, &request, argc, argv);
    free_side(&request.before);
    free_side(&request.after);
    return status;
}
