#include "report/read_file.h"
#include "report/error_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A run of a thousand cells and rounds has about 100 MiB. */
static const size_t file_limit_bytes = (size_t)256 << 20;

static enum acre_exit read_all(int file, const char *path, char **data, size_t *size, char *error,
                               size_t error_bytes)
{
    size_t room = 0, used = 0;
    for (;;) {
        if (used == room) {
            room = room == 0 ? 65536 : 2 * room;
            char *grown = realloc(*data, room);
            if (!grown) {
                acre_error_text(error, error_bytes, "%s: out of memory", path);
                return ACRE_EXIT_MEMORY;
            }
            *data = grown;
        }
        ssize_t got = read(file, *data + used, room - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            acre_error_text(error, error_bytes, "cannot read %s: %s", path, strerror(errno));
            return ACRE_EXIT_IO;
        }
        if (got == 0)
            break;
        used += (size_t)got;
        if (used > file_limit_bytes) {
            acre_error_text(error, error_bytes, "%s: larger than %zu MiB, the limit for a run",
                            path, file_limit_bytes >> 20);
            return ACRE_EXIT_INPUT;
        }
    }
    *size = used;
    return ACRE_EXIT_OK;
}

enum acre_exit acre_file_read(const char *path, char **data, size_t *size, char *error,
                              size_t error_bytes)
{
    *data = NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0) {
        acre_error_text(error, error_bytes, "cannot read %s: %s", path, strerror(errno));
        return ACRE_EXIT_IO;
    }
    enum acre_exit status = read_all(file, path, data, size, error, error_bytes);
    close(file);
    if (status != ACRE_EXIT_OK) {
        free(*data);
        *data = NULL;
    }
    return status;
}
