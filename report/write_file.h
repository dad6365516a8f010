/* Files that are written as a whole or not at all. */
#ifndef ACRE_REPORT_WRITE_FILE_H
#define ACRE_REPORT_WRITE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* `put` writes all of it to a stream. False: errno tells the cause, 0 that memory was short. */
struct acre_content {
    bool (*put)(const void *context, FILE *stream);
    const void *context;
};

/*
 * Writes to path.tmp-<pid> beside the path, synced, then renamed, so that a reader sees the whole
 * file or none. "-" is standard output; what is no regular file (a device, a pipe) is written in
 * place; a symbolic link keeps pointing where it points.
 * False with a sentence in `error` (names the path and the cause); no file is left behind.
 */
bool acre_file_write(const struct acre_content *content, const char *path, char *error,
                     size_t error_bytes);

/* Whether acre_file_write could write there. Leaves nothing behind, touches no existing file. */
bool acre_file_probe(const char *path, char *error, size_t error_bytes);

/* Whether the path is a name that ends so, as "run.html" does with ".html". */
bool acre_file_ends_with(const char *path, const char *end);

/* "cannot write PATH: WHY", where "-" is standard output. Always false. */
bool acre_file_refuse(const char *path, const char *why, char *error, size_t error_bytes);

#endif
