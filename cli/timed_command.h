/* How long a command of the shell takes, whose output nobody wants. */
#ifndef ACRE_CLI_TIMED_COMMAND_H
#define ACRE_CLI_TIMED_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Runs it with nothing to read, and waits for its end. False where it could not be started, or does
 * not end with 0: one sentence in `error`.
 */
bool acre_time_command(const char *command, double *seconds, char *error, size_t error_bytes);

#endif
