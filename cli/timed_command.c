#include "cli/timed_command.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/clock.h"

extern char **environ;

static int start(const char *command, pid_t *process)
{
    char *words[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
    posix_spawn_file_actions_t actions;
    int failure = posix_spawn_file_actions_init(&actions);

    if (failure != 0)
        return failure;
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO && failure == 0; stream++)
        failure = posix_spawn_file_actions_addopen(&actions, stream, "/dev/null",
                                                   stream == STDIN_FILENO ? 0 : 1, 0);
    if (failure == 0)
        failure = posix_spawn(process, "/bin/sh", &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

bool acre_time_command(const char *command, double *seconds, char *error, size_t error_bytes)
{
    double begin_ns = acre_now_ns();
    int failure, status;
    pid_t process;

    failure = start(command, &process);
    if (failure != 0) {
        snprintf(error, error_bytes, "'%.200s' cannot be run: %s", command, strerror(failure));
        return false;
    }
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    *seconds = (acre_now_ns() - begin_ns) * 1e-9;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (WIFEXITED(status))
        snprintf(error, error_bytes, "'%.200s' ended with status %d", command, WEXITSTATUS(status));
    else
        snprintf(error, error_bytes, "'%.200s' was ended by signal %d", command, WTERMSIG(status));
    return false;
}
