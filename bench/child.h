/* Child processes: this program again, with other arguments, its standard output read by us. */
#ifndef ACRE_BENCH_CHILD_H
#define ACRE_BENCH_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "report/run.h"

/*
 * Becomes `arguments` (NULL-terminated, the first an executable) in an environment with the static
 * TLS that jemalloc needs (alloc/backends.h) and that children always get, unless this process was
 * started with it. Returns when it was, or when there is no memory
 * or no such executable: then jemalloc itself says what it lacks.
 */
void acre_restart_with_static_tls(const char *const *arguments);

/*
 * Runs `arguments` (NULL-terminated, the first an executable) and reads the run that it prints.
 * False with a sentence: could not be started, ended by signal 9, printed no run.
 */
bool acre_spawn_for_run(const char *const *arguments, struct acre_run *run, char *error,
                        size_t error_bytes);

#endif
