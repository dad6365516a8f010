#include "trace/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "alloc/books.h"

enum { TRAILER_BLOCK_BYTES = ACRE_TRACE_BLOCK_HEADER_BYTES + ACRE_TRACE_TRAILER_BYTES };

static const struct acre_layout block_layout = {ACRE_TRACE_BLOCK_BYTES, 64, ACRE_PURPOSE_OTHER};

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* The kernel's number, asked for once a thread; 0: not yet. Reached without a call: such a call
 * would cost every event its registers, and in a library that is loaded early it would allocate. */
static _Thread_local uint32_t known_thread __attribute__((tls_model("initial-exec")));

static uint32_t this_thread(void)
{
    if (known_thread == 0)
        known_thread = (uint32_t)gettid();
    return known_thread;
}

/* The file --------------------------------------------------------------------------------------
 */

/* False: errno tells the cause, and any part of it may have been written. */
static bool write_all(int file, const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(file, bytes, count);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            errno = written == 0 ? ENOSPC : errno;
            return false;
        }
        bytes += written;
        count -= (size_t)written;
    }
    return true;
}

/* A child of fork has the descriptor too: two that write to it would spoil the trace of both. */
static bool may_write(const struct acre_trace_writer *writer)
{
    return getpid() == writer->process;
}

/* The first cause stays. What is part of a block is cut off, which also makes room on a full disk;
 * what is no regular file keeps it, and gets no trailer. */
static void stop(struct acre_trace_writer *writer, enum acre_trace_end end, int error)
{
    if (writer->end != 0)
        return;
    writer->end = end;
    writer->error = error;
    writer->full = NULL;
    if (end == ACRE_TRACE_END_ERROR && may_write(writer))
        writer->is_torn = ftruncate(writer->file, (off_t)writer->file_bytes) != 0 ||
                          lseek(writer->file, (off_t)writer->file_bytes, SEEK_SET) < 0;
}

/* A block with its header; the payload is in place behind the room for it. */
static bool write_block(struct acre_trace_writer *writer, enum acre_trace_block_kind kind,
                        uint32_t events, size_t payload_bytes)
{
    unsigned char *at = writer->block;
    size_t bytes = ACRE_TRACE_BLOCK_HEADER_BYTES + payload_bytes;

    memcpy(at, acre_trace_block_magic, sizeof acre_trace_block_magic);
    acre_trace_put_u32(at + 4, (uint32_t)kind);
    acre_trace_put_u64(at + 8, writer->blocks);
    acre_trace_put_u64(at + 16, writer->begin_ns);
    acre_trace_put_u32(at + 24, writer->begin_thread);
    acre_trace_put_u32(at + 28, events);
    acre_trace_put_u32(at + 32, (uint32_t)payload_bytes);
    acre_trace_put_u32(at + 36, 0);
    acre_trace_put_u64(at + 40, XXH3_64bits(at + ACRE_TRACE_BLOCK_HEADER_BYTES, payload_bytes));
    acre_trace_put_u64(at + 48, XXH3_64bits(at, 48));
    if (!write_all(writer->file, at, bytes))
        return false;
    writer->file_bytes += bytes;
    return true;
}

static void begin_block(struct acre_trace_writer *writer)
{
    writer->begin_ns = now_ns();
    writer->begin_thread = this_thread();
    writer->cursor = writer->block + ACRE_TRACE_BLOCK_HEADER_BYTES;
    writer->until_stamp = ACRE_TRACE_EVENTS_A_STAMP - 1;
    acre_trace_codec_begin(&writer->codec, writer->begin_ns, writer->begin_thread);
}

/* Those of the block are what was told less what was written or dropped. */
static uint64_t block_events(const struct acre_trace_writer *writer)
{
    uint64_t told = 0;

    for (size_t k = 0; k < ACRE_TRACE_KINDS; k++)
        told += writer->counts[k];
    return told - writer->events - writer->dropped;
}

static void flush(struct acre_trace_writer *writer)
{
    uint64_t events = block_events(writer);
    size_t payload_bytes = (size_t)(writer->cursor - writer->block) - ACRE_TRACE_BLOCK_HEADER_BYTES;
    uint64_t wanted_bytes = writer->file_bytes + ACRE_TRACE_BLOCK_HEADER_BYTES + payload_bytes;
    bool is_written = false;

    if (may_write(writer) && wanted_bytes + TRAILER_BLOCK_BYTES > writer->limit_bytes)
        stop(writer, ACRE_TRACE_END_LIMIT, 0);
    else if (may_write(writer))
        is_written = write_block(writer, ACRE_TRACE_BLOCK_EVENTS, (uint32_t)events, payload_bytes);
    if (is_written) {
        writer->blocks++;
        writer->events += events;
    } else {
        stop(writer, ACRE_TRACE_END_ERROR, errno);
        writer->dropped += events;
    }
    begin_block(writer);
}

/* The header ------------------------------------------------------------------------------------
 */

static void put_field(FILE *stream, const char *key, const char *value)
{
    if (value != NULL && value[0] != '\0')
        fprintf(stream, "%s=%s%c", key, value, '\0');
}

static void put_number(FILE *stream, const char *key, uint64_t number)
{
    fprintf(stream, "%s=%" PRIu64 "%c", key, number, '\0');
}

static void put_purposes(FILE *stream)
{
    fputs("purposes=", stream);
    for (int p = 0; p < ACRE_PURPOSE_COUNT; p++)
        fprintf(stream, "%s%s", p == 0 ? "" : ",", acre_purpose_name((enum acre_purpose)p));
    putc('\0', stream);
}

static void put_fields(FILE *stream, const struct acre_trace_about *about)
{
    const struct acre_identity *allocator = about->allocator;
    const time_t now = time(NULL);
    struct tm utc;
    char started[32] = "";

    if (gmtime_r(&now, &utc) != NULL)
        strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    put_field(stream, "producer", about->producer);
    put_field(stream, "objects", "address");
    put_purposes(stream);
    put_field(stream, "clock", "CLOCK_MONOTONIC");
    put_number(stream, "events_a_stamp", ACRE_TRACE_EVENTS_A_STAMP);
    put_number(stream, "pointer_bytes", sizeof(void *));
    put_number(stream, "pid", (uint64_t)getpid());
    put_field(stream, "started", started);
    put_field(stream, "workload", about->workload);
    put_field(stream, "strategy", about->strategy);
    put_field(stream, "command", about->command);
    if (allocator != NULL) {
        put_field(stream, "allocator_path", allocator->path);
        put_field(stream, "allocator_version", allocator->version);
        put_field(stream, "allocator_build_id", allocator->build_id);
    }
}

/* Into the block, where there is room for all that a header may have: a command line that is longer
 * is left out. errno tells the cause of a failure. */
static bool write_header(struct acre_trace_writer *writer, const struct acre_trace_about *about)
{
    struct acre_trace_about shorter = *about;
    unsigned char *at = writer->block;
    char *fields = (char *)at + ACRE_TRACE_HEADER_BYTES;
    size_t room = ACRE_TRACE_BLOCK_BYTES - ACRE_TRACE_HEADER_BYTES;
    FILE *stream = fmemopen(fields, room, "w");
    long bytes;

    if (stream == NULL)
        return false;
    if (about->command != NULL && strlen(about->command) > room / 2)
        shorter.command = NULL;
    put_fields(stream, &shorter);
    bytes = ftell(stream);
    if (fclose(stream) != 0 || bytes < 0)
        return false;
    memcpy(at, acre_trace_magic, sizeof acre_trace_magic);
    acre_trace_put_u32(at + 8, ACRE_TRACE_VERSION);
    acre_trace_put_u32(at + 12, ACRE_TRACE_PROBE);
    acre_trace_put_u32(at + 16, (uint32_t)bytes);
    acre_trace_put_u32(at + 20, 0);
    acre_trace_put_u64(at + 24, XXH3_64bits_withSeed(fields, (size_t)bytes, XXH3_64bits(at, 24)));
    bytes += ACRE_TRACE_HEADER_BYTES;
    if (!write_all(writer->file, at, (size_t)bytes))
        return false;
    writer->file_bytes = (uint64_t)bytes;
    return true;
}

/* Events ----------------------------------------------------------------------------------------
 */

void acre_trace_put(struct acre_trace_writer *writer, const struct acre_trace_event *event)
{
    uint32_t thread = this_thread();

    if (writer->end == 0 && writer->cursor > writer->full)
        flush(writer);
    writer->counts[event->kind]++;
    if (writer->end != 0) {
        writer->dropped++;
        return;
    }
    if (writer->until_stamp-- == 0) {
        writer->until_stamp = ACRE_TRACE_EVENTS_A_STAMP - 1;
        writer->cursor = acre_trace_put_time(&writer->codec, now_ns(), writer->cursor);
    }
    if (writer->codec.thread != thread)
        writer->cursor = acre_trace_put_thread(&writer->codec, thread, writer->cursor);
    writer->cursor = acre_trace_encode(&writer->codec, event, writer->cursor);
}

/* As in books: what is not known is the first. */
static uint32_t source_of(uint32_t source)
{
    return source < ACRE_TRACE_MOST_SOURCES ? source : 0;
}

static __attribute__((noinline)) void put_event(struct acre_trace_writer *writer,
                                                const struct acre_event *event)
{
    static const enum acre_trace_kind kinds[] = {
        [ACRE_EVENT_ALLOCATE] = ACRE_TRACE_ALLOCATE, [ACRE_EVENT_FREE] = ACRE_TRACE_FREE,
        [ACRE_EVENT_RESIZE] = ACRE_TRACE_RESIZE,     [ACRE_EVENT_RESET] = ACRE_TRACE_RESET,
        [ACRE_EVENT_REFUSE] = ACRE_TRACE_REFUSE,
    };
    struct acre_trace_event told = {
        .kind = kinds[event->kind],
        .source = source_of(event->source),
        .object = (uint64_t)(uintptr_t)event->address,
        .layout = event->layout,
        .old_bytes = event->old_bytes,
        .usable_bytes = event->kind == ACRE_EVENT_FREE ? 0 : event->usable_bytes,
    };

    told.layout.purpose = acre_books_purpose(told.layout.purpose);
    acre_trace_put(writer, &told);
}

/* Nearly all events are births and deaths that need nothing but their name told. They go a way
 * without a call, so that no register is saved; any other is left to put_event. */
static void on_event(struct acre_sink *sink, const struct acre_event *event)
{
    struct acre_trace_writer *writer = (void *)sink; /* it is one, and aligned as one */
    bool is_birth = event->kind == ACRE_EVENT_ALLOCATE;
    enum acre_trace_kind kind = is_birth ? ACRE_TRACE_ALLOCATE : ACRE_TRACE_FREE;
    bool is_usual = event->kind <= ACRE_EVENT_FREE && event->usable_bytes == 0 &&
                    writer->until_stamp > 0 && writer->cursor <= writer->full &&
                    writer->codec.thread == known_thread;
    unsigned char *behind = NULL;

    if (__builtin_expect(is_usual, 1))
        behind = acre_trace_encode_known(&writer->codec, kind, event->layout, event->source,
                                         (uint64_t)(uintptr_t)event->address, writer->cursor);
    if (__builtin_expect(behind == NULL, 0)) {
        put_event(writer, event);
        return;
    }
    writer->counts[kind]++;
    writer->until_stamp--;
    writer->cursor = behind;
}

void acre_trace_source(struct acre_trace_writer *writer, uint32_t source, const char *name)
{
    const struct acre_trace_event told = {
        .kind = ACRE_TRACE_OTHER,
        .type = ACRE_TRACE_TYPE_SOURCE,
        .source = source_of(source),
        .text = name,
        .text_bytes = strlen(name),
    };

    acre_trace_put(writer, &told);
}

/* A scope begins at a time of its own. */
void acre_trace_scope_begin(struct acre_trace_writer *writer, uint64_t scope)
{
    const struct acre_trace_event told = {.kind = ACRE_TRACE_SCOPE_BEGIN, .scope = scope};

    writer->sink.scope = scope;
    writer->until_stamp = 0;
    acre_trace_put(writer, &told);
}

void acre_trace_scope_end(struct acre_trace_writer *writer)
{
    const struct acre_trace_event told = {.kind = ACRE_TRACE_SCOPE_END};

    acre_trace_put(writer, &told);
}

/* From the first to the last --------------------------------------------------------------------
 */

static bool refuse(const char *path, const char *why, char *error, size_t error_bytes)
{
    snprintf(error, error_bytes, "cannot write %s: %s", path, why);
    return false;
}

static bool give_up(struct acre_trace_writer *writer, char *error, size_t error_bytes)
{
    int cause = errno;

    acre_free(writer->memory, writer->block, block_layout);
    if (writer->file >= 0)
        close(writer->file);
    return refuse(writer->path, strerror(cause), error, error_bytes);
}

bool acre_trace_writer_open(struct acre_trace_writer *writer, struct acre_alloc *memory,
                            const char *path, uint64_t limit_bytes,
                            const struct acre_trace_about *about, char *error, size_t error_bytes)
{
    *writer = (struct acre_trace_writer){
        .sink = {.on_event = on_event},
        .memory = memory,
        .path = path,
        .file = -1,
        .process = getpid(),
        .limit_bytes = limit_bytes,
        .block = acre_allocate(memory, block_layout),
    };
    if (writer->block == NULL) {
        errno = ENOMEM;
        return give_up(writer, error, error_bytes);
    }
    /* Touched now: no page is added while something is measured. */
    memset(writer->block, 0, ACRE_TRACE_BLOCK_BYTES);
    writer->full = writer->block + ACRE_TRACE_BLOCK_BYTES - ACRE_TRACE_MOST_EVENT_BYTES;
    writer->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
    if (writer->file < 0 || !write_header(writer, about))
        return give_up(writer, error, error_bytes);
    begin_block(writer);
    return true;
}

static bool write_trailer(struct acre_trace_writer *writer)
{
    unsigned char *at = writer->block + ACRE_TRACE_BLOCK_HEADER_BYTES;

    begin_block(writer); /* of no events: for the time */
    acre_trace_put_u32(at, (uint32_t)writer->end);
    acre_trace_put_u32(at + 4, (uint32_t)writer->error);
    acre_trace_put_u64(at + 8, writer->blocks);
    acre_trace_put_u64(at + 16, writer->events);
    acre_trace_put_u64(at + 24, writer->dropped);
    return write_block(writer, ACRE_TRACE_BLOCK_TRAILER, 0, ACRE_TRACE_TRAILER_BYTES);
}

/* A device or a pipe cannot be synced, and need not be. */
static bool sync_and_close(int file)
{
    bool synced = fsync(file) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP;
    int cause = errno;
    bool closed = close(file) == 0;

    if (!synced)
        errno = cause;
    return synced && closed;
}

bool acre_trace_writer_close(struct acre_trace_writer *writer, char *error, size_t error_bytes)
{
    char why[256];

    if (block_events(writer) > 0)
        flush(writer);
    if (writer->end == 0)
        writer->end = ACRE_TRACE_END_FINISHED;
    if (may_write(writer) && !writer->is_torn && !write_trailer(writer) && writer->error == 0)
        writer->error = errno;
    if (!sync_and_close(writer->file) && writer->error == 0)
        writer->error = errno;
    acre_free(writer->memory, writer->block, block_layout);
    writer->block = NULL;
    if (writer->end == ACRE_TRACE_END_FINISHED && writer->error == 0)
        return true;
    snprintf(why, sizeof why, "%s; %" PRIu64 " of %" PRIu64 " events are there",
             writer->end == ACRE_TRACE_END_LIMIT ? "the most bytes that it may have were reached"
                                                 : strerror(writer->error),
             writer->events, writer->events + writer->dropped);
    return refuse(writer->path, why, error, error_bytes);
}
