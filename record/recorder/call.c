#include "record/recorder/call.h"

void acre_record(const struct acre_call *call, void *const *frame)
{
    struct acre_state *state = acre_this_state;
    uint64_t ticks = 0;
    uint32_t stack = 0;
    bool is_sample;

    if (__builtin_expect(state == NULL, 0) && (state = acre_state_begin()) == NULL)
        return;
    if (__builtin_expect(state->busy != 0, 0)) {
        acre_state_defer(state, call, frame != NULL ? frame[1] : NULL);
        return;
    }
    acre_state_enter(state);
    is_sample = state->until_sample == 0;
    if (is_sample || !__libc_single_threaded)
        ticks = acre_ticks_of(call->kind);
    if (frame != NULL)
        stack = acre_stack_number(state, frame);
    if (acre_state_make_room(state, ACRE_RAW_MOST_CALL_WORDS))
        acre_put_call(state, call, stack, ticks);
    state->until_sample--;
    if (is_sample)
        acre_state_sample(state, ticks);
    acre_state_leave(state);
}
