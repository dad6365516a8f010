/* Stacks of code without frame pointers: libunwind, by the rules that the program's files have for
 * exceptions. */
#ifndef ACRE_RECORDER_UNWIND_H
#define ACRE_RECORDER_UNWIND_H

#include <stddef.h>

#include "record/recorder/known.h"

/* Finds the library. Before that, and without it, a stack is one address. It allocates. */
void acre_unwind_prepare(void);

enum { ACRE_UNWIND_OURS = 8 }; /* frames of the recorder in front of the program's, at most */

/* Return addresses, the first that of the function with this frame (__builtin_frame_address(0) of
 * one that has a frame pointer and calls this); at least one, and no more than `room`, behind which
 * the array has ACRE_UNWIND_OURS more. */
size_t acre_unwind(void *const *frame, void **frames, size_t room);

/* What that depends on, ACRE_MOST_CHECKS at most; 0: it cannot be told. Takes much longer. */
size_t acre_unwind_checks(void *const *frame, struct acre_check *checks);

/* Whether code of the loader (ld.so) stands there. */
bool acre_is_in_loader(const void *address);

#endif
