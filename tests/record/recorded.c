/*
 * What a recording holds, added up from its events by nothing but the reader, in one line for
 * tests:
 *
 *    recorded FILE.acre     calls births deaths resizes refused unknown replaced streams complete
 * dropped
 */
#include <inttypes.h>
#include <stdio.h>

#include "alloc/backends.h"
#include "trace/bundle.h"
#include "trace/reader.h"

struct sums {
    uint64_t births, deaths, resizes, refused, unknown, replaced, complete, dropped;
};

static void add(struct sums *sums, const struct acre_trace_event *event)
{
    switch (event->kind) {
    case ACRE_TRACE_ALLOCATE:
        sums->births++;
        break;
    case ACRE_TRACE_FREE:
        sums->deaths++;
        break;
    case ACRE_TRACE_RESIZE:
    case ACRE_TRACE_MOVE:
        sums->resizes++;
        break;
    case ACRE_TRACE_REFUSE:
        sums->refused++;
        break;
    default:
        break;
    }
    sums->unknown += event->is_unknown;
    sums->replaced += event->replaces;
}

static bool read_stream(struct sums *sums, struct acre_alloc *memory, const char *path,
                        uint64_t offset)
{
    struct acre_trace_reader reader;
    struct acre_trace_event event;
    enum acre_trace_state state = acre_trace_reader_open(&reader, memory, path, offset);

    while (state == ACRE_TRACE_READING)
        if ((state = acre_trace_next(&reader, &event)) == ACRE_TRACE_READING)
            add(sums, &event);
    sums->complete += state == ACRE_TRACE_COMPLETE;
    sums->dropped += reader.input.trailer.dropped;
    if (state != ACRE_TRACE_COMPLETE && state != ACRE_TRACE_INCOMPLETE)
        fprintf(stderr, "%s\n", reader.input.sentence);
    acre_trace_reader_close(&reader);
    return state == ACRE_TRACE_COMPLETE || state == ACRE_TRACE_INCOMPLETE;
}

int main(int argc, char **argv)
{
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_trace_bundle bundle;
    struct sums sums = {0};
    bool is_sound;

    if (argc != 2 || memory == NULL)
        return 2;
    is_sound = acre_trace_bundle_list(&bundle, memory, argv[1]) == ACRE_TRACE_COMPLETE;
    for (size_t i = 0; i < bundle.count; i++)
        is_sound = read_stream(&sums, memory, argv[1], bundle.streams[i].offset) && is_sound;
    printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
           " %zu %" PRIu64 " %" PRIu64 "\n",
           sums.births + sums.deaths + sums.resizes + sums.refused, sums.births, sums.deaths,
           sums.resizes, sums.refused, sums.unknown, sums.replaced, bundle.count, sums.complete,
           sums.dropped);
    acre_trace_bundle_fini(&bundle);
    acre_destroy(memory);
    return is_sound ? 0 : 1;
}
