#include "cli/identity.h"

#include <stdio.h>

#include "alloc/registry.h"

bool acre_check_backends(const struct acre_refusal *refusal, char *const *words)
{
    char why[256];

    for (; *words != NULL; words++)
        if (!acre_backend_check(*words, why, sizeof why))
            return acre_refuse(refusal, "%.60s: %s", *words, why);
    return true;
}

void acre_print_identity(const struct acre_identity *identity)
{
    printf("%s", identity->version);
    if (identity->path[0] != '\0')
        printf(", %s", identity->path);
    if (identity->build_id[0] != '\0')
        printf(" (build id %.12s)", identity->build_id);
}

bool acre_open_and_print(struct acre_backend *backend, const char *name, const char *command)
{
    char why[256];

    if (!acre_backend_open(backend, name, why, sizeof why)) {
        fprintf(stderr, "%s: %.60s: %s\n", command, name, why);
        return false;
    }
    printf("%s: ", name);
    acre_print_identity(&backend->identity);
    return true;
}
