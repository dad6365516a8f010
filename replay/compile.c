#include "replay/compile.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc/grow.h"
#include "profile/threads.h"
#include "replay/touch.h"

enum { BUFFERED = 4096, EVENTS_A_PROGRESS = 1 << 20, MALLOC_ALIGN = 16 };

struct compiling {
    struct acre_program program; /* the header, so far */
    const struct acre_trace_objects *objects;
    struct acre_alloc *memory;
    enum acre_compiled state;
    int file;
    struct acre_operation buffer[BUFFERED];
    size_t buffered;
    uint64_t *numbers; /* of the operation that wrote the contents, by slot */
    size_t number_count, number_capacity;
    uint64_t live_bytes, first_ns;
    struct acre_threads_seen threads;
};

/* Operations -------------------------------------------------------------------------------------
 */

static bool fail(struct compiling *compiling, enum acre_compiled why)
{
    if (compiling->state == ACRE_COMPILED)
        compiling->state = why;
    return false;
}

static bool write_all(int file, const void *bytes, size_t count)
{
    const char *at = bytes;

    while (count > 0) {
        ssize_t written = write(file, at, count);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        count -= (size_t)written;
    }
    return true;
}

static bool flush(struct compiling *compiling)
{
    size_t bytes = compiling->buffered * sizeof *compiling->buffer;

    compiling->buffered = 0;
    return write_all(compiling->file, compiling->buffer, bytes) ||
           fail(compiling, ACRE_COMPILE_NO_MEMORY);
}

/* `upper`: of the word that has a slot, or what stands for one. */
static bool put(struct compiling *compiling, enum acre_operation_kind kind, uint64_t upper,
                size_t size)
{
    compiling->buffer[compiling->buffered++] = (struct acre_operation){
        .what = (uint32_t)(upper << ACRE_PLAY_KIND_BITS) | (uint32_t)kind,
        .size = (uint32_t)size,
    };
    compiling->program.operations++;
    return compiling->buffered < BUFFERED || flush(compiling);
}

/* malloc's own alignment needs no word, larger ones and large sizes do. */
static bool put_about(struct compiling *compiling, enum acre_operation_kind kind, uint32_t slot,
                      struct acre_layout layout)
{
    uint32_t align = layout.align <= MALLOC_ALIGN ? (uint32_t)ACRE_PLAY_ALIGN : layout.align;

    if ((align != ACRE_PLAY_ALIGN || layout.size > UINT32_MAX) &&
        !put(compiling, ACRE_PLAY_WIDE, (unsigned)__builtin_ctz(align), layout.size >> 32))
        return false;
    return put(compiling, kind, slot, layout.size);
}

/* Events -----------------------------------------------------------------------------------------
 */

static void expect(struct compiling *compiling, uint32_t slot, size_t size)
{
    for (unsigned touch = 0; touch < ACRE_TOUCHES; touch++)
        compiling->program.checksums[touch] +=
            acre_touch_expected((enum acre_touch)touch, size, compiling->numbers[slot]);
}

static void count_live(struct compiling *compiling, uint64_t more, uint64_t less)
{
    struct acre_program *program = &compiling->program;

    compiling->live_bytes += more - less;
    if (compiling->live_bytes > program->peak_bytes)
        program->peak_bytes = compiling->live_bytes;
}

static bool has_number_for(struct compiling *compiling, uint32_t slot)
{
    while (compiling->number_count <= slot) {
        if (!acre_grow(compiling->memory, &compiling->numbers, compiling->number_count,
                       &compiling->number_capacity, sizeof *compiling->numbers))
            return fail(compiling, ACRE_COMPILE_NO_MEMORY);
        compiling->numbers[compiling->number_count++] = 0;
    }
    return true;
}

static bool bear(struct compiling *compiling, const struct acre_trace_event *event)
{
    struct acre_program *program = &compiling->program;
    bool is_cleared = event->call == ACRE_TRACE_CALL_CALLOC && event->kind == ACRE_TRACE_ALLOCATE;
    uint32_t slot = (uint32_t)event->object;

    if (event->object >= ACRE_PLAY_MOST_SLOTS)
        return fail(compiling, ACRE_COMPILE_TOO_LARGE);
    if (!has_number_for(compiling, slot) ||
        !put_about(compiling, is_cleared ? ACRE_PLAY_ALLOCATE_CLEARED : ACRE_PLAY_ALLOCATE, slot,
                   event->layout))
        return false;
    compiling->numbers[slot] = program->operations;
    program->births++;
    program->inherited += event->kind == ACRE_TRACE_INHERIT;
    program->requested_bytes += event->layout.size;
    if (event->layout.size > program->largest_bytes)
        program->largest_bytes = event->layout.size;
    count_live(compiling, event->layout.size, 0);
    return true;
}

static bool die(struct compiling *compiling, uint64_t object, struct acre_layout layout)
{
    expect(compiling, (uint32_t)object, layout.size);
    count_live(compiling, 0, layout.size);
    compiling->program.deaths++;
    return put_about(compiling, ACRE_PLAY_FREE, (uint32_t)object, layout);
}

static bool resize(struct compiling *compiling, const struct acre_trace_event *event)
{
    struct acre_program *program = &compiling->program;
    uint32_t slot = (uint32_t)event->object;
    size_t size = event->layout.size;
    size_t kept = event->old_bytes < size ? event->old_bytes : size;
    uint64_t first = acre_touch_expected_first(kept, compiling->numbers[slot]);

    expect(compiling, slot, event->old_bytes);
    for (unsigned touch = ACRE_TOUCH_FIRST; touch < ACRE_TOUCHES; touch++)
        program->checksums[touch] += first;
    if (!put_about(compiling, ACRE_PLAY_RESIZE, slot, event->layout))
        return false;
    compiling->numbers[slot] = program->operations;
    program->resizes++;
    program->requested_bytes += size - kept;
    if (size > program->largest_bytes)
        program->largest_bytes = size;
    count_live(compiling, size, event->old_bytes);
    return put(compiling, ACRE_PLAY_OLD_SIZE, event->old_bytes >> 32, event->old_bytes);
}

/* From the newest of the source to the oldest. */
static bool drop(struct compiling *compiling, uint32_t source)
{
    const struct acre_trace_objects *objects = compiling->objects;

    for (uint32_t id = objects->newest[source]; id != ACRE_TRACE_NO_OBJECT;
         id = objects->slots[id].before)
        if (!die(compiling, id, objects->slots[id].layout))
            return false;
    return true;
}

static bool compile_call(struct compiling *compiling, const struct acre_trace_event *event)
{
    compiling->program.unknown += event->is_unknown;
    if (event->replaces && !die(compiling, event->replaced, event->replaced_layout))
        return false;
    switch (event->kind) {
    case ACRE_TRACE_ALLOCATE:
    case ACRE_TRACE_INHERIT:
        return bear(compiling, event);
    case ACRE_TRACE_FREE:
        return event->is_unknown || die(compiling, event->object, event->layout);
    case ACRE_TRACE_RESIZE:
        return event->is_unknown || resize(compiling, event);
    case ACRE_TRACE_MOVE:
        return event->is_unknown ? bear(compiling, event) : resize(compiling, event);
    case ACRE_TRACE_RESET:
        return drop(compiling, event->source);
    case ACRE_TRACE_REFUSE:
        compiling->program.refused++;
        return true;
    default:
        return true;
    }
}

static bool is_call(const struct acre_trace_event *event)
{
    switch (event->kind) {
    case ACRE_TRACE_ALLOCATE:
    case ACRE_TRACE_FREE:
    case ACRE_TRACE_RESIZE:
    case ACRE_TRACE_MOVE:
    case ACRE_TRACE_RESET:
        return true;
    default:
        return false;
    }
}

static bool compile_event(struct compiling *compiling, const struct acre_trace_event *event)
{
    if (event->number == 1)
        compiling->first_ns = event->time_ns;
    if (is_call(event) && acre_threads_seen_find(&compiling->threads, event->thread) == NULL)
        return fail(compiling, ACRE_COMPILE_NO_MEMORY);
    return compile_call(compiling, event);
}

/* From the first to the last ---------------------------------------------------------------------
 */

static bool compile_events(struct compiling *compiling, struct acre_trace_reader *reader,
                           void (*progress)(void *to, uint64_t events), void *to)
{
    struct acre_trace_event event;

    while (acre_trace_next(reader, &event) == ACRE_TRACE_READING) {
        if (!compile_event(compiling, &event))
            return false;
        if (progress != NULL && event.number % EVENTS_A_PROGRESS == 0)
            progress(to, event.number);
    }
    return reader->input.state != ACRE_TRACE_NO_MEMORY || fail(compiling, ACRE_COMPILE_NO_MEMORY);
}

static bool end_what_lives(struct compiling *compiling)
{
    uint64_t deaths = compiling->program.deaths;

    for (uint32_t source = 0; source < ACRE_TRACE_MOST_SOURCES; source++)
        if (!drop(compiling, source))
            return false;
    compiling->program.remaining = compiling->program.deaths - deaths;
    return true;
}

static bool write_header(struct compiling *compiling, const struct acre_trace_reader *reader)
{
    struct acre_program *program = &compiling->program;

    program->magic = ACRE_PROGRAM_MAGIC;
    program->bytes = sizeof *program + program->operations * sizeof(struct acre_operation);
    program->slots = compiling->number_count;
    program->events = program->births + program->deaths + program->resizes;
    program->threads = compiling->threads.count;
    program->recorded_ns = reader->last_ns - compiling->first_ns;
    program->overhead_ns = reader->input.trailer.overhead_ns;
    return (lseek(compiling->file, 0, SEEK_SET) == 0 &&
            write_all(compiling->file, program, sizeof *program)) ||
           fail(compiling, ACRE_COMPILE_NO_MEMORY);
}

static bool compile(struct compiling *compiling, struct acre_trace_reader *reader,
                    void (*progress)(void *to, uint64_t events), void *to)
{
    if (lseek(compiling->file, sizeof compiling->program, SEEK_SET) < 0)
        return fail(compiling, ACRE_COMPILE_NO_MEMORY);
    if (!compile_events(compiling, reader, progress, to))
        return false;
    if (compiling->program.births == 0)
        return fail(compiling, reader->events == 0 ? ACRE_COMPILE_NO_TRACE : ACRE_COMPILE_EMPTY);
    return end_what_lives(compiling) && put(compiling, ACRE_PLAY_END, 0, 0) && flush(compiling) &&
           write_header(compiling, reader);
}

static void set_name(char *to, const char *name)
{
    size_t i = 0;

    for (; name[i] != '\0' && i < ACRE_PROGRAM_NAME_BYTES - 1; i++)
        to[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
    to[i] = '\0';
}

enum acre_compiled acre_compile(int file, const char *name, struct acre_trace_reader *reader,
                                struct acre_alloc *memory,
                                void (*progress)(void *to, uint64_t events), void *to)
{
    const struct acre_layout layout = ACRE_LAYOUT_OF(struct compiling, ACRE_PURPOSE_OTHER);
    struct compiling *compiling = acre_allocate(memory, layout);
    enum acre_compiled state;

    if (compiling == NULL)
        return ACRE_COMPILE_NO_MEMORY;
    memset(compiling, 0, sizeof *compiling);
    compiling->objects = &reader->objects;
    compiling->memory = memory;
    compiling->file = file;
    set_name(compiling->program.name, name);
    acre_threads_seen_init(&compiling->threads, memory, reader->objects.seed);
    compile(compiling, reader, progress, to);
    state = compiling->state;
    acre_threads_seen_fini(&compiling->threads);
    acre_free_elements(memory, compiling->numbers, compiling->number_capacity,
                       sizeof *compiling->numbers);
    acre_free(memory, compiling, layout);
    return state;
}

/* As a mapping -----------------------------------------------------------------------------------
 */

const struct acre_program *acre_program_map(int file)
{
    struct stat about;
    void *program;

    if (fstat(file, &about) != 0 || about.st_size < (off_t)sizeof(struct acre_program))
        return NULL;
    program = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_SHARED, file, 0);
    if (program == MAP_FAILED)
        return NULL;
    if (acre_program_is_whole(program, (size_t)about.st_size))
        return program;
    munmap(program, (size_t)about.st_size);
    return NULL;
}

void acre_program_unmap(const struct acre_program *program)
{
    if (program != NULL)
        munmap((void *)(uintptr_t)program, program->bytes);
}
