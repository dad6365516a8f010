/* Starting a program with the recorder in it. */
#ifndef ACRE_RECORD_LAUNCH_H
#define ACRE_RECORD_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acre_launch {
    char *const *arguments; /* of the program, ended by NULL */
    const char *stacks;     /* "unwind", "fp" or "none" */
    const char *over;       /* a library to be preloaded behind the recorder; NULL: none */
    const char *recorder;   /* the recorder's library */
    const char *directory;  /* for raw recordings; absolute */
    uint64_t limit_bytes;   /* of each of them */

    /* Called in the child, before it becomes the program; NULL: nothing is to be done. */
    void (*prepare)(void);

    /* Answers. */
    uint32_t process;
    int status;       /* as of waitpid */
    double ns_a_tick; /* of the recorder's counter, from begin to end; 0: too short to say */
};

/* Runs it to its end. Interrupts of the terminal are the program's, not ours. False: it was not
 * started; `error` (errno) of execve is told by errno. */
bool acre_launch(struct acre_launch *launch);

/* The recorder's library beside the program that runs: of the build or of an installation.
 * False: there is none. `is_new`: the one that has C++'s operators as well. */
bool acre_find_recorder(char *path, size_t room, bool is_new);

/* The library that takes the place of malloc under this name ("jemalloc"); a path is one itself.
 * NULL: there is no such name. */
const char *acre_over_library(const char *name);

#endif
