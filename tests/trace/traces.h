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
#include "trace/summary.h"
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

static inline void begin_recording(struct recording *recording, uint64_t limit_bytes)
{
    static const struct acre_identity identity = {"/usr/lib/libmine.so", "1.2", "cafe"};
    const struct acre_trace_about about = {
        .producer = "acre test",
        .command = "test --trace",
        .workload = "test",
        .strategy = "malloc/weak",
        .allocator = &identity,
    };
    char error[256];

    recording->memory = acre_malloc_new();
    recording->file = memory_file();
    cr_assert(acre_trace_writer_open(&recording->writer, recording->memory, recording->file.path,
                                     limit_bytes, &about, error, sizeof error),
              "%s", error);
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

/* One of each kind; in two blocks of the file: the first is full of births and deaths. */
static inline void put_each_kind(struct recording *recording)
{
    struct acre_trace_event event = {
        .kind = ACRE_TRACE_ALLOCATE,
        .object = 0x5000,
        .source = 1,
        .layout = {80000, 64, ACRE_PURPOSE_DATA},
        .usable_bytes = 80008,
        .stack = 7,
    };

    acre_trace_source(&recording->writer, 0, "pinned");
    acre_trace_source(&recording->writer, 1, "region");
    acre_trace_scope_begin(&recording->writer, 41);
    acre_trace_put(&recording->writer, &event);
    put_birth(recording, 0x1000, 40);
    put_birth(recording, 0x1028, 40);
    event = (struct acre_trace_event){
        .kind = ACRE_TRACE_RESIZE,
        .object = 0x1000,
        .layout = {48, 8, ACRE_PURPOSE_NODE},
        .old_bytes = 40,
    };
    acre_trace_put(&recording->writer, &event);
    event = (struct acre_trace_event){
        .kind = ACRE_TRACE_MOVE,
        .object = 0x9001,
        .old_object = 0x1028,
        .layout = {24, 8, ACRE_PURPOSE_NODE},
    };
    acre_trace_put(&recording->writer, &event);
    event.kind = ACRE_TRACE_REFUSE;
    acre_trace_put(&recording->writer, &event);
    event = (struct acre_trace_event){
        .kind = ACRE_TRACE_OTHER, .type = ACRE_TRACE_TYPE_MARK, .text = "here", .text_bytes = 4};
    acre_trace_put(&recording->writer, &event);
    acre_trace_scope_end(&recording->writer);
    event = (struct acre_trace_event){.kind = ACRE_TRACE_RESET, .source = 1};
    acre_trace_put(&recording->writer, &event);
    put_death(recording, 0x1000, 48);
    put_death(recording, 0x9001, 24);
}

enum { EACH_KIND_EVENTS = 14 };

/* A finished trace of them, the caller's to free. */
static inline unsigned char *small_trace(size_t *count)
{
    struct recording recording;
    unsigned char *bytes;
    char error[256];

    begin_recording(&recording, INT64_MAX);
    put_each_kind(&recording);
    cr_assert(acre_trace_writer_close(&recording.writer, error, sizeof error), "%s", error);
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

static inline struct outcome read_path(const char *path)
{
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_trace_reader reader;
    struct acre_trace_event event;
    struct outcome outcome;

    acre_trace_reader_open(&reader, memory, path);
    while (acre_trace_next(&reader, &event) == ACRE_TRACE_READING)
        cr_assert_eq(event.number, reader.events);
    outcome = (struct outcome){reader.state, reader.events, reader.blocks, reader.offset, ""};
    snprintf(outcome.sentence, sizeof outcome.sentence, "%s", reader.sentence);
    acre_trace_reader_close(&reader);
    acre_destroy(memory);
    return outcome;
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

#endif
