/* Child processes: this program again, with other arguments, its standard output read by us. A
 * child of a benchmark is one visit. */
#ifndef ACRE_BENCH_CHILD_H
#define ACRE_BENCH_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "bench/visit/visit.h"
#include "report/run.h"

/*
 * Becomes `arguments` (NULL-terminated, the first an executable) in an environment with the static
 * TLS that jemalloc needs (alloc/backends.h) and that children always get, unless this process was
 * started with it. Returns when it was, or when there is no memory or no such executable: then
 * jemalloc itself says what it lacks.
 */
void acre_restart_with_static_tls(const char *const *arguments);

/* What starts this program again: words, the first an executable. */
struct acre_launch {
    const char *const *words;
    int count;
    bool names_workload; /* by the last word; for a child it is that of the visit */
    int untold;          /* so many words at the end are no part of the line that repeats a run */
};

/* Where a child of a memory visit finds its gauge. */
enum { ACRE_GAUGE_DESCRIPTOR = 3 };

/* A visit that is under way in a child. */
struct acre_child {
    pid_t process; /* 0: it could not be started */
    int output;    /* readable when the child answers or has ended */
    int errors;
    char error[1280]; /* why there is no answer */
};

/*
 * Starts the visit in a fresh process, which applies its own time and memory limit. `gauge`: the
 * descriptor of a page that the child is to publish in (gauge.h), or -1. To be finished, also where
 * it could not be started.
 */
void acre_visit_start(struct acre_child *child, const struct acre_launch *launch,
                      const struct acre_visit *visit, int gauge);
bool acre_child_has_started(const struct acre_child *child);

/*
 * Waits for the answer. A child that could not be started, dies or prints no run of one cell is a
 * failure of the cell, with what it said if that was one line; else that goes to standard error.
 * False for want of memory, then nothing is owned; otherwise `answer` is the caller's to free.
 */
bool acre_visit_finish(struct acre_child *child, struct acre_run *answer);

/* One behind the other. */
bool acre_visit_in_child(const struct acre_launch *launch, const struct acre_visit *visit,
                         struct acre_run *answer);

#endif
