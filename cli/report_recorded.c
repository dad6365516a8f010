#include "cli/report_recorded.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

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

static enum acre_exit read_and_write(const char *command,
                                     const struct acre_recorded_request *request,
                                     const struct acre_profiled_processes *processes,
                                     const char *output)
{
    struct acre_alloc *memory = processes->bundle.memory;
    const struct acre_profiled_request wanted = {
        .path = request->path,
        .offset = processes->offset,
        .events = processes->events,
        .roots = request->sites->roots,
        .root_count = request->sites->root_count,
    };
    static struct acre_profiled profiled;
    char sentence[512];
    struct acre_page_recording recording;
    struct acre_info info;
    enum acre_exit status =
        acre_profiled_read(&profiled, memory, &wanted, sentence, sizeof sentence);

    if (status == ACRE_EXIT_MEMORY)
        return acre_site_options_no_memory(request->sites, command);
    if (status != ACRE_EXIT_OK)
        return acre_complain(command, status, sentence);
    info = (struct acre_info){
        .profile = &profiled.profile,
        .reader = &profiled.reader,
        .names = profiled.names,
        .leaks = &profiled.leaks,
        .memory = memory,
    };
    recording = (struct acre_page_recording){&info, &processes->bundle, processes->chosen};
    status = write_page(command, request, &recording, output);
    acre_profiled_fini(&profiled);
    return status;
}

static enum acre_exit page_of(const char *command, const struct acre_recorded_request *request,
                              struct acre_alloc *memory, const char *output)
{
    struct acre_profiled_processes processes;
    enum acre_profiled_choice choice =
        acre_profiled_choose(&processes, memory, request->path, request->process);
    enum acre_exit status;

    if (choice == ACRE_CHOICE_NO_MEMORY)
        status = acre_site_options_no_memory(request->sites, command);
    else if (request->process > 0 && processes.chosen == NULL)
        status = acre_profiled_refuse(command, ACRE_CHOICE_NO_PROCESS, &processes, request->path,
                                      request->process);
    else
        status = read_and_write(command, request, &processes, output);
    acre_profiled_processes_fini(&processes);
    return status;
}

enum acre_exit acre_command_page_of_recorded(const char *command,
                                             const struct acre_recorded_request *request,
                                             const char *output)
{
    struct acre_limited_memory memory;
    enum acre_exit status;

    if (acre_limited_memory_begin(&memory, request->sites, command) == NULL)
        return ACRE_EXIT_MEMORY;
    status = page_of(command, request, memory.limited, output);
    acre_limited_memory_end(&memory);
    return status;
}
