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

static const char limit_reached[] = "the most bytes that it may have were reached";

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

/* A block with its header; the payload is in place behind the room for it, packed if
 * `unpacked_bytes` are told. */
static bool write_block(struct acre_trace_writer *writer, unsigned char *at,
                        const struct acre_trace_block *block)
{
    const unsigned char *payload = at + ACRE_TRACE_BLOCK_HEADER_BYTES;
    size_t bytes = ACRE_TRACE_BLOCK_HEADER_BYTES + block->payload_bytes;

    memcpy(at, acre_trace_block_magic, sizeof acre_trace_block_magic);
    acre_trace_put_u32(at + 4, block->kind);
    acre_trace_put_u64(at + 8, writer->blocks);
    acre_trace_put_u64(at + 16, block->time_ns);
    acre_trace_put_u32(at + 24, block->thread);
    acre_trace_put_u32(at + 28, block->events);
    acre_trace_put_u32(at + 32, block->payload_bytes);
    acre_trace_put_u32(at + 36, block->unpacked_bytes);
    acre_trace_put_u64(at + 40, XXH3_64bits(payload, block->payload_bytes));
    acre_trace_put_u64(at + 48, XXH3_64bits(at, 48));
    if (!write_all(writer->file, at, bytes))
        return false;
    writer->file_bytes += bytes;
    return true;
}

static void begin_block(struct acre_trace_writer *writer, uint64_t time_ns, uint32_t thread)
{
    writer->begin_ns = time_ns;
    writer->begin_thread = thread;
    writer->cursor = writer->block + ACRE_TRACE_BLOCK_HEADER_BYTES;
    acre_trace_codec_begin(&writer->codec, time_ns, thread);
}

/* Those of the block are what was told less what was written or dropped. */
static uint64_t block_events(const struct acre_trace_writer *writer)
{
    uint64_t told = 0;

    for (size_t k = 0; k < ACRE_TRACE_KINDS; k++)
        told += writer->counts[k];
    return told - writer->events - writer->dropped;
}

/* Packed where that is shorter. */
static bool write_events(struct acre_trace_writer *writer, struct acre_trace_block *block)
{
    unsigned char *at = writer->block;
    size_t packed_bytes = 0;

    if (writer->packed != NULL)
        packed_bytes =
            acre_trace_pack(&writer->packer, at + ACRE_TRACE_BLOCK_HEADER_BYTES,
                            block->payload_bytes, writer->packed + ACRE_TRACE_BLOCK_HEADER_BYTES);
    if (packed_bytes > 0) {
        at = writer->packed;
        block->unpacked_bytes = block->payload_bytes;
        block->payload_bytes = (uint32_t)packed_bytes;
    }
    if (writer->file_bytes + ACRE_TRACE_BLOCK_HEADER_BYTES + block->payload_bytes +
            TRAILER_BLOCK_BYTES >
        writer->limit_bytes) {
        stop(writer, ACRE_TRACE_END_LIMIT, 0);
        return false;
    }
    return write_block(writer, at, block);
}

/* Ends the block, if there are events in it. */
static void flush(struct acre_trace_writer *writer)
{
    struct acre_trace_block block = {
        .kind = ACRE_TRACE_BLOCK_EVENTS,
        .events = (uint32_t)block_events(writer),
        .payload_bytes = (uint32_t)(writer->cursor - writer->block) - ACRE_TRACE_BLOCK_HEADER_BYTES,
        .time_ns = writer->begin_ns,
        .thread = writer->begin_thread,
    };

    if (block.events == 0)
        return;
    if (may_write(writer) && write_events(writer, &block)) {
        writer->blocks++;
        writer->events += block.events;
    } else {
        stop(writer, ACRE_TRACE_END_ERROR, errno);
        writer->dropped += block.events;
    }
}

/* Into the block, where there is room for it. NULL, or why it cannot be written. */
static const char *write_header(struct acre_trace_writer *writer,
                                const struct acre_trace_about *about)
{
    size_t bytes = acre_trace_put_header(about, writer->block, ACRE_TRACE_BLOCK_BYTES);

    if (writer->file_bytes + bytes + TRAILER_BLOCK_BYTES > writer->limit_bytes)
        return limit_reached;
    if (!write_all(writer->file, writer->block, bytes))
        return strerror(errno);
    writer->file_bytes += bytes;
    return NULL;
}

/* Events ----------------------------------------------------------------------------------------
 */

void acre_trace_put_at(struct acre_trace_writer *writer, const struct acre_trace_event *event,
                       uint64_t time_ns, uint32_t thread)
{
    if (time_ns < writer->codec.time_ns)
        time_ns = writer->codec.time_ns;
    if (writer->end == 0 && writer->cursor > writer->full) {
        flush(writer);
        begin_block(writer, time_ns, thread);
    }
    writer->counts[event->kind]++;
    if (writer->end != 0) {
        writer->dropped++;
        return;
    }
    if (writer->codec.time_ns != time_ns)
        writer->cursor = acre_trace_put_time(&writer->codec, time_ns, writer->cursor);
    if (writer->codec.thread != thread)
        writer->cursor = acre_trace_put_thread(&writer->codec, thread, writer->cursor);
    writer->cursor = acre_trace_encode(&writer->codec, event, writer->cursor);
}

/* A block begins with a time of its own. */
void acre_trace_put(struct acre_trace_writer *writer, const struct acre_trace_event *event)
{
    bool is_due = writer->until_stamp == 0 || writer->cursor > writer->full;
    uint64_t time_ns = is_due ? now_ns() : writer->codec.time_ns;

    writer->until_stamp = (is_due ? ACRE_TRACE_EVENTS_A_STAMP : writer->until_stamp) - 1;
    acre_trace_put_at(writer, event, time_ns, this_thread());
}

/* Of no time and no thread of their own. */
static bool put_definition(struct acre_trace_writer *writer, const struct acre_trace_event *event)
{
    acre_trace_put_at(writer, event, writer->codec.time_ns, writer->codec.thread);
    return writer->end == 0;
}

uint32_t acre_trace_put_module(struct acre_trace_writer *writer,
                               const struct acre_trace_module *module)
{
    const struct acre_trace_event told = {.kind = ACRE_TRACE_MODULE, .module = *module};

    if (writer->modules == ACRE_TRACE_MOST_MODULES || !put_definition(writer, &told))
        return 0;
    return ++writer->modules;
}

uint32_t acre_trace_put_frame(struct acre_trace_writer *writer,
                              const struct acre_trace_frame *frame)
{
    const struct acre_trace_event told = {.kind = ACRE_TRACE_FRAME, .frame = *frame};

    if (writer->frames == ACRE_TRACE_MOST_FRAMES || !put_definition(writer, &told))
        return 0;
    return ++writer->frames;
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

static void release(struct acre_trace_writer *writer)
{
    acre_free(writer->memory, writer->block, block_layout);
    acre_free(writer->memory, writer->packed, block_layout);
    acre_trace_packer_fini(&writer->packer);
    writer->block = writer->packed = NULL;
}

static bool allocate(struct acre_trace_writer *writer, int packing_level)
{
    writer->block = acre_allocate(writer->memory, block_layout);
    if (writer->block == NULL)
        return false;
    /* Touched now: no page is added while something is measured. */
    memset(writer->block, 0, ACRE_TRACE_BLOCK_BYTES);
    if (packing_level == 0)
        return true;
    writer->packed = acre_allocate(writer->memory, block_layout);
    return writer->packed != NULL &&
           acre_trace_packer_init(&writer->packer, writer->memory, packing_level);
}

/* A trailer is the last that was written, so that what is put behind it will be found. */
static bool ends_with_a_trailer(int file, off_t file_bytes)
{
    unsigned char at[TRAILER_BLOCK_BYTES];

    return file_bytes >= (off_t)sizeof at &&
           pread(file, at, sizeof at, file_bytes - (off_t)sizeof at) == (ssize_t)sizeof at &&
           memcmp(at, acre_trace_block_magic, sizeof acre_trace_block_magic) == 0 &&
           acre_trace_u32(at + 4) == ACRE_TRACE_BLOCK_TRAILER &&
           acre_trace_u64(at + 48) == XXH3_64bits(at, 48) &&
           acre_trace_u64(at + 40) ==
               XXH3_64bits(at + ACRE_TRACE_BLOCK_HEADER_BYTES, ACRE_TRACE_TRAILER_BYTES);
}

/* NULL, or why nothing can be written there. */
static const char *open_file(struct acre_trace_writer *writer, bool appends)
{
    int how = appends ? O_RDWR | O_CREAT : O_WRONLY | O_CREAT | O_TRUNC;
    off_t end;

    writer->file = open(writer->path, how | O_CLOEXEC | O_NOCTTY, 0666);
    if (writer->file < 0)
        return strerror(errno);
    if (!appends)
        return NULL;
    end = lseek(writer->file, 0, SEEK_END);
    if (end < 0)
        return strerror(errno);
    if (end > 0 && !ends_with_a_trailer(writer->file, end))
        return "it does not end with a whole trace, behind which another could stand";
    writer->file_bytes = (uint64_t)end;
    return NULL;
}

/* What of a header was written is taken back from a file that had something. */
static bool give_up(struct acre_trace_writer *writer, const char *why, char *error,
                    size_t error_bytes)
{
    refuse(writer->path, why, error, error_bytes);
    release(writer);
    if (writer->file < 0)
        return false;
    if (writer->file_bytes > 0 && ftruncate(writer->file, (off_t)writer->file_bytes) != 0)
        refuse(writer->path, "a part of a header stands at its end", error, error_bytes);
    close(writer->file);
    return false;
}

bool acre_trace_writer_open(struct acre_trace_writer *writer, struct acre_alloc *memory,
                            const char *path, const struct acre_trace_options *options,
                            const struct acre_trace_about *about, char *error, size_t error_bytes)
{
    const char *why;

    *writer = (struct acre_trace_writer){
        .sink = {.on_event = on_event},
        .memory = memory,
        .packer = {.memory = memory},
        .path = path,
        .file = -1,
        .process = getpid(),
        .limit_bytes = options->limit_bytes,
    };
    if (!allocate(writer, options->packing_level))
        return give_up(writer, strerror(ENOMEM), error, error_bytes);
    why = open_file(writer, options->appends);
    if (why == NULL)
        why = write_header(writer, about);
    if (why != NULL)
        return give_up(writer, why, error, error_bytes);
    writer->full = writer->block + ACRE_TRACE_BLOCK_BYTES - ACRE_TRACE_MOST_EVENT_BYTES;
    begin_block(writer, options->begin_ns != 0 ? options->begin_ns : now_ns(), 0);
    return true;
}

static bool write_trailer(struct acre_trace_writer *writer, const struct acre_trace_ending *ending)
{
    unsigned char *at = writer->block + ACRE_TRACE_BLOCK_HEADER_BYTES;
    bool is_cut = writer->end != 0;
    const struct acre_trace_block block = {
        .kind = ACRE_TRACE_BLOCK_TRAILER,
        .payload_bytes = ACRE_TRACE_TRAILER_BYTES,
        .time_ns =
            ending->time_ns > writer->codec.time_ns ? ending->time_ns : writer->codec.time_ns,
        .thread = writer->codec.thread,
    };

    acre_trace_put_u32(at, (uint32_t)(is_cut ? writer->end : ending->end));
    acre_trace_put_u32(at + 4, is_cut ? (uint32_t)writer->error : ending->error);
    acre_trace_put_u64(at + 8, writer->blocks);
    acre_trace_put_u64(at + 16, writer->events);
    acre_trace_put_u64(at + 24, writer->dropped + ending->dropped);
    acre_trace_put_u64(at + 32, ending->overhead_ns);
    return write_block(writer, writer->block, &block);
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

bool acre_trace_writer_close(struct acre_trace_writer *writer,
                             const struct acre_trace_ending *ending, char *error,
                             size_t error_bytes)
{
    const struct acre_trace_ending now = {.end = ACRE_TRACE_END_FINISHED, .time_ns = now_ns()};
    char why[256];

    if (writer->end == 0)
        flush(writer);
    if (may_write(writer) && !writer->is_torn &&
        !write_trailer(writer, ending != NULL ? ending : &now) && writer->error == 0)
        writer->error = errno;
    if (!sync_and_close(writer->file) && writer->error == 0)
        writer->error = errno;
    release(writer);
    if (writer->end == 0 && writer->error == 0)
        return true;
    snprintf(why, sizeof why, "%s; %" PRIu64 " of %" PRIu64 " events are there",
             writer->end == ACRE_TRACE_END_LIMIT ? limit_reached : strerror(writer->error),
             writer->events, writer->events + writer->dropped);
    return refuse(writer->path, why, error, error_bytes);
}
