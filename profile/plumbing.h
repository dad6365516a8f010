/*
 * Functions that allocate for whoever calls them: allocators, their wrappers and the containers of
 * the standard libraries. Who wants to know where memory goes asks for their callers.
 */
#ifndef ACRE_PROFILE_PLUMBING_H
#define ACRE_PROFILE_PLUMBING_H

#include <stdbool.h>

/* Whether it is one of them, by its demangled name. */
bool acre_is_plumbing(const char *function);

#endif
