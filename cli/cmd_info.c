/* acre info: what a trace says. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc/backends.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "report/streams.h"
#include "report/trace_info.h"
#include "report/trace_streams.h"

static const char name[] = "acre info";

static const char help_text[] =
    "usage: acre info [options] FILE.acre\n"
    "\n"
    "Says what a trace holds: how much was allocated, when most was live and what was not freed; "
    "then\n"
    "events by kind, blocks by purpose, iterations, sizes and lifetimes. A trace that ends early "
    "is\n"
    "read up to there, and says nothing of leaks. Where a file has the traces of several "
    "processes, "
    "a\n"
    "table of them stands first, and the one with most events is told.\n"
    "\n"
    "    --process N  the one with this pid, or at this place in the table\n"
    "    --wide       every iteration that has a row (1000 at most), and every process\n"
    "    --help       this text\n"
    "\n"
    "examples:\n"
    "  acre bench square-chain --trace chain.acre && acre info chain.acre\n"
    "  acre info --wide leak.acre | less\n"
    "  acre info --process 2 make.acre\n"
    "\n"
    "exit status: 0 shown, 1 shown and incomplete, 2 wrong command line, 3 out of memory, 4 the "
    "file\n"
    "cannot be read or standard output cannot be written, 5 no trace, or a damaged one\n";

struct request {
    struct acre_page page;
    uint64_t process; /* a pid, or a place from 1; 0: the one with most events */
};

static bool take(void *argument, int option, const struct acre_refusal *refusal)
{
    struct request *request = argument;

    if (option == 'p')
        return acre_read_number(refusal, "--process", optarg, 1, INT64_MAX, &request->process);
    request->page.wide = true;
    return true;
}

static bool check(const void *request, char *const *paths, const struct acre_refusal *refusal)
{
    (void)request;
    return paths[1] == NULL ||
           acre_refuse(refusal, "wants one trace, '%.40s' is a second", paths[1]);
}

static enum acre_exit status_of(enum acre_trace_state state)
{
    switch (state) {
    case ACRE_TRACE_READING:
    case ACRE_TRACE_COMPLETE:
        return ACRE_EXIT_OK;
    case ACRE_TRACE_INCOMPLETE:
        return ACRE_EXIT_NO;
    case ACRE_TRACE_UNREADABLE:
        return ACRE_EXIT_IO;
    case ACRE_TRACE_NO_MEMORY:
        return ACRE_EXIT_MEMORY;
    default:
        return ACRE_EXIT_INPUT;
    }
}

static enum acre_exit print(const struct acre_trace_summary *summary,
                            const struct acre_trace_reader *reader, const struct acre_page *page)
{
    enum acre_exit status = status_of(reader->input.state);

    if (!acre_trace_info_print(summary, reader, page))
        return acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    if (acre_output_end(name) != ACRE_EXIT_OK)
        return ACRE_EXIT_IO;
    /* What is incomplete has said so itself: it is no error. */
    return status <= ACRE_EXIT_NO ? status : acre_complain(name, status, reader->input.sentence);
}

/* The stream that begins there. */
static enum acre_exit read_and_print(const char *path, uint64_t offset, struct acre_alloc *memory,
                                     const struct acre_page *page)
{
    struct acre_trace_reader reader;
    struct acre_trace_summary summary;
    enum acre_exit status;

    if (acre_trace_reader_open(&reader, memory, path, offset) != ACRE_TRACE_READING) {
        status = acre_complain(name, status_of(reader.input.state), reader.input.sentence);
    } else if (!acre_trace_summarise(&summary, &reader, memory)) {
        status = acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    } else {
        status = print(&summary, &reader, page);
        acre_trace_summary_fini(&summary);
    }
    acre_trace_reader_close(&reader);
    return status;
}

/* Several processes: their table, then one of them. What ends the list is told in any case. */
static enum acre_exit show_one_of(const struct acre_trace_bundle *bundle,
                                  const struct acre_trace_stream *stream, const char *path,
                                  const struct acre_page *page)
{
    enum acre_exit listed = status_of(bundle->state);
    enum acre_exit shown;

    if (!acre_trace_streams_print(bundle, stream, page))
        return acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    fputc('\n', page->stream);
    shown = read_and_print(path, stream->offset, bundle->memory, page);
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
        status = acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    else if (stream == NULL && request->process > 0 &&
             (bundle.count > 0 || !can_be_read_twice(path)))
        status = refuse_process(request, path, &bundle);
    else if (bundle.count > 1)
        status = show_one_of(&bundle, stream, path, &request->page);
    else
        status = read_and_print(path, 0, memory, &request->page);
    acre_trace_bundle_fini(&bundle);
    return status;
}

static enum acre_exit show(const void *request, char *const *paths)
{
    struct acre_alloc *memory = acre_malloc_new();
    enum acre_exit status = memory != NULL ? show_file(request, *paths, memory)
                                           : acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");

    acre_destroy(memory);
    return status;
}

int acre_cmd_info(int argc, char **argv)
{
    static const struct option options[] = {
        {"process", required_argument, NULL, 'p'},
        {"wide", no_argument, NULL, 'w'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .wants = "which trace? a benchmark's --trace FILE writes one",
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
