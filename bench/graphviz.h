/* The program `dot` of Graphviz, run once. */
#ifndef ACRE_BENCH_GRAPHVIZ_H
#define ACRE_BENCH_GRAPHVIZ_H

#include <stdbool.h>
#include <stddef.h>

struct acre_bytes {
    char *bytes; /* to be given to free */
    size_t count;
};

/*
 * Lays out a graph and draws it: `format` is a word of `dot -T`. False with half a sentence in
 * `why` (the program is not there, or what it says); then nothing is owned.
 */
bool acre_graphviz_render(const char *format, const struct acre_bytes *text,
                          struct acre_bytes *picture, char *why, size_t why_bytes);

#endif
