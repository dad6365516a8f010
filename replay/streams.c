#include "replay/streams.h"

#include <unistd.h>

#include "alloc/grow.h"
#include "replay/lives.h"
#include "replay/output.h"
#include "replay/touch.h"

enum { SLOTS_A_LINE = 64 / sizeof(void *), MOST_TOGETHER = 3 };

/* Turns ------------------------------------------------------------------------------------------
 */

void acre_turns_init(struct acre_turns *turns, struct acre_alloc *memory)
{
    *turns = (struct acre_turns){.memory = memory};
    acre_threads_seen_init(&turns->threads, memory, (uintptr_t)turns);
}

void acre_turns_fini(struct acre_turns *turns)
{
    acre_free_elements(turns->memory, turns->turns, turns->capacity, sizeof *turns->turns);
    acre_threads_seen_fini(&turns->threads);
    *turns = (struct acre_turns){0};
}

/* False for want of memory. */
static bool add_turn(struct acre_turns *turns, uint32_t thread, uint64_t operations)
{
    const struct acre_turn *last = turns->count > 0 ? &turns->turns[turns->count - 1] : NULL;

    turns->operations += operations;
    while (operations > 0) {
        uint64_t taken = operations < UINT32_MAX ? operations : UINT32_MAX;

        if (last != NULL && last->thread == thread && last->operations <= UINT32_MAX - taken) {
            turns->turns[turns->count - 1].operations += (uint32_t)taken;
        } else {
            if (!acre_grow(turns->memory, &turns->turns, turns->count, &turns->capacity,
                           sizeof *turns->turns))
                return false;
            turns->turns[turns->count++] = (struct acre_turn){thread, (uint32_t)taken};
        }
        last = &turns->turns[turns->count - 1];
        operations -= taken;
    }
    return true;
}

void acre_turns_note(void *to, const struct acre_compile_moment *moment)
{
    struct acre_turns *turns = to;
    const struct acre_profile_thread *thread;

    if (moment->event->kind == ACRE_TRACE_INHERIT || turns->has_failed ||
        moment->operations == turns->operations)
        return;
    thread = acre_threads_seen_find(&turns->threads, moment->event->thread);
    turns->has_failed =
        thread == NULL || !add_turn(turns, (uint32_t)(thread - turns->threads.threads),
                                    moment->operations - turns->operations);
}

/* Streams ----------------------------------------------------------------------------------------
 */

struct stream {
    struct acre_operation chunk[ACRE_PLAY_CHUNK]; /* that is filled, and its number */
    uint64_t number;
    size_t count;
    uint32_t freed;                         /* the newest slot of those it freed, or ACRE_NO_SLOT */
    uint32_t fresh, fresh_end;              /* slots that nobody has had */
    uint64_t known[ACRE_PLAY_MOST_STREAMS]; /* places up to which others are waited for */
};

struct thread {
    size_t last_turn;
    uint32_t stream; /* and one; 0: none yet */
};

/* A block, by its slot in the sequential program. */
struct block {
    uint64_t place; /* of the operation that had it last; its number is one more */
    struct acre_layout layout;
    uint32_t slot, stream;
};

struct streaming {
    struct acre_program program; /* the header, as it will be */
    const struct acre_program *sequential;
    const struct acre_turns *turns;
    struct acre_alloc *memory;
    int file;
    struct thread *threads; /* as many as turns has */
    struct block *blocks;   /* as many as the program has slots */
    struct stream *streams;
    uint64_t chunks;
    uint32_t *next_freed; /* by slot */
    size_t slot_count, slot_capacity;
    enum acre_compiled state;
};

static bool fail(struct streaming *streaming, enum acre_compiled why)
{
    streaming->state = why;
    return false;
}

/* Which thread is in which stream ----------------------------------------------------------------
 */

struct seat {
    size_t until;        /* the last turn of its threads */
    uint64_t operations; /* of them */
};

/* The first stream whose threads have ended, a new one, or the one with the least to do. */
static uint32_t choose(struct streaming *streaming, const struct seat *seats, size_t turn)
{
    uint32_t count = (uint32_t)streaming->program.streams;
    uint32_t least = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (seats[i].until < turn)
            return i;
        if (seats[i].operations < seats[least].operations)
            least = i;
    }
    if (count == ACRE_PLAY_MOST_STREAMS)
        return least;
    streaming->program.streams++;
    return count;
}

static void seat_threads(struct streaming *streaming)
{
    const struct acre_turns *turns = streaming->turns;
    struct seat seats[ACRE_PLAY_MOST_STREAMS] = {{0}};

    for (size_t i = 0; i < turns->count; i++)
        streaming->threads[turns->turns[i].thread].last_turn = i;
    for (size_t i = 0; i < turns->count; i++) {
        struct thread *thread = &streaming->threads[turns->turns[i].thread];
        struct seat *seat;

        if (thread->stream == 0)
            thread->stream = choose(streaming, seats, i) + 1;
        seat = &seats[thread->stream - 1];
        if (thread->last_turn > seat->until)
            seat->until = thread->last_turn;
        seat->operations += turns->turns[i].operations;
    }
}

/* What is written --------------------------------------------------------------------------------
 */

static uint64_t place_of_chunk(const struct streaming *streaming, uint64_t chunk)
{
    return streaming->program.streams_from + chunk * ACRE_PLAY_CHUNK;
}

/* What is not filled of a chunk is 0: an END. */
static bool write_chunk(struct streaming *streaming, struct stream *stream)
{
    uint64_t place = place_of_chunk(streaming, stream->number);
    off_t at = (off_t)(sizeof streaming->program + place * sizeof(struct acre_operation));

    if (lseek(streaming->file, at, SEEK_SET) < 0 ||
        !acre_output_write(streaming->file, stream->chunk, sizeof stream->chunk))
        return fail(streaming, ACRE_COMPILE_NO_MEMORY);
    memset(stream->chunk, 0, sizeof stream->chunk);
    stream->count = 0;
    return true;
}

/* Operations that stand together, in one chunk; *place: of the first. */
static bool put(struct streaming *streaming, uint32_t number,
                const struct acre_operation *operations, size_t count, uint64_t *place)
{
    struct stream *stream = &streaming->streams[number];

    if (stream->count + count >= ACRE_PLAY_CHUNK) {
        uint64_t next = streaming->chunks++;

        stream->chunk[stream->count] = (struct acre_operation){ACRE_PLAY_END, (uint32_t)next};
        if (next > UINT32_MAX)
            return fail(streaming, ACRE_COMPILE_TOO_LARGE);
        if (!write_chunk(streaming, stream))
            return false;
        stream->number = next;
    }
    *place = place_of_chunk(streaming, stream->number) + stream->count;
    memcpy(&stream->chunk[stream->count], operations, count * sizeof *operations);
    stream->count += count;
    return true;
}

static struct acre_operation of_slot(struct acre_operation operation, uint32_t slot)
{
    return (struct acre_operation){
        .what = slot << ACRE_PLAY_SLOT_SHIFT | (uint32_t)acre_operation_kind_of(operation),
        .size = operation.size,
    };
}

/* An operation about a block with what belongs to it: a WIDE in front, an OLD_SIZE behind it. */
static bool put_about(struct streaming *streaming, uint32_t stream,
                      const struct acre_operation *operation, bool is_wide, struct block *block)
{
    struct acre_operation together[MOST_TOGETHER];
    size_t count = 0;
    uint64_t place;

    if (is_wide)
        together[count++] = operation[-1];
    together[count++] = of_slot(*operation, block->slot);
    if (acre_operation_kind_of(*operation) == ACRE_PLAY_RESIZE)
        together[count++] = operation[1];
    if (!put(streaming, stream, together, count, &place))
        return false;
    block->place = place + is_wide;
    block->stream = stream;
    return true;
}

/* Who had the block last has to have done so. */
static bool wait_for(struct streaming *streaming, uint32_t number, const struct block *block)
{
    uint64_t *known = &streaming->streams[number].known[block->stream];
    uint64_t upper = (uint64_t)block->stream << ACRE_PLAY_PLACE_BITS | block->place >> 32;
    struct acre_operation wait = {
        .what = (uint32_t)upper << ACRE_PLAY_SLOT_SHIFT | (uint32_t)ACRE_PLAY_WAIT,
        .size = (uint32_t)block->place,
    };
    uint64_t place;

    if (block->stream == number)
        return true;
    streaming->program.handed_over++;
    if (*known > block->place)
        return true;
    *known = block->place + 1;
    streaming->program.waits++;
    return put(streaming, number, &wait, 1, &place);
}

/* Slots ------------------------------------------------------------------------------------------
 */

static bool take_line(struct streaming *streaming, struct stream *stream)
{
    if (streaming->slot_count + SLOTS_A_LINE > ACRE_PLAY_MOST_SLOTS)
        return fail(streaming, ACRE_COMPILE_TOO_LARGE);
    stream->fresh = (uint32_t)streaming->slot_count;
    stream->fresh_end = stream->fresh + SLOTS_A_LINE;
    while (streaming->slot_count < stream->fresh_end) {
        if (!acre_grow(streaming->memory, &streaming->next_freed, streaming->slot_count,
                       &streaming->slot_capacity, sizeof *streaming->next_freed))
            return fail(streaming, ACRE_COMPILE_NO_MEMORY);
        streaming->next_freed[streaming->slot_count++] = ACRE_NO_SLOT;
    }
    return true;
}

static bool take_slot(struct streaming *streaming, uint32_t number, uint32_t *slot)
{
    struct stream *stream = &streaming->streams[number];

    *slot = stream->freed;
    if (*slot < streaming->slot_count) { /* and so it is not ACRE_NO_SLOT */
        stream->freed = streaming->next_freed[*slot];
        return true;
    }
    if (stream->fresh == stream->fresh_end && !take_line(streaming, stream))
        return false;
    *slot = stream->fresh++;
    return true;
}

static void give_slot(struct streaming *streaming, uint32_t number, uint32_t slot)
{
    streaming->next_freed[slot] = streaming->streams[number].freed;
    streaming->streams[number].freed = slot;
}

/* Operations -------------------------------------------------------------------------------------
 */

static void expect(struct streaming *streaming, const struct block *block)
{
    for (unsigned touch = 0; touch < ACRE_TOUCHES; touch++)
        streaming->program.stream_checksums[touch] +=
            acre_touch_expected((enum acre_touch)touch, block->layout.size, block->place + 1);
}

/* What was kept is looked at again behind the move. */
static void expect_kept(struct streaming *streaming, const struct block *block, size_t size)
{
    size_t kept = block->layout.size < size ? block->layout.size : size;

    for (unsigned touch = ACRE_TOUCH_FIRST; touch < ACRE_TOUCHES; touch++)
        streaming->program.stream_checksums[touch] +=
            acre_touch_expected_first(kept, block->place + 1);
}

static bool add(struct streaming *streaming, uint32_t stream,
                const struct acre_operation *operation, bool is_wide)
{
    struct block *block = &streaming->blocks[acre_operation_slot(*operation)];
    size_t size = (is_wide ? (size_t)operation[-1].size << 32 : 0) | operation->size;

    switch (acre_operation_kind_of(*operation)) {
    case ACRE_PLAY_ALLOCATE:
    case ACRE_PLAY_ALLOCATE_CLEARED:
        block->layout.size = size;
        return take_slot(streaming, stream, &block->slot) &&
               put_about(streaming, stream, operation, is_wide, block);
    case ACRE_PLAY_RESIZE:
        expect(streaming, block);
        expect_kept(streaming, block, size);
        block->layout.size = size;
        return wait_for(streaming, stream, block) &&
               put_about(streaming, stream, operation, is_wide, block);
    default: /* a FREE: without a plan there is nothing else */
        expect(streaming, block);
        give_slot(streaming, stream, block->slot);
        return wait_for(streaming, stream, block) &&
               put_about(streaming, stream, operation, is_wide, block);
    }
}

static bool is_beside_another(enum acre_operation_kind kind)
{
    return kind == ACRE_PLAY_WIDE || kind == ACRE_PLAY_OLD_SIZE;
}

/* Behind the last turn everything is freed by who had it last. */
static bool add_all(struct streaming *streaming)
{
    const struct acre_operation *at = acre_program_operations(streaming->sequential);
    const struct acre_turn *turn = streaming->turns->turns;
    const struct acre_turn *end = turn + streaming->turns->count;
    uint32_t played = 0; /* of the turn */
    bool is_wide = false;

    for (; at->what != ACRE_PLAY_END; at++) {
        enum acre_operation_kind kind = acre_operation_kind_of(*at);

        if (!is_beside_another(kind) &&
            !add(streaming,
                 turn < end ? streaming->threads[turn->thread].stream - 1
                            : streaming->blocks[acre_operation_slot(*at)].stream,
                 at, is_wide))
            return false;
        is_wide = kind == ACRE_PLAY_WIDE;
        if (turn < end && ++played == turn->operations) {
            turn++;
            played = 0;
        }
    }
    return true;
}

/* From the first to the last ---------------------------------------------------------------------
 */

/* Zeros; NULL for want of memory. */
static void *elements(struct acre_alloc *memory, size_t count, size_t bytes)
{
    void *all = acre_allocate(memory, acre_layout_of_elements(count, bytes));

    if (all != NULL)
        memset(all, 0, count * bytes);
    return all;
}

static bool begin_streams(struct streaming *streaming)
{
    struct acre_program *program = &streaming->program;

    streaming->blocks = elements(streaming->memory, program->slots, sizeof *streaming->blocks);
    streaming->streams = elements(streaming->memory, program->streams, sizeof *streaming->streams);
    if (streaming->blocks == NULL || streaming->streams == NULL)
        return fail(streaming, ACRE_COMPILE_NO_MEMORY);
    for (uint64_t i = 0; i < program->streams; i++) {
        streaming->streams[i].number = i;
        streaming->streams[i].freed = ACRE_NO_SLOT;
    }
    streaming->chunks = program->streams;
    program->streams_from = acre_align_up(program->operations, SLOTS_A_LINE);
    return true;
}

static bool write_header(struct streaming *streaming)
{
    struct acre_program *program = &streaming->program;

    acre_program_unmap(streaming->sequential); /* by the bytes that its header has still */
    streaming->sequential = NULL;
    program->stream_slots = streaming->slot_count;
    program->operations = place_of_chunk(streaming, streaming->chunks);
    program->bytes = sizeof *program + program->operations * sizeof(struct acre_operation);
    return (lseek(streaming->file, 0, SEEK_SET) == 0 &&
            acre_output_write(streaming->file, program, sizeof *program)) ||
           fail(streaming, ACRE_COMPILE_NO_MEMORY);
}

static bool make_streams(struct streaming *streaming)
{
    streaming->threads =
        elements(streaming->memory, streaming->turns->threads.count, sizeof *streaming->threads);
    if (streaming->threads == NULL)
        return fail(streaming, ACRE_COMPILE_NO_MEMORY);
    seat_threads(streaming);
    if (streaming->program.streams < 2)
        return true;
    if (!begin_streams(streaming) || !add_all(streaming))
        return false;
    for (uint64_t i = 0; i < streaming->program.streams; i++)
        if (!write_chunk(streaming, &streaming->streams[i]))
            return false;
    return write_header(streaming);
}

enum acre_compiled acre_streams_add(int file, const struct acre_turns *turns,
                                    struct acre_alloc *memory)
{
    struct streaming streaming = {
        .sequential = acre_program_map(file), .turns = turns, .memory = memory, .file = file};

    if (streaming.sequential == NULL || turns->has_failed) {
        acre_program_unmap(streaming.sequential);
        return ACRE_COMPILE_NO_MEMORY;
    }
    streaming.program = *streaming.sequential;
    make_streams(&streaming);
    acre_free_elements(memory, streaming.next_freed, streaming.slot_capacity,
                       sizeof *streaming.next_freed);
    acre_free_elements(memory, streaming.streams, streaming.program.streams,
                       sizeof *streaming.streams);
    acre_free_elements(memory, streaming.blocks, streaming.program.slots, sizeof *streaming.blocks);
    acre_free_elements(memory, streaming.threads, turns->threads.count, sizeof *streaming.threads);
    acre_program_unmap(streaming.sequential);
    return streaming.state;
}
