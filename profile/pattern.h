/*
 * Names of functions that people list by hand, as "operator new*" or "*setlocale".
 */
#ifndef ACRE_PROFILE_PATTERN_H
#define ACRE_PROFILE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether a demangled name is one of the patterns. A star stands for any characters. Result type
 * and arguments are left out before, and so is what libraries put in front of names that they use
 * themselves: __GI___strdup is strdup.
 */
bool acre_name_is_one_of(const char *function, const char *const *patterns, size_t count);

/* The same of a path, and of a path's last part, as they are. */
bool acre_path_is_one_of(const char *path, const char *const *patterns, size_t count);
bool acre_file_is_one_of(const char *path, const char *const *patterns, size_t count);

#endif
