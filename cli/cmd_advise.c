/* acre advise: would a region help, where, and at what price. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "advise/advise.h"
#include "bench/clock.h"
#include "bench/progress.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/profiled.h"
#include "cli/site_options.h"
#include "report/advised.h"
#include "report/streams.h"

static const char name[] = "acre advise";

static const char help_text[] =
    "usage: acre advise [options] FILE.acre [FILE.acre ...]\n"
    "\n"
    "Says which blocks of a recorded program could live in regions: which call stacks allocate "
    "them,\n"
    "where the region is reset, and how much higher the peak of memory is then. Several "
    "recordings of\n"
    "one program with different inputs show what does not depend on the input.\n"
    "\n"
    "    --max-extra BYTES  the most that the peak may grow by, K, M or G behind it (default: a "
    "quarter\n"
    "                       of the peak, 1M at least)\n"
    "    --no-proof         measure nothing: then the answer is the same each time\n"
    "    --process N        of each trace the one with this pid, or at this place\n"
    "    --symbols DIR      look for files of code there as well, under their paths (may be "
    "repeated)\n"
    "    --json             for programs, as docs/advise.md says\n"
    "    --max-memory N     take at most so many bytes, K, M or G behind it\n"
    "    --wide             names as they are\n"
    "    --help             this text\n"
    "\n"
    "examples:\n"
    "  acre record -o one.acre ./app one && acre advise one.acre\n"
    "  acre advise one.acre two.acre\n"
    "\n"
    "exit status: 0 told, 2 wrong command line, 3 out of memory, 4 a file cannot be read or "
    "standard\n"
    "output cannot be written, 5 no trace, or one in which nothing can be found\n";

enum {
    OPTION_MAX_EXTRA = 256,
    OPTION_NO_PROOF,
    OPTION_PROCESS,
    OPTION_JSON,
    OPTION_WIDE,
    MILLION = 1000000
};

struct request {
    struct acre_page page;
    struct acre_site_options sites;
    uint64_t budget_bytes, process;
    bool is_json, has_no_proof;
};

static bool take(void *argument, int option, const struct acre_refusal *refusal)
{
    struct request *request = argument;

    switch (option) {
    case OPTION_MAX_EXTRA:
        return acre_read_bytes(refusal, "--max-extra", optarg, 0, INT64_MAX,
                               &request->budget_bytes);
    case OPTION_NO_PROOF:
        request->has_no_proof = true;
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
    for (size_t i = 0; paths[i] != NULL; i++)
        if (i == ACRE_ADVISE_MOST_RECORDINGS)
            return acre_refuse(refusal, "%d recordings at most", ACRE_ADVISE_MOST_RECORDINGS);
    return true;
}

/* Recordings -------------------------------------------------------------------------------------
 */

struct advising {
    const struct request *request;
    struct acre_alloc *memory;
    struct acre_recording recordings[ACRE_ADVISE_MOST_RECORDINGS];
    size_t count;
    struct acre_profile stacks[ACRE_ADVISE_MOST_RECORDINGS]; /* nothing but call stacks */
    struct acre_names *names[ACRE_ADVISE_MOST_RECORDINGS];
    struct acre_progress progress;
    const char *stage;
};

static enum acre_exit out_of_memory(const struct advising *advising)
{
    return acre_site_options_no_memory(&advising->request->sites, name);
}

static enum acre_exit add_recording(struct advising *advising, const char *path)
{
    struct acre_profiled_processes processes;
    uint64_t process = advising->request->process;
    enum acre_profiled_choice choice =
        acre_profiled_choose(&processes, advising->memory, path, process);
    enum acre_exit status = ACRE_EXIT_OK;

    if (choice == ACRE_CHOICE_NO_MEMORY)
        status = out_of_memory(advising);
    else if (choice != ACRE_CHOICE_MADE)
        status = acre_profiled_refuse(name, choice, &processes, path, process);
    advising->recordings[advising->count] = (struct acre_recording){
        .path = path,
        .offset = processes.offset,
        .events = processes.events,
        .of = {.recording = (uint32_t)advising->count},
    };
    advising->count++;
    acre_profiled_processes_fini(&processes);
    return status;
}

static void show_progress(void *to, uint64_t events)
{
    struct advising *advising = to;

    advising->progress.done = (size_t)(events / MILLION);
    acre_progress_show(&advising->progress, "%s", advising->stage);
}

static void end_progress(struct advising *advising)
{
    if (advising->progress.done > 0)
        acre_progress_end(&advising->progress);
}

static void begin_stage(void *to, const char *what, const struct acre_recording *recording)
{
    struct advising *advising = to;

    end_progress(advising);
    advising->stage = what;
    advising->progress = (struct acre_progress){
        .shows = isatty(STDERR_FILENO),
        .unit = "million events",
        .expected = (size_t)(recording->events / MILLION),
        .begin_ns = acre_now_ns(),
    };
}

/* The advice -------------------------------------------------------------------------------------
 */

static enum acre_exit tell_failure(const struct advising *advising, enum acre_advised advised)
{
    char sentence[640];

    for (size_t i = 0; i < advising->count && advised == ACRE_ADVISE_NO_TRACE; i++) {
        const struct acre_recording *recording = &advising->recordings[i];
        enum acre_exit status = acre_profiled_status(recording->state);

        if (recording->calls == 0 && recording->state != ACRE_TRACE_COMPLETE)
            return acre_complain(name, status > ACRE_EXIT_NO ? status : ACRE_EXIT_INPUT,
                                 recording->sentence);
    }
    if (advised == ACRE_ADVISE_NO_MEMORY)
        return out_of_memory(advising);
    snprintf(sentence, sizeof sentence, "%.400s has %s", advising->recordings[0].path,
             advised == ACRE_ADVISE_TOO_LARGE ? "more blocks live at one time than can be followed"
                                              : "no call that could be looked at");
    return acre_complain(name, ACRE_EXIT_INPUT, sentence);
}

static bool find_names(struct advising *advising)
{
    for (size_t i = 0; i < advising->count; i++) {
        advising->stacks[i] = (struct acre_profile){
            .frames = advising->recordings[i].frames,
            .modules = advising->recordings[i].modules,
        };
        advising->names[i] =
            acre_names_new(advising->memory, &advising->stacks[i],
                           advising->request->sites.roots, advising->request->sites.root_count);
        if (advising->names[i] == NULL)
            return false;
    }
    return true;
}

static enum acre_exit print(struct advising *advising, const struct acre_adviser *adviser)
{
    const struct request *request = advising->request;
    const struct acre_profile *stacks[ACRE_ADVISE_MOST_RECORDINGS];
    const struct acre_advised_report report = {
        .advice = acre_adviser_advice(adviser),
        .steps = acre_adviser_steps(adviser),
        .recordings = advising->recordings,
        .stacks = stacks,
        .names = advising->names,
    };
    bool done;

    if (!find_names(advising))
        return out_of_memory(advising);
    for (size_t i = 0; i < advising->count; i++)
        stacks[i] = &advising->stacks[i];
    done = request->is_json ? acre_advised_write_json(&report, stdout)
                            : acre_advised_print(&report, &request->page);
    return done || ferror(stdout) ? ACRE_EXIT_OK : out_of_memory(advising);
}

static enum acre_exit advise(struct advising *advising)
{
    const struct acre_advise_request wanted = {
        .recordings = advising->recordings,
        .recording_count = advising->count,
        .budget_bytes = advising->request->budget_bytes,
        .progress = show_progress,
        .stage = begin_stage,
        .to = advising,
    };
    struct acre_adviser *adviser = acre_adviser_new(advising->memory);
    enum acre_advised advised;
    enum acre_exit status;

    if (adviser == NULL)
        return out_of_memory(advising);
    advised = acre_advise(adviser, &wanted);
    end_progress(advising);
    status = advised == ACRE_ADVISED ? print(advising, adviser) : tell_failure(advising, advised);
    acre_adviser_destroy(adviser);
    return status;
}

static enum acre_exit run(const void *argument, char *const *paths)
{
    static struct advising advising;
    const struct request *request = argument;
    struct acre_limited_memory memory;
    enum acre_exit status = ACRE_EXIT_OK;

    advising.request = request;
    advising.memory = acre_limited_memory_begin(&memory, &request->sites, name);
    if (advising.memory == NULL)
        return ACRE_EXIT_MEMORY;
    for (size_t i = 0; paths[i] != NULL && status == ACRE_EXIT_OK; i++)
        status = add_recording(&advising, paths[i]);
    if (status == ACRE_EXIT_OK)
        status = advise(&advising);
    for (size_t i = 0; i < advising.count; i++) {
        acre_names_destroy(advising.names[i]);
        acre_recording_fini(&advising.recordings[i], advising.memory);
    }
    acre_limited_memory_end(&memory);
    return status;
}

int acre_cmd_advise(int argc, char **argv)
{
    static const struct option options[] = {
        ACRE_SITE_OPTIONS,
        {"max-extra", required_argument, NULL, OPTION_MAX_EXTRA},
        {"no-proof", no_argument, NULL, OPTION_NO_PROOF},
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
        .wants = "which trace? acre record makes one",
        .take = take,
        .check = check,
        .run = run,
    };
    const struct acre_terminal terminal = acre_terminal_of(STDOUT_FILENO);
    struct request request = {
        .page =
            {
                .stream = stdout,
                .width = terminal.width > 0 ? terminal.width : ACRE_DEFAULT_WIDTH,
                .color = terminal.color,
            },
        .budget_bytes = UINT64_MAX,
    };

    return acre_command_run(&command, &request, argc, argv);
}
