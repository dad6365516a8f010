/*
 * What each recorded thread has: its place in a block of the file, and the stacks that it has told.
 * Nothing of it is shared with other threads, so recording a call takes no lock.
 *
 * A state lies in memory that fork wipes: a child finds all of it zero, without a block, and begins
 * anew with a file of its own at its first call.
 */
#ifndef ACRE_RECORDER_STATE_H
#define ACRE_RECORDER_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "record/raw.h"
#include "record/recorder/known.h"
#include "record/recorder/unwind.h"

enum { ACRE_MOST_DEFERRED = 256, ACRE_CALLS_A_SAMPLE = 16 };

struct acre_call {
    uint32_t kind; /* enum acre_raw_kind */
    uint32_t call; /* of a long one: enum acre_trace_call or ACRE_RAW_NEW */
    const void *block;
    size_t bytes;
    size_t usable_bytes;
    size_t align; /* 0: what malloc gives */
};

/* From the hash of a stack to its number: open addressing, two thirds full at most. */
struct acre_told_stacks {
    struct {
        uint64_t hash; /* 0: an empty row */
        uint64_t number;
    } * rows;
    size_t capacity; /* a power of two, or 0 */
    size_t used;
    uint64_t count; /* told by this state, of all epochs */
    uint64_t epoch; /* of the modules */
};

/* The modules that were told, to find what is in none. */
struct acre_told_modules {
    struct {
        uintptr_t first, bytes;
    } * ranges;
    size_t count, capacity;
    uint64_t adds, subs; /* the loader's, when they were told */
    uint64_t epoch;
};

struct acre_state {
    uint64_t *at, *end; /* in the block; NULL: there is none */
    uint32_t busy;      /* its thread is in the recorder */
    uint32_t until_sample;
    uint32_t sampled;          /* calls that the next sample stands for, less one */
    _Atomic uint32_t deferred; /* calls of a signal's handler while it was busy */
    bool is_deaf;              /* nothing is recorded, and nothing is to be said of it */
    bool has_stacks;
    bool is_unwinding;         /* libunwind runs for us */
    _Atomic bool is_in_loader; /* its thread may hold a lock of the loader's, for us */
    struct acre_raw_block *block;
    void *window; /* where its blocks are, one after the other; NULL: it had none yet */
    struct acre_told_stacks stacks;
    struct acre_told_modules modules;
    struct acre_known_stacks known;

    uint64_t number; /* of the state in this process; 0: not begun, or wiped by fork */
    const void *stack_top;
    size_t stack_bytes; /* below the top, that are the thread's without a question */
    struct acre_state *next;
    _Atomic pid_t thread;
    _Atomic bool is_leaving; /* its thread ends; it may be had when that is gone */
    struct acre_call deferred_calls[ACRE_MOST_DEFERRED];
    void *frames[ACRE_RAW_MOST_FRAMES + ACRE_UNWIND_OURS];
    void **deep_frames; /* for stacks that are deeper; NULL: never seen */
};

/* Reached without a call, which in a library that is loaded early would allocate. */
extern _Thread_local struct acre_state *acre_this_state __attribute__((tls_model("initial-exec")));

/* The state of this thread, which is given one where it has none. NULL: it is too early. */
struct acre_state *acre_state_begin(void);

/* The state of threads that record nothing. A thread has it while a library allocates for us. */
struct acre_state *acre_state_deaf(void);

/* Room for so many words at state->at; false: there is none, and the call counts as dropped. */
bool acre_state_make_room(struct acre_state *state, size_t words);

/* For a call that comes while the recorder is busy: of a handler that interrupted it, which is
 * stored when it goes on; or of a library that it has called itself, which is told to be ours.
 * `caller` is the call's return address. */
void acre_state_defer(struct acre_state *state, const struct acre_call *call, const void *caller);

/* The way in for what is not deferred, and the way out, when that has been stored. */
static inline void acre_state_enter(struct acre_state *state)
{
    state->busy = 1;
    atomic_signal_fence(memory_order_seq_cst);
}

void acre_state_leave_late(struct acre_state *state);

static inline void acre_state_leave(struct acre_state *state)
{
    atomic_signal_fence(memory_order_seq_cst);
    state->busy = 0;
    atomic_signal_fence(memory_order_seq_cst);
    if (__builtin_expect(atomic_load_explicit(&state->deferred, memory_order_relaxed) != 0, 0))
        acre_state_leave_late(state);
}

/* Behind one call of sixteen, which began at these ticks: what recording costs. */
void acre_state_sample(struct acre_state *state, uint64_t ticks);

/* A note of so many words behind the ticks; NULL: dropped. It is filled, and then stored by
 * acre_note_end, which returns its time. The state is busy. */
uint64_t *acre_note_begin(struct acre_state *state, size_t words);
uint64_t acre_note_end(struct acre_state *state, enum acre_raw_note what, size_t words);

/* A note of a number and a text, of which a recording keeps the first 4095 bytes, of this thread,
 * which is not in the recorder. Its time; 0: it was not stored. */
uint64_t acre_note(enum acre_raw_note what, uint64_t number, const char *text);

#endif
