/*
 * canary SIN: one defect of each kind that a checker must find; see armed.h for when it is
 * committed. `nothing`, `exit N` and `child SIN` serve the tests of the checkers' own plumbing.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "armed.h"

/* Volatile, so that no compiler sees through a sin and warns of it or leaves it out. */
static volatile size_t sixteen = 16;
static volatile int sink;

static void sin_heap_overflow(void)
{
    char *volatile block = malloc(sixteen);
    memset(block, 1, sixteen);
    sink = block[sixteen];
    free(block);
}

static void sin_use_after_free(void)
{
    char *volatile block = malloc(sixteen);
    char *volatile stale = block;
    memset(block, 1, sixteen);
    free(block);
    sink = stale[0];
}

__attribute__((noinline)) static void lose_blocks(void)
{
    /* More than one: a register that still holds an address hides that block only. */
    for (int i = 0; i < 8; i++) {
        char *volatile block = malloc(sixteen);
        memset(block, 1, sixteen);
        block = NULL;
    }
}

static void sin_leak(void)
{
    lose_blocks();
}

static void sin_uninitialised(void)
{
    int *volatile block = malloc(sixteen);
    if (block[1] == 42) {
        sink = 1;
    }
    free(block);
}

static void sin_signed_overflow(void)
{
    volatile int most = INT_MAX;
    sink = most + 1;
}

static const struct {
    const char *name;
    void (*commit)(void);
    bool memcheck;
    bool asan;
    bool ubsan;
} sins[] = {
    {"heap-overflow", sin_heap_overflow, true, true, false},
    {"use-after-free", sin_use_after_free, true, true, false},
    {"leak", sin_leak, true, true, false},
    {"uninitialised", sin_uninitialised, true, false, false},
    {"signed-overflow", sin_signed_overflow, false, false, true},
};

/* Runs `canary SIN` as a program of its own and forgets how it ended, as test runners may. */
static int run_in_child(const char *self, const char *sin)
{
    pid_t child = fork();
    if (child == 0) {
        execl(self, self, sin, (char *)NULL);
        _exit(127);
    }
    int status;
    return child > 0 && waitpid(child, &status, 0) == child ? 0 : 2;
}

int main(int argc, char **argv)
{
    const char *sin = argc > 1 ? argv[1] : "";
    if (strcmp(sin, "nothing") == 0) {
        return 0;
    }
    if (strcmp(sin, "exit") == 0 && argc > 2) {
        return atoi(argv[2]);
    }
    if (strcmp(sin, "child") == 0 && argc > 2) {
        return run_in_child(argv[0], argv[2]);
    }
    for (size_t i = 0; i < sizeof sins / sizeof sins[0]; i++) {
        if (strcmp(sin, sins[i].name) == 0) {
            if (!(sins[i].memcheck && armed_memcheck()) && !(sins[i].asan && armed_asan()) &&
                !(sins[i].ubsan && armed_ubsan())) {
                return 1;
            }
            sins[i].commit();
            return 0;
        }
    }
    fprintf(stderr, "canary: no such sin: %s\n", sin);
    return 99; /* a hard error for Meson, should_fail or not */
}
