/* How commands draw: a script that becomes a picture in a file. */
#ifndef ACRE_CLI_DRAWING_H
#define ACRE_CLI_DRAWING_H

#include <stdio.h>

#include "bench/arguments.h"
#include "report/exit_status.h"
#include "report/picture.h"

/* Of -o; "-" is allowed. */
bool acre_read_drawing(const struct acre_refusal *refusal, const char *path);

struct acre_drawing {
    FILE *stream; /* where the script goes */
    struct acre_bytes script;
    char *path;
};

/*
 * `output` is what -o names. Where several pictures are drawn each has its own `name` (NULL: none)
 * and `number` (0: none) before the end: "run-ranking-2.svg". False when out of memory.
 */
bool acre_drawing_begin(struct acre_drawing *drawing, const char *output, const char *name,
                        size_t number);

/* Draws the script and says that, if the status so far is OK; ends what was begun. Returns how
 * it went, which is told. */
enum acre_exit acre_drawing_end(struct acre_drawing *drawing, const char *program,
                                enum acre_exit status);

#endif
