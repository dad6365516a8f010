/* Which files the program's code comes from. */
#ifndef ACRE_RECORDER_MODULES_H
#define ACRE_RECORDER_MODULES_H

#include "record/recorder/state.h"

/* Tells all modules, unless each of these addresses is in one that was told. The state is busy. */
void acre_modules_tell(struct acre_state *state, void *const *addresses, size_t count);

/* Modules have gone: what comes to stand at their addresses is another. */
void acre_modules_forget(void);

/* Changes whenever they go: a stack that was told before may be another now. */
extern _Atomic uint64_t acre_epoch_of_modules;

static inline uint64_t acre_modules_epoch(void)
{
    return atomic_load_explicit(&acre_epoch_of_modules, memory_order_relaxed);
}

#endif
