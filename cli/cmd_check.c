/* acre check: whether a backend, or a library of the user's, keeps the allocator contract. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc/registry.h"
#include "bench/conformance/conformance.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/identity.h"
#include "report/exit_status.h"
#include "report/streams.h"

static const char name[] = "acre check";

static const char help_text[] =
    "usage: acre check [options] BACKEND...\n"
    "\n"
    "Holds backends against the contract of docs/alloc-contract.md: sizes from 0 to absurd,\n"
    "alignments up to 2 MiB, contents kept and blocks apart over random operations, resizes, "
    "resets;\n"
    "threads, at once or in turn, as 'acre list' shows that they may; of a shared library "
    "realloc,\n"
    "calloc and their like as well. Ends at the first breach.\n"
    "\n"
    "    --steps N    random operations on each allocator (default 100000)\n"
    "    --seed N     of the operations (default 1)\n"
    "    --help       this text\n"
    "\n"
    "examples:\n"
    "  acre check so:./libmine.so\n"
    "  acre check --steps 1000000 arena:chunk=64K reap jemalloc-arena\n"
    "\n"
    "exit status: 0 all keep the contract, 1 a breach (or a crash, which is one), 2 wrong command\n"
    "line, 4 standard output cannot be written, 6 a backend cannot be opened\n";

struct request {
    uint64_t steps, seed;
};

static bool tell(const char *what, bool is_kept, const struct acre_conformance *conformance)
{
    printf("  %-10s %s", what, is_kept ? "kept" : "BREACH");
    if (!is_kept)
        printf(": %s", conformance->breach);
    printf(" (call %" PRIu64 ", seed %" PRIu64 ")\n", conformance->calls, conformance->seed);
    fflush(stdout);
    return is_kept;
}

static bool check_allocator(const char *what, struct acre_alloc *alloc,
                            const struct request *request)
{
    struct acre_conformance conformance = {.seed = request->seed, .steps = request->steps};
    bool is_kept = acre_conformance_check(alloc, &conformance);

    return tell(what, is_kept, &conformance);
}

static bool check_functions(const char *path, const struct request *request)
{
    struct acre_conformance conformance = {.seed = request->seed};
    bool is_kept = acre_conformance_check_functions(path, &conformance);

    return tell("functions", is_kept, &conformance);
}

static enum acre_exit check(const char *word, const struct request *request)
{
    struct acre_backend backend;
    bool is_kept;

    if (!acre_open_and_print(&backend, word, name))
        return ACRE_EXIT_CELL;
    putchar('\n');
    fflush(stdout);
    is_kept = check_allocator("pinned", backend.pinned, request);
    if (is_kept && backend.regions[0] != NULL)
        is_kept = check_allocator("region", backend.regions[0], request);
    if (is_kept && backend.kind->takes_path)
        is_kept = check_functions(strchr(word, ':') + 1, request);
    acre_backend_close(&backend);
    return is_kept ? ACRE_EXIT_OK : ACRE_EXIT_NO;
}

/* In a process of its own: a library may do anything. */
static enum acre_exit check_in_child(const char *word, const struct request *request)
{
    int state = 0;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child < 0) {
        fprintf(stderr, "%s: no process for %.60s\n", name, word);
        return ACRE_EXIT_MEMORY;
    }
    if (child == 0) {
        enum acre_exit status = check(word, request);

        _exit((int)(status <= ACRE_EXIT_NO && acre_output_end(name) != ACRE_EXIT_OK ? ACRE_EXIT_IO
                                                                                    : status));
    }
    while (waitpid(child, &state, 0) < 0)
        continue;
    if (!WIFSIGNALED(state))
        return (enum acre_exit)WEXITSTATUS(state);
    printf("  BREACH: it crashes (%s)\n", strsignal(WTERMSIG(state)));
    return ACRE_EXIT_NO;
}

static bool take(void *context, int option, const struct acre_refusal *refusal)
{
    struct request *request = context;

    return option == 's' ? acre_read_number(refusal, "--steps", optarg, 0, UINT64_C(1000000000),
                                            &request->steps)
                         : acre_read_seed(refusal, optarg, &request->seed);
}

static bool check_words(const void *request, char *const *words, const struct acre_refusal *refusal)
{
    (void)request;
    return acre_check_backends(refusal, words);
}

static enum acre_exit check_all(const void *request, char *const *words)
{
    enum acre_exit worst = ACRE_EXIT_OK;

    for (; *words != NULL; words++) {
        enum acre_exit status = check_in_child(*words, request);

        worst = status > worst ? status : worst;
    }
    return worst;
}

int acre_cmd_check(int argc, char **argv)
{
    static const struct option options[] = {
        {"steps", required_argument, NULL, 's'},
        {"seed", required_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .wants = "which backend? 'acre list' shows all, or so:PATH",
        .loads_libraries = true,
        .take = take,
        .check = check_words,
        .run = check_all,
    };
    struct request request = {.steps = 100000, .seed = 1};

    return acre_command_run(&command, &request, argc, argv);
}
