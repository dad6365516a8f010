/* What the commands print of a backend that was opened. */
#ifndef ACRE_CLI_IDENTITY_H
#define ACRE_CLI_IDENTITY_H

#include "alloc/backend.h"

/* "5.3.0, /usr/lib/libjemalloc.so.2 (build id 1d5163c246dc)", to standard output, without a
 * newline. */
void acre_print_identity(const struct acre_identity *identity);

/* Opens a backend and prints "NAME: " and its identity, without a newline; or says on standard
 * error, for `command`, why it cannot be opened, and returns false. */
bool acre_open_and_print(struct acre_backend *backend, const char *name, const char *command);

#endif
