#include "cli/profiled.h"

#include <stdio.h>
#include <sys/stat.h>

#include "cli/reading.h"
#include "report/streams.h"

enum acre_exit acre_profiled_status(enum acre_trace_state state)
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

/* What is no file can be read only once, so that there is no list. */
static bool can_be_read_twice(const char *path)
{
    struct stat state;

    return stat(path, &state) == 0 && S_ISREG(state.st_mode);
}

enum acre_profiled_choice acre_profiled_choose(struct acre_profiled_processes *processes,
                                               struct acre_alloc *memory, const char *path,
                                               uint64_t process)
{
    struct acre_trace_bundle *bundle = &processes->bundle;

    *processes = (struct acre_profiled_processes){.bundle = {.memory = memory}};
    if (!can_be_read_twice(path))
        return process > 0 ? ACRE_CHOICE_NO_FILE : ACRE_CHOICE_MADE;
    if (acre_trace_bundle_list(bundle, memory, path) == ACRE_TRACE_NO_MEMORY)
        return ACRE_CHOICE_NO_MEMORY;
    processes->chosen =
        process > 0 ? acre_trace_bundle_find(bundle, process) : acre_trace_bundle_largest(bundle);
    if (processes->chosen != NULL) {
        processes->offset = processes->chosen->offset;
        processes->events = processes->chosen->events;
    }
    return processes->chosen == NULL && bundle->count > 0 ? ACRE_CHOICE_NO_PROCESS
                                                          : ACRE_CHOICE_MADE;
}

enum acre_exit acre_profiled_refuse(const char *command, enum acre_profiled_choice choice,
                                    const struct acre_profiled_processes *processes,
                                    const char *path, uint64_t process)
{
    size_t count = processes->bundle.count;
    char why[512];

    if (choice == ACRE_CHOICE_NO_FILE)
        snprintf(why, sizeof why, "--process wants a file, and %.200s is none", path);
    else
        snprintf(why, sizeof why, "%.200s has no process %llu: it has %zu process%s", path,
                 (unsigned long long)process, count, count == 1 ? "" : "es");
    return acre_complain(command, ACRE_EXIT_INPUT, why);
}

void acre_profiled_processes_fini(struct acre_profiled_processes *processes)
{
    acre_trace_bundle_fini(&processes->bundle);
}

static bool read_events(struct acre_profiled *profiled, struct acre_alloc *memory,
                        const struct acre_profiled_request *request)
{
    struct acre_reading reading;
    bool done;

    acre_reading_begin(&reading, request->path, request->events);
    done = acre_profile_read(&profiled->profile, memory, &profiled->reader, acre_reading_show,
                             &reading);
    acre_reading_end(&reading);
    return done;
}

/* False for want of memory: nothing but the reader is owned. */
static bool profile(struct acre_profiled *profiled, struct acre_alloc *memory,
                    const struct acre_profiled_request *request)
{
    if (!read_events(profiled, memory, request))
        return false;
    profiled->names =
        acre_names_new(memory, &profiled->profile, request->roots, request->root_count);
    if (profiled->names != NULL &&
        acre_leaks_find(&profiled->leaks, memory, &profiled->profile, profiled->names))
        return true;
    acre_names_destroy(profiled->names);
    acre_profile_fini(&profiled->profile);
    return false;
}

enum acre_exit acre_profiled_read(struct acre_profiled *profiled, struct acre_alloc *memory,
                                  const struct acre_profiled_request *request, char *sentence,
                                  size_t sentence_bytes)
{
    struct acre_trace_reader *reader = &profiled->reader;
    enum acre_exit status = ACRE_EXIT_MEMORY;

    if (acre_trace_reader_open(reader, memory, request->path, request->offset) !=
        ACRE_TRACE_READING) {
        status = acre_profiled_status(reader->input.state);
        snprintf(sentence, sentence_bytes, "%s", reader->input.sentence);
    } else if (profile(profiled, memory, request)) {
        return ACRE_EXIT_OK;
    } else {
        snprintf(sentence, sentence_bytes, "out of memory");
    }
    acre_trace_reader_close(reader);
    return status;
}

void acre_profiled_fini(struct acre_profiled *profiled)
{
    acre_leaks_fini(&profiled->leaks);
    acre_names_destroy(profiled->names);
    acre_profile_fini(&profiled->profile);
    acre_trace_reader_close(&profiled->reader);
}
