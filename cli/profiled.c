#include "cli/profiled.h"

#include <stdio.h>

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

/* False for want of memory: nothing but the reader is owned. */
static bool profile(struct acre_profiled *profiled, struct acre_alloc *memory,
                    const struct acre_profiled_request *request)
{
    if (!acre_profile_read(&profiled->profile, memory, &profiled->reader, NULL, NULL))
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

void acre_profiled_no_process(const struct acre_trace_bundle *bundle, const char *path,
                              uint64_t process, char *sentence, size_t sentence_bytes)
{
    snprintf(sentence, sentence_bytes, "%.200s has no process %llu: it has %zu process%s", path,
             (unsigned long long)process, bundle->count, bundle->count == 1 ? "" : "es");
}

void acre_profiled_fini(struct acre_profiled *profiled)
{
    acre_leaks_fini(&profiled->leaks);
    acre_names_destroy(profiled->names);
    acre_profile_fini(&profiled->profile);
    acre_trace_reader_close(&profiled->reader);
}
