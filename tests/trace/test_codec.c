/* Events as bytes: what is written is read again, and what is no event is told. */
#include "trace/traces.h"

#include "bench/random.h"

enum { PURPOSES = ACRE_PURPOSE_COUNT };

static uint64_t any_number(struct acre_random *random)
{
    uint64_t bits = acre_random_below(random, 65);
    uint64_t number = acre_random_next(random);

    return bits == 64 ? number : number & ((UINT64_C(1) << bits) - 1);
}

static void set_block(struct acre_trace_event *event, struct acre_random *random)
{
    bool has_name = event->kind != ACRE_TRACE_REFUSE;

    event->layout.align = UINT32_C(1) << acre_random_below(random, 32);
    event->layout.size = any_number(random) % ((uint64_t)PTRDIFF_MAX - event->layout.align);
    event->layout.purpose = (uint32_t)acre_random_below(random, PURPOSES);
    event->call = (enum acre_trace_call)acre_random_below(random, ACRE_TRACE_CALLS);
    event->stack = (uint32_t)(acre_random_below(random, 2) * any_number(random));
    if (acre_random_below(random, 2) == 1)
        event->usable_bytes = event->layout.size + acre_random_below(random, 100);
    if (has_name) {
        event->object = any_number(random);
        event->old_bytes = event->layout.size;
    }
    if (event->kind == ACRE_TRACE_RESIZE)
        event->old_bytes = any_number(random) % ((uint64_t)PTRDIFF_MAX - event->layout.align);
    if (event->kind == ACRE_TRACE_MOVE)
        event->old_object = any_number(random);
}

static void set_module(struct acre_trace_module *module, struct acre_random *random,
                       const char *text)
{
    *module = (struct acre_trace_module){
        .path = text,
        .path_bytes = acre_random_below(random, ACRE_TRACE_MOST_PATH_BYTES + 1),
        .build_id = (const unsigned char *)text,
        .build_id_bytes = acre_random_below(random, ACRE_TRACE_MOST_BUILD_ID_BYTES + 1),
        .load_bias = any_number(random),
        .first_address = any_number(random),
        .bytes = any_number(random),
    };
}

static struct acre_trace_event any_event(struct acre_random *random, const char *text)
{
    static const enum acre_trace_kind kinds[] = {
        ACRE_TRACE_ALLOCATE, ACRE_TRACE_FREE,        ACRE_TRACE_RESIZE,    ACRE_TRACE_MOVE,
        ACRE_TRACE_REFUSE,   ACRE_TRACE_SCOPE_BEGIN, ACRE_TRACE_SCOPE_END, ACRE_TRACE_RESET,
        ACRE_TRACE_OTHER,    ACRE_TRACE_INHERIT,     ACRE_TRACE_FRAME,     ACRE_TRACE_MODULE};
    struct acre_trace_event event = {
        .kind = kinds[acre_random_below(random, sizeof kinds / sizeof *kinds)]};

    switch (event.kind) {
    case ACRE_TRACE_RESET:
        event.source = (uint32_t)acre_random_below(random, ACRE_TRACE_MOST_SOURCES);
        break;
    case ACRE_TRACE_SCOPE_BEGIN:
        event.scope = any_number(random);
        event.scope_name = (uint32_t)acre_random_below(random, ACRE_TRACE_MOST_SCOPE_NAMES);
        break;
    case ACRE_TRACE_SCOPE_END:
        event.scope_name = (uint32_t)acre_random_below(random, ACRE_TRACE_MOST_SCOPE_NAMES);
        break;
    case ACRE_TRACE_FRAME:
        event.frame = (struct acre_trace_frame){(uint32_t)any_number(random),
                                                (uint32_t)any_number(random), any_number(random)};
        break;
    case ACRE_TRACE_MODULE:
        set_module(&event.module, random, text);
        break;
    case ACRE_TRACE_OTHER:
        event.source = (uint32_t)acre_random_below(random, ACRE_TRACE_MOST_SOURCES);
        event.type = (uint32_t)any_number(random);
        event.text = text;
        event.text_bytes = acre_random_below(random, ACRE_TRACE_MOST_TEXT_BYTES + 1);
        break;
    default:
        event.source = (uint32_t)acre_random_below(random, ACRE_TRACE_MOST_SOURCES);
        set_block(&event, random);
        break;
    }
    return event;
}

static void expect_equal_bytes(const void *read, size_t read_bytes, const void *written,
                               size_t written_bytes)
{
    cr_assert_eq(read_bytes, written_bytes);
    if (read_bytes > 0)
        cr_assert_eq(memcmp(read, written, read_bytes), 0);
}

static void expect_equal(const struct acre_trace_event *read,
                         const struct acre_trace_event *written)
{
    cr_assert_eq(read->kind, written->kind);
    cr_assert_eq(read->source, written->source);
    cr_assert_eq(read->object, written->object);
    cr_assert_eq(read->old_object, written->old_object);
    cr_assert_eq(read->layout.size, written->layout.size);
    cr_assert_eq(read->layout.align, written->layout.align);
    cr_assert_eq(read->layout.purpose, written->layout.purpose);
    cr_assert_eq(read->old_bytes, written->old_bytes);
    cr_assert_eq(read->usable_bytes, written->usable_bytes);
    cr_assert_eq(read->stack, written->stack);
    cr_assert_eq(read->call, written->call);
    cr_assert_eq(read->scope, written->scope);
    cr_assert_eq(read->scope_name, written->scope_name);
    if (read->kind == ACRE_TRACE_OTHER) {
        cr_assert_eq(read->type, written->type);
        expect_equal_bytes(read->text, read->text_bytes, written->text, written->text_bytes);
    } else if (read->kind == ACRE_TRACE_FRAME) {
        cr_assert_eq(read->frame.parent, written->frame.parent);
        cr_assert_eq(read->frame.module, written->frame.module);
        cr_assert_eq(read->frame.offset, written->frame.offset);
    } else if (read->kind == ACRE_TRACE_MODULE) {
        const struct acre_trace_module *a = &read->module;
        const struct acre_trace_module *b = &written->module;

        expect_equal_bytes(a->path, a->path_bytes, b->path, b->path_bytes);
        expect_equal_bytes(a->build_id, a->build_id_bytes, b->build_id, b->build_id_bytes);
        cr_assert_eq(a->load_bias, b->load_bias);
        cr_assert_eq(a->first_address, b->first_address);
        cr_assert_eq(a->bytes, b->bytes);
    }
}

MTest(trace_codec, whatever_is_written_is_read)
{
    enum { EVENTS = 20000, A_BLOCK = 200 };
    static unsigned char bytes[A_BLOCK * ACRE_TRACE_MOST_EVENT_BYTES];
    static struct acre_trace_event events[A_BLOCK];
    static char text[ACRE_TRACE_MOST_PATH_BYTES];
    struct acre_random random;

    acre_random_init(&random, 1, 0);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(1 + acre_random_below(&random, 255)); /* a path has no zero byte */
    for (size_t done = 0; done < EVENTS; done += A_BLOCK) {
        struct acre_trace_codec codec;
        struct acre_trace_cursor cursor = {bytes, bytes};
        unsigned char *at = bytes;
        struct acre_trace_event event;

        acre_trace_codec_begin(&codec, 100, 1);
        for (size_t i = 0; i < A_BLOCK; i++) {
            unsigned char *before = at;

            events[i] = any_event(&random, text);
            events[i].time_ns = codec.time_ns;
            events[i].thread = codec.thread;
            if (i % 3 == 1) {
                events[i].time_ns += any_number(&random) >> 12;
                at = acre_trace_put_time(&codec, events[i].time_ns, at);
            }
            if (i % 7 == 2) {
                events[i].thread = (uint32_t)any_number(&random);
                at = acre_trace_put_thread(&codec, events[i].thread, at);
            }
            at = acre_trace_encode(&codec, &events[i], at);
            cr_assert_leq(at - before, ACRE_TRACE_MOST_EVENT_BYTES);
        }
        cursor.end = at;
        acre_trace_codec_begin(&codec, 100, 1);
        for (size_t i = 0; i < A_BLOCK; i++) {
            const char *why = acre_trace_decode(&codec, &cursor, PURPOSES, &event);

            cr_assert(why == NULL, "event %zu: %s", done + i, why);
            expect_equal(&event, &events[i]);
            cr_assert_eq(codec.time_ns, events[i].time_ns);
            cr_assert_eq(codec.thread, events[i].thread);
        }
        cr_assert_eq(cursor.at, cursor.end);
    }
}

/* What a loop writes most: birth and death of a block like the one before it. */
MTest(trace_codec, a_call_like_the_one_before_takes_three_bytes)
{
    unsigned char bytes[ACRE_TRACE_MOST_EVENT_BYTES];
    struct acre_trace_codec codec;
    struct acre_trace_event event = {.kind = ACRE_TRACE_ALLOCATE,
                                     .object = 0x7f0000001000,
                                     .layout = {40, 8, ACRE_PURPOSE_NODE}};

    acre_trace_codec_begin(&codec, 0, 1);
    acre_trace_encode(&codec, &event, bytes);
    event.object += 48;
    cr_assert_eq(acre_trace_encode(&codec, &event, bytes) - bytes, 3);
    event.kind = ACRE_TRACE_FREE;
    cr_assert_eq(acre_trace_encode(&codec, &event, bytes) - bytes, 3);
}

static unsigned slot_of(const struct acre_trace_event *event)
{
    const struct acre_trace_shape shape = {
        .layout = event->layout,
        .source = event->source,
        .call = event->call,
        .usable = acre_trace_usable(event),
    };

    return acre_trace_slot(&shape);
}

enum field { SIZE, USABLE, SOURCE, FIELDS }; /* others have too few values to share a slot by */

/* Two births whose shapes share a slot and differ in one field. */
static void find_twins(struct acre_trace_event twins[2], enum field field)
{
    for (uint32_t size = 1; size < 5000; size++)
        for (uint32_t value = 1; value < ACRE_TRACE_MOST_SOURCES; value++) {
            twins[0] = twins[1] = (struct acre_trace_event){
                .kind = ACRE_TRACE_ALLOCATE, .layout = {size, 8, 0}, .usable_bytes = size};
            twins[1].layout.size += field == SIZE ? value : 0;
            twins[1].usable_bytes += field == SIZE || field == USABLE ? value : 0;
            twins[1].source = field == SOURCE ? value : 0;
            if (slot_of(&twins[0]) == slot_of(&twins[1]))
                return;
        }
    cr_assert(false, "no twins by field %d", (int)field);
}

MTest(trace_codec, shapes_that_share_a_slot_are_told_apart)
{
    enum { TURNS = 4 };
    static unsigned char bytes[TURNS * ACRE_TRACE_MOST_EVENT_BYTES];

    for (enum field field = SIZE; field < FIELDS; field++) {
        struct acre_trace_cursor cursor = {bytes, bytes};
        unsigned char *at = bytes;
        struct acre_trace_codec codec;
        struct acre_trace_event event;
        struct acre_trace_event twins[2];

        find_twins(twins, field);
        acre_trace_codec_begin(&codec, 0, 1);
        for (unsigned i = 0; i < TURNS; i++)
            at = acre_trace_encode(&codec, &twins[i % 2], at);
        cursor.end = at;
        acre_trace_codec_begin(&codec, 0, 1);
        for (unsigned i = 0; i < TURNS; i++) {
            cr_assert(acre_trace_decode(&codec, &cursor, PURPOSES, &event) == NULL);
            twins[i % 2].old_bytes = twins[i % 2].layout.size;
            expect_equal(&event, &twins[i % 2]);
        }
    }
}

struct wrong {
    unsigned char bytes[24];
    size_t count;
    const char *sentence;
};

#define WRONG(sentence, ...)                                                                       \
    {                                                                                              \
        {__VA_ARGS__}, sizeof((unsigned char[]){__VA_ARGS__}), sentence                            \
    }

MTest(trace_codec, what_is_no_event_is_told)
{
    static const struct wrong wrong[] = {
        {{0}, 0, "goes on behind the end"},
        WRONG("no such kind", 0x00),
        WRONG("no such kind", 0x0e),
        WRONG("flags that have no meaning", 0x15, 0),
        WRONG("flags that have no meaning", 0x41, 0),
        WRONG("flags that have no meaning", 0x4d, 0),
        WRONG("flags that have no meaning", 0x26, 0),
        WRONG("flags that have no meaning", 0x89, 0),
        WRONG("flags that have no meaning", 0x8b, 0),
        WRONG("flags that have no meaning", 0x1c, 0),
        WRONG("used before it is told", 0x01, 5, 0),
        WRONG("used before it is told", 0x01, 255, 0),
        WRONG("goes on behind the end", 0x11, 5, 8, 3),
        WRONG("no such alignment", 0x11, 5, 8, 32, 0, 0, 0, 0, 0),
        WRONG("no such purpose", 0x11, 5, 8, 3, PURPOSES, 0, 0, 0, 0),
        WRONG("no such source", 0x11, 5, 8, 3, 0, 0x80, 2, 0, 0, 0),
        WRONG("no such call", 0x11, 5, 8, 3, 0, 0, ACRE_TRACE_CALLS, 0, 0),
        WRONG("goes on behind the end", 0x11, 5, 8, 3, 0, 0, 1),
        WRONG("larger than memory", 0x11, 5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
              3, 0, 0, 0, 0, 0),
        WRONG("larger than memory", 0x11, 5, 8, 3, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
              0xff, 0xff, 0xff, 1, 0),
        WRONG("no such call stack", 0x91, 5, 8, 3, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x1f),
        WRONG("goes on behind the end", 0x96, 5, 8, 3, 0, 0, 0, 0),
        WRONG("no such name of a scope", 0x07, 0x80, 2, 0),
        WRONG("no such name of a scope", 0x08, 0x80, 2),
        WRONG("more than 64 bits", 0x07, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
              2),
        WRONG("more than 64 bits", 0x07, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
              0x80, 0),
        WRONG("more than 64 bits", 0x09, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1),
        WRONG("no such thread", 0x0a, 0xff, 0xff, 0xff, 0xff, 0x1f),
        WRONG("no such source", 0x05, 0x80, 2),
        WRONG("no such frame", 0x0b, 0xff, 0xff, 0xff, 0xff, 0x1f, 0, 0),
        WRONG("no such module", 0x0b, 0, 0xff, 0xff, 0xff, 0xff, 0x1f, 0),
        WRONG("goes on behind the end", 0x0b, 0, 0),
        WRONG("path of a module is longer", 0x0c, 0x81, 0x20, 'a'),
        WRONG("goes on behind the end", 0x0c, 2, 'a'),
        WRONG("zero byte", 0x0c, 2, 'a', 0, 0, 0, 0, 0),
        WRONG("build id of a module is longer", 0x0c, 1, 'a', 65, 0),
        WRONG("goes on behind the end", 0x0c, 1, 'a', 2, 0),
        WRONG("goes on behind the end", 0x0c, 1, 'a', 0, 0, 0),
        WRONG("goes on behind the end", 0x0f, 1, 0, 5, 'a', 'b'),
        WRONG("goes on behind the end", 0x0f, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
              0xff, 1),
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct acre_trace_cursor cursor = {wrong[i].bytes, wrong[i].bytes + wrong[i].count};
        struct acre_trace_codec codec;
        struct acre_trace_event event;
        const char *why;

        acre_trace_codec_begin(&codec, 100, 1);
        why = acre_trace_decode(&codec, &cursor, PURPOSES, &event);
        cr_assert(why != NULL && strstr(why, wrong[i].sentence) != NULL, "%zu: %s", i,
                  why != NULL ? why : "taken");
        cr_assert_leq(cursor.at, cursor.end);
    }
}

MTest(trace_codec, what_is_cut_of_long_strings_is_their_end)
{
    static unsigned char bytes[ACRE_TRACE_MOST_EVENT_BYTES];
    static char path[ACRE_TRACE_MOST_PATH_BYTES + 100];
    struct acre_trace_codec codec;
    struct acre_trace_event event = {.kind = ACRE_TRACE_MODULE};
    struct acre_trace_cursor cursor = {bytes, bytes};

    memset(path, 'x', sizeof path);
    event.module = (struct acre_trace_module){.path = path, .path_bytes = sizeof path};
    acre_trace_codec_begin(&codec, 0, 1);
    cursor.end = acre_trace_encode(&codec, &event, bytes);
    cr_assert(acre_trace_decode(&codec, &cursor, PURPOSES, &event) == NULL);
    cr_assert_eq(event.module.path_bytes, ACRE_TRACE_MOST_PATH_BYTES);
    cr_assert_eq(event.module.build_id_bytes, 0);
}

MTest(trace_codec, calls_have_the_names_of_their_functions)
{
    cr_assert_str_eq(acre_trace_call_name(ACRE_TRACE_CALL_MALLOC), "malloc");
    cr_assert_str_eq(acre_trace_call_name(ACRE_TRACE_CALL_PVALLOC), "pvalloc");
    cr_assert_str_eq(acre_trace_call_name(ACRE_TRACE_CALL_NONE), "?");
    cr_assert_str_eq(acre_trace_call_name(ACRE_TRACE_CALLS), "?");
    for (unsigned i = 0; i < ACRE_TRACE_CALLS; i++)
        cr_assert(acre_trace_call_name((enum acre_trace_call)i) != NULL);
}
