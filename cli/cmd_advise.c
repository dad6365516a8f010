/* acre advise: would a region help, where, and at what price. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "advise/advise.h"
#include "advise/picture.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/profiled.h"
#include "cli/proof.h"
#include "cli/reading.h"
#include "cli/report_page.h"
#include "cli/site_options.h"
#include "page/page.h"
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
    "    --run COMMAND      runs the program without a recorder: a line for the shell, timed in "
    "front of\n"
    "                       each round; one for each recording, in their order\n"
    "    --run-time TIME[,TIME...]\n"
    "                       instead: what it takes (250ms, 90s, 2min), by recording (default: as "
    "recorded,\n"
    "                       less what recording took, which is too long)\n"
    "    --backends A,...   allocators to measure, as of 'acre replay'; malloc is among them\n"
    "    --touch WORD       what is done with blocks: none, first, first+last (default), all\n"
    "    --rounds N         rounds of visits\n"
    "    --time-budget TIME instead: until every verdict is given or no other round would end in "
    "time,\n"
    "                       for each recording\n"
    "    --sample N         play no more than about so many calls of a recording (default "
    "4,000,000)\n"
    "    --process N        of each trace the one with this pid, or at this place\n"
    "    --symbols DIR      look for files of code there as well, under their paths (may be "
    "repeated)\n"
    "  -o, --output FILE.html\n"
    "                       a page to look at, with lives against resets and memory over time\n"
    "    --json             for programs, as docs/advise.md says\n"
    "    --max-memory N     take at most so many bytes, K, M or G behind it\n"
    "    --wide             names as they are\n"
    "    --help             this text\n"
    "\n"
    "examples:\n"
    "  acre record -o one.acre ./app one && acre advise one.acre\n"
    "  acre advise --run './app one' --run './app two' one.acre two.acre\n"
    "  acre advise --no-proof -o advice.html one.acre two.acre\n"
    "\n"
    "exit status: 0 told, 2 wrong command line, 3 out of memory, 4 a file cannot be read or "
    "standard\n"
    "output cannot be written, 5 no trace, or one without calls, 6 an allocator or --run's "
    "command failed\n";

enum {
    OPTION_MAX_EXTRA = 256,
    OPTION_NO_PROOF,
    OPTION_PROCESS,
    OPTION_JSON,
    OPTION_WIDE,
    OPTION_RUN_TIME,
    OPTION_RUN,
    OPTION_BACKENDS,
    OPTION_TOUCH,
    OPTION_ROUNDS,
    OPTION_TIME_BUDGET,
    OPTION_SAMPLE,
    USUAL_SAMPLE = 4000000,
};

struct request {
    struct acre_page page;
    struct acre_site_options sites;
    struct acre_proof_options proof;
    uint64_t budget_bytes, process;
    double run_seconds[ACRE_ADVISE_MOST_RECORDINGS]; /* told, by recording */
    size_t run_count;
    const char *lines[ACRE_ADVISE_MOST_RECORDINGS]; /* that run the program, by recording */
    size_t line_count;
    const char *output; /* of a page; NULL: none */
    bool is_json, has_no_proof;
};

/* A list, in the order of the recordings; the last one is that of all that follow. */
static bool take_run_times(struct request *request, const char *list,
                           const struct acre_refusal *refusal)
{
    char word[64];

    request->run_count = 0;
    while (acre_next_word(&list, word, sizeof word)) {
        if (request->run_count == ACRE_ADVISE_MOST_RECORDINGS)
            return acre_refuse(refusal, "--run-time: %d times at most",
                               ACRE_ADVISE_MOST_RECORDINGS);
        if (!acre_read_seconds(refusal, "--run-time", word,
                               &request->run_seconds[request->run_count++]))
            return false;
    }
    return true;
}

/* What is known of the run of that recording. */
static struct acre_proof_run run_of(const struct request *request, size_t recording)
{
    size_t last = request->run_count - 1;
    struct acre_proof_run run = {0};

    if (request->run_count > 0)
        run.seconds = request->run_seconds[recording < last ? recording : last];
    if (request->line_count > 0)
        run.line = request->lines[recording];
    return run;
}

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
    case OPTION_RUN_TIME:
        return take_run_times(request, optarg, refusal);
    case OPTION_RUN:
        if (request->line_count == ACRE_ADVISE_MOST_RECORDINGS)
            return acre_refuse(refusal, "--run: %d at most", ACRE_ADVISE_MOST_RECORDINGS);
        request->lines[request->line_count++] = optarg;
        return true;
    case OPTION_BACKENDS:
        request->proof.backends = optarg;
        return true;
    case OPTION_TOUCH:
        request->proof.touch = optarg;
        return true;
    case OPTION_ROUNDS:
        request->proof.rounds = optarg;
        return true;
    case OPTION_TIME_BUDGET:
        request->proof.time_budget = optarg;
        return true;
    case OPTION_SAMPLE:
        return acre_read_number(refusal, "--sample", optarg, 1000, INT64_MAX / 2,
                                &request->proof.most_events);
    case 'o':
        request->output = optarg;
        return true;
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

static bool check(const void *argument, char *const *paths, const struct acre_refusal *refusal)
{
    const struct request *request = argument;
    size_t count = 0;
    char error[400];

    if (!acre_proof_options_check(&request->proof, error, sizeof error))
        return acre_refuse(refusal, "%s", error);
    while (paths[count] != NULL)
        count++;
    if (count > ACRE_ADVISE_MOST_RECORDINGS)
        return acre_refuse(refusal, "%d recordings at most", ACRE_ADVISE_MOST_RECORDINGS);
    return request->line_count == 0 || request->line_count == count ||
           acre_refuse(refusal, "--run: one for each recording, in their order");
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
    struct acre_reading reading;
    struct acre_proof proofs[ACRE_ADVISE_MOST_RECORDINGS];
    struct acre_picture picture;
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

    acre_reading_show(&advising->reading, events);
}

static void begin_stage(void *to, const char *what, const struct acre_recording *recording)
{
    struct advising *advising = to;

    acre_reading_end(&advising->reading);
    acre_reading_begin(&advising->reading, what, recording->events);
}

/* Names: of what a recording's first reading has left.
 */

/* NULL for want of memory. */
static struct acre_names *names_of(struct advising *advising, size_t number)
{
    struct acre_recording *recording = &advising->recordings[number];

    if (advising->names[number] != NULL)
        return advising->names[number];
    advising->stacks[number] =
        (struct acre_profile){.frames = recording->frames, .modules = recording->modules};
    advising->names[number] =
        acre_names_new(advising->memory, &advising->stacks[number], advising->request->sites.roots,
                       advising->request->sites.root_count);
    return advising->names[number];
}

static const void *function_of(void *to, const struct acre_recording *recording, uint32_t node,
                               bool *failed)
{
    struct advising *advising = to;
    struct acre_names *names = names_of(advising, (size_t)(recording - advising->recordings));
    struct acre_frames found;

    if (names == NULL || !acre_names_of(names, node, &found)) {
        *failed = true;
        return NULL;
    }
    /* "app+0x12ab": nothing is known of it */
    return strstr(found.frames[found.count - 1].function, "+0x") == NULL
               ? found.frames[found.count - 1].function
               : NULL;
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

/* The page, with what is shown of the first recording. */
static enum acre_exit write_page(struct advising *advising, struct acre_adviser *adviser,
                                 const struct acre_advised_report *report)
{
    const char *output = advising->request->output;
    struct acre_picture *picture = &advising->picture;
    const struct acre_page_advice page = {.report = report, .picture = picture};
    const struct acre_advised_program wanted = {
        .is_planned = true, .file = -1, .watch = acre_picture_watch, .watcher = picture};
    enum acre_advised advised = ACRE_ADVISED;
    char error[1024];
    enum acre_exit status;

    acre_picture_begin(picture, report->advice, 0);
    if (report->advice->region_count > 0)
        advised = acre_adviser_compile(adviser, &wanted, NULL);
    acre_reading_end(&advising->reading);
    if (advised != ACRE_ADVISED)
        return tell_failure(advising, advised);
    status = acre_page_write_advice(&page, output, error, sizeof error);
    if (status == ACRE_EXIT_MEMORY)
        return out_of_memory(advising);
    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, error);
    acre_say_page(output);
    return status;
}

static enum acre_exit tell(struct advising *advising, struct acre_adviser *adviser)
{
    const struct request *request = advising->request;
    const struct acre_profile *stacks[ACRE_ADVISE_MOST_RECORDINGS];
    const struct acre_advised_report report = {
        .advice = acre_adviser_advice(adviser),
        .steps = acre_adviser_steps(adviser),
        .recordings = advising->recordings,
        .proofs = advising->request->has_no_proof ? NULL : advising->proofs,
        .stacks = stacks,
        .names = advising->names,
    };
    bool done;

    for (size_t i = 0; i < advising->count; i++) {
        stacks[i] = &advising->stacks[i];
        if (names_of(advising, i) == NULL)
            return out_of_memory(advising);
    }
    if (request->output != NULL)
        return write_page(advising, adviser, &report);
    done = request->is_json ? acre_advised_write_json(&report, stdout)
                            : acre_advised_print(&report, &request->page);
    return done || ferror(stdout) ? ACRE_EXIT_OK : out_of_memory(advising);
}

/* What a trace lacks is told, once, and what it has is looked at. */
static void tell_what_is_cut(const struct advising *advising)
{
    for (size_t i = 0; i < advising->count; i++)
        if (advising->recordings[i].state != ACRE_TRACE_COMPLETE)
            fprintf(stderr, "%s: %s; what is there is looked at\n", name,
                    advising->recordings[i].sentence);
}

static enum acre_exit prove(struct advising *advising, struct acre_adviser *adviser)
{
    enum acre_exit status = ACRE_EXIT_OK;

    if (advising->request->has_no_proof || acre_adviser_advice(adviser)->region_count == 0)
        return status;
    for (size_t i = 0; i < advising->count && status == ACRE_EXIT_OK; i++) {
        const struct acre_proof_run program = run_of(advising->request, i);

        status =
            acre_prove(name, adviser, i, &program, &advising->request->proof, &advising->proofs[i]);
    }
    return status;
}

static enum acre_exit advise(struct advising *advising)
{
    const struct acre_advise_request wanted = {
        .recordings = advising->recordings,
        .recording_count = advising->count,
        .budget_bytes = advising->request->budget_bytes,
        .progress = show_progress,
        .stage = begin_stage,
        .function_of = function_of,
        .to = advising,
    };
    struct acre_adviser *adviser = acre_adviser_new(advising->memory);
    enum acre_advised advised;
    enum acre_exit status;

    if (adviser == NULL)
        return out_of_memory(advising);
    advised = acre_advise(adviser, &wanted);
    acre_reading_end(&advising->reading);
    if (advised == ACRE_ADVISED)
        tell_what_is_cut(advising);
    status = advised == ACRE_ADVISED ? prove(advising, adviser) : tell_failure(advising, advised);
    acre_reading_end(&advising->reading);
    if (status == ACRE_EXIT_OK)
        status = tell(advising, adviser);
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
        {"output", required_argument, NULL, 'o'},
        {"max-extra", required_argument, NULL, OPTION_MAX_EXTRA},
        {"no-proof", no_argument, NULL, OPTION_NO_PROOF},
        {"run-time", required_argument, NULL, OPTION_RUN_TIME},
        {"run", required_argument, NULL, OPTION_RUN},
        {"backends", required_argument, NULL, OPTION_BACKENDS},
        {"touch", required_argument, NULL, OPTION_TOUCH},
        {"rounds", required_argument, NULL, OPTION_ROUNDS},
        {"time-budget", required_argument, NULL, OPTION_TIME_BUDGET},
        {"sample", required_argument, NULL, OPTION_SAMPLE},
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
        .letters = "o:",
        .wants = "which trace? acre record makes one",
        .loads_libraries = true,
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
        .proof = {.most_events = USUAL_SAMPLE, .shows_progress = isatty(STDERR_FILENO)},
        .budget_bytes = UINT64_MAX,
    };

    return acre_command_run(&command, &request, argc, argv);
}
