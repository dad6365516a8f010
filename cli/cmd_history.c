/* acre history: runs kept one after another, and what changed. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/drawing.h"
#include "history/check.h"
#include "history/curves.h"
#include "plot/figure.h"
#include "report/format.h"
#include "report/layout.h"
#include "report/streams.h"

static const char name[] = "acre history";

static const char help_text[] =
    "usage: acre history add [options] RUN.json...\n"
    "       acre history show [options]\n"
    "       acre history check [options]\n"
    "       acre history plot [options] -o FILE\n"
    "\n"
    "Keeps runs in one file and notices change. `add` stores what benchmarks wrote with --json,\n"
    "`show` lists what is there, `check` holds the newest run against those before it on the same\n"
    "machine: whether something measured has made a step (verdicts of all cells together hold at\n"
    "99 %; five runs before it are wanted), and whether exact counters are what they were. `plot`\n"
    "draws the metric over runs, a line for each strategy: FILE ends with .svg, .pdf, .png or\n"
    ".gnuplot, and where there are several groups the number of each stands before that.\n"
    "\n"
    "  --db FILE        the history (default acre-history.db)\n"
    "  --commit NAME    add: what was measured, shown beside the run\n"
    "  --metric NAME    check, plot: x-limit, the distance to the hand-written limit (default), "
    "or\n"
    "                   time\n"
    "  --run NUMBER     check, plot: this run instead of the newest\n"
    "  -o, --output FILE  plot: where it is written; - is the script on standard output\n"
    "  --workload NAME  plot: groups of this workload alone\n"
    "  --group NUMBER   plot: that group alone, counted as in the tables of `check` from 1\n"
    "  --last NUMBER    plot: as many runs, the newest (default 50)\n"
    "  --width MM       plot: how wide it is, 60 to 1000 (default 174)\n"
    "  --markdown       show, check: as Markdown\n"
    "  --help           this text\n"
    "\n"
    "examples:\n"
    "  acre history add --commit \"$(git rev-parse --short HEAD)\" run.json\n"
    "  acre history check && echo as before\n"
    "  acre history plot --workload square-chain -o history.svg\n"
    "\n"
    "exit status: 0 done, and nothing is slower; 1 something is slower or a counter grew; 2 wrong\n"
    "command line; 3 out of memory; 4 a file cannot be read or written; 5 a file is no run or no\n"
    "history\n";

struct request {
    const char *path, *commit;
    enum acre_metric metric;
    uint64_t run; /* 0: the newest */
    bool is_markdown;
    const char *output, *workload;  /* NULL: not named; all */
    uint64_t group, last, width_mm; /* group 0: all */
};

static bool take(void *context, int option, const struct acre_refusal *refusal)
{
    struct request *request = context;

    switch (option) {
    case 'd':
        request->path = optarg;
        return true;
    case 'c':
        request->commit = optarg;
        return true;
    case 'k':
        request->is_markdown = true;
        return true;
    case 'r':
        return acre_read_number(refusal, "--run", optarg, 1, INT64_MAX, &request->run);
    case 'o':
        request->output = optarg;
        return acre_read_drawing(refusal, optarg);
    case 'w':
        request->workload = optarg;
        return true;
    case 'g':
        return acre_read_number(refusal, "--group", optarg, 1, 1000000, &request->group);
    case 'l':
        return acre_read_number(refusal, "--last", optarg, 1, ACRE_CURVES_MOST_RUNS,
                                &request->last);
    case 'i':
        return acre_read_number(refusal, "--width", optarg, ACRE_LEAST_MM, ACRE_MOST_MM,
                                &request->width_mm);
    default: /* 'm' */
        return (acre_metric_from_name(optarg, &request->metric) &&
                acre_metric_is_measured(request->metric)) ||
               acre_refuse(refusal, "--metric: there are x-limit and time, no '%.40s'", optarg);
    }
}

static bool check(const void *context, char *const *words, const struct acre_refusal *refusal)
{
    const struct request *request = context;
    bool plots = strcmp(words[0], "plot") == 0;

    if (strcmp(words[0], "add") == 0)
        return words[1] != NULL ||
               acre_refuse(refusal, "add: which run? a benchmark's --json FILE writes one");
    if (!plots && strcmp(words[0], "show") != 0 && strcmp(words[0], "check") != 0)
        return acre_refuse(refusal, "unknown command '%.40s': there are add, show, check and plot",
                           words[0]);
    if (words[1] != NULL)
        return acre_refuse(refusal, "%s: unexpected argument '%.40s'", words[0], words[1]);
    return !plots || request->output != NULL ||
           acre_refuse(refusal, "plot: where to? -o FILE.svg, or .pdf, .png, .gnuplot");
}

static enum acre_exit add(struct acre_history *history, const struct request *request,
                          char *const *paths)
{
    for (; *paths != NULL; paths++) {
        char error[1024];
        int64_t id;
        bool was_there;
        enum acre_exit status = acre_history_add(history, *paths, request->commit, &id, &was_there,
                                                 error, sizeof error);

        if (status != ACRE_EXIT_OK)
            return acre_complain(name, status, error);
        printf("%s %s as run %" PRId64 " of %s\n", was_there ? "found" : "stored", *paths, id,
               history->path);
        fflush(stdout); /* said as soon as it is so: who is killed behind it has lost nothing */
    }
    return ACRE_EXIT_OK;
}

static struct acre_page page_of(const struct request *request)
{
    const struct acre_terminal terminal = acre_terminal_of(STDOUT_FILENO);

    return (struct acre_page){
        .stream = stdout,
        .width = terminal.width > 0 ? terminal.width : ACRE_DEFAULT_WIDTH,
        .color = terminal.color,
        .unicode = terminal.unicode,
        .is_markdown = request->is_markdown,
    };
}

static enum acre_exit show(struct acre_history *history, const struct request *request)
{
    const struct acre_page page = page_of(request);
    struct acre_history_run *runs;
    size_t count;
    char error[1024];
    enum acre_exit status = acre_history_list(history, &runs, &count, error, sizeof error);

    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, error);
    if (!acre_history_list_print(runs, count, &page))
        status = acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    acre_history_free_runs(runs, count);
    return status;
}

static enum acre_exit check_newest(struct acre_history *history, const struct request *request)
{
    const struct acre_page page = page_of(request);
    struct acre_history_check check;
    char error[1024];
    enum acre_exit status = acre_history_check_run(history, (int64_t)request->run, request->metric,
                                                   &check, error, sizeof error);

    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, error);
    status = acre_history_check_exit(&check);
    if (!acre_history_check_print(&check, &page))
        status = acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    acre_history_check_end(&check);
    return status;
}

/* The groups that are wanted, by their first cells; `chosen` has room for all. */
struct chosen {
    size_t first, number;
};

static size_t choose_groups(const struct request *request, const struct acre_history_curves *curves,
                            struct chosen *chosen)
{
    size_t count = 0, number = 1;

    for (size_t at = 0; at < curves->run.cell_count;
         at += acre_history_curves_length(curves, at), number++) {
        const char *workload = acre_or_empty(curves->cells[at]->key.workload);

        if ((request->group == 0 || request->group == number) &&
            (request->workload == NULL || strcmp(request->workload, workload) == 0) &&
            acre_history_curves_are_there(curves, at))
            chosen[count++] = (struct chosen){at, number};
    }
    return count;
}

static enum acre_exit draw(struct acre_history *history, const struct request *request,
                           const struct acre_history_curves *curves, size_t first, size_t number)
{
    struct acre_drawing drawing;
    enum acre_exit status;
    char error[1024];

    if (!acre_drawing_begin(&drawing, request->output, NULL, number))
        return acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    status = acre_history_curves_write(history, curves, first, (double)request->width_mm,
                                       drawing.stream, error, sizeof error);
    if (status != ACRE_EXIT_OK)
        acre_complain(name, status, error);
    return acre_drawing_end(&drawing, name, status);
}

static enum acre_exit draw_groups(struct acre_history *history, const struct request *request,
                                  const struct acre_history_curves *curves)
{
    struct chosen *chosen = calloc(curves->run.cell_count + 1, sizeof *chosen);
    enum acre_exit status = ACRE_EXIT_OK;
    size_t count;

    if (chosen == NULL)
        return acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    count = choose_groups(request, curves, chosen);
    if (count == 0)
        status = acre_complain(name, ACRE_EXIT_INPUT,
                               "plot: the run has no such group in which this was measured");
    else if (count > 1 && strcmp(request->output, "-") == 0)
        status = acre_complain(name, ACRE_EXIT_USAGE,
                               "plot: standard output has room for one group: --group chooses it");
    for (size_t i = 0; status == ACRE_EXIT_OK && i < count; i++)
        status = draw(history, request, curves, chosen[i].first, count > 1 ? chosen[i].number : 0);
    free(chosen);
    return status;
}

static enum acre_exit plot(struct acre_history *history, const struct request *request)
{
    struct acre_history_curves curves;
    char error[1024];
    enum acre_exit status =
        acre_history_curves_begin(history, (int64_t)request->run, &curves, error, sizeof error);

    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, error);
    curves.metric = request->metric;
    curves.most_runs = request->last;
    status = draw_groups(history, request, &curves);
    acre_history_curves_end(&curves);
    return status;
}

static enum acre_exit run(const void *context, char *const *words)
{
    const struct request *request = context;
    struct acre_history history;
    char error[1024];
    bool adds = strcmp(words[0], "add") == 0;
    enum acre_exit status = acre_history_open(&history, request->path, adds, error, sizeof error);

    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, error);
    if (adds)
        status = add(&history, request, words + 1);
    else if (strcmp(words[0], "show") == 0)
        status = show(&history, request);
    else if (strcmp(words[0], "plot") == 0)
        status = plot(&history, request);
    else
        status = check_newest(&history, request);
    acre_history_close(&history);
    return status;
}

int acre_cmd_history(int argc, char **argv)
{
    static const struct option options[] = {
        {"db", required_argument, NULL, 'd'},       {"commit", required_argument, NULL, 'c'},
        {"metric", required_argument, NULL, 'm'},   {"run", required_argument, NULL, 'r'},
        {"markdown", no_argument, NULL, 'k'},       {"output", required_argument, NULL, 'o'},
        {"workload", required_argument, NULL, 'w'}, {"group", required_argument, NULL, 'g'},
        {"last", required_argument, NULL, 'l'},     {"width", required_argument, NULL, 'i'},
        {"help", no_argument, NULL, 'h'},           {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .letters = "o:",
        .wants = "which command? there are add, show, check and plot",
        .take = take,
        .check = check,
        .run = run,
    };
    struct request request = {
        .path = "acre-history.db",
        .commit = "",
        .last = ACRE_CURVES_DEFAULT_RUNS,
        .width_mm = ACRE_PAGE_MM,
    };

    return acre_command_run(&command, &request, argc, argv);
}
