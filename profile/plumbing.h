/*
 * Functions that allocate for whoever calls them: allocators, their wrappers and the containers of
 * the standard libraries. Who wants to know where memory goes asks for their callers.
 */
#ifndef ACRE_PROFILE_PLUMBING_H
#define ACRE_PROFILE_PLUMBING_H

#include "symbols/symbols.h"

/* Whether it is one of them, by its name or because it lies in a standard library's own source. The
 * frame has a function. */
bool acre_is_plumbing(const struct acre_frame *frame);

#endif
