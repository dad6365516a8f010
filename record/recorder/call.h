/* The way of every call into the file: the hot path of the recorder. */
#ifndef ACRE_RECORDER_CALL_H
#define ACRE_RECORDER_CALL_H

#include <sys/single_threaded.h>

#include "record/recorder/stack.h"
#include "record/recorder/state.h"
#include "record/recorder/ticks.h"

/* What stands behind the first word is there when that is: whoever ends the process in between
 * loses this one item, and nobody reads half of one. */
static inline void acre_store_first(uint64_t *at, uint64_t word)
{
    _Atomic uint64_t *first = (void *)at;

    atomic_store_explicit(first, word, memory_order_release);
}

static inline bool acre_needs_long_form(const struct acre_call *call)
{
    uintptr_t address = (uintptr_t)call->block;

    return ((address & ~(uintptr_t)ACRE_RAW_ADDRESS_BITS) | call->bytes >> 32 | call->align |
            call->call) != 0 ||
           call->usable_bytes - call->bytes > ACRE_RAW_MOST_EXCESS;
}

static inline uint64_t *acre_put_long_form(uint64_t *at, const struct acre_call *call)
{
    at[0] = call->bytes;
    at[1] = call->usable_bytes;
    at[2] = (uintptr_t)call->block;
    at[3] = (uint64_t)(call->align != 0 ? __builtin_ctzll(call->align) : 0) | call->call << 8;
    return at + 4;
}

/* `ticks`: 0 where the call needs no time of its own. There is room. */
static inline void acre_put_call(struct acre_state *state, const struct acre_call *call,
                                 uint32_t stack, uint64_t ticks)
{
    uint64_t *at = state->at;
    uint64_t *behind = at + 2;
    uint64_t first = ((uintptr_t)call->block & ACRE_RAW_ADDRESS_BITS) | call->kind;

    at[1] = (uint32_t)call->bytes | (uint64_t)stack << 32;
    if (ticks != 0) {
        *behind++ = ticks;
        first |= ACRE_RAW_STAMPED;
    }
    if (__builtin_expect(acre_needs_long_form(call), 0)) {
        behind = acre_put_long_form(behind, call);
        first |= ACRE_RAW_LONG;
    } else {
        first |= (call->usable_bytes - call->bytes) << ACRE_RAW_EXCESS_SHIFT;
    }
    acre_store_first(at, first);
    state->at = behind;
}

/* A call without a sample of what it costs. */
static inline void acre_store_call(struct acre_state *state, const struct acre_call *call,
                                   uint32_t stack)
{
    if (acre_state_make_room(state, ACRE_RAW_MOST_CALL_WORDS))
        acre_put_call(state, call, stack, acre_ticks_after());
}

static inline bool acre_is_death(uint32_t kind)
{
    return kind == ACRE_RAW_FREE || kind == ACRE_RAW_RESIZE_BEGIN;
}

/*
 * Records a call: a death in front of the real one, a birth behind it, so that the times of both
 * are in the order in which an address goes from thread to thread. While the process has one thread
 * every 16th call has a time: reading the counter lets no load overtake it.
 */
static inline __attribute__((always_inline)) void acre_record(const struct acre_call *call,
                                                              void *const *frame)
{
    struct acre_state *state = acre_this_state;
    uint64_t ticks = 0;
    uint32_t stack = 0;
    bool is_sample;

    if (__builtin_expect(state == NULL, 0) && (state = acre_state_begin()) == NULL)
        return;
    if (__builtin_expect(state->busy != 0, 0)) {
        acre_state_defer(state, call);
        return;
    }
    state->busy = 1;
    atomic_signal_fence(memory_order_seq_cst);
    is_sample = state->until_sample == 0;
    if (is_sample || !__libc_single_threaded)
        ticks = acre_is_death(call->kind) ? acre_ticks() : acre_ticks_after();
    if (frame != NULL)
        stack = acre_stack_number(state, frame);
    if (__builtin_expect(state->end - state->at >= ACRE_RAW_MOST_CALL_WORDS, 1) ||
        acre_state_make_room(state, ACRE_RAW_MOST_CALL_WORDS))
        acre_put_call(state, call, stack, ticks);
    state->until_sample--;
    if (__builtin_expect(is_sample, 0))
        acre_state_sample(state, ticks);
    atomic_signal_fence(memory_order_seq_cst);
    state->busy = 0;
    if (__builtin_expect(state->deferred != 0, 0))
        acre_state_store_deferred(state);
}

#endif
