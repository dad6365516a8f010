/* Paths of sources, as people write them. */
#ifndef ACRE_SYMBOLS_SOURCE_PATH_H
#define ACRE_SYMBOLS_SOURCE_PATH_H

#include <stddef.h>

/*
 * Writes the path of a file that was compiled in a directory (or NULL), without "." and "x/..", and
 * with a 0 behind it: "/src/build" and "../core/./tape.c" are "/src/core/tape.c". A directory that
 * is not absolute is left out: whoever builds so that results are the same everywhere has replaced
 * the beginning of both. What does not fit into `room` bytes is cut off.
 */
void acre_source_path(const char *directory, const char *file, char *text, size_t room);

#endif
