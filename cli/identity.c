#include "cli/identity.h"

#include <stdio.h>

void acre_print_identity(const struct acre_identity *identity)
{
    printf("%s", identity->version);
    if (identity->path[0] != '\0')
        printf(", %s", identity->path);
    if (identity->build_id[0] != '\0')
        printf(" (build id %.12s)", identity->build_id);
}
