/* acre diff: what a program allocates otherwise than before. */
#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/profiled.h"
#include "cli/site_options.h"
#include "report/diff_print.h"
#include "report/streams.h"

static const char name[] = "acre diff";

enum { USUAL_TOP = 20 };

static const char help_text[] =
    "usage: acre diff [options] A.acre B.acre\n"
    "\n"
    "Says what the program of trace B allocates otherwise than that of A: first in a sentence, "
    "then the\n"
    "places that have changed most. Places are matched by function and file: the builds may "
    "differ. Of a\n"
    "file with the traces of several processes the one with most events is taken.\n"
    "\n"
    "    --sort ORDER     which figure: bytes (default), peak, calls, short (blocks that live "
    "shortly) or\n"
    "                     leaked\n"
    "    --top N          so many places (default: 20)\n"
    "    --symbols DIR    look for files of code there as well, under their paths (may be "
    "repeated)\n"
    "    --process N      of both files the process with this pid, or at this place in the table "
    "of\n"
    "                     'acre info'\n"
    "    --max-memory N   take at most so many bytes, K, M or G behind it\n"
    "    --wide           names as they are\n"
    "    --help           this text\n"
    "\n"
    "examples:\n"
    "  acre diff before.acre after.acre\n"
    "  acre diff --sort leaked before.acre after.acre\n"
    "\n"
    "exit status: 0 shown, 1 shown and one of them is incomplete, 2 wrong command line, 3 out of "
    "memory,\n"
    "4 a file cannot be read or standard output cannot be written, 5 no trace, or a damaged one\n";

enum { OPTION_WIDE = 256, OPTION_PROCESS };

struct request {
    struct acre_page page;
    struct acre_site_options sites;
    uint64_t process; /* of both: a pid, or a place from 1; 0: the one with most events */
};

static bool take(void *argument, int option, const struct acre_refusal *refusal)
{
    struct request *request = argument;

    switch (option) {
    case OPTION_WIDE:
        request->page.wide = true;
        return true;
    case OPTION_PROCESS:
        return acre_read_number(refusal, "--process", optarg, 1, INT64_MAX, &request->process);
    default:
        return acre_site_options_take(&request->sites, option, refusal);
    }
}

static bool check(const void *request, char *const *paths, const struct acre_refusal *refusal)
{
    (void)request;
    if (paths[1] == NULL)
        return acre_refuse(refusal, "wants two traces, '%.40s' is one", paths[0]);
    return paths[2] == NULL ||
           acre_refuse(refusal, "wants two traces, '%.40s' is a third", paths[2]);
}

/* Where the process that is meant begins. Damage behind it is none of ours. */
static enum acre_exit find_process(const struct request *request, struct acre_alloc *memory,
                                   const char *path, struct acre_profiled_request *wanted)
{
    struct acre_profiled_processes processes;
    enum acre_profiled_choice choice =
        acre_profiled_choose(&processes, memory, path, request->process);
    enum acre_exit status = ACRE_EXIT_OK;

    if (choice == ACRE_CHOICE_NO_MEMORY)
        status = acre_site_options_no_memory(&request->sites, name);
    else if (choice != ACRE_CHOICE_MADE)
        status = acre_profiled_refuse(name, choice, &processes, path, request->process);
    wanted->offset = processes.offset;
    wanted->events = processes.events;
    acre_profiled_processes_fini(&processes);
    return status;
}

static enum acre_exit read_one(const struct request *request, struct acre_alloc *memory,
                               const char *path, struct acre_profiled *profiled)
{
    struct acre_profiled_request wanted = {
        .path = path, .roots = request->sites.roots, .root_count = request->sites.root_count};
    char sentence[512];
    enum acre_exit status = find_process(request, memory, path, &wanted);

    if (status != ACRE_EXIT_OK)
        return status;
    status = acre_profiled_read(profiled, memory, &wanted, sentence, sizeof sentence);
    if (status == ACRE_EXIT_OK && acre_profiled_status(profiled->profile.state) > ACRE_EXIT_NO) {
        status = acre_complain(name, acre_profiled_status(profiled->profile.state),
                               profiled->profile.sentence);
        acre_profiled_fini(profiled);
        return status;
    }
    if (status == ACRE_EXIT_MEMORY)
        return acre_site_options_no_memory(&request->sites, name);
    return status == ACRE_EXIT_OK ? status : acre_complain(name, status, sentence);
}

static struct acre_diff_side side_of(const struct request *request,
                                     const struct acre_profiled *profiled)
{
    bool of_leaks = request->sites.order == ACRE_SITE_ORDER_LEAKED;

    return (struct acre_diff_side){
        .profile = &profiled->profile,
        .names = profiled->names,
        .sites = of_leaks ? profiled->leaks.sites : profiled->profile.sites,
        .count = of_leaks ? profiled->leaks.count : profiled->profile.site_count,
    };
}

static enum acre_exit compare(const struct request *request, struct acre_alloc *memory,
                              const struct acre_profiled *a, const struct acre_profiled *b)
{
    const struct acre_diff_side sides[2] = {side_of(request, a), side_of(request, b)};
    struct acre_diff diff;
    const struct acre_diff_report report = {
        .diff = &diff,
        .sides = sides,
        .order = request->sites.order,
        .top = request->sites.top > 0 ? request->sites.top : USUAL_TOP,
    };
    bool done;

    if (!acre_diff_make(&diff, memory, sides, request->sites.order))
        return acre_site_options_no_memory(&request->sites, name);
    done = acre_diff_print(&report, &request->page);
    acre_diff_fini(&diff);
    if (!done)
        return acre_site_options_no_memory(&request->sites, name);
    if (acre_output_end(name) != ACRE_EXIT_OK)
        return ACRE_EXIT_IO;
    return acre_profile_knows_leaks(&a->profile) && acre_profile_knows_leaks(&b->profile)
               ? ACRE_EXIT_OK
               : ACRE_EXIT_NO;
}

static enum acre_exit read_and_compare(const struct request *request, char *const *paths,
                                       struct acre_alloc *memory)
{
    static struct acre_profiled a, b;
    enum acre_exit status = read_one(request, memory, paths[0], &a);

    if (status != ACRE_EXIT_OK)
        return status;
    status = read_one(request, memory, paths[1], &b);
    if (status == ACRE_EXIT_OK) {
        status = compare(request, memory, &a, &b);
        acre_profiled_fini(&b);
    }
    acre_profiled_fini(&a);
    return status;
}

static enum acre_exit show(const void *argument, char *const *paths)
{
    const struct request *request = argument;
    struct acre_limited_memory memory;
    enum acre_exit status;

    if (acre_limited_memory_begin(&memory, &request->sites, name) == NULL)
        return ACRE_EXIT_MEMORY;
    status = read_and_compare(request, paths, memory.limited);
    acre_limited_memory_end(&memory);
    return status;
}

int acre_cmd_diff(int argc, char **argv)
{
    static const struct option options[] = {
        ACRE_SITE_OPTIONS,
        {"process", required_argument, NULL, OPTION_PROCESS},
        {"wide", no_argument, NULL, OPTION_WIDE},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .wants = "which traces? acre record makes them",
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
        .sites = {.order = ACRE_SITE_ORDER_BYTES},
    };

    return acre_command_run(&command, &request, argc, argv);
}
