/* Text, picture and complaints are files in memory: nobody waits for the other end of a pipe. */
#include "bench/graphviz.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { STREAMS = 3 };

static bool write_all(int file, const struct acre_bytes *text)
{
    size_t written = 0;

    while (written < text->count) {
        ssize_t bytes = write(file, text->bytes + written, text->count - written);

        if (bytes < 0 && errno != EINTR)
            return false;
        written += bytes > 0 ? (size_t)bytes : 0;
    }
    return lseek(file, 0, SEEK_SET) == 0;
}

static bool read_all(int file, struct acre_bytes *picture)
{
    struct stat state;

    *picture = (struct acre_bytes){0};
    if (fstat(file, &state) != 0 || (picture->bytes = malloc((size_t)state.st_size + 1)) == NULL)
        return false;
    while (picture->count < (size_t)state.st_size) {
        ssize_t bytes = pread(file, picture->bytes + picture->count,
                              (size_t)state.st_size - picture->count, (off_t)picture->count);

        if (bytes <= 0 && !(bytes < 0 && errno == EINTR)) {
            free(picture->bytes);
            *picture = (struct acre_bytes){0};
            return false;
        }
        picture->count += bytes > 0 ? (size_t)bytes : 0;
    }
    picture->bytes[picture->count] = '\0';
    return true;
}

/* Returns what posix_spawn does: 0, or the cause. */
static int start(const char *format, const int *streams, pid_t *child)
{
    char option[32];
    char *arguments[] = {(char *)"dot", option, NULL};
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);

    if (failed != 0)
        return failed;
    snprintf(option, sizeof option, "-T%s", format);
    for (int i = 0; failed == 0 && i < STREAMS; i++)
        failed = posix_spawn_file_actions_adddup2(&actions, streams[i], i);
    if (failed == 0)
        failed = posix_spawnp(child, "dot", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static bool fail(const char *sentence, char *why, size_t why_bytes)
{
    snprintf(why, why_bytes, "%s", sentence);
    return false;
}

/* The first line of what it complained of. */
static bool fail_as_told(int complaints, int state, char *why, size_t why_bytes)
{
    struct acre_bytes told = {0};
    bool is_told = read_all(complaints, &told) && told.count > 0;

    snprintf(why, why_bytes, "dot ended with status %d%s%.*s",
             WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state), is_told ? ": " : "",
             is_told ? (int)strcspn(told.bytes, "\n") : 0, is_told ? told.bytes : "");
    free(told.bytes);
    return false;
}

/* By POSIX a system may tell so by a child that ends with this status; under memcheck it does. */
enum { STATUS_NOT_FOUND = 127 };

static bool run(const char *format, const int *streams, struct acre_bytes *picture, char *why,
                size_t why_bytes)
{
    int state = 0;
    pid_t child;
    int failed = start(format, streams, &child);

    if (failed != 0 && failed != ENOENT)
        return fail(strerror(failed), why, why_bytes);
    while (failed == 0 && waitpid(child, &state, 0) < 0 && errno == EINTR)
        continue;
    if (failed == ENOENT || (WIFEXITED(state) && WEXITSTATUS(state) == STATUS_NOT_FOUND))
        return fail("the program 'dot' is not there (Debian's package graphviz has it)", why,
                    why_bytes);
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 0)
        return fail_as_told(streams[2], state, why, why_bytes);
    return read_all(streams[1], picture) || fail("out of memory", why, why_bytes);
}

bool acre_graphviz_render(const char *format, const struct acre_bytes *text,
                          struct acre_bytes *picture, char *why, size_t why_bytes)
{
    int streams[STREAMS] = {-1, -1, -1};
    bool is_open = true;
    bool is_done;

    *picture = (struct acre_bytes){0};
    for (int i = 0; i < STREAMS; i++) {
        streams[i] = memfd_create("picture", MFD_CLOEXEC);
        is_open &= streams[i] >= 0;
    }
    is_done = is_open && write_all(streams[0], text) ? run(format, streams, picture, why, why_bytes)
                                                     : fail(strerror(errno), why, why_bytes);
    for (int i = 0; i < STREAMS; i++)
        if (streams[i] >= 0)
            close(streams[i]);
    return is_done;
}
