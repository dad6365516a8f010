/* Files that are read as a whole. */
#ifndef ACRE_REPORT_READ_FILE_H
#define ACRE_REPORT_READ_FILE_H

#include "report/exit_status.h"

#include <stddef.h>

/*
 * All bytes of a file, the caller's to free; up to 256 MiB. IO, INPUT (too large) or MEMORY leave a
 * sentence in `error` that names the file, and no data.
 */
enum acre_exit acre_file_read(const char *path, char **data, size_t *size, char *error,
                              size_t error_bytes);

#endif
