/* acre classes --draw: what backends make of sizes, as a script for Gnuplot. */
#ifndef ACRE_CLI_STAIRCASE_H
#define ACRE_CLI_STAIRCASE_H

#include <stdint.h>
#include <stdio.h>

#include "bench/classes.h"

struct acre_staircase_point {
    size_t request_bytes, usable_bytes;
};

/*
 * The script is written while backends are measured, one after the other. Of the sizes that lie in
 * one column of the picture (32 to a doubling) at most four points are written: the first, the
 * last, and those of the lowest and of the highest waste; so nothing that could be seen is left
 * out, and a backend with 100,000 classes makes no large file.
 */
struct acre_staircase {
    FILE *script;
    unsigned backends;
    /* of the column that is being read; no points: none */
    unsigned column;
    size_t points;
    struct acre_staircase_point first, last, lowest, highest;
};

/* Whatever cannot be written is an error of the stream `script`. */
void acre_staircase_begin_backend(struct acre_staircase *staircase);
/* Of a listener (bench/classes.h), whose context is the staircase. */
void acre_staircase_step(void *staircase, size_t least, size_t most, size_t usable);
void acre_staircase_end_backend(struct acre_staircase *staircase, const char *name,
                                const struct acre_classes *classes);
/* Behind the last backend: what plots them all. */
void acre_staircase_end(struct acre_staircase *staircase, uint32_t align);

#endif
