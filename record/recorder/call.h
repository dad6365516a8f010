/* The way of every call into the file: the hot path of the recorder. */
#ifndef ACRE_RECORDER_CALL_H
#define ACRE_RECORDER_CALL_H

#include <sys/single_threaded.h>

#include "record/recorder/modules.h"
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

/* When a call was: a death that is recorded in front of the real one, a birth that is recorded
 * behind it have times in the order in which an address goes from thread to thread. Where there is
 * one thread nothing is waited for, so that loads that miss the cache go on overlapping. */
static inline uint64_t acre_ticks_of(uint32_t kind)
{
    bool is_death = kind == ACRE_RAW_FREE || kind == ACRE_RAW_RESIZE_BEGIN;

    return is_death || __libc_single_threaded ? acre_ticks() : acre_ticks_after();
}

/*
 * Records a call, of which each has a time once the process has a second thread; until then every
 * 16th has. `frame`: of the function that the program called; NULL: the call has no stack of its
 * own.
 */
void acre_record(const struct acre_call *call, void *const *frame);

/*
 * The same for nearly all calls there are, without a call on the way, so that no register has to be
 * saved: of a thread that has a state, room in its block and a stack that is known, between two
 * samples, of a block that has its short form. False: nothing was done.
 */
static inline __attribute__((always_inline)) bool acre_record_usual(uint32_t kind,
                                                                    const void *block, size_t bytes,
                                                                    size_t usable_bytes,
                                                                    void *const *frame)
{
    struct acre_state *state = acre_this_state;
    uintptr_t address = (uintptr_t)block;
    size_t excess = usable_bytes - bytes;
    uint64_t first = address | kind | excess << ACRE_RAW_EXCESS_SHIFT;
    uint32_t stack = 0;
    bool is_usual;
    uint64_t *at;

    if (__builtin_expect(
            state == NULL || state->busy != 0 ||
                ((address & ~(uintptr_t)ACRE_RAW_ADDRESS_BITS) | bytes >> 32 | excess >> 14) != 0,
            0))
        return false;
    acre_state_enter(state);
    is_usual = state->until_sample != 0 && state->end - state->at >= ACRE_RAW_MOST_CALL_WORDS;
    if (is_usual && state->has_stacks) {
        stack = acre_known_number(&state->known, frame, acre_modules_epoch());
        is_usual = stack != 0;
    }
    if (__builtin_expect(is_usual, 1)) {
        at = state->at;
        if (!__libc_single_threaded) {
            at[1] = bytes | (uint64_t)stack << 32;
            at[2] = acre_ticks_of(kind);
            acre_store_first(at, first | ACRE_RAW_STAMPED);
            state->at = at + 3;
        } else if (kind == ACRE_RAW_FREE && stack <= UINT16_MAX) {
            acre_store_first(at, address | ACRE_RAW_SHORT_FREE |
                                     (uint64_t)stack << ACRE_RAW_STACK_SHIFT);
            state->at = at + 1;
        } else {
            at[1] = bytes | (uint64_t)stack << 32;
            acre_store_first(at, first);
            state->at = at + 2;
        }
        state->until_sample--;
    }
    acre_state_leave(state);
    return is_usual;
}

#endif
