#include "cli/report_recorded.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "alloc/backends.h"
#include "cli/profiled.h"
#include "cli/report_page.h"
#include "report/streams.h"
#include "trace/format.h"

bool acre_begins_as_trace(const char *path)
{
    unsigned char begin[sizeof acre_trace_magic];
    struct stat state;
    FILE *file;
    bool is_trace;

    if (stat(path, &state) != 0 || !S_ISREG(state.st_mode))
        return false;
    file = fopen(path, "rb");
    if (file == NULL)
        return false;
    is_trace = fread(begin, 1, sizeof begin, file) == sizeof begin &&
               memcmp(begin, acre_trace_magic, sizeof begin) == 0;
    fclose(file);
    return is_trace;
}

static enum acre_exit write_page(const char *command, const struct acre_recorded_request *request,
                                 const struct acre_page_recording *recording, const char *output)
{
    char error[1024];
    enum acre_exit status = acre_page_write_recording(recording, output, error, sizeof error);

    if (status == ACRE_EXIT_MEMORY)
        return acre_site_options_no_memory(request->sites, command);
    if (status != ACRE_EXIT_OK)
        return acre_complain(command, status, error);
    acre_say_page(output);
    status = acre_profiled_status(recording->info->profile->state);
    /* What is incomplete says so in the page: it is no error. */
    return status <= ACRE_EXIT_NO
               ? status
               : acre_complain(command, status, recording->info->profile->sentence);
}

/* Of one process. */
static enum acre_exit read_and_write(const char *command,
                                     const struct acre_recorded_request *request,
                                     const struct acre_trace_bundle *bundle,
                                     const struct acre_trace_stream *stream, const char *output)
{
    const struct acre_profiled_request wanted = {request->path, stream != NULL ? stream->offset : 0,
                                                 request->sites->roots, request->sites->root_count};
    static struct acre_profiled profiled;
    char sentence[512];
    struct acre_info info;
    enum acre_exit status =
        acre_profiled_read(&profiled, bundle->memory, &wanted, sentence, sizeof sentence);

    if (status == ACRE_EXIT_MEMORY)
        return acre_site_options_no_memory(request->sites, command);
    if (status != ACRE_EXIT_OK)
        return acre_complain(command, status, sentence);
    info = (struct acre_info){
        .profile = &profiled.profile,
        .reader = &profiled.reader,
        .names = profiled.names,
        .leaks = &profiled.leaks,
        .memory = bundle->memory,
    };
    status =
        write_page(command, request, &(struct acre_page_recording){&info, bundle, stream}, output);
    acre_profiled_fini(&profiled);
    return status;
}

static enum acre_exit page_of(const char *command, const struct acre_recorded_request *request,
                              struct acre_alloc *memory, const char *output)
{
    struct acre_trace_bundle bundle = {.memory = memory};
    const struct acre_trace_stream *stream;
    enum acre_exit status;
    char why[512];

    acre_trace_bundle_list(&bundle, memory, request->path);
    stream = request->process > 0 ? acre_trace_bundle_find(&bundle, request->process)
                                  : acre_trace_bundle_largest(&bundle);
    if (bundle.state == ACRE_TRACE_NO_MEMORY) {
        status = acre_site_options_no_memory(request->sites, command);
    } else if (stream == NULL && request->process > 0) {
        acre_profiled_no_process(&bundle, request->path, request->process, why, sizeof why);
        status = acre_complain(command, ACRE_EXIT_INPUT, why);
    } else {
        status = read_and_write(command, request, &bundle, stream, output);
    }
    acre_trace_bundle_fini(&bundle);
    return status;
}

enum acre_exit acre_command_page_of_recorded(const char *command,
                                             const struct acre_recorded_request *request,
                                             const char *output)
{
    struct acre_fault_plan plan = {.budget_bytes = request->sites->most_bytes};
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_alloc *limited = memory != NULL ? acre_fault_new(memory, &plan) : NULL;
    enum acre_exit status = limited != NULL
                                ? page_of(command, request, limited, output)
                                : acre_complain(command, ACRE_EXIT_MEMORY, "out of memory");

    acre_destroy(limited);
    acre_destroy(memory);
    return status;
}
