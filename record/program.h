/* What can be said of a program before it runs: whether a recorder can be loaded into it. */
#ifndef ACRE_RECORD_PROGRAM_H
#define ACRE_RECORD_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

enum acre_program_kind {
    ACRE_PROGRAM_DYNAMIC, /* a recorder can be loaded */
    ACRE_PROGRAM_MISSING, /* errno says why it is not found, or cannot be read */
    ACRE_PROGRAM_STATIC,  /* has no loader that would load one */
    ACRE_PROGRAM_SETUID,  /* runs with other rights: its loader loads nothing that the user names */
    ACRE_PROGRAM_OTHER,   /* made for another kind of machine */
};

struct acre_program {
    enum acre_program_kind kind;
    char path[PATH_MAX];        /* the file that would be started */
    char interpreter[PATH_MAX]; /* of a script: the program that runs it, which `kind` is about */
};

/* Looks as execvp does: along PATH, where the name has no slash. */
void acre_program_look(struct acre_program *program, const char *name);

#endif
