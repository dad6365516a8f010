/* What the commands do with the names of backends. */
#ifndef ACRE_CLI_IDENTITY_H
#define ACRE_CLI_IDENTITY_H

#include "alloc/backend.h"
#include "bench/arguments.h"

/* Whether all words, up to a NULL, name backends; else refused with the reason. */
bool acre_check_backends(const struct acre_refusal *refusal, char *const *words);

/* "5.3.0, /usr/lib/libjemalloc.so.2 (build id 1d5163c246dc)", to standard output, without a
 * newline. */
void acre_print_identity(const struct acre_identity *identity);

/* Opens a backend and prints "NAME: " and its identity, without a newline; or says on standard
 * error, for `command`, why it cannot be opened, and returns false. */
bool acre_open_and_print(struct acre_backend *backend, const char *name, const char *command);

#endif
