#include "trace/bundle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc/grow.h"

/* 0: it is no number. */
static uint64_t pid_of(const struct acre_trace_input *input)
{
    const char *text = acre_trace_input_field(input, "pid");
    char *end;
    unsigned long long pid;

    errno = 0;
    pid = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 ? pid : 0;
}

static const char *program_of(const struct acre_trace_input *input)
{
    static const char *const keys[] = {"executable", "command", "workload"};
    const char *program = "";

    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && program[0] == '\0'; i++)
        program = acre_trace_input_field(input, keys[i]);
    return program;
}

static bool has_trailer(const struct acre_trace_input *input)
{
    return (input->state == ACRE_TRACE_COMPLETE || input->state == ACRE_TRACE_INCOMPLETE) &&
           input->trailer.end != 0;
}

/* From its header to its end. False for want of memory. */
static bool add_stream(struct acre_trace_bundle *bundle, struct acre_trace_input *input)
{
    struct acre_trace_stream *stream;

    if (!acre_grow(bundle->memory, &bundle->streams, bundle->count, &bundle->capacity,
                   sizeof *bundle->streams))
        return false;
    stream = &bundle->streams[bundle->count++];
    *stream = (struct acre_trace_stream){.offset = input->begin, .pid = pid_of(input)};
    snprintf(stream->program, sizeof stream->program, "%s", program_of(input));
    while (acre_trace_input_skip(input) == ACRE_TRACE_READING)
        continue;
    stream->bytes = input->offset - input->begin;
    stream->events = input->events;
    if (has_trailer(input)) {
        stream->dropped = input->trailer.dropped;
        stream->end = (enum acre_trace_end)input->trailer.end;
        stream->error = input->trailer.error;
    }
    return true;
}

/* READING: another stream was begun. */
static enum acre_trace_state go_on(const struct acre_trace_bundle *bundle,
                                   struct acre_trace_input *input)
{
    if (!has_trailer(input))
        return input->state;
    if (!input->has_next)
        return ACRE_TRACE_COMPLETE;
    if (bundle->count == ACRE_TRACE_MOST_STREAMS)
        return acre_trace_input_damaged(input, "there are more streams than a file can have");
    return acre_trace_input_next_stream(input);
}

enum acre_trace_state acre_trace_bundle_list(struct acre_trace_bundle *bundle,
                                             struct acre_alloc *memory, const char *path)
{
    struct acre_trace_input input;
    enum acre_trace_state state = acre_trace_input_open(&input, memory, path, 0);

    *bundle = (struct acre_trace_bundle){.memory = memory};
    while (state == ACRE_TRACE_READING)
        state = add_stream(bundle, &input) ? go_on(bundle, &input)
                                           : acre_trace_input_out_of_memory(&input);
    bundle->state = state;
    if (state != ACRE_TRACE_COMPLETE)
        snprintf(bundle->sentence, sizeof bundle->sentence, "%s", input.sentence);
    acre_trace_input_close(&input);
    return state;
}

void acre_trace_bundle_fini(struct acre_trace_bundle *bundle)
{
    acre_free_elements(bundle->memory, bundle->streams, bundle->capacity, sizeof *bundle->streams);
    *bundle = (struct acre_trace_bundle){.memory = bundle->memory};
}

/* Of those of a pid, or of all (0). */
static const struct acre_trace_stream *largest_of(const struct acre_trace_bundle *bundle,
                                                  uint64_t pid)
{
    const struct acre_trace_stream *largest = NULL;

    for (size_t i = 0; i < bundle->count; i++) {
        const struct acre_trace_stream *stream = &bundle->streams[i];

        if ((pid == 0 || stream->pid == pid) &&
            (largest == NULL || stream->events > largest->events))
            largest = stream;
    }
    return largest;
}

const struct acre_trace_stream *acre_trace_bundle_find(const struct acre_trace_bundle *bundle,
                                                       uint64_t pid_or_place)
{
    const struct acre_trace_stream *stream = NULL;

    if (pid_or_place > 0)
        stream = largest_of(bundle, pid_or_place);
    if (stream == NULL && pid_or_place > 0 && pid_or_place <= bundle->count)
        stream = &bundle->streams[pid_or_place - 1];
    return stream;
}

const struct acre_trace_stream *acre_trace_bundle_largest(const struct acre_trace_bundle *bundle)
{
    return largest_of(bundle, 0);
}
