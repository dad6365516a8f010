/* acre import: another recorder's recording, as a trace. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "acre_config.h"
#include "alloc/backends.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "import/heaptrack.h"
#include "report/format.h"
#include "report/streams.h"

static const char name[] = "acre import";

static const char help_text[] = "usage: acre import -o FILE.acre RECORDING\n"
                                "\n"
                                "Makes a trace of a recording of heaptrack's, from 'heaptrack "
                                "--raw', packed with zstd or gzip or\n"
                                "not. heaptrack tells the time every 10 ms, and nothing of "
                                "threads, of alignments and of what is\n"
                                "usable.\n"
                                "\n"
                                "  -o, --output FILE    the trace\n"
                                "      --help           this text\n"
                                "\n"
                                "examples:\n"
                                "  heaptrack --raw -o app ./app\n"
                                "  acre import -o app.acre app.raw.zst && acre info app.acre\n"
                                "\n"
                                "exit status: 0 made, 1 made, and the recording is cut off, 2 "
                                "wrong command line, 3 out of memory,\n"
                                "4 a file cannot be read or written, 5 no recording of "
                                "heaptrack's, or a damaged one: the trace has\n"
                                "what stands before\n";

struct request {
    const char *output;
};

static bool take(void *request, int option, const struct acre_refusal *refusal)
{
    (void)option;
    (void)refusal;
    ((struct request *)request)->output = optarg;
    return true;
}

/* The trace would be written over what is read. */
static bool is_same_file(const char *path, const char *other)
{
    struct stat a, b;

    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static bool check(const void *request_of, char *const *paths, const struct acre_refusal *refusal)
{
    const struct request *request = request_of;

    if (paths[1] != NULL)
        return acre_refuse(refusal, "wants one recording, '%.40s' is a second", paths[1]);
    if (request->output == NULL)
        return acre_refuse(refusal, "-o FILE says where the trace goes");
    return !is_same_file(paths[0], request->output) ||
           acre_refuse(refusal, "the trace would replace '%.64s', which it is made of", paths[0]);
}

static enum acre_exit import(const char *from, const char *to, struct acre_alloc *memory)
{
    struct acre_import import;
    char error[1024];
    enum acre_exit status =
        acre_import_heaptrack(&import, from, to, memory, "acre " ACRE_VERSION, error, sizeof error);

    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, error);
    printf("%s allocations in %s (%s); next: acre info %s\n", acre_format_count(import.births).text,
           to, acre_format_bytes((double)import.file_bytes).text, to);
    return ACRE_EXIT_OK;
}

static enum acre_exit run(const void *request, char *const *paths)
{
    struct acre_alloc *memory = acre_malloc_new();
    enum acre_exit status = memory != NULL
                                ? import(*paths, ((const struct request *)request)->output, memory)
                                : acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");

    acre_destroy(memory);
    return status;
}

int acre_cmd_import(int argc, char **argv)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .letters = "o:",
        .wants = "which recording? 'heaptrack --raw' makes one",
        .take = take,
        .check = check,
        .run = run,
    };
    struct request request = {0};

    return acre_command_run(&command, &request, argc, argv);
}
