/*
 * Names of functions as they fit a line: no arguments, no result type, and what stands between <
 * and > left out, as in
 *
 *    void std::vector<int, std::allocator<int> >::push_back(int const&)  ->
 * std::vector<>::push_back
 */
#ifndef ACRE_PROFILE_SHORT_NAME_H
#define ACRE_PROFILE_SHORT_NAME_H

#include <stddef.h>

/* Where the name of a function begins in its demangled form: behind the type of what it returns. */
const char *acre_name_begin(const char *function);

/* The short form of at most room - 1 bytes, cut between characters; returns its bytes. `room` is 1
 * at least. What is no C++ stays as it is. */
size_t acre_short_name(const char *function, char *text, size_t room);

#endif
