#include "cli/restart.h"

#include <stdlib.h>

#include "bench/child.h"

void acre_restart_command(const char *command, int argc, char **argv)
{
    char *self = realpath("/proc/self/exe", NULL);
    const char **arguments = calloc((size_t)argc + 2, sizeof *arguments);

    if (self != NULL && arguments != NULL) {
        arguments[0] = self;
        arguments[1] = command;
        for (int i = 1; i < argc; i++)
            arguments[i + 1] = argv[i];
        acre_restart_with_static_tls(arguments);
    }
    free(arguments);
    free(self);
}
