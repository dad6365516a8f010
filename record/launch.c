#include "record/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "acre_config.h"
#include "record/raw.h"
#include "record/recorder/ticks.h"

enum { LEAST_RATE_NS = 1000000 };

const char *acre_over_library(const char *name)
{
    static const char *const libraries[][2] = {
        {"jemalloc", "libjemalloc.so.2"},
        {"mimalloc", "libmimalloc.so.2"},
        {"tcmalloc", "libtcmalloc_minimal.so.4"},
        {"tbbmalloc", "libtbbmalloc_proxy.so.2"},
    };

    if (strchr(name, '/') != NULL)
        return name;
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++)
        if (strcmp(libraries[i][0], name) == 0)
            return libraries[i][1];
    return NULL;
}

bool acre_find_recorder(char *path, size_t room, bool is_new)
{
    static const char *const places[] = {"record", "../lib/acre", ACRE_LIBRARY_DIR};
    const char *name = is_new ? "libacre-record-new.so" : "libacre-record.so";
    char self[ACRE_RAW_MOST_PATH_BYTES];
    ssize_t bytes = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash;

    if (bytes <= 0)
        return false;
    self[bytes] = '\0';
    slash = strrchr(self, '/');
    *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const char *base = places[i][0] == '/' ? "" : self;
        int written =
            snprintf(path, room, "%s%s%s/%s", base, base[0] != '\0' ? "/" : "", places[i], name);

        if (written > 0 && (size_t)written < room && access(path, R_OK) == 0)
            return true;
    }
    return false;
}

/* The environment of the child: the recorder in front of what the user preloads already. */
static bool set_environment(const struct acre_launch *launch)
{
    const char *before = getenv("LD_PRELOAD");
    char *preload = NULL;
    char *settings = NULL;
    bool is_done =
        asprintf(&preload, "%s%s%s%s%s", launch->recorder, launch->over != NULL ? ":" : "",
                 launch->over != NULL ? launch->over : "",
                 before != NULL && before[0] != '\0' ? ":" : "", before != NULL ? before : "") >= 0;

    is_done = is_done && asprintf(&settings, "stacks=%s,limit=%" PRIu64 ",directory=%s",
                                  launch->stacks, launch->limit_bytes, launch->directory) >= 0;
    is_done =
        is_done && setenv("LD_PRELOAD", preload, 1) == 0 && setenv("ACRE_RECORD", settings, 1) == 0;
    free(preload);
    free(settings);
    return is_done;
}

/* The pipe closes by itself when the program is there; otherwise it tells why it is not. */
static void become(const struct acre_launch *launch, int pipe_end)
{
    int error;

    if (launch->prepare != NULL)
        launch->prepare();
    if (set_environment(launch))
        execvp(launch->arguments[0], launch->arguments);
    error = errno;
    while (write(pipe_end, &error, sizeof error) < 0 && errno == EINTR)
        continue;
    _exit(127);
}

static void wait_for(struct acre_launch *launch, pid_t child)
{
    uint64_t ticks = acre_ticks(), ns = acre_clock_ns(CLOCK_MONOTONIC);

    while (waitpid(child, &launch->status, 0) < 0 && errno == EINTR)
        continue;
    ticks = acre_ticks() - ticks;
    ns = acre_clock_ns(CLOCK_MONOTONIC) - ns;
    launch->ns_a_tick = ns >= LEAST_RATE_NS && ticks > 0 ? (double)ns / (double)ticks : 0;
}

bool acre_launch(struct acre_launch *launch)
{
    void (*interrupt)(int);
    void (*quit)(int);
    int ends[2];
    int error = 0;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    interrupt = signal(SIGINT, SIG_IGN);
    quit = signal(SIGQUIT, SIG_IGN);
    child = fork();
    if (child == 0) {
        signal(SIGINT, interrupt);
        signal(SIGQUIT, quit);
        become(launch, ends[1]);
    }
    error = child < 0 ? errno : 0;
    close(ends[1]);
    while (child > 0 && read(ends[0], &error, sizeof error) < 0 && errno == EINTR)
        continue;
    close(ends[0]);
    if (child > 0)
        wait_for(launch, child);
    signal(SIGINT, interrupt);
    signal(SIGQUIT, quit);
    launch->process = (uint32_t)child;
    errno = error;
    return error == 0;
}
