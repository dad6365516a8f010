#include "report/write_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool acre_file_refuse(const char *path, const char *why, char *error, size_t error_bytes)
{
    const char *name = strcmp(path, "-") == 0 ? "standard output" : path;
    snprintf(error, error_bytes, "cannot write %s: %s", name, why);
    return false;
}

/* Where the content goes: a path to be replaced as a whole, or a stream to be written in place. */
struct destination {
    char *path;      /* symbolic links resolved, so that a rename replaces the file behind them */
    char *temporary; /* NULL: written in place */
};

static void destination_free(struct destination *destination)
{
    free(destination->path);
    free(destination->temporary);
    *destination = (struct destination){0};
}

/*
 * A rename would replace a device or a pipe by a plain file, and would overwrite a file that its
 * owner has made read-only. Both are asked about here. False: errno tells the cause.
 */
static bool destination_find(struct destination *destination, const char *path)
{
    *destination = (struct destination){0};
    if (*path == '\0') {
        errno = ENOENT;
        return false;
    }
    struct stat state;
    bool exists = stat(path, &state) == 0;
    if (!exists && errno != ENOENT)
        return false;
    if (exists && S_ISDIR(state.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (exists && access(path, W_OK) != 0)
        return false;
    destination->path = exists ? realpath(path, NULL) : strdup(path);
    if (!destination->path)
        return false;
    if (exists && !S_ISREG(state.st_mode))
        return true;
    if (asprintf(&destination->temporary, "%s.tmp-%ld", destination->path, (long)getpid()) < 0) {
        destination->temporary = NULL;
        destination_free(destination);
        errno = ENOMEM;
        return false;
    }
    return true;
}

/* O_EXCL: neither a symbolic link that somebody has laid out in a shared directory is followed nor
 * a file of another process touched. What a killed process of the same id left is removed first. */
static int temporary_open(const char *path)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY;
    int file = open(path, flags, 0666);
    if (file < 0 && errno == EEXIST && unlink(path) == 0)
        file = open(path, flags, 0666);
    return file;
}

/* errno tells the cause of a failure; none is known only where memory was short. */
static bool put(const struct acre_content *content, FILE *stream)
{
    errno = 0;
    if (content->put(content->context, stream) && fflush(stream) == 0 && ferror(stream) == 0)
        return true;
    if (errno == 0)
        errno = ENOMEM;
    return false;
}

static bool write_in_place(const struct acre_content *content, const char *path)
{
    int file = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0)
        return false;
    FILE *stream = fdopen(file, "w");
    if (!stream) {
        int cause = errno;
        close(file);
        errno = cause;
        return false;
    }
    bool good = put(content, stream);
    int cause = errno;
    if (fclose(stream) != 0 && good) {
        good = false;
        cause = errno;
    }
    errno = cause;
    return good;
}

static bool write_and_rename(const struct acre_content *content,
                             const struct destination *destination)
{
    int file = temporary_open(destination->temporary);
    if (file < 0)
        return false;
    FILE *stream = fdopen(file, "w");
    bool good = stream && put(content, stream) && fsync(file) == 0;
    int cause = errno;
    if ((stream ? fclose(stream) : close(file)) != 0 && good) {
        good = false;
        cause = errno;
    }
    if (good && rename(destination->temporary, destination->path) != 0) {
        good = false;
        cause = errno;
    }
    if (!good)
        unlink(destination->temporary);
    errno = cause;
    return good;
}

static bool write_to(const struct acre_content *content, const char *path)
{
    if (strcmp(path, "-") == 0)
        return put(content, stdout);
    struct destination destination;
    if (!destination_find(&destination, path))
        return false;
    bool good = destination.temporary ? write_and_rename(content, &destination)
                                      : write_in_place(content, destination.path);
    int cause = errno;
    destination_free(&destination);
    errno = cause;
    return good;
}

bool acre_file_write(const struct acre_content *content, const char *path, char *error,
                     size_t error_bytes)
{
    return write_to(content, path) || acre_file_refuse(path, strerror(errno), error, error_bytes);
}

static bool probe(const char *path)
{
    if (strcmp(path, "-") == 0) {
        int flags = fcntl(STDOUT_FILENO, F_GETFL);
        if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY)
            errno = EBADF;
        return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
    }
    struct destination destination;
    if (!destination_find(&destination, path))
        return false;
    bool good = true;
    int cause = 0;
    /* A stream has been asked by access(): opening a pipe would wait for its reader. */
    if (destination.temporary) {
        int file = temporary_open(destination.temporary);
        good = file >= 0;
        cause = errno;
        if (good) {
            close(file);
            unlink(destination.temporary);
        }
    }
    destination_free(&destination);
    errno = cause;
    return good;
}

bool acre_file_probe(const char *path, char *error, size_t error_bytes)
{
    return probe(path) || acre_file_refuse(path, strerror(errno), error, error_bytes);
}

bool acre_file_ends_with(const char *path, const char *end)
{
    size_t length = strlen(path), end_length = strlen(end);

    return length > end_length && strcmp(path + length - end_length, end) == 0;
}
