#include "record/recorder/stack.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "record/recorder/loader.h"
#include "record/recorder/modules.h"
#include "record/recorder/process.h"
#include "record/recorder/unwind.h"

enum {
    FIRST_ROWS = 4096,
    MOST_ROWS = 1 << 24,
    MOST_DEEP_FRAMES = 64 * 1024,
    INNERMOST_KEPT =
        128, /* of a stack that is deeper than a stack may be; the outermost are the rest */
    DEEP_BYTES = (MOST_DEEP_FRAMES + ACRE_UNWIND_OURS) * sizeof(void *),
    PAGE_BYTES = 4096,
    STEPPED_WALKS = 128, /* that libunwind's cached walk takes the time of once by steps */
};

/* Walks ----------------------------------------------------------------------------------------
 */

/* Whether the words at an address can be read: the kernel looks at a set of signals before it finds
 * that nobody asked for anything. */
static bool is_readable(const void *address)
{
    return syscall(SYS_rt_sigprocmask, ~0, address, NULL, 8) != 0 && errno != EFAULT;
}

/* A frame is where the caller's is, and the return address above it. The thread's own stack is all
 * there; on any other (of a coroutine, of a signal) each page is tried first. */
static size_t walk(const struct acre_state *state, void *const *frame, void **frames, size_t room)
{
    uintptr_t top = (uintptr_t)state->stack_top;
    bool is_own = top - (uintptr_t)frame < state->stack_bytes;
    uintptr_t known_page = (uintptr_t)frame / PAGE_BYTES;
    int before = errno;
    size_t count = 0;

    while (count < room) {
        uintptr_t next = (uintptr_t)frame[0];

        if ((uintptr_t)frame[1] < PAGE_BYTES)
            break;
        frames[count++] = frame[1];
        if (next <= (uintptr_t)frame || next % sizeof(void *) != 0)
            break;
        if (is_own ? next > top - 2 * sizeof(void *)
                   : (next + 15) / PAGE_BYTES != known_page &&
                         !(is_readable((void *)next) && is_readable((void *)(next + 8))))
            break;
        known_page = is_own ? known_page : next / PAGE_BYTES;
        frame = (void *const *)next;
    }
    errno = before;
    return count;
}

static size_t collect(struct acre_state *state, void *const *frame, void **frames, size_t room)
{
    size_t count;

    if (acre_settings.stacks == ACRE_RAW_FRAME_POINTERS)
        return walk(state, frame, frames, room);
    state->is_unwinding = true;
    count = acre_unwind(frame, frames, room);
    state->is_unwinding = false;
    return count;
}

/* Deeper than a stack may be: it is walked once more, as a whole, and shortened in its middle. */
static size_t collect_deep(struct acre_state *state, void *const *frame)
{
    const size_t outermost = ACRE_RAW_MOST_FRAMES - INNERMOST_KEPT - 1;
    size_t count;

    if (state->deep_frames == NULL) {
        void *frames =
            mmap(NULL, DEEP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (frames == MAP_FAILED)
            return ACRE_RAW_MOST_FRAMES;
        madvise(frames, DEEP_BYTES, MADV_DONTFORK);
        state->deep_frames = frames;
    }
    count = collect(state, frame, state->deep_frames, MOST_DEEP_FRAMES);
    if (count <= ACRE_RAW_MOST_FRAMES)
        return ACRE_RAW_MOST_FRAMES;
    state->frames[INNERMOST_KEPT] = (void *)(uintptr_t)ACRE_RAW_LEFT_OUT;
    memcpy(state->frames + INNERMOST_KEPT + 1, state->deep_frames + count - outermost,
           outermost * sizeof *state->frames);
    return ACRE_RAW_MOST_FRAMES;
}

/* Numbers --------------------------------------------------------------------------------------
 */

/* 64 bits are taken for the stack itself: of a million stacks two share one with a probability of
 * 3 in 100 million. Never 0. */
static uint64_t hash_of(void *const *frames, size_t count, uint64_t epoch)
{
    uint64_t hash = epoch + count;

    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ (uintptr_t)frames[i]) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    return hash | UINT64_C(1) << 63;
}

static size_t row_of(const struct acre_told_stacks *stacks, uint64_t hash)
{
    size_t row = (size_t)(hash >> 8) & (stacks->capacity - 1);

    while (stacks->rows[row].hash != 0 && stacks->rows[row].hash != hash)
        row = (row + 1) & (stacks->capacity - 1);
    return row;
}

static bool grow(struct acre_told_stacks *stacks)
{
    struct acre_told_stacks grown = *stacks;
    size_t row_bytes = sizeof *stacks->rows;

    grown.capacity = stacks->capacity == 0 ? FIRST_ROWS : 2 * stacks->capacity;
    if (grown.capacity > MOST_ROWS)
        return false;
    grown.rows = mmap(NULL, grown.capacity * row_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if ((void *)grown.rows == MAP_FAILED)
        return false;
    madvise(grown.rows, grown.capacity * row_bytes, MADV_DONTFORK);
    for (size_t i = 0; i < stacks->capacity; i++)
        if (stacks->rows[i].hash != 0)
            grown.rows[row_of(&grown, stacks->rows[i].hash)] = stacks->rows[i];
    if (stacks->rows != NULL)
        munmap(stacks->rows, stacks->capacity * row_bytes);
    *stacks = grown;
    return true;
}

/* Those of other modules are never met again. */
static void forget_old(struct acre_told_stacks *stacks)
{
    if (stacks->epoch == acre_modules_epoch())
        return;
    stacks->epoch = acre_modules_epoch();
    stacks->used = 0;
    if (stacks->rows != NULL)
        memset(stacks->rows, 0, stacks->capacity * sizeof *stacks->rows);
}

/* A stack that is new to this state; 0: it cannot be told. */
static uint32_t tell(struct acre_state *state, size_t count, uint64_t hash)
{
    struct acre_told_stacks *stacks = &state->stacks;
    int before = errno;
    uint64_t *words;

    acre_modules_tell(state, state->frames, count);
    forget_old(stacks);
    if (3 * (stacks->used + 1) > 2 * stacks->capacity && !grow(stacks)) {
        errno = before;
        return 0;
    }
    errno = before;
    words = acre_note_begin(state, count);
    if (words == NULL)
        return 0;
    memcpy(words, state->frames, count * sizeof *words);
    acre_note_end(state, ACRE_RAW_STACK, count);
    stacks->count++;
    stacks->used++;
    stacks->rows[row_of(stacks, hash)].number = stacks->count;
    stacks->rows[row_of(stacks, hash)].hash = hash;
    return (uint32_t)stacks->count;
}

/* What the walk by frame pointers depends on: each return address, and where the next frame is. */
static size_t check_walk(void *const *frame, size_t frames, struct acre_check *checks)
{
    void *const *at = frame;

    for (size_t i = 0; i < frames; i++) {
        checks[i] = (struct acre_check){
            .words = {(uintptr_t)at[0], (uintptr_t)at[1]},
            .offset = (uint64_t)((const char *)at - (const char *)frame),
        };
        at = (void *const *)at[0];
    }
    return frames;
}

_Static_assert((int)ACRE_RAW_MOST_FRAMES <= (int)ACRE_MOST_CHECKS, "a check a frame");

/* So that it is known the next time. By frame pointers that is nothing beside the walk; libunwind's
 * steps ask the loader at each frame, and its walks do not. */
static void learn(struct acre_state *state, void *const *frame, size_t frames, uint32_t number)
{
    bool by_pointers = acre_settings.stacks == ACRE_RAW_FRAME_POINTERS;
    struct acre_check *checks = acre_known_learn(&state->known, frame, acre_modules_epoch(), number,
                                                 by_pointers ? 0 : STEPPED_WALKS);

    if (checks != NULL && by_pointers)
        acre_known_learned(&state->known, frame, check_walk(frame, frames, checks));
    else if (checks != NULL) {
        state->is_unwinding = true;
        acre_known_learned(&state->known, frame, acre_unwind_checks(frame, checks));
        state->is_unwinding = false;
    }
}

static uint32_t walk_and_number(struct acre_state *state, void *const *frame)
{
    size_t count = collect(state, frame, state->frames, ACRE_RAW_MOST_FRAMES);
    uint32_t number = 0;
    uint64_t hash;

    if (__builtin_expect(count == ACRE_RAW_MOST_FRAMES, 0))
        count = collect_deep(state, frame);
    hash = hash_of(state->frames, count, acre_modules_epoch());
    if (state->stacks.capacity != 0) {
        size_t row = row_of(&state->stacks, hash);

        if (state->stacks.rows[row].hash == hash)
            number = (uint32_t)state->stacks.rows[row].number;
    }
    if (number == 0)
        number = tell(state, count, hash);
    if (number != 0 && count < ACRE_RAW_MOST_FRAMES)
        learn(state, frame, count, number);
    return number;
}

uint32_t acre_stack_number(struct acre_state *state, void *const *frame)
{
    uint32_t number;

    if (acre_settings.stacks == ACRE_RAW_NO_STACKS)
        return 0;
    number = acre_known_number(&state->known, frame, acre_modules_epoch());
    if (__builtin_expect(number != 0, 1))
        return number;
    acre_loader_enter(state);
    number = walk_and_number(state, frame);
    acre_loader_leave(state);
    return number;
}
