/*
 * The loader's locks. A stack that is not known is walked, and where each frame's rules are is the
 * loader's to say, under a lock. A process that forks meanwhile, in another thread, would give the
 * lock to its child, in which there is nobody to open it. So the two keep out of each other's way:
 *
 *     walks:  is_in_loader = true ── forks > 0? wait ── walk ── is_in_loader = false
 *     forks:  forks++ ── any other thread in the loader? wait ── fork ── forks-- (the child's is 0)
 *
 * Each stores first and then looks, so that one of the two sees the other. Neither waits longer
 * than a tenth of a second: whom the other waits for, in a lock of the program's, is not known.
 */
#ifndef ACRE_RECORDER_LOADER_H
#define ACRE_RECORDER_LOADER_H

#include "record/recorder/state.h"

/* Once in the first process; children of fork have it too. */
void acre_loader_prepare(void);

/* Around what may ask the loader. The state is busy. */
void acre_loader_enter(struct acre_state *state);
void acre_loader_leave(struct acre_state *state);

#endif
