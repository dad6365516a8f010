/* What the commands print of a backend that was opened. */
#ifndef ACRE_CLI_IDENTITY_H
#define ACRE_CLI_IDENTITY_H

#include "alloc/identity.h"

/* "5.3.0, /usr/lib/libjemalloc.so.2 (build id 1d5163c246dc)", to standard output, without a
 * newline. */
void acre_print_identity(const struct acre_identity *identity);

#endif
