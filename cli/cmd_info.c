/* acre info: what a trace says. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc/backends.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/profiled.h"
#include "report/format.h"
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

enum {
    OPTION_SORT = 256,
    OPTION_TOP,
    OPTION_STACKS,
    OPTION_SYMBOLS,
    OPTION_PROCESS,
    OPTION_JSON,
    OPTION_MAX_MEMORY,
    OPTION_WIDE,
};

enum { MOST_ROOTS = 64, LEAST_MEMORY_BYTES = 1 << 20 };

struct request {
    struct acre_page page;
    uint64_t process; /* a pid, or a place from 1; 0: the one with most events */
    uint64_t top;
    uint64_t most_bytes; /* of memory; 0: as much as there is */
    bool is_sorted, shows_stacks, is_json;
    enum acre_site_order order;
    const char *roots[MOST_ROOTS];
    size_t root_count;
};

static bool take_root(struct request *request, const struct acre_refusal *refusal)
{
    if (request->root_count == MOST_ROOTS)
        return acre_refuse(refusal, "--symbols: %d directories at most", MOST_ROOTS);
    request->roots[request->root_count++] = optarg;
    return true;
}

static bool take_order(struct request *request, const struct acre_refusal *refusal)
{
    request->is_sorted = true;
    return acre_site_order_from_name(optarg, &request->order) ||
           acre_refuse(refusal, "--sort is peak, bytes, calls, short or leaked, not '%.40s'",
                       optarg);
}

static bool take(void *argument, int option, const struct acre_refusal *refusal)
{
    struct request *request = argument;

    switch (option) {
    case OPTION_SORT:
        return take_order(request, refusal);
    case OPTION_TOP:
        return acre_read_number(refusal, "--top", optarg, 1, 1000000, &request->top);
    case OPTION_STACKS:
        request->shows_stacks = true;
        return true;
    case OPTION_SYMBOLS:
        return take_root(request, refusal);
    case OPTION_PROCESS:
        return acre_read_number(refusal, "--process", optarg, 1, INT64_MAX, &request->process);
    case OPTION_JSON:
        request->is_json = true;
        return true;
    case OPTION_MAX_MEMORY:
        return acre_read_bytes(refusal, "--max-memory", optarg, LEAST_MEMORY_BYTES, INT64_MAX,
                               &request->most_bytes);
    default:
        request->page.wide = true;
        return true;
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

static enum acre_exit complain_of_memory(const struct request *request, const char *sentence)
{
    char why[640];

    if (request->most_bytes == 0)
        return acre_complain(name, ACRE_EXIT_MEMORY, sentence);
    snprintf(why, sizeof why, "%.500s: more is needed than --max-memory allows, %s", sentence,
             acre_format_bytes((double)request->most_bytes).text);
    return acre_complain(name, ACRE_EXIT_MEMORY, why);
}

static enum acre_exit print(const struct request *request, const struct acre_info *info)
{
    enum acre_exit status = acre_profiled_status(info->profile->state);
    bool done = request->is_json ? acre_info_write_json(info, stdout)
                                 : acre_info_print(info, &request->page);

    if (!done)
        return complain_of_memory(request, "out of memory");
    if (acre_output_end(name) != ACRE_EXIT_OK)
        return ACRE_EXIT_IO;
    /* What is incomplete has said so itself: it is no error. */
    return status <= ACRE_EXIT_NO ? status : acre_complain(name, status, info->profile->sentence);
}

/* The stream that begins there. */
static enum acre_exit read_and_print(const struct request *request, const char *path,
                                     uint64_t offset, struct acre_alloc *memory)
{
    const struct acre_profiled_request wanted = {path, offset, request->roots, request->root_count};
    static struct acre_profiled profiled;
    char sentence[512];
    struct acre_info info;
    enum acre_exit status =
        acre_profiled_read(&profiled, memory, &wanted, sentence, sizeof sentence);

    if (status == ACRE_EXIT_MEMORY)
        return complain_of_memory(request, sentence);
    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, sentence);
    info = (struct acre_info){
        .profile = &profiled.profile,
        .reader = &profiled.reader,
        .names = profiled.names,
        .leaks = &profiled.leaks,
        .memory = memory,
        .top = request->top,
        .is_sorted = request->is_sorted,
        .shows_stacks = request->shows_stacks,
        .order = request->order,
    };
    status = print(request, &info);
    acre_profiled_fini(&profiled);
    return status;
}

/* Which process --------------------------------------------------------------------------------
 */

/* Several processes: their table, then one of them. What ends the list is told in any case. */
static enum acre_exit show_one_of(const struct request *request,
                                  const struct acre_trace_bundle *bundle,
                                  const struct acre_trace_stream *stream, const char *path)
{
    enum acre_exit listed = acre_profiled_status(bundle->state);
    enum acre_exit shown;

    if (!request->is_json) {
        if (!acre_trace_streams_print(bundle, stream, &request->page))
            return complain_of_memory(request, "out of memory");
        fputc('\n', request->page.stream);
    }
    shown = read_and_print(request, path, stream->offset, bundle->memory);
    if (shown > ACRE_EXIT_NO || listed <= ACRE_EXIT_NO)
        return shown > listed ? shown : listed;
    return acre_complain(name, listed, bundle->sentence);
}

/* What is no file can be read only once, so that there is no list. */
static bool can_be_read_twice(const char *path)
{
    struct stat state;

    return stat(path, &state) == 0 && S_ISREG(state.st_mode);
}

static enum acre_exit refuse_process(const struct request *request, const char *path,
                                     const struct acre_trace_bundle *bundle)
{
    char why[512];

    if (!can_be_read_twice(path))
        snprintf(why, sizeof why, "--process wants a file, and %.200s is none", path);
    else
        snprintf(why, sizeof why, "%.200s has no process %llu: it has %zu process%s", path,
                 (unsigned long long)request->process, bundle->count,
                 bundle->count == 1 ? "" : "es");
    return acre_complain(name, ACRE_EXIT_INPUT, why);
}

static enum acre_exit show_file(const struct request *request, const char *path,
                                struct acre_alloc *memory)
{
    struct acre_trace_bundle bundle = {.memory = memory};
    const struct acre_trace_stream *stream;
    enum acre_exit status;

    if (can_be_read_twice(path))
        acre_trace_bundle_list(&bundle, memory, path);
    stream = request->process > 0 ? acre_trace_bundle_find(&bundle, request->process)
                                  : acre_trace_bundle_largest(&bundle);
    if (bundle.state == ACRE_TRACE_NO_MEMORY)
        status = complain_of_memory(request, "out of memory");
    else if (stream == NULL && request->process > 0 &&
             (bundle.count > 0 || !can_be_read_twice(path)))
        status = refuse_process(request, path, &bundle);
    else if (bundle.count > 1)
        status = show_one_of(request, &bundle, stream, path);
    else
        status = read_and_print(request, path, 0, memory);
    acre_trace_bundle_fini(&bundle);
    return status;
}

static enum acre_exit show(const void *argument, char *const *paths)
{
    const struct request *request = argument;
    struct acre_fault_plan plan = {.budget_bytes = request->most_bytes};
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_alloc *limited = memory != NULL ? acre_fault_new(memory, &plan) : NULL;
    enum acre_exit status = limited != NULL
                                ? show_file(request, *paths, limited)
                                : acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");

    acre_destroy(limited);
    acre_destroy(memory);
    return status;
}

int acre_cmd_info(int argc, char **argv)
{
    static const struct option options[] = {
        {"sort", required_argument, NULL, OPTION_SORT},
        {"top", required_argument, NULL, OPTION_TOP},
        {"stacks", no_argument, NULL, OPTION_STACKS},
        {"symbols", required_argument, NULL, OPTION_SYMBOLS},
        {"process", required_argument, NULL, OPTION_PROCESS},
        {"json", no_argument, NULL, OPTION_JSON},
        {"max-memory", required_argument, NULL, OPTION_MAX_MEMORY},
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
