/* Where a call comes from: return addresses, told once, known by a number afterwards. */
#ifndef ACRE_RECORDER_STACK_H
#define ACRE_RECORDER_STACK_H

#include "record/recorder/state.h"

/* The number of the stack whose innermost frame is `frame` (__builtin_frame_address(0) of the
 * function that the program called); 0: none. The state is busy. */
uint32_t acre_stack_number(struct acre_state *state, void *const *frame);

#endif
