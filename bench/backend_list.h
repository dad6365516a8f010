/* The backends of a run: the value of --backends. */
#ifndef ACRE_BENCH_BACKEND_LIST_H
#define ACRE_BENCH_BACKEND_LIST_H

#include "alloc/registry.h"
#include "bench/arguments.h"

enum { ACRE_MOST_BACKENDS = 32 };

struct acre_backend_list {
    char names[ACRE_MOST_BACKENDS][ACRE_BACKEND_NAME_BYTES]; /* with their settings */
    size_t count;
    bool are_named; /* one by one: then each has to be here */
};

/* Those that are measured unless others are asked for. */
void acre_backend_list_usual(struct acre_backend_list *list);

/*
 * Reads "malloc,arena:chunk=2M,hugepages", or "all": every one that needs no path. A word that
 * begins no backend belongs to the settings of the one before. False with a sentence in the
 * refusal.
 */
bool acre_backend_list_read(const struct acre_refusal *refusal, const char *text,
                            struct acre_backend_list *list);

#endif
