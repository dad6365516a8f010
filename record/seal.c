#include "record/seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "alloc/grow.h"
#include "record/recorder/process_stat.h"

enum { MOST_COMMAND_BYTES = 32 * 1024 };

/* A process of the recording. */
struct process {
    struct acre_raw_file raw;
    struct acre_strays strays;
    size_t parent; /* its place, or that of nobody */
};

struct bundle {
    const struct acre_seal_request *request;
    struct acre_seal_result *result;
    struct acre_alloc *memory;
    struct process *processes; /* in the order in which they began */
    size_t count, capacity;
    struct acre_sealed_child *children; /* room for all */
    struct acre_trace_purposes purposes;
    struct acre_seal_progress progress;
    char *command; /* room for one */
    char *error;
    size_t error_bytes;
};

static const size_t nobody = SIZE_MAX;

static enum acre_seal_status fail(struct bundle *bundle, enum acre_seal_status status,
                                  const char *what, const char *why)
{
    snprintf(bundle->error, bundle->error_bytes, "%s%s%s", what, what[0] != '\0' ? ": " : "", why);
    return status;
}

static enum acre_seal_status no_memory(struct bundle *bundle)
{
    return fail(bundle, ACRE_SEAL_MEMORY, "", "out of memory");
}

/* The directory --------------------------------------------------------------------------------
 */

static bool is_raw_name(const char *name)
{
    size_t bytes = strlen(name);

    return bytes > 4 && strcmp(name + bytes - 4, ".raw") == 0;
}

static enum acre_seal_status add(struct bundle *bundle, int directory, const char *name)
{
    struct process process = {.parent = nobody};

    if (!acre_grow(bundle->memory, &bundle->processes, bundle->count, &bundle->capacity,
                   sizeof *bundle->processes))
        return no_memory(bundle);
    switch (acre_raw_open(&process.raw, bundle->memory, directory, name)) {
    case ACRE_RAW_OPENED:
        acre_strays_init(&process.strays, bundle->memory);
        bundle->processes[bundle->count++] = process;
        return ACRE_SEAL_DONE;
    case ACRE_RAW_FOREIGN:
        return ACRE_SEAL_DONE; /* ended before it had a head: nothing was recorded */
    case ACRE_RAW_UNREADABLE:
        return fail(bundle, ACRE_SEAL_IO, name, strerror(errno));
    default:
        return no_memory(bundle);
    }
}

static int by_begin(const void *left, const void *right)
{
    const struct process *a = left, *b = right;
    uint64_t a_ticks = a->raw.head->ticks, b_ticks = b->raw.head->ticks;

    if (a_ticks != b_ticks)
        return a_ticks < b_ticks ? -1 : 1;
    return strcmp(a->raw.name, b->raw.name);
}

static enum acre_seal_status open_all(struct bundle *bundle)
{
    const char *path = bundle->request->directory;
    DIR *directory = opendir(path);
    enum acre_seal_status status = ACRE_SEAL_DONE;
    const struct dirent *entry;

    if (directory == NULL)
        return fail(bundle, ACRE_SEAL_IO, path, strerror(errno));
    while (status == ACRE_SEAL_DONE && (entry = readdir(directory)) != NULL)
        if (is_raw_name(entry->d_name))
            status = add(bundle, dirfd(directory), entry->d_name);
    closedir(directory);
    if (status == ACRE_SEAL_DONE && bundle->count == 0)
        status = fail(bundle, ACRE_SEAL_NOTHING, path, "there is no recording");
    if (bundle->count > 0)
        qsort(bundle->processes, bundle->count, sizeof *bundle->processes, by_begin);
    return status;
}

bool acre_seal_remove(const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;

    if (directory == NULL)
        return false;
    while ((entry = readdir(directory)) != NULL)
        if (is_raw_name(entry->d_name))
            unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    return rmdir(path) == 0;
}

/* Families -------------------------------------------------------------------------------------
 */

/* A parent has begun before its child. */
static size_t parent_of(const struct bundle *bundle, size_t child)
{
    const char *name = bundle->processes[child].raw.head->fork_file;

    for (size_t p = 0; p < child && name[0] != '\0'; p++)
        if (strcmp(bundle->processes[p].raw.name, name) == 0)
            return p;
    return nobody;
}

/* From the youngest on: what a child was not seen to allocate may come from further up. */
static bool find_strays(struct bundle *bundle)
{
    for (size_t i = bundle->count; i-- > 0;) {
        struct process *process = &bundle->processes[i];

        process->parent = parent_of(bundle, i);
        if (process->parent == nobody)
            continue;
        if (!acre_strays_find(&process->strays, &process->raw) ||
            !acre_strays_add(&bundle->processes[process->parent].strays, &process->strays))
            return false;
    }
    return true;
}

static size_t children_of(const struct bundle *bundle, size_t parent)
{
    size_t count = 0;

    for (size_t i = parent + 1; i < bundle->count; i++)
        if (bundle->processes[i].parent == parent)
            bundle->children[count++] = (struct acre_sealed_child){
                bundle->processes[i].raw.head->fork_ticks, &bundle->processes[i].strays};
    return count;
}

/* Times ----------------------------------------------------------------------------------------
 */

/* From the longest of the recordings: from its begin to its last block. */
static double ns_a_tick(const struct bundle *bundle)
{
    double ns = 1;
    uint64_t longest = 0;

    if (bundle->request->ns_a_tick > 0)
        return bundle->request->ns_a_tick;
    for (size_t i = 0; i < bundle->count; i++) {
        const struct acre_raw_file *raw = &bundle->processes[i].raw;
        uint64_t ticks = raw->last_ticks - raw->head->ticks;

        if (raw->last_ticks <= raw->head->ticks || ticks <= longest || raw->last_ns < raw->head->ns)
            continue;
        longest = ticks;
        ns = (double)(raw->last_ns - raw->head->ns) / (double)ticks;
    }
    return ns;
}

/* How it ended ---------------------------------------------------------------------------------
 */

/* The same process, not another with its number. */
static bool is_running(const struct acre_raw_head *head)
{
    char path[64];
    char text[ACRE_STAT_BYTES];
    ssize_t bytes = -1;
    int file;

    snprintf(path, sizeof path, "/proc/%" PRIu32 "/stat", head->process);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        bytes = read(file, text, sizeof text - 1);
        close(file);
    }
    text[bytes > 0 ? bytes : 0] = '\0';
    return acre_stat_state(text) != '\0' && acre_stat_state(text) != 'Z' &&
           acre_stat_birth(text) == head->born;
}

/* The same process began another recording: it has become another program. */
static bool has_become_another(const struct bundle *bundle, size_t place)
{
    const struct acre_raw_head *head = bundle->processes[place].raw.head;

    for (size_t i = place + 1; i < bundle->count; i++)
        if (bundle->processes[i].raw.head->process == head->process &&
            bundle->processes[i].raw.head->born == head->born)
            return true;
    return false;
}

static struct acre_trace_ending ending_of(const struct bundle *bundle, size_t place)
{
    const struct acre_raw_head *head = bundle->processes[place].raw.head;
    const struct acre_seal_request *request = bundle->request;
    struct acre_trace_ending ending = {.end = ACRE_TRACE_END_UNKNOWN};

    if (head->stop != ACRE_RAW_GOES_ON) {
        ending.end =
            head->stop == ACRE_RAW_STOP_LIMIT ? ACRE_TRACE_END_LIMIT : ACRE_TRACE_END_ERROR;
        ending.error = head->error;
    } else if (has_become_another(bundle, place)) {
        ending.end = ACRE_TRACE_END_EXEC;
    } else if (head->process == request->process && request->signal != 0) {
        ending.end = ACRE_TRACE_END_KILLED;
        ending.error = (uint32_t)request->signal;
    } else if (head->end != ACRE_RAW_END_NONE) {
        ending.end = ACRE_TRACE_END_FINISHED;
    } else if (is_running(head)) {
        ending.end = ACRE_TRACE_END_RUNNING;
    }
    return ending;
}

/* One stream -----------------------------------------------------------------------------------
 */

static const char *stacks_name(uint32_t stacks)
{
    return stacks == ACRE_RAW_UNWIND ? "unwind" : stacks == ACRE_RAW_FRAME_POINTERS ? "fp" : "none";
}

/* Arguments with blanks between them; what a shell would take for something else is quoted. */
static const char *command_of(struct bundle *bundle, const struct acre_raw_head *head)
{
    char *at = bundle->command;
    const char *end = at + MOST_COMMAND_BYTES - 4;
    bool is_quoted = false;

    for (uint32_t i = 0; i < head->command_bytes && at < end; i++) {
        const char *argument = head->command + i;
        bool begins = i == 0 || argument[-1] == '\0';

        if (begins && at > bundle->command)
            *at++ = ' ';
        if (begins)
            is_quoted = argument[0] == '\0' ||
                        strcspn(argument, " \t\n'\"\\$`&|;<>()*?[]#~!{}") < strlen(argument);
        if (begins && is_quoted)
            *at++ = '\'';
        if (*argument != '\0')
            *at++ = (char)(*argument == '\n' || *argument == '\'' ? ' ' : *argument);
        else if (is_quoted)
            *at++ = '\'';
    }
    *at = '\0';
    return bundle->command;
}

static void started_of(const struct acre_raw_head *head, char *text, size_t room)
{
    const time_t seconds = (time_t)(head->utc_ns / UINT64_C(1000000000));
    struct tm utc;

    text[0] = '\0';
    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(text, room, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

static bool open_stream(struct bundle *bundle, struct acre_trace_writer *writer, const char *path,
                        size_t place)
{
    const struct acre_raw_head *head = bundle->processes[place].raw.head;
    struct acre_identity allocator = {0};
    char pid[16], parent[16], started[32];
    const struct acre_trace_field fields[] = {
        {"objects", "id"},
        {"stacks", stacks_name(head->stacks)},
        {"pid", pid},
        {"parent", parent},
        {"started", started},
        {"executable", head->executable},
        {"hidden_by", head->hidden_by},
        {"refusal", head->refusal},
    };
    const struct acre_trace_about about = {
        .producer = bundle->request->producer,
        .command = command_of(bundle, head),
        .allocator = &allocator,
        .fields = fields,
        .field_count = sizeof fields / sizeof fields[0],
    };
    const struct acre_trace_options options = {
        .limit_bytes = INT64_MAX,
        .appends = place > 0,
        .packing_level = bundle->request->packing_level,
        .begin_ns = head->ns,
    };

    snprintf(pid, sizeof pid, "%" PRIu32, head->process);
    snprintf(parent, sizeof parent, "%" PRIu32, head->parent);
    snprintf(allocator.path, sizeof allocator.path, "%.500s", head->allocator);
    started_of(head, started, sizeof started);
    return acre_trace_writer_open(writer, bundle->memory, path, &options, &about, bundle->error,
                                  bundle->error_bytes);
}

static void add_up(struct bundle *bundle, const struct acre_seal_process *process)
{
    struct acre_seal_result *result = bundle->result;
    const struct acre_raw_head *head = process->raw->head;

    result->processes++;
    result->running += process->ending.end == ACRE_TRACE_END_RUNNING;
    result->events += process->events;
    result->dropped += process->dropped;
    result->unknown += process->unknown;
    result->replaced += process->replaced;
    result->overhead_ns += process->ending.overhead_ns;
    if (result->refusal[0] == '\0')
        snprintf(result->refusal, sizeof result->refusal, "%s", head->refusal);
    if (result->hidden_by[0] == '\0')
        snprintf(result->hidden_by, sizeof result->hidden_by, "%.511s", head->hidden_by);
}

static enum acre_seal_status seal_one(struct bundle *bundle, const char *path, double rate,
                                      size_t place)
{
    struct process *process = &bundle->processes[place];
    struct acre_seal_process seal = {
        .raw = &process->raw,
        .inherited = process->parent != nobody ? &process->strays : NULL,
        .children = bundle->children,
        .child_count = children_of(bundle, place),
        .purposes = &bundle->purposes,
        .progress = &bundle->progress,
        .ns_a_tick = rate,
        .ending = ending_of(bundle, place),
    };
    struct acre_trace_writer writer;
    enum acre_sealed sealed;

    if (!open_stream(bundle, &writer, path, place))
        return ACRE_SEAL_IO;
    sealed = acre_seal_process(&seal, bundle->memory, &writer);
    if (!acre_trace_writer_close(&writer, &seal.ending, bundle->error, bundle->error_bytes))
        return ACRE_SEAL_IO;
    add_up(bundle, &seal);
    bundle->result->bytes = writer.file_bytes;
    return sealed == ACRE_SEAL_NO_MEMORY ? no_memory(bundle) : ACRE_SEAL_DONE;
}

/* All of them ----------------------------------------------------------------------------------
 */

static enum acre_seal_status seal_all(struct bundle *bundle, const char *path)
{
    enum acre_seal_status status = open_all(bundle);
    double rate;

    if (status != ACRE_SEAL_DONE)
        return status;
    bundle->children = acre_allocate(
        bundle->memory, acre_layout_of_elements(bundle->count, sizeof *bundle->children));
    bundle->command = acre_allocate(bundle->memory, acre_layout_of_elements(MOST_COMMAND_BYTES, 1));
    if (bundle->children == NULL || bundle->command == NULL || !find_strays(bundle))
        return no_memory(bundle);
    rate = ns_a_tick(bundle);
    for (size_t i = 0; i < bundle->count; i++)
        bundle->progress.all_bytes +=
            bundle->processes[i].raw.place_count * (uint64_t)ACRE_RAW_BLOCK_BYTES;
    for (size_t i = 0; i < bundle->count && status == ACRE_SEAL_DONE; i++)
        status = seal_one(bundle, path, rate, i);
    return status;
}

static void close_all(struct bundle *bundle)
{
    struct acre_alloc *memory = bundle->memory;

    acre_free_elements(memory, bundle->children, bundle->count, sizeof *bundle->children);
    acre_free_elements(memory, bundle->command, MOST_COMMAND_BYTES, 1);
    for (size_t i = 0; i < bundle->count; i++) {
        acre_strays_fini(&bundle->processes[i].strays);
        acre_raw_close(&bundle->processes[i].raw);
    }
    acre_free_elements(memory, bundle->processes, bundle->capacity, sizeof *bundle->processes);
}

enum acre_seal_status acre_seal(const struct acre_seal_request *request, struct acre_alloc *memory,
                                struct acre_seal_result *result, char *error, size_t error_bytes)
{
    struct bundle bundle = {
        .request = request,
        .result = result,
        .memory = memory,
        .progress = {.tell = request->progress, .to = request->to},
        .error = error,
        .error_bytes = error_bytes,
    };
    char path[PATH_MAX];
    enum acre_seal_status status;

    *result = (struct acre_seal_result){0};
    acre_trace_purposes_init(&bundle.purposes);
    if (snprintf(path, sizeof path, "%s.part", request->path) >= (int)sizeof path)
        return fail(&bundle, ACRE_SEAL_IO, request->path, strerror(ENAMETOOLONG));
    status = seal_all(&bundle, path);
    close_all(&bundle);
    if (status == ACRE_SEAL_DONE && rename(path, request->path) != 0)
        status = fail(&bundle, ACRE_SEAL_IO, request->path, strerror(errno));
    if (status != ACRE_SEAL_DONE)
        unlink(path);
    return status;
}
