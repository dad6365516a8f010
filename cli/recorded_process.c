#include "cli/recorded_process.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "report/streams.h"
#include "trace/bundle.h"

enum acre_exit acre_recorded_process_status(enum acre_trace_state state)
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

static enum acre_exit out_of_memory(const char *name)
{
    return acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
}

static enum acre_exit refuse_process(const struct acre_process_choice *choice, size_t count,
                                     const char *name)
{
    char why[512];

    snprintf(why, sizeof why, "%.200s has no process %" PRIu64 ": it has %zu process%s",
             choice->path, choice->process, count, count == 1 ? "" : "es");
    return acre_complain(name, ACRE_EXIT_INPUT, why);
}

/* Where the stream begins. What is no file can be read only once: its first stream is told. */
static enum acre_exit find_stream(const struct acre_process_choice *choice,
                                  struct acre_alloc *memory, const char *name, uint64_t *offset)
{
    struct acre_trace_bundle bundle;
    const struct acre_trace_stream *stream;
    struct stat state;
    enum acre_exit status = ACRE_EXIT_OK;

    *offset = 0;
    if (stat(choice->path, &state) != 0 || !S_ISREG(state.st_mode))
        return choice->process == 0 ? ACRE_EXIT_OK : refuse_process(choice, 0, name);
    acre_trace_bundle_list(&bundle, memory, choice->path);
    stream = choice->process > 0 ? acre_trace_bundle_find(&bundle, choice->process)
                                 : acre_trace_bundle_largest(&bundle);
    if (bundle.state == ACRE_TRACE_NO_MEMORY)
        status = out_of_memory(name);
    else if (stream != NULL)
        *offset = stream->offset;
    else if (bundle.count > 0)
        status = refuse_process(choice, bundle.count, name);
    acre_trace_bundle_fini(&bundle);
    return status;
}

static enum acre_exit read_stream(struct acre_recorded_process *recorded,
                                  const struct acre_process_choice *choice,
                                  struct acre_alloc *memory, uint64_t offset, const char *name)
{
    struct acre_trace_reader *reader = &recorded->reader;

    if (acre_trace_reader_open(reader, memory, choice->path, offset) != ACRE_TRACE_READING)
        return acre_complain(name, acre_recorded_process_status(reader->input.state),
                             reader->input.sentence);
    if (!acre_profile_read(&recorded->profile, memory, reader, NULL, NULL))
        return out_of_memory(name);
    recorded->names = acre_names_new(memory, &recorded->profile, choice->roots, choice->root_count);
    if (recorded->names != NULL)
        return ACRE_EXIT_OK;
    acre_profile_fini(&recorded->profile);
    return out_of_memory(name);
}

enum acre_exit acre_recorded_process_read(struct acre_recorded_process *recorded,
                                          const struct acre_process_choice *choice,
                                          struct acre_alloc *memory, const char *name)
{
    uint64_t offset;
    enum acre_exit status = find_stream(choice, memory, name, &offset);

    if (status != ACRE_EXIT_OK)
        return status;
    status = read_stream(recorded, choice, memory, offset, name);
    if (status != ACRE_EXIT_OK)
        acre_trace_reader_close(&recorded->reader);
    return status;
}

void acre_recorded_process_fini(struct acre_recorded_process *recorded)
{
    acre_names_destroy(recorded->names);
    acre_profile_fini(&recorded->profile);
    acre_trace_reader_close(&recorded->reader);
}
