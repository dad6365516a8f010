#include "bench/child.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc/backends.h"
#include "bench/names.h"
#include "report/format.h"

extern char **environ;

static const char variable[] = "GLIBC_TUNABLES=";

static const char *tunables(void)
{
    for (char **entry = environ; *entry != NULL; entry++)
        if (strncmp(*entry, variable, sizeof variable - 1) == 0)
            return *entry + sizeof variable - 1;
    return NULL;
}

static bool has_static_tls(void)
{
    return tunables() != NULL && strstr(tunables(), ACRE_STATIC_TLS_TUNABLE) != NULL;
}

/* OpenBLAS starts a thread for each processor, a cell is to have one; whoever says how many is
 * heard. */
static char one_blas_thread[] = "OPENBLAS_NUM_THREADS=1";

/* The process's own strings and ours, among them `*setting`, which is to be freed like the whole.
 * NULL: out of memory. */
static char **environment_of_children(char **setting)
{
    const char *others = tunables();
    size_t count = 0;
    size_t kept = 0;
    char **copy;

    while (environ[count] != NULL)
        count++;
    copy = calloc(count + 3, sizeof *copy);
    if (copy == NULL ||
        asprintf(setting, "%s%s%s%s", variable, others != NULL ? others : "",
                 others != NULL && others[0] != '\0' ? ":" : "", ACRE_STATIC_TLS_TUNABLE) < 0) {
        free(copy);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], variable, sizeof variable - 1) != 0)
            copy[kept++] = environ[i];
    copy[kept++] = *setting;
    if (getenv("OPENBLAS_NUM_THREADS") == NULL)
        copy[kept] = one_blas_thread;
    return copy;
}

void acre_restart_with_static_tls(const char *const *arguments)
{
    char *setting = NULL;
    char **environment;

    if (has_static_tls())
        return;
    environment = environment_of_children(&setting);
    if (environment != NULL)
        execve(arguments[0], (char *const *)arguments, environment);
    free(environment);
    free(setting);
}

/* What a child writes: a run to `output`, and whatever it has to complain of to `errors` (-1: to
 * ours). `gauge` is what it finds as ACRE_GAUGE_DESCRIPTOR (-1: nothing). */
static int start(const char *const *arguments, int output, int errors, int gauge, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    char *setting = NULL;
    char **environment = environment_of_children(&setting);
    int failed = environment == NULL ? ENOMEM : posix_spawn_file_actions_init(&actions);

    if (failed == 0) {
        failed = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        if (failed == 0 && errors >= 0)
            failed = posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
        if (failed == 0 && gauge >= 0)
            failed = posix_spawn_file_actions_adddup2(&actions, gauge, ACRE_GAUGE_DESCRIPTOR);
        if (failed == 0)
            failed = posix_spawn(child, arguments[0], &actions, NULL, (char *const *)arguments,
                                 environment);
        posix_spawn_file_actions_destroy(&actions);
    }
    free(environment);
    free(setting);
    return failed;
}

/* Passes on what a child complained of; if that was one line, it is put into `line` instead. */
static void read_errors(int errors, char *line, size_t line_bytes)
{
    char text[4096];
    ssize_t length = errors >= 0 ? pread(errors, line, line_bytes - 1, 0) : 0;
    char *end;

    line[length > 0 ? length : 0] = '\0';
    end = strchr(line, '\n');
    if (end != NULL && end[1] == '\0') {
        *end = '\0';
        return;
    }
    line[0] = '\0';
    if (length > 0)
        lseek(errors, 0, SEEK_SET);
    while (length > 0) {
        length = read(errors, text, sizeof text);
        if (length > 0 && write(STDERR_FILENO, text, (size_t)length) < 0)
            return;
    }
}

/* The child's own end says more than the run that it did not finish printing, and its last words
 * more than the signal. */
static bool judge(pid_t child, bool has_run, int errors, char *error, size_t error_bytes)
{
    char words[1024];
    int state = 0;
    bool is_well;

    while (waitpid(child, &state, 0) < 0 && errno == EINTR)
        continue;
    is_well = has_run && WIFEXITED(state) && WEXITSTATUS(state) == 0;
    read_errors(errors, words, sizeof words);
    for (char *at = words; *at != '\0'; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    if (WIFSIGNALED(state))
        snprintf(error, error_bytes, "killed by signal %d (%s)%s%s", WTERMSIG(state),
                 strsignal(WTERMSIG(state)), words[0] != '\0' ? ": " : "", words);
    else if (!has_run && WEXITSTATUS(state) != 0)
        snprintf(error, error_bytes, "the child process ended with status %d%s%s",
                 WEXITSTATUS(state), words[0] != '\0' ? ": " : "", words);
    else if (words[0] != '\0')
        fprintf(stderr, "%s\n", words);
    return is_well;
}

enum { MOST_LAUNCH_WORDS = 8 };

/* A child's command line, and the words of it that are made here. */
struct command_line {
    const char *arguments[MOST_LAUNCH_WORDS + 32 + 2 * ACRE_MOST_PARAMETERS + 1];
    size_t count;
    char iterations[24], seed[24], visit_ms[24], peak_call[24], gauge[24], memory_ms[24];
    char age[24], occupancy[24], spin[32];
    struct acre_litter_load_text load;
    struct acre_rails_text rails;
    char options[ACRE_MOST_PARAMETERS][40];
    struct acre_value_text values[ACRE_MOST_PARAMETERS];
};

static void add(struct command_line *line, const char *word)
{
    line->arguments[line->count++] = word;
    line->arguments[line->count] = NULL;
}

static void add_parameters(struct command_line *line, const struct acre_visit *visit)
{
    for (size_t i = 0; i < visit->workload->parameter_count; i++) {
        const struct acre_parameter *parameter = &visit->workload->parameters[i];
        uint64_t value = visit->spec.values[i];

        if (parameter->argument == NULL && value == 0)
            continue;
        snprintf(line->options[i], sizeof line->options[i], "--%s", parameter->name);
        add(line, line->options[i]);
        if (parameter->argument == NULL)
            continue;
        line->values[i] = acre_parameter_text(parameter, value);
        add(line, line->values[i].text);
    }
}

static void add_waste(struct command_line *line, const struct acre_visit *visit)
{
    static const char *const options[ACRE_MOMENTS] = {"--peak-report", "--drained-report"};

    snprintf(line->peak_call, sizeof line->peak_call, "%" PRIu64, visit->peak_call);
    add(line, "--peak-call");
    add(line, line->peak_call);
    for (size_t i = 0; i < ACRE_MOMENTS; i++)
        if (visit->report_paths[i] != NULL) {
            add(line, options[i]);
            add(line, visit->report_paths[i]);
        }
}

static void add_launch(struct command_line *line, const struct acre_launch *launch,
                       const struct acre_visit *visit)
{
    for (int i = 0; i < launch->count && i < MOST_LAUNCH_WORDS; i++)
        add(line, launch->names_workload && i + 1 == launch->count ? visit->workload->name
                                                                   : launch->words[i]);
}

static void add_memory(struct command_line *line, const struct acre_visit *visit, int gauge)
{
    snprintf(line->memory_ms, sizeof line->memory_ms, "%" PRIu64, visit->timed_ms);
    add(line, "--memory-ms");
    add(line, line->memory_ms);
    if (gauge < 0)
        return;
    snprintf(line->gauge, sizeof line->gauge, "%d", ACRE_GAUGE_DESCRIPTOR);
    add(line, "--gauge");
    add(line, line->gauge);
}

static void add_age(struct command_line *line, const struct acre_visit *visit)
{
    const struct acre_cell_spec *spec = &visit->spec;

    snprintf(line->age, sizeof line->age, "%" PRIu64, spec->age_cycles);
    snprintf(line->occupancy, sizeof line->occupancy, "%" PRIu64, spec->age_occupancy_percent);
    line->load = acre_litter_load_text(&visit->load);
    add(line, "--age");
    add(line, line->age);
    add(line, "--age-occupancy");
    add(line, line->occupancy);
    add(line, "--age-load");
    add(line, line->load.text);
}

static void write_command_line(const struct acre_launch *launch, const struct acre_visit *visit,
                               int gauge, struct command_line *line)
{
    const struct acre_cell_spec *spec = &visit->spec;
    const char *const words[] = {
        "--child",      acre_visit_kind_name(visit->kind),
        "--backends",   spec->backend,
        "--lifetimes",  acre_lifetime_name(spec->lifetime),
        "--iterations", line->iterations,
        "--seed",       line->seed,
        "--visit-ms",   line->visit_ms,
    };

    line->count = 0;
    snprintf(line->iterations, sizeof line->iterations, "%" PRIu64, visit->iterations);
    snprintf(line->seed, sizeof line->seed, "%" PRIu64, spec->seed);
    snprintf(line->visit_ms, sizeof line->visit_ms, "%" PRIu64, visit->timed_ms);
    add_launch(line, launch, visit);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        add(line, words[i]);
    if (visit->kind == ACRE_VISIT_WASTE)
        add_waste(line, visit);
    if (visit->kind == ACRE_VISIT_MEMORY)
        add_memory(line, visit, gauge);
    if (spec->age_cycles > 0)
        add_age(line, visit);
    if (visit->spin_percent > 0) {
        snprintf(line->spin, sizeof line->spin, "%.30s",
                 acre_format_fixed(visit->spin_percent, 6).text);
        add(line, "--spin");
        add(line, line->spin);
    }
    line->rails = acre_rails_text(&visit->rails);
    if (line->rails.guard[0] != '\0')
        add(line, line->rails.guard);
    if (line->rails.fault[0] != '\0')
        add(line, line->rails.fault);
    add_parameters(line, visit);
}

void acre_visit_start(struct acre_child *child, const struct acre_launch *launch,
                      const struct acre_visit *visit, int gauge)
{
    struct command_line line;
    int ends[2];
    int failed;

    *child = (struct acre_child){.output = -1, .errors = -1};
    if (pipe2(ends, O_CLOEXEC) < 0) {
        snprintf(child->error, sizeof child->error, "cannot make a pipe: %s", strerror(errno));
        return;
    }
    write_command_line(launch, visit, gauge, &line);
    /* No pipe, which somebody would have to empty. */
    child->errors = memfd_create("errors", MFD_CLOEXEC);
    failed = start(line.arguments, ends[1], child->errors, gauge, &child->process);
    close(ends[1]);
    child->output = ends[0];
    if (failed == 0)
        return;
    child->process = 0;
    snprintf(child->error, sizeof child->error, "cannot start %s: %s", line.arguments[0],
             strerror(failed));
}

bool acre_child_has_started(const struct acre_child *child)
{
    return child->process > 0;
}

/* False with a sentence: could not be started, ended by signal 9, printed no run of one cell. */
static bool read_answer(struct acre_child *child, struct acre_run *answer)
{
    char path[32];
    bool has_answer = false;

    *answer = (struct acre_run){0};
    if (acre_child_has_started(child)) {
        snprintf(path, sizeof path, "/dev/fd/%d", child->output);
        has_answer = acre_run_read(answer, path, child->error, sizeof child->error);
        has_answer =
            judge(child->process, has_answer, child->errors, child->error, sizeof child->error);
    }
    if (child->output >= 0)
        close(child->output);
    if (child->errors >= 0)
        close(child->errors);
    if (has_answer && answer->cell_count == 1)
        return true;
    if (has_answer)
        snprintf(child->error, sizeof child->error, "the child process answered with %zu cells",
                 answer->cell_count);
    acre_run_free(answer);
    return false;
}

bool acre_visit_finish(struct acre_child *child, struct acre_run *answer)
{
    if (read_answer(child, answer))
        return true;
    answer->cells = calloc(1, sizeof *answer->cells);
    if (answer->cells == NULL)
        return false;
    answer->cell_count = 1;
    answer->cells[0].failure = strdup(child->error);
    if (answer->cells[0].failure != NULL)
        return true;
    acre_run_free(answer);
    return false;
}

bool acre_visit_in_child(const struct acre_launch *launch, const struct acre_visit *visit,
                         struct acre_run *answer)
{
    struct acre_child child;

    acre_visit_start(&child, launch, visit, -1);
    return acre_visit_finish(&child, answer);
}
