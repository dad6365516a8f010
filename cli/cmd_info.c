/* acre info: what a trace says. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/profiled.h"
#include "cli/site_options.h"
#include "report/info.h"
#include "report/streams.h"
#include "report/trace_streams.h"

static const char name[] = "acre info";

static const char help_text[] =
    "usage: acre info [options] FILE.acre\n"
    "\n"
    "Says what a trace holds: first in a sentence, then where memory comes from, how large blocks "
    "are "
    "and\n"
    "how long they live, threads, purposes, iterations, and how it was recorded. A trace that ends "
    "early is\n"
    "read up to there, and says nothing of leaks. Where a file has the traces of several "
    "processes, "
    "a\n"
    "table of them stands first, and the one with most events is told.\n"
    "\n"
    "    --sort ORDER     only the places that allocate, by peak, bytes, calls, short (blocks that "
    "live\n"
    "                     shortly) or leaked\n"
    "    --top N          so many places of each order (default: 5, with --sort 20)\n"
    "    --stacks         each call stack by itself, as a whole\n"
    "    --symbols DIR    look for files of code there as well, under their paths (may be "
    "repeated)\n"
    "    --process N      the one with this pid, or at this place in the table\n"
    "    --json           for programs, as docs/info.md says\n"
    "    --max-memory N   take at most so many bytes, K, M or G behind it\n"
    "    --wide           names as they are, every thread, every process, and every iteration that "
    "has "
    "a row\n"
    "                     (1000 at most)\n"
    "    --help           this text\n"
    "\n"
    "examples:\n"
    "  acre record -o app.acre ./app && acre info app.acre\n"
    "  acre info --sort leaked --stacks app.acre | less\n"
    "  acre info --process 2 make.acre\n"
    "\n"
    "exit status: 0 shown, 1 shown and incomplete, 2 wrong command line, 3 out of memory, 4 the "
    "file\n"
    "cannot be read or standard output cannot be written, 5 no trace, or a damaged one\n";

enum { OPTION_STACKS = 256, OPTION_PROCESS, OPTION_JSON, OPTION_WIDE };

struct request {
    struct acre_page page;
    struct acre_site_options sites;
    uint64_t process; /* a pid, or a place from 1; 0: the one with most events */
    bool shows_stacks, is_json;
};

static bool take(void *argument, int option, const struct acre_refusal *refusal)
{
    struct request *request = argument;

    switch (option) {
    case OPTION_STACKS:
        request->shows_stacks = true;
        return true;
    case OPTION_PROCESS:
        return acre_read_number(refusal, "--process", optarg, 1, INT64_MAX, &request->process);
    case OPTION_JSON:
        request->is_json = true;
        return true;
    case OPTION_WIDE:
        request->page.wide = true;
        return true;
    default:
        return acre_site_options_take(&request->sites, option, refusal);
    }
}

static bool check(const void *request, char *const *paths, const struct acre_refusal *refusal)
{
    (void)request;
    return paths[1] == NULL ||
           acre_refuse(refusal, "wants one trace, '%.40s' is a second", paths[1]);
}

/* What is known of one process ----------------------------------------------------------------
 */

static enum acre_exit print(const struct request *request, const struct acre_info *info)
{
    enum acre_exit status = acre_profiled_status(info->profile->state);
    bool done = request->is_json ? acre_info_write_json(info, stdout)
                                 : acre_info_print(info, &request->page);

    if (!done)
        return acre_site_options_no_memory(&request->sites, name);
    if (acre_output_end(name) != ACRE_EXIT_OK)
        return ACRE_EXIT_IO;
    /* What is incomplete has said so itself: it is no error. */
    return status <= ACRE_EXIT_NO ? status : acre_complain(name, status, info->profile->sentence);
}

static enum acre_exit read_and_print(const struct request *request, const char *path,
                                     const struct acre_profiled_processes *processes)
{
    struct acre_alloc *memory = processes->bundle.memory;
    const struct acre_profiled_request wanted = {
        .path = path,
        .offset = processes->offset,
        .events = processes->events,
        .roots = request->sites.roots,
        .root_count = request->sites.root_count,
    };
    static struct acre_profiled profiled;
    char sentence[512];
    struct acre_info info;
    enum acre_exit status =
        acre_profiled_read(&profiled, memory, &wanted, sentence, sizeof sentence);

    if (status == ACRE_EXIT_MEMORY)
        return acre_site_options_no_memory(&request->sites, name);
    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, sentence);
    info = (struct acre_info){
        .profile = &profiled.profile,
        .reader = &profiled.reader,
        .names = profiled.names,
        .leaks = &profiled.leaks,
        .memory = memory,
        .top = request->sites.top,
        .is_sorted = request->sites.is_sorted,
        .shows_stacks = request->shows_stacks,
        .order = request->sites.order,
    };
    status = print(request, &info);
    acre_profiled_fini(&profiled);
    return status;
}

/* Which process --------------------------------------------------------------------------------
 */

/* Several processes: their table, then one of them. What ends the list is told in any case. */
static enum acre_exit show_one_of(const struct request *request,
                                  const struct acre_profiled_processes *processes, const char *path)
{
    const struct acre_trace_bundle *bundle = &processes->bundle;
    enum acre_exit listed = acre_profiled_status(bundle->state);
    enum acre_exit shown;

    if (!request->is_json) {
        if (!acre_trace_streams_print(bundle, processes->chosen, &request->page))
            return acre_site_options_no_memory(&request->sites, name);
        fputc('\n', request->page.stream);
    }
    shown = read_and_print(request, path, processes);
    if (shown > ACRE_EXIT_NO || listed <= ACRE_EXIT_NO)
        return shown > listed ? shown : listed;
    return acre_complain(name, listed, bundle->sentence);
}

static enum acre_exit show_file(const struct request *request, const char *path,
                                struct acre_alloc *memory)
{
    struct acre_profiled_processes processes;
    enum acre_profiled_choice choice =
        acre_profiled_choose(&processes, memory, path, request->process);
    enum acre_exit status;

    if (choice == ACRE_CHOICE_NO_MEMORY)
        status = acre_site_options_no_memory(&request->sites, name);
    else if (choice != ACRE_CHOICE_MADE)
        status = acre_profiled_refuse(name, choice, &processes, path, request->process);
    else if (processes.bundle.count > 1)
        status = show_one_of(request, &processes, path);
    else
        status = read_and_print(request, path, &processes);
    acre_profiled_processes_fini(&processes);
    return status;
}

static enum acre_exit show(const void *argument, char *const *paths)
{
    const struct request *request = argument;
    struct acre_limited_memory memory;
    enum acre_exit status;

    if (acre_limited_memory_begin(&memory, &request->sites, name) == NULL)
        return ACRE_EXIT_MEMORY;
    status = show_file(request, *paths, memory.limited);
    acre_limited_memory_end(&memory);
    return status;
}

int acre_cmd_info(int argc, char **argv)
{
    static const struct option options[] = {
        ACRE_SITE_OPTIONS,
        {"stacks", no_argument, NULL, OPTION_STACKS},
        {"process", required_argument, NULL, OPTION_PROCESS},
        {"json", no_argument, NULL, OPTION_JSON},
        {"wide", no_argument, NULL, OPTION_WIDE},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .wants = "which trace? acre record makes one, and so does a benchmark's --trace FILE",
        .take = take,
        .check = check,
        .run = show,
    };
    const struct acre_terminal terminal = acre_terminal_of(STDOUT_FILENO);
    struct request request = {
        .page =
            {
                .stream = stdout,
                .width = terminal.width > 0 ? terminal.width : ACRE_DEFAULT_WIDTH,
                .color = terminal.color,
            },
    };

    return acre_command_run(&command, &request, argc, argv);
}
