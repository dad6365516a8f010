/* Loading jemalloc needs an environment that only a new start of this program can give. */
#ifndef ACRE_CLI_RESTART_H
#define ACRE_CLI_RESTART_H

/* Starts `acre COMMAND` again with the arguments behind argv[0], once; returns if that was done
 * already, or cannot be. */
void acre_restart_command(const char *command, int argc, char **argv);

#endif
