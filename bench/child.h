/* Child processes: this program again, with other arguments, its standard output read by us. */
#ifndef ACRE_BENCH_CHILD_H
#define ACRE_BENCH_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "report/run.h"

/*
 * Whether this process was started with the static TLS that jemalloc needs (alloc/backends.h);
 * children always are.
 */
bool acre_has_static_tls(void);

/* The environment with that setting put in, for exec. NULL: out of memory. To be freed with free:
 * the strings behind it are the process's own, but for the last. */
char **acre_environment_with_static_tls(char **setting);

/*
 * Runs `arguments` (NULL-terminated, the first an executable) and reads the run that it prints.
 * False with a sentence: could not be started, ended by signal 9, printed no run.
 */
bool acre_spawn_for_run(const char *const *arguments, struct acre_run *run, char *error,
                        size_t error_bytes);

#endif
