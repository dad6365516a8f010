/* acre info: what a trace says. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "alloc/backends.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "report/streams.h"
#include "report/trace_info.h"

static const char name[] = "acre info";

static const char help_text[] =
    "usage: acre info [options] FILE.acre\n"
    "\n"
    "Says what a trace holds: how much was allocated, when most was live and what was not freed; "
    "then\n"
    "events by kind, blocks by purpose, iterations, sizes and lifetimes. A trace that ends early "
    "is\n"
    "read up to there, and says nothing of leaks.\n"
    "\n"
    "    --wide    every iteration that has a row (1000 at most), not the first ten\n"
    "    --help    this text\n"
    "\n"
    "examples:\n"
    "  acre bench square-chain --trace chain.acre && acre info chain.acre\n"
    "  acre info --wide leak.acre | less\n"
    "\n"
    "exit status: 0 shown, 1 shown and incomplete, 2 wrong command line, 3 out of memory, 4 the "
    "file\n"
    "cannot be read or standard output cannot be written, 5 no trace, or a damaged one\n";

/* --wide */
static bool take(void *page, int option, const struct acre_refusal *refusal)
{
    (void)option;
    (void)refusal;
    ((struct acre_page *)page)->wide = true;
    return true;
}

static bool check(const void *page, char *const *paths, const struct acre_refusal *refusal)
{
    (void)page;
    return paths[1] == NULL ||
           acre_refuse(refusal, "wants one trace, '%.40s' is a second", paths[1]);
}

static enum acre_exit status_of(const struct acre_trace_reader *reader)
{
    switch (reader->input.state) {
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
    enum acre_exit status = status_of(reader);

    if (!acre_trace_info_print(summary, reader, page))
        return acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    if (acre_output_end(name) != ACRE_EXIT_OK)
        return ACRE_EXIT_IO;
    /* What is incomplete has said so itself: it is no error. */
    return status <= ACRE_EXIT_NO ? status : acre_complain(name, status, reader->input.sentence);
}

static enum acre_exit read_and_print(const char *path, struct acre_alloc *memory,
                                     const struct acre_page *page)
{
    struct acre_trace_reader reader;
    struct acre_trace_summary summary;
    enum acre_exit status;

    if (acre_trace_reader_open(&reader, memory, path, 0) != ACRE_TRACE_READING) {
        status = acre_complain(name, status_of(&reader), reader.input.sentence);
    } else if (!acre_trace_summarise(&summary, &reader, memory)) {
        status = acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    } else {
        status = print(&summary, &reader, page);
        acre_trace_summary_fini(&summary);
    }
    acre_trace_reader_close(&reader);
    return status;
}

static enum acre_exit show(const void *page, char *const *paths)
{
    struct acre_alloc *memory = acre_malloc_new();
    enum acre_exit status = memory != NULL ? read_and_print(*paths, memory, page)
                                           : acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");

    acre_destroy(memory);
    return status;
}

int acre_cmd_info(int argc, char **argv)
{
    static const struct option options[] = {
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
    struct acre_page page = {
        .stream = stdout,
        .width = terminal.width > 0 ? terminal.width : ACRE_DEFAULT_WIDTH,
        .color = terminal.color,
    };

    return acre_command_run(&command, &page, argc, argv);
}
