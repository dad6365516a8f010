#include "bench/peers/visit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Reads to the end; what has no room is dropped. */
static void read_all(int from, char *text, size_t text_bytes)
{
    size_t used = 0;
    char rest[256];

    for (;;) {
        bool full = used + 1 >= text_bytes;
        ssize_t got =
            full ? read(from, rest, sizeof rest) : read(from, text + used, text_bytes - 1 - used);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        used += full ? 0 : (size_t)got;
    }
    text[used] = '\0';
}

/* The child writes both its streams into one pipe: numbers, or why there are none. */
static int start(const char *const *words, int output, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);

    if (failed != 0)
        return failed;
    failed = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (failed == 0)
        failed = posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    if (failed == 0)
        failed = posix_spawn(child, words[0], &actions, NULL, (char *const *)words, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static void judge(int state, char *text, struct peer_visit *visit)
{
    char *end = text;

    if (WIFSIGNALED(state)) {
        snprintf(visit->failure, sizeof visit->failure, "crashes (%s)", strsignal(WTERMSIG(state)));
        return;
    }
    visit->ns = strtod(text, &end);
    if (WEXITSTATUS(state) == 0 && end != text && *end == ' ') {
        visit->checksum = strtoull(end, NULL, 10);
        return;
    }
    text[strcspn(text, "\n")] = '\0';
    snprintf(visit->failure, sizeof visit->failure, "%.100s",
             text[0] != '\0' ? text : "printed nothing");
}

void peer_visit(const char *const *words, struct peer_visit *visit)
{
    char text[256];
    int ends[2];
    int state = 0;
    int failed;
    pid_t child;

    *visit = (struct peer_visit){0};
    if (pipe2(ends, O_CLOEXEC) < 0) {
        snprintf(visit->failure, sizeof visit->failure, "no pipe: %s", strerror(errno));
        return;
    }
    failed = start(words, ends[1], &child);
    close(ends[1]);
    if (failed == 0) {
        read_all(ends[0], text, sizeof text);
        while (waitpid(child, &state, 0) < 0 && errno == EINTR)
            continue;
        judge(state, text, visit);
    } else {
        snprintf(visit->failure, sizeof visit->failure, "cannot be started: %s", strerror(failed));
    }
    close(ends[0]);
}
