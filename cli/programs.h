/*
 * Programs that are played (replay/program.h): in memory that has no name, which whoever visits a
 * cell inherits by its descriptor. Its command line tells it: acre replay --program N [--planned M]
 */
#ifndef ACRE_CLI_PROGRAMS_H
#define ACRE_CLI_PROGRAMS_H

#include "bench/bench.h"
#include "bench/child.h"

struct acre_programs {
    int file, planned_file;        /* descriptors; -1: none */
    struct acre_workload workload; /* of these programs, once they are mapped */
    struct acre_launch launch;     /* of who plays them, once they are mapped */

    char *self;
    char numbers[2][16];
    const char *words[6];
};

/* Empty files, to be compiled into. False when there is no memory; ended with acre_programs_fini
 * either way. */
bool acre_programs_make(struct acre_programs *programs, bool is_planned);

/* Those that a command line tells, from argv[1] on; *words: how many of it that are, 0: none. */
void acre_programs_inherited(struct acre_programs *programs, int argc, char **argv, int *words);

/* Maps what is in the files. False: there is nothing whole, or no memory. */
bool acre_programs_map(struct acre_programs *programs);

void acre_programs_fini(struct acre_programs *programs);

#endif
