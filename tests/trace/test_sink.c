/* What a decorator tells the writer is what a reader tells: by the short way of births and deaths
 * that need only a name, and by the way of all others. */
#include "trace/traces.h"

#include <pthread.h>

#include "bench/random.h"

enum { CALLS = 50000, TURNS = 20, BLOCKS = 64 };

struct told {
    struct acre_event event;
    uint32_t thread;
};

struct turn {
    struct recording *recording;
    struct acre_random random;
    struct told *told;
    size_t count;
    struct acre_event live[BLOCKS]; /* address NULL: none */
};

static struct acre_layout any_layout(struct acre_random *random)
{
    static const size_t sizes[] = {1, 40, 64, 64, 80000};
    static const uint32_t purposes[] = {ACRE_PURPOSE_DATA, ACRE_PURPOSE_NODE, 63, 1000};

    return (struct acre_layout){
        .size = sizes[acre_random_below(random, 5)],
        .align = UINT32_C(8) << acre_random_below(random, 4),
        .purpose = purposes[acre_random_below(random, 4)],
    };
}

static struct acre_event birth(struct acre_random *random, const char *place)
{
    static const uint32_t sources[] = {0, 1, 65, 256}; /* 1 and 65 share slots */
    struct acre_event event = {
        .kind = ACRE_EVENT_ALLOCATE,
        .source = sources[acre_random_below(random, 4)],
        .layout = any_layout(random),
    };

    event.address = place + (acre_random_below(random, 2) ? 0 : 8);
    if (acre_random_below(random, 4) == 0)
        event.usable_bytes = event.layout.size + acre_random_below(random, 9);
    return event;
}

static void tell(struct turn *turn, const struct acre_event *event)
{
    turn->told[turn->count++] = (struct told){*event, (uint32_t)gettid()};
    turn->recording->writer.sink.on_event(&turn->recording->writer.sink, event);
}

static void *take_turn(void *argument)
{
    static char places[BLOCKS][1 << 10];
    struct turn *turn = argument;

    for (size_t i = 0; i < CALLS / TURNS; i++) {
        size_t place = acre_random_below(&turn->random, BLOCKS);
        struct acre_event *live = &turn->live[place];

        if (live->address == NULL) {
            *live = birth(&turn->random, places[place]);
            tell(turn, live);
        } else if (acre_random_below(&turn->random, 8) == 0) {
            live->kind = ACRE_EVENT_RESIZE;
            live->old_bytes = live->layout.size;
            live->layout.size += 24;
            tell(turn, live);
        } else {
            live->kind = ACRE_EVENT_FREE;
            live->usable_bytes = 0;
            tell(turn, live);
            live->address = NULL;
        }
    }
    return NULL;
}

static void expect_told(const struct acre_trace_event *read, const struct told *told)
{
    static const enum acre_trace_kind kinds[] = {
        [ACRE_EVENT_ALLOCATE] = ACRE_TRACE_ALLOCATE,
        [ACRE_EVENT_FREE] = ACRE_TRACE_FREE,
        [ACRE_EVENT_RESIZE] = ACRE_TRACE_RESIZE,
    };
    const struct acre_event *event = &told->event;
    uint32_t purpose =
        event->layout.purpose < ACRE_PURPOSE_COUNT ? event->layout.purpose : ACRE_PURPOSE_OTHER;

    cr_assert_eq(read->kind, kinds[event->kind]);
    cr_assert_eq(read->thread, told->thread);
    cr_assert_eq(read->source, event->source < ACRE_TRACE_MOST_SOURCES ? event->source : 0);
    cr_assert(read->layout.size == event->layout.size && read->layout.align == event->layout.align);
    cr_assert_eq(read->layout.purpose, purpose);
    cr_assert(!read->is_unknown && !read->replaces);
    if (event->kind == ACRE_EVENT_RESIZE)
        cr_assert_eq(read->old_bytes, event->old_bytes);
    if (event->kind != ACRE_EVENT_FREE)
        cr_assert_eq(read->usable_bytes,
                     event->usable_bytes >= event->layout.size ? event->usable_bytes : 0);
}

static void expect_all_told(const char *path, const struct told *told, size_t count)
{
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_trace_reader reader;
    struct acre_trace_event event;

    acre_trace_reader_open(&reader, memory, path, 0);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(acre_trace_next(&reader, &event), ACRE_TRACE_READING, "%s",
                     reader.input.sentence);
        expect_told(&event, &told[i]);
    }
    cr_assert_eq(acre_trace_next(&reader, &event), ACRE_TRACE_COMPLETE, "%s",
                 reader.input.sentence);
    acre_trace_reader_close(&reader);
    acre_destroy(memory);
}

MTest(trace_sink, a_reader_tells_what_was_told)
{
    struct recording recording;
    struct turn turn = {.recording = &recording, .told = calloc(CALLS, sizeof *turn.told)};

    cr_assert(turn.told != NULL);
    acre_random_init(&turn.random, 1, 0);
    begin_recording(&recording, INT64_MAX);
    for (size_t t = 0; t < TURNS; t++) {
        pthread_t thread;

        cr_assert_eq(pthread_create(&thread, NULL, take_turn, &turn), 0);
        cr_assert_eq(pthread_join(thread, NULL), 0);
    }
    finish_recording(&recording, NULL);
    cr_assert_gt(recording.writer.blocks, 2);
    expect_all_told(recording.file.path, turn.told, turn.count);
    end_recording(&recording);
    free(turn.told);
}
