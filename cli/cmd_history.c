/* acre history: runs kept one after another, and what changed. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "history/check.h"
#include "report/layout.h"
#include "report/streams.h"

static const char name[] = "acre history";

static const char help_text[] =
    "usage: acre history add [options] RUN.json...\n"
    "       acre history show [options]\n"
    "       acre history check [options]\n"
    "\n"
    "Keeps runs in one file and notices change. `add` stores what benchmarks wrote with --json,\n"
    "`show` lists what is there, `check` holds the newest run against those before it on the same\n"
    "machine: whether something measured has made a step (verdicts of all cells together hold at\n"
    "99 %; five runs before it are wanted), and whether exact counters are what they were.\n"
    "\n"
    "  --db FILE        the history (default acre-history.db)\n"
    "  --commit NAME    add: what was measured, shown beside the run\n"
    "  --metric NAME    check: x-limit, the distance to the hand-written limit (default), or time\n"
    "  --run NUMBER     check: this run instead of the newest\n"
    "  --markdown       show, check: as Markdown\n"
    "  --help           this text\n"
    "\n"
    "examples:\n"
    "  acre history add --commit \"$(git rev-parse --short HEAD)\" run.json\n"
    "  acre history check && echo as before\n"
    "\n"
    "exit status: 0 done, and nothing is slower; 1 something is slower or a counter grew; 2 wrong\n"
    "command line; 3 out of memory; 4 a file cannot be read or written; 5 a file is no run or no\n"
    "history\n";

struct request {
    const char *path, *commit;
    enum acre_metric metric;
    uint64_t run; /* 0: the newest */
    bool is_markdown;
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
    default: /* 'm' */
        return (acre_metric_from_name(optarg, &request->metric) &&
                acre_metric_is_measured(request->metric)) ||
               acre_refuse(refusal, "--metric: there are x-limit and time, no '%.40s'", optarg);
    }
}

static bool check(const void *context, char *const *words, const struct acre_refusal *refusal)
{
    (void)context;
    if (strcmp(words[0], "add") == 0)
        return words[1] != NULL ||
               acre_refuse(refusal, "add: which run? a benchmark's --json FILE writes one");
    if (strcmp(words[0], "show") == 0 || strcmp(words[0], "check") == 0)
        return words[1] == NULL ||
               acre_refuse(refusal, "%s: unexpected argument '%.40s'", words[0], words[1]);
    return acre_refuse(refusal, "unknown command '%.40s': there are add, show and check", words[0]);
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
    else
        status = check_newest(&history, request);
    acre_history_close(&history);
    return status;
}

int acre_cmd_history(int argc, char **argv)
{
    static const struct option options[] = {
        {"db", required_argument, NULL, 'd'},
        {"commit", required_argument, NULL, 'c'},
        {"metric", required_argument, NULL, 'm'},
        {"run", required_argument, NULL, 'r'},
        {"markdown", no_argument, NULL, 'k'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .wants = "which command? there are add, show and check",
        .take = take,
        .check = check,
        .run = run,
    };
    struct request request = {.path = "acre-history.db", .commit = ""};

    return acre_command_run(&command, &request, argc, argv);
}
