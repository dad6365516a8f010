/* Traces for tests: files in memory, a small trace with every kind of event, and what is in one. */
#ifndef ACRE_TESTS_TRACE_TRACES_H
#define ACRE_TESTS_TRACE_TRACES_H

#include "support/mtest.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "alloc/backends.h"
#include "support/memory_file.h"
#include "trace/reader.h"
#include "trace/writer.h"

/* The caller's to free. */
static inline unsigned char *get_bytes_of(const struct memory_file *file, size_t *count)
{
    struct stat state;
    unsigned char *bytes;

    cr_assert_eq(fstat(file->descriptor, &state), 0);
    *count = (size_t)state.st_size;
    bytes = malloc(*count + 1);
    cr_assert_eq(pread(file->descriptor, bytes, *count, 0), (ssize_t)*count);
    return bytes;
}

/* A writer and what it writes to. */
struct recording {
    struct acre_alloc *memory;
    struct memory_file file;
    struct acre_trace_writer writer;
};

static const struct acre_trace_options unlimited = {.limit_bytes = INT64_MAX};

/* With further fields of the header, which end with one that has no key; NULL: none. */
static inline void begin_recording_with(struct recording *recording,
                                        const struct acre_trace_options *options,
                                        const struct acre_trace_field *fields)
{
    static const struct acre_identity identity = {"/usr/lib/libmine.so", "1.2", "cafe"};
    struct acre_trace_about about = {
        .producer = "acre test",
        .command = "test --trace",
        .workload = "test",
        .strategy = "malloc/weak",
        .allocator = &identity,
        .fields = fields,
    };
    char error[256];

    while (fields != NULL && fields[about.field_count].key != NULL)
        about.field_count++;
    cr_assert(acre_trace_writer_open(&recording->writer, recording->memory, recording->file.path,
                                     options, &about, error, sizeof error),
              "%s", error);
}

static inline void begin_recording(struct recording *recording, uint64_t limit_bytes)
{
    const struct acre_trace_options options = {.limit_bytes = limit_bytes};

    recording->memory = acre_malloc_new();
    recording->file = memory_file();
    begin_recording_with(recording, &options, NULL);
}

/* Nothing of what was told is missing. */
static inline void finish_recording(struct recording *recording,
                                    const struct acre_trace_ending *ending)
{
    char error[256];

    cr_assert(acre_trace_writer_close(&recording->writer, ending, error, sizeof error), "%s",
              error);
}

static inline void end_recording(struct recording *recording)
{
    acre_destroy(recording->memory);
    close(recording->file.descriptor);
}

static inline void put_birth(struct recording *recording, uint64_t name, size_t size)
{
    const struct acre_trace_event event = {
        .kind = ACRE_TRACE_ALLOCATE,
        .object = name,
        .layout = {size, 8, ACRE_PURPOSE_NODE},
    };

    acre_trace_put(&recording->writer, &event);
}

static inline void put_death(struct recording *recording, uint64_t name, size_t size)
{
    const struct acre_trace_event event = {
        .kind = ACRE_TRACE_FREE,
        .object = name,
        .layout = {size, 8, ACRE_PURPOSE_NODE},
    };

    acre_trace_put(&recording->writer, &event);
}

static inline void put_text(struct recording *recording, enum acre_trace_type type, uint32_t source,
                            const char *text)
{
    const struct acre_trace_event event = {
        .kind = ACRE_TRACE_OTHER,
        .type = type,
        .source = source,
        .text = text,
        .text_bytes = strlen(text),
    };

    acre_trace_put(&recording->writer, &event);
}

static const struct acre_trace_module some_module = {
    .path = "/usr/bin/some",
    .path_bytes = 13,
    .build_id = (const unsigned char *)"\xca\xfe",
    .build_id_bytes = 2,
    .load_bias = 0x555500000000,
    .first_address = 0x555500001000,
    .bytes = 0x2000,
};

/* One of each kind. */
static inline void put_each_kind(struct recording *recording)
{
    struct acre_trace_writer *writer = &recording->writer;
    const struct acre_trace_frame frames[] = {{0, 1, 0x1234}, {1, 0, 0x1000}};
    struct acre_trace_event event;

    acre_trace_source(writer, 0, "pinned");
    acre_trace_source(writer, 1, "region");
    acre_trace_put_module(writer, &some_module);
    acre_trace_put_frame(writer, &frames[0]);
    acre_trace_put_frame(writer, &frames[1]);
    put_text(recording, ACRE_TRACE_TYPE_SCOPE, 1, "request");
    event = (struct acre_trace_event){
        .kind = ACRE_TRACE_INHERIT, .object = 0x3000, .layout = {100, 16, ACRE_PURPOSE_OTHER}};
    acre_trace_put(writer, &event);
    acre_trace_scope_begin(writer, 41);
    event = (struct acre_trace_event){
        .kind = ACRE_TRACE_ALLOCATE,
        .object = 0x5000,
        .source = 1,
        .layout = {80000, 64, ACRE_PURPOSE_DATA},
        .usable_bytes = 80008,
        .call = ACRE_TRACE_CALL_CALLOC,
        .stack = 2,
    };
    acre_trace_put(writer, &event);
    put_birth(recording, 0x1000, 40);
    put_birth(recording, 0x1028, 40);
    event = (struct acre_trace_event){.kind = ACRE_TRACE_SCOPE_BEGIN, .scope_name = 1, .scope = 7};
    acre_trace_put(writer, &event);
    event = (struct acre_trace_event){
        .kind = ACRE_TRACE_RESIZE,
        .object = 0x1000,
        .layout = {48, 8, ACRE_PURPOSE_NODE},
        .old_bytes = 40,
        .usable_bytes = 48,
    };
    acre_trace_put(writer, &event);
    event = (struct acre_trace_event){
        .kind = ACRE_TRACE_MOVE,
        .object = 0x9001,
        .old_object = 0x1028,
        .layout = {24, 8, ACRE_PURPOSE_NODE},
        .stack = 1,
    };
    acre_trace_put(writer, &event);
    event.kind = ACRE_TRACE_REFUSE;
    acre_trace_put(writer, &event);
    put_text(recording, ACRE_TRACE_TYPE_MARK, 0, "here");
    event = (struct acre_trace_event){.kind = ACRE_TRACE_SCOPE_END, .scope_name = 1};
    acre_trace_put(writer, &event);
    acre_trace_scope_end(writer);
    event = (struct acre_trace_event){.kind = ACRE_TRACE_RESET, .source = 1};
    acre_trace_put(writer, &event);
    put_text(recording, ACRE_TRACE_TYPE_PROCESS, 0, "fork 1234");
    put_text(recording, ACRE_TRACE_TYPE_UNSEEN, 0, "brk");
    put_death(recording, 0x1000, 48);
    put_death(recording, 0x9001, 24);
    put_death(recording, 0x3000, 100);
}

enum { EACH_KIND_EVENTS = 24 };

/* A finished trace of them, the caller's to free. */
static inline unsigned char *small_trace(size_t *count)
{
    struct recording recording;
    unsigned char *bytes;

    begin_recording(&recording, INT64_MAX);
    put_each_kind(&recording);
    finish_recording(&recording, NULL);
    bytes = get_bytes_of(&recording.file, count);
    end_recording(&recording);
    return bytes;
}

/* Where the blocks of a sound trace begin, with the end behind the last. */
static inline size_t places_of_blocks(const unsigned char *bytes, size_t count, size_t *places,
                                      size_t room)
{
    size_t at = ACRE_TRACE_HEADER_BYTES + acre_trace_u32(bytes + 16);
    size_t found = 0;

    while (at < count && found < room) {
        places[found++] = at;
        at += ACRE_TRACE_BLOCK_HEADER_BYTES + acre_trace_u32(bytes + at + 32);
    }
    cr_assert_eq(at, count);
    return found;
}

/* Makes the checksums of a block right, whatever was written into it. */
static inline void seal_block(unsigned char *block)
{
    acre_trace_put_u64(
        block + 40, XXH3_64bits(block + ACRE_TRACE_BLOCK_HEADER_BYTES, acre_trace_u32(block + 32)));
    acre_trace_put_u64(block + 48, XXH3_64bits(block, 48));
}

static inline void seal_header(unsigned char *bytes)
{
    acre_trace_put_u64(bytes + 24,
                       XXH3_64bits_withSeed(bytes + ACRE_TRACE_HEADER_BYTES,
                                            acre_trace_u32(bytes + 16), XXH3_64bits(bytes, 24)));
}

/* How reading a whole trace ended. */
struct outcome {
    enum acre_trace_state state;
    uint64_t events, blocks, offset;
    char sentence[512];
};

static inline struct outcome read_stream(const char *path, uint64_t offset)
{
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_trace_reader reader;
    struct acre_trace_event event;
    struct outcome outcome;

    acre_trace_reader_open(&reader, memory, path, offset);
    while (acre_trace_next(&reader, &event) == ACRE_TRACE_READING)
        cr_assert_eq(event.number, reader.events);
    outcome = (struct outcome){reader.input.state, reader.events, reader.input.blocks,
                               reader.input.offset, ""};
    snprintf(outcome.sentence, sizeof outcome.sentence, "%s", reader.input.sentence);
    acre_trace_reader_close(&reader);
    acre_destroy(memory);
    return outcome;
}

static inline struct outcome read_path(const char *path)
{
    return read_stream(path, 0);
}

static inline struct outcome read_bytes(const struct memory_file *file, const void *bytes,
                                        size_t count)
{
    put_bytes(file, bytes, count);
    return read_path(file->path);
}

/* One sentence, on one line, that names the file. */
static inline void is_one_line(const struct outcome *outcome)
{
    cr_assert_eq(strncmp(outcome->sentence, "/proc/self/fd/", 14), 0, "%s", outcome->sentence);
    for (const char *at = outcome->sentence; *at != '\0'; at++)
        cr_assert((unsigned char)*at >= 32 && *at != 127, "control character in: %s",
                  outcome->sentence);
}

/* The next event, which is of that kind. */
static inline enum acre_trace_state expect_next(struct acre_trace_reader *reader,
                                                struct acre_trace_event *event,
                                                enum acre_trace_kind kind)
{
    enum acre_trace_state state = acre_trace_next(reader, event);

    cr_assert_eq(state, ACRE_TRACE_READING, "%s", reader->input.sentence);
    cr_assert_eq(event->kind, kind);
    return state;
}

#endif
